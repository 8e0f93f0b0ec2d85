// The map on its canvas: fills, borders, hatches and marks, of the whole view or of the part that an edit changed.

import { outlines } from "./geometry.js";
import { hatched, padlocks } from "./hatch.js";

/** @typedef {import("./atlas.js").Atlas} Atlas */
/** @typedef {import("./atlas.js").Flat} Flat */
/** @typedef {import("./store.js").Store} Store */
/** From units to pixels of the canvas: x * scale + left. seen: what of it is in sight, in CSS pixels. @typedef {{scale: number, left: number, top: number, width: number, height: number, dpr: number, seen: number[]}} View */
/** In units: left, top, right, bottom. @typedef {number[]} Box */

const DARK = "#1a1a1a", LIGHT = "#ffffff", BROKEN = "#b3261e", QUIET = "#8a4a44";
const DAY = { land: "#f5f5f2", water: "#b9d6ea", river: "#9cc4de", road: "#a9a29a" }, NIGHT = { land: "", water: "#27435c", river: "#2f526f", road: "#5f5d59" };
const TILES = 8; // on a side, in which the borders of blocks are kept
const ROOM = 13; // pixels that a block has to measure before its border is drawn

export class Painter {
  /** @param {CanvasRenderingContext2D} pen @param {Atlas} atlas @param {Store} store */
  constructor(pen, atlas, store) {
    this.pen = pen;
    this.atlas = atlas;
    this.store = store;
    this.moved = hatched(pen);
    this.padlock = padlocks(pen);
    this.side = Math.sqrt((atlas.data.frame.width * atlas.data.frame.height) / Math.max(atlas.blocks, 1));
    /** @type {Scheme} */
    this.scheme = /** @type {any} */ (null);
    this.chosen = -1;
    /** @type {Map<string, {now: string, made: any}>} */
    this.cache = new Map();
    /** @type {{path: Path2D, box: Box}[] | undefined} */
    this.tiles = undefined;
    /** @type {Path2D | undefined} */
    this.district = undefined;
    /** @type {View} */
    this.view = /** @type {any} */ (null);
  }

  /** @param {View} view @param {Box} [part] only this, in units */
  draw(view, part) {
    const { pen } = this;
    this.view = view;
    const box = part ?? [-view.left / view.scale, -view.top / view.scale, (view.width - view.left) / view.scale, (view.height - view.top) / view.scale];
    pen.save();
    pen.lineJoin = pen.lineCap = "round";
    pen.setTransform(1, 0, 0, 1, 0, 0);
    if (part) this.clip(part);
    pen.clearRect(0, 0, view.width, view.height);
    const near = this.near(this.atlas.box, this.atlas.blocks, box);
    if (this.atlas.around) this.surroundings();
    const arcs = part ? this.near(this.atlas.arcBox, this.atlas.ahead.length, box) : null;
    if (part) this.fills(near);
    else this.wide();
    if (this.side * view.scale > ROOM * view.dpr) this.blocks(arcs, box);
    const { school, locked, district } = this.store;
    if (this.scheme.key !== "change") this.pattern(near.filter((b) => school[b] !== district.today[b]), this.moved);
    this.pattern(near.filter((b) => locked[b]), this.padlock);
    this.borders(arcs);
    this.breaches(arcs);
    pen.restore();
  }

  /** @param {Box} part */
  clip(part) {
    const { scale, left, top, dpr } = this.view, more = 4 * dpr;
    const [x, y] = [Math.floor(part[0] * scale + left - more), Math.floor(part[1] * scale + top - more)];
    this.pen.beginPath();
    this.pen.rect(x, y, Math.ceil(part[2] * scale + left + more) - x, Math.ceil(part[3] * scale + top + more) - y);
    this.pen.clip();
  }

  /** Those whose box meets another, grown by some pixels for the width of lines. @param {Float32Array} boxes @param {number} n @param {Box} box */
  near(boxes, n, box) {
    const more = 12 / this.view.scale, found = [];
    const [left, top, right, bottom] = [box[0] - more, box[1] - more, box[2] + more, box[3] + more];
    for (let k = 0; k < n; k++)
      if (boxes[4 * k] <= right && boxes[4 * k + 2] >= left && boxes[4 * k + 1] <= bottom && boxes[4 * k + 3] >= top) found.push(k);
    return found;
  }

  /** One path for all blocks of a colour: no seam between them. @param {number[]} near */
  fills(near) {
    const { pen, scheme } = this;
    /** @type {number[][]} */
    const by = scheme.colours.map(() => []);
    for (const b of near) by[scheme.classOf(b)]?.push(b);
    if (this.atlas.around) pen.globalCompositeOperation = "multiply";
    by.forEach((blocks, c) => {
      if (!blocks.length) return;
      this.path(blocks);
      pen.fillStyle = scheme.colours[c];
      pen.fill("evenodd");
    });
    pen.globalCompositeOperation = "source-over";
  }

