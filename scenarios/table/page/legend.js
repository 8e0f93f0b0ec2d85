// What colours and marks of the map mean.

import { el } from "./dom.js";
import { WIDE } from "./map.js";
import { choices } from "./scheme.js";
import { t } from "./words.js";

/** @param {HTMLElement} box @param {import("./map.js").PlanMap} map */
export function legend(box, map) {
  const pick = el("select", { id: "colour" });
  const rows = el("ul.key-rows");
  const fold = el("details", { open: map.element.clientWidth > WIDE }, el("summary", {}, t("table.legend")), rows);
  box.replaceChildren(el("label", { htmlFor: "colour" }, t("table.colour")), pick, fold);
  const fill = () => {
    pick.replaceChildren(...choices(map.store).map(([key, text]) => el("option", { value: key, selected: key === map.key }, text)));
    keys();
  };
  const keys = () => {
    const own = map.scheme.legend.map(([colour, text]) => patch(colour, "", text));
    rows.replaceChildren(...own, ...(map.key === "change" ? [] : [patch("", "moved", t("map.moved"))]), patch("", "locked", t("table.locked")), patch("", "broken", t("table.broken")));
  };
  pick.addEventListener("change", () => map.colour(pick.value));
  for (const [source, name] of /** @type {[EventTarget, string][]} */ ([[map, "colour"], [map.store, "state"], [map.store, "prices"]])) source.addEventListener(name, fill);
  map.store.addEventListener("figures", () => map.key.startsWith("zone ") && keys());
  fill();
}

/** @param {string} colour @param {string} kind @param {string} text */
function patch(colour, kind, text) {
  const mark = el(kind ? `i.${kind}` : "i", { "aria-hidden": "true" });
  if (colour) mark.style.background = colour;
  return el("li", {}, mark, text);
}
