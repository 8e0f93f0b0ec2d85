// Wishes: comments on places. Each can become a rule with one click, and then shows whether it is kept and what it costs.

import { get, post } from "./api.js";
import { sentences } from "./ask.js";
import { asked } from "./dialog.js";
import { el } from "./dom.js";
import { drawnLine } from "./stroke.js";
import { schoolName } from "./tell.js";
import { t } from "./words.js";

const TYPED = "rezone-wish"; // what is not sent yet
const RULES = /** @type {const} */ (["together", "school", "line"]);

export class Wishes {
  /** @param {import("./ask.js").Parts} parts */
  constructor(parts) {
    this.parts = parts;
    /** by id: kept, not kept, or cannot be @type {Record<string, {state: string, why?: string}>} */
    this.states = {};
    this.of = "";
    this.told = 0;
    this.text = sessionStorage.getItem(TYPED) ?? ""; // also after a reload, in another language
    this.who = "";
    /** what the public has left @type {Proposal[]} */
    this.left = [];
    this.asked = false;
    parts.store.addEventListener("proposals", () => this.proposals().catch(parts.failed));
    parts.store.addEventListener("working", () => this.priced());
  }

  get list() {
    return this.parts.store.plan?.wishes ?? [];
  }

  /** @param {HTMLElement} box */
  draw(box) {
    this.look().catch(this.parts.failed);
    if (!this.asked) this.proposals().catch(this.parts.failed);
    if (box.contains(document.activeElement) && document.activeElement?.matches("input, textarea")) return void this.fill(box.querySelector(".wishes"));
    const list = el("ul.wishes");
    box.replaceChildren(this.form(), list);
    this.fill(list);
    return undefined;
  }

  /** @param {Element | null} list */
  fill(list) {
    const rows = [...this.left.map((one) => this.proposal(one)), ...this.list.map((wish) => this.line(wish))];
    list?.replaceChildren(...(rows.length ? rows : [el("li.quiet", {}, t("table.wish_none"))]));
  }

  /** Which of them the plan keeps, asked anew where the plan is another. */
  async look() {
    const { store } = this.parts, of = `${store.plan.id} ${store.plan.seq}`;
    if (this.of === of || store.waiting || !this.list.some((wish) => wish.rule)) return;
    this.of = of;
    this.states = (await get(`/api/plans/${store.plan.id}/wishes`)).wishes;
    store.tell("wishes");
  }

  async proposals() {
    this.asked = true;
    this.left = (await get("/api/proposals")).proposals;
    if (this.left.length || this.list.length) this.parts.store.tell("wishes");
  }

  /** A wish that the public has left: it waits to be taken or turned down. @param {Proposal} one */
  proposal(one) {
    const act = (/** @type {"accepted" | "rejected"} */ state) => {
      const button = el("button", { type: "button" }, t(`table.wish_${state}`), el("span.hidden", {}, `: ${one.text}`));
      button.addEventListener("click", () => this.settle(one, state).catch(this.parts.failed));
      return button;
    };
    const who = [one.who, one.at.slice(0, 10)].filter(Boolean).join(" \u00b7 ");
    return el("li", {}, el("p", {}, one.text), el("p.quiet", {}, who), el("p", {}, el("span.tag", {}, t("table.wish_is_left"))), el("p.do", {}, act("accepted"), act("rejected")));
  }

  /** @param {Proposal} one @param {"accepted" | "rejected"} state */
  async settle(one, state) {
    await post(`/api/proposals/${one.id}`, { state });
    this.left = this.left.filter((other) => other !== one);
    if (state === "accepted") this.put({ id: `public-${one.id}`, text: one.text, who: one.who, area: null, blocks: this.blocks(), date: one.at.slice(0, 10), rule: null, state: "open", price: null });
    this.parts.store.tell("wishes");
  }

