"""What the words of a question may say: under misspellings, disguises and joined or parted letters.

A disguise is believed only where it gives a word of the vocabulary that is being looked for, so that
"k1ll" may say "kill" while a code such as "B12" stays what it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Final

_APOSTROPHES: Final = dict.fromkeys(map(ord, "'’‘‛ʼʹ`´′＇"))
# Letters of other scripts that look Latin: the commonest ones, in small form.
_LOOKALIKES: Final = str.maketrans("аеорсухіјѕԁӏћοανικıøłđß", "aeopcyxijsdlhoavikiolds")
_VOWELS: Final = re.compile("[aeiouy]")
_CAPITAL_I: Final = re.compile("(?<=[a-z])I+")  # "kiII" is drawn like "kill"
_SYMBOLS: Final = "!@$*|+"
# Letters that are words by themselves, since no spaces tell where words end: of kana, Han, Hangul (in its
# parts, as `fold` leaves it), Thai and Lao, Burmese, Khmer.
_ALONE: Final = "\u3040-\u30ff\u3400-\u9fff\u1100-\u11ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_TOKEN: Final = re.compile(rf"[{_ALONE}]|[@$]?[^\W_{_ALONE}]+(?:[{re.escape(_SYMBOLS)}]+[^\W_]+)*\|*")
_LEET: Final = str.maketrans("0345789@$+", "oeastbgast")
_SYMBOL: Final = re.compile(f"[{re.escape(_SYMBOLS)}]+")
_UPRIGHT: Final = re.compile(r"[1!|]")  # what is drawn as one stroke is an i or an l
_LONGEST_DISGUISE: Final = 40  # a longer token is no word under a disguise
_FUZZY_LENGTH: Final = 6  # shorter words are one letter away from too many others ("kill", "hill")
_SKELETON_LENGTH: Final = 7  # from here two edits may go wrong in the vowels: "suicyde", "sucidall"
_JOINED_LENGTH: Final = 4  # "ki ll", "my self"
_JOINED_PARTS: Final = 4
_REMEMBERED: Final = 4096  # tokens, and what they say
_GLUED_LENGTH: Final = 7  # "endmylife"
_SHORT_WORDS: Final = frozenset(
    "a i am be by do go he id if im in is it me my no of on or so to up us we".split()
)

Words = frozenset[str]
BEGINNING: Final = "^"
END: Final = "$"


@dataclass(frozen=True, slots=True)
class Step:
    """Words that may stand from one place of the text to a later one."""

    end: int
    words: Words


Lattice = Sequence[Sequence[Step]]  # the steps that begin at each place; the first leads to the next place


def fold(text: str) -> str:
    """Small plain letters: NFKC, no case, no diacritics, no apostrophes, nothing invisible."""
    if text.isascii():  # most text is, and then nothing else can happen to it
        return _small(text.translate(_APOSTROPHES))
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))
    text = unicodedata.normalize("NFKD", _small(text))
    kept = "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf", "Me"))
    return kept.translate(_APOSTROPHES).translate(_LOOKALIKES)


def _small(text: str) -> str:
    return _CAPITAL_I.sub(lambda capitals: "l" * len(capitals.group()), text).casefold()


def tokens(text: str) -> list[str]:
    """The words of a text, folded; symbols inside a word stay ("k!ll")."""
    return _TOKEN.findall(fold(text))


def plain_tokens(text: str) -> list[str]:
    """The words of a text, folded, without any symbol."""
    return [part for token in tokens(text) for part in _parts(token)]


def plain_lattice(typed: Sequence[str], words: Words) -> Lattice:
    """The tokens as they stand, and two of them as one where that is one of `words`: "break up"."""
    steps = [[Step(1, frozenset([BEGINNING]))]]
    for n, token in enumerate(typed):
        here = [Step(n + 2, frozenset([token]))]
        if n + 1 < len(typed) and token + typed[n + 1] in words:
            here.append(Step(n + 3, frozenset([token + typed[n + 1]])))
        steps.append(here)
    return [*steps, [Step(len(typed) + 2, frozenset([END]))]]


class Vocabulary:
    """The words that are looked for, and how they are known again.

    `ordinary` words are never taken for one of them, however alike: "succeed" is no "suicide".
    """

    def __init__(self, words: Iterable[str], ordinary: Iterable[str] = ()) -> None:
        self.words: Words = frozenset(words)
        self._as_they_stand = self.words | frozenset(ordinary)
        long = [word for word in self.words if len(word) >= _FUZZY_LENGTH]
        self._longest = max(map(len, self.words), default=0)
        initials = _grouped(self.words, lambda word: word[0])
        self._alike = {initial: "\n".join(words) for initial, words in initials.items()}
        longer = [word for word in long if len(word) >= _SKELETON_LENGTH]
        self._squeezed = _ByInitial(self.words, lambda word: (_squeeze(word),))
        self._skeletons = _ByInitial(longer, lambda word: (_skeleton(word),))
        self._near = _ByInitial(long, lambda word: {word, *_deletions(word)})
        self._places = lru_cache(maxsize=_REMEMBERED)(self._places_of)

    def lattice(self, typed: Sequence[str]) -> Lattice:
        """All that the tokens may say; a way from place 0 to the last is one reading of them."""
        places: list[Words] = [frozenset([BEGINNING])]
        for letters, run in groupby(typed, lambda token: len(token) == 1 and token.isalpha()):
            group = list(run)
            joined = self._read("".join(group), glued=_JOINED_LENGTH) if letters and len(group) > 2 else None
            places += joined or [words for token in group for words in self._places(token)]
        places.append(frozenset([END]))
        shortest = [min(words, key=len) for words in places]
        return [[Step(n + 1, places[n]), *self._joined(shortest, n)] for n in range(len(places))]

    def _places_of(self, token: str) -> Sequence[Words]:
        return self._read(token) or [frozenset([part]) for part in _parts(token)]

    def _read(self, token: str, glued: int = _GLUED_LENGTH) -> list[Words] | None:
        """The token as a word of the vocabulary or several glued together; None where it is neither."""
        if token in self._as_they_stand:
            return [frozenset([token])]
        if len(token) > _LONGEST_DISGUISE:
            return None
        found = {word for plain in _undisguised(token) for word in self._known_as(plain)}
        if "*" in token:
            found |= self._masked(token)
        if found:
            return [frozenset({token, *found})]
        return self._parted(token) if len(token) >= glued else None

    def _known_as(self, plain: str) -> set[str]:
        if plain in self.words:
            return {plain}
        found = set(self._squeezed.under(_squeeze(plain), plain[0])) if _drawn_out(plain) else set()
        if len(plain) >= _FUZZY_LENGTH - 1 and plain.isalpha():
            keys = (plain, *_deletions(plain))
            initials = set(plain[:2])  # the first letter is never changed, but for a swap with the next
            near = {word for one in initials for key in keys for word in self._near.under(key, one)}
            found |= {word for word in near if _one_edit(plain, word)}
            long = len(plain) >= _SKELETON_LENGTH - 1
            alike = self._skeletons.under(_skeleton(plain), plain[0]) if long else ()
            found |= {word for word in alike if _edits(plain, word) <= 2}
        return found

    def _masked(self, token: str) -> set[str]:
        """The words that "s*icide" may be: of its length and with its letters."""
        shape = "".join("." if letter == "*" else re.escape(letter) for letter in token)
        return set(re.findall(f"^{shape}$", self._alike.get(token[0], ""), re.MULTILINE))

    def _parted(self, token: str) -> list[Words] | None:
        """The token as the fewest words of the vocabulary, such as "endmylife"."""
        best: list[list[str] | None] = [[], *[None] * len(token)]
        for end in range(1, len(token) + 1):
            for start in range(max(0, end - self._longest), end):
                head, word = best[start], token[start:end]
                if head is None or word not in self.words or (len(word) < 3 and word not in _SHORT_WORDS):
                    continue
                current = best[end]
                if current is None or len(head) + 1 < len(current):
                    best[end] = [*head, word]
        found = best[-1]
        return [frozenset([word]) for word in found] if found and max(map(len, found)) > 3 else None

    def _joined(self, typed: Sequence[str], start: int) -> list[Step]:
        """Words that the writer parted: "over dose", "my self"."""
        steps = []
        joined = typed[start]
        for end in range(start + 1, min(start + _JOINED_PARTS, len(typed))):
            joined += typed[end]
            if len(joined) >= _JOINED_LENGTH and joined in self.words:
                steps.append(Step(end + 1, frozenset([joined])))
        return steps


class _ByInitial:
    """Words by each of their keys, made for a first letter when it is first asked for: a question has few."""

    def __init__(self, words: Iterable[str], keys: Callable[[str], Iterable[str]]) -> None:
        self._words, self._keys = _grouped(words, lambda word: word[0]), keys
        self._made: dict[str, dict[str, list[str]]] = {}

    def under(self, key: str, initial: str) -> Sequence[str]:
        """The words with this key that begin with this letter."""
        if initial not in self._made:
            self._made[initial] = _grouped(self._words.get(initial, ()), self._keys)
        return self._made[initial].get(key, ())


def _parts(token: str) -> list[str]:
    return [part for part in re.split(_SYMBOL, token) if part]


def _undisguised(token: str) -> set[str]:
    """The token without its symbols, and with digits and symbols read as the letters that they look like."""
    readings = {"".join(_parts(token))}
    if not token.isdigit():
        letters = token.translate(_LEET)
        readings |= {re.sub(_UPRIGHT, letter, letters) for letter in "il"}
    return readings


def _drawn_out(word: str) -> bool:
    return any(a == b == c for a, b, c in zip(word, word[1:], word[2:], strict=False))


def _squeeze(word: str) -> str:
    """Each run of a letter as one: "killll" and "kill" become the same."""
    return "".join(letter for letter, _ in groupby(word))


def _deletions(word: str) -> list[str]:
    return [word[:n] + word[n + 1 :] for n in range(len(word))]


def _one_edit(typed: str, word: str) -> bool:
    """At most one letter missing, added, changed or swapped with the next; the first is never changed."""
    n = next((n for n, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), None)
    if n is None:
        return abs(len(typed) - len(word)) <= 1
    swapped = typed[n + 1 : n + 2] + typed[n] + typed[n + 2 :] == word[n:]
    if n == 0:
        return swapped
    return swapped or word[n:] in (typed[n + 1 :], word[n] + typed[n:], word[n] + typed[n + 1 :])


def _skeleton(word: str) -> str:
    """The first letter and the consonants, each run as one, s and c the same."""
    return word[0] + _squeeze(_VOWELS.sub("", word[1:]).replace("c", "s"))


def _edits(typed: str, word: str) -> int:
    """Letters missing, added or changed."""
    row = list(range(len(word) + 1))
    for n, letter in enumerate(typed, 1):
        before, row[0] = row[0], n
        for m, other in enumerate(word, 1):
            before, row[m] = row[m], min(row[m] + 1, row[m - 1] + 1, before + (letter != other))
    return row[-1]


def _grouped(words: Iterable[str], keys: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    """The words by each of their keys, in the order of the alphabet."""
    groups: dict[str, list[str]] = {}
    for word in sorted(words):
        for key in keys(word):
            groups.setdefault(key, []).append(word)
    return groups
