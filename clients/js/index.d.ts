import type { components } from "./api.js";

type Schemas = components["schemas"];

export type Answer = Schemas["AnswerBody"];
export type Result = Schemas["ResultBody"];
export type Notice = Schemas["NoticeBody"];
export type Document = Schemas["DocumentBody"];
export type Collection = Schemas["CollectionBody"];
export type Written = Schemas["WrittenBody"];
export type NewDocument = Schemas["DocumentRequest"];
export type Suggestions = Schemas["SuggestionsBody"];
export type SearchOptions = Partial<Omit<Schemas["SearchRequest"], "query" | "filters">> & {
  filters?: Partial<Schemas["SearchFilters"]>;
  signal?: AbortSignal;
};
type Place = { collection?: string };
type Write = Place & { /** Answer when it can be found, or no longer can. */ wait?: boolean };

export interface Client {
  /** Ask a question. Show `notices` above the results, whatever was found. */
  search(query: string, options?: SearchOptions): Promise<Answer>;
  /** Ask many, 50 in a request; the answers come in their order. */
  searchMany(
    queries: readonly (string | ({ query: string } & SearchOptions))[],
    options?: SearchOptions,
  ): Promise<Answer[]>;
  suggest(prefix: string, options?: Place & { signal?: AbortSignal }): Promise<string[]>;
  /** The same, with the language of each where it is known. */
  suggested(prefix: string, options?: Place & { signal?: AbortSignal }): Promise<Suggestions>;
  document(id: string, options?: Place): Promise<Document>;
  put(id: string, document: NewDocument, options?: Write): Promise<Written>;
  delete(id: string, options?: Write): Promise<Written>;
  collections(): Promise<Collection[]>;
}

export interface Options {
  /** What `kb keys create` printed; sent in a header alone. */
  key?: string;
  /** Where every call looks, unless it says otherwise. */
  collection?: string;
  /** How often a request that was turned away, or met no service, is tried again; 3. */
  retries?: number;
  fetch?: typeof fetch;
}

/** The service at `url`; without one, that of the page's own origin. */
export function createClient(url?: string, options?: Options): Client;

/** A request that the service refused; `status` 0 where none answered. Show its `notices`. */
export class KbError extends Error {
  readonly status: number;
  /** Seconds until trying again may help; null where the service named none. */
  readonly retryAfter: number | null;
  readonly field?: string;
  readonly requestId?: string;
  readonly notices: Notice[];
}
