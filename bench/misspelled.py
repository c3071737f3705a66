"""Questions with a word misspelled, the same ones every time: is the right page still found?

The word that tells most (the rarest that the collection has, of five letters or more) is misspelled by
slips of the finger: a letter left out, doubled, swapped with the next, or struck beside (QWERTY). One slip,
or two in different places. The first letter stays, as it nearly always does: it is wrong in 1.4 to 7 % of
misspellings, by the studies in Kukich (Techniques for Automatically Correcting Words in Text, 1992).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Final

from bench.ours import Made
from bench.sets import EvalSet
from index.evaluate import JudgedQuery
from index.lexical import LexicalIndex, analyse
from index.types import Query
from index.words import FUNCTION_WORDS

WITHIN: Final = 5  # results
_SHORTEST: Final = 5  # letters; two slips in a shorter word leave little of it
_WORD: Final = re.compile(r"[^\W\d_]+")
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class Misspelled:
    """How many of the questions have a right page among the first five: as they are typed, with one slip
    in their rarest word, and with two; and which lose theirs."""

    questions: int
    typed: int
    one: int
    two: int
    lost: tuple[str, ...]


def measure(dataset: EvalSet, made: Made) -> Misspelled | None:
    """Asks every judged question three times; None where no document is judged."""
    judged = [
        query
        for query in dataset.queries
        if max(dataset.judgements.get(query.id, {}).values(), default=0) > 0
    ]
    found: dict[int, set[str]] = {0: set(), 1: set(), 2: set()}
    asked: set[str] = set()
    lost: list[str] = []
    for query in judged:
        index = made.searcher.generation.collections[dataset.collection_of(query)].lexical
        word = rarest(query.text, index)
        if word is None:
            continue
        asked.add(query.id)
        for slips in found:
            text = misspelled(query.text, word, slips, query.id)
            if _is_found(dataset, made, query, text):
                found[slips].add(query.id)
            elif query.id in found[0]:
                lost.append(text)
    if not asked:
        return None
    return Misspelled(len(asked), len(found[0]), len(found[1]), len(found[2]), tuple(lost))


def rarest(text: str, index: LexicalIndex) -> str | None:
    """The word of a question that tells most, of those that the collection has."""
    words = {word: index.rarity(plain, stem) for word, plain, stem in _known(text, index)}
    return max(sorted(words), key=lambda word: words[word], default=None)


def _known(text: str, index: LexicalIndex) -> list[tuple[str, str, str]]:
    found = []
    for word in _WORD.findall(text):
        plain, stem = "".join(analyse(word, stem=False)), "".join(analyse(word))
        if len(word) >= _SHORTEST and stem not in FUNCTION_WORDS and index.frequency(plain, stem):
            found.append((word, plain, stem))
    return found


def misspelled(text: str, word: str, slips: int, seed: str) -> str:
    """The text with so many slips in the first place where the word stands."""
    rng = random.Random(f"{seed} {word} {slips}")
    letters = word
    places = sorted(rng.sample(range(1, len(word) - 1), slips), reverse=True)  # neither end
    for place in places:
        letters = _slip(letters, place, rng)
    return re.sub(rf"\b{re.escape(word)}\b", letters, text, count=1)


def _slip(word: str, at: int, rng: random.Random) -> str:
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    kinds = [
        word[:at] + word[at + 1 :],
        word[: at + 1] + word[at:],
        swapped,
        word[:at] + _beside(word[at], rng) + word[at + 1 :],
    ]
    return rng.choice([kind for kind in kinds if kind != word])


def _beside(letter: str, rng: random.Random) -> str:
    for row in _ROWS:
        at = row.find(letter.lower())
        if at >= 0:
            return rng.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    return "e"


def _is_found(dataset: EvalSet, made: Made, query: JudgedQuery, text: str) -> bool:
    asked = Query(text[:512], WITHIN, dataset.collection_of(query))
    grades = dataset.judgements[query.id]
    return any(grades.get(one.document_id, 0) > 0 for one in made.searcher.search(asked).results)
