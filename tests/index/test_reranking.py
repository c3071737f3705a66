"""The best passages read again: their order, the time it may take, and what becomes of the numbers."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from index.models import find, prepare, read_description
from index.reranker import open_reranker
from index.reranking import UNFITTED, Reranking
from index.search import Searcher, searcher_of
from index.types import Answer, Hit, Query, Ranking
from index.verdict import Calibration, Standing
from kb.errors import Damaged, ModelError, NotReady
from tests.index.texts import TEXTS
from tests.small import ENCODER, document, filled

ROOT = Path(__file__).parents[2]


@dataclass
class Clock:
    """A clock that moves when someone works."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Overlap:
    """Counts the question's words in a passage; a batch takes `seconds`."""

    clock: Clock = field(default_factory=Clock)
    seconds: float = 0.0
    batch: int = 2
    fingerprint: str = "overlap"
    read: list[str] = field(default_factory=list)

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        self.clock.now += self.seconds
        self.read.extend(passages)
        words = set(query.lower().split())
        return [float(len(words & set(one.lower().replace(".", "").split()))) for one in passages]


PASSAGES = ("a b", "a", "b c", "a b c", "c", "nothing")
RANKING = Ranking.of(Hit(at, 1.0 - at / 10) for at in range(len(PASSAGES)))


def texts(hits: Ranking) -> list[str | None]:
    return [PASSAGES[hit.position] for hit in hits]


def order(ranking: Ranking) -> list[int]:
    return [hit.position for hit in ranking]


# -- order and time


def test_what_is_read_comes_in_the_rerankers_order_and_equal_ones_as_they_were() -> None:
    reranked = Reranking(Overlap(), 30, 1.0).rerank("a b c", RANKING, texts)
    assert order(reranked.ranking) == [3, 0, 2, 1, 4, 5]
    assert [hit.score for hit in reranked.ranking] == [3, 2, 2, 1, 1, 0]
    assert reranked.scored == 6


def test_only_the_first_passages_are_read_and_the_rest_follow_below_as_they_were() -> None:
    reranker = Overlap()
    reranked = Reranking(reranker, 3, 1.0).rerank("a b c", RANKING, texts)
    assert order(reranked.ranking) == [0, 2, 1, 3, 4, 5]
    assert reranked.scored == 3
    assert reranker.read[-3:] == ["a b", "a", "b c"]
    scores = [hit.score for hit in reranked.ranking]
    assert scores == sorted(scores, reverse=True)
    assert scores[3] - scores[4] == pytest.approx(0.1)


@pytest.mark.parametrize(("seconds", "read"), [(1.0, 6), (0.3, 4), (0.2, 2), (0.1, 0)])
def test_no_more_is_read_than_there_is_time_for(seconds: float, read: int) -> None:
    clock = Clock()
    reranking = Reranking(Overlap(clock, seconds=0.1), 30, seconds, clock=clock)
    started = clock()
    reranked = reranking.rerank("a b c", RANKING, texts)
    assert reranked.scored == read
    assert clock() - started <= seconds
    assert sorted(order(reranked.ranking)) == list(range(6))


def test_a_deadline_that_is_near_goes_before_the_owners_budget() -> None:
    clock = Clock()
    reranking = Reranking(Overlap(clock, seconds=0.1), 30, 10.0, clock=clock)
    reranked = reranking.rerank("a b c", RANKING, texts, until=clock() + 0.22)
    assert reranked.scored == 2
    assert reranking.rerank("a b c", RANKING, texts, until=clock() - 1).ranking == RANKING


def test_a_machine_that_has_become_slow_is_trusted_less_and_with_time_again() -> None:
    clock = Clock()
    reranker = Overlap(clock, seconds=0.1)
    reranking = Reranking(reranker, 30, 1.0, clock=clock)
    reranker.seconds = 0.6
    assert reranking.rerank("a b c", RANKING, texts).scored == 2
    reranker.seconds = 0.01
    assert reranking.rerank("a b c", RANKING, texts).scored == 6
    reranker.seconds = 5.0
    reranking.rerank("a b c", RANKING, texts)
    reranker.seconds = 0.01
    read = [reranking.rerank("a b c", RANKING, texts).scored for _ in range(25)]
    assert (read[0], read[-1]) == (0, 6)


def test_a_passage_that_is_gone_stays_where_the_others_that_were_not_read_are() -> None:
    def all_but_the_first(hits: Ranking) -> list[str | None]:
        return [None, *texts(hits)[1:]]

    reranked = Reranking(Overlap(), 30, 1.0).rerank("a b c", RANKING, all_but_the_first)
    assert order(reranked.ranking) == [3, 2, 1, 4, 5, 0]
    assert reranked.scored == 5


def test_nothing_found_is_nothing_read() -> None:
    assert Reranking(Overlap(), 30, 1.0).rerank("a", [], texts).ranking == []


# -- in a search

CLINIC = (
    document("cost", "Fees are paid after each visit. The fees for couples are higher."),
    document("grief", "Grief has no timetable, and nobody has to carry it alone."),
    document("sleep", "Sleep comes when worry is written down before bed."),
    document("exams", "Worry before exams is common. Sleep helps more than one more chapter."),
)


class Backwards(Overlap):
    """Likes most what mentions grief, and little else."""

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        super().score(query, passages)
        return [3.0 if "Grief" in one else -3.0 for one in passages]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    filled(tmp_path, CLINIC)
    return tmp_path


def opened(data: Path, calibration: Calibration = UNFITTED, passages: int = 30) -> Searcher:
    reranking = Reranking(Backwards(), passages, 5.0, calibration)
    return searcher_of(data, ENCODER, reranking=reranking)


