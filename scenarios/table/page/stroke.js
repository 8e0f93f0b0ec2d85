// A line that somebody draws: with the pointer, or block by block from the keyboard.

import { byId } from "./dom.js";
import { t } from "./words.js";

const STEP = 4; // pixels between two of its points

/**
 * Drag on the map; or go to blocks and press Enter at each, and once more at the last. Escape leaves it.
 * @param {import("./ask.js").Parts} parts
 * @returns {Promise<[number, number][] | null>} in units of the map
 */
export function drawnLine({ map, overlay, cursor }) {
  const { element } = map, end = new AbortController();
  /** @type {[number, number][]} */ const line = [];
  let drawing = false, last = -1;
  byId("told").textContent = t("table.line_hint");
  element.focus();
  return new Promise((done) => {
    const finish = (/** @type {boolean} */ kept) => {
      end.abort();
      overlay.show({ line: [] });
      byId("told").textContent = t("table.hint");
      done(kept && line.length > 1 ? line : null);
    };
    const add = (/** @type {[number, number]} */ at) => {
      line.push(at);
      overlay.show({ line });
    };
    /** @param {string} name @param {(event: any) => void} act */
    const on = (name, act) => document.addEventListener(name, (event) => (name === "keydown" || element.contains(/** @type {Node} */ (event.target)) || drawing) && act(event), { capture: true, signal: end.signal });
    on("pointerdown", (event) => {
      if (event.target.closest(".leaflet-control")) return;
      event.stopPropagation();
      drawing = true;
      add(map.unitsAt(event));
    });
    on("pointermove", (event) => {
      if (!drawing) return;
      event.stopPropagation();
      const at = map.unitsAt(event), before = line[line.length - 1];
      if (Math.hypot(at[0] - before[0], at[1] - before[1]) > STEP * map.pixel) add(at);
    });
    on("pointerup", (event) => {
      if (!drawing) return;
      event.stopPropagation();
      finish(true);
    });
    on("keydown", (event) => {
      if (event.key === "Escape") finish(false);
      else if (event.key === "Enter" && event.target === element && cursor.at >= 0) {
        if (cursor.at === last) finish(true);
        else add(overlay.middle((last = cursor.at)));
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  });
}
