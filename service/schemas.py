"""The HTTP API's requests and answers, as OpenAPI describes them.

Requests are validated by these models. Answers are written by `service.bodies` and only described
here: validating our own output again would cost more than the search.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from index.types import Filters, Query
from service.incoming import whole


def _integer(value: object) -> object:
    """10.0 is an integer to JSON Schema, and to what writes all its numbers so."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_Text = Annotated[str, AfterValidator(whole)]
_Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{32}$")]
Integer = Annotated[int, BeforeValidator(_integer)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Body(BaseModel):
    """Part of an answer."""


class SearchFilters(_Request):
    """What every result must be; all that are given must hold."""

    tags: list[_Text] = Field(
        default=[], description="The document has one of these tags.", examples=[["fees"]]
    )
    language: _Text | None = Field(
        default=None, description="The document's language; `en` holds `en-gb` too.", examples=["en"]
    )
    document_id: list[_Text] = Field(
        default=[], description="The document is one of these.", examples=[["site/fees.html"]]
    )

    def to_filters(self) -> Filters:
        """As the searcher takes them."""
        return Filters(tuple(self.tags), self.language, tuple(self.document_id))


class SearchRequest(_Request):
    """A question in the asker's own words."""

    query: _Text = Field(
        description="The question: 1 to 512 characters.", examples=["how much does a first session cost"]
    )
    limit: Integer = Field(default=10, description="How many results: 1 to 50.", examples=[10])
    collection: _Text = Field(default="default", description="Where to look.", examples=["default"])
    mode: Literal["hybrid", "dense", "lexical"] = Field(
        default="hybrid", description="By meaning and words, by meaning alone, or by words alone."
    )
    filters: SearchFilters = Field(default_factory=SearchFilters, description="What every result must be.")
    group: bool = Field(
        default=True, description="One result a document, with `more` holding up to 2 further passages."
    )
    cursor: _Cursor | None = Field(
        default=None,
        description="An answer's `next`, for the page after it; all else must be as it was asked.",
        examples=[None],
    )
    excerpt_length: Integer | None = Field(
        default=None,
        description="The most characters of an excerpt, of whole sentences: 80 to 4000; as the owner has it "
        "where none is given. A sentence that is longer is shown whole.",
        examples=[320],
    )
    explain: bool = Field(
        default=False,
        description="Add why the results are what they are; on the service's machine, or with an admin key.",
    )

    @property
    def names_collection(self) -> bool:
        """Whether it says where to look."""
        return "collection" in self.model_fields_set

    def to_query(self, collection: str) -> Query:
        """As the searcher takes it, in the collection that is meant."""
        return Query(
            text=self.query,
            limit=self.limit,
            collection=collection,
            mode=self.mode,
            filters=self.filters.to_filters(),
            group=self.group,
            cursor=self.cursor,
            excerpt_length=self.excerpt_length,
        )


class BatchRequest(_Request):
    """Several questions, answered in order."""

    queries: list[SearchRequest] = Field(description="1 to 50 questions.", min_length=1)


class SuggestRequest(_Request):
    """What was typed so far."""

    prefix: _Text = Field(description="The first letters or words: 1 to 512 characters.", examples=["anx"])
    collection: _Text = Field(default="default", description="Where to look.", examples=["default"])


class ContextRequest(_Request):
    """A question that a language model is to answer."""

    query: _Text = Field(
        description="The question: 1 to 512 characters.", examples=["how much does a first session cost"]
    )
    tokens: Integer = Field(
        description="How long the context may be: 1 to 32,000 tokens.", ge=1, le=32_000, examples=[1000]
    )
    collection: _Text = Field(default="default", description="Where to look.", examples=["default"])
    mode: Literal["hybrid", "dense", "lexical"] = Field(
        default="hybrid", description="By meaning and words, by meaning alone, or by words alone."
    )
    filters: SearchFilters = Field(default_factory=SearchFilters, description="What every result must be.")

    @property
    def names_collection(self) -> bool:
        """Whether it says where to look."""
        return "collection" in self.model_fields_set


class CitedPassage(_Request):
    """A passage that an answer was written from, as the context has it; what else it has is passed over."""

    model_config = ConfigDict(extra="ignore", strict=True)

    mark: Integer = Field(description="What cites it.", ge=1, le=999, examples=[1])
    document_id: _Text = Field(description="Its document.", min_length=1, examples=["site/fees.html"])
    start: Integer = Field(description="Where it begins in the document's text.", ge=0, examples=[0])
    end: Integer = Field(description="Where it ends.", ge=0, examples=[37])


class CheckRequest(_Request):
    """An answer that was written from a context."""

    answer: _Text = Field(
        description="The answer, with its marks in square brackets.",
        min_length=1,
        examples=["It is “80 pounds” [1]."],
    )
    passages: list[CitedPassage] = Field(
        description="The passages of the context; other fields than these are not sent.", max_length=100
    )
    collection: _Text = Field(default="default", description="Where they are from.", examples=["default"])

    @property
    def names_collection(self) -> bool:
        """Whether it says where they are from."""
        return "collection" in self.model_fields_set


class DocumentMetadata(BaseModel):
    """What is known of a document beside its words; other keys are kept."""

    url: str | None = Field(
        default=None,
        description="Its address, whole or from the root of a site; empty is none.",
        pattern=r"^($|[Hh][Tt][Tt][Pp][Ss]?://[^\s/]|/([^/]|$))",
        examples=["https://clinic.example/fees"],
    )
    author: str | None = Field(default=None, description="Who wrote it.", examples=["The practice"])
    published: str | None = Field(default=None, description="ISO 8601.", examples=["2026-02-01"])
    modified: str | None = Field(default=None, description="ISO 8601.", examples=["2026-10-12"])
    licence: str | None = Field(default=None, description="Under what terms.", examples=["CC BY 4.0"])
    language: str | None = Field(default=None, description="A BCP 47 tag.", examples=["en"])
    tags: list[str] | None = Field(default=None, description="To filter by.", examples=[["fees"]])


class DocumentRequest(BaseModel):
    """A document, as a line of a JSONL file has it."""

    title: str | None = Field(default=None, description="The title.", examples=["Fees"])
    text: str = Field(
        description="The text, kept exactly.", examples=["A session of 50 minutes is 80 pounds."]
    )
    metadata: DocumentMetadata | None = Field(
        default=None,
        description="What is known of it beside its words.",
        examples=[{"url": "https://clinic.example/fees", "tags": ["fees"]}],
    )


class LinkBody(_Body):
    """Where a notice leads."""

    label: str = Field(description="The words of the link.", examples=["Call 988"])
    href: str = Field(description="A web, `tel:` or `sms:` address.", examples=["tel:988"])


class NoticeBody(_Body):
    """What the owner wants said above the results."""

    kind: str = Field(description="What it is for, such as `crisis`.", examples=["crisis"])
    title: str = Field(description="The action.", examples=["If you are in danger, call 988"])
    text: str = Field(description="The notice.", examples=["You can call or text at any time."])
    links: list[LinkBody] = Field(description="Where it leads.")


class ExcerptBody(_Body):
    """The part of the document worth showing."""

    text: str = Field(
        description="A verbatim slice of the document's text.",
        examples=["A session of 50 minutes is 80 pounds."],
    )
    marks: list[tuple[int, int]] = Field(
        description="Ranges in `text`, in code points: the sentence that answers best, and matched words.",
        examples=[[[0, 37]]],
    )


class AttributionBody(_Body):
    """Who says it, and where to check it."""

    title: str = Field(description="The document's title.", examples=["Fees"])
    source: str = Field(description="What it was read from.", examples=["site/fees.html"])
    url: str | None = Field(description="The document's address.", examples=["https://clinic.example/fees"])
    link: str | None = Field(
        description="The address with the section's anchor and a text fragment, or the PDF's page.",
        examples=["https://clinic.example/fees#single:~:text=A%20session%20of%2050%20minutes"],
    )
    headings: list[str] = Field(description="The path of headings, the outermost first.", examples=[["Fees"]])
    page: int | None = Field(description="The page of a PDF, from 1.", examples=[None])
    author: str | None = Field(description="As the source says.", examples=[None])
    published: str | None = Field(description="ISO 8601.", examples=["2026-02-01"])
    modified: str | None = Field(description="ISO 8601.", examples=["2026-10-12"])
    licence: str | None = Field(description="As the source says.", examples=["CC BY 4.0"])
    language: str | None = Field(description="A BCP 47 tag.", examples=["en"])
    start: int = Field(description="Where the excerpt begins in the document's text.", examples=[1040])
    end: int = Field(description="Where it ends; code points, as `start`.", examples=[1077])


class ResultBody(_Body):
    """One place that was found."""

    rank: int = Field(description="1 is best.", examples=[1])
    score: float = Field(
        description="0 to 1, comparable between questions: the estimated chance that it answers.",
        examples=[0.93],
    )
    document_id: str = Field(description="The document's id in its collection.", examples=["site/fees.html"])
    passage_id: str = Field(
        description="Stays the same while the passage's words do.", examples=["5f0b1c6d2e8a9f47"]
    )
    excerpt: ExcerptBody = Field(description="The part worth showing.")
    attribution: AttributionBody = Field(description="Who says it, and where.")
    more: list[ResultBody] = Field(description="Further passages of the same document.", examples=[[]])


class AnswerBody(_Body):
    """What the knowledge base says to a question."""

    verdict: Literal["answered", "related", "none"] = Field(
        description="Whether a passage is judged to answer, the best is only near, or there is nothing. "
        "The ranked results come in every case."
    )
    notices: list[NoticeBody] = Field(description="To be shown above the results.", examples=[[]])
    results: list[ResultBody] = Field(description="The best first.")
    suggestion: str | None = Field(description="The question with its spelling mended.", examples=[None])
    generation: int = Field(description="The sequence number that the answer was made from.", examples=[42])
    took_ms: float = Field(description="Milliseconds of searching.", examples=[3.1])
    degraded: bool = Field(description="Whether it was answered by words alone, for want of time.")
    next: str | None = Field(
        description="What `cursor` is for the next page, while the collection is the same; null on the last.",
        examples=[None],
    )
    explain: dict[str, object] | None = Field(
        default=None, description="Why, where it was asked for; meant to be read.", examples=[None]
    )


class AnswersBody(_Body):
    """The answers to a batch, in its order."""

    answers: list[AnswerBody] = Field(description="One answer a question.")


class ContextAttributionBody(_Body):
    """Who says it, and where to check it."""

    title: str = Field(description="The document's title.", examples=["Fees"])
    source: str = Field(description="What it was read from.", examples=["site/fees.html"])
    url: str | None = Field(description="The document's address.", examples=["https://clinic.example/fees"])
    author: str | None = Field(description="As the source says.", examples=[None])
    published: str | None = Field(description="ISO 8601.", examples=["2026-02-01"])
    modified: str | None = Field(description="ISO 8601.", examples=["2026-10-12"])
    licence: str | None = Field(description="As the source says.", examples=["CC BY 4.0"])
    language: str | None = Field(description="A BCP 47 tag.", examples=["en"])
    link: str | None = Field(
        description="The address with the section's anchor and a text fragment, or the PDF's page.",
        examples=["https://clinic.example/fees#single:~:text=A%20session%20of%2050%20minutes"],
    )
    headings: list[str] = Field(description="The path of headings, the outermost first.", examples=[["Fees"]])
    page: int | None = Field(description="The page of a PDF, from 1.", examples=[None])


class ContextPassageBody(_Body):
    """A piece of a document, with the mark that cites it."""

    mark: int = Field(description="Cited as `[1]`.", examples=[1])
    document_id: str = Field(description="The document's id in its collection.", examples=["site/fees.html"])
    score: float = Field(description="The chance that the best passage in it answers.", examples=[0.93])
    text: str = Field(
        description="A verbatim slice of the document's text.",
        examples=["A session of 50 minutes is 80 pounds."],
    )
    start: int = Field(description="Where it begins in the document's text.", examples=[0])
    end: int = Field(description="Where it ends; code points, as `start`.", examples=[37])
    attribution: ContextAttributionBody = Field(description="Who says it, and where.")


class ContextBody(_Body):
    """What a language model is given to answer from."""

    verdict: Literal["answered", "related", "none"] = Field(
        description="As of a search: with `none`, the knowledge base has no answer, and the model must not."
    )
    notices: list[NoticeBody] = Field(description="To be shown before the model's answer.", examples=[[]])
    passages: list[ContextPassageBody] = Field(description="In the order of `text`.")
    text: str = Field(
        description="All passages, each below its mark, title and headings.",
        examples=["[1] Fees\nA session of 50 minutes is 80 pounds."],
    )
    tokens: int = Field(description="How long `text` is.", examples=[17])
    collection: str = Field(description="Where it is from.", examples=["default"])
    generation: int = Field(description="The sequence number that it was made from.", examples=[42])
    degraded: bool = Field(description="Whether it was found by words alone, for want of time.")


class CitedBody(_Body):
    """A mark in an answer."""

    mark: int = Field(description="The number.", examples=[1])
    start: int = Field(description="Where its brackets begin in the answer, in code points.", examples=[18])
    end: int = Field(description="Where they end.", examples=[21])
    exists: bool = Field(description="Whether there is such a passage.")


class QuotedBody(_Body):
    """A quotation in an answer, without its quotation marks."""

    text: str = Field(description="The words.", examples=["80 pounds"])
    start: int = Field(description="Where they begin in the answer, in code points.", examples=[7])
    end: int = Field(description="Where they end.", examples=[16])
    marks: list[int] = Field(description="What it is cited with.", examples=[[1]])
    found_in: list[int] = Field(
        description="The passages that it stands in, but for spacing, case, dashes and quotation marks.",
        examples=[[1]],
    )
    held: bool = Field(description="Whether it stands in one that it is cited with; without any, in some.")


class CheckedBody(_Body):
    """What an answer cites and quotes."""

    sound: bool = Field(description="Whether every mark exists and every quotation holds.")
    marks: list[CitedBody] = Field(description="In their order.")
    quotes: list[QuotedBody] = Field(description="In their order.")
    unused: list[int] = Field(description="Passages that are not cited.", examples=[[]])


class SuggestionsBody(_Body):
    """What the asker may be about to type."""

    suggestions: list[str] = Field(
        description="The likeliest first; titles, headings and questions of the documents.",
        examples=[["Anxiety and worry"]],
    )
    languages: list[str | None] = Field(
        description="The language of each, where its document says in which it is.", examples=[["en"]]
    )


class SectionBody(_Body):
    """A run of text under one heading."""

    headings: list[str] = Field(description="The path of headings.", examples=[["Fees", "Single sessions"]])
    anchor: str | None = Field(description="The id that a link can name.", examples=["single"])
    start: int = Field(description="Where it begins in the text.", examples=[0])
    end: int = Field(description="Where it ends.", examples=[37])


class DocumentAttributionBody(_Body):
    """Who says it, where, when, and under what terms."""

    title: str = Field(description="The title.", examples=["Fees"])
    source: str = Field(description="What it was read from.", examples=["site/fees.html"])
    url: str | None = Field(description="Its address.", examples=["https://clinic.example/fees"])
    author: str | None = Field(description="As the source says.", examples=[None])
    published: str | None = Field(description="ISO 8601.", examples=["2026-02-01"])
    modified: str | None = Field(description="ISO 8601.", examples=["2026-10-12"])
    licence: str | None = Field(description="As the source says.", examples=["CC BY 4.0"])
    language: str | None = Field(description="A BCP 47 tag.", examples=["en"])


class DocumentBody(_Body):
    """A document as it is stored."""

    id: str = Field(description="Its id in its collection.", examples=["site/fees.html"])
    collection: str = Field(description="The collection.", examples=["default"])
    text: str = Field(description="The text that all offsets count in.", examples=["A session is 80 pounds."])
    attribution: DocumentAttributionBody = Field(description="Who says it, where and when.")
    sections: list[SectionBody] = Field(description="In reading order.")
    pages: list[int] = Field(description="Where each page begins in the text.", examples=[[]])
    tags: list[str] = Field(description="Its tags.", examples=[["fees"]])
    metadata: dict[str, object] = Field(description="What else the source said.", examples=[{}])


class ListedDocumentBody(_Body):
    """A document in a list."""

    id: str = Field(description="Its id.", examples=["site/fees.html"])
    title: str = Field(description="Its title.", examples=["Fees"])
    url: str | None = Field(description="Its address.", examples=["https://clinic.example/fees"])


class DocumentsBody(_Body):
    """A page of a list of documents."""

    documents: list[ListedDocumentBody] = Field(description="By id.")
    next: str | None = Field(
        description="What `after` is for the next page; null on the last.", examples=[None]
    )


class WrittenBody(_Body):
    """A write that is on the disk."""

    id: str = Field(description="The document's id.", examples=["notes/1"])
    collection: str = Field(description="The collection.", examples=["default"])
    sequence: int = Field(
        description="The commit; answers with this generation or later know it.", examples=[43]
    )
    change: Literal["added", "updated", "unchanged", "removed"] = Field(description="What was done.")


class BulkLineBody(_Body):
    """What became of one line of a stream of documents."""

    line: int = Field(description="The line, counted from 1.", examples=[1])
    id: str | None = Field(description="The document's id.", examples=["notes/1"])
    change: Literal["added", "updated", "unchanged", "refused", "failed"] = Field(
        description="What was done; `failed`: from here on nothing was, so send this line and the rest again."
    )
    sequence: int | None = Field(
        description="A commit that holds it; answers with this generation or later know it.", examples=[43]
    )
    detail: str | None = Field(description="Why it was refused, or failed.", examples=[None])


class ChangeBody(_Body):
    """What last became of a document."""

    id: str | None = Field(
        description="The document's id; null when nothing of a removed document is kept any more.",
        examples=["notes/1"],
    )
    mark: str = Field(
        description="The first 32 hexadecimal digits of the SHA-256 of the id: by it a removed document is "
        "known to who has it.",
        examples=["d0c0c9a7b6fd8f1e9a3d6c1f5b7e2a48"],
    )
    sequence: int = Field(description="The commit.", examples=[43])
    change: Literal["added", "updated", "removed"] = Field(
        description="`added` and `updated` are the same to who was away for both."
    )


class ChangesBody(_Body):
    """A page of what has changed."""

    collection: str = Field(description="The collection.", examples=["default"])
    changes: list[ChangeBody] = Field(description="By commit, then by mark.")
    next: int = Field(description="What `after` is for the next page.", examples=[43])
    more: bool = Field(description="Whether there is a next page already.")


class CollectionBody(_Body):
    """A collection and its size."""

    name: str = Field(description="Its name.", examples=["default"])
    documents: int = Field(description="How many documents it holds.", examples=[31])
    passages: int = Field(description="How many passages they are cut into.", examples=[160])


class CollectionsBody(_Body):
    """All collections."""

    collections: list[CollectionBody] = Field(description="By name.")


class LiveBody(_Body):
    """That the process answers."""

    status: Literal["live"] = Field(description="In a word.")


class ReadyBody(_Body):
    """That questions are answered."""

    status: Literal["ready"] = Field(description="In a word.")
    generation: int = Field(description="What is answered from.", examples=[42])
    writable: bool = Field(description="Whether the disk takes documents.", examples=[True])


class ProblemBody(_Body):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="A name for this kind of problem.", examples=["about:blank"])
    title: str = Field(
        description="The same for all problems of the kind.", examples=["Unprocessable Content"]
    )
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="What, where, and how to mend it.", examples=["the question is empty"])
    request_id: str = Field(description="Names this request in the logs.", examples=["0f3a9c1e5b7d4a26"])
    field: str | None = Field(default=None, description="The part of the request.", examples=["query"])
    notices: list[NoticeBody] = Field(
        default=[], description="What the question calls for, though it has no answer.", examples=[[]]
    )
