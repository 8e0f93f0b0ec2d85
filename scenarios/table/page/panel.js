// What the plan does: the sentence, and below it tabs. Each part fills itself while it is shown.

import { byId, el } from "./dom.js";
import { t } from "./words.js";

/** @typedef {{id: string, title: () => string, draw: (box: HTMLElement) => void, on?: string[]}} Tab on: the store's events after which it is drawn anew */

export class Panel {
  /** @param {import("./store.js").Store} store */
  constructor(store) {
    this.store = store;
    this.list = byId("tabs");
    this.root = byId("tab-panels");
    /** @type {{tab: Tab, button: any, box: any, stale: boolean}[]} */
    this.tabs = [];
    this.open = 0;
    store.addEventListener("figures", () => this.sentence());
    this.list.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.walk(event));
  }

  /** @param {Tab} tab */
  add(tab) {
    const k = this.tabs.length;
    const button = el("button", { type: "button", role: "tab", id: `tab-${tab.id}`, "aria-controls": `panel-${tab.id}` }, tab.title());
    const box = el("div", { role: "tabpanel", id: `panel-${tab.id}`, "aria-labelledby": `tab-${tab.id}`, tabIndex: 0 });
    button.addEventListener("click", () => this.show(k));
    this.list.append(button);
    this.root.append(box);
    const own = { tab, button, box, stale: true };
    this.tabs.push(own);
    const draw = () => this.drawn(own);
    for (const name of tab.on ?? ["figures"]) this.store.addEventListener(name, name === "blocks" ? onceAFrame(draw) : draw);
    this.show(this.open);
  }

  /** @param {number} k */
  show(k) {
    this.open = k;
    this.tabs.forEach(({ button, box }, i) => {
      button.setAttribute("aria-selected", String(i === k));
      button.tabIndex = i === k ? 0 : -1;
      box.hidden = i !== k;
    });
    if (this.tabs[k].stale && this.store.plan) this.drawn(this.tabs[k]);
  }

  /** @param {{tab: Tab, button: any, box: any, stale: boolean}} own */
  drawn(own) {
    own.button.textContent = own.tab.title();
    own.stale = own.box.hidden;
    if (!own.stale) own.tab.draw(own.box);
  }

  /** @param {KeyboardEvent} event */
  walk(event) {
    const n = this.tabs.length, step = { ArrowRight: 1, ArrowLeft: n - 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.show((this.open + step) % n);
    this.tabs[this.open].button.focus();
  }

  sentence() {
    const { figures, plan } = this.store, said = byId("sentence"), broken = figures.breaches.filter((one) => !one.inherited).length;
    if (said.textContent !== figures.sentence) said.textContent = figures.sentence;
    const valid = byId("valid");
    valid.className = figures.valid ? "valid" : "valid broken";
    valid.textContent = figures.valid ? t("table.valid") : t("table.broken_count", { n: broken || figures.breaches.length });
    byId("plan-name").textContent = plan.name;
    byId("panel").dataset.seq = String(plan.seq);
  }
}

/** A brush tells of blocks more often than anybody sees. @param {() => void} draw */
function onceAFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}
