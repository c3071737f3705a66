"""The lines of a paragraph as one text: broken words and addresses mended, meant line breaks kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from kb.readers.pdf_geometry import HYPHEN, Line

_ADDRESS = re.compile(r"(?:https?://|www\.)\S*$")
STARTS_LOW = re.compile(r"[(\[“‘\"']?[a-z]")
URL_START = re.compile(r"\(?(?:https?://|www\.)")
_LEADS_ON = re.compile(r"[,;:–—-]$|\b(?:the|a|an|of|and|or|to|in|at|for|by|with|is|visit)$")
_SMALL = frozenset(
    "a an and are as at but by can for from have he if in is it of on or our she so than that the their "
    "then there they this to was we were when which who will with you your".split()
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]")
_DASHES = "-\u2010\u2011" + HYPHEN
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
# Halves that are no words: what is broken before or after them was one word, even if nothing else says so.
_TAIL = re.compile(
    r"[b-df-hj-np-tv-z]{0,2}(?:[aeiou]?tions?|s?sions?|ments?|ness|i?ty|i?ties|ings?|[ai]bl[ey]|a?tive|[ae]n[ct]es?"
    r"|olog(?:y|ist|ists|ical)|apists?|apy|[ct]ial|[ct]ients?|tures?|i?ous|i?ously|ical|i?cally)"
)
_WORDS_LIKE_TAILS = frozenset(
    "action actions mention mentions nation nations station stations ration rations lotion lotions motion "
    "motions notion notions potion potions city cities pity king kings ring rings sing sings wing wings "
    "thing things table tables able cable dance dances fence fences hence pence tense dense sting string "
    "strings swing spring bring being cling ding ping native dative".split()
)
_HEAD = frozenset(
    "tele psycho physio neuro cardio hypno infor recom experi profes psychi symp thera medica".split()
)
_SUSPENDING = frozenset(("and", "or", "to", "und", "oder", "bis"))  # "pre- and post-natal"


def vocabulary(lines: Iterable[Line]) -> frozenset[str]:
    """The words that these lines have whole, in lower case."""
    words: set[str] = set()
    for line in lines:
        text = line.text
        if text.endswith(tuple(_DASHES)):
            text = text.rpartition(" ")[0]
        words.update(word.casefold() for word in _WORD.findall(text))
    return frozenset(words)


def text_of(lines: Sequence[Line], words: frozenset[str], column: tuple[float, float] | None) -> str:
    """A paragraph's text. `column` is where its column begins and ends; None: no line break is meant."""
    pairs = list(pairwise(lines))
    hard = _hard_breaks(lines, pairs, column) if column else [False] * len(pairs)
    text = lines[0].text
    for (above, below), ends in zip(pairs, hard, strict=True):
        text = _join(text, above, below, words, hard=ends)
    return text.replace(HYPHEN, "-").replace("\u00ad", "")


def _hard_breaks(
    lines: Sequence[Line], pairs: Sequence[tuple[Line, Line]], column: tuple[float, float]
) -> list[bool]:
    """Which lines end where their writer ended them; where most do, the longest may be one of them."""
    hard = [_is_hard(above, below, lines, column, wide=False) for above, below in pairs]
    if len(pairs) > 1 and 2 * sum(hard) >= len(pairs):
        hard = [_is_hard(above, below, lines, column, wide=True) for above, below in pairs]
    return hard


def _is_hard(
    above: Line, below: Line, lines: Sequence[Line], column: tuple[float, float], *, wide: bool
) -> bool:
    """A line that ends where its writer ended it: an address, a contact."""
    word = below.words[0]
    is_link = bool(URL_START.match(word.text)) or "@" in word.text
    if below.y < above.y or (STARTS_LOW.match(below.text) and not is_link) or _LEADS_ON.search(above.text):
        return False
    right = max(line.x1 for line in lines if abs(line.x0 - above.x0) < 4 * above.size)
    if (wide or is_link) and column[0] - 1 <= above.left and above.x1 <= column[1] + 1:
        right = max(right, column[1])
    return right - above.x1 > word.x1 - word.x0 + 3 * below.size


def _join(text: str, above: Line, below: Line, words: frozenset[str], *, hard: bool) -> str:
    following = below.text
    last = text[-1:]
    token = text.rsplit(None, 1)[-1] if text.strip() else ""
    if (
        _ADDRESS.search(token.lstrip("("))
        and last in "/.-_=&?" + HYPHEN
        and _is_rest_of_address(above, below)
    ):
        return text.replace(HYPHEN, "-") + following
    if last == "\u00ad":
        return text[:-1] + following
    if last in _DASHES and last and len(token) > 1:
        if below.words[0].text in _SUSPENDING:
            return f"{text} {following}"
        return _mended(text, following, words)
    if last in "/—" and len(token) > 1 and not _ADDRESS.search(token):
        return text + following
    if _CJK.match(last) and _CJK.match(following):
        return text + following
    return f"{text}\n{following}" if hard else f"{text} {following}"


def _is_rest_of_address(above: Line, below: Line) -> bool:
    """Links are broken after a stroke or a stop, and what follows is set like them."""
    first = below.words[0]
    plain = first.text.strip(".,;:)").casefold()
    return first.colour == above.words[-1].colour and not first.text[:1].isupper() and plain not in _SMALL


def _mended(text: str, following: str, words: frozenset[str]) -> str:
    """A word that was broken at the end of a line; its hyphen stays unless the whole is a word."""
    stem = text.rstrip(_DASHES)
    first = _WORD.findall(stem)
    second = _WORD.match(following)
    if first and second and stem.endswith(first[-1]):
        whole = (first[-1].rsplit("-", 1)[-1] + second.group().split("-", 1)[0]).casefold()
        if following[:1].islower() and (whole in words or _is_half(first[-1], second.group())):
            return stem + following
    return stem + "-" + following


def _is_half(first: str, second: str) -> bool:
    tail = bool(_TAIL.fullmatch(second)) and second not in _WORDS_LIKE_TAILS
    return "-" not in first and (tail or first.casefold() in _HEAD)
