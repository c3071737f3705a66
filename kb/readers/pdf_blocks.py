"""Headings, paragraphs, list items and table rows from the lines of a PDF, in reading order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.readers.blocks import Block, Kind
from kb.readers.pdf_geometry import HYPHEN, Line, Page, Table, is_bullet
from kb.readers.pdf_layout import Flow
from kb.readers.pdf_mending import STARTS_LOW, URL_START, text_of, vocabulary

_LARGER = 1.15  # times the body's size: a heading by its size alone
_DISPLAY = 1.9  # a title's lines belong together even where their sizes differ
_HEADING_WORDS = 18
_QUESTION_WORDS = 45  # "If I was on a vessel after the war, does the law apply to me if …?"
_TAGGED_WORDS = 40
_ASIDE_LINES = 24  # a longer frame is a part of the page like any other
_APART = 1.22  # times the usual leading: another paragraph (NIMH's brochures set them 1.27 to 1.5 apart)
_STATED = 3  # headings that a file's tags must name before they are trusted to name all

_END = re.compile(r"[.!?:…。！？]['\"”’)\]»]*$")
_BARE_END = re.compile(r"[.,;:]['\"”’)\]]*$")


@dataclass(slots=True)
class _Part:
    """A block in the making."""

    lines: list[Line]
    kind: Kind = Kind.PARAGRAPH
    level: int = 0
    flow: int = 0
    aside: bool = False
    right: float = 0.0
    left: float = 0.0
    table: Table | None = None

    @property
    def page(self) -> int:
        return self.table.page if self.table else self.lines[0].page

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def last(self) -> Line:
        return self.lines[-1]


@dataclass(slots=True)
class _Manner:
    """How a document is set: what its body looks like, so that the rest stands out."""

    body: float
    body_bold: bool
    leading: dict[float, float]
    tags: list[dict[int, int]]  # of each page: marked content -> heading level
    stated: bool = False  # the tags name nearly all that looks like a heading: no other is one


def blocks_of(pages: Sequence[Page], flows: Sequence[Flow]) -> list[Block]:
    """The document's blocks; a sentence that goes on in another column or page is whole again."""
    manner = _manner(pages, flows)
    parts: list[_Part] = []
    for number, flow in enumerate(flows):
        if flow.table is not None:
            parts.append(_Part([], Kind.ROW, table=flow.table, flow=number, aside=flow.aside))
        else:
            parts.extend(_parts(flow, number, manner))
    _set_levels(parts)
    parts = _with_asides_apart(_continued(parts))
    words = vocabulary(line for part in parts for line in part.lines)
    return _blocks(parts, words)


# --- how the document is set


def _manner(pages: Sequence[Page], flows: Sequence[Flow]) -> _Manner:
    sizes: Counter[float] = Counter()
    bold: Counter[float] = Counter()
    gaps: dict[float, Counter[float]] = {}
    for flow in flows:
        if flow.table is not None:
            size = _step(flow.table.size)
            characters = sum(len(cell) for row in flow.table.rows for cell in row)
            sizes[size] += characters
            bold[size] += characters * flow.table.bold
        for line in flow.lines:
            size = _step(line.size)
            sizes[size] += len(line.text)
            bold[size] += len(line.text) * line.bold
        for above, below in pairwise(flow.lines):
            gap = below.y - above.y
            if abs(above.size - below.size) < 0.3 and 0.8 < gap / below.size < 2.4:
                gaps.setdefault(_step(below.size), Counter())[round(gap, 0)] += 1
    body = max(sizes, key=lambda size: (sizes[size], -size), default=10.0)
    leading: dict[float, float] = {}
    for size, counted in gaps.items():
        most = counted.most_common(1)[0][1]
        leading[size] = (
            min(gap for gap, times in counted.items() if times >= max(2, 0.5 * most)) if most > 1 else 0
        )
    manner = _Manner(body, bold[body] > 0.6 * sizes[body], leading, [page.headings for page in pages])
    large = [line for flow in flows for line in flow.lines if line.size >= _LARGER * body]
    tagged = sum(bool(_tagged(line, manner)) for line in large)
    manner.stated = sum(map(len, manner.tags)) >= _STATED and tagged >= 2 * (len(large) - tagged)
    return manner


