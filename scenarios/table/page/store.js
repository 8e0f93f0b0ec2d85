// The plan as this window shows it: what the server has, and on top of it what is still on its way there.

import { get, post, Refused, WINDOW } from "./api.js";
import { without } from "./edits.js";

const SOON = 500; // ms

/** Events: state (a plan was opened), blocks, locks, figures, area, plans, elsewhere (another plan was edited), stale, refused, prices, wishes, job, compared. */
export class Store extends EventTarget {
  /** @param {District} district */
  constructor(district) {
    super();
    this.district = district;
    /** @type {State} */
    this.plan = /** @type {any} */ (null);
    this.school = Int32Array.from(district.today);
    this.base = Int32Array.from(district.today);
    this.locked = new Uint8Array(district.blocks);
    this.lockedBase = new Uint8Array(district.blocks);
    this.area = new Uint8Array(district.blocks);
    /** the lasso that made the area, where one alone did @type {[number, number][] | null} */
    this.ring = null;
    /** @type {Edit[]} */
    this.queue = [];
    /** @type {Edit | null} */
    this.flying = null;
    this.held = false;
    /** other after whatever changes what the map shows */
    this.version = 0;
    /** @type {number[] | null} by block; set by those who ask for prices */
    this.prices = null;
    /** blocks that the map shows elsewhere than the plan has them @type {number[]} */
    this.seen = [];
    /** the last edit that touched a block */
    this.drawn = 0;
  }

  /** @returns {Figures} */
  get figures() {
    return this.plan.figures;
  }

  get waiting() {
    return this.queue.length + (this.flying ? 1 : 0);
  }

