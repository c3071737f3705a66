// Compiled, never run: what a caller may write, and what is a mistake.
import { createClient, type Answer } from "../index.js";

const kb = createClient("http://127.0.0.1:8000", { key: "k", collection: "default" });

export async function use(): Promise<string> {
  const answer: Answer = await kb.search("fees", { limit: 3, mode: "hybrid", filters: { tags: ["fees"] } });
  const verdict: "answered" | "related" | "none" = answer.verdict;
  const first = answer.results[0];
  const [start, end]: [number, number] = [first.attribution.start, first.attribution.end];
  const link: string | null = first.attribution.link;
  const many: Answer[] = await kb.searchMany(["fees", { query: "parking", limit: 1 }]);
  const sequence: number = (await kb.put("a", { text: "words" }, { wait: true })).sequence;
  // @ts-expect-error there is no such mode
  await kb.search("fees", { mode: "fuzzy" });
  // @ts-expect-error a document has text
  await kb.put("a", { title: "no text" });
  return `${verdict} ${start} ${end} ${link} ${many.length} ${sequence}`;
}
