// How full schools are while somebody draws: the server's figures, and what has changed on the map since.

import { byId, el } from "./dom.js";
import { schoolName } from "./tell.js";
import { count, t } from "./words.js";

const SLACK = 1e-6; // students: as the engine allows

/** The loads of the map as it is. Poverty is not known where the students are others. @param {import("./store.js").Store} store @returns {Load[]} */
export function loads({ figures, base, school, district }) {
  const more = new Map();
  for (let b = 0; b < base.length; b++) {
    if (base[b] === school[b]) continue;
    const n = district.students[b];
    more.set(base[b], (more.get(base[b]) ?? 0) - n);
    more.set(school[b], (more.get(school[b]) ?? 0) + n);
  }
  return figures.schools.map((one) => (more.has(one.j) ? moved(one, one.students + more.get(one.j)) : one));
}

/** @param {Load} one @param {number} students @returns {Load} */
function moved(one, students) {
  const { low, high, shown } = one;
  return { ...one, students, over: high !== null && students > high + SLACK, under: low !== null && students < low - SLACK, shown: { ...shown, students: count(students), poverty: "\u2026" } };
}

/** Says them below the map, from the first block of a stroke until its figures are there. @param {import("./store.js").Store} store */
export function tellLoads(store) {
  store.addEventListener("blocks", () => {
    if (!store.queue.some((edit) => edit.open)) return;
    const before = store.figures.schools, off = (/** @type {Load} */ one) => Number(one.over || one.under);
    const changed = loads(store).filter((one) => one !== before[one.j]).sort((one, other) => off(other) - off(one));
    if (changed.length) byId("told").replaceChildren(...changed.map((one) => said(store, one)));
  });
}

/** @param {import("./store.js").Store} store @param {Load} load */
function said(store, { j, seats, over, under, shown }) {
  const school = schoolName(store, j);
  const text = seats === null ? `${school}: ${shown.students}` : t("table.load", { school, n: shown.students, seats: shown.seats });
  return el(over || under ? "span.off" : "span", {}, text, over ? ` (${t("table.over")})` : under ? ` (${t("table.under")})` : "");
}
