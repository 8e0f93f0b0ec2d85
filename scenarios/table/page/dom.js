// Nodes, made of text that stays text.

/**
 * A node: `el("p.quiet", {id: "x"}, "text", other)`. Properties that a node does not know are set as attributes.
 * @param {string} tag with classes behind dots
 * @param {Record<string, any>} [props]
 * @param {...(Node | string | null | undefined | false)} inside
 * @returns {any}
 */
export function el(tag, props = {}, ...inside) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  node.classList.add(...classes);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key in node) /** @type {any} */ (node)[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(.../** @type {(Node | string)[]} */ (inside.filter((one) => one !== null && one !== undefined && one !== false)));
  return node;
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/**
 * A sign from the page's sheet of signs.
 * @param {string} name
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawn = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
  drawn.setAttribute("aria-hidden", "true");
  drawn.setAttribute("class", "icon");
  use.setAttribute("href", `#i-${name}`);
  drawn.append(use);
  return drawn;
}
