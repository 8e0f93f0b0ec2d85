// The pointer on the map: click, brush, box, lasso, or move it.

import { blockAt, inBox, inCircle, inLasso } from "./pick.js";
import { SIZES } from "./tools.js";

/** @typedef {import("./map.js").PlanMap} PlanMap */

const CLICK = 4; // pixels within which a press is a click

export class Paint {
  /** @param {PlanMap} map @param {import("./tools.js").Tools} tools @param {import("./overlay.js").Overlay} overlay @param {(block: number) => void} told what lies under the pointer */
  constructor(map, tools, overlay, told) {
    this.map = map;
    this.tools = tools;
    this.overlay = overlay;
    this.told = told;
    this.fingers = new Set();
    /** what is being drawn: where it began, and the gesture that grows @type {any} */
    this.stroke = null;
    const { element } = map;
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, (event) => this.up(/** @type {PointerEvent} */ (event), name === "pointercancel"));
    element.addEventListener("pointerleave", () => this.overlay.show({ at: null }));
    tools.addEventListener("change", () => this.ready());
    this.ready();
  }

  /** A hand moves the map: with that tool, or while the space bar is held. */
  ready() {
    const hand = this.tools.now.how === "move" || this.held;
    this.map.leaflet.dragging[hand ? "enable" : "disable"]();
    this.map.element.dataset.cursor = hand ? "move" : this.tools.now.how;
  }

  /** @param {boolean} held */
  hold(held) {
    this.held = held;
    this.ready();
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (/** @type {Element} */ (event.target).closest(".leaflet-control")) return;
    this.fingers.add(event.pointerId);
    if (this.fingers.size > 1) return this.stop(true);
    if (event.button !== 0) return undefined;
    const at = this.map.unitsAt(event), school = this.map.schoolAt(event);
    this.stroke = { x: event.clientX, y: event.clientY, at, school, off: event.altKey, last: at, ring: [at], gesture: null, id: event.pointerId, moved: false };
    if (this.tools.now.how === "brush" && !this.held && school < 0) {
      this.stroke.gesture = this.tools.gesture(event.altKey);
      this.brush(at);
    }
    return undefined;
  }

  /** @param {PointerEvent} event */
  move(event) {
    const at = this.map.unitsAt(event), { stroke } = this;
    if (stroke && Math.hypot(event.clientX - stroke.x, event.clientY - stroke.y) > CLICK) stroke.moved = true;
    if (event.pointerType !== "touch" || this.stroke) this.overlay.show({ at });
    if (!this.stroke) return this.told(blockAt(this.map.atlas, ...at));
    if (this.stroke.id !== event.pointerId || this.held) return undefined;
    for (const one of event.getCoalescedEvents?.() ?? []) this.along(this.map.unitsAt(one));
    return this.along(at);
  }

  /** @param {[number, number]} at */
  along(at) {
    const { how } = this.tools.now, { stroke } = this;
    if (how === "brush" && stroke.gesture) {
      const step = (SIZES[this.tools.now.size] * this.map.pixel) / 2, far = Math.hypot(at[0] - stroke.last[0], at[1] - stroke.last[1]);
      const [x, y] = stroke.last;
      for (let gone = step; gone < far; gone += step) this.brush([x + ((at[0] - x) * gone) / far, y + ((at[1] - y) * gone) / far]);
      this.brush(at);
    }
    if (how === "box") this.overlay.show({ ring: corners(stroke.at, at) });
    if (how === "lasso" && Math.hypot(at[0] - stroke.last[0], at[1] - stroke.last[1]) > 3 * this.map.pixel) {
      stroke.ring.push(at);
      this.overlay.show({ ring: stroke.ring });
    } else if (how === "lasso") return;
    stroke.last = at;
  }

  /** @param {[number, number]} at */
  brush(at) {
    this.stroke.gesture.more(inCircle(this.map.atlas, ...at, SIZES[this.tools.now.size] * this.map.pixel));
  }

  /** @param {PointerEvent} event @param {boolean} lost */
  up(event, lost) {
    this.fingers.delete(event.pointerId);
    const { stroke } = this;
    if (!stroke || stroke.id !== event.pointerId) return;
    if (lost) return void this.stop(true);
    this.stroke = null;
    this.overlay.show({ ring: [] });
    if (stroke.gesture) return void stroke.gesture.end();
    if (this.held) return;
    if (!stroke.moved && stroke.school >= 0) return void this.tools.set({ school: stroke.school });
    this.finish(stroke, this.map.unitsAt(event));
  }

  /** @param {any} stroke @param {[number, number]} at */
  finish(stroke, at) {
    const { how } = this.tools.now, { atlas } = this.map;
    if (how === "move") return;
    const [x, y] = stroke.at, own = blockAt(atlas, x, y);
    if (how === "point" || !stroke.moved) {
      if (own >= 0 && !stroke.moved) this.tools.apply([own], stroke.off);
    } else if (how === "box") this.tools.apply(inBox(atlas, stroke.at, at), stroke.off);
    else if (how === "lasso") this.lasso(stroke);
  }

  /** @param {any} stroke */
  lasso({ ring, off }) {
    const { store, now } = this.tools, first = now.verb === "area" && !off && !store.within;
    this.tools.apply(inLasso(this.map.atlas, ring), off);
    if (first) store.ring = ring;
  }

  /** @param {boolean} cancel */
  stop(cancel) {
    this.stroke?.gesture?.[cancel ? "cancel" : "end"]();
    this.stroke = null;
    this.overlay.show({ ring: [] });
  }
}

/** @param {[number, number]} one @param {[number, number]} other @returns {[number, number][]} */
export const corners = (one, other) => [one, [other[0], one[1]], other, [one[0], other[1]]];
