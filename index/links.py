"""Links that land on the words.

HTML: the section's anchor and a text fragment (https://wicg.github.io/scroll-to-text-fragment/), which
browsers scroll to and highlight; a browser that knows no fragments still goes to the anchor. PDF: the
page (RFC 8118).
"""

from __future__ import annotations

import re
from urllib.parse import quote, urldefrag

_WHOLE = 10  # words up to which a sentence is named whole, and not by its first and last words
_EDGE = 4
_MARKER = re.compile(r"^(?:[-•*–]|\d{1,3}[.)])\s+")


def link(url: str | None, anchor: str | None, page: int | None, words: str) -> str | None:
    """Where a reader finds `words`, one sentence or table row, in the source; None without a URL."""
    if not url:
        return None
    bare = urldefrag(url).url
    if page is not None:
        return f"{bare}#page={page}"
    fragment = _text_fragment(words)
    return f"{bare}#{quote(anchor or '', safe='')}{fragment}" if anchor or fragment else bare


def _text_fragment(words: str) -> str:
    cells = [cell.split() for cell in _MARKER.sub("", words.strip()).split(" | ")]
    cells = [cell for cell in cells if cell]
    if not cells:
        return ""
    if len(cells) > 1:  # cells are blocks of their own: a fragment may span them, not run through them
        return f":~:text={_encoded(cells[0][:_EDGE])},{_encoded(cells[-1][-_EDGE:])}"
    sentence = cells[0]
    if len(sentence) <= _WHOLE:
        return f":~:text={_encoded(sentence)}"
    return f":~:text={_encoded(sentence[:_EDGE])},{_encoded(sentence[-_EDGE:])}"


def _encoded(words: list[str]) -> str:
    """Percent-encoded; the dash and the comma have a meaning in a fragment."""
    return quote(" ".join(words), safe="").replace("-", "%2D")
