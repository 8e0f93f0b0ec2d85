// Loads against seats: one line a school, its bar, and the bar's limits.

import { ZONES } from "./colour.js";
import { el } from "./dom.js";
import { loads } from "./loads.js";
import { schoolName } from "./tell.js";
import { t } from "./words.js";

/** @param {import("./store.js").Store} store @param {import("./tools.js").Tools} tools @param {import("./map.js").PlanMap} map @param {HTMLElement} box */
export function schools(store, tools, map, box) {
  const head = ["school", "load", "students", "seats", "poverty"].map((key) => el("th", { scope: "col" }, t(`table.head_${key}`)));
  const rows = loads(store).map((one) => line(one, store, tools, map));
  box.replaceChildren(el("table.loads", {}, el("caption", {}, t("table.loads")), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
}

/** @param {Load} load @param {import("./store.js").Store} store @param {import("./tools.js").Tools} tools @param {import("./map.js").PlanMap} map */
function line(load, store, tools, map) {
  const { j, shown, over, under } = load, chosen = tools.now.school === j;
  const patch = el("i", { "aria-hidden": "true" });
  patch.style.background = ZONES[store.district.schools[j].colour];
  const name = el("button.link", { type: "button", "aria-pressed": String(chosen) }, patch, schoolName(store, j));
  name.addEventListener("click", () => {
    tools.set({ school: j });
    map.goToSchool(j);
  });
  const flag = over ? t("table.over") : under ? t("table.under") : "";
  const students = el("td", {}, shown.students, flag && el("span.hidden", {}, ` ${flag}`));
  if (flag) students.className = "off";
  return el(chosen ? "tr.chosen" : "tr", {}, el("th", { scope: "row" }, name), el("td.chart", {}, drawn(load)), students, el("td", {}, shown.seats), el("td", {}, shown.poverty));
}

/** The seats are as wide for every school, so that loads can be compared. @param {Load} load */
function drawn({ students, seats, low, high, over, under }) {
  const whole = seats ?? high ?? Math.max(students, 1);
  const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 100 14");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const mark = (/** @type {string} */ kind, /** @type {number} */ x, /** @type {number} */ width, /** @type {number} */ y, /** @type {number} */ height) => {
    const rect = document.createElementNS(space, "rect");
    for (const [key, value] of Object.entries({ class: kind, x, y, width, height })) rect.setAttribute(key, String(value));
    svg.append(rect);
  };
  const part = (/** @type {number} */ n) => Math.min((70 * n) / whole, 99);
  if (seats !== null) mark("seats", 0, part(seats), 1, 12);
  mark(over || under ? "load off" : "load", 0, part(students), 4, 6);
  for (const edge of [low, high]) if (edge) mark("edge", part(edge) - 0.5, 1, 0, 14);
  return svg;
}