  /** Of the whole map, what lies together and has one colour is one shape, kept until something changes. */
  wide() {
    const { pen, scheme, atlas } = this;
    const shapes = this.kept("fills", scheme.key, () => {
      const label = Int32Array.from({ length: atlas.blocks }, (_, b) => scheme.classOf(b));
      return [...outlines(atlas.shapes, label)].map(([own, rings]) => /** @type {[number, Path2D]} */ ([own, ringed(rings)]));
    });
    this.inUnits(() => {
      if (atlas.around) pen.globalCompositeOperation = "multiply";
      for (const [own, shape] of shapes) {
        pen.fillStyle = scheme.colours[own];
        pen.fill(shape, "evenodd");
      }
    });
    pen.globalCompositeOperation = "source-over";
  }

  /** What was made for the plan as it stands. @template T @param {string} name @param {string} key @param {() => T} make @returns {T} */
  kept(name, key, make) {
    const now = `${this.store.version} ${key}`;
    if (this.cache.get(name)?.now !== now) this.cache.set(name, { now, made: make() });
    return this.cache.get(name)?.made;
  }

  /** @param {() => void} draw */
  inUnits(draw) {
    const { scale, left, top } = this.view;
    this.pen.setTransform(scale, 0, 0, scale, left, top);
    draw();
    this.pen.setTransform(1, 0, 0, 1, 0, 0);
  }

  /** @param {number[]} blocks */
  path(blocks) {
    const { pen } = this, { first, ring } = this.atlas;
    pen.beginPath();
    for (const b of blocks) for (let r = first[b]; r < first[b + 1]; r++) {
      this.line(ring, r);
      pen.closePath();
    }
  }

  /** @param {Flat} lines @param {number} k */
  line({ start, xy }, k) {
    const { scale, left, top } = this.view;
    const from = start[k], to = start[k + 1];
    if (from === to) return;
    this.pen.moveTo(xy[2 * from] * scale + left, xy[2 * from + 1] * scale + top);
    for (let p = from + 1; p < to; p++) this.pen.lineTo(xy[2 * p] * scale + left, xy[2 * p + 1] * scale + top);
  }

