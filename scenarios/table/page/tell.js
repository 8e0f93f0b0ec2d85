// What lies under the pointer, or where the keyboard is: one line of text.

import { number, t, travel } from "./words.js";

/** @typedef {import("./store.js").Store} Store */

/** @param {Store} store @param {number} school */
export function schoolName({ district }, school) {
  return `${school + 1} ${district.schools[school].name || district.schools[school].id}`;
}

/** @param {Store} store @param {number} block */
export function told(store, block) {
  if (block < 0) return "";
  const { district, school, locked } = store, { blocks, plans } = /** @type {MapData} */ (district.atlas);
  const own = school[block], before = district.today[block];
  const parts = [t("map.block_title", { block: blocks.id[block] }), t("table.told_students", { n: number(blocks.students[block]) })];
  if (blocks.poverty) parts.push(t("table.told_poverty", { n: number(blocks.poverty[block]) }));
  parts.push(schoolName(store, own));
  parts.push(own === before ? t("table.told_way", { way: travel(plans[0].travel[block], district.unit) }) : t("table.told_before", { school: schoolName(store, before) }));
  if (locked[block]) parts.push(t("table.locked"));
  return parts.join(" \u00b7 ");
}
