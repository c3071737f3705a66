"""The notices that come with answers, whatever else the answer is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from index.meaning import Meaning
from index.notices import NoticeMatcher, NoticeRule, crisis_rule
from index.search import Searcher, searcher_of
from index.types import Filters, Notice, Query, Vectors
from tests.index.toy import ToyEncoder
from tests.small import ENCODER, document, filled

CALL = crisis_rule("us").notice
FEES = Notice("info", "New fees", "From March.")
RULES = [crisis_rule("us"), NoticeRule(FEES, ("fees",))]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    filled(
        folder,
        [
            document("cost", "Fees are paid after each visit."),
            document("sleep", "Sleep comes when worry is written down."),
            document("elsewhere", "Fees of another practice.", collection="other"),
        ],
    )
    return folder


@pytest.fixture(scope="module")
def searcher(data: Path) -> Searcher:
    return searcher_of(data, ENCODER, notices=NoticeMatcher(RULES))


@pytest.mark.parametrize(
    "query",
    [
        Query("i want to kill myself"),
        Query("i want to kill myself", mode="dense"),
        Query("i want to kill myself", mode="lexical"),
        Query("i want to kill myself", collection="other"),
        Query("i want to kill myself", group=False, limit=1),
        Query("i want to kill myself", filters=Filters(document_id=("nowhere",))),
        Query("i want to kill myself", filters=Filters(language="xx", tags=("none",))),
        Query("sleep. " * 60 + "i want to kill myself"),
    ],
    ids=lambda query: f"{query.mode}-{query.collection}-{query.filters.language or len(query.text)}",
)
def test_the_crisis_notice_comes_with_every_answer_that_calls_for_it(
    searcher: Searcher, query: Query
) -> None:
    assert searcher.search(query).notices == (CALL,)


def test_it_comes_where_nothing_is_found(searcher: Searcher) -> None:
    answer = searcher.search(Query("suicidal", mode="lexical"))
    assert answer.results == ()
    assert answer.notices == (CALL,)


def test_the_owners_notices_come_after_it(searcher: Searcher) -> None:
    assert searcher.search(Query("suicidal, and what are the fees")).notices == (CALL, FEES)
    assert searcher.search(Query("what are the fees")).notices == (FEES,)
    assert searcher.search(Query("sleep")).notices == ()


def test_without_notices_there_are_none(data: Path) -> None:
    assert searcher_of(data, ENCODER).search(Query("suicidal")).notices == ()


def test_what_has_no_words_for_it_is_heard_by_meaning_in_every_mode(data: Path) -> None:
    """With these phrasings "sleep" is a crisis, and "fees" is harmless."""
    said = ENCODER.encode_queries(["sleep", "fees"])
    meaning = Meaning(said, np.array([1, -1], np.float32), 0.5, -0.5)
    searcher = searcher_of(data, ENCODER, notices=NoticeMatcher(RULES), meaning=meaning)
    assert searcher.search(Query("sleep, sleep")).notices == (CALL,)
    assert searcher.search(Query("sleep, sleep", mode="lexical")).notices == (CALL,)
    assert searcher.notices("sleep, sleep") == (CALL,)
    assert searcher.search(Query("worry, worry")).notices == ()
    assert searcher.search(Query("worry, fees")).notices == (FEES,)


def test_one_word_alone_is_heard_by_rules_and_not_by_meaning(data: Path) -> None:
    meaning = Meaning(ENCODER.encode_queries(["sleep"]), np.array([1], np.float32), 0.5, -0.5)
    searcher = searcher_of(data, ENCODER, notices=NoticeMatcher(RULES), meaning=meaning)
    assert searcher.search(Query("sleep")).notices == ()
    assert searcher.search(Query("suicide")).notices == (CALL,)
    assert searcher.search(Query("sleep sleep")).notices == (CALL,)


def test_an_answer_by_words_does_not_wait_for_a_model_that_says_nothing(data: Path) -> None:
    """The rules are heard all the same."""
    said = Event()

    class Stuck(ToyEncoder):
        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            said.wait(10)
            return super().encode_queries(texts)

    meaning = Meaning(ENCODER.encode_queries(["sleep"]), np.array([1], np.float32), 0.5, -0.5)
    stuck = Stuck(("sleep", "exams", "fees", "grief", "worry", "insurance"))
    searcher = searcher_of(data, stuck, notices=NoticeMatcher(RULES), meaning=meaning)
    try:
        assert searcher.search(Query("no sleep, i want to kill myself", mode="lexical")).notices == (CALL,)
        assert searcher.search(Query("no sleep", mode="lexical")).notices == ()
    finally:
        said.set()


def test_a_doubtful_word_is_not_believed_in_a_question_that_means_something_harmless(data: Path) -> None:
    """With these phrasings "fees" is harmless. Where it is not clear, it is believed."""
    meaning = Meaning(ENCODER.encode_queries(["sleep", "fees"]), np.array([1, -1], np.float32), 0.5, -0.5)
    rule = NoticeRule(CALL, ("pills", "overdose"), crisis=True, doubtful=frozenset({"pills"}))
    searcher = searcher_of(data, ENCODER, notices=NoticeMatcher([rule]), meaning=meaning)
    assert searcher.search(Query("fees for pills")).notices == ()
    assert searcher.search(Query("fees for pills", mode="lexical")).notices == ()
    assert searcher.search(Query("worry and pills")).notices == (CALL,)
    assert searcher.search(Query("fees for an overdose")).notices == (CALL,)


def test_nothing_is_heard_by_meaning_in_letters_that_the_model_has_to_spell_out(data: Path) -> None:
    """A toy's token is a word: "сон" has one for three letters, "с о н" one for each."""
    said = ENCODER.encode_queries(["sleep", "fees"])
    meaning = Meaning(said, np.array([1, -1], np.float32), 0.5, -0.5)
    searcher = searcher_of(data, ENCODER, notices=NoticeMatcher(RULES), meaning=meaning)
    assert searcher.search(Query("sleep сон")).notices == (CALL,)
    assert searcher.search(Query("sleep с о н т р е в о г а у с н у т ь")).notices == ()
    assert searcher.explain(Query("sleep с о н т р е в о г а у с н у т ь")).crisis is None
