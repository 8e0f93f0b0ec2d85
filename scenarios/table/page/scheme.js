// What the map's colours mean: by scheme a class for each block, and how each class looks.

import { classes, classOf, COOL, EMPTY, shade, WARM, ZONES } from "./colour.js";
import { number, percent, t, travel } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

const SAME = "#e4e6e8";
const WAYS = [100, 200, 500, 1000, 2000, 5000, 10000, 20000], MINUTES = [1, 2, 5, 10, 20, 50], PRICES = [0.01, 0.1, 1, 10, 100, 1000];

/** The choices that the district's data allow: [key, what it is called]. @param {Store} store @returns {[string, string][]} */
export function choices({ district, prices }) {
  const { blocks } = /** @type {MapData} */ (district.atlas);
  /** @type {[string, string][]} */
  const found = [["zones", t("map.by_school")]];
  const add = (/** @type {string} */ key, /** @type {string} */ what) => found.push([`zone ${key}`, t("map.by_zone", { what })], [`block ${key}`, t("map.by_block", { what })]);
  if (blocks.poverty) add("poverty", t("map.poverty"));
  district.groups.forEach((group, k) => add(String(k), group.name));
  found.push(["change", t("table.colour_change")], ["travel", t("table.colour_travel")]);
  if (prices) found.push(["price", t("table.colour_price")]);
  return found;
}

/** @param {Store} store @param {string} key @param {(number | null)[]} ways by block, how far to its school @returns {Scheme} */
export function scheme(store, key, ways) {
  const text = choices(store).find(([own]) => own === key)?.[1] ?? "";
  const [kind, part] = key.split(" ");
  if (kind === "zone") return byZone(store, key, text, part);
  if (kind === "block") return byBlock(store, key, text, part);
  if (kind === "change") return byChange(store, key, text);
  if (kind === "travel") return inClasses(key, text, ways, COOL, store.district.unit === "min" ? MINUTES : WAYS, (value) => travel(value, store.district.unit), t("map.out_of_reach"));
  if (kind === "price") return inClasses(key, text, store.prices ?? [], WARM, PRICES, (value) => number(value), t("map.not_shown"));
  const of = store.district.schools.map((school) => school.colour);
  return { key, text, classOf: (b) => of[store.school[b]], colours: ZONES, legend: [], byZone: true };
}

/** @param {Store} store @param {string} key @param {string} text @param {string} part @returns {Scheme} */
function byZone(store, key, text, part) {
  const pick = (/** @type {Zone} */ zone) => (part === "poverty" ? zone.poverty : zone.groups[Number(part)]);
  const now = store.figures.schools.map(pick), today = /** @type {MapData} */ (store.district.atlas).plans[0].zones.map(pick);
  const edges = classes([...now, ...today]);
  const own = now.map((value) => classOf(value, edges));
  const ramp = part === "poverty" ? WARM : COOL;
  return { key, text, classOf: (b) => own[store.school[b]] + 1, ...ramped(ramp, edges, percent, t("map.no_students")), byZone: true };
}

/** @param {Store} store @param {string} key @param {string} text @param {string} part @returns {Scheme} */
function byBlock(store, key, text, part) {
  const { blocks } = /** @type {MapData} */ (store.district.atlas);
  const counts = part === "poverty" ? blocks.poverty : blocks.groups[Number(part)];
  const shares = (counts ?? []).map((n, b) => (n === null || !blocks.counted[b] ? null : n / /** @type {number} */ (blocks.counted[b])));
  return inClasses(key, text, shares, part === "poverty" ? WARM : COOL, undefined, percent, t("map.no_students"));
}

/** @param {string} key @param {string} text @param {(number | null)[]} values @param {string[]} ramp @param {number[] | undefined} steps @param {(value: number) => string} said @param {string} none @returns {Scheme} */
function inClasses(key, text, values, ramp, steps, said, none) {
  const edges = classes(values, steps);
  const own = values.map((value) => classOf(value, edges) + 1);
  return { key, text, classOf: (b) => own[b] ?? 0, ...ramped(ramp, edges, said, none), byZone: false };
}

/** @param {Store} store @param {string} key @param {string} text @returns {Scheme} */
function byChange(store, key, text) {
  const { schools, today } = store.district;
  const of = schools.map((school) => school.colour + 1);
  const classOf = (/** @type {number} */ b) => (store.school[b] === today[b] ? 0 : of[store.school[b]]);
  return { key, text, classOf, colours: [SAME, ...ZONES], legend: [[SAME, t("table.same_school")]], byZone: false };
}

/** The first colour is for what has no value. @param {string[]} ramp @param {number[]} edges @param {(value: number) => string} said @param {string} none @returns {{colours: string[], legend: [string, string][]}} */
function ramped(ramp, edges, said, none) {
  const colours = [EMPTY, ...edges.slice(1).map((_, c) => shade(ramp, c, edges))];
  /** @type {[string, string][]} */
  const legend = edges.slice(1).map((high, c) => [colours[c + 1], `${said(edges[c])} \u2013 ${said(high)}`]);
  return { colours, legend: [...legend, [EMPTY, none]] };
}
