"""Cutting a document into the passages that are found.

A section is cut where it costs least, over all ways to cut it (dynamic programming, as Knuth & Plass
break a paragraph into lines, 1981), so that a passage is near the length that reads and embeds well,
ends with its paragraph where it can, and never leaves a table's or a list's opening line alone.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.sentences import Range, sentences
from kb.types import Document, Passage, Section, Table

CountTokens = Callable[[Sequence[str]], list[int]]

# Words. Passages of 80 to 180 words read as one thought and fit a window of 256 tokens.
SHORTEST, IDEAL, LONGEST = 80, 130, 180
# What it costs to end a passage inside a paragraph, against ((words - IDEAL) / 50) squared.
_INSIDE_PARAGRAPH, _BETWEEN_LINES, _OVERLONG, _NEVER = 1.0, 0.4, 4.0, 1e9
_CONTEXT_CHARACTERS = 240


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a piece of one that is longer than a passage can be."""

    start: int
    end: int
    words: int
    tokens: int
    break_cost: float  # of ending a passage after it


def cut(document: Document, count_tokens: CountTokens, window: int) -> list[Passage]:
    """The passages of a document, in reading order: every sentence of every section, once.

    `count_tokens` counts a text's tokens, special ones included; `window` is how many the model reads.
    No passage crosses a section; one passage and its context fit the window.
    """
    special = count_tokens([""])[0]
    passages: list[Passage] = []
    seen: dict[str, int] = {}
    ranges = [_section_sentences(document, section) for section in document.sections]
    tokens = iter(count_tokens([document.text[a:b] for section in ranges for a, b in section]))
    for index, section in enumerate(document.sections):
        counts = [next(tokens) - special for _ in ranges[index]]
        context = _context(document, section)
        room = window - special - (count_tokens([context])[0] - special if context else 0)
        if room < window // 2:
            context, room = "", window - special
        units = _units(document, ranges[index], counts, room, count_tokens, special)
        for run in _pack(document, units, room, count_tokens, special):
            start, end = run[0].start, run[-1].end
            slice_context = _with_table_header(context, document, start)
            passage_id = _identify(document, document.text[start:end], seen)
            page = bisect_right(document.pages, start) or None
            spans = tuple((unit.start - start, unit.end - start) for unit in run)
            passages.append(Passage(passage_id, document.id, index, start, end, slice_context, page, spans))
    return passages


def identify(collection: str, document_id: str, text: str, repeat: int) -> str:
    """A passage's id: the same as long as its document's id and its own words are the same.

    `repeat` counts the earlier passages of the document with the same words.
    """
    key = "\0".join((collection, document_id, text, str(repeat)))
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def embedded_text(context: str, text: str) -> str:
    """What the encoder and the lexical index read for a passage."""
    return f"{context}\n{text}" if context else text


def _identify(document: Document, text: str, seen: dict[str, int]) -> str:
    repeat = seen.get(text, 0)
    seen[text] = repeat + 1
    return identify(document.collection, document.id, text, repeat)


def _context(document: Document, section: Section) -> str:
    """Title and headings, the outermost first, each said once."""
    parts: list[str] = []
    for part in (document.attribution.title, *section.headings):
        if part and part.casefold() not in (said.casefold() for said in parts):
            parts.append(part)
    while len(parts) > 2 and sum(map(len, parts)) > _CONTEXT_CHARACTERS:
        del parts[1]  # the title and the nearest heading say most
    return "\n".join(parts)[:_CONTEXT_CHARACTERS].rstrip()


def _with_table_header(context: str, document: Document, start: int) -> str:
    table = _table_of_row(document, start)
    if table is None:
        return context
    header = document.text[table.start : table.body].strip()[:_CONTEXT_CHARACTERS]
    return f"{context}\n{header}" if context else header


def _table_of_row(document: Document, start: int) -> Table | None:
    """The table in whose rows, below its header, a passage starts."""
    for table in document.tables:
        if table.start < table.body <= start < table.end:
            return table
    return None


