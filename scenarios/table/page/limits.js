// Limits that the plan breaks, in words, each with a way to its place.

import { el } from "./dom.js";
import { t } from "./words.js";

/** @param {import("./store.js").Store} store @param {import("./map.js").PlanMap} map @param {import("./overlay.js").Overlay} overlay @param {HTMLElement} box */
export function limits(store, map, overlay, box) {
  const { breaches } = store.figures;
  if (!breaches.length) {
    box.replaceChildren(el("p.calm", {}, t("table.valid")));
    return;
  }
  const list = (/** @type {Breach[]} */ rows) => el("ul.limits", {}, ...rows.map((one) => line(one, store, map, overlay)));
  const own = breaches.filter((one) => !one.inherited), old = breaches.filter((one) => one.inherited);
  box.replaceChildren(...(own.length ? [list(own)] : []), ...(old.length ? [el("h3", {}, t("table.inherited")), list(old)] : []));
}

/** @param {Breach} breach @param {import("./store.js").Store} store @param {import("./map.js").PlanMap} map @param {import("./overlay.js").Overlay} overlay */
function line(breach, store, map, overlay) {
  const go = el("button", { type: "button" }, t("table.zoom_there"), el("span.hidden", {}, `: ${breach.words}`));
  go.addEventListener("click", () => zoomTo(breach, map));
  const row = el("li", {}, el("span", {}, breach.words), (breach.block ?? breach.school) === null ? null : go);
  const own = () => (breach.block !== null ? [breach.block] : [...store.school.keys()].filter((b) => store.school[b] === breach.school));
  row.addEventListener("pointerenter", () => overlay.point(own()));
  row.addEventListener("pointerleave", () => overlay.point([]));
  return row;
}

/** @param {Breach} breach @param {import("./map.js").PlanMap} map */
export function zoomTo(breach, map) {
  if (breach.block !== null) map.goTo([breach.block], 0.15);
  else if (breach.school !== null) map.goToSchool(breach.school);
}
