"""A question made ready for a collection: its words, what else they may be called, and what each tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from index import scripts
from index.acronyms import Acronyms
from index.bridge import Bridge, Expansion
from index.lexical import LexicalIndex, analyse
from index.types import Alternative, Group, Kind, Question, Term, Vectors
from index.words import tells

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# What another name for a thing counts against the typed one.
#
# An acronym, or what it stands for: at 0.5 it gains .003 nDCG@10 on vagov-anchors and hurts no set; at 1, and
# counted in BM25 beside coverage, .004 there and on medquad, but loses .001 on scifact-train.
#
# What lay words may mean. Swept from 0.3 to 0.6 on clinic-pages, example-clinic, lay-questions, no-answer and
# counsel-chat: on clinic-pages hybrid gains .006 from no bridge at 0.5 (.001 at 0.3), the others are level.
# Beside words that the collection uses itself, it costs up to .015.
_WORTH: Final[Mapping[Kind, float]] = {"same": 1.0, "acronym": 0.5, "lay": 0.5, "finished": 0.8}
_CORRECTED: Final = {1: 0.9, 2: 0.7}  # by edits
# What the model's reading of the question with those names counts beside its reading as it was typed. On 57
# lay questions about the example clinic nDCG@10 is .739 without a bridge, .799 so, .791 at .35 (and names at
# 0.3); no other set's moves by more than .001 for it. For words that are used, too, it costs .003.
_NAMED: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the question as it was typed, and its terms: `can't` has two."""

    text: str
    terms: tuple[Term, ...]


def understand(
    text: str,
    lexical: LexicalIndex,
    bridge: Bridge,
    at_most: int,
    vector: Vectors | None,
    acronyms: Acronyms | None = None,
) -> Question:
    """The question's groups, in order; of the first `at_most` words, which bounds the work."""
    words = [_Word(word, lexical.terms(word)) for word in scripts.words(scripts.spaced(text))[:at_most]]
    if words and not any(term.tells for word in words for term in word.terms):
        words = [_Word(w.text, tuple(_telling(term) for term in w.terms)) for w in words]
    typed = [word.text for word in words]
    expansions = bridge.expansions(typed)
    if acronyms is not None:
        expansions = sorted(expansions + acronyms.expansions(typed), key=lambda one: (one.start, one.end))
    groups = [
        _group(words, start, end, names, lexical) for start, end, names in _merged(expansions, len(words))
    ]
    return Question(text, tuple(_distinct(groups)), vector)


def says_nothing(question: Question) -> bool:
    """Whether its words are such as every question has, and are called nothing else: "what do you do?"."""
    terms = (term for group in question.groups for term in group.terms)
    return not any(group.alternatives for group in question.groups) and not any(
        tells(term.stem) for term in terms
    )


def other_names(question: Question) -> tuple[str, ...]:
    """What the bridge calls what was said in words that the collection does not use."""
    bridged = (one for group in question.groups for one in group.alternatives if one.kind == "lay")
    return tuple(dict.fromkeys(" ".join(term.plain for term in one.terms) for one in bridged))


def with_names(vector: Vectors, named: Vectors) -> Vectors:
    """The (dimensions,) unit vector of a question between its own and that of its words with their names."""
    between: Vectors = vector + np.float32(_NAMED) * named
    return between / np.float32(np.linalg.norm(between))


def mended(question: Question, lexical: LexicalIndex, is_word: Callable[[str], bool]) -> str | None:
    """The question with its misspelled words put right and all else as it was typed; None where none is.

    A word is misspelled where the collection has not got it, nor another name for it, but one a slip away,
    and where it is not a word that just does not occur here: "goat" is no slip of "goal".
    """
    spellings: dict[str, str] = {}
    for group in question.groups:
        if any(one.kind != "mended" for one in group.alternatives):
            continue  # the bridge knows what it means
        for term in group.terms:
            nearest = lexical.corrections(term.plain) if term.tells and not term.known else []
            if nearest and not _is_ending(term.plain, nearest[0][0]) and not is_word(term.plain):
                spellings[term.plain] = nearest[0][0]

    def spelled(match: re.Match[str]) -> str:
        word = match.group()
        right = spellings.get("".join(analyse(word, stem=False)), word)
        if right is word or word.islower():
            return right
        return right.upper() if word.isupper() else right.capitalize()

    text = _WORD.sub(spelled, question.text) if spellings else question.text
    return None if text == question.text else text


