// A and B: the pieces in which another plan differs from the one on the map, and what each buys or costs.

import { get } from "./api.js";
import { el } from "./dom.js";
import { number, t } from "./words.js";

/** @typedef {{id: string, words: string, change: number | null, better: boolean | null, shown: string}} Effect */
/** @typedef {{rows: Effect[], valid: boolean}} Side */
/** @typedef {{id: number, blocks: number[], from: number, to: number, students: number, words: string, alone: Side, last: Side}} Piece */

export class Compare {
  /** @param {import("./ask.js").Parts} parts */
  constructor(parts) {
    this.parts = parts;
    /** @type {PlanRow[]} */ this.rows = [];
    this.other = 0;
    /** @type {{pieces: Piece[], left: number, whole: {rows: Effect[], students: number}} | null} */ this.found = null;
    this.of = "";
    parts.store.addEventListener("plans", () => this.list().catch(parts.failed));
    parts.store.addEventListener("state", () => (this.of = ""));
    parts.store.addEventListener("elsewhere", (event) => this.edited(/** @type {CustomEvent} */ (event).detail));
  }

  /** Somebody changes the other plan. @param {number} plan */
  edited(plan) {
    if (plan !== this.other) return;
    this.of = "";
    this.parts.store.tell("compared");
  }

  async list() {
    this.rows = (await get("/api/plans")).plans;
    this.parts.store.tell("compared");
  }

  /** @param {HTMLElement} box */
  draw(box) {
    const { store, failed } = this.parts;
    if (!this.rows.length) return void this.list().catch(failed);
    const others = this.rows.filter((row) => row.id !== store.plan.id);
    if (!others.length) return void box.replaceChildren(el("p.quiet", {}, t("table.compare_none")));
    if (!others.some((row) => row.id === this.other)) this.other = others[0].id;
    const select = el("select", { id: "other", autocomplete: "off" }, ...others.map((row) => el("option", { value: String(row.id), selected: row.id === this.other }, row.name)));
    select.addEventListener("change", () => {
      this.other = Number(select.value);
      this.fetch().catch(failed);
    });
    const fresh = this.of === `${store.plan.id} ${store.plan.seq} ${this.other}`;
    if (!fresh) this.fetch().catch(failed);
    box.replaceChildren(el("p.choices", {}, el("label", { htmlFor: "other" }, t("table.compare_with")), select), ...(this.found && fresh ? this.pieces(this.found) : []));
    return undefined;
  }

  async fetch() {
    const { store } = this.parts, of = `${store.plan.id} ${store.plan.seq} ${this.other}`;
    if (this.of === of || store.waiting) return;
    this.of = of;
    this.found = null;
    const found = await get(`/api/plans/${store.plan.id}/against/${this.other}`);
    if (this.of !== of) return;
    this.found = found;
    store.tell("compared");
  }

  /** @param {{pieces: Piece[], left: number, whole: {rows: Effect[], students: number}}} found */
  pieces({ pieces, left, whole }) {
    if (!pieces.length) return [el("p.calm", {}, t("table.compare_same"))];
    const all = el("table", {}, el("caption", {}, t("table.compare_whole", { n: number(whole.students) })), el("tbody", {}, ...whole.rows.map((row) => el("tr", {}, el("th", { scope: "row" }, row.words), effect(row)))));
    const list = el("ol.pieces", {}, ...pieces.map((piece) => this.piece(piece)));
    return [all, el("h3", {}, t("table.pieces", { n: number(pieces.length + left) })), list, ...(left ? [el("p.quiet", {}, t("table.pieces_left", { n: number(left) }))] : [])];
  }

  /** @param {Piece} piece */
  piece(piece) {
    const { overlay, map, store } = this.parts;
    const go = el("button.link", { type: "button" }, piece.words);
    go.addEventListener("click", () => map.goTo(piece.blocks, 0.4));
    const take = el("button", { type: "button" }, t("table.piece_take"), el("span.hidden", {}, `: ${piece.words}`));
    take.addEventListener("click", () => store.assign(piece.blocks, piece.to));
    const head = ["measure", "alone", "last"].map((key) => el("th", { scope: "col" }, t(`table.${key}`)));
    const rows = piece.alone.rows.map((row, k) => el("tr", {}, el("th", { scope: "row" }, row.words), effect(row), effect(piece.last.rows[k])));
    const broken = [["alone", piece.alone], ["last", piece.last]].filter(([, side]) => !(/** @type {Side} */ (side).valid)).map(([key]) => el("p.fault", {}, t(`table.broken_${key}`)));
    const more = el("details", {}, el("summary", {}, t("table.piece_more")), el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)), ...broken);
    const row = el("li", {}, el("div", {}, go, take), more);
    for (const [name, blocks] of /** @type {[string, number[]][]} */ ([["pointerenter", piece.blocks], ["focusin", piece.blocks], ["pointerleave", []], ["focusout", []]])) row.addEventListener(name, () => overlay.point(blocks));
    return row;
  }
}

/** @param {Effect} row */
function effect({ better, shown }) {
  const sign = better === null ? null : el(better ? "span.better" : "span.worse", {}, better ? "\u2713" : "\u2717", el("span.hidden", {}, t(better ? "table.better" : "table.worse")));
  return el("td", {}, sign, sign && " ", shown);
}
