// Measures beside today's and the marked plan's.

import { el } from "./dom.js";
import { t } from "./words.js";

const SIGNS = { true: "\u25b2", false: "\u25bc" };

/** @param {import("./store.js").Store} store @param {HTMLElement} box */
export function figures(store, box) {
  const { rows, moved, travel } = store.figures;
  const card = rows.filter((row) => row.section === "card"), ways = Object.values(travel).filter((way) => !card.some((row) => row.id === way.id));
  const poverty = rows.filter((row) => row.section === "poverty"), race = rows.filter((row) => row.section === "race");
  const own = race.filter((row) => row.id.startsWith("isolation")), between = race.filter((row) => !own.includes(row));
  const marked = rows.some((row) => row.shown.change !== row.shown.change_mark);
  const further = between.length > 0 && el("details", { open: opened.has("between") }, el("summary", {}, t("table.between_groups")), table(t("table.between_groups"), between, marked));
  if (further) further.addEventListener("toggle", () => opened[further.open ? "add" : "delete"]("between"));
  box.replaceChildren(
    el("p.sum", {}, moved.shown),
    ...(card.length + ways.length ? [table(t("table.measures"), [...card, ...ways], marked)] : []),
    ...(poverty.length ? [table(t("table.meets_poverty"), poverty, marked)] : []),
    ...(own.length ? [table(t("table.meets_own"), own, marked)] : []),
    ...(further ? [further] : []),
  );
}

/** @type {Set<string>} parts that somebody opened */
const opened = new Set();

/** The column of the mark is there where it says another thing than today's. @param {string} caption @param {Row[]} rows @param {boolean} marked */
function table(caption, rows, marked) {
  const head = ["today", "now", "change", ...(marked ? ["since_mark"] : [])].map((key) => el("th", { scope: "col" }, t(`table.${key}`)));
  return el("table.measures", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("table.measure")), ...head)), el("tbody", {}, ...rows.map((row) => line(row, marked))));
}

/** @param {Row} row @param {boolean} marked */
function line({ words, shown, better, change }, marked) {
  const way = better === null || !change || !/[1-9]/.test(shown.change) ? null : el(better ? "span.better" : "span.worse", {}, SIGNS[change > 0 ? "true" : "false"], el("span.hidden", {}, t(better ? "table.better" : "table.worse")));
  return el("tr", {}, el("th", { scope: "row" }, words), el("td.before", {}, shown.today), el("td.now", {}, shown.now), el("td", {}, way, way && " ", shown.change), marked && el("td.before", {}, shown.change_mark));
}