def _section_sentences(document: Document, section: Section) -> list[Range]:
    text = document.text[section.start : section.end]
    return [(section.start + start, section.start + end) for start, end in sentences(text)]


def _units(
    document: Document,
    ranges: Sequence[Range],
    counts: Sequence[int],
    room: int,
    count_tokens: CountTokens,
    special: int,
) -> list[_Unit]:
    units: list[_Unit] = []
    following = [start for start, _ in ranges[1:]]
    for position, ((start, end), tokens) in enumerate(zip(ranges, counts, strict=True)):
        upto = following[position] if position < len(following) else end
        cost = _break_cost(document, start, end, upto)
        words = len(document.text[start:end].split())
        fits = room - _header_tokens(document, start, count_tokens, special)
        if tokens <= fits and words <= 2 * LONGEST:
            units.append(_Unit(start, end, words, tokens, cost))
        else:
            units.extend(_pieces(document.text, start, end, fits, cost, count_tokens, special))
    return units


def _header_tokens(document: Document, start: int, count_tokens: CountTokens, special: int) -> int:
    if not document.tables:
        return 0
    header = _with_table_header("", document, start)
    return count_tokens([header])[0] - special if header else 0


def _break_cost(document: Document, start: int, end: int, following: int) -> float:
    gap = document.text[end:following]
    if any(table.start <= start < table.body < table.end for table in document.tables):
        return _NEVER  # a table's header stays with its first row
    if document.text[start:end].endswith(":"):
        return _NEVER  # so does what opens a list
    lines = gap.count("\n")  # "\r\n" too, in a text that is kept as it was given
    if lines > 1:
        return 0.0
    return _BETWEEN_LINES if lines else _INSIDE_PARAGRAPH


def _pieces(
    text: str, start: int, end: int, room: int, cost: float, count_tokens: CountTokens, special: int
) -> list[_Unit]:
    """An overlong sentence, cut at white space, or anywhere where it has none."""
    words = [(start + m.start(), start + m.end()) for m in re.finditer(r"\S{1,40}", text[start:end])]
    counts = [count - special for count in count_tokens([text[a:b] for a, b in words])]
    pieces: list[_Unit] = []
    first, held, number = 0, 0, 0
    for position, tokens in enumerate(counts):
        if position > first and (held + tokens > room or number >= LONGEST):
            pieces.append(_Unit(words[first][0], words[position - 1][1], number, held, _INSIDE_PARAGRAPH))
            first, held, number = position, 0, 0
        held, number = held + tokens, number + 1
    pieces.append(_Unit(words[first][0], words[-1][1], number, held, cost))
    return pieces


def _pack(
    document: Document, units: Sequence[_Unit], room: int, count_tokens: CountTokens, special: int
) -> list[Sequence[_Unit]]:
    """The cheapest division of a section's units into passages: the units of each."""
    best: list[tuple[float, int]] = [(0.0, 0)]  # best[n]: the first n units cost this, cut last at that unit
    header = [_header_tokens(document, unit.start, count_tokens, special) for unit in units]
    for upto in range(1, len(units) + 1):
        last = units[upto - 1]
        breaking = last.break_cost if upto < len(units) else 0.0
        words = tokens = 0
        choice = (float("inf"), upto - 1)
        for first in range(upto - 1, -1, -1):
            words += units[first].words
            tokens += units[first].tokens
            if first < upto - 1 and (tokens + header[first] > room or words > 2 * LONGEST):
                break
            cost = best[first][0] + breaking + _length_cost(words)
            if cost < choice[0]:
                choice = (cost, first)
        best.append(choice)
    cuts: list[Sequence[_Unit]] = []
    upto = len(units)
    while upto:
        first = best[upto][1]
        cuts.append(units[first:upto])
        upto = first
    return cuts[::-1]


def _length_cost(words: int) -> float:
    cost = ((words - IDEAL) / 50) ** 2
    return cost + (_OVERLONG if words > LONGEST else 0.0)
