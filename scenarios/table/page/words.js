// What the page says: the catalogues' texts, as the server sends them.

/** @type {Record<string, string>} */
let texts = {};
let language = "en";

/** @param {District} district */
export function speak(district) {
  texts = district.words;
  language = district.language;
  document.documentElement.lang = language;
  const all = (/** @type {string} */ name, /** @type {(node: Element, said: string) => void} */ put) => {
    for (const node of document.querySelectorAll(`[data-${name}]`)) put(node, t(node.getAttribute(`data-${name}`) ?? ""));
  };
  all("t", (node, said) => (node.textContent = said));
  all("name", (node, said) => node.setAttribute("aria-label", said));
  all("hint", (node, said) => node.setAttribute("placeholder", said));
  all("label", (node, said) => {
    node.setAttribute("aria-label", said);
    if (node.matches("button")) node.setAttribute("title", said);
  });
}

/**
 * A text by its key, with values set in as text.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return (texts[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

/** @param {number | null | undefined} n @param {Intl.NumberFormatOptions} [how] */
export const number = (n, how = { maximumFractionDigits: 0 }) => (n === null || n === undefined ? t("map.not_shown") : new Intl.NumberFormat(language, how).format(n));

/** Students, rounded as the server rounds. @param {number} n */
export const count = (n) => number(n, { maximumFractionDigits: 0, roundingMode: "halfEven" });

/** @param {number | null} share */
export const percent = (share) => number(share, { style: "percent", maximumFractionDigits: 0 });

/**
 * A way as people say it, from the number that the map was given.
 * @param {number | null} value @param {string} unit
 */
export function travel(value, unit) {
  if (value === null) return t("map.out_of_reach");
  if (unit === "min") return t("map.minutes", { n: number(value) });
  if (value >= 950) return t("map.kilometres", { n: number(value / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 }) });
  return t("map.metres", { n: number(Math.round(value / 10) * 10) });
}
