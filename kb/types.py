"""What a knowledge base is made of. Every offset counts Unicode code points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who says it, where, when, and under what terms.

    `source` is where it was read from, as a person would name it (`site/fees.html`,
    `corpus.jsonl:12`). `published` and `modified` are ISO 8601 dates or date-times, `language` a
    BCP 47 tag in lower case (`en`, `de`, `en-gb`).
    """

    title: str
    source: str
    url: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    licence: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A run of a document's text under one heading; the heading line itself is not part of it.

    `headings` is the path from the outermost heading inwards. `anchor` is the id that a link can
    name (`#fees`), the section's own or its nearest ancestor's.
    """

    headings: tuple[str, ...]
    anchor: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a document's text, a row a line: `text[start:body]` is its header, the rows follow."""

    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """One source's text, whole and exact, with its outline and attribution.

    `sections` are in reading order and do not overlap. `pages` holds the offset at which each page
    begins (page 1 first); it is empty where the format has no pages. `metadata` keeps what the
    source said beyond the attribution, as JSON values.
    """

    id: str
    collection: str
    text: str
    sections: tuple[Section, ...]
    attribution: Attribution
    tables: tuple[Table, ...] = ()
    pages: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of a document that is found as one: `document.text[start:end]` is its text, always.

    `context` is what stands before the slice when it is embedded and indexed, and is no part of it:
    the title, the headings, and the header of a table whose rows it holds. `section` is the index
    into `document.sections`. `page` counts from 1. `sentences` are ranges of the passage's own text, in
    order and apart from one another; a table's row and a list's item are sentences too.
    """

    id: str
    document_id: str
    section: int
    start: int
    end: int
    context: str = ""
    page: int | None = None
    sentences: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source that was not taken in, and why, in words for the person who named it; `withdrawn`: it has
    nothing to give, so that what it gave before goes."""

    source: str
    reason: str
    withdrawn: bool = False
