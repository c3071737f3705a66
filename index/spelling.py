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
        found = process.extract(word, self._words.keys(), scorer=OSA.distance, score_cutoff=most, limit=20)
        near = [(str(other), int(edits)) for other, edits, _ in found if edits == 1 or other[0] == word[0]]
        nearest = min((edits for _, edits in near), default=0)
        ranked = sorted(
            (pair for pair in near if pair[1] == nearest), key=lambda p: (-self._words[p[0]], p[0])
        )
        return ranked[:_OFFERED]