  /** @param {Flat} lines @param {Iterable<number>} which @param {[string, number][]} strokes colours and widths, one over another */
  stroke(lines, which, strokes) {
    const { pen } = this;
    pen.beginPath();
    for (const k of which) this.line(lines, k);
    for (const [colour, width] of strokes) {
      pen.strokeStyle = colour;
      pen.lineWidth = width * this.view.dpr;
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  /** Thin borders of blocks: those near a change, or whole tiles of them. @param {number[] | null} arcs @param {Box} box */
  blocks(arcs, box) {
    const ink = "rgba(0,0,0,0.28)", width = 0.6;
    if (arcs) return this.stroke(this.atlas.arc, arcs, [[ink, width]]);
    this.tiles ??= tilesOf(this.atlas);
    const seen = this.tiles.filter(({ box: own }) => own[0] <= box[2] && own[2] >= box[0] && own[1] <= box[3] && own[3] >= box[1]);
    return this.inUnits(() => {
      this.pen.strokeStyle = ink;
      this.pen.lineWidth = (width * this.view.dpr) / this.view.scale;
      for (const { path } of seen) this.pen.stroke(path);
    });
  }

  /** Outlines of zones, and of the chosen one. @param {number[] | null} arcs those near a change, null for all */
  borders(arcs) {
    const { school } = this.store, of = (/** @type {number} */ b) => (b < 0 ? -1 : school[b]);
    this.edges("zones", arcs, (one, other) => of(one) !== of(other), [["rgba(255,255,255,0.9)", 3.2], [DARK, 1.4]]);
    if (this.chosen >= 0) this.edges(`zone ${this.chosen}`, arcs, (one, other) => (of(one) === this.chosen) !== (of(other) === this.chosen), [[LIGHT, 5.5], [DARK, 3]]);
  }

  /** Around blocks that break a limit, and dashed around zones that do. @param {number[] | null} arcs */
  breaches(arcs) {
    const all = this.store.figures.breaches;
    this.marked("old", arcs, all.filter((one) => one.inherited), QUIET, 1.6);
    this.marked("new", arcs, all.filter((one) => !one.inherited), BROKEN, 2.8);
  }

  /** @param {string} name @param {number[] | null} arcs @param {Breach[]} found @param {string} colour @param {number} width */
  marked(name, arcs, found, colour, width) {
    const { school } = this.store;
    const blocks = new Set(found.map((one) => one.block).filter((b) => b !== null));
    const zones = new Set(found.filter((one) => one.block === null).map((one) => one.school));
    const around = (/** @type {(b: number) => boolean} */ inside) => (/** @type {number} */ one, /** @type {number} */ other) => (one >= 0 && inside(one)) !== (other >= 0 && inside(other));
    if (blocks.size) this.edges(`blocks ${name}`, arcs, around((b) => blocks.has(b)), [[LIGHT, width + 2.4], [colour, width]]);
    if (zones.size) this.edges(`limits ${name}`, arcs, around((b) => zones.has(school[b])), [[colour, width]], [7, 6]);
  }

  /**
   * Borders of some kind. Of the whole map they are one path, kept until something changes.
   * @param {string} name @param {number[] | null} arcs @param {(one: number, other: number) => boolean} differ by the blocks on both sides @param {[string, number][]} strokes @param {number[]} [dash]
   */
  edges(name, arcs, differ, strokes, dash = []) {
    const { ahead, behind, arc } = this.atlas, { pen, view } = this;
    const own = (/** @type {number[]} */ some) => some.filter((a) => differ(ahead[a], behind[a]));
    pen.setLineDash(dash.map((n) => n * view.dpr));
    if (arcs) return this.stroke(arc, own(arcs), strokes);
    const path = this.kept(name.split(" ")[0] === "zone" ? "zone" : name, name, () => lined(arc, own([...ahead.keys()])));
    this.inUnits(() => {
      pen.setLineDash(dash.map((n) => (n * view.dpr) / view.scale));
      for (const [colour, width] of strokes) {
        pen.strokeStyle = colour;
        pen.lineWidth = (width * view.dpr) / view.scale;
        pen.stroke(path);
      }
    });
    return pen.setLineDash([]);
  }

  /** @param {number[]} blocks @param {CanvasPattern} pattern */
  pattern(blocks, pattern) {
    if (!blocks.length) return;
    this.path(blocks);
    this.pen.fillStyle = pattern;
    this.pen.fill("evenodd");
  }

  /** Behind the blocks it is always day, since their colours lie over it. */
  surroundings() {
    const night = matchMedia("(prefers-color-scheme: dark)").matches, { pen } = this;
    this.around(night ? NIGHT : DAY);
    if (!night) return;
    this.district ??= ringed([...outlines(this.atlas.shapes, new Int32Array(this.atlas.blocks)).values()].flat());
    pen.save();
    this.inUnits(() => pen.clip(/** @type {Path2D} */ (this.district), "evenodd"));
    this.around(DAY);
    pen.restore();
  }

  /** Land, water and roads. @param {typeof DAY} inks */
  around(inks) {
    const { pen, view } = this, { water, rivers, roads } = /** @type {any} */ (this.atlas.around);
    const all = (/** @type {Flat} */ lines) => Array.from({ length: lines.start.length - 1 }, (_, k) => k);
    if (inks.land) {
      pen.fillStyle = inks.land;
      pen.fillRect(0, 0, view.width, view.height);
    }
    pen.beginPath();
    for (const k of all(water)) this.line(water, k);
    pen.fillStyle = inks.water;
    pen.fill("evenodd");
    this.stroke(rivers, all(rivers), [[inks.river, 1.8]]);
    this.stroke(roads, all(roads), [[inks.road, 1.5]]);
  }
}

/** @param {Flat} lines @param {number[]} which */
function lined({ start, xy }, which) {
  const path = new Path2D();
  for (const k of which) for (let p = start[k]; p < start[k + 1]; p++) path[p > start[k] ? "lineTo" : "moveTo"](xy[2 * p], xy[2 * p + 1]);
  return path;
}

/** The borders of blocks by tiles of the map. @param {Atlas} atlas @returns {{path: Path2D, box: Box}[]} */
function tilesOf({ data, arc, arcBox, ahead }) {
  const side = Math.max(data.frame.width, data.frame.height) / TILES;
  /** @type {Map<number, number[]>} */
  const by = new Map();
  for (const a of ahead.keys()) {
    const tile = Math.floor(arcBox[4 * a] / side) + TILES * Math.floor(arcBox[4 * a + 1] / side);
    if (!by.has(tile)) by.set(tile, []);
    by.get(tile)?.push(a);
  }
  return [...by.values()].map((own) => ({ path: lined(arc, own), box: [0, 1, 2, 3].map((k) => own.reduce((found, a) => (k < 2 ? Math.min : Math.max)(found, arcBox[4 * a + k]), k < 2 ? Infinity : -Infinity)) }));
}

/** @param {number[][][]} rings of [lat, lng] */
function ringed(rings) {
  const path = new Path2D();
  for (const ring of rings) {
    ring.forEach(([lat, lng], k) => path[k ? "lineTo" : "moveTo"](lng, -lat));
    path.closePath();
  }
  return path;
}
