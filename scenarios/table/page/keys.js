// Every key of the page, in one list: what is pressed, what it is called under `?`, and what it does.

import { el } from "./dom.js";
import { modal } from "./dialog.js";
import { t } from "./words.js";

const OFF = "rezone-keys-off";

/** @typedef {[string, string[], string, (event: KeyboardEvent) => void][]} Listed how it is shown, event.key, its words, its doing */

export class Keys {
  /** @param {[string, Listed][]} groups */
  constructor(groups) {
    this.groups = groups;
    /** @type {Map<string, (event: KeyboardEvent) => void>} */
    this.by = new Map(groups.flatMap(([, keys]) => keys.flatMap(([, names, , act]) => names.map((name) => /** @type {[string, any]} */ ([name, act])))));
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const target = /** @type {HTMLElement} */ (event.target), typing = target.matches("input:not([type=checkbox], [type=radio]), select, textarea");
    if (document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const name = named(event), command = event.ctrlKey || event.metaKey, onMap = target.id === "map";
    if (typing && !(command && target.matches("select"))) return;
    const walks = ["Enter", "Alt+Enter", " "].includes(name) || name.includes("Arrow");
    if (walks && !onMap) return;
    if (!walks && !command && localStorage.getItem(OFF) && !onMap) return;
    const act = this.by.get(name);
    if (!act) return;
    event.preventDefault();
    act(event);
  }

  help() {
    const table = this.groups.map(([title, keys]) => el("section", {}, el("h3", {}, t(title)), el("dl.keys", {}, ...keys.map(([shown, , words]) => el("div", {}, el("dt", {}, ...split(shown)), el("dd", {}, t(words)))))));
    const everywhere = el("input", { type: "checkbox", checked: !localStorage.getItem(OFF) });
    everywhere.addEventListener("change", () => (everywhere.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
    modal(t("table.keys"), el("label.check", {}, everywhere, t("table.keys_everywhere")), el("div.columns", {}, ...table));
  }
}

/** @param {string} shown keys, with spaces between */
const split = (shown) => shown.split(" ").flatMap((key, k) => [k ? " " : "", el("kbd", {}, key)]);

/** @param {KeyboardEvent} event */
function named({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  const long = key.length > 1, own = long ? key : key.toLowerCase();
  if (ctrlKey || metaKey) return `Ctrl+${shiftKey ? "Shift+" : ""}${own}`;
  if (altKey && long) return `Alt+${own}`;
  return long && shiftKey ? `Shift+${own}` : own;
}
