"""Links that land on the words.

HTML: the section's anchor and a text fragment (https://wicg.github.io/scroll-to-text-fragment/), which
browsers scroll to and highlight; a browser that knows no fragments still goes to the anchor. PDF: the
page (RFC 8118).

A browser takes the first place on the page that fits, wherever the anchor is. So a fragment names as
many of the words as no earlier place has, and where all of them stand earlier too, those before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, urldefrag

_WHOLE = 10  # words up to which a sentence is named whole, and not by its first and last words
_EDGE = 4
_TELLING = 3  # fewer words stand in menus, which are no part of the document
_LONGEST = 32  # words at an edge: an address has to stay one
_MARKER = re.compile(r"^(?:[-•*–]|\d{1,3}[.)])\s+")
# Table cells, and a term and its definition, are blocks of their own on many pages: a fragment may span
# them, but not run through them.
_BETWEEN_BLOCKS = re.compile(r" \| |: ")

# By a passage's key, where in its document an excerpt begins, and where in that the words begin and end.
Links = dict[tuple[int, int, int, int], str | None]


def link(url: str | None, anchor: str | None, page: int | None, words: str, before: str = "") -> str | None:
    """Where a reader finds `words`, one sentence or table row, in the source; None without a URL.

    `before` is what the document says before them, as far as it is known.
    """
    if not url:
        return None
    bare = _bare(url)
    if page is not None:
        return f"{bare}#page={page}"
    fragment = _text_fragment(words, before)
    return f"{bare}#{quote(anchor or '', safe='')}{fragment}" if anchor or fragment else bare


@lru_cache(maxsize=1024)
def _bare(url: str) -> str:
    return urldefrag(url).url


def _text_fragment(words: str, before: str) -> str:
    blocks = [block.split() for block in _BETWEEN_BLOCKS.split(_MARKER.sub("", words.strip()))]
    blocks = [block for block in blocks if block]
    if not blocks:
        return ""
    for start, end in _named(blocks):
        if len(start) >= _TELLING and not _says(before, start):
            return _fragment([], start, end)
    start, end = next(_named(blocks))
    return _fragment(_last_words(before), start, end)


def _says(text: str, words: list[str]) -> bool:
    """Whether a browser would find these words in the text, whatever the case and the white space."""
    if not text.isascii():  # to fold all of it takes ten times as long as to see that a word is not there
        plain = text.encode("utf-8", "surrogatepass").lower()
        if any(word.isascii() and word.lower().encode() not in plain for word in words):
            return False
    # of ASCII the two are the same, and one takes a tenth of the time
    folded = text.lower() if text.isascii() else text.casefold()
    phrase = " ".join(words).casefold()
    if phrase in folded:
        return True
    if not all(word.casefold() in folded for word in words):
        return False
    telling, reach = max(words, key=len).casefold(), 2 * len(phrase)  # white space may be wide
    at = folded.find(telling)
    while at >= 0:
        around = folded[max(0, at - reach) : at + reach]
        if phrase in " ".join(around.split()):
            return True
        at = folded.find(telling, at + 1)
    return False


def _named(blocks: list[list[str]]) -> Iterator[tuple[list[str], list[str]]]:
    """The words that begin and end a highlight: the shortest first, of all blocks and then of the last."""
    for first in sorted({0, len(blocks) - 1}):
        block, last = blocks[first], blocks[-1]
        if first == len(blocks) - 1 and len(block) <= _WHOLE:
            yield block, []
            continue
        upto = len(block) - _EDGE if block is last else len(block)
        for count in (_EDGE, 2 * _EDGE, 4 * _EDGE, _LONGEST):
            yield block[: max(1, min(count, upto))], last[-_EDGE:]


def _last_words(before: str) -> list[str]:
    """The words just before, of one block; a list item's own marker is none."""
    line = before.rstrip(" \t\n-•*–|").rpartition("\n")[2]
    block = _BETWEEN_BLOCKS.split(_MARKER.sub("", line.strip()))[-1]
    return block.split()[-_EDGE:]


def _fragment(prefix: list[str], start: list[str], end: list[str]) -> str:
    parts = [f"{_encoded(prefix)}-,"] if prefix else []
    parts += [_encoded(start), f",{_encoded(end)}" if end else ""]
    return f":~:text={''.join(parts)}"


def _encoded(words: list[str]) -> str:
    """Percent-encoded; the dash and the comma have a meaning in a fragment."""
    text = " ".join(words)
    return text.translate(_ENCODED) if text.isascii() else quote(text, safe="").replace("-", "%2D")


_ENCODED = {byte: quote(chr(byte), safe="").replace("-", "%2D") for byte in range(128)}
