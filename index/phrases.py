"""The notation in which phrases are written, and the automaton that finds them in a question.

    gift card             these words, in this order, each in any of its inflections
    =end                  the word as it stands, without its inflections
    (gift|store) card     one of several; an alternative may be of several words
    [my] pills            with the word or without it
    take ~ pills          up to three other words between; `~1` to `~9` say how many
    {self}                a set of alternatives that has a name
    ^ cutting $           the beginning and the end of the question

A question is read once, word by word, so that the time taken grows with its length alone, whatever the
phrases and whatever is typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from index.readings import Lattice, Words, plain_tokens
from kb.errors import ConfigError

_LEXEME: Final = re.compile(
    r"\s*(?:([()|\[\]])|([\^$])(?![^\s()|\[\]])|~(\d?)|\{(\w*)\}|=([^\s()|\[\]{}~=]+)|([^\s()|\[\]{}~=]+)|(\S))"
)
_GAP: Final = 3
_ANY: Final = None  # the step over any word
_START: Final = frozenset([0])
_UNKNOWN: Final[Words] = frozenset()
_REMEMBERED: Final = 2048  # steps; about 10 MB at the most

_States = frozenset[int]

Named = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Match:
    """Places `start` to `end` of the question's words say the phrase with this number."""

    start: int
    end: int
    phrase: int


class Phrases:
    """Phrases, ready to be found. `sets` are the alternatives that `{name}` stands for."""

    def __init__(self, phrases: Sequence[str], sets: Named | None = None) -> None:
        self._automaton = _Automaton()
        read: dict[str, _Word | _Choice] = {}
        for number, phrase in enumerate(phrases):
            self._automaton.add(_Parser(phrase, sets or {}, read).phrase(), number)
        self.words: Words = frozenset(
            self._automaton.words
        )  # all that a phrase speaks of, in all their forms

    def said(self, lattice: Lattice) -> frozenset[int]:
        """The numbers of the phrases that are said somewhere."""
        return self._automaton.said(lattice)

    def find(self, lattice: Lattice) -> list[Match]:
        """The phrases said and where, by their ends; of two readings that end alike, the shorter."""
        return list(self._automaton.find(lattice)) if self.said(lattice) else []


_words = lru_cache(maxsize=8192)(plain_tokens)


@lru_cache(maxsize=8192)
def inflections(word: str) -> Words:
    """The regular forms of an English word, and the word itself: fee, fees; worry, worries, worried."""
    if len(word) < 3 or word in _UNINFLECTED or not (word.isascii() and word.isalpha()):
        return frozenset([word])
    forms = {word} | {singular + suffix for singular in _singulars(word) for suffix in ("", "s")}
    if word.endswith("ie"):
        forms |= {word + "s", word + "d", word[:-2] + "ying"}
    elif word.endswith("e"):
        forms |= {word + "s", word + "d", word[:-1] + "ing"}
    elif word[-1] == "y" and word[-2] not in _VOWELS:
        forms |= {word[:-1] + "ies", word[:-1] + "ied", word + "ing"}
    else:
        plural = "es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s"
        stem = word + word[-1] if _DOUBLING.search(word) else word
        forms |= {word + plural, stem + "ed", stem + "ing"}
    return frozenset(forms)


_VOWELS: Final = "aeiou"
_UNINFLECTED: Final = frozenset(
    """about all already also and any anyone anything are been being but can cannot cant could did does
    doing done dont each ever every everyone everything for from gone had has have having her here him
    his how into its just like may might more most much must never nobody not nothing now off once one
    only other our ours out over own please said same she should some someone something soon such than
    that the their them then there these they this those through too under until very was were what when
    where which while who whole whom whose why will with without would you your""".split()
)
_DOUBLING: Final = re.compile(r"^[^aeiou]*[aeiou][^aeiouwxy]$")


def _singulars(word: str) -> list[str]:
    if not word.endswith("s") or word.endswith(("ss", "us", "is")) or len(word) < 4:
        return []
    if word.endswith("ies"):
        return [word[:-3] + "y"]
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return [word[:-2]]
    return [word[:-1]]


