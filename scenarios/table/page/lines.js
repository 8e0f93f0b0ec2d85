// The best value so far and what is proved, over time: two lines that approach each other.

import { el } from "./dom.js";
import { t } from "./words.js";

const SPACE = "http://www.w3.org/2000/svg", WIDTH = 320, HEIGHT = 96, PAD = 6;

/** @param {import("./job.js").Point[]} points @returns {Element} */
export function lines(points) {
  const bounds = points.filter((one) => one.bound !== null && one.bound > 0);
  const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "lines", role: "img", "aria-label": t("table.lines") });
  if (points.length < 2) return drawn;
  const values = [...points.map((one) => one.value), ...bounds.map((one) => one.bound)].map(Number);
  const top = Math.max(...values), low = Math.min(...values), first = points[0].seconds, last = points[points.length - 1].seconds;
  const x = (/** @type {number} */ at) => PAD + ((at - first) / (last - first || 1)) * (WIDTH - 2 * PAD);
  const y = (/** @type {number} */ value) => PAD + ((top - value) / (top - low || 1)) * (HEIGHT - 2 * PAD);
  const path = (/** @type {[number, number][]} */ at, /** @type {string} */ name) => svg("polyline", { class: name, points: at.map(([s, v]) => `${x(s).toFixed(1)},${y(v).toFixed(1)}`).join(" ") });
  drawn.append(path(points.map((one) => [one.seconds, Number(one.value)]), "value"));
  if (bounds.length) drawn.append(path(bounds.map((one) => [one.seconds, Number(one.bound)]), "bound"));
  return drawn;
}

/** The lines with what they are. @param {import("./job.js").Point[]} points @param {{value?: string, bound?: string} | undefined} shown */
export function chart(points, shown) {
  const key = (/** @type {string} */ name, /** @type {string | undefined} */ said) => said && el("p", {}, el(`i.${name}`, { "aria-hidden": "true" }), t(`table.line_${name}`), " ", el("b", {}, said));
  return el("div.chart", {}, lines(points), key("value", shown?.value), key("bound", shown?.bound));
}

/** @param {string} name @param {Record<string, string>} attributes */
function svg(name, attributes) {
  const node = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
