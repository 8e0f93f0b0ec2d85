// The start: what the server knows, the map, the tools, the panel.

import { Ask } from "./ask.js";
import { Atlas } from "./atlas.js";
import { chooseLanguage, get, listen, Refused } from "./api.js";
import { bar } from "./bar.js";
import { bindings } from "./bindings.js";
import { Cursor } from "./cursor.js";
import { stale } from "./dialog.js";
import { Compare } from "./compare.js";
import { byId, el } from "./dom.js";
import { figures } from "./figures.js";
import { Find } from "./find.js";
import { Jobs } from "./job.js";
import { Keys } from "./keys.js";
import { legend } from "./legend.js";
import { limits } from "./limits.js";
import { tellLoads } from "./loads.js";
import { PlanMap } from "./map.js";
import { Overlay } from "./overlay.js";
import { Paint } from "./paint.js";
import { Panel } from "./panel.js";
import { Plans } from "./plans.js";
import { schools } from "./schools.js";
import { Store } from "./store.js";
import { schoolName, told } from "./tell.js";
import { Tools } from "./tools.js";
import { Wishes } from "./wishes.js";
import { speak, t } from "./words.js";

const FAULT = byId("fault"); // a dialog may take it along

async function start() {
  const ask = () => Promise.all([get("/api/district"), get("/api/plans").then(wanted)]);
  const [district, plan] = await ask().catch((fault) => {
    if (!(fault instanceof Refused && fault.status === 422)) throw fault;
    chooseLanguage(null); // one that was chosen at another server
    return ask();
  });
  speak(district);
  byId("district").textContent = district.name;
  document.title = `${district.name} \u00b7 rezone`;
  const store = new Store(district), tools = new Tools(store);
  if (!district.atlas) return void byId("map").replaceChildren(el("p.empty", {}, t("table.no_shapes")));
  const map = new PlanMap(byId("map"), new Atlas(district.atlas), store, tools), overlay = new Overlay(map, tools);
  const panel = new Panel(store), plans = new Plans(store, refused);
  panel.add({ id: "figures", title: () => t("table.tab_figures"), draw: (box) => figures(store, box) });
  panel.add({ id: "schools", title: () => t("table.tab_schools"), draw: (box) => schools(store, tools, map, box), on: ["figures", "blocks"] });
  panel.add({ id: "limits", title: () => t("table.tab_limits", { n: store.plan ? store.figures.breaches.length : 0 }), draw: (box) => limits(store, map, overlay, box) });
  store.addEventListener("state", () => history.replaceState(null, "", `#${store.plan.id}`));
  store.take(plan);
  legend(byId("legend"), map);
  bar(tools, map);
  const show = (/** @type {number} */ block) => (byId("told").textContent = told(store, block) || t("table.hint"));
  const cursor = new Cursor(map, tools, overlay, (block) => {
    show(block);
    byId("spoken").textContent = told(store, block);
    store.tell("asking");
  });
  further({ store, jobs: new Jobs(store), tools, map, overlay, cursor, failed: refused }, panel);
  tellLoads(store);
  const paint = new Paint(map, tools, overlay, show);
  show(-1);
  const keys = new Keys(bindings({ store, tools, map, overlay, cursor, paint, plans, panel, help: () => keys.help() }));
  head({ store, map, cursor, plans, keys, panel, tools });
  saved(store);
  Object.assign(window, { rezone: { store, tools, map } });
  document.body.classList.add("ready");
}

