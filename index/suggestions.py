"""What a visitor may be about to type: titles, headings and questions of the knowledge base itself.

Never what others asked. A phrase is found by the beginning of any of its words, whatever the case, the
accents and the punctuation; then by all the typed words in any order; then with a slip of the finger.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from index import scripts
from index.methods import names_a_method
from kb.catalogue import Outline

OFFERED: Final = 8  # a list that is read at a glance, and stands on a telephone's screen with the keyboard up
_MOST: Final = 20_000  # phrases of a collection; the titles come first
_LONGEST, _SHORTEST = 80, 3  # characters: a longer line is no question that one would type
_COMMON: Final = 5  # documents: a heading in more of them, and in a fifth of all, is furniture ("Sources")
_WORDS: Final = 12  # of what was typed that are looked at
_LOOKED_AT: Final = 64  # candidates of one kind
_SLIP_FROM, _TWO_SLIPS_FROM = 4, 8  # letters: a shorter beginning has too many neighbours
_TITLE, _QUESTION, _HEADING = 0, 1, 2  # kinds, the first to be offered first

_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘ʼ`´"))
_QUESTION_LINE: Final = re.compile(r"^[-•*–\s]*([^\n.!?]{8,78}\?)", re.MULTILINE)

_Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class _Phrase:
    text: str
    kind: int
    language: str | None


class Suggestions:
    """The phrases of one collection, ready. It never changes, so any number of threads may ask."""

    def __init__(self, outlines: Iterable[Outline], hidden: Collection[str] = ()) -> None:
        """`hidden` are documents that nothing is offered from. 10,000 passages take about 0.3 s."""
        phrases = _distinct(_phrases([one for one in outlines if one.document_id not in hidden]))[:_MOST]
        self._texts = [phrase.text for phrase in phrases]
        self._languages = {phrase.text: phrase.language for phrase in phrases if phrase.language}
        begins = [
            (" ".join(words[at:]), number)
            for number, phrase in enumerate(phrases)
            for words in [folded(phrase.text)]
            for at in range(len(words))
        ]
        begins.sort()
        self._begins = [text for text, _ in begins]
        self._ids: _Ids = np.array([number for _, number in begins], np.int32)
        starts = [" ".join(folded(phrase.text)) for phrase in phrases]
        # Where a phrase begins, and not only one of its words.
        self._whole = np.array([starts[number] == text for text, number in begins], bool)
        self._vocabulary = sorted({text.partition(" ")[0] for text in self._begins})
        self._near = lru_cache(maxsize=1024)(self._slips)
        names_a_method("")  # which is made ready now, and not for the first one who types

    def __len__(self) -> int:
        return len(self._texts)

    def language(self, suggestion: str) -> str | None:
        """The language that a document says it is in which has this phrase."""
        return self._languages.get(suggestion)

    def of(self, typed: str, limit: int = OFFERED) -> list[str]:
        """At most `limit` phrases that go on from what was typed, the likeliest first."""
        words = folded(typed)[:_WORDS]
        if not words or names_a_method(typed):
            return []
        found: list[str] = []
        for number in self._candidates(words):
            text = self._texts[number]
            if not names_a_method(text):
                found.append(text)
                if len(found) == limit:
                    break
        return found

    def _candidates(self, words: Sequence[str]) -> list[int]:
        """Phrases by how they fit, then by kind and length, which is the order of their numbers."""
        first, last = self._range(" ".join(words))
        ids, whole = self._ids[first:last], self._whole[first:last]
        ways = [ids[whole], ids]
        if len(words) > 1:
            ways.append(self._with_all(words, slips=False))
        if not len(ids) and not (len(words) > 1 and len(ways[-1])):
            ways.append(self._with_all(words, slips=True))
        return list(dict.fromkeys(int(n) for way in ways for n in np.unique(way)[:_LOOKED_AT]))

    def _with_all(self, words: Sequence[str], *, slips: bool) -> _Ids:
        """The phrases that have a word for each typed one."""
        held: _Ids | None = None
        for word in words:
            ids = self._with(word, slips)
            held = ids if held is None else np.intersect1d(held, ids)
            if not len(held):
                break
        return np.empty(0, np.int32) if held is None else held

    def _with(self, word: str, slips: bool) -> _Ids:
        first, last = self._range(word)
        if first < last or not slips:
            return np.unique(self._ids[first:last])
        ranges = [self._range(near) for near in self._near(word)]
        parts = [self._ids[first:last] for first, last in ranges]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int32)

    def _range(self, beginning: str) -> tuple[int, int]:
        """The places in `_begins` of what begins so."""
        return bisect_left(self._begins, beginning), bisect_left(self._begins, beginning + "\U0010ffff")

    def _slips(self, word: str) -> tuple[str, ...]:
        """The beginnings of words that are nearest to a mistyped one, by optimal string alignment."""
        if len(word) < _SLIP_FROM or not word.isalpha():
            return ()
        most = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        lengths = range(len(word) - 1, len(word) + 2)
        beginnings = sorted({known[:n] for known in self._vocabulary for n in lengths if len(known) >= n})
        found = process.extract(word, beginnings, scorer=OSA.distance, score_cutoff=most, limit=20)
        nearest = min((edits for _, edits, _ in found), default=0)
        return tuple(near for near, edits, _ in found if edits == nearest and near[0] == word[0])


def folded(text: str) -> list[str]:
    """The words of a text in small plain letters; pairs of characters where words are not spaced."""
    if not text.isascii():
        parted = unicodedata.normalize("NFKD", scripts.spaced(text))
        text = "".join(c for c in parted if not unicodedata.combining(c))
    return scripts.words(text.casefold().translate(_APOSTROPHES))


def _phrases(outlines: Sequence[Outline]) -> Iterator[_Phrase]:
    held_by = Counter(heading for one in outlines for heading in {*map(_plain, one.headings)})
    common = max(_COMMON, len(outlines) // 5)
    for one in outlines:
        title = _plain(one.title)
        yield _Phrase(title, _TITLE, one.language)
        for heading in map(_plain, one.headings):
            kind = _QUESTION if heading.endswith("?") else _HEADING
            if held_by[heading] == 1:
                yield _Phrase(heading, kind, one.language)
            elif held_by[heading] <= common and heading != title:  # which one, the title tells
                yield _Phrase(f"{title.rstrip(':?')}: {heading}", _HEADING, one.language)
        for question in _QUESTION_LINE.findall(one.text):
            yield _Phrase(_plain(question), _QUESTION, one.language)


def _distinct(phrases: Iterable[_Phrase]) -> list[_Phrase]:
    """One of those that say the same words, and none that nobody would type; best first."""
    best: dict[tuple[str, ...], _Phrase] = {}
    for phrase in phrases:
        words = tuple(folded(phrase.text))
        fits = _SHORTEST <= len(phrase.text) <= _LONGEST and not phrase.text.endswith(":")
        held = best.get(words)
        if fits and any(map(str.isalpha, words)) and (held is None or phrase.kind < held.kind):
            best[words] = phrase
    return sorted(best.values(), key=lambda phrase: (phrase.kind, len(phrase.text), phrase.text))


def _plain(text: str) -> str:
    """On one line, without what is not seen."""
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(seen.split())
