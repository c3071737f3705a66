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
_Integer = Annotated[int, BeforeValidator(_integer)]


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


class SearchRequest(_Request):
    """A question in the asker's own words."""

    query: _Text = Field(
        description="The question: 1 to 512 characters.", examples=["how much does a first session cost"]
    )
    limit: _Integer = Field(default=10, description="How many results: 1 to 50.", examples=[10])
    collection: _Text = Field(default="default", description="Where to look.", examples=["default"])
    mode: Literal["hybrid", "dense", "lexical"] = Field(
        default="hybrid", description="By meaning and words, by meaning alone, or by words alone."
    )
    filters: SearchFilters = Field(default_factory=SearchFilters, description="What every result must be.")
    group: bool = Field(
        default=True, description="One result a document, with `more` holding up to 2 further passages."
    )
    excerpt_length: _Integer | None = Field(
        default=None,
        description="The most characters of an excerpt, of whole sentences: 80 to 4000; as the owner has it "
        "where none is given. A sentence that is longer is shown whole.",
        examples=[320],
    )
    explain: bool = Field(
        default=False, description="Add why the results are what they are; on this machine alone."
    )

    def to_query(self) -> Query:
        """As the searcher takes it."""
        filters = self.filters
        return Query(
            text=self.query,
            limit=self.limit,
            collection=self.collection,
            mode=self.mode,
            filters=Filters(tuple(filters.tags), filters.language, tuple(filters.document_id)),
            group=self.group,
            excerpt_length=self.excerpt_length,
        )


class BatchRequest(_Request):
    """Several questions, answered in order."""

    queries: list[SearchRequest] = Field(description="1 to 50 questions.", min_length=1)


class SuggestRequest(_Request):
    """What was typed so far."""

    prefix: _Text = Field(description="The first letters or words: 1 to 512 characters.", examples=["anx"])
    collection: _Text = Field(default="default", description="Where to look.", examples=["default"])


class DocumentMetadata(BaseModel):
    """What is known of a document beside its words; other keys are kept."""

    url: str | None = Field(
        default=None,
        description="Its address, whole or from the root of a site.",
        pattern=r"^([Hh][Tt][Tt][Pp][Ss]?://[^\s/]|/([^/]|$))",
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
    explain: dict[str, object] | None = Field(
        default=None, description="Why, where it was asked for; meant to be read.", examples=[None]
    )


class AnswersBody(_Body):
    """The answers to a batch, in its order."""

    answers: list[AnswerBody] = Field(description="One answer a question.")


class SuggestionsBody(_Body):
    """What the asker may be about to type."""

    suggestions: list[str] = Field(description="The likeliest first.", examples=[[]])


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


class CollectionBody(_Body):
    """A collection and its size."""

    name: str = Field(description="Its name.", examples=["default"])
    documents: int = Field(description="How many documents it holds.", examples=[31])
    passages: int = Field(description="How many passages they are cut into.", examples=[160])


class CollectionsBody(_Body):
    """All collections."""

    collections: list[CollectionBody] = Field(description="By name.")


class HealthBody(_Body):
    """How the service is."""

    status: Literal["live", "ready"] = Field(description="In a word.")
    generation: int | None = Field(default=None, description="What is answered from.", examples=[42])
    writable: bool | None = Field(
        default=None, description="Whether the disk has room for documents.", examples=[True]
    )


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