def ids(answer: Answer) -> list[str]:
    return [result.document_id for result in answer.results]


def test_the_hybrid_mode_is_read_again_and_the_others_are_not(data: Path) -> None:
    searcher = opened(data)
    assert ids(searcher.search(Query("sleep and worry")))[0] == "grief"
    assert searcher.documents(Query("sleep and worry"))[0][0] == "grief"
    for mode in ("dense", "lexical"):
        assert "grief" not in ids(searcher.search(Query("sleep and worry", mode=mode)))[:1]


def test_a_score_is_the_logistic_of_the_rerankers_number_until_it_is_fitted(data: Path) -> None:
    answer = opened(data).search(Query("sleep and worry"))
    assert answer.results[0].score == pytest.approx(1 / (1 + math.exp(-3)), abs=1e-5)
    assert answer.results[1].score == pytest.approx(1 / (1 + math.exp(3)), abs=1e-5)
    assert answer.verdict == "answered"
    fitted = replace(UNFITTED, bias=-4.0, answered=0.9)
    answer = opened(data, fitted).search(Query("sleep and worry"))
    assert answer.results[0].score == pytest.approx(1 / (1 + math.exp(1)), abs=1e-5)
    assert answer.verdict == "related"


def test_what_was_not_read_has_no_better_chance_than_what_was(data: Path) -> None:
    answer = opened(data, passages=1).search(Query("sleep and worry"))
    scores = [result.score for result in answer.results]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 4


def test_without_time_the_answer_is_the_retrievers(data: Path) -> None:
    plain = searcher_of(data, ENCODER).search(Query("sleep and worry"))
    assert opened(data).search(Query("sleep and worry"), until=0.0) == plain


def test_the_reranker_reads_title_and_headings_too(data: Path) -> None:
    reranker = Backwards()
    searcher_of(data, ENCODER, reranking=Reranking(reranker, 30, 5.0)).search(Query("fees"))
    assert (
        "Note cost\nAbout\nFees are paid after each visit. The fees for couples are higher." in reranker.read
    )


def test_an_explanation_tells_what_the_reranker_made_of_each(data: Path) -> None:
    told = opened(data, passages=2).explain(Query("sleep and worry"))
    assert told.judged.reranked == 2
    assert told.judged.answered_from == UNFITTED.answered
    assert [one.reranker and one.reranker.rank for one in told.results] == [1, 2, None, None]
    plain = searcher_of(data, ENCODER).explain(Query("sleep and worry"))
    assert plain.judged.reranked == 0
    assert {one.reranker for one in plain.results} == {None}


def test_calibration_is_fitted_to_the_numbers_of_what_was_read(data: Path) -> None:
    asked, standings = opened(data).standings(Query("sleep and worry"), reranked=True)
    assert standings[0] == ("grief", Standing(3.0, 3.0, 0))
    assert asked.passages == 4


# -- a cross-encoder's folder


def test_a_prepared_cross_encoder_says_what_its_original_says(workshop: Path) -> None:
    reranker = open_reranker(workshop / "prepared" / "rereading", threads=2)
    original = np.load(workshop / "rereading.npz")["scores"]
    found = [score for one in TEXTS for score in reranker.score(one, TEXTS)]
    assert np.corrcoef(found, original)[0, 1] >= 0.97
    whole = read_description(workshop / "prepared" / "rereading")
    assert (whole.precision, whole.dimensions, whole.window) == ("int8", 1, 48)


def test_a_pairs_number_does_not_depend_on_the_pairs_beside_it_nor_on_the_threads(workshop: Path) -> None:
    folder = workshop / "prepared" / "rereading"
    together = open_reranker(folder, threads=2).score(TEXTS[0], TEXTS)
    assert together == [open_reranker(folder).score(TEXTS[0], [one])[0] for one in TEXTS]


def test_half_a_character_and_a_passage_without_end_are_read(workshop: Path) -> None:
    reranker = open_reranker(workshop / "prepared" / "rereading")
    assert np.isfinite(reranker.score("sleep \ud800", ["grief " * 5_000, "", "\udfff"])).all()


def test_what_judges_no_pair_is_refused(workshop: Path) -> None:
    refused: dict[str, str] = json.loads((workshop / "refused.json").read_text())
    assert refused["plain as a reranker"].startswith("it is not a cross-encoder")
    assert refused["three-numbers as a reranker"] == "it gives 3 numbers for a pair; a reranker gives one."


def test_a_reranker_is_prepared_once_found_by_its_name_and_trusted_as_far_as_its_checksums(
    workshop: Path, tmp_path: Path
) -> None:
    name = str(workshop / "rereading")
    with pytest.raises(NotReady, match=r"The reranker .* is not prepared .*Run: kb index"):
        find(name, tmp_path, task="reranker")
    made = prepare(name, tmp_path, "reranker")
    assert find(name, tmp_path, task="reranker") == made
    with pytest.raises(NotReady):
        find(name, tmp_path)  # a reranker is no encoder
    with pytest.raises(ModelError, match="no model folder"):
        prepare(str(tmp_path / "gone"), tmp_path, "reranker")
    (made.folder / "model.onnx").write_bytes(b"not a graph")
    with pytest.raises(Damaged):
        open_reranker(made.folder)


def test_without_a_reranker_nothing_of_it_is_imported(data: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from index.search import searcher_of; from index.types import Query\n"
        "from tests.small import ENCODER; import service.knowledge\n"
        f"searcher_of(Path({str(data)!r}), ENCODER).search(Query('sleep'))\n"
        "print('index.reranker' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"
