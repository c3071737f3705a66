from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.characters import parts_a_character
from index.lexical import analyse
from index.words import FUNCTION_WORDS, Word, matched


def words(text: str, *terms: str) -> list[str]:
    """The words found, by the terms that the given words have in the index."""
    wanted = {term for one in terms for term in analyse(one)}
    return [text[word.start : word.end] for word in matched(text, wanted, analyse)]


def test_a_word_is_found_with_its_place_and_its_term() -> None:
    assert matched("Fees and a fee.", {"fee"}, analyse) == [Word(0, 4, "fee"), Word(11, 14, "fee")]


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("We worried, and worry still: worries.", "worrying", ["worried", "worry", "worries"]),
        ("COUNSELLING, counselling", "Counselling", ["COUNSELLING", "counselling"]),
        ("the café, the cafe", "cafe", ["café", "cafe"]),
        ("cafe\u0301 noir", "cafe", ["cafe\u0301"]),
        ("Die Gebühren", "Gebühren", ["Gebühren"]),
        ("Große Räume, grosse Räume", "große", ["Große", "grosse"]),
        ("người Việt", "Viet", ["Việt"]),
        ("afraid of dying", "die", ["dying"]),
        ("well-being", "being", ["being"]),
        ("insurer's form", "insurer", ["insurer"]),
        ("on the 24th, 24 hours", "24", ["24"]),
        ("snake_case", "case", ["case"]),
    ],
)
def test_every_form_of_a_word_is_found(text: str, term: str, found: list[str]) -> None:
    assert words(text, term) == found


@given(st.text("aeFDs’“”–…\u00a0²é ß'-", max_size=30), st.sampled_from(["fed", "safe", "dés", "ease"]))
def test_typographic_signs_are_no_part_of_a_word_and_move_none(text: str, term: str) -> None:
    typed = text.translate({ord(sign): "?" for sign in "’“”–…\u00a0"})
    terms = set(analyse(term))
    assert matched(text, terms, analyse) == matched(typed, terms, analyse)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("university", "universe"),
        ("sleepless coffee", "fee"),
        ("carefree", "free"),
        ("", "fee"),
        ("🙂", "fee"),
    ],
)
def test_a_part_of_a_word_is_not_the_word(text: str, term: str) -> None:
    found = words(text, term)
    assert not found or analyse(found[0]) == analyse(term)


def test_without_terms_nothing_is_found() -> None:
    assert matched("Fees and a fee.", (), analyse) == []


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("e\u0301", 1),  # an accent
        ("हि", 1),  # a vowel sign
        ("❤\ufe0f", 1),  # told to be an emoji
        ("👩‍👧", 1),
        ("👩‍👧", 2),  # after the joiner
        ("👍🏽", 1),  # a colour
        ("1\ufe0f\u20e3", 2),  # a keycap
    ],
)
def test_what_is_read_as_one_character_is_not_to_be_parted(text: str, at: int) -> None:
    assert parts_a_character(text, at)


@pytest.mark.parametrize(
    ("text", "at"), [("ab", 1), ("a b", 1), ("é.", 1), ("🙂🙂", 1), ("e\u0301", 0), ("e\u0301", 2), ("", 0)]
)
def test_between_two_characters_a_cut_parts_none(text: str, at: int) -> None:
    assert not parts_a_character(text, at)


LETTERS = st.text(st.sampled_from("aefs éü'’-. \u0301\u0308\u200d\ufe0f🙂👩👧🏽🇩🇪हिन्दी悲し\n"), max_size=40)


@given(LETTERS)
def test_words_are_in_order_apart_and_never_part_a_character(text: str) -> None:
    terms = {term for part in text.split() for term in analyse(part)}
    end = 0
    for word in matched(text, terms, analyse):
        assert end <= word.start < word.end <= len(text)
        assert not parts_a_character(text, word.end)
        assert word.term in terms
        end = word.end


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_text_is_a_trouble(text: str) -> None:
    for word in matched(text, set(analyse(text)), analyse):
        assert text[word.start : word.end].strip()


def test_function_words_are_as_the_index_holds_them() -> None:
    assert {"what", "is", "dont", "pleas", "befor"} <= FUNCTION_WORDS
    assert all(word == unicodedata.normalize("NFKC", word).lower() for word in FUNCTION_WORDS)
    assert not {"sleep", "fee", "cost", "help", "danger", "work", "pai"} & FUNCTION_WORDS
    typed = "What is it that you do, and how could we please have it before all of them?"
    assert set(analyse(typed)) <= FUNCTION_WORDS
