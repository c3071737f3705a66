"""Acronyms and what they stand for, as the documents themselves say: "cognitive behavioural therapy (CBT)".

The algorithm of Schwartz & Hearst (A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical
Text, 2003), both ways round, held to capitals, since here a wrong one sends a visitor to the wrong page.
What is found is kept with the index; the same passages give the same bytes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.bridge import Expansion
from index.lexical import analyse
from index.words import FUNCTION_WORDS

FILE_NAME: Final = "acronyms.json"
_MOST: Final = 1_000  # pairs of a collection, the oftenest said
_LONG_FORMS: Final = 2  # of one acronym; more is a word that means nothing by itself
_LONGEST: Final = 10  # words

_BEFORE, _INSIDE = 200, 120  # characters around and in a parenthesis that are looked at
_SMALL: Final = frozenset("a an and at by for from in of on or the to with".split())
_ACRONYM: Final = re.compile(r"[A-Z][A-Za-z0-9&/-]{0,9}[A-Z0-9]|[A-Z]{2,10}")
_LAST_WORD: Final = re.compile(r"[A-Za-z0-9&/-]+$")
_LONGEST_WORD: Final = 40  # characters; no acronym has as many
_LETTERS_ALONE: Final = bytes(byte if chr(byte).isalpha() and byte < 128 else 32 for byte in range(256))
_ENDS: Final = re.compile(r"[,;:]| or ")  # of an acronym in a parenthesis, where more is said there
_WORDS: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and what it stands for, both in lower case. `word`: it is oftener a word, as ACT is,
    and then an acronym in capitals alone."""

    short: str
    long: str
    word: bool


def write(texts: Sequence[str], folder: Path) -> None:
    """Writes a collection's acronyms into its folder."""
    pairs = [[one.short, one.long, one.word] for one in find(texts)]
    (folder / FILE_NAME).write_text(json.dumps(pairs, ensure_ascii=False), "utf-8")


def read(folder: Path) -> Acronyms:
    """What `write` wrote. The caller has checked the file's checksum."""
    return Acronyms([Acronym(*pair) for pair in json.loads((folder / FILE_NAME).read_text("utf-8"))])


def find(texts: Sequence[str]) -> list[Acronym]:
    """The acronyms that the texts explain, in order."""
    said = Counter(pair for text in texts if "(" in text for pair in set(_pairs(text)))
    short_forms = {short for short, _ in said}
    words = _counted(texts, short_forms | {short.upper() for short in short_forms})
    kept: list[Acronym] = []
    forms: Counter[str] = Counter()
    for (short, long), _ in sorted(said.items(), key=lambda pair: (-pair[1], pair[0])):
        if forms[short] < _LONG_FORMS and len(kept) < _MOST:
            forms[short] += 1
            is_word = short in FUNCTION_WORDS or words[short] > words[short.upper()]
            kept.append(Acronym(short, long, is_word))
    return sorted(kept, key=lambda one: (one.short, one.long))


def _counted(texts: Iterable[str], wanted: Collection[str]) -> Counter[str]:
    """How often each of these words, of ASCII letters, stands in the texts."""
    encoded = {word.encode() for word in wanted}
    found: Counter[bytes] = Counter()
    for text in texts if encoded else ():
        parts = text.encode("ascii", "replace").translate(_LETTERS_ALONE).split()
        found.update(part for part in parts if part in encoded)
    return Counter({word.decode(): times for word, times in found.items()})


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    for before, inside in _parentheses(text):
        inside = _ENDS.split(inside, 1)[0].strip(" \"'“”‘’")
        short = _singular(inside)
        found = None
        if _ACRONYM.fullmatch(short):
            found = _pair(short, before)
        elif last := _LAST_WORD.search(before, max(0, len(before) - _LONGEST_WORD)):
            short = _singular(last.group())
            found = _pair(short, inside, whole=True) if _ACRONYM.fullmatch(short) else None
        if found:
            yield found


