// The plans of this folder: open, new, duplicate, rename, remove, bring in, take out.

import { get, post, remove, spoken } from "./api.js";
import { asked, modal, typed } from "./dialog.js";
import { el } from "./dom.js";
import { number, t } from "./words.js";

const FILES = ["plan.csv", "plan.gpkg", "scenario.toml", "report.html"];

export class Plans {
  /** @param {import("./store.js").Store} store @param {(fault: unknown) => void} failed */
  constructor(store, failed) {
    this.store = store;
    this.failed = failed;
    /** @type {PlanRow[]} */
    this.rows = [];
    /** @type {HTMLDialogElement | null} */
    this.dialog = null;
    store.addEventListener("plans", () => this.look().catch(failed));
  }

  /** Plans were made, renamed or removed: the open one, too, it may be in another window. */
  async look() {
    if (this.dialog) await this.fill();
    else this.rows = (await get("/api/plans")).plans;
    const { plan } = this.store, own = this.rows.find((row) => row.id === plan.id);
    if (own?.name === plan.name) return;
    if (own) {
      plan.name = own.name;
      this.store.tell("figures");
      return;
    }
    this.store.queue = [];
    await this.store.open(this.rows[0].id);
    throw new Error(t("table.gone", { name: plan.name }));
  }

  async open() {
    this.list = el("div");
    this.dialog = modal(t("table.plans"), this.list);
    this.dialog.classList.add("wide");
    this.dialog.addEventListener("close", () => (this.dialog = null));
    await this.fill();
  }

  async fill() {
    this.rows = (await get("/api/plans")).plans;
    const head = ["name", "moved", "limits"].map((key) => el("th", { scope: "col" }, t(`table.head_${key}`)));
    const last = el("th", { scope: "col" }, el("span.hidden", {}, t("table.head_do")));
    const table = el("table.plans", {}, el("thead", {}, el("tr", {}, ...head, last)), el("tbody", {}, ...this.rows.map((row) => this.line(row))));
    this.list?.replaceChildren(table, this.taking(), this.making());
  }

  /** @param {PlanRow} row */
  line(row) {
    const own = row.id === this.store.plan.id;
    const act = (/** @type {string} */ key, /** @type {() => Promise<void>} */ doing) => this.button(key, doing, row.name);
    const buttons = [
      own ? null : act("open", () => this.go(row.id)), act("duplicate", () => this.make(t("table.copy_of", { name: row.name }), row.id)),
      act("rename", () => this.rename(row)), own ? null : act("remove", () => this.drop(row)),
    ];
    const name = el("th", { scope: "row" }, row.name, own && el("span.tag", {}, t("table.open_now")));
    return el(own ? "tr.chosen" : "tr", {}, name, el("td", {}, number(row.moved_students)), el("td", {}, t(row.valid ? "table.kept" : "table.broken")), el("td.do", {}, ...buttons));
  }

  /** @param {string} key @param {() => Promise<void>} doing @param {string} [what] for those who do not see where it stands */
  button(key, doing, what) {
    const button = el("button", { type: "button" }, t(`table.${key}`), what && el("span.hidden", {}, ` ${what}`));
    button.addEventListener("click", () => doing().catch(this.failed));
    return button;
  }

  taking() {
    const links = FILES.map((file) => el("a", { href: spoken(`/api/plans/${this.store.plan.id}/export/${file}`), download: "" }, t(`table.export_${file.split(".")[1]}`)));
    return el("section", {}, el("h3", {}, t("table.export", { name: this.store.plan.name })), el("p.links", {}, ...links));
  }

  making() {
    const file = el("input", { type: "file", id: "plan-file", accept: ".csv,.gpkg,.geojson,.json,.zip,.parquet" });
    file.addEventListener("change", () => {
      const [one] = file.files;
      if (one) this.bring(one).catch(this.failed).finally(() => (file.value = "")); // so that the same can be chosen again once it is mended
    });
    return el("section", {}, el("h3", {}, t("table.new")), el("p", {}, this.button("new_today", () => this.make(t("table.new_name"), "today"))), el("p", {}, el("label", { htmlFor: "plan-file" }, t("table.import")), " ", file));
  }

  /** @param {string} suggested @param {string | number | object} from */
  async make(suggested, from) {
    const name = await typed(t("table.new"), t("table.head_name"), this.free(suggested));
    if (!name) return;
    const { plan, unmatched } = await post("/api/plans", { name, from });
    if (unmatched.length) unfit(unmatched);
    await this.go(plan);
  }

  /** A name that no plan has yet. @param {string} name */
  free(name) {
    const taken = new Set(this.rows.map((row) => row.name));
    let found = name;
    for (let n = 2; taken.has(found); n++) found = `${name} ${n}`;
    return found;
  }

  /** @param {string | number} id */
  async go(id) {
    await this.store.open(id);
    this.dialog?.close();
  }

  /** @param {PlanRow} row */
  async rename(row) {
    const name = await typed(t("table.rename"), t("table.head_name"), row.name);
    if (!name || name === row.name) return;
    await post(`/api/plans/${row.id}/rename`, { name });
    if (row.id === this.store.plan.id) await this.store.reload();
    await this.fill();
  }

  /** @param {PlanRow} row */
  async drop(row) {
    const answer = await asked(t("table.remove"), t("table.remove_text", { name: row.name }), [["yes", t("table.remove")], ["no", t("table.leave")]]);
    if (answer === "yes") await remove(`/api/plans/${row.id}`);
    await this.fill();
  }

  /** @param {File} file */
  async bring(file) {
    const csv = file.name.toLowerCase().endsWith(".csv");
    await this.make(file.name.replace(/\.[^.]+$/, ""), csv ? { csv: await file.text(), name: file.name } : { zones: await packed(file), name: file.name });
  }
}

/** What of a layer did not fit. @param {(string | Record<string, unknown>)[]} rows */
function unfit(rows) {
  const text = rows.map((row) => el("li", {}, typeof row === "string" ? row : Object.values(row).join(" \u00b7 ")));
  modal(t("table.unmatched"), el("p", {}, t("table.unmatched_text")), el("ul.limits", {}, ...text));
}

/** @param {File} file in base64 @returns {Promise<string>} */
function packed(file) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(String(reader.result).replace(/^[^,]*,/, "")));
    reader.addEventListener("error", () => failed(reader.error));
    reader.readAsDataURL(file);
  });
}
