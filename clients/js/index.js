// A client of a kb service: fetch, and nothing else. Types are in index.d.ts.

const AGAIN = new Set([429, 503]);
const LONGEST_WAIT = 60; // seconds that Retry-After is obeyed for

/** A request that the service refused; status 0 where no service answered. */
export class KbError extends Error {
  constructor(status, body = {}, retryAfter = null) {
    super(body.detail || `the service answered ${status}`);
    this.name = "KbError";
    this.status = status;
    this.retryAfter = retryAfter;
    this.field = body.field;
    this.requestId = body.request_id;
    this.notices = body.notices || [];
  }
}

/** The service at `url`; without one, that of the page's own origin. */
export function createClient(url = "", { key, collection, retries = 3, fetch = globalThis.fetch } = {}) {
  // What is asked is for the service alone: no cookies, no address of the page, nothing kept.
  const alone = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store" };
  const headers = { "Content-Type": "application/json", ...(key && { Authorization: `Bearer ${key}` }) };

  async function send(method, path, body, signal) {
    for (let attempt = 0; ; attempt++) {
      let response, lost;
      try {
        const content = body && JSON.stringify(body);
        response = await fetch(url.replace(/\/$/, "") + path, { ...alone, method, headers, body: content, signal });
      } catch (error) {
        if (signal?.aborted) throw error;
        lost = error;
      }
      const seconds = wait(response, attempt);
      if (seconds === undefined || attempt >= retries) {
        if (lost) throw new KbError(0, { detail: "the service gave no answer" });
        const said = await response.json().catch(() => undefined);
        if (!response.ok || !said) throw new KbError(response.status, said, asked(response));
        return said;
      }
      await sleep(seconds, signal);
    }
  }

  const within = (options) => ({ ...(collection && { collection }), ...options });
  const place = (id, { wait, ...options } = {}) => {
    const query = String(new URLSearchParams({ ...within(options), ...(wait && { wait: "true" }) }));
    return `/v1/documents/${encodeURIComponent(id)}${query && `?${query}`}`;
  };

  const suggested = (prefix, { signal, ...options } = {}) =>
    send("POST", "/v1/suggest", { prefix, ...within(options) }, signal);

  return {
    search: (query, { signal, ...options } = {}) =>
      send("POST", "/v1/search", { query, ...within(options) }, signal),
    searchMany: async (queries, { signal, ...options } = {}) => {
      const asked = queries.map((one) => within({ ...options, ...(one.query ? one : { query: one }) }));
      const answers = [];
      for (let at = 0; at < asked.length; at += 50) {
        const body = { queries: asked.slice(at, at + 50) };
        answers.push(...(await send("POST", "/v1/search/batch", body, signal)).answers);
      }
      return answers;
    },
    suggest: async (prefix, options) => (await suggested(prefix, options)).suggestions,
    suggested,
    document: (id, options) => send("GET", place(id, options)),
    put: (id, document, options) => send("PUT", place(id, options), document),
    delete: (id, options) => send("DELETE", place(id, options)),
    collections: async () => (await send("GET", "/v1/collections")).collections,
  };
}

/** Seconds until trying again may help; undefined where it cannot. */
function wait(response, attempt) {
  if (response && !AGAIN.has(response.status)) return undefined;
  const said = response && asked(response);
  if (said != null) return said <= LONGEST_WAIT ? said : undefined;
  return (0.5 + Math.random() / 2) * 0.25 * 2 ** attempt;
}

/** The seconds that an answer asks to wait, by their number or by a date; null where it names none. */
function asked(response) {
  const said = response.headers.get("Retry-After");
  if (said === null) return null;
  if (!Number.isNaN(Number(said))) return Number(said);
  const seconds = (Date.parse(said) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

function sleep(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });
}