@dataclass(frozen=True, slots=True)
class _Word:
    forms: Words


@dataclass(frozen=True, slots=True)
class _Gap:
    length: int


@dataclass(frozen=True, slots=True)
class _Choice:
    among: tuple[tuple[_Word | _Gap | _Choice, ...], ...]


_Sequence = tuple[_Word | _Gap | _Choice, ...]


class _Parser:
    """Reads one phrase, from left to right. `read` holds the sets that were read already."""

    def __init__(
        self, phrase: str, sets: Named, read: dict[str, _Word | _Choice], inside: tuple[str, ...] = ()
    ) -> None:
        self._phrase, self._sets, self._read, self._inside = phrase, sets, read, inside
        self._lexemes = [match.groups() for match in _LEXEME.finditer(phrase)]
        self._next = 0

    def phrase(self) -> _Sequence:
        (sequence,) = self._alternatives("")
        if not sequence:
            raise self._error("has no words")
        if isinstance(sequence[0], _Gap) or isinstance(sequence[-1], _Gap):
            raise self._error("has a ~ that is not between words")
        if _can_be_empty(sequence):
            raise self._error("says nothing when its [ ] are left out")
        return sequence

    def _alternatives(self, closing: str) -> list[_Sequence]:
        found: list[_Sequence] = []
        sequence: list[_Word | _Gap | _Choice] = []
        while self._next < len(self._lexemes):
            bracket, border, gap, name, exact, plain, stray = self._lexemes[self._next]
            self._next += 1
            if stray is not None:
                raise self._error(f"has a {stray} that means nothing here")
            if bracket == "|" and closing:
                found.append(tuple(sequence))
                sequence = []
            elif bracket is not None and bracket == closing:
                return [*found, tuple(sequence)]
            elif bracket == "(":
                sequence.append(_among(self._alternatives(")")))
            elif bracket == "[":
                sequence.append(_among([(), *self._alternatives("]")]))
            elif bracket is not None:
                raise self._error(f"has a {bracket} that closes or parts nothing")
            elif border is not None:
                sequence.append(_Word(frozenset([border])))
            elif gap is not None:
                sequence.append(_Gap(int(gap or _GAP)))
            elif name is not None:
                sequence.append(self._set(name))
            else:
                sequence += [_Word(frozenset([word])) for word in _words(exact or "")]
                sequence += [_Word(inflections(word)) for word in _words(plain or "")]
        if closing:
            raise self._error(f"lacks a {closing}")
        return [tuple(sequence)]

    def _set(self, name: str) -> _Word | _Choice:
        if name not in self._sets or name in self._inside:
            raise self._error(f"names a set {{{name}}} that is not there")
        if name not in self._read:
            inside = (*self._inside, name)
            entries = (_Parser(entry, self._sets, self._read, inside) for entry in self._sets[name])
            self._read[name] = _among([entry.phrase() for entry in entries])
        return self._read[name]

    def _error(self, message: str) -> ConfigError:
        return ConfigError(f"the phrase {self._phrase!r} {message}")


def _among(alternatives: Sequence[_Sequence]) -> _Word | _Choice:
    """One of several; those of one word each are one step of the automaton together."""
    single = [one[0].forms for one in alternatives if len(one) == 1 and isinstance(one[0], _Word)]
    others = [one for one in alternatives if len(one) != 1 or not isinstance(one[0], _Word)]
    if not single:
        return _Choice(tuple(others))
    word = _Word(frozenset[str]().union(*single))
    return _Choice(((word,), *others)) if others else word


def _can_be_empty(sequence: _Sequence) -> bool:
    return all(
        isinstance(item, _Gap) or (isinstance(item, _Choice) and any(map(_can_be_empty, item.among)))
        for item in sequence
    )


@dataclass(slots=True)
class _State:
    """Where the next word leads; the phrases that end here."""

    edges: list[tuple[Words, int]] = field(default_factory=list)
    after_any: list[int] = field(default_factory=list)
    phrases: list[int] = field(default_factory=list)
    _after: dict[str, list[int]] | None = None

    @property
    def after(self) -> dict[str, list[int]]:
        """The edges by their words, made when they are first asked for: most states never are."""
        if self._after is None:
            after: dict[str, list[int]] = {}
            for forms, following in self.edges:
                for word in forms:
                    after.setdefault(word, []).append(following)
            self._after = after
        return self._after


