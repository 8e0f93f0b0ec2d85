// The district's shapes as flat arrays, in units of the map's frame: x to the right, y downwards.

import { linesOf, readShapes, walked } from "./geometry.js";

export class Atlas {
  /** @param {MapData} data */
  constructor(data) {
    this.data = data;
    const shapes = (this.shapes = readShapes(data));
    /** @type {Int32Array} */ this.ahead = shapes.ahead;
    /** @type {Int32Array} */ this.behind = shapes.behind;
    this.blocks = data.rings.length;
    const rings = data.rings.map((own) => own.map((ring) => walked(shapes, ring)));
    /** by block, the places of its rings in `ring`; by ring, the places of its corners in `xy` */
    this.first = counted(rings.map((own) => own.length));
    this.ring = flat(rings.flat());
    this.arc = flat(shapes.arcs);
    this.box = boxes(this.ring, this.first);
    this.arcBox = boxes(this.arc, null);
    this.centre = this.centres();
    this.around = data.context && {
      water: flat(linesOf(data.context.water)), rivers: flat(linesOf(data.context.rivers)), roads: flat(linesOf(data.context.roads)), places: data.context.places,
    };
    this.beside = this.neighbours();
  }

  /** The middle of each block's first ring, by area; (x, y) by block. */
  centres() {
    const found = new Float64Array(2 * this.blocks);
    for (let b = 0; b < this.blocks; b++) {
      const r = this.first[b], [from, to] = [this.ring.start[r], this.ring.start[r + 1]];
      const at = middle(this.ring.xy, from, to);
      found[2 * b] = at ? at[0] : (this.box[4 * b] + this.box[4 * b + 2]) / 2;
      found[2 * b + 1] = at ? at[1] : (this.box[4 * b + 1] + this.box[4 * b + 3]) / 2;
    }
    return found;
  }

  /** By block, those that share a border with it. */
  neighbours() {
    const found = Array.from({ length: this.blocks }, () => /** @type {Set<number>} */ (new Set()));
    this.ahead.forEach((one, a) => {
      const other = this.behind[a];
      if (one < 0 || other < 0 || one === other) return;
      found[one].add(other);
      found[other].add(one);
    });
    return found;
  }

  /** The box around blocks: [left, top, right, bottom]. @param {Iterable<number>} blocks */
  boxOf(blocks) {
    const found = [Infinity, Infinity, -Infinity, -Infinity];
    for (const b of blocks) {
      found[0] = Math.min(found[0], this.box[4 * b]);
      found[1] = Math.min(found[1], this.box[4 * b + 1]);
      found[2] = Math.max(found[2], this.box[4 * b + 2]);
      found[3] = Math.max(found[3], this.box[4 * b + 3]);
    }
    return found;
  }

  /** Whether a place lies in a block. @param {number} block @param {number} x @param {number} y */
  holds(block, x, y) {
    const { start, xy } = this.ring;
    let inside = false;
    for (let r = this.first[block]; r < this.first[block + 1]; r++) if (inRing(xy, start[r], start[r + 1], x, y)) inside = !inside;
    return inside;
  }
}

/** @typedef {{start: Int32Array, xy: Float32Array}} Flat */

/** Lists of [lat, lng] as one array of x, y. @param {number[][][]} lines @returns {Flat} */
function flat(lines) {
  const start = counted(lines.map((line) => line.length));
  const xy = new Float32Array(2 * start[lines.length]);
  let at = 0;
  for (const line of lines) for (const [lat, lng] of line) {
    xy[at++] = lng;
    xy[at++] = -lat;
  }
  return { start, xy };
}

/** @param {number[]} lengths */
function counted(lengths) {
  const start = new Int32Array(lengths.length + 1);
  lengths.forEach((n, k) => (start[k + 1] = start[k] + n));
  return start;
}

/** By line, or by group of lines: left, top, right, bottom. @param {Flat} lines @param {Int32Array | null} first */
function boxes({ start, xy }, first) {
  const groups = (first ?? start).length - 1;
  const found = new Float32Array(4 * groups);
  for (let g = 0; g < groups; g++) {
    let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    for (let p = start[first ? first[g] : g]; p < start[first ? first[g + 1] : g + 1]; p++) {
      left = Math.min(left, xy[2 * p]);
      right = Math.max(right, xy[2 * p]);
      top = Math.min(top, xy[2 * p + 1]);
      bottom = Math.max(bottom, xy[2 * p + 1]);
    }
    found.set([left, top, right, bottom], 4 * g);
  }
  return found;
}

/** @param {Float32Array} xy @param {number} from @param {number} to @returns {[number, number] | null} */
function middle(xy, from, to) {
  let area = 0, x = 0, y = 0;
  for (let p = from, q = to - 1; p < to; q = p++) {
    const cross = xy[2 * q] * xy[2 * p + 1] - xy[2 * p] * xy[2 * q + 1];
    area += cross;
    x += cross * (xy[2 * q] + xy[2 * p]);
    y += cross * (xy[2 * q + 1] + xy[2 * p + 1]);
  }
  return area ? [x / (3 * area), y / (3 * area)] : null;
}

/** @param {ArrayLike<number>} xy @param {number} from @param {number} to @param {number} x @param {number} y */
export function inRing(xy, from, to, x, y) {
  let inside = false;
  for (let p = from, q = to - 1; p < to; q = p++) {
    const a = xy[2 * p + 1], b = xy[2 * q + 1];
    if (a > y !== b > y && x < ((xy[2 * q] - xy[2 * p]) * (y - a)) / (b - a) + xy[2 * p]) inside = !inside;
  }
  return inside;
}
