// Edits that wait to be sent.

/** An edit without some of its blocks. @param {Edit} edit @param {Set<number>} taken @returns {Edit} */
export function without(edit, taken) {
  const { blocks, schools } = edit.data;
  if (!blocks || !taken.size) return edit;
  const kept = [...blocks.keys()].filter((k) => !taken.has(blocks[k]));
  return { ...edit, data: { ...edit.data, blocks: kept.map((k) => blocks[k]), schools: schools && kept.map((k) => schools[k]) } };
}
