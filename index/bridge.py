"""From the words people use to the words a clinic writes, and between spellings of one word."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

from index.phrases import Phrases
from index.readings import fold, plain_lattice, plain_tokens

_DATA: Final = "bridge.toml"


@dataclass(frozen=True, slots=True)
class BridgeEntry:
    """What is said, as phrases (`index.phrases`), and what it may be called where it is treated.

    `same`: the names mean the same and stand for one another in any case. Otherwise they are asked for
    only where the collection does not use the words that were said; but of a saying (`whole`), whose words
    mean something else by themselves, in any case, too.
    """

    says: tuple[str, ...]
    means: tuple[str, ...]
    same: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Expansion:
    """The words `phrase`, from token `start` to `end`, may be called `terms`; `same` and `whole` as its
    entry's; `acronym`: of these words, or the words of this one."""

    phrase: str
    terms: tuple[str, ...]
    start: int
    end: int
    same: bool
    whole: bool = False
    acronym: bool = False


class Bridge:
    """Finds, among the words of a question, those that are called something else on a page."""

    def __init__(self, entries: Sequence[BridgeEntry]) -> None:
        self._entries = [entry for entry in entries for _ in entry.says]
        self._phrases = Phrases([phrase for entry in entries for phrase in entry.says])

    def knows(self, word: str) -> bool:
        """Whether any entry is said with this word, in lower case."""
        return word in self._phrases.words

    def expansions(self, tokens: Sequence[str]) -> list[Expansion]:
        """One for each time that an entry is said, by its longest phrase there, in the order of the question.

        The tokens are the words of a question in order, in whatever case and with or without
        apostrophes. Terms that the question says itself are left out.
        """
        typed = [fold(token) for token in tokens]
        matches = [
            (self._entries[match.phrase], max(match.start - 1, 0), match.end - 1)
            for match in self._phrases.find(plain_lattice(typed, self._phrases.words))
        ]
        matches.sort(key=lambda match: (match[1] - match[2], match[1]))
        found: dict[BridgeEntry, list[tuple[int, int]]] = {}
        for entry, start, end in matches:
            places = found.setdefault(entry, [])
            if all(end <= first or last <= start for first, last in places):
                places.append((start, end))
        said = f" {' '.join(plain_tokens(' '.join(tokens)))} "
        expansions = [
            Expansion(
                " ".join(tokens[start:end]),
                _unsaid(entry.means, said),
                start,
                end,
                entry.same,
                whole=entry.whole,
            )
            for entry, places in found.items()
            for start, end in places
        ]
        return sorted((e for e in expansions if e.terms), key=lambda e: (e.start, e.end, e.terms))


def shipped_entries() -> tuple[BridgeEntry, ...]:
    """The bridge that comes with the program."""
    data = tomllib.loads(resources.files("index").joinpath(_DATA).read_text("utf-8"))
    bridges = [
        BridgeEntry(tuple(entry["says"]), tuple(entry["means"]), whole=entry.get("whole", False))
        for entry in data["bridge"]
    ]
    return (*bridges, *(entry for words in data["variants"] for entry in _variants(words)))


def _variants(words: Sequence[str]) -> list[BridgeEntry]:
    """Each spelling leads to the others."""
    return [
        BridgeEntry((word,), tuple(other for other in words if other != word), same=True) for word in words
    ]


def _unsaid(terms: Sequence[str], said: str) -> tuple[str, ...]:
    return tuple(term for term in terms if f" {' '.join(plain_tokens(term))} " not in said)
