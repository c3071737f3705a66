"""What the service answers, as frozen dataclasses; made from JSON bodies.

A key that this version does not know is left out, so that a newer service can say more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeVar

Json = Mapping[str, Any]
Mode = Literal["hybrid", "dense", "lexical"]
Verdict = Literal["answered", "related", "none"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a notice leads: a web, `tel:` or `sms:` address."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the owner wants said above the results, such as whom to call."""

    kind: str
    title: str
    text: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A verbatim slice of a document; `marks` are (start, end) ranges in `text`, in code points."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says it, and where to check it: `link` lands on the words, `start` to `end` are the excerpt's
    place in the document's text, in code points."""

    title: str
    source: str
    url: str | None
    link: str | None
    headings: tuple[str, ...]
    page: int | None
    author: str | None
    published: str | None
    modified: str | None
    licence: str | None
    language: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Result:
    """One place that was found. `score` is the estimated chance that it answers, 0 to 1; `more` are further
    passages of the same document."""

    rank: int
    score: float
    document_id: str
    passage_id: str
    excerpt: Excerpt
    attribution: Attribution
    more: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the knowledge base says to a question. `next` is the cursor of the next page of results, if there
    is one; `body` is the JSON that all of this was made from."""

    verdict: Verdict
    notices: tuple[Notice, ...]
    results: tuple[Result, ...]
    suggestion: str | None
    generation: int
    took_ms: float
    degraded: bool
    next: str | None
    body: Json


@dataclass(frozen=True, slots=True)
class ContextPassage:
    """A piece of a document, cited as `[mark]`; `start` to `end` is its place in the document's text."""

    mark: int
    document_id: str
    score: float
    text: str
    start: int
    end: int
    attribution: Json


@dataclass(frozen=True, slots=True)
class Context:
    """What a language model is given to answer from: `text`, which is all of the `passages` with their marks.
    With the verdict `none` there is no answer in it. Show the notices before what the model says."""

    verdict: Verdict
    notices: tuple[Notice, ...]
    passages: tuple[ContextPassage, ...]
    text: str
    tokens: int
    collection: str
    generation: int
    degraded: bool


@dataclass(frozen=True, slots=True)
class Cited:
    """A mark in an answer, where it stands, and whether there is such a passage."""

    mark: int
    start: int
    end: int
    exists: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation in an answer: what it is cited with, the passages that it stands in, and whether it is
    `held` by one that it is cited with; without any, by some."""

    text: str
    start: int
    end: int
    marks: tuple[int, ...]
    found_in: tuple[int, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """What an answer cites and quotes; `sound` where every mark exists and every quotation is held. Of what
    it says in its own words, nothing is told."""

    sound: bool
    marks: tuple[Cited, ...]
    quotes: tuple[Quoted, ...]
    unused: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is stored; `text` is what all offsets count in, `version` what `if_match` takes."""

    id: str
    collection: str
    text: str
    attribution: Json
    sections: tuple[Json, ...]
    pages: tuple[int, ...]
    tags: tuple[str, ...]
    metadata: Json
    version: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A document in a list."""

    id: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """A write that is on the disk: answers of this `sequence` or a later generation know it. Of many,
    `collection` is the one that was named for all, or empty. `version` is what `if_match` takes, of a
    document that was written by itself."""

    id: str
    collection: str
    sequence: int
    change: Literal["added", "updated", "unchanged", "removed"]
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A document of many that was not taken, and why."""

    id: str
    detail: str


@dataclass(frozen=True, slots=True)
class Change:
    """What last became of a document, by the commit `sequence`. Of one that was removed `id` may be None: who
    has it knows it by `mark`, the first 32 hexadecimal digits of the SHA-256 of its id."""

    id: str | None
    mark: str
    sequence: int
    change: Literal["added", "updated", "removed"]


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection and its size."""

    name: str
    documents: int
    passages: int


def answer(body: Json) -> Answer:
    """From the body of `POST /v1/search`."""
    return _made(Answer, body, notices=notices(body), results=tuple(map(_result, body["results"])), body=body)


def notices(body: Json) -> tuple[Notice, ...]:
    """Those of an answer, or of a problem."""
    return tuple(
        _made(Notice, one, links=tuple(_made(Link, link) for link in one["links"]))
        for one in body.get("notices", ())
    )


def context(body: Json) -> Context:
    """From the body of `POST /v1/context`."""
    passages = tuple(_made(ContextPassage, one) for one in body["passages"])
    return _made(Context, body, notices=notices(body), passages=passages)


def checked(body: Json) -> Checked:
    """From the body of `POST /v1/citations/check`."""
    quotes = tuple(
        _made(Quoted, one, marks=tuple(one["marks"]), found_in=tuple(one["found_in"]))
        for one in body["quotes"]
    )
    marks = tuple(_made(Cited, one) for one in body["marks"])
    return _made(Checked, body, marks=marks, quotes=quotes, unused=tuple(body["unused"]))


def change(body: Json) -> Change:
    """From an entry of `GET /v1/changes`."""
    return _made(Change, body)


def document(body: Json) -> Document:
    """From the body of `GET /v1/documents/{id}`."""
    lists = {name: tuple(body[name]) for name in ("sections", "pages", "tags")}
    return _made(Document, body, **lists)


def written(body: Json) -> Written:
    """From the answer to a write."""
    return _made(Written, body)


def listed(body: Json) -> Listed:
    """From an entry of `GET /v1/documents`."""
    return _made(Listed, body)


def collection(body: Json) -> Collection:
    """From an entry of `GET /v1/collections`."""
    return _made(Collection, body)


def _result(body: Json) -> Result:
    excerpt, said = body["excerpt"], body["attribution"]
    return _made(
        Result,
        body,
        excerpt=Excerpt(excerpt["text"], tuple((start, end) for start, end in excerpt["marks"])),
        attribution=_made(Attribution, said, headings=tuple(said["headings"])),
        more=tuple(map(_result, body["more"])),
    )


def _made(kind: type[_T], body: Json, /, **parts: Any) -> _T:
    names = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    return kind(**{name: parts.get(name, body.get(name)) for name in names})
