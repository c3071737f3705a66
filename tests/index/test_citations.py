from __future__ import annotations

import pytest

from index.citations import check

SOURCES = {
    1: "A session of 50 minutes is 80 pounds. You don't pay for what we cancel.",
    2: "Tell us two days before; else half is due – whatever the reason.",
}


def held(answer: str) -> list[bool]:
    return [one.held for one in check(answer, SOURCES).quotes]


def test_a_mark_exists_or_does_not_and_is_told_where_it_stands() -> None:
    answer = "It is 80 pounds [1]. Half is due [2, 7][3]."
    found = check(answer, SOURCES)
    assert [(one.mark, one.exists) for one in found.marks] == [(1, True), (2, True), (7, False), (3, False)]
    assert answer[found.marks[1].start : found.marks[1].end] == "[2, 7]"
    assert not found.sound
    assert check("It is 80 pounds [1].", SOURCES).unused == (2,)


def test_a_quotation_holds_where_it_stands_in_what_it_is_cited_with() -> None:
    assert held("It says “A session of 50 minutes” [1].") == [True]
    assert held("It says “A session of 50 minutes” [2].") == [False]
    assert held("It says “A session of 50 minutes”.") == [True]
    assert held("It says “A session of 60 minutes” [1].") == [False]


def test_spacing_case_dashes_and_marks_make_no_difference_and_words_do() -> None:
    assert held('"you  don’t\npay for what we cancel" [1]') == [True]
    assert held("«half is due - whatever the reason.» [2]") == [True]
    assert held('"you do not pay for what we cancel" [1]') == [False]


def test_what_is_left_out_is_passed_over_in_order() -> None:
    assert held("“Tell us … half is due” [2]") == [True]
    assert held("“half is due [...] Tell us” [2]") == [False]


def test_marks_belong_to_the_quotation_before_them() -> None:
    found = check("“80 pounds” [1], and “half is due” [2][1]. Then [1].", SOURCES)
    assert [one.marks for one in found.quotes] == [(1,), (2, 1)]
    assert found.quotes[1].found_in == (2,)
    assert found.sound
    assert check("“80 pounds”. Something else [2].", SOURCES).quotes[0].marks == ()
    assert check("“80 pounds.” [1]", SOURCES).quotes[0].marks == (1,)


def test_an_answer_without_marks_and_quotations_is_sound() -> None:
    found = check("I do not know.", SOURCES)
    assert (found.marks, found.quotes, found.sound, found.unused) == ((), (), True, (1, 2))


@pytest.mark.parametrize(
    "hostile", ["“" * 8000, '"' * 399, "[" * 8000, "[1" * 8000, "“a" * 8000, "[1]" * 5000]
)
def test_a_hostile_answer_takes_no_time(hostile: str) -> None:
    import time

    started = time.process_time()
    check(hostile, SOURCES)
    assert time.process_time() - started < 0.5
