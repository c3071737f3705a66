"""From the words people use to the words a clinic writes."""

from __future__ import annotations

import pytest

from index.bridge import Bridge, BridgeEntry, Expansion, shipped_entries
from index.phrases import Phrases, inflections

SHIPPED = Bridge(shipped_entries())


def terms(question: str) -> set[str]:
    return {term for expansion in SHIPPED.expansions(question.split()) for term in expansion.terms}


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("I can't sleep before exams", "insomnia"),
        ("can’t sleep", "insomnia"),
        ("cant sleep", "insomnia"),
        ("can t sleep", "insomnia"),
        ("need a SHRINK", "psychiatrist"),
        ("my meds", "medication"),
        ("feeling blue", "depression"),
        ("I freak out in shops", "panic attacks"),
        ("always worrying", "anxiety"),
        ("too much booze", "alcohol"),
        ("want to talk to someone", "counselling"),
        ("how much is a session", "fees"),
        ("my husband and I argue", "couples therapy"),
        ("help for my teen", "adolescent"),
        ("baby blues", "postnatal depression"),
        ("I can't stop checking the door", "OCD"),
        ("my mum died", "bereavement"),
        ("my daughter has been cutting", "self-harm"),
        ("counseling", "counselling"),
        ("behaviour problems", "behavior"),
        ("paediatric", "pediatric"),
    ],
)
def test_what_people_say_leads_to_what_a_clinic_writes(question: str, term: str) -> None:
    assert term in terms(question)


def test_an_expansion_says_what_was_matched_and_where() -> None:
    bridge = Bridge([BridgeEntry(("can't sleep", "sleepless"), ("insomnia",))])
    assert bridge.expansions(["I", "can't", "sleep"]) == [
        Expansion("can't sleep", ("insomnia",), 1, 3, False)
    ]


def test_the_longest_phrase_of_an_entry_is_the_one() -> None:
    bridge = Bridge([BridgeEntry(("worry", "worry all the time"), ("anxiety",))])
    assert [e.phrase for e in bridge.expansions("I worry all the time".split())] == ["worry all the time"]


def test_an_entry_that_is_said_twice_is_meant_twice() -> None:
    bridge = Bridge([BridgeEntry(("covered", "acme health"), ("insurance",))])
    found = bridge.expansions("am I covered by Acme Health".split())
    assert [(one.phrase, one.start, one.end) for one in found] == [("covered", 2, 3), ("Acme Health", 4, 6)]


def test_a_term_that_was_typed_is_not_added() -> None:
    bridge = Bridge([BridgeEntry(("cost",), ("fees", "price list"))])
    assert bridge.expansions(["cost", "fees"]) == [Expansion("cost", ("price list",), 0, 1, False)]
    assert bridge.expansions(["cost", "fees", "price", "list"]) == []


def test_a_question_without_lay_words_is_left_alone() -> None:
    assert SHIPPED.expansions("cognitive dissonance".split()) == []
    assert SHIPPED.expansions([]) == []


def test_the_shipped_bridge_is_long_and_each_phrase_has_one_place() -> None:
    entries = [entry for entry in shipped_entries() if len(entry.says) > 1 or len(entry.means) > 1]
    assert len(entries) >= 150
    for entry in shipped_entries():
        assert entry.says
        assert entry.means
        assert len(set(entry.says)) == len(entry.says), entry
        assert len(set(entry.means)) == len(entry.means), entry
        Phrases(entry.says)


def test_inflections_are_the_regular_ones() -> None:
    assert {"fee", "fees"} <= inflections("fees")
    assert {"worry", "worries", "worried", "worrying"} <= inflections("worry")
    assert {"cut", "cuts", "cutting"} <= inflections("cut")
    assert {"die", "dies", "died", "dying"} <= inflections("die")
    assert {"take", "takes", "taking"} <= inflections("take")
    assert inflections("her") == {"her"}