def settled(question: Question, is_word: Callable[[str], bool]) -> Question:
    """The question without the mended spellings of what are words, though no passage has them: who asks for
    a router is not to be shown every route, and the collection has no word for it."""
    if not any(one.kind == "mended" for group in question.groups for one in group.alternatives):
        return question
    return replace(question, groups=tuple(_settled(group, is_word) for group in question.groups))


def _settled(group: Group, is_word: Callable[[str], bool]) -> Group:
    kept = tuple(one for one in group.alternatives if one.kind != "mended")
    if len(kept) == len(group.alternatives):
        return group
    unknown = [term for term in group.terms if term.tells and not term.known]
    return replace(group, alternatives=kept) if all(is_word(term.plain) for term in unknown) else group


def _is_ending(typed: str, right: str) -> bool:
    """Whether a word differs in its last letter alone: "router" and "route" are more likely two words."""
    return typed[:-1] in (right, right[:-1])


def _telling(term: Term) -> Term:
    return Term(term.plain, term.stem, term.rarity, True, term.known)


_Span = tuple[int, int, tuple[Expansion, ...]]


def _merged(expansions: Sequence[Expansion], count: int) -> list[_Span]:
    """Expansions of overlapping words together; words that have none each by themselves."""
    merged: list[_Span] = []
    at = 0
    for one in expansions:
        if merged and one.start < at:
            first, last, held = merged[-1]
            merged[-1] = (first, max(last, one.end), (*held, one))
        else:
            merged += [(n, n + 1, ()) for n in range(at, one.start)]
            merged.append((one.start, one.end, (one,)))
        at = merged[-1][1]
    return [*merged, *((n, n + 1, ()) for n in range(at, count))]


def _group(
    words: Sequence[_Word], start: int, end: int, expansions: Sequence[Expansion], lexical: LexicalIndex
) -> Group:
    terms = _terms(words[start:end])
    alternatives = [
        name
        for one in expansions
        if one.same or one.whole or not _is_used(words[one.start : one.end], lexical)
        for name in _names(one, lexical)
    ]
    for term in terms:
        if term.tells and not term.known:
            alternatives += _meant(term, lexical)
    held = tuple(one for one in alternatives if one.terms and all(term.known for term in one.terms))
    weight = sum(term.rarity for term in terms if term.tells)
    if not weight and held:  # "how much" says nothing by itself, but means the fees
        weight = max(min(term.rarity for term in one.terms) for one in held)
    return Group(terms, held, weight)


def _terms(words: Sequence[_Word]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(term for word in words for term in word.terms))


def _is_used(words: Sequence[_Word], lexical: LexicalIndex) -> bool:
    """Whether the collection says this so: a passage has all of the words that tell something."""
    return lexical.has_together([term for term in _terms(words) if term.tells])


def _names(one: Expansion, lexical: LexicalIndex) -> list[Alternative]:
    kind: Kind = "acronym" if one.acronym else "same" if one.same else "lay"
    return [_alternative(name, kind, _WORTH[kind], lexical) for name in one.terms]


def _meant(term: Term, lexical: LexicalIndex) -> list[Alternative]:
    """What a word that no passage has may have been meant to be: the word a slip away, else the word it is
    the beginning of, else the word two slips away."""
    corrected = lexical.corrections(term.plain)
    completed = lexical.completions(term.plain)
    if completed and not any(edits == 1 for _, edits in corrected):
        return [_alternative(word, "finished", _WORTH["finished"], lexical) for word in completed]
    return [_alternative(word, "mended", _CORRECTED[edits], lexical) for word, edits in corrected]


def completed(question: Question) -> str:
    """The question with its unfinished words finished, as the encoder is to read it."""
    finished = {
        term.plain: one.terms[0].plain
        for group in question.groups
        for term in group.terms
        for one in reversed(group.alternatives)
        if one.kind == "finished" and one.terms[0].plain.startswith(term.plain)
    }

    def whole(match: re.Match[str]) -> str:
        return finished.get("".join(analyse(match.group(), stem=False)), match.group())

    return _WORD.sub(whole, question.text) if finished else question.text


def _alternative(name: str, kind: Kind, worth: float, lexical: LexicalIndex) -> Alternative:
    return Alternative(lexical.terms(name), worth, kind)


def _distinct(groups: Sequence[Group]) -> list[Group]:
    """A word said twice counts once."""
    return list(dict.fromkeys(group for group in groups if group.terms))