/** The plan that the address names, or the first. @param {{plans: PlanRow[]}} all @returns {Promise<State>} */
const wanted = ({ plans }) => get(`/api/plans/${(plans.find((row) => `#${row.id}` === location.hash) ?? plans[0]).id}`);

/** What is asked of the engine, what others wish, and how plans differ. @param {import("./ask.js").Parts} parts @param {Panel} panel */
function further(parts, panel) {
  const { store, tools } = parts, ask = new Ask(parts), wishes = new Wishes(parts), compare = new Compare(parts);
  panel.add({ id: "ask", title: () => t("table.tab_ask"), draw: (box) => ask.draw(box), on: ["figures", "working", "area", "asking", "blocks"] });
  panel.add({ id: "wishes", title: () => t("table.tab_wishes") + (store.plan?.wishes.length ? ` (${store.plan.wishes.length})` : ""), draw: (box) => wishes.draw(box), on: ["figures", "working", "area", "asking", "wishes", "proposals"] });
  panel.add({ id: "compare", title: () => t("table.tab_compare"), draw: (box) => compare.draw(box), on: ["figures", "compared"] });
  tools.addEventListener("change", () => store.tell("asking"));
}

/** @param {any} parts */
function head({ store, map, cursor, plans, keys, panel, tools }) {
  byId("undo").addEventListener("click", () => store.undo());
  byId("redo").addEventListener("click", () => store.redo());
  byId("mark").addEventListener("click", () => store.mark().catch(refused));
  byId("plans").addEventListener("click", () => plans.open().catch(refused));
  byId("help").addEventListener("click", () => keys.help());
  byId("valid").addEventListener("click", () => panel.show(2));
  tools.addEventListener("change", () => panel.show(panel.open));
  const { district } = store, names = { en: "English", es: "Español", "zh-Hant": "繁體中文" };
  const language = byId("language");
  language.replaceChildren(...(district.languages ?? [district.language]).map((/** @type {string} */ code) => el("option", { value: code, lang: code, selected: code === district.language }, /** @type {any} */ (names)[code] ?? code)));
  language.addEventListener("change", () => {
    chooseLanguage(language.value);
    store.rest().then(() => location.reload());
  });
  window.addEventListener("beforeunload", (event) => store.waiting && event.preventDefault());
  const entries = [
    ...district.schools.map((/** @type {School} */ school, /** @type {number} */ j) => ({ text: schoolName(store, j), kind: t("map.school"), school: j })),
    ...district.atlas.blocks.id.map((/** @type {string} */ id, /** @type {number} */ b) => ({ text: id, kind: t("map.block"), block: b })),
  ];
  const find = new Find(byId("find"), entries, (/** @type {any} */ hit) => {
    if (hit.school !== undefined) {
      tools.set({ school: hit.school });
      map.goToSchool(hit.school);
    } else {
      map.goTo([hit.block], 0.2);
      cursor.put(hit.block);
    }
  });
  if (district.addresses) streets().then((found) => (find.entries = [...found, ...find.entries])).catch(refused);
}

/** Addresses that can be found, once the page stands. */
async function streets() {
  const { text, block } = await get("/api/addresses");
  return text.map((/** @type {string} */ one, /** @type {number} */ k) => ({ text: one, kind: t("map.address"), block: block[k] }));
}

/** What is said of saving, and of another window. @param {Store} store */
function saved(store) {
  const box = byId("saved");
  let there = true, listened = false;
  const show = () => {
    box.textContent = there ? t(store.waiting ? "table.saving" : "table.saved") : t("table.offline");
    box.className = there ? "" : "off";
    for (const name of /** @type {const} */ (["undo", "redo"])) byId(name).disabled = !store.plan[name] && !store.waiting;
  };
  for (const name of ["figures", "blocks", "locks", "state"]) store.addEventListener(name, show);
  store.addEventListener("stale", (event) => stale(store, /** @type {CustomEvent} */ (event).detail));
  store.addEventListener("refused", (event) => refused(/** @type {CustomEvent} */ (event).detail));
  const reached = (/** @type {boolean} */ now) => {
    if (now && !there) store.reload().catch(refused);
    else if (now && !listened) catchUp(store).catch(refused);
    [there, listened] = [now, now || listened];
    show();
  };
  const about = (/** @type {string} */ name) => (/** @type {any} */ data) => store.tell(name, data);
  listen({ edit: (data) => store.heard(data), mark: (data) => store.marked(data), plans: about("plans"), job: about("job"), proposals: about("proposals") }, reached);
  show();
}

/** What others did before this window began to listen. @param {Store} store */
async function catchUp(store) {
  const { plans } = await get("/api/plans"), own = plans.find((/** @type {PlanRow} */ row) => row.id === store.plan.id);
  if (own?.seq > store.plan.seq) await store.reload();
}

/** @param {unknown} fault */
function refused(fault) {
  const box = FAULT, dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (dialog) dialog.firstElementChild?.after(box); // what lies under a dialog is not heard, and hardly seen
  else byId("fault-place").append(box);
  const shut = el("button.quiet", { type: "button" }, t("table.close"));
  shut.addEventListener("click", () => (box.hidden = true));
  box.replaceChildren(el("span", {}, fault instanceof TypeError ? t("table.offline") : String(/** @type {Error} */ (fault)?.message ?? fault)), shut);
  box.hidden = false;
  if (!(fault instanceof Error)) throw fault;
}

start().catch(refused);
