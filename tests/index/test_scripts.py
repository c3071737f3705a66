"""What is asked and what is indexed come to the same words, whatever script they are written in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import scripts
from index.lexical import analyse

ANY_TEXT = st.text(st.characters(categories=("L", "Nd", "P", "Zs")), max_size=60)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("心理治疗师", ["心理", "理治", "治疗", "疗师"]),
        ("CBT治疗，有用吗？", ["cbt", "治疗", "有用", "用吗"]),
        ("药", ["药"]),
        ("ガード ABC", ["ガー", "ード", "abc"]),
        ("밤에 잠을", ["밤에", "잠을"]),
        ("नींद नहीं आती, क्यों?", ["नींद", "नहीं", "आती", "कयों"]),
        ("النَّوم ليلاً", ["النوم", "ليلا"]),
        ("за́мок ёж йод", ["замок", "ёж", "йод"]),
        ("không ngủ", ["khong", "ngu"]),
        ("can't sleep", ["can", "t", "sleep"]),
    ],
)
def test_a_text_has_the_terms_that_its_script_asks_for(text: str, terms: list[str]) -> None:
    assert list(analyse(text, stem=False)) == terms
    assert list(analyse(unicodedata.normalize("NFD", text), stem=False)) == terms


def test_thai_is_read_in_pairs_of_characters_with_the_vowels_above_and_below_them() -> None:
    assert analyse("หลับ", stem=False) == ("หลั", "ลับ")


def test_narrow_and_wide_forms_are_the_usual_ones() -> None:
    assert analyse("ｶﾞｰﾄﾞ ＡＢＣ", stem=False) == analyse("ガード ABC", stem=False)


@pytest.mark.parametrize(
    ("letter", "block"),
    [
        ("ב", (0x591, 0x5C8)),
        ("ب", (0x610, 0x6D5)),
        ("न", (0x900, 0xE00)),
        ("น", (0xE31, 0xE4F)),
        ("ក", (0x17B6, 0x17DE)),
    ],
)
def test_no_mark_of_a_living_script_parts_a_word(letter: str, block: tuple[int, int]) -> None:
    marks = [c for c in map(chr, range(*block)) if unicodedata.category(c)[0] == "M"]
    parting = [unicodedata.name(c) for c in marks if len(analyse(letter + c + letter, stem=False)) != 1]
    assert not [name for name in parting if "ACCENT" not in name]  # how a verse is sung


@given(ANY_TEXT)
def test_the_words_of_a_question_are_those_that_are_indexed(text: str) -> None:
    asked = [term for word in scripts.words(scripts.spaced(text)) for term in analyse(word, stem=False)]
    assert asked == list(analyse(text, stem=False))


@given(ANY_TEXT)
def test_what_is_spaced_stays_so(text: str) -> None:
    assert analyse(scripts.spaced(text), stem=False) == analyse(text, stem=False)


@given(st.text(st.sampled_from("心理治疗師ไม่นอนがｶﾞ가各 ab,"), max_size=30))
def test_pairs_stand_where_they_are_said_to(text: str) -> None:
    for start, end, pair in scripts.pairs(text):
        assert analyse(text[start:end], stem=False) == analyse(pair, stem=False)


def test_words_are_counted_where_none_are_spaced() -> None:
    assert scripts.count("what helps") == 2
    assert 4 <= scripts.count("心理治疗师能帮我") <= 6
