// The map from the keyboard: a block that the arrow keys move, and Enter that does what a click there would.

import { inBox, inCircle, inLasso, nearest, next } from "./pick.js";
import { corners } from "./paint.js";
import { SIZES } from "./tools.js";

export class Cursor {
  /** @param {import("./map.js").PlanMap} map @param {import("./tools.js").Tools} tools @param {import("./overlay.js").Overlay} overlay @param {(block: number) => void} told */
  constructor(map, tools, overlay, told) {
    this.map = map;
    this.tools = tools;
    this.overlay = overlay;
    this.told = told;
    this.at = -1;
    /** Blocks at the corners of a box or lasso that is being drawn. @type {number[]} */
    this.corners = [];
    map.element.addEventListener("blur", () => this.cancel());
  }

  /** @param {number} block */
  put(block) {
    this.at = this.overlay.cursor = block;
    if (block >= 0) {
      this.map.show([block]);
      this.told(block);
    }
    this.draw();
  }

  /** @param {"ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight"} key */
  go(key) {
    const block = this.at < 0 ? nearest(this.map.atlas, ...this.map.middle) : next(this.map.atlas, this.at, key);
    if (block >= 0) this.put(block);
  }

  /** @param {boolean} [off] takes away from the area */
  act(off) {
    if (this.at < 0) return this.put(nearest(this.map.atlas, ...this.map.middle));
    const { how, size } = this.tools.now, { atlas } = this.map;
    if (how === "brush") this.tools.apply(inCircle(atlas, ...this.middle(this.at), SIZES[size] * this.map.pixel), off);
    else if (how === "box" || how === "lasso") this.corner(how, off);
    else this.tools.apply([this.at], off);
    return this.told(this.at);
  }

  /** A box has two corners; a lasso as many as there are, and ends where the last is chosen twice. @param {"box" | "lasso"} how @param {boolean} [off] */
  corner(how, off) {
    const { atlas } = this.map, twice = this.corners.at(-1) === this.at;
    if (!twice) this.corners.push(this.at);
    const ring = this.corners.map((b) => this.middle(b));
    const done = how === "box" ? this.corners.length === 2 || twice : twice;
    if (done) {
      const inside = how === "box" ? inBox(atlas, ring[0], ring.at(-1) ?? ring[0]) : inLasso(atlas, ring);
      this.corners = [];
      this.tools.apply([...new Set([...inside, ...(how === "lasso" ? [this.at] : [])])], off);
    }
    this.draw();
  }

  cancel() {
    this.corners = [];
    this.draw();
  }

  draw() {
    const ring = this.corners.map((b) => this.middle(b));
    if (ring.length && this.tools.now.how === "box") this.overlay.show({ ring: corners(ring[0], this.middle(this.at)) });
    else this.overlay.show({ ring: ring.length ? [...ring, this.middle(this.at)] : [] });
  }

  /** @param {number} block @returns {[number, number]} */
  middle(block) {
    const { centre } = this.map.atlas;
    return [centre[2 * block], centre[2 * block + 1]];
  }
}
