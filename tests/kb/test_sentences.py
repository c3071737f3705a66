from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.sentences import sentences


def said(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It helps. It takes time.", ["It helps.", "It takes time."]),
        ("It costs approx. 1.2 g a day. Ask us.", ["It costs approx. 1.2 g a day.", "Ask us."]),
        (
            "Some find it hard, e.g. at night. Others do not.",
            ["Some find it hard, e.g. at night.", "Others do not."],
        ),
        ("We cover this later (see pg. 40). Read on.", ["We cover this later (see pg. 40).", "Read on."]),
        (
            "Nobody knows exactly how it works. Still, it does.",
            ["Nobody knows exactly how it works.", "Still, it does."],
        ),
        ('"Why now?" she may ask. Tell her.', ['"Why now?" she may ask.', "Tell her."]),
        (
            "Goals are 1) to cope; 2) to grow. Both matter.",
            ["Goals are 1) to cope; 2) to grow.", "Both matter."],
        ),
        ("これは一つ目です。これは二つ目です。", ["これは一つ目です。", "これは二つ目です。"]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_a_line_break_ends_a_sentence_so_that_list_items_stand_alone() -> None:
    assert said("- sleep badly\n- worry\n\nCall us") == ["- sleep badly", "- worry", "Call us"]


def test_a_numbered_item_keeps_its_number() -> None:
    assert said("2. Breathe out slowly. Wait.") == ["2. Breathe out slowly.", "Wait."]


@given(st.text(max_size=300))
def test_sentences_are_in_order_apart_and_leave_out_nothing_but_white_space(text: str) -> None:
    at = 0
    left_out = []
    for start, end in sentences(text):
        assert at <= start < end
        left_out.append(text[at:start])
        assert text[start:end] == text[start:end].strip()
        at = end
    left_out.append(text[at:])
    assert "".join(left_out).strip() == ""
