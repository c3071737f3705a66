"""Plain text, and text copied from web pages: its paragraphs, lists and headings, told by their look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath

from kb.errors import LimitError
from kb.limits import Limits
from kb.readers.blocks import Block, Kind, compose
from kb.readers.byline import byline_of
from kb.readers.chrome import without_chrome
from kb.readers.encoding import decode
from kb.types import Attribution, Document, Refusal

_ITEM = re.compile(r"\s*(?:([-*+•·‣◦▪●○■–—])|(\(?\d{1,3}[.)]|\(?[a-z]\)))\s+(?=\S)")
_RULE = re.compile(r"\s*([=\-_~*#])\1{2,}\s*")
_HASHES = re.compile(r"(#{1,6})\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s+(?=[^\W\d_])")
_ENDS_SENTENCE = re.compile(r"[.!?…:;][\"'”’)\]]*$")
_CONTACT = re.compile(r"@|https?:|www\.|\d[\d\s().-]{6,}\d")
_OPENS_HEADING = re.compile(r"[\"'“‘(¿¡]?[^\W_]")

# What was seen on copies of clinics' pages: headings of two to nine words; questions run longer.
_HEADING_CHARACTERS, _HEADING_WORDS = 80, 12
_QUESTION_CHARACTERS, _QUESTION_WORDS = 120, 20
_NARROWEST, _WIDEST = 40, 120  # columns that people wrap text at
_PROSE_CHARACTERS = 80
_SENTENCE_BEGUN = 25  # a shorter line over a small letter may be a list's


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The one document that a text file is."""
    text = decode(data)
    if len(text) > limits.characters:
        raise LimitError(f"has more than {limits.characters:,} characters")
    lines = [_repaired(line) for line in text.split("\n")]
    byline, lines = byline_of(lines)
    blocks = _with_headings(list(_blocks(without_chrome(lines))))
    opening = (block.text for block in blocks[:3] if block.kind is Kind.HEADING)
    yield compose(
        blocks,
        id=name,
        collection="",
        attribution=Attribution(
            title=byline.title or next(opening, None) or title_from(name),
            source=name,
            url=byline.url,
            author=byline.author,
            published=byline.published,
            modified=byline.modified,
            licence=byline.licence,
        ),
    )


def title_from(name: str) -> str:
    """A title for what has none: its file's name, as words."""
    words = re.sub(r"[-_\s]+", " ", PurePosixPath(name).stem).strip()
    return words[:1].upper() + words[1:] or name


def _repaired(line: str) -> str:
    """The line without stray whitespace, and with the space that was lost after a comma or a full stop."""
    indent = line[: len(line) - len(line.lstrip())]
    line = re.sub(r"[^\S\t]+", " ", line.strip())
    line = re.sub(r" ?\t ?", "\t", line)
    line = re.sub(r"(?<=\w) +(?=[,.](?:\s|$))", "", line)
    words = (word if re.search(r"[/@_\\]|www\.", word) else _parted(word) for word in line.split(" "))
    return indent + " ".join(words)


def _parted(word: str) -> str:
    word = re.sub(r"(?<=[^\W\d_]{2}),(?=[^\W\d_]{2})", ", ", word)
    return re.sub(r"(?<=[a-z]{3})([.?!])(?=[A-Z][a-z]+\b(?![.]))", r"\1 ", word)


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    width = _wrapping_width(lines)
    group: list[str] = []
    opening = True
    for line in [*lines, ""]:
        if line.strip():
            group.append(line)
        elif group:
            # The first lines of all are a site's name over a title, sooner than an address.
            lone = [Block(line.strip()) for line in group]
            apart = (
                opening
                and not _is_table(group)
                and all(_looks_like_heading(lone, i) for i in range(len(lone)))
            )
            yield from lone if apart else _blocks_of_group(group, width)
            group = []
            opening = False


