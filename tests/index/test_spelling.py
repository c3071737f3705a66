from __future__ import annotations

import pytest

from index.spelling import Spelling

WORDS = [
    ("anxiety", 40), ("anxious", 25), ("therapist", 60), ("therapists", 12), ("therapy", 90), ("sleep", 30),
    ("sleepy", 2), ("steep", 1), ("counselling", 20), ("counsellor", 18), ("fees", 15), ("feet", 1),
    ("bereavement", 9), ("grief", 14), ("brief", 9), ("covid19", 4), ("cbt", 11), ("schizophrenia", 6),
    ("gebühren", 3), ("session", 50), ("sessions", 50),
]  # fmt: skip


def spelling() -> Spelling:
    return Spelling(lambda start: [pair for pair in WORDS if pair[0].startswith(start)])


@pytest.mark.parametrize(
    ("typed", "meant", "edits"),
    [
        ("anxeity", "anxiety", 1),  # two letters swapped are one slip
        ("anxiaty", "anxiety", 1),
        ("anxiet", "anxiety", 1),
        ("annxiety", "anxiety", 1),
        ("therapst", "therapist", 1),
        ("counceling", "counselling", 2),
        ("bereavment", "bereavement", 1),
        ("scizofrenia", "schizophrenia", 0),
        ("rgief", "grief", 1),
        ("gebuhren", "gebühren", 1),
    ],
)
def test_a_slip_of_the_finger_is_mended(typed: str, meant: str, edits: int) -> None:
    found = spelling().corrections(typed)
    assert (found[:1] == [(meant, edits)]) if edits else found == []


@pytest.mark.parametrize("word", ["cat", "slp", "fee", "x", "", "4444", "covid20", "don't", "--------"])
def test_a_short_word_or_one_with_digits_is_left_alone(word: str) -> None:
    assert spelling().corrections(word) == []


def test_only_a_long_word_may_have_two_slips() -> None:
    assert spelling().corrections("slaap") == []
    assert spelling().corrections("tharapyst")[0] == ("therapist", 2)


def test_the_first_letter_of_a_word_with_two_slips_is_trusted() -> None:
    assert spelling().corrections("ounsellng") == []


def test_a_slip_in_the_first_letter_is_mended() -> None:
    assert spelling().corrections("fleep") == [("sleep", 1)]
    assert spelling().corrections("inxiety") == [("anxiety", 1)]
    assert spelling().corrections("nxiety") == [("anxiety", 1)]


def test_the_nearest_come_first_and_of_those_the_commonest() -> None:
    assert spelling().corrections("sleeb") == [("sleep", 1)]
    assert spelling().corrections("fee?") == []
    assert spelling().corrections("sreep") == [("sleep", 1), ("steep", 1)]


def test_words_as_common_come_by_the_alphabet() -> None:
    assert Spelling(lambda _: [("bread", 3), ("broad", 3)]).corrections("brrad") == [
        ("bread", 1),
        ("broad", 1),
    ]


def test_at_most_two_are_offered() -> None:
    near = [(f"so{letter}nd", 1) for letter in "aeilu"]
    assert len(Spelling(lambda _: near).corrections("soxnd")) == 2


def test_the_words_are_asked_for_once_and_only_when_one_is_unknown() -> None:
    asked: list[int] = []

    def vocabulary(_: str) -> list[tuple[str, int]]:
        asked.append(1)
        return WORDS

    one = Spelling(vocabulary)
    assert asked == []
    one.corrections("anxeity")
    one.corrections("therapst")
    assert asked == [1]


def test_in_a_collection_without_words_nothing_is_mended() -> None:
    assert Spelling(list).corrections("anxeity") == []


def test_an_unfinished_word_is_finished_the_commonest_way_first() -> None:
    assert spelling().completions("ther") == ["therapy", "therapist", "therapists"]
    assert spelling().completions("counse") == ["counselling", "counsellor"]


@pytest.mark.parametrize("typed", ["the", "anxiet", "anxiety", "xylo", "c++", ""])
def test_what_is_too_short_whole_or_unknown_is_not_finished(typed: str) -> None:
    assert spelling().completions(typed) == []
