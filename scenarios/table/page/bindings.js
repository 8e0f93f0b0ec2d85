// What each key does: read by the keyboard, and listed under `?`.

import { clear, lockZone, marked } from "./bar.js";
import { byId } from "./dom.js";
import { zoomTo } from "./limits.js";
import { choices } from "./scheme.js";
import { schoolName } from "./tell.js";
import { t } from "./words.js";

/** @typedef {import("./keys.js").Listed} Listed */

const ARROWS = /** @type {const} */ (["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]);
const FAR = 120; // pixels

/** @param {any} parts of the page @returns {[string, Listed][]} */
export function bindings(parts) {
  return [["table.keys_map", onMap(parts)], ["table.keys_tools", tools(parts)], ["table.keys_plan", plan(parts)]];
}

/** @param {any} parts @returns {Listed} */
function onMap({ map, cursor, paint }) {
  const away = { ArrowUp: [0, -FAR], ArrowDown: [0, FAR], ArrowLeft: [-FAR, 0], ArrowRight: [FAR, 0] };
  return [
    ["\u2190 \u2191 \u2192 \u2193", [...ARROWS], "table.key_walk", (event) => cursor.go(event.key)],
    ["Enter", ["Enter"], "table.key_act", () => cursor.act()],
    ["Alt+Enter", ["Alt+Enter"], "table.key_off", () => cursor.act(true)],
    ["Shift+\u2190\u2191\u2192\u2193", ARROWS.map((key) => `Shift+${key}`), "table.key_pan", (event) => map.leaflet.panBy(/** @type {any} */ (away)[event.key], { animate: false })],
    ["+ \u2212", ["+", "=", "-"], "table.key_zoom", (event) => map.leaflet[event.key === "-" ? "zoomOut" : "zoomIn"](0.5)],
    ["0", ["0"], "table.key_whole", () => map.fit()],
    ["Space", [" "], "table.key_hold", () => hold(paint)],
    ["Esc", ["Escape"], "table.key_cancel", () => (cursor.cancel(), paint.stop(true))],
    ["c", ["c"], "table.key_colour", () => colour(map)],
  ];
}

/** @param {any} parts @returns {Listed} */
function tools({ store, tools, map, cursor }) {
  const verb = (/** @type {string} */ name) => () => tools.set({ verb: name }), how = (/** @type {string} */ name) => () => tools.set({ how: name });
  const school = (/** @type {number} */ step) => () => choose(tools, (tools.now.school + step + store.district.schools.length) % store.district.schools.length);
  const size = (/** @type {number} */ by) => () => tools.set({ size: Math.max(0, Math.min(2, tools.now.size + by)), how: "brush" });
  const here = () => (cursor.at < 0 ? tools.now.school : store.school[cursor.at]);
  return [
    ["g", ["g"], "table.give", verb("give")], ["l", ["l"], "table.lock", verb("lock")], ["u", ["u"], "table.unlock", verb("unlock")], ["a", ["a"], "table.area", verb("area")],
    ["p", ["p"], "table.point", how("point")], ["b", ["b"], "table.brush", how("brush")], ["r", ["r"], "table.box", how("box")], ["f", ["f"], "table.lasso", how("lasso")], ["h", ["h"], "table.move", how("move")],
    ["1 2 3", ["1", "2", "3"], "table.key_size", (event) => tools.set({ size: Number(event.key) - 1, how: "brush" })],
    ["[", ["["], "table.key_smaller", size(-1)], ["]", ["]"], "table.key_larger", size(1)],
    [",", [","], "table.key_school_before", school(-1)], [".", ["."], "table.key_school_next", school(1)],
    ["s", ["s"], "table.key_school_here", () => choose(tools, here())],
    ["t", ["t"], "table.key_only", () => tools.set({ only: tools.now.only >= 0 ? -1 : here() })],
    ["i", ["i"], "table.key_inside", () => store.within && tools.set({ inside: !tools.now.inside })],
    ["x", ["x"], "table.area_clear", () => clear(tools)],
    ["z", ["z"], "table.zone_lock", () => lockZone(tools)],
    ["k", ["k"], "table.area_toggle", () => lockArea(store)],
  ];
}

/** @param {any} parts @returns {Listed} */
function plan({ store, map, plans, panel, help, cursor }) {
  let at = -1;
  const next = () => {
    const { breaches } = store.figures;
    if (!breaches.length) return;
    at = (at + 1) % breaches.length;
    panel.show(2);
    zoomTo(breaches[at], map);
    if (breaches[at].block !== null) cursor.put(breaches[at].block);
    byId("spoken").textContent = breaches[at].words;
  };
  return [
    ["Ctrl+Z", ["Ctrl+z"], "table.undo", () => store.undo()], ["Ctrl+Shift+Z Ctrl+Y", ["Ctrl+Shift+z", "Ctrl+y"], "table.redo", () => store.redo()],
    ["/", ["/"], "table.key_find", () => byId("find").querySelector("input").focus()],
    ["m", ["m"], "table.key_map", () => byId("map").focus()],
    ["n", ["n"], "table.key_breach", next],
    ["w", ["w"], "table.mark", () => byId("mark").click()],
    ["o", ["o"], "table.plans", () => plans.open()],
    ["?", ["?", "Shift+?"], "table.keys", help],
  ];
}

/** While the space bar is held, the pointer moves the map. @param {any} paint */
function hold(paint) {
  paint.hold(true);
  document.addEventListener("keyup", () => paint.hold(false), { once: true });
}

/** @param {any} tools @param {number} school */
function choose(tools, school) {
  tools.set({ school });
  byId("spoken").textContent = t("table.chosen", { school: schoolName(tools.store, school) });
}

/** @param {any} map */
function colour(map) {
  const all = choices(map.store), at = all.findIndex(([key]) => key === map.key);
  const [key, text] = all[(at + 1) % all.length];
  map.colour(key);
  byId("spoken").textContent = text;
}

/** @param {any} store */
function lockArea(store) {
  const own = marked(store);
  store.lock(own, own.some((b) => !store.locked[b]));
}
