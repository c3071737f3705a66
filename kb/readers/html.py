"""Web pages: what a page says, without its furniture, block by block with the anchors to link to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape

from kb.errors import LimitError, ReadError, Withdrawn
from kb.limits import MEGABYTE, Limits
from kb.readers.blocks import Block, Kind, compose
from kb.readers.chrome import without_chrome
from kb.readers.dom import Element, measure, parse
from kb.readers.encoding import decode
from kb.readers.frontmatter import FrontMatter, front_matter_of
from kb.readers.html_walk import blocks_of
from kb.readers.metadata import Metadata, best_title, metadata_of
from kb.readers.prune import remove_furniture, remove_hidden
from kb.readers.text import title_from
from kb.types import Attribution, Document, Refusal

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE
)
_CHARSET_WITHIN = 4096  # a page must say so in its first 1,024 bytes; many are late
_FEWEST_WORDS = 10
_REPEATED_SIZE = 120  # characters; so much that comes again is there for a screen of another width
_OF_TABLES = (Kind.HEADER, Kind.ROW)
_MARKER = re.compile(r"^(?:- |-?\d+\. )")
_ABOUT_POST = re.compile(
    r"(?:(?:last )?updated|posted|published|reviewed|modified|written|author|by|date|filed|tagged"
    r"|categor(?:y|ies)|tags?)"
    r"(?: (?:on|in|by|at|under))?:? .{1,100}",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?(?:\d{1,2}(?:st|nd|rd|th)? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:\d{1,2}(?:st|nd|rd|th)?,? )?\d{4}"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)
_SCRIPTS_ONLY = "has no text of its own: scripts write it in the browser. Save the page as a browser shows it"


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The one document that a page is. Raises ReadError where it says nothing, and LimitError."""
    if len(data) > limits.html_bytes:
        raise LimitError(f"is larger than {limits.html_bytes // MEGABYTE} MB, too large for a web page")
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    text = decode(data, declared[1].decode("ascii") if declared else None)
    front, text = front_matter_of(text) if text.lstrip().startswith("---") else (FrontMatter(), text)
    if front.draft:
        raise Withdrawn("is marked as a draft in its front matter")
    root = parse(text, limits)
    about = metadata_of(root)
    blocks = _content(root, text, limits)
    yield compose(
        blocks,
        id=name,
        collection="",
        attribution=_attribution(front, about, blocks, name),
        tags=tuple(dict.fromkeys((*front.tags, *about.tags))),
        metadata=about.rest | front.rest,
    )


def blocks_from(html: str, limits: Limits) -> list[Block]:
    """The blocks of HTML that is content throughout, such as what Markdown stands for."""
    root = parse(html, limits)
    remove_hidden(root)
    return _without_repeats(blocks_of(root))


def _attribution(front: FrontMatter, about: Metadata, blocks: Sequence[Block], name: str) -> Attribution:
    return Attribution(
        title=unescape(front.title or "") or best_title(about, blocks, name) or title_from(name),
        source=name,
        url=front.url if front.url and "://" in front.url else about.url,
        author=front.author or about.author,
        published=front.published or about.published,
        modified=front.modified or about.modified,
        licence=front.licence or about.licence,
        language=front.language or about.language,
    )


def _content(root: Element, text: str, limits: Limits) -> list[Block]:
    remove_hidden(root)
    measure(root)
    everything = root.size
    remove_furniture(root)
    blocks = _blocks(root)
    if _words(blocks) < _FEWEST_WORDS and everything:
        # A page that is all links, or all menu to these rules, is taken more as it is.
        for gently in (True, None):
            whole = parse(text, limits)
            remove_hidden(whole)
            if gently:
                remove_furniture(whole, gently=True)
            if _words(more := _blocks(whole)) > 2 * _words(blocks):
                blocks = more
                break
    if not blocks:
        raise ReadError(_why_empty(root, everything))
    return blocks


def _blocks(root: Element) -> list[Block]:
    return _without_chrome(blocks_of(root))


def _why_empty(root: Element, characters: int) -> str:
    frames = [frame.get("src") for frame in root.find("frame") if frame.get("src")]
    if frames or root.has("frameset"):
        return f"is only a frame around other pages ({', '.join(frames[:5]) or 'none'})"
    refresh = next((m for m in root.find("meta") if m.get("http-equiv").lower() == "refresh"), None)
    if refresh is not None:
        return "only sends its visitor on to another page"
    if characters:
        return "has no text but navigation"
    return _SCRIPTS_ONLY if root.has("script") or _mounts_app(root) else "has no text"


def _mounts_app(root: Element) -> bool:
    return any(e.get("id") in ("root", "app", "__next", "___gatsby") for e in root.find("div"))


def _words(blocks: Sequence[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


def _without_chrome(blocks: list[Block]) -> list[Block]:
    """The blocks without lines that are the page's own, such as `3 min read`."""
    blocks = _without_repeats(blocks)
    lines = ["" if b.kind in _OF_TABLES else _MARKER.sub("", b.text) for b in blocks]
    kept_lines = without_chrome(lines)
    kept = [
        block
        for block, line, kept_line in zip(blocks, lines, kept_lines, strict=True)
        if (kept_line or not line) and not _is_about_post(block, line)
    ]
    return _without_repeats(kept)


def _is_about_post(block: Block, line: str) -> bool:
    if block.kind is not Kind.PARAGRAPH or len(line) > 120:
        return False
    return bool(_DATE.fullmatch(line) or (_ABOUT_POST.fullmatch(line) and _DATE.search(line)))


def _without_repeats(blocks: list[Block]) -> list[Block]:
    """The blocks without what comes twice: in a row, or again for a screen of another width."""
    kept: list[Block] = []
    for block in blocks:
        before = kept[-1] if kept else None
        if before is None or block.kind in _OF_TABLES or _key(block) != _key(before):
            kept.append(block)
        elif block.kind is Kind.HEADING:
            kept[-1] = replace(block, anchor=before.anchor or block.anchor)
    keys = [(block.kind, _key(block)) for block in kept]
    seen: dict[tuple[Kind, str], int] = {}
    places: list[int] = []
    place = 0
    while place < len(kept):
        length = _repeated(keys, kept, seen.get(keys[place]), place)
        places.extend(() if length else (place,))
        for said in range(place, place + max(length, 1)):
            seen[keys[said]] = said
        place += max(length, 1)
    return [kept[place] for place in places]


def _key(block: Block) -> str:
    return " ".join(block.text.split()).casefold()


def _repeated(
    keys: Sequence[tuple[Kind, str]], blocks: Sequence[Block], before: int | None, place: int
) -> int:
    """How many blocks from `place` on are those from `before` on again: a heading and its text, or much text.

    Short lines may well be true twice: the fee of one service is the fee of another.
    """
    if before is None:
        return 0
    length = 0
    while (
        place + length < len(keys)
        and before + length < place
        and keys[before + length] == keys[place + length]
    ):
        length += 1
    run = [len(block.text) for block in blocks[place : place + length]]
    size = sum(run) if blocks[place].kind is Kind.HEADING else max(run, default=0)
    return length if size >= _REPEATED_SIZE else 0