def _wrapping_width(lines: Sequence[str]) -> int | None:
    """The column at which a file is hard-wrapped, or None: where lines are full, and end mid-sentence."""
    inner = [line for line, below in pairwise(lines) if line.strip() and below.strip()]
    width = sorted(map(len, inner))[len(inner) * 9 // 10] if inner else 0
    full = [line for line in inner if len(line) > 0.75 * width]
    ended = sum(bool(_ENDS_SENTENCE.search(line)) for line in full)
    return width if _NARROWEST <= width <= _WIDEST and len(full) > 2 and ended * 2 <= len(full) else None


def _blocks_of_group(group: list[str], width: int | None) -> Iterator[Block]:
    """The blocks of lines that no empty line parts."""
    if _is_table(group):
        for row, line in enumerate(group):
            cells = " | ".join(cell.strip() for cell in line.strip().split("\t"))
            yield Block(cells, Kind.HEADER if row == 0 else Kind.ROW)
        return
    waiting: list[str] = []
    for line in _unwrapped(group, width):
        if _RULE.fullmatch(line):
            if waiting and len(waiting[-1]) <= _HEADING_CHARACTERS:
                heading = waiting.pop().strip()
                yield from _paragraphs(waiting)
                yield Block(heading, Kind.HEADING, level=1 if "=" in line else 2)
            else:
                yield from _paragraphs(waiting)
            waiting = []
        elif (item := _ITEM.match(line)) and line[item.end() :].strip():
            yield from _paragraphs(waiting)
            waiting = []
            yield Block(("- " if item[1] else item[2] + " ") + line[item.end() :].strip(), Kind.ITEM)
        elif (hashes := _HASHES.match(line)) and len(line) <= _QUESTION_CHARACTERS:
            yield from _paragraphs(waiting)
            waiting = []
            yield Block(line[hashes.end() :].strip(" #"), Kind.HEADING, level=len(hashes[1]))
        else:
            waiting.append(line)
    yield from _paragraphs(waiting)


def _is_table(group: Sequence[str]) -> bool:
    tabs = {line.strip().count("\t") for line in group}
    return len(group) > 1 and len(tabs) == 1 and tabs != {0}


def _unwrapped(group: Sequence[str], width: int | None) -> list[str]:
    lines: list[str] = []
    last = ""
    for line in group:
        if lines and _continues(last, line, width):
            lines[-1] += ("" if lines[-1].endswith("-") else " ") + line.strip()
        else:
            lines.append(line)
        last = line
    return lines


def _continues(above: str, line: str, width: int | None) -> bool:
    """Whether `line` goes on with the sentence above: it did not fit there, or begins in the middle."""
    if _ITEM.match(line) or _RULE.fullmatch(line) or _RULE.fullmatch(above) or _HASHES.match(above):
        return False
    if _ITEM.match(above) and line[:1].isspace():
        return True
    if width and len(above) + 1 + len(line.split()[0]) > width:
        return True
    return len(above) >= _SENTENCE_BEGUN and line.strip()[0].islower() and not _ENDS_SENTENCE.search(above)


def _paragraphs(lines: Sequence[str]) -> Iterator[Block]:
    """Prose, a paragraph a line; short lines together are one block, such as an address."""
    texts = [line.strip().replace("\t", " ") for line in lines]
    if any(_is_prose(text) for text in texts):
        yield from (Block(text) for text in texts)
    elif texts:
        yield Block("\n".join(texts))


def _is_prose(text: str) -> bool:
    return len(text) > _PROSE_CHARACTERS or (
        len(text.split()) >= 6 and text.rstrip("\"'”’)").endswith((".", "!"))
    )


def _with_headings(blocks: list[Block]) -> list[Block]:
    """The blocks, with the bare lines that are headings made so.

    A line of a heading's look with text below is one; the first line of all is the title, even over
    another heading; of two in a row the second is under the first. Three and more are a list that
    has lost its bullets, as are two after a colon, and only the last can be a heading.
    """
    marked = [_numbered_heading(blocks, i) for i in range(len(blocks))]
    levels: dict[int, int] = {}
    start = 0
    while start < len(marked):
        end = start
        while end < len(marked) and _looks_like_heading(marked, end):
            end += 1
        run = list(range(start, end))
        if run and start == 0 and end < len(marked):
            levels[run.pop(0)] = 1
        if run and end < len(marked) and _is_text(marked[end]):
            list_before = len(run) > 2 or (start > 0 and marked[start - 1].text.endswith(":"))
            levels |= {i: 2 + depth for depth, i in enumerate(run[-1:] if list_before else run)}
        start = max(end, start + 1)
    return _levelled(marked, levels)


def _is_text(block: Block) -> bool:
    """Whether a heading may stand above it: not a long line without a sentence, which is a list's."""
    if block.kind is not Kind.PARAGRAPH or "\n" in block.text or len(block.text) <= _PROSE_CHARACTERS:
        return block.kind is not Kind.HEADING
    return bool(_ENDS_SENTENCE.search(block.text) or re.search(r"[.!?] ", block.text))


def _numbered_heading(blocks: Sequence[Block], i: int) -> Block:
    """An item that stands alone over a paragraph is a numbered heading ("2. What it costs")."""
    block = blocks[i]
    around = [b.kind for b in (*blocks[max(i - 1, 0) : i], *blocks[i + 1 : i + 2])]
    if block.kind is not Kind.ITEM or not _NUMBER.match(block.text) or Kind.ITEM in around:
        return block
    return replace(block, kind=Kind.PARAGRAPH) if i + 1 < len(blocks) else block


def _looks_like_heading(blocks: Sequence[Block], i: int) -> bool:
    block = blocks[i]
    text = block.text
    question = text.endswith("?")
    if block.kind is not Kind.PARAGRAPH or "\n" in text:
        return False
    if len(text) > (_QUESTION_CHARACTERS if question else _HEADING_CHARACTERS):
        return False
    if len(text.split()) > (_QUESTION_WORDS if question else _HEADING_WORDS):
        return False
    if not _OPENS_HEADING.match(text) or _CONTACT.search(text) or not any(c.isalpha() for c in text):
        return False
    if text[0].islower() or (text[0] in "\"“'‘" and text[-1] in "\"”'’"):
        return False
    if text.endswith(":"):  # "Opening hours:" over a paragraph is one; over a list it leads in
        return len(text.split()) <= 5 and i + 1 < len(blocks) and blocks[i + 1].kind is Kind.PARAGRAPH
    return not text.rstrip("\"'”’)").endswith((".", ",", ";", "…"))


def _levelled(blocks: Sequence[Block], levels: dict[int, int]) -> list[Block]:
    """Capitals stand above other headings; numbers say their own depth, below what they follow at once."""
    below = [i for i, level in levels.items() if level > 1]
    capitals = {i for i in below if blocks[i].text.isupper()}
    mixed = 0 < len(capitals) < len(below)
    numbers = {i: number[1].count(".") for i in below if (number := _NUMBER.match(blocks[i].text))}
    under = any(levels.get(i - 1, 1) > 1 and i - 1 not in numbers for i in numbers)
    result = list(blocks)
    for i, level in levels.items():
        if i in numbers:
            level = 2 + numbers[i] + under
        elif mixed and level > 1 and i not in capitals:
            level = 3
        result[i] = replace(blocks[i], kind=Kind.HEADING, level=level)
    return result
