// Names on the map: schools, each with its number, and places around, none over another.

/** @typedef {import("./atlas.js").Atlas} Atlas */
/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./draw.js").View} View */

const DARK = "#1a1a1a", LIGHT = "#ffffff", BROKEN = "#b3261e";

export class Labels {
  /** @param {CanvasRenderingContext2D} pen @param {Atlas} atlas @param {Store} store */
  constructor(pen, atlas, store) {
    this.pen = pen;
    this.atlas = atlas;
    this.store = store;
    this.chosen = -1;
    this.family = getComputedStyle(document.body).fontFamily;
    /** Where a school can be clicked: left, top, right, bottom. @type {number[][]} */
    this.places = [];
    /** What has a name or a mark already. @type {number[][]} */
    this.taken = [];
  }

  /** @param {View} view */
  draw(view) {
    const { pen } = this, { schools } = this.store.district;
    const { dpr } = view;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, view.width, view.height);
    pen.setTransform(dpr, 0, 0, dpr, 0, 0);
    pen.textBaseline = "middle";
    pen.textAlign = "center";
    const broken = new Set(this.store.figures.breaches.filter((one) => !one.inherited).map((one) => one.school));
    const order = [...schools.keys()].sort((a, b) => Number(b === this.chosen) - Number(a === this.chosen) || Number(broken.has(b)) - Number(broken.has(a)));
    this.taken = [];
    this.places = schools.map(() => []);
    /** @type {(() => void)[]} */
    const pills = [];
    const near = this.side(view) > 170;
    for (const j of order) {
      const { x, y, name, id } = schools[j];
      const [left, top] = [(x * view.scale + view.left) / dpr, (y * view.scale + view.top) / dpr];
      if (left < -80 || top < -30 || left > view.width / dpr + 80 || top > view.height / dpr + 30) continue;
      const long = `${j + 1} ${name || id}`, marked = broken.has(j);
      const texts = near || j === this.chosen ? [long, String(j + 1)] : [String(j + 1)];
      this.places[j] = this.pill(texts, left, top, view.seen, j === this.chosen, marked, pills);
    }
    for (const draw of pills.reverse()) draw();
    this.towns(view);
  }

  /** How much room a school has, in pixels. @param {View} view */
  side({ scale, dpr }) {
    const { width, height } = this.atlas.data.frame;
    return (Math.sqrt((width * height) / this.store.district.schools.length) * scale) / dpr;
  }

  /**
   * The first of the texts for which there is room, or a dot.
   * @param {string[]} texts @param {number} x @param {number} y @param {number[]} seen @param {boolean} chosen @param {boolean} broken @param {(() => void)[]} pills drawn over all dots, the first uppermost
   */
  pill(texts, x, y, seen, chosen, broken, pills) {
    const { pen, taken } = this;
    pen.font = `600 12px ${this.family}`;
    for (const text of texts) {
      const box = inSight(x, y, Math.max(pen.measureText(text).width / 2 + 6, 10), 10, seen);
      if (!chosen && taken.some((other) => meet(box, other))) continue;
      taken.push(box);
      pills.push(() => this.drawn(text, box, broken ? BROKEN : chosen ? DARK : LIGHT, broken || chosen ? LIGHT : DARK));
      return box;
    }
    pen.beginPath();
    pen.arc(x, y, 3.5, 0, 2 * Math.PI);
    pen.fillStyle = broken ? BROKEN : LIGHT;
    pen.fill();
    pen.strokeStyle = DARK;
    pen.lineWidth = 1.4;
    pen.stroke();
    const box = [x - 5, y - 5, x + 5, y + 5];
    taken.push(box);
    return box;
  }

  /** @param {string} text @param {number[]} box @param {string} ground @param {string} ink */
  drawn(text, [left, top, right, bottom], ground, ink) {
    const { pen } = this;
    pen.beginPath();
    pen.roundRect(left, top, right - left, bottom - top, 10);
    pen.fillStyle = ground;
    pen.fill();
    pen.lineWidth = 1.4;
    pen.strokeStyle = pen.fillStyle = ink;
    pen.stroke();
    pen.font = `600 12px ${this.family}`;
    pen.fillText(text, (left + right) / 2, (top + bottom) / 2 + 0.5);
  }

  /** @param {View} view */
  towns(view) {
    const { pen, taken } = this, { dpr, seen } = view;
    pen.font = `italic 13px ${this.family}`;
    pen.fillStyle = "#3a3f45";
    pen.strokeStyle = "rgba(255,255,255,0.85)";
    pen.lineWidth = 3;
    for (const { x, y, name } of this.atlas.around?.places ?? []) {
      const [left, top] = [(x * view.scale + view.left) / dpr, (y * view.scale + view.top) / dpr];
      const box = inSight(left, top, pen.measureText(name).width / 2 + 3, 9, seen), middle = (box[0] + box[2]) / 2;
      if (taken.some((other) => meet(box, other))) continue;
      taken.push(box);
      pen.strokeText(name, middle, top);
      pen.fillText(name, middle, top);
    }
  }

  /** The school whose label lies at a place of the canvas, in CSS pixels; -1 for none. @param {number} x @param {number} y */
  at(x, y) {
    return this.places.findIndex(([left, top, right, bottom]) => x >= left - 3 && x <= right + 3 && y >= top - 3 && y <= bottom + 3);
  }
}

/** The box of a text over its place; moved aside where an edge of what is in sight would cut it. @param {number} x @param {number} y @param {number} half its width @param {number} high half its height @param {number[]} seen */
function inSight(x, y, half, high, [left, , right]) {
  const aside = x < left || x > right ? 0 : Math.max(0, left + 2 - (x - half)) - Math.max(0, x + half - (right - 2));
  return [x - half + aside, y - high, x + half + aside, y + high];
}

/** @param {number[]} one @param {number[]} other */
const meet = (one, other) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
