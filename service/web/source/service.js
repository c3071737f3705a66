// How the service is asked: by POST, so that no question stands in an address; without cookies, a referrer
// or anything that is kept.

/** Posts JSON. The address is the service's own, the key one that may be public. */
export function post(endpoint, path, key, body, signal) {
  return fetch(endpoint + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify(body),
    signal,
    credentials: "omit",
    referrerPolicy: "no-referrer",
    cache: "no-store",
  });
}

/** What asks for suggestions; after a refusal it holds its peace for a while. */
export function suggester(endpoint, key, collection) {
  let silentUntil = 0;
  return async (prefix, signal) => {
    if (Date.now() < silentUntil) return [];
    const response = await post(endpoint(), "/v1/suggest", key(), { prefix, collection: collection() }, signal);
    if (response.ok) return (await response.json()).suggestions;
    silentUntil = Date.now() + 1000 * (Number(response.headers.get("Retry-After")) || 5);
    return [];
  };
}
