"""What every reader gives, and how it becomes a document: blocks in reading order.

A reader's work is to say, block by block, what a page says. `compose` lays the blocks out as one
text and notes where sections, tables and pages begin, so offsets are right by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from kb.types import Attribution, Document, Section, Table


class Kind(Enum):
    """What a block is to its reader."""

    PARAGRAPH = auto()
    HEADING = auto()
    ITEM = auto()  # of a list; its marker ("- ", "2. ") is part of the text
    HEADER = auto()  # of a table: its header line, cells joined with " | "
    ROW = auto()  # of a table, cells joined with " | "


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or table row.

    `text` is one line or more, stripped. `level` is a heading's depth, 1 the outermost. `anchor` is
    the id a link can name. `page` counts from 1 in formats that have pages.
    """

    text: str
    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    anchor: str | None = None
    page: int | None = None


# Blocks that follow one another as lines; all others are set apart by an empty line.
_TIGHT = {(Kind.ITEM, Kind.ITEM), (Kind.HEADER, Kind.ROW), (Kind.ROW, Kind.ROW)}


def compose(
    blocks: Iterable[Block],
    *,
    id: str,
    collection: str,
    attribution: Attribution,
    tags: tuple[str, ...] = (),
    metadata: dict[str, object] | None = None,
) -> Document:
    """Lays blocks out as a document.

    A heading with no text below it (not even under a deeper heading) is no heading but a line of
    text, so that nothing that was written is out of reach of a search.
    """
    blocks = _demote_bare_headings([b for b in blocks if b.text.strip()])
    parts: list[str] = []
    length = 0
    sections: list[Section] = []
    tables: list[Table] = []
    pages: list[int] = []
    path: list[tuple[int, str, str | None]] = []
    previous: Block | None = None
    for block in blocks:
        text = block.text.strip()
        if previous is not None:
            gap = "\n" if (previous.kind, block.kind) in _TIGHT else "\n\n"
            parts.append(gap)
            length += len(gap)
        start = length
        parts.append(text)
        length += len(text)
        while block.page is not None and len(pages) < block.page:
            pages.append(start)
        if block.kind is Kind.HEADING:
            path = [entry for entry in path if entry[0] < block.level]
            path.append((block.level, " ".join(text.split()), block.anchor))
        else:
            headings = tuple(heading for _, heading, _ in path)
            anchor = next((a for _, _, a in reversed(path) if a), None)
            if sections and previous is not None and previous.kind is not Kind.HEADING:
                sections[-1] = replace(sections[-1], end=length)
            else:
                sections.append(Section(headings, anchor, start, length))
            _note_table(tables, block, previous, start, length)
        previous = block
    if pages:
        pages[0] = 0
    return Document(
        id=id,
        collection=collection,
        text="".join(parts),
        sections=tuple(sections),
        attribution=attribution,
        tables=tuple(tables),
        pages=tuple(pages),
        tags=tags,
        metadata=metadata or {},
    )


def _note_table(tables: list[Table], block: Block, previous: Block | None, start: int, end: int) -> None:
    if block.kind is Kind.HEADER:
        tables.append(Table(start, end, end))
    elif block.kind is Kind.ROW and tables and previous and previous.kind in (Kind.HEADER, Kind.ROW):
        table = tables[-1]
        body = start if previous.kind is Kind.HEADER else table.body
        tables[-1] = Table(table.start, body, end)


def _demote_bare_headings(blocks: Sequence[Block]) -> list[Block]:
    kept: list[Block] = []
    nearest: Block | None = None
    for block in reversed(blocks):
        if block.kind is Kind.HEADING:
            bare = nearest is None or (nearest.kind is Kind.HEADING and nearest.level <= block.level)
            if bare:
                block = replace(block, kind=Kind.PARAGRAPH, level=0)
        kept.append(block)
        nearest = block
    kept.reverse()
    return kept
