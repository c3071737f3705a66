"""A text as lexical retrieval reads it, whatever script it is written in.

tantivy's tokenizer takes unbroken letters and digits for a word. That is wrong where no space is written
between words, and where a letter bears a mark that is none of these. What is asked and what is indexed are
changed alike; ASCII stays as it is, and so do letters with accents that are one character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from index.characters import belongs_to_previous

# Thai and Lao, Burmese, Khmer, kana, Han, Hangul (Korean has spaces, but hangs its particles on its words).
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uaa60-\uaa7f\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)
# Of other characters none is changed: Latin letters with their accents, quotation marks, dashes, symbols.
_TO_CHANGE: Final = re.compile("[\u0300-\u1dff\u200c\u200d\u20d0-\u20ff\u2c00-\u2dff\u2e80-\U0010ffff]")
_NOT_LATIN: Final = re.compile("[^\\W\\d_\u0000-\u024f\u1e00-\u1eff]")
_WIDE: Final = re.compile("[\uff00-\uffef]+")  # forms of other characters, as wide as Han or half as wide
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# Marks that part a word for tantivy, or that are written or not as one likes, by their combining class or
# one by one: nuktas, viramas, Hebrew and Arabic points, tone marks, accents that no letter is composed with.
_CLASSES: Final = frozenset((7, 9, *range(10, 36), 107, 122, 220, 230))
_LOOSE: Final = frozenset(
    (*"\u0640\u0b55\u0e47\u0e4c\u0e4e\u0ecc\u200c\u200d\ufe0e\ufe0f", *map(chr, range(0xAFD, 0xB00)))
) | frozenset(map(chr, range(0x17C9, 0x17DE)))
# In Chinese; what counts as a word in the other scripts without spaces has a little more.
_CHARACTERS_A_WORD: Final = 1.6


def spaced(text: str) -> str:
    """The text with its letters composed, without the marks that would part a word, and with overlapping
    pairs of characters where words are not spaced (as Lucene's CJKAnalyzer has them)."""
    if text.isascii() or _TO_CHANGE.search(text) is None:
        return text
    text = unicodedata.normalize("NFC", _WIDE.sub(_of_usual_width, text))
    text = _UNSPACED.sub(lambda run: f" {' '.join(run.group()[a:b] for a, b in _pairs(run.group()))} ", text)
    return text if text.isascii() else "".join(c for c in text if not _is_loose(c))


def words(text: str) -> list[str]:
    """The words of a `spaced` text: letters and digits, the marks on them, apostrophes between."""
    if text.isascii():
        return _WORD.findall(text)
    shadow = "".join("x" if belongs_to_previous(c) else c for c in text)
    return [text[match.start() : match.end()] for match in _WORD.finditer(shadow)]


def pairs(text: str) -> Iterator[tuple[int, int, str]]:
    """What `spaced` makes of scripts without spaces: where in the text each pair begins and ends, and it."""
    for run in _UNSPACED.finditer(text):
        for start, end in _pairs(run.group()):
            yield run.start() + start, run.start() + end, spaced(run.group()[start:end]).strip()


def count(text: str) -> float:
    """How many words a text has, about, where they are not spaced."""
    characters = sum(len(_characters(run)) for run in _UNSPACED.findall(text))
    return len(words(without_unspaced(text))) + characters / _CHARACTERS_A_WORD


def is_spaced(text: str) -> bool:
    """Whether all of a text is in scripts that write spaces between words."""
    return text.isascii() or _UNSPACED.search(text) is None


def is_latin(text: str) -> bool:
    """Whether no letter is of another script."""
    return text.isascii() or _NOT_LATIN.search(text) is None


def without_unspaced(text: str) -> str:
    """The text with blanks where its scripts write no spaces, all else in its place."""
    return _UNSPACED.sub(lambda run: " " * len(run.group()), text)


def _of_usual_width(run: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", run.group())


def _pairs(run: str) -> list[tuple[int, int]]:
    """Where pairs of neighbouring characters begin and end; a character by itself is all there is."""
    at = _characters(run)
    if len(at) == 1:
        return [(0, len(run))]
    return list(zip(at, [*at[2:], len(run)], strict=False))


def _characters(run: str) -> list[int]:
    """Where characters begin, each with the marks upon it."""
    return [n for n, c in enumerate(run) if n == 0 or not belongs_to_previous(c)]


def _is_loose(character: str) -> bool:
    return character in _LOOSE or unicodedata.combining(character) in _CLASSES
