// What lies over the map for a moment: the brush, a box, a lasso, the marked area, and the block that the keyboard is at.

import { SIZES } from "./tools.js";

/** @typedef {import("./map.js").PlanMap} PlanMap */

const BLUE = "#0b57d0", LIGHT = "#ffffff", DARK = "#111111";

export class Overlay {
  /** @param {PlanMap} map @param {import("./tools.js").Tools} tools */
  constructor(map, tools) {
    this.map = map;
    this.tools = tools;
    this.canvas = map.element.appendChild(document.createElement("canvas"));
    this.canvas.className = "overlay";
    this.pen = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    /** In units: where the pointer is, the corners of a box or lasso, and a line, that is being drawn. @type {{at: [number, number] | null, ring: [number, number][], line: [number, number][]}} */
    this.shown = { at: null, ring: [], line: [] };
    /** the block that the keyboard is at, those that are pointed out, and the borders of the area */
    this.cursor = -1;
    /** @type {number | undefined} */ this.frame = undefined;
    this.scale = 1;
    this.left = this.top = 0;
    /** @type {number[]} */ this.pointed = [];
    /** @type {number[]} */ this.area = [];
    for (const [source, name] of /** @type {[EventTarget, string][]} */ ([[map, "view"], [tools, "change"], [map.store, "state"]])) source.addEventListener(name, () => this.soon());
    map.store.addEventListener("area", () => this.mind());
  }

  mind() {
    const { ahead, behind } = this.map.atlas, { area } = this.map.store;
    const of = (/** @type {number} */ b) => (b < 0 ? 0 : area[b]);
    this.area = [...ahead.keys()].filter((a) => of(ahead[a]) !== of(behind[a]));
    this.soon();
  }

  /** @param {{at?: [number, number] | null, ring?: [number, number][], line?: [number, number][]}} change */
  show(change) {
    Object.assign(this.shown, change);
    this.soon();
  }

  /** Blocks that somebody asks about. @param {number[]} blocks */
  point(blocks) {
    this.pointed = blocks;
    this.soon();
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  draw() {
    const { pen, canvas, map } = this;
    const size = map.leaflet.getSize(), dpr = Math.min(devicePixelRatio, 2);
    if (canvas.width !== size.x * dpr || canvas.height !== size.y * dpr) Object.assign(canvas, { width: size.x * dpr, height: size.y * dpr });
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.clearRect(0, 0, size.x, size.y);
    const corner = map.leaflet.getPixelBounds().min;
    this.scale = 1 / map.pixel;
    this.left = -corner.x;
    this.top = -corner.y;
    if (this.area.length) this.dashed(() => this.lines(this.area), [[LIGHT, 4, []], [BLUE, 2.4, [6, 4]]]);
    if (this.pointed.length) this.dashed(() => this.blocks(this.pointed), [[LIGHT, 6, []], [BLUE, 3, []]]);
    if (this.cursor >= 0) this.dashed(() => this.blocks([this.cursor]), [[DARK, 7, []], [LIGHT, 4.4, []], [BLUE, 2.2, []]]);
    this.gesture();
  }

  gesture() {
    const { at, ring, line } = this.shown, { how, size } = this.tools.now;
    if (line.length) this.dashed(() => line.forEach(([x, y], k) => this.pen[k ? "lineTo" : "moveTo"](...this.at(x, y))), [[LIGHT, 6, []], [BLUE, 3, []]]);
    if (ring.length > 1) {
      this.dashed(() => this.ring(ring), [[LIGHT, 3.5, []], [BLUE, 1.8, [5, 4]]]);
      this.pen.fillStyle = "rgba(11, 87, 208, 0.12)";
      this.pen.fill();
    }
    const brush = how === "brush" && (at ?? (this.cursor >= 0 ? this.middle(this.cursor) : null));
    if (brush) this.dashed(() => this.circle(brush, SIZES[size]), [[LIGHT, 3.5, []], [DARK, 1.5, []]]);
  }

  /** @param {number} block @returns {[number, number]} */
  middle(block) {
    const { centre } = this.map.atlas;
    return [centre[2 * block], centre[2 * block + 1]];
  }

  /** @param {() => void} path @param {[string, number, number[]][]} strokes */
  dashed(path, strokes) {
    const { pen } = this;
    pen.beginPath();
    path();
    pen.lineJoin = "round";
    for (const [colour, width, dash] of strokes) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.setLineDash(dash);
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  /** @param {number} x @param {number} y @returns {[number, number]} */
  at(x, y) {
    return [x * this.scale + this.left, y * this.scale + this.top];
  }

  /** @param {[number, number]} place @param {number} radius */
  circle([x, y], radius) {
    const [left, top] = this.at(x, y);
    this.pen.moveTo(left + radius, top);
    this.pen.arc(left, top, radius, 0, 2 * Math.PI);
  }

  /** @param {[number, number][]} ring */
  ring(ring) {
    ring.forEach(([x, y], k) => this.pen[k ? "lineTo" : "moveTo"](...this.at(x, y)));
    this.pen.closePath();
  }

  /** @param {number[]} arcs */
  lines(arcs) {
    for (const a of arcs) this.corners(this.map.atlas.arc, a);
  }

  /** @param {number[]} blocks */
  blocks(blocks) {
    const { first, ring } = this.map.atlas;
    for (const b of blocks) for (let r = first[b]; r < first[b + 1]; r++) {
      this.corners(ring, r);
      this.pen.closePath();
    }
  }

  /** @param {import("./atlas.js").Flat} lines @param {number} k */
  corners({ start, xy }, k) {
    for (let p = start[k]; p < start[k + 1]; p++) this.pen[p > start[k] ? "lineTo" : "moveTo"](...this.at(xy[2 * p], xy[2 * p + 1]));
  }
}
