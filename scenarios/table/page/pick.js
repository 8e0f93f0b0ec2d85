// Which blocks a gesture means.

import { inRing } from "./atlas.js";

/** @typedef {import("./atlas.js").Atlas} Atlas */

/** The block at a place, -1 where there is none. @param {Atlas} atlas @param {number} x @param {number} y */
export function blockAt(atlas, x, y) {
  const { box } = atlas;
  for (let b = 0; b < atlas.blocks; b++)
    if (x >= box[4 * b] && x <= box[4 * b + 2] && y >= box[4 * b + 1] && y <= box[4 * b + 3] && atlas.holds(b, x, y)) return b;
  return -1;
}

/** The blocks whose middle lies in a circle, and the one at its centre. @param {Atlas} atlas @param {number} x @param {number} y @param {number} radius */
export function inCircle(atlas, x, y, radius) {
  const found = within(atlas, (a, b) => (a - x) ** 2 + (b - y) ** 2 <= radius ** 2);
  const own = blockAt(atlas, x, y);
  return own < 0 || found.includes(own) ? found : [...found, own];
}

/** The blocks whose middle lies between two corners. @param {Atlas} atlas @param {[number, number]} one @param {[number, number]} other */
export function inBox(atlas, one, other) {
  const [left, right] = [Math.min(one[0], other[0]), Math.max(one[0], other[0])];
  const [top, bottom] = [Math.min(one[1], other[1]), Math.max(one[1], other[1])];
  return within(atlas, (x, y) => x >= left && x <= right && y >= top && y <= bottom);
}

/** The blocks whose middle lies in a ring. @param {Atlas} atlas @param {[number, number][]} ring */
export function inLasso(atlas, ring) {
  const xy = ring.flat();
  return within(atlas, (x, y) => inRing(xy, 0, ring.length, x, y));
}

/** @param {Atlas} atlas @param {(x: number, y: number) => boolean} holds */
function within(atlas, holds) {
  const found = [];
  for (let b = 0; b < atlas.blocks; b++) if (holds(atlas.centre[2 * b], atlas.centre[2 * b + 1])) found.push(b);
  return found;
}

const AHEAD = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** The next block in a direction: a neighbour where one lies there, else the nearest that does. @param {Atlas} atlas @param {number} from @param {keyof typeof AHEAD} key */
export function next(atlas, from, key) {
  const [dx, dy] = AHEAD[key];
  const best = (/** @type {Iterable<number>} */ blocks) => {
    let found = -1, least = Infinity;
    for (const b of blocks) {
      const x = atlas.centre[2 * b] - atlas.centre[2 * from], y = atlas.centre[2 * b + 1] - atlas.centre[2 * from + 1];
      const along = x * dx + y * dy, aside = Math.abs(x * dy - y * dx);
      if (along <= 0 || aside > 1.5 * along || along + 2 * aside >= least) continue;
      found = b;
      least = along + 2 * aside;
    }
    return found;
  };
  const near = best(atlas.beside[from]);
  return near >= 0 ? near : best(Array(atlas.blocks).keys());
}

/** The block whose middle is nearest to a place. @param {Atlas} atlas @param {number} x @param {number} y */
export function nearest(atlas, x, y) {
  let found = 0, least = Infinity;
  for (let b = 0; b < atlas.blocks; b++) {
    const far = (atlas.centre[2 * b] - x) ** 2 + (atlas.centre[2 * b + 1] - y) ** 2;
    if (far < least) [found, least] = [b, far];
  }
  return found;
}
