"""What is read as one character, however many code points it has."""

from __future__ import annotations

import unicodedata

FIRST_MARK = "\u0300"  # nothing before it belongs to the letter that it follows
_JOINER = "\u200d"
_JOINERS = frozenset("\u200c\u200d\uff9e\uff9f")  # and the voicing marks of narrow katakana
_EMOJI_PARTS = frozenset(map(chr, (*range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080))))


def parts_a_character(text: str, at: int) -> bool:
    """Whether a cut there would part what is read as one character: a letter from its accent, an emoji
    from its colour or from the ones it is joined to (the greater part of Unicode's UAX 29; it is asked
    only beside words and sentences, where flags and Hangul are never cut)."""
    if not 0 < at < len(text):
        return False
    return belongs_to_previous(text[at]) or (text[at - 1] == _JOINER and _joins_emoji(text, at))


def _joins_emoji(text: str, at: int) -> bool:
    """Whether what stands around a joiner are pictures; between letters it joins the letters' shapes."""
    before = at - 1
    while before > 0 and belongs_to_previous(text[before]):
        before -= 1
    return all(unicodedata.category(text[n])[0] == "S" for n in (before, at))


def belongs_to_previous(character: str) -> bool:
    if character < FIRST_MARK:
        return False
    return unicodedata.category(character)[0] == "M" or character in _JOINERS or character in _EMOJI_PARTS
