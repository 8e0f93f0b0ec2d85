// What the engine can be asked of the plan on the map, while it works, and what it answers.

import { chart } from "./lines.js";
import { el } from "./dom.js";
import { schoolName } from "./tell.js";
import { number, t } from "./words.js";

/** @typedef {import("./job.js").Jobs} Jobs */
/** @typedef {{store: import("./store.js").Store, jobs: Jobs, tools: import("./tools.js").Tools, map: import("./map.js").PlanMap, overlay: import("./overlay.js").Overlay, cursor: import("./cursor.js").Cursor, failed: (fault: unknown) => void}} Parts */

const PLAIN = ["improve", "repair", "headroom", "best", "frontier", "draws", "prices"];
const WITHIN = new Set(["improve", "repair", "headroom", "best"]); // what can be asked of an area alone
const SECONDS = [5, 10, 30, 60, 300];
const TIMED = new Set(["improve", "repair"]);

export class Ask {
  /** @param {Parts} parts */
  constructor(parts) {
    this.parts = parts;
    this.within = false;
    this.seconds = 10;
    this.top = el("div");
    this.low = el("div");
    this.shown = this.asked = "";
  }

  /** Anew where it says another thing, so that nothing is taken from under a hand. @param {HTMLElement} box */
  draw(box) {
    const { jobs, store, cursor, tools } = this.parts, job = jobs.now;
    if (this.top.parentElement !== box) box.replaceChildren(this.top, this.low);
    const shown = job ? [job.job, job.state, jobs.fits].join() : `${jobs.elsewhere?.job ?? ""}`, asked = [jobs.busy, store.within, cursor.at, tools.now.school].join();
    if (shown !== this.shown) focused(this.top, () => this.top.replaceChildren(...(job ? [jobs.working ? this.working(job) : this.answer(job)] : jobs.elsewhere ? [this.away(jobs.elsewhere)] : [])));
    else if (job && jobs.working) this.told(job);
    if (asked !== this.asked || !this.low.firstChild) focused(this.low, () => this.low.replaceChildren(this.questions()));
    [this.shown, this.asked] = [shown, asked];
  }

  questions() {
    const { store, jobs, cursor, tools } = this.parts, { busy } = jobs;
    const rows = PLAIN.map((what) => this.button(what, () => this.keys(what), busy));
    const why = this.button("why", () => ({ block: cursor.at, school: tools.now.school }), busy || cursor.at < 0);
    const about = cursor.at < 0 ? t("table.why_none") : t("table.why_about", { block: store.district.atlas?.blocks.id[cursor.at] ?? "", school: schoolName(store, tools.now.school) });
    return el("section.asks", {}, el("h3", {}, t("table.ask")), this.choices(), ...rows, el("div.question", {}, why, el("p", {}, about)));
  }

  choices() {
    const { store } = this.parts;
    const inside = el("input", { type: "checkbox", checked: this.within && store.within, disabled: !store.within, autocomplete: "off" });
    inside.addEventListener("change", () => (this.within = inside.checked));
    const seconds = el("select", { id: "ask-seconds", autocomplete: "off" }, ...SECONDS.map((n) => el("option", { value: String(n), selected: n === this.seconds }, t("table.seconds", { n: number(n) }))));
    seconds.addEventListener("change", () => (this.seconds = Number(seconds.value)));
    return el("p.choices", {}, el("label", { htmlFor: "ask-seconds" }, t("table.ask_time")), seconds, el("label.check", {}, inside, t("table.ask_within")));
  }

  /** @param {string} what */
  keys(what) {
    const { store } = this.parts;
    const area = WITHIN.has(what) && this.within && store.within ? { area: [...store.area.keys()].filter((b) => store.area[b]) } : {};
    return { ...area, ...(TIMED.has(what) ? { seconds: this.seconds } : {}) };
  }

  /** @param {string} what @param {() => object} keys @param {boolean} busy */
  button(what, keys, busy) {
    const button = el("button", { type: "button", disabled: busy, "data-ask": what }, t(`table.ask_${what}`));
    button.addEventListener("click", () => this.parts.jobs.ask(what, keys()).catch(this.parts.failed));
    return what === "why" ? button : el("div.question", {}, button, el("p", {}, t(`table.about_${what}`)));
  }

  /** @param {Job} job */
  working(job) {
    const section = el("section.job", {}, el("h3", {}, t(`table.ask_${job.what}`)), el("p.quiet.time"), el("div.standing"), this.stop());
    this.told(job, section);
    return section;
  }

  /** At work for another plan. @param {Job} job */
  away(job) {
    return el("section.job", {}, el("h3", {}, t(`table.ask_${job.what}`)), el("p.quiet", {}, t("table.elsewhere")), this.stop());
  }

  stop() {
    const stop = el("button", { type: "button", id: "stop" }, t("table.stop"));
    stop.addEventListener("click", () => this.parts.jobs.stop().catch(this.parts.failed));
    return el("p.answers", {}, stop);
  }

  /** @param {Job} job @param {Element} [section] */
  told(job, section = this.top) {
    const [time, standing] = [".time", ".standing"].map((name) => section.querySelector(name));
    if (time) time.textContent = t("table.working", { n: number(job.seconds) });
    standing?.replaceChildren(chart(this.parts.jobs.points, job.shown));
  }

