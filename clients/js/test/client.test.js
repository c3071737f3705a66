// Against a real service, whose address is in KB_URL, and against a fetch that refuses.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient, KbError } from "../index.js";

const url = process.env.KB_URL;
const live = { skip: url ? false : "KB_URL names no service" };
const answers = (...given) => {
  const asked = [];
  const fetch = async (address, options) => {
    asked.push({ address, ...options });
    const next = given.shift();
    if (next instanceof Error) throw next;
    const [status, headers, body] = next;
    return new Response(JSON.stringify(body), { status, headers });
  };
  return { fetch, asked };
};
const BUSY = { detail: "too many requests at once", request_id: "r".repeat(16) };

test("a search gives what the service gives", live, async () => {
  const body = JSON.stringify({ query: "can't sleep before exams" });
  const headers = { "Content-Type": "application/json" };
  const sent = await (await fetch(`${url}/v1/search`, { method: "POST", headers, body })).json();
  const answer = await createClient(url).search("can't sleep before exams");
  assert.deepEqual({ ...answer, took_ms: 0 }, { ...sent, took_ms: 0 });
  assert.equal(answer.results[0].attribution.title, "Sleeping badly");
});

test("many are asked in parts and keep their order", live, async () => {
  const kb = createClient(url, { collection: "default" });
  const queries = Array.from({ length: 52 }, (_, n) => (n % 2 ? "is there parking" : "how much is a session"));
  const found = await kb.searchMany([...queries, { query: "is there parking", limit: 1 }], { limit: 2 });
  assert.equal(found.length, 53);
  assert.equal(found[52].results.length, 1);
  assert.deepEqual(found[0].results, (await kb.search("how much is a session", { limit: 2 })).results);
});

test("documents are written, read and removed", live, async () => {
  const kb = createClient(`${url}/`);
  const text = "Bicycles may be locked to the rack in the yard.";
  assert.equal((await kb.put("a/1 ü", { text }, { wait: true, collection: "default" })).id, "a/1 ü");
  assert.equal((await kb.document("a/1 ü")).text, text);
  assert.equal((await kb.search("where do I lock my bicycle")).results[0].document_id, "a/1 ü");
  assert.equal((await kb.delete("a/1 ü", { wait: true })).change, "removed");
  await assert.rejects(kb.document("a/1 ü"), { status: 404 });
  assert.ok((await kb.collections()).some((one) => one.name === "default"));
  assert.ok(Array.isArray(await kb.suggest("fe")));
  const { suggestions, languages } = await kb.suggested("fe");
  assert.equal(suggestions.length, languages.length);
});

test("a refusal says where, and whom to call", live, async () => {
  const refused = await createClient(url).search("I want to kill myself", { limit: 0 }).catch((error) => error);
  assert.ok(refused instanceof KbError);
  assert.equal(refused.status, 422);
  assert.equal(refused.field, "limit");
  assert.equal(refused.notices[0].kind, "crisis");
});

test("who is turned away comes back when told", async () => {
  const { fetch, asked } = answers([503, { "Retry-After": "1" }, BUSY], [200, {}, { results: [] }]);
  const began = performance.now();
  assert.deepEqual(await createClient("", { fetch }).search("fees"), { results: [] });
  assert.equal(asked.length, 2);
  assert.ok(performance.now() - began >= 990);
});

test("who is turned away until a date comes back then", async () => {
  const until = (seconds) => ({ "Retry-After": new Date(Date.now() + 1000 * seconds).toUTCString() });
  const soon = answers([503, until(2), BUSY], [200, {}, {}]);
  const began = performance.now();
  await createClient("", { fetch: soon.fetch }).search("fees");
  assert.ok(performance.now() - began >= 900);
  const past = answers([503, until(-60), BUSY], [200, {}, {}]);
  await createClient("", { fetch: past.fetch }).search("fees");
  assert.equal(past.asked.length, 2);
  const far = answers([503, until(3600), BUSY]);
  const refused = await createClient("", { fetch: far.fetch }).search("fees").catch((error) => error);
  assert.ok(Math.abs(refused.retryAfter - 3600) < 5);
  assert.equal(far.asked.length, 1);
});

test("it comes back no more often than it may, and not where that cannot help", async () => {
  const busy = answers(...Array(3).fill([429, { "Retry-After": "0" }, BUSY]));
  await assert.rejects(createClient("", { fetch: busy.fetch, retries: 2 }).search("fees"), { status: 429 });
  assert.equal(busy.asked.length, 3);
  for (const [status, headers] of [[422, {}], [503, { "Retry-After": "3600" }]]) {
    const once = answers([status, headers, BUSY]);
    const retryAfter = headers["Retry-After"] ? 3600 : null;
    await assert.rejects(createClient("", { fetch: once.fetch }).search("fees"), { status, retryAfter });
    assert.equal(once.asked.length, 1);
  }
});

test("no service is told without the question", async () => {
  const { fetch } = answers(new TypeError("a private worry"));
  await assert.rejects(createClient("", { fetch, retries: 0 }).search("a private worry"), (error) => {
    assert.equal(error.status, 0);
    return !error.message.includes("worry");
  });
});

test("a key goes in the header alone, and the words in the body alone", async () => {
  const { fetch, asked } = answers([200, {}, { results: [] }]);
  await createClient("https://kb.example", { fetch, key: "k-secret" }).search("a private worry");
  assert.equal(asked[0].headers.Authorization, "Bearer k-secret");
  assert.equal(asked[0].address, "https://kb.example/v1/search");
  assert.equal(asked[0].credentials, "omit");
  assert.equal(asked[0].referrerPolicy, "no-referrer");
});

test("a document's place is whole where a query has no size, as in older browsers", async (told) => {
  const size = Object.getOwnPropertyDescriptor(URLSearchParams.prototype, "size");
  delete URLSearchParams.prototype.size;
  told.after(() => size && Object.defineProperty(URLSearchParams.prototype, "size", size));
  const { fetch, asked } = answers([200, {}, {}], [200, {}, {}]);
  await createClient("", { fetch, collection: "staff" }).put("a/1", { text: "words" }, { wait: true });
  await createClient("", { fetch }).document("a/1");
  assert.equal(asked[0].address, "/v1/documents/a%2F1?collection=staff&wait=true");
  assert.equal(asked[1].address, "/v1/documents/a%2F1");
});

test("a search that nobody waits for any more ends", async () => {
  const { fetch } = answers([503, { "Retry-After": "30" }, BUSY]);
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 20);
  const ended = createClient("", { fetch }).search("fees", { signal: stop.signal });
  await assert.rejects(ended, { name: "AbortError" });
});
