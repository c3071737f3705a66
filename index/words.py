"""The words of a text with their places, and which of them say nothing by themselves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from index import scripts
from index.characters import FIRST_MARK, belongs_to_previous, parts_a_character

Analyse = Callable[[str], Sequence[str]]

# English function words, after the lexical analysis (lower case, stemmed). Questions are full of them.
FUNCTION_WORDS = frozenset(
    """a about after again aint all also am an and ani anoth ar are arent as at be been befor being but by
    can cannot cant could couldnt d did didnt do doe doesnt doing don done dont each either els etc ever
    everi few for from get give go got had hadnt has hasnt have havent he her here herself hes hi him
    himself his how i if im in into is isnt it itll itself ive just know let like ll m mai make mani may
    me mi might mightnt mine more most much must mustnt my myself need neednt no nor not now o of off
    often on onc one onli or other our ourselv out over own pleas put rather re realli s sai said same
    say see shall she shes should shouldnt so some such t take tell than that the thei their them
    themselv then there these they theyll theyr theyv thing think this those through to too under until
    up upon us use veri very wa wai want was wasnt way we well were werent weve what whatev when where
    whether which while who whom whos whose why will with within without wont would wouldnt ye yes yet
    you youll your yourself youv""".split()
)


def tells(stem: str) -> bool:
    """Whether a word, after the lexical analysis, says anything by itself."""
    return stem not in FUNCTION_WORDS and len(stem) > 1


class Word(NamedTuple):
    """A word's place in a text, and the term that the lexical index holds it by."""

    start: int
    end: int
    term: str


def matched(text: str, terms: Collection[str], analyse: Analyse) -> list[Word]:
    """The words of a text whose term is one of `terms`, in order.

    A word ends with what belongs to its last letter, such as an accent that is a character of its own. Of
    scripts without spaces pairs of characters are terms; what two of them share is the first one's.
    """
    if scripts.is_spaced(text):
        return _spaced(text, terms, analyse)
    found = _spaced(scripts.without_unspaced(text), terms, analyse)
    reached = 0
    for start, end, pair in scripts.pairs(text):
        if pair in terms and not parts_a_character(text, end):
            found.append(Word(max(start, reached), end, pair))
            reached = end
    return sorted(found)


def _spaced(text: str, terms: Collection[str], analyse: Analyse) -> list[Word]:
    """Only words that begin like a term are analysed: stemming changes a word's end."""
    found: list[Word] = []
    reached = 0
    for start in _places(_plain(text), _beginnings(tuple(terms))):
        if start < reached:
            continue
        end = _end(text, start)
        term = _term(text[start:end], analyse)
        if term in terms:
            found.append(Word(start, end, term))
            reached = end
    return found


def _end(text: str, at: int) -> int:
    """The end of the word that begins at `at`: letters, digits, and the marks on them."""
    end = _REST.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
    if text[end : end + 1] < FIRST_MARK:
        return end
    while end < len(text) and (belongs_to_previous(text[end]) or text[end].isalnum()):
        end += 1
    return end


_DYING = ("die", "lie", "tie")
_REST = re.compile(r"[^\W_]*")
# What may be a letter or a digit, beyond ASCII: all but spaces, punctuation and signs of Western texts.
_LETTERS = re.compile("[\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u1fff\u2070-\U0010ffff]")


@lru_cache(maxsize=256)
def _beginnings(terms: tuple[str, ...]) -> tuple[str, ...]:
    """How the words of these terms begin: stemming changes the last letter, and "dying" into "die"."""
    found: set[str] = set()
    for term in terms:
        kept = 1 if term in _DYING else max(1, min(4, len(term) - 1))
        found.update((term[:kept], term.replace("ss", "ß")[:kept]))
    return tuple(sorted(found))


def _places(text: str, beginnings: Sequence[str]) -> list[int]:
    """Where words begin so, in order. Several times as fast as an expression that looks for all at once."""
    places: set[int] = set()
    for beginning in beginnings:
        at = text.find(beginning)
        while at >= 0:
            if at == 0 or not text[at - 1].isalnum():
                places.add(at)
            at = text.find(beginning, at + 1)
    return sorted(places)


def _plain(text: str) -> str:
    """In lower case and without accents, each letter in its place."""
    if text.isascii():
        return text.lower()
    if _LETTERS.search(text) is None:  # only quotation marks, dashes and the like, which no word has
        return text.encode("ascii", "replace").lower().decode()
    lowered = text.translate(_PLAIN).lower()
    return lowered if len(lowered) == len(text) else "".join(map(_lower, text.translate(_PLAIN)))


def _lower(letter: str) -> str:
    """One letter for one: a Turkish capital I with its dot has two."""
    lowered = letter.lower()
    return lowered if len(lowered) == 1 else letter


def _term(word: str, analyse: Analyse) -> str:
    terms = analyse(word)
    return terms[0] if terms else ""


def _without_accents() -> dict[int, int]:
    """Letters whose accent falls away, one for one, so that places stay the same."""
    folded = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain.isascii():
            folded[code] = ord(plain)
    return folded


_PLAIN = _without_accents()