class _Automaton:
    """States joined by words. Phrases that begin alike share their first states."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self._states = [_State()]
        self._shared: dict[tuple[_States, Words | None], int] = {}
        self._steps: dict[tuple[_States, Words], _States] = {}
        self._ends: dict[_States, list[int]] = {}

    def add(self, phrase: _Sequence, number: int) -> None:
        for state in self._follow(frozenset([0]), phrase):
            self._states[state].phrases.append(number)

    def said(self, lattice: Lattice) -> frozenset[int]:
        reached: list[_States] = [_START] * (len(lattice) + 1)
        found: set[int] = set()
        for place, steps in enumerate(lattice):
            for step in steps:
                beyond = self._beyond(reached[place], step.words)
                earlier = reached[step.end]
                reached[step.end] = beyond if earlier is _START else earlier | beyond
            found.update(self._said(reached[place + 1]))
        return frozenset(found)

    def _said(self, states: _States) -> Sequence[int]:
        """The phrases that end in any of these states; most end none."""
        if states is _START:
            return ()
        said = self._ends.get(states)
        if said is None:
            said = [phrase for number in states for phrase in self._states[number].phrases]
            if len(self._ends) >= _REMEMBERED:
                self._ends.clear()
            self._ends[states] = said
        return said

    def _beyond(self, states: _States, words: Words) -> _States:
        """Where a step leads from all these states at once, and the start; remembered, as most recur."""
        key = (states, _UNKNOWN if self.words.isdisjoint(words) else words)
        beyond = self._steps.get(key)
        if beyond is None:
            beyond = _START.union(n for state in states for n in self._step(state, key[1]))
            if len(self._steps) >= _REMEMBERED:
                self._steps.clear()
            self._steps[key] = beyond
        return beyond

    def find(self, lattice: Lattice) -> Iterable[Match]:
        """Each state that is reached is kept with the latest place that it was reached from."""
        reached: list[dict[int, int]] = [{} for _ in range(len(lattice) + 1)]
        for place, steps in enumerate(lattice):
            for number, start in sorted(reached[place].items()):
                yield from (Match(start, place, phrase) for phrase in self._states[number].phrases)
            here = {**reached[place], 0: place}
            for step in steps:
                beyond = reached[step.end]
                for number, start in here.items():
                    for following in self._step(number, step.words):
                        beyond[following] = max(start, beyond.get(following, start))
        for number, start in sorted(reached[-1].items()):
            yield from (Match(start, len(lattice), phrase) for phrase in self._states[number].phrases)

    def _step(self, number: int, words: Words) -> Iterable[int]:
        state = self._states[number]
        if not state.edges:
            return state.after_any
        after = state.after
        return [*state.after_any, *(n for word in words for n in after.get(word, ()))]

    def _follow(self, states: _States, sequence: _Sequence) -> _States:
        for item in sequence:
            if isinstance(item, _Word):
                states = frozenset([self._after(states, item.forms)])
            elif isinstance(item, _Choice):
                states = frozenset[int]().union(*(self._follow(states, among) for among in item.among))
            else:
                states = self._gap(states, item.length)
        return states

    def _gap(self, states: _States, length: int) -> _States:
        last, found = states, states
        for _ in range(length):
            last = frozenset([self._after(last, _ANY)])
            found |= last
        return found

    def _after(self, states: _States, forms: Words | None) -> int:
        key = (states, forms)
        if key not in self._shared:
            self._shared[key] = len(self._states)
            self._states.append(_State())
            self.words.update(forms or ())
            for state in states:
                self._join(state, forms, self._shared[key])
        return self._shared[key]

    def _join(self, state: int, forms: Words | None, following: int) -> None:
        if forms is None:
            self._states[state].after_any.append(following)
        else:
            self._states[state].edges.append((forms, following))
