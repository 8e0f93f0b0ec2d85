// The way to the server: JSON in, JSON out, and what it tells by itself.

const LANGUAGE = "rezone-language";
/** Edits of one window are told apart from those of others by its name. */
export const WINDOW = Math.random().toString(36).slice(2, 12);

/** What the server refuses, in its own words. */
export class Refused extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    const { what = "", mend = "", code = "" } = body?.error ?? {};
    super([what, mend].filter(Boolean).join(". "));
    this.status = status;
    this.code = code;
    /** @type {Stale | undefined} */
    this.stale = body?.stale;
  }
}

export const chosenLanguage = () => localStorage.getItem(LANGUAGE);

/** @param {string | null} language null: the server's own */
export function chooseLanguage(language) {
  if (language) localStorage.setItem(LANGUAGE, language);
  else localStorage.removeItem(LANGUAGE);
}

/** Every request says in which language it wants its words. @param {string} path */
export function spoken(path) {
  const language = chosenLanguage();
  return language ? `${path}${path.includes("?") ? "&" : "?"}language=${encodeURIComponent(language)}` : path;
}

/** @param {string} path @returns {Promise<any>} */
export const get = (path) => asked(path, {});

/** @param {string} path @param {object} data @returns {Promise<any>} */
export const post = (path, data) => asked(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(data) });

/** @param {string} path @returns {Promise<any>} */
export const remove = (path) => asked(path, { method: "DELETE", headers: { "content-type": "application/json" } });

/** @param {string} path @param {RequestInit} how */
async function asked(path, how) {
  const answer = await fetch(spoken(path), how);
  const body = answer.headers.get("content-type")?.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Refused(answer.status, body);
  return body;
}

/**
 * What the server tells by itself, until the page is closed: all but what this window does.
 * @param {Record<string, (data: any) => void>} told by event
 * @param {(there: boolean) => void} reached whether the server is there
 */
export function listen(told, reached) {
  const events = new EventSource(spoken(`/api/events?window=${WINDOW}`));
  for (const [name, take] of Object.entries(told)) events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  events.addEventListener("open", () => reached(true));
  events.addEventListener("error", () => reached(false));
}
