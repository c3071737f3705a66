"""Why the results are what they are."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from index.fusion import WEIGHTS
from index.meaning import Meaning
from index.notices import NoticeMatcher, crisis_rule
from index.owner import Wishes
from index.pins import Pin
from index.search import Searcher, searcher_of
from index.types import Mode, Query
from kb.errors import NotFound, QueryError
from tests.small import ENCODER, document, filled

MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")
QUESTIONS = ("sleep and worry", "fees for couples", "how much", "grief before exams", "nothing of it")


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("explained")
    filled(
        folder,
        [
            document("fees", "Fees are paid after each visit. The fees for couples are higher."),
            document("grief", "Grief has no timetable, and nobody has to carry it alone."),
            document("sleep", "Sleep comes more easily when worry has been written down."),
            document("exams", "Worry before exams is common. Sleep helps."),
            document("old", "Old fees."),
        ],
    )
    wishes = Wishes((Pin("grief", phrases=("sad",)),), {"default": ("old",)})
    meaning = Meaning(ENCODER.encode_queries(["grief", "fees"]), np.array([1, -1], np.float32), 0.5, -0.5)
    return searcher_of(
        folder, ENCODER, notices=NoticeMatcher([crisis_rule("us")]), meaning=meaning, wishes=wishes
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", QUESTIONS)
def test_it_tells_of_the_very_answer(searcher: Searcher, text: str, mode: Mode) -> None:
    query = Query(text, mode=mode)
    answer, told = searcher.search(query), searcher.explain(query)
    assert [one.passage_id for one in told.results] == [one.passage_id for one in answer.results]
    assert [one.chance for one in told.results] == [one.score for one in answer.results]
    assert (told.judged.verdict, told.generation, told.mode) == (answer.verdict, answer.generation, mode)
    assert told.judged.best == max((one.score for one in answer.results), default=0.0)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", QUESTIONS)
def test_the_parts_add_up_to_the_score_that_was_ranked_by(searcher: Searcher, text: str, mode: Mode) -> None:
    scores = dict(searcher.documents(Query(text, limit=100, mode=mode)))
    told = searcher.explain(Query(text, mode=mode))
    for one in told.results:
        assert one.score == pytest.approx(scores[one.document_id], abs=1e-5)
    if mode == "hybrid":
        for one in told.results:
            words = one.parts.strength + one.parts.coverage + one.parts.headings
            assert one.lexical.score == pytest.approx(words, abs=1e-5)
            assert one.dense.score == one.parts.cosine
            assert one.parts.coverage <= WEIGHTS.coverage + 1e-6


@pytest.mark.parametrize("text", QUESTIONS)
def test_they_do_so_where_words_are_not_looked_for_deep_enough(
    searcher: Searcher, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    for module in ("ranking", "explain"):
        monkeypatch.setattr(f"index.{module}.depth", lambda _: 1)
    scores = dict(searcher.documents(Query(text, limit=100)))
    told = searcher.explain(Query(text))
    assert sum(one.lexical.rank is not None for one in told.results) <= 1
    for one in told.results:
        assert one.score == pytest.approx(scores[one.document_id], abs=1e-5)


def test_each_leg_tells_its_own_rank(searcher: Searcher) -> None:
    told = searcher.explain(Query("sleep"))
    ranks = {one.document_id: (one.dense.rank, one.lexical.rank) for one in told.results}
    assert ranks["sleep"][0] in (1, 2)
    assert ranks["sleep"][1] in (1, 2)
    assert ranks["fees"][1] is None


def test_the_words_tell_what_they_weigh_and_what_else_they_are_called(searcher: Searcher) -> None:
    told = searcher.explain(Query("the how much of gearboxes"))
    the, price, of, gearboxes = told.words
    assert (the.weight, of.weight) == (0, 0)
    assert not gearboxes.known
    assert [(name.words, name.worth) for name in price.also] == [("fees", 0.5)]


def test_the_owners_say_is_told(searcher: Searcher) -> None:
    told = searcher.explain(Query("sad, and cannot sleep"))
    assert [(one.document, one.by, one.cosine) for one in told.pinned] == [("grief", "sad", None)]
    assert told.hidden == ("old",)
    assert told.results[0].pinned


def test_the_rule_that_heard_a_crisis_is_told_and_so_is_the_meaning(searcher: Searcher) -> None:
    (by_rule,) = searcher.explain(Query("i want to kill myself")).notices
    assert "{kill} ~2 {self}" in by_rule.triggers
    assert not by_rule.by_meaning
    told = searcher.explain(Query("grief, grief"))
    (heard,) = told.notices
    assert heard.by_meaning
    assert heard.triggers == ()
    assert told.crisis is not None
    assert told.crisis.score > told.crisis.threshold


def test_it_is_json_as_it_stands(searcher: Searcher) -> None:
    for text in QUESTIONS:
        told = asdict(searcher.explain(Query(text)))
        assert json.loads(json.dumps(told))["question"] == text


def test_it_has_the_limits_of_a_question(searcher: Searcher) -> None:
    with pytest.raises(QueryError):
        searcher.explain(Query(" "))
    with pytest.raises(NotFound):
        searcher.explain(Query("sleep", collection="nowhere"))


def test_explaining_writes_nothing(searcher: Searcher, tmp_path: Path) -> None:
    searcher.explain(Query("sleep"))
    assert list(tmp_path.iterdir()) == []