def _step(size: float) -> float:
    return round(size * 2) / 2


def _leading(line: Line, manner: _Manner) -> float:
    return manner.leading.get(_step(line.size), 0) or 1.25 * line.size


# --- lines into parts


def _parts(flow: Flow, number: int, manner: _Manner) -> list[_Part]:
    parts: list[_Part] = []
    lines = flow.lines
    position = plain = 0
    while position < len(lines):
        end, level = _heading(lines, position, manner) if position >= plain else (0, None)
        if level is not None:
            part = _Part(list(lines[position:end]), Kind.HEADING, level)
            position = end
        elif parts and parts[-1].kind is not Kind.HEADING and _goes_on(parts[-1], lines[position], manner):
            parts[-1].lines.append(lines[position])
            position += 1
            plain = max(plain, end)
            continue
        else:
            line = lines[position]
            part = _Part([line], Kind.ITEM if line.marker else Kind.PARAGRAPH)
            position += 1
            plain = max(plain, end)
        part.flow, part.aside, part.left, part.right = number, flow.aside, flow.left, flow.right
        parts.append(part)
    return parts


def _heading(lines: Sequence[Line], start: int, manner: _Manner) -> tuple[int, int | None]:
    """Where the lines that are set like this one end, and their level if they are a heading.

    The level is 0 where only their look says so.
    """
    first = lines[start]
    rank = _rank(first, manner)
    if rank is None or (first.marker and is_bullet(first.marker)):
        return start, None
    end = start + 1
    while end < len(lines) and _same_heading(lines[end - 1], lines[end], rank, manner):
        end += 1
    group = lines[start:end]
    if not _reads_as_heading(group, rank, lines[start - 1] if start else None, lines[end : end + 1], manner):
        return end, None
    return end, max(rank, 0)


def _rank(line: Line, manner: _Manner) -> int | None:
    """A tagged heading's level; 0 for one by size, -1 for one by weight; None for text."""
    if sum(character.isalpha() for character in line.text) < 2:
        return None
    level = _tagged(line, manner)
    if level:
        return level
    if manner.stated:
        return None
    if line.size >= _LARGER * manner.body:
        return 0
    if line.bold and not manner.body_bold and line.size >= 0.9 * manner.body:
        return -1
    return None


def _tagged(line: Line, manner: _Manner) -> int:
    marks = manner.tags[line.page - 1]
    if not marks:
        return 0
    levels = [marks.get(word.mark, 0) for word in line.words]
    return max(levels) if sum(map(bool, levels)) > 0.5 * len(levels) else 0


def _same_heading(above: Line, below: Line, rank: int, manner: _Manner) -> bool:
    if below.marker or _rank(below, manner) != rank:
        return False
    gap = below.y - above.y
    if min(above.size, below.size) >= _DISPLAY * manner.body:
        return gap < 1.8 * max(above.size, below.size)
    alike = rank > 0 or (abs(above.size - below.size) < 0.06 * above.size and above.colour == below.colour)
    return alike and 0 < gap < 1.5 * max(above.size, below.size)


def _reads_as_heading(
    group: Sequence[Line], rank: int, above: Line | None, below: Sequence[Line], manner: _Manner
) -> bool:
    text = " ".join(line.text for line in group)
    words = len(text.split())
    if rank > 0:
        return words <= _TAGGED_WORDS
    if (
        words > (_QUESTION_WORDS if text.endswith("?") else _HEADING_WORDS)
        or URL_START.match(text)
        or "@" in text
    ):
        return False
    if rank == 0:
        return not text.endswith((",", ";")) and (not text.endswith(".") or words <= 12)
    if _BARE_END.search(text) or len(text) < 3:
        return False
    set_apart = above is None or group[0].y - above.y > 1.12 * _leading(group[0], manner)
    if not set_apart and not (above and _END.search(above.text)):
        return False
    following = below[0] if below else None
    return following is None or not (STARTS_LOW.match(following.text) and not following.marker)


