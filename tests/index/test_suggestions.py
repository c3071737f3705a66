from __future__ import annotations

import time

import pytest

from index.methods import names_a_method
from index.suggestions import OFFERED, Suggestions
from kb.catalogue import Outline

PAGES = (
    Outline("fees", "Fees and insurance", ("Fees and insurance", "Do you take insurance?", "Sources"), ""),
    Outline("sleep", "Sleeping badly", ("I can't sleep before exams", "What helps", "Sources"), ""),
    Outline("worry", "Anxiety and worry", ("What helps", "Sources"), "Text.\nIs it my fault? It is not.\n"),
    Outline("first", "La primera cita", ("¿Cuánto cuesta?", "Sources"), ""),
    Outline("harm", "Self-harm", ("Ways to kill yourself", "How to tell someone", "Sources"), ""),
    Outline("zh", "儿童心理治疗", ("กลัวการนอน",), ""),
    Outline("danger", "Safety", ("Call 911 if:", "Sources"), ""),
)


@pytest.fixture(scope="module")
def suggestions() -> Suggestions:
    return Suggestions(PAGES)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("fe", "Fees and insurance"),
        ("FEES AND", "Fees and insurance"),
        ("insurance", "Do you take insurance?"),
        ("insurance fees", "Fees and insurance"),
        ("can't sleep", "I can't sleep before exams"),
        ("can’t sl", "I can't sleep before exams"),
        ("cant sl", "I can't sleep before exams"),
        ("cuanto", "¿Cuánto cuesta?"),
        ("¿cuánto c", "¿Cuánto cuesta?"),
        ("心理治", "儿童心理治疗"),
        ("儿", "儿童心理治疗"),
        ("นอน", "กลัวการนอน"),
        ("anxeity", "Anxiety and worry"),
        ("insurence", "Fees and insurance"),
        ("is it my", "Is it my fault?"),
        ("fees   ", "Fees and insurance"),
    ],
)
def test_a_phrase_is_found_by_how_any_of_its_words_begin(
    suggestions: Suggestions, typed: str, first: str
) -> None:
    assert first in suggestions.of(typed)[:2]


def test_whole_beginnings_come_before_words_within(suggestions: Suggestions) -> None:
    assert suggestions.of("fees")[0] == "Fees and insurance"
    assert suggestions.of("sleep")[0] == "Sleeping badly"


def test_a_heading_of_several_pages_is_told_apart_by_its_title(suggestions: Suggestions) -> None:
    assert suggestions.of("what helps") == ["Sleeping badly: What helps", "Anxiety and worry: What helps"]


def test_furniture_and_orders_are_not_offered(suggestions: Suggestions) -> None:
    assert suggestions.of("sources") == []
    assert suggestions.of("call 911") == []


def test_a_way_of_hurting_oneself_is_not_offered_and_one_who_types_it_is_offered_nothing(
    suggestions: Suggestions,
) -> None:
    assert suggestions.of("ways") == []
    assert suggestions.of("self") == ["Self-harm"]
    assert suggestions.of("how to tell") == ["How to tell someone"]
    assert Suggestions([Outline("x", "Overdose", (), "")]).of("over") == []
    assert Suggestions([Outline("x", "k1ll myself, how to", (), "")]).of("k1") == []


@pytest.mark.parametrize(
    "text",
    [
        "how to kill myself",
        "painless ways to die",
        "overdosing on pills",
        "lethal dose of tylenol",
        "thinspo",
    ],
)
def test_methods_are_heard(text: str) -> None:
    assert names_a_method(text)


@pytest.mark.parametrize(
    "text", ["Self-harm", "After a suicide", "How to tell someone", "When you lie awake"]
)
def test_pages_of_help_are_none(text: str) -> None:
    assert not names_a_method(text)


def test_nothing_is_offered_from_a_hidden_document() -> None:
    assert Suggestions(PAGES, hidden=("fees",)).of("fees") == []


def test_nothing_is_offered_twice_and_no_more_than_are_read_at_a_glance() -> None:
    many = [Outline(str(n), f"Fees of kind {n}", ("Fees",), "FEES!\nfees?") for n in range(30)]
    offered = Suggestions(many).of("f")
    assert len(offered) == OFFERED
    assert len({one.casefold().strip("?!") for one in offered}) == OFFERED


@pytest.mark.parametrize("typed", ["", " ", "?!", "\u202e", "😀", "zzzz", "x" * 512, "a " * 256, "\ud800"])
def test_whatever_is_typed_is_answered(suggestions: Suggestions, typed: str) -> None:
    assert isinstance(suggestions.of(typed), list)


def test_a_large_collection_takes_milliseconds() -> None:
    """2,000 documents with five headings each; processor time, since others may compute."""
    nouns = [f"{a}{b}" for a in ("sorrow", "sleep", "fear", "school", "family") for b in "abcdefghij"]
    pages = [
        Outline(str(n), f"Notes {n} on {nouns[n % 50]}", tuple(f"{noun} part {n}" for noun in nouns[:5]), "")
        for n in range(2_000)
    ]
    large = Suggestions(pages)
    assert len(large) >= 10_000
    for typed in ("s", "sor", "fear part", "slepa", "notes fear", "schoolx"):
        large.of("warm")
        started = time.process_time()
        for _ in range(5):
            large.of(typed)
        assert (time.process_time() - started) / 5 < 0.02
