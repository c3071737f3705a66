// Made by openapi-typescript from the service's OpenAPI document; make client. sha256 5894f7a16bf815a88255ec743ddae45337cfffa36099d643faf2c139c436688e
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is Live
         * @description Whether the process answers at all.
         */
        get: operations["is_live_health_live_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is Ready
         * @description Whether questions can be answered; not while the service is about to stop.
         */
        get: operations["is_ready_health_ready_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics
         * @description Metrics for Prometheus: counts and times by route, never what was asked or by whom.
         */
        get: operations["metrics_metrics_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/retrieval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retrieval
         * @description Dify's external knowledge API: ask a question, get records.
         */
        post: operations["retrieval_retrieval_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Changes
         * @description What was added, updated and removed after a commit, in order; of each document its last change.
         *
         *     Ask again with `after` set to `next`, at once while `more` is true, later when it is not.
         */
        get: operations["changes_v1_changes_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/citations/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Citations Check
         * @description Which marks of a written answer exist, and which quoted words really stand in the source.
         *
         *     `passages` are those of the context that it was written from. It is not told whether the answer follows
         *     from them.
         */
        post: operations["citations_check_v1_citations_check_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/collections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Collections
         * @description The collections and their sizes; of those that a key is for.
         */
        get: operations["collections_v1_collections_get"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/context": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Context
         * @description The passages that answer a question and fit into so many tokens, each with a mark to cite it by.
         *
         *     `text` is all of it as a model can be given it. No words are given twice; passages of one document come
         *     in its order, neighbours as one. Of the best passage, where it is too long, there are the sentences around
         *     the one that answers; where not even these fit, `passages` is empty: ask with more `tokens`. Tokens are
         *     counted by the tokenizer of the search's own model, which another model's may differ from by a tenth or
         *     so. Show the notices before what the model says.
         */
        post: operations["context_v1_context_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Documents
         * @description The documents of a collection by their ids, a page at a time.
         */
        get: operations["documents_v1_documents_get"];
        put?: never;
        /**
         * Put Documents
         * @description Write a stream of documents, a JSON line each; get a line for each as it is on the disk.
         *
         *     `Content-Type` may be what it likes; `application/x-ndjson` says it best. Through a proxy the lines of
         *     result come when the last document has been taken.
         *
         *     Send it again when it broke off: lines that are in already are `unchanged` and cost next to nothing. A
         *     line whose id an earlier line has is refused, as in a file. From the first `failed` line on nothing was
         *     taken.
         */
        post: operations["put_documents_v1_documents_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/documents/{document_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Document
         * @description A document with its whole text, and its version as `ETag`.
         */
        get: operations["document_v1_documents__document_id__get"];
        /**
         * Put Document
         * @description Write a document. It is on the disk when this answers, and found within a second or so.
         *
         *     With the header `If-Match: ETAG` only over that version, with `If-None-Match: *` only where there is none.
         */
        put: operations["put_document_v1_documents__document_id__put"];
        post?: never;
        /**
         * Delete Document
         * @description Remove a document; with the header `If-Match: ETAG` only that version of it.
         */
        delete: operations["delete_document_v1_documents__document_id__delete"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search
         * @description Ask a question; get ranked excerpts, each with where it is from.
         */
        post: operations["search_v1_search_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Search Batch
         * @description Ask several questions at once; the answers come in their order.
         */
        post: operations["search_batch_v1_search_batch_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Suggest
         * @description What the asker may be about to type, from the documents' own titles, headings and questions.
         */
        post: operations["suggest_v1_suggest_post"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AnswerBody
         * @description What the knowledge base says to a question.
         */
        AnswerBody: {
            /**
             * Degraded
             * @description Whether it was answered by words alone, for want of time.
             */
            degraded: boolean;
            /**
             * Explain
             * @description Why, where it was asked for; meant to be read.
             * @example null
             */
            explain?: {
                [key: string]: unknown;
            } | null;
            /**
             * Generation
             * @description The sequence number that the answer was made from.
             * @example 42
             */
            generation: number;
            /**
             * Next
             * @description What `cursor` is for the next page, while the collection is the same; null on the last.
             * @example null
             */
            next: string | null;
            /**
             * Notices
             * @description To be shown above the results.
             * @example []
             */
            notices: components["schemas"]["NoticeBody"][];
            /**
             * Results
             * @description The best first.
             */
            results: components["schemas"]["ResultBody"][];
            /**
             * Suggestion
             * @description The question with its spelling mended.
             * @example null
             */
            suggestion: string | null;
            /**
             * Took Ms
             * @description Milliseconds of searching.
             * @example 3.1
             */
            took_ms: number;
            /**
             * Verdict
             * @description Whether a passage is judged to answer, the best is only near, or there is nothing. The ranked results come in every case.
             * @enum {string}
             */
            verdict: "answered" | "related" | "none";
        };
        /**
         * AnswersBody
         * @description The answers to a batch, in its order.
         */
        AnswersBody: {
            /**
             * Answers
             * @description One answer a question.
             */
            answers: components["schemas"]["AnswerBody"][];
        };
        /**
         * AttributionBody
         * @description Who says it, and where to check it.
         */
        AttributionBody: {
            /**
             * Author
             * @description As the source says.
             * @example null
             */
            author: string | null;
            /**
             * End
             * @description Where it ends; code points, as `start`.
             * @example 1077
             */
            end: number;
            /**
             * Headings
             * @description The path of headings, the outermost first.
             * @example [
             *       "Fees"
             *     ]
             */
            headings: string[];
            /**
             * Language
             * @description A BCP 47 tag.
             * @example en
             */
            language: string | null;
            /**
             * Licence
             * @description As the source says.
             * @example CC BY 4.0
             */
            licence: string | null;
            /**
             * Link
             * @description The address with the section's anchor and a text fragment, or the PDF's page.
             * @example https://clinic.example/fees#single:~:text=A%20session%20of%2050%20minutes
             */
            link: string | null;
            /**
             * Modified
             * @description ISO 8601.
             * @example 2026-10-12
             */
            modified: string | null;
            /**
             * Page
             * @description The page of a PDF, from 1.
             * @example null
             */
            page: number | null;
            /**
             * Published
             * @description ISO 8601.
             * @example 2026-02-01
             */
            published: string | null;
            /**
             * Source
             * @description What it was read from.
             * @example site/fees.html
             */
            source: string;
            /**
             * Start
             * @description Where the excerpt begins in the document's text.
             * @example 1040
             */
            start: number;
            /**
             * Title
             * @description The document's title.
             * @example Fees
             */
            title: string;
            /**
             * Url
             * @description The document's address.
             * @example https://clinic.example/fees
             */
            url: string | null;
        };
        /**
         * BatchRequest
         * @description Several questions, answered in order.
         */
        BatchRequest: {
            /**
             * Queries
             * @description 1 to 50 questions.
             */
            queries: components["schemas"]["SearchRequest"][];
        };
        /**
         * BulkLineBody
         * @description What became of one line of a stream of documents.
         */
        BulkLineBody: {
            /**
             * Change
             * @description What was done; `failed`: from here on nothing was, so send this line and the rest again.
             * @enum {string}
             */
            change: "added" | "updated" | "unchanged" | "refused" | "failed";
            /**
             * Detail
             * @description Why it was refused, or failed.
             * @example null
             */
            detail: string | null;
            /**
             * Id
             * @description The document's id.
             * @example notes/1
             */
            id: string | null;
            /**
             * Line
             * @description The line, counted from 1.
             * @example 1
             */
            line: number;
            /**
             * Sequence
             * @description A commit that holds it; answers with this generation or later know it.
             * @example 43
             */
            sequence: number | null;
        };
        /**
         * ChangeBody
         * @description What last became of a document.
         */
        ChangeBody: {
            /**
             * Change
             * @description `added` and `updated` are the same to who was away for both.
             * @enum {string}
             */
            change: "added" | "updated" | "removed";
            /**
             * Id
             * @description The document's id; null when nothing of a removed document is kept any more.
             * @example notes/1
             */
            id: string | null;
            /**
             * Mark
             * @description The first 32 hexadecimal digits of the SHA-256 of the id: by it a removed document is known to who has it.
             * @example d0c0c9a7b6fd8f1e9a3d6c1f5b7e2a48
             */
            mark: string;
            /**
             * Sequence
             * @description The commit.
             * @example 43
             */
            sequence: number;
        };
        /**
         * ChangesBody
         * @description A page of what has changed.
         */
        ChangesBody: {
            /**
             * Changes
             * @description By commit, then by mark.
             */
            changes: components["schemas"]["ChangeBody"][];
            /**
             * Collection
             * @description The collection.
             * @example default
             */
            collection: string;
            /**
             * More
             * @description Whether there is a next page already.
             */
            more: boolean;
            /**
             * Next
             * @description What `after` is for the next page.
             * @example 43
             */
            next: number;
        };
        /**
         * CheckRequest
         * @description An answer that was written from a context.
         */
        CheckRequest: {
            /**
             * Answer
             * @description The answer, with its marks in square brackets.
             * @example It is “80 pounds” [1].
             */
            answer: string;
            /**
             * Collection
             * @description Where they are from.
             * @default default
             * @example default
             */
            collection?: string;
            /**
             * Passages
             * @description The passages of the context; other fields than these are not sent.
             */
            passages: components["schemas"]["CitedPassage"][];
        };
        /**
         * CheckedBody
         * @description What an answer cites and quotes.
         */
        CheckedBody: {
            /**
             * Marks
             * @description In their order.
             */
            marks: components["schemas"]["CitedBody"][];
            /**
             * Quotes
             * @description In their order.
             */
            quotes: components["schemas"]["QuotedBody"][];
            /**
             * Sound
             * @description Whether every mark exists and every quotation holds.
             */
            sound: boolean;
            /**
             * Unused
             * @description Passages that are not cited.
             * @example []
             */
            unused: number[];
        };
        /**
         * CitedBody
         * @description A mark in an answer.
         */
        CitedBody: {
            /**
             * End
             * @description Where they end.
             * @example 21
             */
            end: number;
            /**
             * Exists
             * @description Whether there is such a passage.
             */
            exists: boolean;
            /**
             * Mark
             * @description The number.
             * @example 1
             */
            mark: number;
            /**
             * Start
             * @description Where its brackets begin in the answer, in code points.
             * @example 18
             */
            start: number;
        };
        /**
         * CitedPassage
         * @description A passage that an answer was written from, as the context has it; what else it has is passed over.
         */
        CitedPassage: {
            /**
             * Document Id
             * @description Its document.
             * @example site/fees.html
             */
            document_id: string;
            /**
             * End
             * @description Where it ends.
             * @example 37
             */
            end: number;
            /**
             * Mark
             * @description What cites it.
             * @example 1
             */
            mark: number;
            /**
             * Start
             * @description Where it begins in the document's text.
             * @example 0
             */
            start: number;
        };
        /**
         * CollectionBody
         * @description A collection and its size.
         */
        CollectionBody: {
            /**
             * Documents
             * @description How many documents it holds.
             * @example 31
             */
            documents: number;
            /**
             * Name
             * @description Its name.
             * @example default
             */
            name: string;
            /**
             * Passages
             * @description How many passages they are cut into.
             * @example 160
             */
            passages: number;
        };
        /**
         * CollectionsBody
         * @description All collections.
         */
        CollectionsBody: {
            /**
             * Collections
             * @description By name.
             */
            collections: components["schemas"]["CollectionBody"][];
        };
        /**
         * ContextAttributionBody
         * @description Who says it, and where to check it.
         */
        ContextAttributionBody: {
            /**
             * Author
             * @description As the source says.
             * @example null
             */
            author: string | null;
            /**
             * Headings
             * @description The path of headings, the outermost first.
             * @example [
             *       "Fees"
             *     ]
             */
            headings: string[];
            /**
             * Language
             * @description A BCP 47 tag.
             * @example en
             */
            language: string | null;
            /**
             * Licence
             * @description As the source says.
             * @example CC BY 4.0
             */
            licence: string | null;
            /**
             * Link
             * @description The address with the section's anchor and a text fragment, or the PDF's page.
             * @example https://clinic.example/fees#single:~:text=A%20session%20of%2050%20minutes
             */
            link: string | null;
            /**
             * Modified
             * @description ISO 8601.
             * @example 2026-10-12
             */
            modified: string | null;
            /**
             * Page
             * @description The page of a PDF, from 1.
             * @example null
             */
            page: number | null;
            /**
             * Published
             * @description ISO 8601.
             * @example 2026-02-01
             */
            published: string | null;
            /**
             * Source
             * @description What it was read from.
             * @example site/fees.html
             */
            source: string;
            /**
             * Title
             * @description The document's title.
             * @example Fees
             */
            title: string;
            /**
             * Url
             * @description The document's address.
             * @example https://clinic.example/fees
             */
            url: string | null;
        };
        /**
         * ContextBody
         * @description What a language model is given to answer from.
         */
        ContextBody: {
            /**
             * Collection
             * @description Where it is from.
             * @example default
             */
            collection: string;
            /**
             * Degraded
             * @description Whether it was found by words alone, for want of time.
             */
            degraded: boolean;
            /**
             * Generation
             * @description The sequence number that it was made from.
             * @example 42
             */
            generation: number;
            /**
             * Notices
             * @description To be shown before the model's answer.
             * @example []
             */
            notices: components["schemas"]["NoticeBody"][];
            /**
             * Passages
             * @description In the order of `text`.
             */
            passages: components["schemas"]["ContextPassageBody"][];
            /**
             * Text
             * @description All passages, each below its mark, title and headings.
             * @example [1] Fees
             *     A session of 50 minutes is 80 pounds.
             */
            text: string;
            /**
             * Tokens
             * @description How long `text` is.
             * @example 17
             */
            tokens: number;
            /**
             * Verdict
             * @description As of a search: with `none`, the knowledge base has no answer, and the model must not.
             * @enum {string}
             */
            verdict: "answered" | "related" | "none";
        };
        /**
         * ContextPassageBody
         * @description A piece of a document, with the mark that cites it.
         */
        ContextPassageBody: {
            /** @description Who says it, and where. */
            attribution: components["schemas"]["ContextAttributionBody"];
            /**
             * Document Id
             * @description The document's id in its collection.
             * @example site/fees.html
             */
            document_id: string;
            /**
             * End
             * @description Where it ends; code points, as `start`.
             * @example 37
             */
            end: number;
            /**
             * Mark
             * @description Cited as `[1]`.
             * @example 1
             */
            mark: number;
            /**
             * Score
             * @description The chance that the best passage in it answers.
             * @example 0.93
             */
            score: number;
            /**
             * Start
             * @description Where it begins in the document's text.
             * @example 0
             */
            start: number;
            /**
             * Text
             * @description A verbatim slice of the document's text.
             * @example A session of 50 minutes is 80 pounds.
             */
            text: string;
        };
        /**
         * ContextRequest
         * @description A question that a language model is to answer.
         */
        ContextRequest: {
            /**
             * Collection
             * @description Where to look.
             * @default default
             * @example default
             */
            collection?: string;
            /** @description What every result must be. */
            filters?: components["schemas"]["SearchFilters"];
            /**
             * Mode
             * @description By meaning and words, by meaning alone, or by words alone.
             * @default hybrid
             * @enum {string}
             */
            mode?: "hybrid" | "dense" | "lexical";
            /**
             * Query
             * @description The question: 1 to 512 characters.
             * @example how much does a first session cost
             */
            query: string;
            /**
             * Tokens
             * @description How long the context may be: 1 to 32,000 tokens.
             * @example 1000
             */
            tokens: number;
        };
        /**
         * DocumentAttributionBody
         * @description Who says it, where, when, and under what terms.
         */
        DocumentAttributionBody: {
            /**
             * Author
             * @description As the source says.
             * @example null
             */
            author: string | null;
            /**
             * Language
             * @description A BCP 47 tag.
             * @example en
             */
            language: string | null;
            /**
             * Licence
             * @description As the source says.
             * @example CC BY 4.0
             */
            licence: string | null;
            /**
             * Modified
             * @description ISO 8601.
             * @example 2026-10-12
             */
            modified: string | null;
            /**
             * Published
             * @description ISO 8601.
             * @example 2026-02-01
             */
            published: string | null;
            /**
             * Source
             * @description What it was read from.
             * @example site/fees.html
             */
            source: string;
            /**
             * Title
             * @description The title.
             * @example Fees
             */
            title: string;
            /**
             * Url
             * @description Its address.
             * @example https://clinic.example/fees
             */
            url: string | null;
        };
        /**
         * DocumentBody
         * @description A document as it is stored.
         */
        DocumentBody: {
            /** @description Who says it, where and when. */
            attribution: components["schemas"]["DocumentAttributionBody"];
            /**
             * Collection
             * @description The collection.
             * @example default
             */
            collection: string;
            /**
             * Id
             * @description Its id in its collection.
             * @example site/fees.html
             */
            id: string;
            /**
             * Metadata
             * @description What else the source said.
             * @example {}
             */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Pages
             * @description Where each page begins in the text.
             * @example []
             */
            pages: number[];
            /**
             * Sections
             * @description In reading order.
             */
            sections: components["schemas"]["SectionBody"][];
            /**
             * Tags
             * @description Its tags.
             * @example [
             *       "fees"
             *     ]
             */
            tags: string[];
            /**
             * Text
             * @description The text that all offsets count in.
             * @example A session is 80 pounds.
             */
            text: string;
        };
        /**
         * DocumentCondition
         * @description The document is this one, or one of these.
         */
        DocumentCondition: {
            /**
             * Comparison Operator
             * @description All mean the same here.
             * @enum {string}
             */
            comparison_operator: "is" | "=" | "in";
            /**
             * @description What is looked at. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            name: "document_id";
            /**
             * Value
             * @description The id, or ids.
             * @example [
             *       "site/fees.html"
             *     ]
             */
            value: string | string[];
        };
        /**
         * DocumentMetadata
         * @description What is known of a document beside its words; other keys are kept.
         */
        DocumentMetadata: {
            /**
             * Author
             * @description Who wrote it.
             * @default null
             * @example The practice
             */
            author?: string | null;
            /**
             * Language
             * @description A BCP 47 tag.
             * @default null
             * @example en
             */
            language?: string | null;
            /**
             * Licence
             * @description Under what terms.
             * @default null
             * @example CC BY 4.0
             */
            licence?: string | null;
            /**
             * Modified
             * @description ISO 8601.
             * @default null
             * @example 2026-10-12
             */
            modified?: string | null;
            /**
             * Published
             * @description ISO 8601.
             * @default null
             * @example 2026-02-01
             */
            published?: string | null;
            /**
             * Tags
             * @description To filter by.
             * @default null
             * @example [
             *       "fees"
             *     ]
             */
            tags?: string[] | null;
            /**
             * Url
             * @description Its address, whole or from the root of a site; empty is none.
             * @default null
             * @example https://clinic.example/fees
             */
            url?: string | null;
        };
        /**
         * DocumentRequest
         * @description A document, as a line of a JSONL file has it.
         */
        DocumentRequest: {
            /**
             * @description What is known of it beside its words.
             * @default null
             * @example {
             *       "tags": [
             *         "fees"
             *       ],
             *       "url": "https://clinic.example/fees"
             *     }
             */
            metadata?: components["schemas"]["DocumentMetadata"] | null;
            /**
             * Text
             * @description The text, kept exactly.
             * @example A session of 50 minutes is 80 pounds.
             */
            text: string;
            /**
             * Title
             * @description The title.
             * @default null
             * @example Fees
             */
            title?: string | null;
        };
        /**
         * DocumentsBody
         * @description A page of a list of documents.
         */
        DocumentsBody: {
            /**
             * Documents
             * @description By id.
             */
            documents: components["schemas"]["ListedDocumentBody"][];
            /**
             * Next
             * @description What `after` is for the next page; null on the last.
             * @example null
             */
            next: string | null;
        };
        /**
         * ExcerptBody
         * @description The part of the document worth showing.
         */
        ExcerptBody: {
            /**
             * Marks
             * @description Ranges in `text`, in code points: the sentence that answers best, and matched words.
             * @example [
             *       [
             *         0,
             *         37
             *       ]
             *     ]
             */
            marks: [
                number,
                number
            ][];
            /**
             * Text
             * @description A verbatim slice of the document's text.
             * @example A session of 50 minutes is 80 pounds.
             */
            text: string;
        };
        /**
         * LanguageCondition
         * @description The document is in this language; `en` holds `en-gb` too.
         */
        LanguageCondition: {
            /**
             * Comparison Operator
             * @description Both mean the same here.
             * @enum {string}
             */
            comparison_operator: "is" | "=";
            /**
             * @description What is looked at. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            name: "language";
            /**
             * Value
             * @description The language.
             * @example en
             */
            value: string;
        };
        /**
         * LinkBody
         * @description Where a notice leads.
         */
        LinkBody: {
            /**
             * Href
             * @description A web, `tel:` or `sms:` address.
             * @example tel:988
             */
            href: string;
            /**
             * Label
             * @description The words of the link.
             * @example Call 988
             */
            label: string;
        };
        /**
         * ListedDocumentBody
         * @description A document in a list.
         */
        ListedDocumentBody: {
            /**
             * Id
             * @description Its id.
             * @example site/fees.html
             */
            id: string;
            /**
             * Title
             * @description Its title.
             * @example Fees
             */
            title: string;
            /**
             * Url
             * @description Its address.
             * @example https://clinic.example/fees
             */
            url: string | null;
        };
        /**
         * LiveBody
         * @description That the process answers.
         */
        LiveBody: {
            /**
             * Status
             * @description In a word.
             * @constant
             */
            status: "live";
        };
        /**
         * MetadataCondition
         * @description What every record must be.
         */
        MetadataCondition: {
            /**
             * Conditions
             * @description At most one about each of `tags`, `document_id`, `language`.
             * @example [
             *       {
             *         "comparison_operator": "is",
             *         "name": "language",
             *         "value": "en"
             *       }
             *     ]
             */
            conditions: (components["schemas"]["TagsCondition"] | components["schemas"]["DocumentCondition"] | components["schemas"]["LanguageCondition"])[] & (unknown & unknown & unknown);
            /**
             * Logical Operator
             * @description All conditions hold.
             * @default and
             * @constant
             */
            logical_operator?: "and";
        };
        /**
         * MissingKnowledgeBody
         * @description There is no such collection.
         */
        MissingKnowledgeBody: {
            /**
             * Detail
             * @description What, where, and how to mend it.
             * @example the question is empty
             */
            detail: string;
            /**
             * Error Code
             * @description Dify's code for it.
             * @example 2001
             */
            error_code: number;
            /**
             * Error Msg
             * @description The detail once more.
             * @example There is no collection named x
             */
            error_msg: string;
            /**
             * Field
             * @description The part of the request.
             * @example query
             */
            field?: string | null;
            /**
             * Notices
             * @description What the question calls for, though it has no answer.
             * @default []
             * @example []
             */
            notices?: components["schemas"]["NoticeBody"][];
            /**
             * Request Id
             * @description Names this request in the logs.
             * @example 0f3a9c1e5b7d4a26
             */
            request_id: string;
            /**
             * Status
             * @description The HTTP status.
             * @example 422
             */
            status: number;
            /**
             * Title
             * @description The same for all problems of the kind.
             * @example Unprocessable Content
             */
            title: string;
            /**
             * Type
             * @description A name for this kind of problem.
             * @example about:blank
             */
            type: string;
        };
        /**
         * NoticeBody
         * @description What the owner wants said above the results.
         */
        NoticeBody: {
            /**
             * Kind
             * @description What it is for, such as `crisis`.
             * @example crisis
             */
            kind: string;
            /**
             * Links
             * @description Where it leads.
             */
            links: components["schemas"]["LinkBody"][];
            /**
             * Text
             * @description The notice.
             * @example You can call or text at any time.
             */
            text: string;
            /**
             * Title
             * @description The action.
             * @example If you are in danger, call 988
             */
            title: string;
        };
        /**
         * ProblemBody
         * @description What went wrong (RFC 9457).
         */
        ProblemBody: {
            /**
             * Detail
             * @description What, where, and how to mend it.
             * @example the question is empty
             */
            detail: string;
            /**
             * Field
             * @description The part of the request.
             * @example query
             */
            field?: string | null;
            /**
             * Notices
             * @description What the question calls for, though it has no answer.
             * @default []
             * @example []
             */
            notices?: components["schemas"]["NoticeBody"][];
            /**
             * Request Id
             * @description Names this request in the logs.
             * @example 0f3a9c1e5b7d4a26
             */
            request_id: string;
            /**
             * Status
             * @description The HTTP status.
             * @example 422
             */
            status: number;
            /**
             * Title
             * @description The same for all problems of the kind.
             * @example Unprocessable Content
             */
            title: string;
            /**
             * Type
             * @description A name for this kind of problem.
             * @example about:blank
             */
            type: string;
        };
        /**
         * QuotedBody
         * @description A quotation in an answer, without its quotation marks.
         */
        QuotedBody: {
            /**
             * End
             * @description Where they end.
             * @example 16
             */
            end: number;
            /**
             * Found In
             * @description The passages that it stands in, but for spacing, case, dashes and quotation marks.
             * @example [
             *       1
             *     ]
             */
            found_in: number[];
            /**
             * Held
             * @description Whether it stands in one that it is cited with; without any, in some.
             */
            held: boolean;
            /**
             * Marks
             * @description What it is cited with.
             * @example [
             *       1
             *     ]
             */
            marks: number[];
            /**
             * Start
             * @description Where they begin in the answer, in code points.
             * @example 7
             */
            start: number;
            /**
             * Text
             * @description The words.
             * @example 80 pounds
             */
            text: string;
        };
        /**
         * ReadyBody
         * @description That questions are answered.
         */
        ReadyBody: {
            /**
             * Generation
             * @description What is answered from.
             * @example 42
             */
            generation: number;
            /**
             * Status
             * @description In a word.
             * @constant
             */
            status: "ready";
            /**
             * Writable
             * @description Whether the disk takes documents.
             * @example true
             */
            writable: boolean;
        };
        /**
         * RecordBody
         * @description A notice, or a verbatim excerpt.
         */
        RecordBody: {
            /**
             * Content
             * @description The words.
             * @example A session of 50 minutes is 80 pounds.
             */
            content: string;
            /**
             * Metadata
             * @description `notice` for a notice; else what `POST /v1/search` says of a result, with `verdict`.
             * @example {
             *       "document_id": "site/fees.html",
             *       "rank": 1
             *     }
             */
            metadata: {
                [key: string]: unknown;
            };
            /**
             * Score
             * @description The chance that it answers; 1 of a notice.
             * @example 0.93
             */
            score: number;
            /**
             * Title
             * @description The document's title, or the notice's.
             * @example Fees
             */
            title: string;
        };
        /**
         * RecordsBody
         * @description What Dify takes.
         */
        RecordsBody: {
            /**
             * Records
             * @description Notices, then excerpts, the best first.
             */
            records: components["schemas"]["RecordBody"][];
        };
        /**
         * ResultBody
         * @description One place that was found.
         */
        ResultBody: {
            /** @description Who says it, and where. */
            attribution: components["schemas"]["AttributionBody"];
            /**
             * Document Id
             * @description The document's id in its collection.
             * @example site/fees.html
             */
            document_id: string;
            /** @description The part worth showing. */
            excerpt: components["schemas"]["ExcerptBody"];
            /**
             * More
             * @description Further passages of the same document.
             * @example []
             */
            more: components["schemas"]["ResultBody"][];
            /**
             * Passage Id
             * @description Stays the same while the passage's words do.
             * @example 5f0b1c6d2e8a9f47
             */
            passage_id: string;
            /**
             * Rank
             * @description 1 is best.
             * @example 1
             */
            rank: number;
            /**
             * Score
             * @description 0 to 1, comparable between questions: the estimated chance that it answers.
             * @example 0.93
             */
            score: number;
        };
        /**
         * RetrievalRequest
         * @description A question as Dify sends it.
         */
        RetrievalRequest: {
            /**
             * Knowledge Id
             * @description The collection.
             * @example default
             */
            knowledge_id: string;
            /**
             * @description What every record must be.
             * @example null
             */
            metadata_condition?: components["schemas"]["MetadataCondition"] | null;
            /**
             * Query
             * @description The question: 1 to 512 characters.
             * @example how much is a session
             */
            query: string;
            /** @description How many records, and how good. */
            retrieval_setting: components["schemas"]["RetrievalSetting"];
        };
        /**
         * RetrievalSetting
         * @description How many records, and how good they must be.
         */
        RetrievalSetting: {
            /**
             * Score Threshold
             * @description The least score of a record, 0 to 1.
             * @example 0.5
             */
            score_threshold?: number | null;
            /**
             * Top K
             * @description How many records: 1 to 50.
             * @example 5
             */
            top_k: number;
        };
        /**
         * SearchFilters
         * @description What every result must be; all that are given must hold.
         */
        SearchFilters: {
            /**
             * Document Id
             * @description The document is one of these.
             * @default []
             * @example [
             *       "site/fees.html"
             *     ]
             */
            document_id?: string[];
            /**
             * Language
             * @description The document's language; `en` holds `en-gb` too.
             * @example en
             */
            language?: string | null;
            /**
             * Tags
             * @description The document has one of these tags.
             * @default []
             * @example [
             *       "fees"
             *     ]
             */
            tags?: string[];
        };
        /**
         * SearchRequest
         * @description A question in the asker's own words.
         */
        SearchRequest: {
            /**
             * Collection
             * @description Where to look.
             * @default default
             * @example default
             */
            collection?: string;
            /**
             * Cursor
             * @description An answer's `next`, for the page after it; all else must be as it was asked.
             * @example null
             */
            cursor?: string | null;
            /**
             * Excerpt Length
             * @description The most characters of an excerpt, of whole sentences: 80 to 4000; as the owner has it where none is given. A sentence that is longer is shown whole.
             * @example 320
             */
            excerpt_length?: number | null;
            /**
             * Explain
             * @description Add why the results are what they are; on the service's machine, or with an admin key.
             * @default false
             */
            explain?: boolean;
            /** @description What every result must be. */
            filters?: components["schemas"]["SearchFilters"];
            /**
             * Group
             * @description One result a document, with `more` holding up to 2 further passages.
             * @default true
             */
            group?: boolean;
            /**
             * Limit
             * @description How many results: 1 to 50.
             * @default 10
             * @example 10
             */
            limit?: number;
            /**
             * Mode
             * @description By meaning and words, by meaning alone, or by words alone.
             * @default hybrid
             * @enum {string}
             */
            mode?: "hybrid" | "dense" | "lexical";
            /**
             * Query
             * @description The question: 1 to 512 characters.
             * @example how much does a first session cost
             */
            query: string;
        };
        /**
         * SectionBody
         * @description A run of text under one heading.
         */
        SectionBody: {
            /**
             * Anchor
             * @description The id that a link can name.
             * @example single
             */
            anchor: string | null;
            /**
             * End
             * @description Where it ends.
             * @example 37
             */
            end: number;
            /**
             * Headings
             * @description The path of headings.
             * @example [
             *       "Fees",
             *       "Single sessions"
             *     ]
             */
            headings: string[];
            /**
             * Start
             * @description Where it begins in the text.
             * @example 0
             */
            start: number;
        };
        /**
         * SuggestRequest
         * @description What was typed so far.
         */
        SuggestRequest: {
            /**
             * Collection
             * @description Where to look.
             * @default default
             * @example default
             */
            collection?: string;
            /**
             * Prefix
             * @description The first letters or words: 1 to 512 characters.
             * @example anx
             */
            prefix: string;
        };
        /**
         * SuggestionsBody
         * @description What the asker may be about to type.
         */
        SuggestionsBody: {
            /**
             * Languages
             * @description The language of each, where its document says in which it is.
             * @example [
             *       "en"
             *     ]
             */
            languages: (string | null)[];
            /**
             * Suggestions
             * @description The likeliest first; titles, headings and questions of the documents.
             * @example [
             *       "Anxiety and worry"
             *     ]
             */
            suggestions: string[];
        };
        /**
         * TagsCondition
         * @description The document has this tag, or one of these.
         */
        TagsCondition: {
            /**
             * Comparison Operator
             * @description All mean the same here.
             * @enum {string}
             */
            comparison_operator: "contains" | "is" | "=" | "in";
            /**
             * @description What is looked at. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            name: "tags";
            /**
             * Value
             * @description The tag, or tags.
             * @example [
             *       "fees"
             *     ]
             */
            value: string | string[];
        };
        /**
         * WrittenBody
         * @description A write that is on the disk.
         */
        WrittenBody: {
            /**
             * Change
             * @description What was done.
             * @enum {string}
             */
            change: "added" | "updated" | "unchanged" | "removed";
            /**
             * Collection
             * @description The collection.
             * @example default
             */
            collection: string;
            /**
             * Id
             * @description The document's id.
             * @example notes/1
             */
            id: string;
            /**
             * Sequence
             * @description The commit; answers with this generation or later know it.
             * @example 43
             */
            sequence: number;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    is_live_health_live_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "live"
                     *     }
                     */
                    "application/json": components["schemas"]["LiveBody"];
                };
            };
        };
    };
    is_ready_health_ready_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "generation": 42,
                     *       "status": "ready",
                     *       "writable": true
                     *     }
                     */
                    "application/json": components["schemas"]["ReadyBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    metrics_metrics_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example kb_requests_total{method="POST",route="/v1/search",status="200"} 12.0 */
                    "text/plain": string;
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    retrieval_retrieval_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "knowledge_id": "default",
                 *       "query": "how much is a session",
                 *       "retrieval_setting": {
                 *         "score_threshold": 0.5,
                 *         "top_k": 5
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["RetrievalRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "records": [
                     *         {
                     *           "content": "A session of 50 minutes is 80 pounds.",
                     *           "metadata": {
                     *             "document_id": "site/fees.html",
                     *             "rank": 1
                     *           },
                     *           "score": 0.93,
                     *           "title": "Fees"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["RecordsBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such collection.",
                     *       "error_code": 2001,
                     *       "error_msg": "There is no collection named x",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["MissingKnowledgeBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    changes_v1_changes_get: {
        parameters: {
            query?: {
                /** @description The collection; with a key, the key's own. */
                collection?: string;
                /** @description The `next` of the page before; 0: from the start. */
                after?: number;
                /** @description How many; a commit comes whole. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "changes": [
                     *         {
                     *           "change": "added",
                     *           "id": "notes/1",
                     *           "mark": "d0c0c9a7b6fd8f1e9a3d6c1f5b7e2a48",
                     *           "sequence": 43
                     *         }
                     *       ],
                     *       "collection": "default",
                     *       "more": false,
                     *       "next": 43
                     *     }
                     */
                    "application/json": components["schemas"]["ChangesBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The cursor, or the commit, is of another state or another question; begin with the first page. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The cursor, or the commit, is of another state or another question; begin with the first page.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Removals from so long ago are forgotten; begin with `after=0`. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Removals from so long ago are forgotten; begin with `after=0`.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 410,
                     *       "title": "Gone",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    citations_check_v1_citations_check_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "answer": "It is “80 pounds” [1].",
                 *       "collection": "default",
                 *       "passages": [
                 *         {
                 *           "document_id": "site/fees.html",
                 *           "end": 37,
                 *           "mark": 1,
                 *           "start": 0
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["CheckRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "marks": [
                     *         {
                     *           "end": 21,
                     *           "exists": false,
                     *           "mark": 1,
                     *           "start": 18
                     *         }
                     *       ],
                     *       "quotes": [
                     *         {
                     *           "end": 16,
                     *           "found_in": [
                     *             1
                     *           ],
                     *           "held": false,
                     *           "marks": [
                     *             1
                     *           ],
                     *           "start": 7,
                     *           "text": "80 pounds"
                     *         }
                     *       ],
                     *       "sound": false,
                     *       "unused": []
                     *     }
                     */
                    "application/json": components["schemas"]["CheckedBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    collections_v1_collections_get: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "collections": [
                     *         {
                     *           "documents": 31,
                     *           "name": "default",
                     *           "passages": 160
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["CollectionsBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    context_v1_context_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "collection": "default",
                 *       "mode": "hybrid",
                 *       "query": "how much does a first session cost",
                 *       "tokens": 1000
                 *     }
                 */
                "application/json": components["schemas"]["ContextRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "collection": "default",
                     *       "degraded": false,
                     *       "generation": 42,
                     *       "notices": [],
                     *       "passages": [
                     *         {
                     *           "attribution": {
                     *             "author": null,
                     *             "headings": [
                     *               "Fees"
                     *             ],
                     *             "language": "en",
                     *             "licence": "CC BY 4.0",
                     *             "link": "https://clinic.example/fees#single:~:text=A%20session%20of%2050%20minutes",
                     *             "modified": "2026-10-12",
                     *             "page": null,
                     *             "published": "2026-02-01",
                     *             "source": "site/fees.html",
                     *             "title": "Fees",
                     *             "url": "https://clinic.example/fees"
                     *           },
                     *           "document_id": "site/fees.html",
                     *           "end": 37,
                     *           "mark": 1,
                     *           "score": 0.93,
                     *           "start": 0,
                     *           "text": "A session of 50 minutes is 80 pounds."
                     *         }
                     *       ],
                     *       "text": "[1] Fees\nA session of 50 minutes is 80 pounds.",
                     *       "tokens": 17,
                     *       "verdict": "answered"
                     *     }
                     */
                    "application/json": components["schemas"]["ContextBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    documents_v1_documents_get: {
        parameters: {
            query?: {
                /** @description The collection; with a key, the key's own. */
                collection?: string;
                /** @description The last id of the page before. */
                after?: string;
                /** @description How many. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "documents": [
                     *         {
                     *           "id": "site/fees.html",
                     *           "title": "Fees",
                     *           "url": "https://clinic.example/fees"
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["DocumentsBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    put_documents_v1_documents_post: {
        parameters: {
            query?: {
                /** @description Where lines go that name none; with a key, the key's. */
                collection?: string;
                /** @description End the answer when all can be found. */
                wait?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description A document a line, as JSON: `_id`, and what a document's body has. */
        requestBody: {
            content: {
                /** @example {"_id": "fees", "title": "Fees", "text": "A session is 80 pounds."} */
                "text/plain": string;
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "change": "added",
                     *       "detail": null,
                     *       "id": "notes/1",
                     *       "line": 1,
                     *       "sequence": 43
                     *     }
                     */
                    "application/x-ndjson": components["schemas"]["BulkLineBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The disk is full. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The disk is full.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 507,
                     *       "title": "Insufficient Storage",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    document_v1_documents__document_id__get: {
        parameters: {
            query?: {
                /** @description The collection; with a key, the key's own. */
                collection?: string;
            };
            header?: {
                /** @description Only another version than this `ETag`'s; `*`: none. */
                "if-none-match"?: string | null;
            };
            path: {
                /** @description The document's id; its slashes plain or as %2F. */
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "attribution": {
                     *         "author": null,
                     *         "language": "en",
                     *         "licence": "CC BY 4.0",
                     *         "modified": "2026-10-12",
                     *         "published": "2026-02-01",
                     *         "source": "site/fees.html",
                     *         "title": "Fees",
                     *         "url": "https://clinic.example/fees"
                     *       },
                     *       "collection": "default",
                     *       "id": "site/fees.html",
                     *       "metadata": {},
                     *       "pages": [],
                     *       "sections": [
                     *         {
                     *           "anchor": "single",
                     *           "end": 37,
                     *           "headings": [
                     *             "Fees",
                     *             "Single sessions"
                     *           ],
                     *           "start": 0
                     *         }
                     *       ],
                     *       "tags": [
                     *         "fees"
                     *       ],
                     *       "text": "A session is 80 pounds."
                     *     }
                     */
                    "application/json": components["schemas"]["DocumentBody"];
                };
            };
            /** @description The version is the one that `If-None-Match` names. */
            304: {
                headers: {
                    /** @description The version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    put_document_v1_documents__document_id__put: {
        parameters: {
            query?: {
                /** @description The collection; with a key, the key's own. */
                collection?: string;
                /** @description Answer when the document can be found. */
                wait?: boolean;
            };
            header?: never;
            path: {
                /** @description The document's id; its slashes plain or as %2F. */
                document_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "metadata": {
                 *         "tags": [
                 *           "fees"
                 *         ],
                 *         "url": "https://clinic.example/fees"
                 *       },
                 *       "text": "A session of 50 minutes is 80 pounds.",
                 *       "title": "Fees"
                 *     }
                 */
                "application/json": components["schemas"]["DocumentRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    /** @description The version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "change": "added",
                     *       "collection": "default",
                     *       "id": "notes/1",
                     *       "sequence": 43
                     *     }
                     */
                    "application/json": components["schemas"]["WrittenBody"];
                };
            };
            /** @description Written; it will be found later, since making the index takes longer than was waited. */
            202: {
                headers: {
                    /** @description The version. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "change": "added",
                     *       "collection": "default",
                     *       "id": "notes/1",
                     *       "sequence": 43
                     *     }
                     */
                    "application/json": components["schemas"]["WrittenBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The document is not the version that the request is about. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The document is not the version that the request is about.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 412,
                     *       "title": "Precondition Failed",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The disk is full. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The disk is full.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 507,
                     *       "title": "Insufficient Storage",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    delete_document_v1_documents__document_id__delete: {
        parameters: {
            query?: {
                /** @description The collection; with a key, the key's own. */
                collection?: string;
                /** @description Answer when the document can no longer be found. */
                wait?: boolean;
            };
            header?: never;
            path: {
                /** @description The document's id; its slashes plain or as %2F. */
                document_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "change": "added",
                     *       "collection": "default",
                     *       "id": "notes/1",
                     *       "sequence": 43
                     *     }
                     */
                    "application/json": components["schemas"]["WrittenBody"];
                };
            };
            /** @description Written; it will be found later, since making the index takes longer than was waited. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "change": "added",
                     *       "collection": "default",
                     *       "id": "notes/1",
                     *       "sequence": 43
                     *     }
                     */
                    "application/json": components["schemas"]["WrittenBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The document is not the version that the request is about. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The document is not the version that the request is about.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 412,
                     *       "title": "Precondition Failed",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The disk is full. */
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The disk is full.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 507,
                     *       "title": "Insufficient Storage",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    search_v1_search_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "collection": "default",
                 *       "excerpt_length": 320,
                 *       "explain": false,
                 *       "group": true,
                 *       "limit": 10,
                 *       "mode": "hybrid",
                 *       "query": "how much does a first session cost"
                 *     }
                 */
                "application/json": components["schemas"]["SearchRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "degraded": false,
                     *       "generation": 42,
                     *       "next": null,
                     *       "notices": [],
                     *       "results": [
                     *         {
                     *           "attribution": {
                     *             "author": null,
                     *             "end": 1077,
                     *             "headings": [
                     *               "Fees"
                     *             ],
                     *             "language": "en",
                     *             "licence": "CC BY 4.0",
                     *             "link": "https://clinic.example/fees#single:~:text=A%20session%20of%2050%20minutes",
                     *             "modified": "2026-10-12",
                     *             "page": null,
                     *             "published": "2026-02-01",
                     *             "source": "site/fees.html",
                     *             "start": 1040,
                     *             "title": "Fees",
                     *             "url": "https://clinic.example/fees"
                     *           },
                     *           "document_id": "site/fees.html",
                     *           "excerpt": {
                     *             "marks": [
                     *               [
                     *                 0,
                     *                 37
                     *               ]
                     *             ],
                     *             "text": "A session of 50 minutes is 80 pounds."
                     *           },
                     *           "more": [],
                     *           "passage_id": "5f0b1c6d2e8a9f47",
                     *           "rank": 1,
                     *           "score": 0.93
                     *         }
                     *       ],
                     *       "suggestion": null,
                     *       "took_ms": 3.1,
                     *       "verdict": "answered"
                     *     }
                     */
                    "application/json": components["schemas"]["AnswerBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The cursor, or the commit, is of another state or another question; begin with the first page. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The cursor, or the commit, is of another state or another question; begin with the first page.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    search_batch_v1_search_batch_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "queries": [
                 *         {
                 *           "collection": "default",
                 *           "excerpt_length": 320,
                 *           "explain": false,
                 *           "group": true,
                 *           "limit": 10,
                 *           "mode": "hybrid",
                 *           "query": "how much does a first session cost"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "answers": [
                     *         {
                     *           "degraded": false,
                     *           "generation": 42,
                     *           "next": null,
                     *           "notices": [],
                     *           "results": [
                     *             {
                     *               "attribution": {
                     *                 "author": null,
                     *                 "end": 1077,
                     *                 "headings": [
                     *                   "Fees"
                     *                 ],
                     *                 "language": "en",
                     *                 "licence": "CC BY 4.0",
                     *                 "link": "https://clinic.example/fees#single:~:text=A%20session%20of%2050%20minutes",
                     *                 "modified": "2026-10-12",
                     *                 "page": null,
                     *                 "published": "2026-02-01",
                     *                 "source": "site/fees.html",
                     *                 "start": 1040,
                     *                 "title": "Fees",
                     *                 "url": "https://clinic.example/fees"
                     *               },
                     *               "document_id": "site/fees.html",
                     *               "excerpt": {
                     *                 "marks": [
                     *                   [
                     *                     0,
                     *                     37
                     *                   ]
                     *                 ],
                     *                 "text": "A session of 50 minutes is 80 pounds."
                     *               },
                     *               "more": [],
                     *               "passage_id": "5f0b1c6d2e8a9f47",
                     *               "rank": 1,
                     *               "score": 0.93
                     *             }
                     *           ],
                     *           "suggestion": null,
                     *           "took_ms": 3.1,
                     *           "verdict": "answered"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["AnswersBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The cursor, or the commit, is of another state or another question; begin with the first page. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The cursor, or the commit, is of another state or another question; begin with the first page.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 409,
                     *       "title": "Conflict",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
    suggest_v1_suggest_post: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "collection": "default",
                 *       "prefix": "anx"
                 *     }
                 */
                "application/json": components["schemas"]["SuggestRequest"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "languages": [
                     *         "en"
                     *       ],
                     *       "suggestions": [
                     *         "Anxiety and worry"
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["SuggestionsBody"];
                };
            };
            /** @description The body is not JSON. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is not JSON.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 400,
                     *       "title": "Bad Request",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description A key is needed, or the key is not one that is taken. */
            401: {
                headers: {
                    /** @description How to ask. */
                    "WWW-Authenticate": string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "A key is needed, or the key is not one that is taken.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 401,
                     *       "title": "Unauthorized",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The key does not reach so far; or `explain`, without an admin key, from another machine. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The key does not reach so far; or `explain`, without an admin key, from another machine.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 403,
                     *       "title": "Forbidden",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description There is no such document or collection. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "There is no such document or collection.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 404,
                     *       "title": "Not Found",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body took too long to arrive. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body took too long to arrive.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 408,
                     *       "title": "Request Timeout",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description The body is too large. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "The body is too large.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 413,
                     *       "title": "Request Entity Too Large",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Out of limits; `field` says where. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Out of limits; `field` says where.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 422,
                     *       "title": "Unprocessable Entity",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Too many requests; `Retry-After` says when to try again. */
            429: {
                headers: {
                    /** @description What is left (r), and when more is (t). */
                    RateLimit: string;
                    /** @description How many (q) in how many seconds (w). */
                    "RateLimit-Policy": string;
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Too many requests; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 429,
                     *       "title": "Too Many Requests",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
            /** @description Overloaded, or the index is not there yet; `Retry-After` says when to try again. */
            503: {
                headers: {
                    /** @description Seconds after which to try again. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "detail": "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
                     *       "request_id": "0f3a9c1e5b7d4a26",
                     *       "status": 503,
                     *       "title": "Service Unavailable",
                     *       "type": "about:blank"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["ProblemBody"];
                };
            };
        };
    };
}