  /** @param {Job} job */
  answer(job) {
    const { jobs } = this.parts, { answer } = job;
    const close = el("button", { type: "button" }, t(answer?.blocks?.length ? "table.leave_it" : "table.close"));
    close.addEventListener("click", () => jobs.leave());
    const title = el("h3", {}, t(`table.ask_${job.what}`));
    if (!answer) return el("section.job", {}, title, el("p.fault", { role: "alert" }, job.error?.what ?? t("table.ask_none")), el("p.answers", {}, close));
    const listed = job.what === "best" && answer.moves?.length; // each has a line of its own below
    const words = el("ul.said", { role: "status" }, ...(listed ? [] : sentences(answer.words)).map((one) => el("li", {}, one)));
    const old = jobs.fits ? null : el("p.fault", {}, t("table.ask_old"));
    const rest = jobs.points.length > 1 && answer.bound ? [chart(jobs.points, job.shown)] : [];
    return el("section.job", {}, title, old, words, ...rest, ...this.more(job.what, answer), el("p.answers", {}, this.taking(answer), close));
  }

  /** @param {Answer} answer */
  taking(answer) {
    const found = answer.moves && !Array.isArray(answer.moves) ? answer.moves : answer.best ?? answer;
    if (!found.blocks?.length || !found.schools || !this.parts.jobs.fits) return null;
    const take = el("button", { type: "button", id: "take" }, t("table.take_it"));
    take.addEventListener("click", () => this.parts.jobs.take({ blocks: found.blocks ?? [], schools: found.schools ?? [] }));
    return take;
  }

  /** What answers of one kind have besides. @param {string} what @param {Answer} answer @returns {Node[]} */
  more(what, answer) {
    if (what === "best") return [this.moves(/** @type {any[]} */ (answer.moves ?? []))];
    if (what === "frontier" && answer.points?.length) return [this.slider(answer.points)];
    if (what === "draws" && answer.draws?.length) return [this.redraws(answer)];
    if (what === "prices") return this.prices(answer);
    return [];
  }

  /** @param {{block: number, from: number, to: number, words: string}[]} moves */
  moves(moves) {
    const { overlay, map, jobs } = this.parts;
    return el("ol.moves", {}, ...moves.map((move) => {
      const go = el("button.link", { type: "button" }, move.words);
      go.addEventListener("click", () => map.goTo([move.block], 0.15));
      const take = jobs.fits && el("button", { type: "button" }, t("table.take_it"), el("span.hidden", {}, `: ${move.words}`));
      if (take) take.addEventListener("click", () => jobs.take({ blocks: [move.block], schools: [move.to] }));
      const row = el("li", {}, go, take);
      row.addEventListener("pointerenter", () => overlay.point([move.block]));
      row.addEventListener("pointerleave", () => overlay.point([]));
      return row;
    }));
  }

  /** The map follows. @param {{blocks: number[], schools: number[], words: string}[]} points */
  slider(points) {
    const { jobs } = this.parts;
    const said = el("p", { "aria-live": "polite" }, t("table.slider_first"));
    const range = el("input", { type: "range", min: "0", max: String(points.length - 1), value: "0", step: "1", id: "slider", autocomplete: "off", "aria-label": t("table.slider") });
    const take = el("button", { type: "button", disabled: true, id: "take-point" }, t("table.take_it"));
    range.addEventListener("input", () => {
      const point = points[Number(range.value)];
      said.textContent = point.words;
      range.setAttribute("aria-valuetext", point.words);
      take.disabled = !jobs.fits || !point.blocks.length;
      jobs.preview(point);
    });
    take.addEventListener("click", () => jobs.take(points[Number(range.value)]));
    return el("div.slider", {}, range, said, el("p.answers", {}, take));
  }

  /** @param {Answer} answer */
  redraws({ draws = [] }) {
    const box = el("div.drawn", { "aria-live": "polite" });
    const label = el("label", { htmlFor: "draw" }, t("table.draw"));
    const range = el("input", { type: "range", id: "draw", min: "0", max: String(draws.length - 1), value: "0", step: "1", autocomplete: "off" });
    const show = () => {
      const { figures } = draws[Number(range.value)];
      const head = ["measure", "today", "now"].map((key) => el("th", { scope: "col" }, t(`table.${key}`)));
      const rows = Object.values(figures).map((one) => el("tr", {}, el("th", { scope: "row" }, one.words), el("td", {}, one.shown_today), el("td.now", {}, one.shown)));
      box.replaceChildren(el("table", {}, el("caption", {}, t("table.draw_number", { n: number(Number(range.value) + 1), of: number(draws.length) })), el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)));
    };
    range.addEventListener("input", show);
    show();
    return el("div.slider", {}, label, range, box);
  }

  /** Colours the map by what blocks are worth. @param {Answer} answer @returns {Node[]} */
  prices({ blocks, worth = [] }) {
    const { store, map } = this.parts;
    store.setPrices(/** @type {any[]} */ (blocks ?? []));
    const show = el("button", { type: "button" }, t("table.show_prices"));
    show.addEventListener("click", () => map.colour("price"));
    return [el("ul.said", {}, ...worth.map((one) => el("li", {}, one.words))), el("p.quiet", {}, t("table.estimate")), el("p.answers", {}, show)];
  }
}

/** Draws anew, and leaves the focus where it was. @param {HTMLElement} box @param {() => void} draw */
function focused(box, draw) {
  const held = box.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
  draw();
  if (!held) return;
  const same = held.id ? box.querySelector(`#${held.id}`) : held.dataset.ask ? box.querySelector(`[data-ask="${held.dataset.ask}"]`) : null;
  /** @type {HTMLElement} */ (same ?? box.querySelector("button:not(:disabled)") ?? box).focus();
}

/** @param {string | string[] | undefined} words */
export const sentences = (words) => (words === undefined ? [] : Array.isArray(words) ? words : [words]);