def _goes_on(part: _Part, line: Line, manner: _Manner) -> bool:
    """Whether a line belongs to the paragraph or item above it."""
    above = part.last
    if line.marker or abs(above.size - line.size) > 0.08 * max(above.size, line.size):
        return False
    gap = line.y - above.y
    if gap > _APART * _leading(line, manner) + 0.6 or gap < 0.5 * line.size:
        return False
    ended = bool(_END.search(above.text))
    low = bool(STARTS_LOW.match(line.text))
    if not ended and low:
        return True
    if part.kind is Kind.ITEM:
        first = part.lines[0]
        hanging = first.marker_x + 0.4 * line.size
        return line.x0 >= hanging or (not ended and line.x0 >= first.marker_x - 2)
    if above.bold != line.bold and ended and (above.bold and all(x.bold for x in part.lines)):
        return False
    if (
        ended
        and line.x0 > part.lines[-1].x0 + 0.8 * line.size
        and line.x0 > min(x.x0 for x in part.lines) + 5
    ):
        return False
    return not (ended and _breaks_early(above, line, max(x.x1 for x in part.lines), low))


def _breaks_early(above: Line, line: Line, right: float, low: bool) -> bool:
    """The line's first word would have had ample room on the line above."""
    word = line.words[0]
    return not low and right - above.x1 > (word.x1 - word.x0) + 2.5 * line.size


# --- levels


def _set_levels(parts: Sequence[_Part]) -> None:
    headings = [part for part in parts if part.kind is Kind.HEADING]
    tagged = [part for part in headings if part.level]
    styles = {_style(part) for part in headings if not part.level}
    ranks: list[float] = []
    for size, _ in sorted(styles, reverse=True):
        if not ranks or size < 0.95 * ranks[-1]:
            ranks.append(size)
    for part in headings:
        if part.level:
            continue
        if tagged:
            nearest = min(tagged, key=lambda other: abs(other.size - part.size))
            part.level = nearest.level
        else:
            size, bold = _style(part)
            level = 1 + next(n for n, rank in enumerate(ranks) if size >= 0.95 * rank)
            # Of two styles of one size, the one that is not bold stands below.
            crowded = not bold and any(s >= 0.95 * size and s <= size / 0.95 and b for s, b in styles)
            part.level = min(6, level + crowded)
    _nest_numbered(headings)


def _nest_numbered(headings: Sequence[_Part]) -> None:
    """A title set like the numbered headings below it stands above them all the same."""
    if len(headings) < 3 or headings[0].lines[0].marker:
        return
    if all(part.lines[0].marker and part.level == headings[0].level for part in headings[1:]):
        for part in headings[1:]:
            part.level += 1


def _style(part: _Part) -> tuple[float, bool]:
    return _step(max(line.size for line in part.lines)), part.lines[0].bold


# --- sentences that go on elsewhere


def _continued(parts: Sequence[_Part]) -> list[_Part]:
    kept: list[_Part] = []
    flow = -1
    for part in parts:
        opens_flow = part.flow != flow
        flow = part.flow
        if opens_flow and part.kind is Kind.PARAGRAPH:
            before = _begun(kept, part)
            if before is not None:
                before.lines.extend(part.lines)
                before.right, before.left = part.right, part.left
                before.flow = part.flow
                continue
        kept.append(part)
    return kept


