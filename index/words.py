"""The words of a text with their places, and which of them say nothing by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Analyse = Callable[[str], Sequence[str]]

_WORD = re.compile(r"[^\W_]+")

# English function words, after the lexical analysis (lower case, stemmed). Questions are full of them.
FUNCTION_WORDS = frozenset(
    """a about after again all also am an and ani anoth ar are as at be been befor being but by can cannot
    could d did do doe doing don done dont each either els etc ever everi few for from get give go got
    had has have havent he her here herself hi him himself his how i if im in into is isnt it it itself
    ive just know let like ll m make mai mani may me might mine more most much must mi my myself need no
    nor not now o of off often on onc one onli or other our ourselv out over own pleas put rather re
    realli s said same sai say see shall she should so some such t take tell than that the their them
    themselv then there these thei they thing think this those through to too under until up upon us use
    veri very wa want was wai way we well were what whatev when where whether which while who whom whose
    why will with within without wont would ye yes yet you your yourself""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word's place in a text, and the term that the lexical index holds it by."""

    start: int
    end: int
    term: str


def words(text: str, analyse: Analyse) -> list[Word]:
    """The words of a text, in order."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        terms = analyse(match.group())
        if terms:
            found.append(Word(match.start(), match.end(), terms[0]))
    return found


def telling(terms: Sequence[str]) -> list[str]:
    """The terms that say something, each once, in order; all of them where none does."""
    distinct = list(dict.fromkeys(terms))
    return [term for term in distinct if term not in FUNCTION_WORDS and len(term) > 1] or distinct
