// What the pointer and the keyboard do: a verb, and a way to say to which blocks.

/** @typedef {"give" | "lock" | "unlock" | "area"} Verb */
/** @typedef {"move" | "point" | "brush" | "box" | "lasso"} How */
/** @typedef {{verb: Verb, how: How, size: number, school: number, only: number, inside: boolean}} Choice */

export const SIZES = [12, 28, 60]; // pixels of the brush's radius

/** Events: change. */
export class Tools extends EventTarget {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    super();
    this.store = store;
    /** only: takes from this school's zone alone, -1 for any. inside: takes within the marked area alone. @type {Choice} */
    this.now = { verb: "give", how: "point", size: 1, school: 0, only: -1, inside: false };
  }

  /** @param {Partial<Choice>} change */
  set(change) {
    Object.assign(this.now, change);
    this.dispatchEvent(new Event("change"));
  }

  /** Those of the blocks that may be taken. @param {number[]} blocks */
  taken(blocks) {
    const { verb, only, inside } = this.now, { school, area } = this.store;
    if (verb === "area") return blocks;
    return blocks.filter((b) => (only < 0 || school[b] === only) && (!inside || area[b]));
  }

  /** A gesture: `more` as it grows, then `end`, or `cancel`. @param {boolean} [off] takes away from the area */
  gesture(off = false) {
    const { store } = this, { verb, school } = this.now;
    if (verb === "area") return { more: (/** @type {number[]} */ blocks) => store.mind(blocks, !off), end: () => {}, cancel: () => {} };
    const edit = verb === "give" ? store.begin("assign") : store.begin("lock", verb === "lock");
    const value = verb === "give" ? school : Number(verb === "lock");
    return {
      more: (/** @type {number[]} */ blocks) => void store.more(edit, this.taken(blocks), value),
      end: () => store.end(edit),
      cancel: () => store.cancel(edit),
    };
  }

  /** All at once. @param {number[]} blocks @param {boolean} [off] */
  apply(blocks, off) {
    const gesture = this.gesture(off);
    gesture.more(blocks);
    gesture.end();
  }
}