  form() {
    const { store } = this.parts, here = this.blocks();
    const text = el("textarea", { id: "wish-text", rows: 2, maxLength: 2000, required: true, value: this.text });
    const who = el("input", { type: "text", id: "wish-who", maxLength: 200, value: this.who, autocomplete: "off" });
    text.addEventListener("input", () => this.typed(text.value));
    who.addEventListener("input", () => (this.who = who.value));
    const place = el("p.quiet", {}, store.within ? t("table.wish_here", { n: here.length }) : here.length ? t("table.wish_block", { block: store.district.atlas?.blocks.id[here[0]] ?? "" }) : t("table.wish_nowhere"));
    const form = el("form", {}, el("label", { htmlFor: "wish-text" }, t("table.wish_text")), text, el("label", { htmlFor: "wish-who" }, t("table.wish_who")), who, place, el("p.answers", {}, el("button", { type: "submit" }, t("table.wish_add"))));
    form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!this.text.trim()) return;
      this.put({ id: crypto.randomUUID?.() ?? String(Math.random()).slice(2), text: this.text.trim(), who: this.who.trim(), area: store.ring, blocks: this.blocks(), date: new Date().toISOString().slice(0, 10), rule: null, state: "open", price: null });
      this.typed("");
      /** @type {HTMLElement} */ (document.activeElement)?.blur();
      store.tell("wishes");
    });
    return el("section.wish-form", {}, el("h3", {}, t("table.wish_new")), form);
  }

  /** @param {string} text */
  typed(text) {
    this.text = text;
    sessionStorage.setItem(TYPED, text);
  }

  /** Where a new wish is about: the marked area, else the block that the keyboard is at. */
  blocks() {
    const { store, cursor } = this.parts;
    if (store.within) return [...store.area.keys()].filter((b) => store.area[b]);
    return cursor.at >= 0 ? [cursor.at] : [];
  }

  /** @param {Wish} wish */
  put(wish) {
    this.parts.store.wish(wish);
  }

  /** @param {Wish} wish */
  line(wish) {
    const { map, overlay, jobs } = this.parts;
    const act = (/** @type {string} */ key, /** @type {() => unknown} */ doing, off = false) => {
      const button = el("button", { type: "button", disabled: off }, t(`table.wish_${key}`), el("span.hidden", {}, `: ${wish.text}`));
      button.addEventListener("click", () => Promise.resolve(doing()).catch(this.parts.failed));
      return button;
    };
    const there = wish.blocks.length > 0, rules = wish.rule ? [] : RULES.map((asks) => act(asks, () => this.become(wish, asks), asks !== "line" && !there));
    const priced = wish.rule && act("price", () => jobs.ask("wish", { wish: wish.id }), jobs.busy);
    const buttons = [there && act("go", () => map.goTo(wish.blocks, 0.4)), ...rules, priced, wish.rule && act("unrule", () => this.put({ ...wish, rule: null, price: null })), act("remove", () => this.drop(wish))];
    const state = this.states[wish.id], said = wish.rule ? t(`table.wish_is_${state?.state ?? "open"}`) : t("table.wish_is_comment");
    const row = el("li", {},
      el("p", {}, wish.text),
      el("p.quiet", {}, [wish.who, wish.date].filter(Boolean).join(" \u00b7 ")),
      el("p", {}, el(`span.tag.${state?.state ?? "open"}`, {}, said), state?.why && ` ${state.why}`),
      wish.price?.words && el("p", {}, String(wish.price.words)),
      el("p.do", {}, ...buttons));
    const point = (/** @type {number[]} */ blocks, /** @type {[number, number][]} */ ring) => (overlay.point(blocks), overlay.show({ ring }));
    row.addEventListener("pointerenter", () => point(wish.blocks, wish.area ?? []));
    row.addEventListener("pointerleave", () => point([], []));
    return row;
  }

  /** With one click it is a rule. @param {Wish} wish @param {"together" | "school" | "line"} asks */
  async become(wish, asks) {
    const { tools } = this.parts;
    /** @type {object} */ let about = { asks, blocks: wish.blocks };
    if (asks === "school") {
      const school = await this.which(wish);
      if (school < 0) return;
      about = { ...about, school };
    }
    if (asks === "line") {
      const line = await drawnLine(this.parts);
      if (!line) return;
      about = { asks, line };
    }
    const { rule } = await post("/api/rules", about);
    this.put({ ...wish, rule });
    tools.set({});
  }

  /** The school where they are to stay: the one that most of them have, or the chosen one. @param {Wish} wish */
  async which(wish) {
    const { store, tools } = this.parts;
    const own = new Map();
    for (const b of wish.blocks) own.set(store.school[b], (own.get(store.school[b]) ?? 0) + 1);
    const most = [...own].sort((one, other) => other[1] - one[1])[0][0], chosen = tools.now.school;
    /** @type {[string, string][]} */
    const choices = [...new Set([most, chosen])].map((j) => [String(j), schoolName(store, j)]);
    const answer = await asked(t("table.wish_school"), t("table.wish_which"), [...choices, ["-1", t("table.leave")]]);
    return Number(answer);
  }

  /** @param {Wish} wish */
  async drop(wish) {
    const answer = await asked(t("table.wish_remove"), wish.text, [["yes", t("table.wish_remove")], ["no", t("table.leave")]]);
    if (answer === "yes") this.put({ ...wish, removed: true });
  }

  /** The engine has priced one: kept with it. */
  priced() {
    const { jobs } = this.parts, job = jobs.now;
    if (!job || job.what !== "wish" || job.job !== jobs.own.job || jobs.working || !job.answer || this.told === job.job) return;
    const wish = this.list.find((one) => one.id === jobs.own.keys.wish);
    this.told = job.job;
    if (wish?.rule) this.put({ ...wish, price: { words: job.answer.price?.words ?? sentences(job.answer.words).join(" ") } });
  }
}