def _begun(kept: Sequence[_Part], part: _Part) -> _Part | None:
    """The paragraph that broke off in the middle of the sentence that this one ends."""
    low = bool(STARTS_LOW.match(part.lines[0].text)) and not URL_START.match(part.lines[0].text)
    flows_back: set[int] = set()
    for before in reversed(kept):
        if before.flow in flows_back:
            continue
        flows_back.add(before.flow)
        if len(flows_back) > 5:
            return None
        if before.kind not in (Kind.PARAGRAPH, Kind.ITEM) or abs(before.size - part.size) > 0.08 * part.size:
            if before.kind is Kind.HEADING and not before.aside:
                return None
            continue
        text = before.last.text
        if text.endswith(HYPHEN):
            return before
        if _END.search(text):
            if before.aside or part.aside:
                continue
            return None
        if low:
            return before
        full = before.last.x1 >= before.right - 0.15 * (before.right - before.left)
        prose = before.kind is Kind.PARAGRAPH and len(before.lines) > 1 and len(before.last.words) >= 5
        adjacent = before is kept[-1] and before.aside == part.aside
        return before if full and prose and adjacent and not before.last.bold else None
    return None


def _with_asides_apart(parts: Sequence[_Part]) -> list[_Part]:
    """A frame with a heading of its own goes behind the section that it interrupts.

    What follows it would else stand under its heading. It stays on its page; where no heading follows
    there, its own is no heading but a line of text.
    """
    placed: list[_Part] = []
    waiting: list[_Part] = []
    position = 0
    while position < len(parts):
        part = parts[position]
        end = position + 1
        while part.aside and end < len(parts) and parts[end].aside and parts[end].page == part.page:
            end += 1
        run, following = parts[position:end], parts[end:]
        position = end
        if waiting and (part.kind is Kind.HEADING or part.page != waiting[0].page):
            placed.extend(waiting)
            waiting = []
        if waiting or not part.aside or not _interrupts(placed, run, following):
            placed.extend(run)
        elif _heading_on_page(following, part.page):
            waiting = list(run)
        else:
            placed.extend(_demoted(each) for each in run)
    return [*placed, *waiting]


def _interrupts(above: Sequence[_Part], run: Sequence[_Part], following: Sequence[_Part]) -> bool:
    """Short, with a heading, and followed by text that goes on with what stood above it."""
    if all(part.kind is Kind.HEADING for part in above):
        return False  # it opens the document: a title on a coloured ground
    headed = any(part.kind is Kind.HEADING for part in run)
    short = sum(len(part.lines) for part in run) <= _ASIDE_LINES
    return headed and short and bool(following) and following[0].kind is not Kind.HEADING


def _heading_on_page(parts: Sequence[_Part], page: int) -> bool:
    return any(part.page == page and part.kind is Kind.HEADING and not part.aside for part in parts)


def _demoted(part: _Part) -> _Part:
    if part.kind is Kind.HEADING:
        part.kind, part.level = Kind.PARAGRAPH, 0
    return part


def _blocks(parts: Sequence[_Part], words: frozenset[str]) -> list[Block]:
    blocks: list[Block] = []
    for part in parts:
        if part.table is not None:
            blocks.extend(_table_blocks(part.table, blocks))
            continue
        heading = part.kind is Kind.HEADING
        text = text_of(part.lines, words, None if heading else (part.left, part.right))
        marker = part.lines[0].marker
        if marker:
            text = f"{'-' if is_bullet(marker) else marker} {text}"
        blocks.append(Block(text, part.kind, part.level, page=part.page))
    return blocks


def _table_blocks(table: Table, before: Sequence[Block]) -> list[Block]:
    """A table's rows; one that goes on from the page before does not say its header again."""
    rows = [" | ".join(row).rstrip(" |") for row in table.rows]
    rows = [row.replace(HYPHEN, "-").replace("\u00ad", "") for row in rows if row.strip(" |")]
    continues = bool(before) and before[-1].kind is Kind.ROW and before[-1].page != table.page
    if continues:
        header = next((block.text for block in reversed(before) if block.kind is Kind.HEADER), "")
        if rows and rows[0] == header:
            rows = rows[1:]
        elif header.count(" | ") != rows[0].count(" | ") if rows else True:
            continues = False
    kinds = [Kind.ROW] * len(rows) if continues else [Kind.HEADER] + [Kind.ROW] * (len(rows) - 1)
    return [Block(row, kind, page=table.page) for row, kind in zip(rows, kinds, strict=False)]
