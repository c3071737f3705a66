// How the service is asked: by its own client, which posts, so that no question stands in an address, and
// sends no cookies and no referrer. A visitor is told of a refusal at once, with the notices that it has.

import { createClient } from "../../../clients/js/index.js";

const SILENT = 5; // seconds after a refusal that names none

/** The client of the service at `url`; `key` and `collection` null where none is named. */
export const clientOf = (url, key, collection) => createClient(url, { key, collection, retries: 0 });

/** What asks the client that `client()` gives for suggestions, texts with their languages; after a refusal it holds its peace for a while. */
export function suggester(client) {
  let silentUntil = 0;
  return async (prefix, signal) => {
    if (Date.now() < silentUntil) return [];
    try {
      const { suggestions, languages = [] } = await client().suggested(prefix, { signal });
      return suggestions.map((text, number) => ({ text, language: languages[number] }));
    } catch (error) {
      if (error.status) silentUntil = Date.now() + 1000 * (error.retryAfter || SILENT);
      throw error;
    }
  };
}
