"""Words that the collection does not know: slips of the finger, by edit distance, and unfinished ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_SHORTEST: Final = 4  # a shorter word has too many neighbours
_TWO_EDITS_FROM: Final = 7
_OFFERED: Final = 2
_COMPLETED: Final = 3  # psychotherapy, psychotherapist, psychotherapeutic


class Spelling:
    """The words of a collection, and which of them a mistyped one may be.

    Optimal string alignment (Damerau 1964 without a second edit of the same letters): a letter too many,
    too few, another, or two swapped. The first letter is trusted when two are edited.
    """

    def __init__(self, vocabulary: Callable[[str], Sequence[tuple[str, int]]]) -> None:
        """`vocabulary` gives the words that begin in a way, with the number of passages that have them; for
        all of them it is asked once, when the first unknown word comes."""
        self._read = vocabulary
        self.corrections = lru_cache(maxsize=1024)(self._corrections)
        self.completions = lru_cache(maxsize=1024)(self._completions)

    @cached_property
    def _words(self) -> dict[str, int]:
        return {word: held for word, held in self._read("") if len(word) >= _SHORTEST and word.isalpha()}

    @cached_property
    def _by_first_letter(self) -> dict[tuple[str, int], list[str]]:
        """The words by their first letter and their length."""
        groups: dict[tuple[str, int], list[str]] = {}
        for word in self._words:
            groups.setdefault((word[0], len(word)), []).append(word)
        return groups

    def _like(self, word: str, most: int) -> list[str]:
        """The words that may be so near: all that begin and are about as long as it, and those that one edit
        of the first letter makes."""
        groups, rest = self._by_first_letter, word[1:]
        letters = {letter for letter, _ in groups}
        first = {rest, word[1] + word[0] + word[2:]}.union(*({one + rest, one + word} for one in letters))
        lengths = range(len(word) - most, len(word) + most + 1)
        begin_so = [other for length in lengths for other in groups.get((word[0], length), ())]
        return begin_so + sorted(other for other in first & self._words.keys() if other[0] != word[0])

    def _completions(self, beginning: str) -> list[str]:
        """Words that begin so and go on for two letters or more, the commonest first; what goes on for one
        is an ending, or a slip."""
        if len(beginning) < _SHORTEST or not beginning.isalpha():
            return []
        longer = [
            (-held, word)
            for word, held in self._read(beginning)
            if len(word) > len(beginning) + 1 and word.isalpha()
        ]
        return [word for _, word in sorted(longer)[:_COMPLETED]]

    def _corrections(self, word: str) -> list[tuple[str, int]]:
        """The nearest words, with the number of edits, the nearest and then the commonest first."""
        if len(word) < _SHORTEST or not word.isalpha():
            return []
        most = 2 if len(word) >= _TWO_EDITS_FROM else 1
        like = self._like(word, most)
        found = process.extract(word, like, scorer=OSA.distance, score_cutoff=most, limit=20)
        near = [(str(other), int(edits)) for other, edits, _ in found]
        nearest = min((edits for _, edits in near), default=0)
        ranked = sorted(
            (pair for pair in near if pair[1] == nearest), key=lambda p: (-self._words[p[0]], p[0])
        )
        return ranked[:_OFFERED]
