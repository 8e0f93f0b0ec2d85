// The tools: what is done (verb), to which blocks (how), for which school, and from where it may take.

import { byId, el } from "./dom.js";
import { schoolName } from "./tell.js";
import { t } from "./words.js";

/** @param {import("./tools.js").Tools} tools @param {import("./map.js").PlanMap} map */
export function bar(tools, map) {
  const { store } = tools;
  const pressed = (/** @type {string} */ name) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`button[data-${name}]`)]);
  for (const name of ["verb", "how", "size"])
    for (const button of pressed(name))
      button.addEventListener("click", () => tools.set(name === "size" ? { size: Number(button.dataset.size), how: "brush" } : { [name]: button.dataset[name] }));
  const school = byId("school"), only = byId("only"), inside = byId("inside");
  const names = store.district.schools.map((_, j) => schoolName(store, j));
  school.replaceChildren(...names.map((name, j) => el("option", { value: String(j) }, name)));
  only.replaceChildren(el("option", { value: "-1" }, t("table.any_zone")), ...names.map((name, j) => el("option", { value: String(j) }, name)));
  school.addEventListener("change", () => tools.set({ school: Number(school.value) }));
  only.addEventListener("change", () => tools.set({ only: Number(only.value) }));
  inside.addEventListener("change", () => tools.set({ inside: inside.checked }));
  byId("area-clear").addEventListener("click", () => clear(tools));
  byId("area-lock").addEventListener("click", () => store.lock(marked(store), true));
  byId("area-unlock").addEventListener("click", () => store.lock(marked(store), false));
  byId("zone-lock").addEventListener("click", () => lockZone(tools));
  byId("school-go").addEventListener("click", () => map.goToSchool(tools.now.school));
  const show = () => {
    const { now } = tools;
    for (const name of ["verb", "how", "size"]) for (const button of pressed(name)) button.setAttribute("aria-pressed", String(String(/** @type {any} */ (now)[name]) === button.dataset[name]));
    school.value = String(now.school);
    only.value = String(now.only);
    inside.checked = now.inside;
    document.body.dataset.verb = now.verb;
    document.body.dataset.tool = now.how;
  };
  const area = () => {
    document.body.classList.toggle("has-area", store.within);
    inside.disabled = !store.within;
    if (!store.within && tools.now.inside) tools.set({ inside: false });
  };
  tools.addEventListener("change", show);
  store.addEventListener("area", area);
  show();
  area();
}

/** @param {import("./store.js").Store} store */
export const marked = (store) => [...store.area.keys()].filter((b) => store.area[b]);

/** @param {import("./tools.js").Tools} tools */
export function clear(tools) {
  tools.store.mind(tools.store.area.keys(), false);
}

/** Locks the chosen school's whole zone; unlocks it where all of it is locked. @param {import("./tools.js").Tools} tools */
export function lockZone({ store, now }) {
  const own = [...store.school.keys()].filter((b) => store.school[b] === now.school);
  store.lock(own, own.some((b) => !store.locked[b]));
}