def _parentheses(text: str) -> Iterable[tuple[str, str]]:
    """What stands before each parenthesis on its line, and in it."""
    at = text.find("(")
    while at >= 0:
        end = text.find(")", at + 1, at + _INSIDE)
        if end > 0:
            start = max(0, at - _BEFORE, *(text.rfind(border, 0, at) + 1 for border in "()\n"))
            yield text[start:at].rstrip(), text[at + 1 : end].strip()
        at = text.find("(", at + 1)


def _pair(short: str, around: str, whole: bool = False) -> tuple[str, str] | None:
    """The acronym and its long form, which ends where `around` does, and begins there too if `whole`."""
    letters = re.sub(r"[^A-Za-z0-9]", "", short)
    words = list(_WORDS.finditer(around))[-min(len(letters) + 5, 2 * len(letters)) :]
    if len(letters) < 2 or not words:
        return None
    start = _initials(letters.lower(), words)
    if start is None:
        start = _long_form(letters.lower(), around.lower(), words[0].start())
    if start is None or (whole and start > words[0].start()):
        return None
    held = [word.lower() for word in _WORDS.findall(around[start:])]
    if not 2 <= len(held) <= _LONGEST or short.lower() in held:
        return None
    return letters.lower(), " ".join(held)


def _initials(letters: str, words: Sequence[re.Match[str]]) -> int | None:
    """Where the long form begins whose words, but for the small ones, begin with the letters: so that ACT
    is "acceptance and commitment therapy" and not "and commitment therapy"."""
    left = letters
    for word in reversed(words):
        if word.group().lower() in _SMALL:
            continue
        if not left or word.group()[0].lower() != left[-1]:
            return None
        left = left[:-1]
        if not left:
            return word.start()
    return None


def _long_form(letters: str, text: str, least: int) -> int | None:
    """Where the long form begins, at `least` or later: the letters matched from the right, the first at
    a word's beginning."""
    at = len(text)
    for number in range(len(letters) - 1, -1, -1):
        at -= 1
        while at >= least and (
            text[at] != letters[number] or (number == 0 and at > 0 and text[at - 1].isalnum())
        ):
            at -= 1
        if at < least:
            return None
    return at


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() else short


class Acronyms:
    """A collection's acronyms, to be heard in questions, either way."""

    def __init__(self, pairs: Sequence[Acronym]) -> None:
        self._long: dict[str, list[Acronym]] = {}
        self._short: dict[tuple[str, ...], list[Acronym]] = {}
        for one in pairs:
            self._long.setdefault(one.short, []).append(one)
            self._short.setdefault(analyse(one.long), []).append(one)
        self._longest = _longest(self._short)

    def expansions(self, tokens: Sequence[str]) -> list[Expansion]:
        """What the words of a question stand for, or are called for short, in the order of the question."""
        if not self._long:
            return []
        found = [one for at, token in enumerate(tokens) for one in self._spelled_out(token, at, tokens)]
        stems = [analyse(token) for token in tokens]
        for at, first in enumerate(stems):
            said: tuple[str, ...] = ()
            for end in range(at + 1, min(at + self._longest.get(first[:1], 0), len(tokens)) + 1):
                said += stems[end - 1]
                names = tuple(one.short for one in self._short.get(said, ()))
                if names:
                    found.append(Expansion(" ".join(tokens[at:end]), names, at, end, same=True, acronym=True))
        return sorted(found, key=lambda one: (one.start, one.end, one.terms))

    def _spelled_out(self, token: str, at: int, tokens: Sequence[str]) -> list[Expansion]:
        capitals = token.isupper() and not all(other.isupper() for other in tokens)
        short = token.lower()
        if short not in self._long and short.endswith("s"):
            short, capitals = short[:-1], token[:-1].isupper()  # "OCDs"
        names = tuple(one.long for one in self._long.get(short, ()) if capitals or not one.word)
        return [Expansion(token, names, at, at + 1, same=True, acronym=True)] if names else []


def _longest(forms: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """How many words the longest of the forms has that begin with a word; of an empty one, which a word of
    signs alone is, any."""
    longest: dict[tuple[str, ...], int] = {}
    for form in forms:
        longest[form[:1]] = max(len(form), longest.get(form[:1], 0))
    return longest
