// Dialogs: whatever is asked or told before anything else goes on.

import { el } from "./dom.js";
import { t } from "./words.js";

/**
 * A dialog that can be closed. Escape closes it, and the focus goes back to where it was.
 * @param {string} title @param {...Node} inside
 * @returns {HTMLDialogElement}
 */
export function modal(title, ...inside) {
  const head = el("h2", { id: "dialog-title" }, title);
  const shut = el("button.quiet", { type: "button" }, t("table.close"));
  const dialog = el("dialog", { "aria-labelledby": "dialog-title" }, el("header", {}, head, shut), ...inside);
  shut.addEventListener("click", () => dialog.close());
  return opened(dialog);
}

/** @param {HTMLDialogElement} dialog */
function opened(dialog) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  return dialog;
}

/**
 * A question with a few answers; Escape is the last.
 * @param {string} title @param {string} text @param {[string, string][]} answers what is given back, and its words
 * @returns {Promise<string>}
 */
export function asked(title, text, answers) {
  const dialog = el("dialog", { "aria-labelledby": "dialog-title", "aria-describedby": "dialog-text" }, el("header", {}, el("h2", { id: "dialog-title" }, title)), el("p", { id: "dialog-text" }, text));
  const row = el("p.answers");
  for (const [value, words] of answers) {
    const button = el("button", { type: "button", value }, words);
    button.addEventListener("click", () => dialog.close(value));
    row.append(button);
  }
  dialog.append(row);
  opened(dialog);
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue || answers[answers.length - 1][0])));
}

/**
 * A name that somebody types; null where they do not.
 * @param {string} title @param {string} label @param {string} value
 * @returns {Promise<string | null>}
 */
export function typed(title, label, value) {
  const input = el("input", { type: "text", value, required: true, maxLength: 120, id: "dialog-typed" });
  const leave = el("button.quiet", { type: "button" }, t("table.leave"));
  const form = el("form", { method: "dialog" }, el("label", { htmlFor: "dialog-typed" }, label), input, el("p.answers", {}, el("button", { type: "submit", value: "ok" }, t("table.ok")), leave));
  const dialog = el("dialog", { "aria-labelledby": "dialog-title" }, el("header", {}, el("h2", { id: "dialog-title" }, title)), form);
  leave.addEventListener("click", () => dialog.close());
  opened(dialog);
  input.select();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "ok" ? input.value.trim() : null)));
}

/** Two windows changed the plan at once. @param {import("./store.js").Store} store @param {{edit: Edit, stale: Stale}} met */
export async function stale(store, { edit, stale: since }) {
  const mine = edit.data.blocks?.length ?? 0, both = since.overlap.length;
  const text = t("table.stale_text", { mine, both, free: since.free.length });
  /** @type {[string, string][]} */
  const answers = [["mine", t("table.stale_mine")], ["theirs", t("table.stale_theirs")]];
  if (since.free.length) answers.unshift(["both", t(both ? "table.stale_both" : "table.stale_all")]);
  await store.settle(/** @type {any} */ (mine ? await asked(t("table.stale"), text, answers) : "theirs"), edit, since);
}