  /** @param {string} name @param {any} [detail] */
  tell(name, detail) {
    if (name === "blocks" || name === "state" || name === "figures") this.version++;
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** @param {string | number} id of a plan */
  async open(id) {
    let plan = await get(`/api/plans/${id}`);
    while (this.waiting && plan.id !== this.plan.id) {
      await this.rest(); // what is on its way is for the plan that was open
      plan = await get(`/api/plans/${id}`);
    }
    this.take(plan);
  }

  async reload() {
    await this.open(this.plan.id);
  }

  /** @param {State} plan */
  take(plan) {
    this.plan = plan;
    this.drawn = plan.seq;
    this.seen = [];
    this.base.set(plan.schools);
    this.lockedBase.fill(0);
    for (const block of plan.locked) this.lockedBase[block] = 1;
    this.school.set(this.base);
    this.locked.set(this.lockedBase);
    this.overlay();
    this.tell("state");
    this.tell("figures");
  }

  /** Gives blocks to a school; those that are locked stay. @param {number[]} blocks @param {number} school */
  assign(blocks, school) {
    this.end(this.more(this.begin("assign"), blocks, school));
  }

  /** @param {number[]} blocks @param {boolean} on */
  lock(blocks, on) {
    this.end(this.more(this.begin("lock", on), blocks, Number(on)));
  }

  /** An edit that grows while somebody paints, and is sent at its end. @param {"assign" | "lock"} kind @param {boolean} [on] @returns {Edit} */
  begin(kind, on) {
    this.preview(null);
    /** @type {Edit} */
    const edit = { kind, data: kind === "assign" ? { blocks: [], schools: [] } : { blocks: [], on }, open: true };
    this.queue.push(edit);
    return edit;
  }

  /** @param {Edit} edit @param {number[]} blocks @param {number} value the school, or whether locked */
  more(edit, blocks, value) {
    const lock = edit.kind === "lock", where = lock ? this.locked : this.school;
    const meant = blocks.filter((block) => where[block] !== value && (lock || !this.locked[block]));
    for (const block of meant) {
      edit.data.blocks?.push(block);
      edit.data.schools?.push(value);
      where[block] = value;
    }
    if (meant.length) this.tell(lock ? "locks" : "blocks", meant);
    return edit;
  }

  /** @param {Edit} edit */
  end(edit) {
    edit.open = false;
    if (!edit.data.blocks?.length) this.queue = this.queue.filter((one) => one !== edit);
    this.pump();
  }

  /** Takes back what has not been sent. @param {Edit} edit */
  cancel(edit) {
    this.queue = this.queue.filter((one) => one !== edit);
    const blocks = edit.data.blocks ?? [];
    for (const block of blocks) [this.school[block], this.locked[block]] = [this.base[block], this.lockedBase[block]];
    this.overlay();
    this.tell(edit.kind === "lock" ? "locks" : "blocks", blocks);
    this.pump();
  }

  undo() {
    this.preview(null);
    if (this.plan.undo || this.waiting) this.put("undo");
  }

  redo() {
    this.preview(null);
    if (this.plan.redo || this.waiting) this.put("redo");
  }

  async mark() {
    await this.rest();
    const { mark, figures } = await post(`/api/plans/${this.plan.id}/mark`, { seq: this.plan.seq, window: WINDOW });
    Object.assign(this.plan, { mark, figures });
    this.tell("figures");
  }

  /** Another window has marked a plan. @param {{plan: number}} about */
  async marked({ plan }) {
    if (plan === this.plan.id) await this.reload();
  }

  /** Once nothing is on its way any more. */
  async rest() {
    while (this.waiting && !this.held) await new Promise((done) => setTimeout(done, 20));
  }

  /** @param {Iterable<number>} blocks @param {boolean} on */
  mind(blocks, on) {
    this.ring = null;
    for (const block of blocks) this.area[block] = on ? 1 : 0;
    this.tell("area");
  }

  /** Whether an area is marked. */
  get within() {
    return this.area.includes(1);
  }

  /** @param {Edit["kind"]} kind @param {EditData} [data] */
  put(kind, data = {}) {
    this.queue.push({ kind, data, open: false });
    this.pump();
  }

  /** Lets the map show a plan that nobody has taken; null: none. @param {{blocks: number[], schools: number[]} | null} best */
  preview(best) {
    const touched = new Set(this.seen);
    for (const block of this.seen) this.school[block] = this.base[block];
    this.overlay();
    this.seen = best?.blocks ?? [];
    best?.blocks.forEach((block, k) => {
      this.school[block] = best.schools[k];
      touched.add(block);
    });
    if (touched.size) this.tell("blocks", [...touched]);
  }

  /** Makes an answer of the engine the plan. @param {number[]} blocks @param {number[]} schools @param {string} note */
  takeOver(blocks, schools, note) {
    this.preview(null);
    blocks.forEach((block, k) => (this.school[block] = schools[k]));
    this.put("assign", { blocks, schools, note });
    this.tell("blocks", blocks);
  }

  /** @param {Wish} wish */
  wish(wish) {
    this.put("wish", /** @type {any} */ (wish));
  }

  /** By block, what it is worth to have it elsewhere. @param {{i: number, price: number}[]} rows */
  setPrices(rows) {
    this.prices = new Array(this.district.blocks).fill(0);
    for (const { i, price } of rows) this.prices[i] = price;
    this.tell("prices");
  }

  /** What is still on its way, on top of what the server has. */
  overlay() {
    for (const edit of [this.flying, ...this.queue])
      edit?.data.blocks?.forEach((block, k) => {
        if (edit.kind === "lock") this.locked[block] = Number(edit.data.on);
        else this.school[block] = edit.data.schools?.[k] ?? 0;
      });
  }

  /** One request at a time, in the order of the edits. */
  async pump() {
    if (this.flying || this.held || !this.queue.length || this.queue[0].open) return;
    const edit = (this.flying = /** @type {Edit} */ (this.queue.shift()));
    const about = { seq: this.plan.seq, window: WINDOW };
    const way = edit.kind === "undo" || edit.kind === "redo" ? edit.kind : "edits";
    try {
      const delta = await post(`/api/plans/${this.plan.id}/${way}`, way === "edits" ? { ...about, kind: edit.kind, data: edit.data } : about);
      this.flying = null;
      this.merge(delta);
    } catch (fault) {
      this.flying = null;
      await this.failed(edit, fault);
    }
    this.pump();
  }

  /** @param {Edit} edit @param {unknown} fault */
  async failed(edit, fault) {
    if (fault instanceof Refused && fault.status === 429) {
      this.queue.unshift(edit); // too much at once: nothing is lost, it goes on in a moment
      return new Promise((done) => setTimeout(done, SOON));
    }
    if (fault instanceof Refused && fault.code.startsWith("nothing_to_")) return; // more steps were asked for than there are
    if (fault instanceof Refused && fault.stale) {
      this.held = true;
      this.tell("stale", { edit, stale: fault.stale });
      return;
    }
    this.queue = [];
    this.tell("refused", fault);
    await this.reload().catch(() => this.back());
  }

  /** Without the server: back to what it last said. */
  back() {
    this.take({ ...this.plan, schools: Array.from(this.base), locked: [...this.lockedBase.keys()].filter((block) => this.lockedBase[block]) });
  }

  /** What the server made of an edit, of this window or of another. @param {Delta} delta */
  merge(delta) {
    const { blocks, schools, locked, figures, seq, undo, redo, wishes } = delta;
    Object.assign(this.plan, { seq, undo, redo, figures, ...(wishes && { wishes }) });
    if (blocks.length + locked.on.length + locked.off.length) this.drawn = seq;
    if (this.seen.length) this.preview(null);
    if (wishes) this.tell("wishes");
    const before = this.school.slice(), hasty = this.locked.slice();
    blocks.forEach((block, k) => (this.base[block] = this.school[block] = schools[k]));
    for (const block of locked.on) this.lockedBase[block] = this.locked[block] = 1;
    for (const block of locked.off) this.lockedBase[block] = this.locked[block] = 0;
    this.overlay();
    const changed = blocks.filter((block) => this.school[block] !== before[block]);
    const turned = [...locked.on, ...locked.off].filter((block) => this.locked[block] !== hasty[block]);
    if (changed.length) this.tell("blocks", changed);
    if (turned.length) this.tell("locks", turned);
    this.tell("figures");
  }

  /** An edit of another window. @param {Delta & {plan: number}} edit */
  async heard(edit) {
    if (edit.plan !== this.plan.id) return this.tell("elsewhere", edit.plan);
    if (edit.seq <= this.plan.seq) return;
    if (edit.seq === this.plan.seq + 1) this.merge(edit);
    else await this.reload();
  }

  /**
   * Two windows changed the plan at once: whose change holds.
   * @param {"mine" | "theirs" | "both"} whose
   * @param {Edit} edit mine @param {Stale} stale
   */
  async settle(whose, edit, stale) {
    const waiting = whose === "theirs" ? [] : [edit, ...this.queue];
    const taken = new Set(whose === "both" ? stale.overlap : []);
    this.queue = waiting.map((one) => without(one, taken)).filter((one) => !one.data.blocks || one.data.blocks.length);
    await this.reload();
    this.held = false;
    this.pump();
  }
}
