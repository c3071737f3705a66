"""The words of a text with their places, and which of them say nothing by themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

Analyse = Callable[[str], Sequence[str]]

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


def matched(text: str, terms: Collection[str], analyse: Analyse) -> list[Word]:
    """The words of a text whose term is one of `terms`, in order.

    Only words that begin like a term are analysed: stemming changes a word's end.
    """
    if not terms:
        return []
    beginnings = _beginnings(frozenset(terms))
    found: list[Word] = []
    for match in beginnings.finditer(text.translate(_PLAIN)):
        term = _term(text[match.start() : match.end()], analyse)
        if term in terms:
            found.append(Word(match.start(), match.end(), term))
    return found


@lru_cache(maxsize=256)
def _beginnings(terms: frozenset[str]) -> re.Pattern[str]:
    starts = {re.escape(term[: max(1, min(4, len(term) - 2))]) for term in terms}
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(starts))})[^\W_]*", re.IGNORECASE)


def _term(word: str, analyse: Analyse) -> str:
    terms = analyse(word)
    return terms[0] if terms else ""


def _without_accents() -> dict[int, int]:
    """Letters whose accent falls away, one for one, so that places stay the same."""
    folded = {}
    for code in range(0xC0, 0x250):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain.isascii():
            folded[code] = ord(plain)
    return folded


_PLAIN = _without_accents()
