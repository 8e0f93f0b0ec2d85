// The engine at work: what it is asked, what it has so far, and its answer, to be taken or left.

import { get, post } from "./api.js";

/** @typedef {{seconds: number, value: number | null, bound: number | null}} Point */

/** Tells the store's listeners: working, where a job stands otherwise than before. */
export class Jobs {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    /** what the engine was asked last @type {Job | null} */
    this.now = null;
    /** the value and the bound as they came @type {Point[]} */
    this.points = [];
    /** what this window asked last @type {{job: number, keys: Record<string, any>}} */
    this.own = { job: 0, keys: {} };
    /** what it works at for another plan @type {Job | null} */
    this.elsewhere = null;
    store.addEventListener("job", (event) => this.hear(/** @type {CustomEvent} */ (event).detail));
    store.addEventListener("state", () => this.left());
  }

  get working() {
    return this.now?.state === "working";
  }

  /** Whether it can be asked nothing now. */
  get busy() {
    return this.working || this.elsewhere !== null;
  }

  /** Whether what it has is of the plan as it stands. */
  get fits() {
    return this.now !== null && this.now.plan === this.store.plan.id && this.now.seq >= this.store.drawn;
  }

  /** @param {string} what @param {Record<string, any>} [keys] */
  async ask(what, keys = {}) {
    this.leave();
    const { id, seq } = this.store.plan;
    const { job } = await post(`/api/plans/${id}/ask`, { what, seq, ...keys });
    this.own = { job, keys };
    if (this.now?.job !== job) this.hear(await get(`/api/jobs/${job}`));
  }

  async stop() {
    const at = this.working ? this.now : this.elsewhere;
    if (at) await post(`/api/jobs/${at.job}/stop`, {});
  }

  /** @param {Job} job */
  hear(job) {
    const away = job.plan !== this.store.plan?.id && job.state === "working" ? job : null;
    if (away?.job !== this.elsewhere?.job) {
      this.elsewhere = away;
      this.store.tell("working");
    }
    if (job.plan !== this.store.plan?.id || (this.now && job.job < this.now.job)) return;
    if (this.now?.job !== job.job) this.points = [];
    if (this.now?.job === job.job && !this.working) return; // what comes late of one that has ended
    this.now = job;
    if (job.value !== null && job.value !== undefined) this.points.push({ seconds: job.seconds, value: job.value, bound: job.bound });
    this.preview(job.answer ?? job.best);
    this.store.tell("working");
  }

  /** Lets the map show a plan without changing it. @param {{blocks?: number[], schools?: number[]} | null | undefined} best */
  preview(best) {
    if (!this.fits) return;
    this.store.preview(best?.blocks?.length && best.schools ? { blocks: best.blocks, schools: best.schools } : null);
  }

  /** Makes the plan on the map the plan. @param {{blocks: number[], schools: number[]}} found */
  take({ blocks, schools }) {
    const what = this.now?.what ?? "";
    this.leave();
    this.store.takeOver(blocks, schools, what);
  }

  leave() {
    this.store.preview(null);
    if (this.working) return;
    this.now = null;
    this.points = [];
    this.store.tell("working");
  }

  /** Another plan was opened, or this one anew. */
  left() {
    if (this.elsewhere?.plan === this.store.plan.id) [this.now, this.elsewhere] = [this.elsewhere, null];
    if (this.now && this.now.plan !== this.store.plan.id) {
      this.elsewhere = this.working ? this.now : null;
      this.now = null;
      this.points = [];
    }
    this.store.tell("working");
  }
}
