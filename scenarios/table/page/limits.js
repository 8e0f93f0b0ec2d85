// Limits that the plan breaks, in words, each with a way to its place.

import { el } from "./dom.js";
import { t } from "./words.js";

const FEW = 4; // rows of one kind of limit without a head

/** @param {import("./store.js").Store} store @param {import("./map.js").PlanMap} map @param {import("./overlay.js").Overlay} overlay @param {HTMLElement} box */
export function limits(store, map, overlay, box) {
  const { breaches } = store.figures;
  if (!breaches.length) {
    box.replaceChildren(el("p.calm", {}, t("table.valid")));
    return;
  }
  const own = breaches.filter((one) => !one.inherited), old = breaches.filter((one) => one.inherited);
  const rows = (/** @type {Breach[]} */ some, /** @type {string} */ name) => kinds(some).map(([kind, found]) => part(`${name} ${kind}`, found, store, map, overlay));
  box.replaceChildren(...rows(own, "own"), ...(old.length ? [el("h3", {}, t("table.inherited")), ...rows(old, "old")] : []));
}

/** @type {Set<string>} kinds of limits whose many rows somebody folded away */
const folded = new Set();

/** @param {Breach[]} rows @returns {[string, Breach[]][]} */
function kinds(rows) {
  /** @type {Map<string, Breach[]>} */
  const found = new Map();
  for (const one of rows) found.set(one.limit, [...(found.get(one.limit) ?? []), one]);
  return [...found];
}

/** One kind of limit: many rows under a head that tells how many. @param {string} key @param {Breach[]} rows @param {import("./store.js").Store} store @param {import("./map.js").PlanMap} map @param {import("./overlay.js").Overlay} overlay */
function part(key, rows, store, map, overlay) {
  const list = el("ul.limits", {}, ...rows.map((one) => line(one, store, map, overlay)));
  if (rows.length <= FEW) return list;
  const fold = el("details", { open: !folded.has(key) }, el("summary", {}, t("table.broken_kind", { limit: rows[0].name, n: rows.length })), list);
  fold.addEventListener("toggle", () => folded[fold.open ? "delete" : "add"](key));
  return fold;
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
