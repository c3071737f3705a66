"""FAISS and numpy through the same tests; numpy is what FAISS is held against."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index import vectors
from index.types import Hit, Question, Ranking, Vectors
from index.vectors import VectorIndex
from kb.errors import Damaged

DIMENSIONS = 24
# The inverted file looks into some of its lists: .87 without a filter, more with one. The others find all.
RECALL = 0.8
Allowed = NDArray[np.bool_] | None
Retrieve = Callable[[Question, int, Allowed], Ranking]
Backend = Callable[[NDArray[np.float16]], Retrieve]


def unit(count: int, seed: int) -> NDArray[np.float16]:
    """Rows that lie in some clusters, as texts do."""
    centres = np.random.default_rng(0).standard_normal((12, DIMENSIONS))
    rng = np.random.default_rng(seed)
    rows = centres[rng.integers(0, 12, count)] + 0.5 * rng.standard_normal((count, DIMENSIONS))
    matrix: NDArray[np.float16] = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    return matrix


def asked(vector: Vectors) -> Question:
    return Question("", (), np.ascontiguousarray(vector, np.float32))


def by_numpy(matrix: NDArray[np.float16]) -> Retrieve:
    def retrieve(question: Question, k: int, allowed: Allowed) -> Ranking:
        assert question.vector is not None
        cosines = matrix.astype(np.float32) @ question.vector
        among = np.arange(len(matrix)) if allowed is None else np.flatnonzero(allowed)
        best = sorted(among, key=lambda position: (-cosines[position], position))[:k]
        return Ranking.of(Hit(int(position), float(cosines[position])) for position in best)

    return retrieve


@pytest.fixture(params=["numpy", "exact", "inverted file"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Backend:
    if request.param == "numpy":
        return by_numpy

    def by_faiss(matrix: NDArray[np.float16]) -> Retrieve:
        vectors.write(matrix, tmp_path, 1_000_000 if request.param == "exact" else 0)
        return VectorIndex(tmp_path, *matrix.shape).retrieve

    return by_faiss


def positions(ranking: Ranking) -> list[int]:
    return [hit.position for hit in ranking]


def test_the_hits_are_numpys_with_its_cosines(backend: Backend) -> None:
    matrix = unit(20_000, 1)
    retrieve, oracle = backend(matrix), by_numpy(matrix)
    same = 0
    for query in unit(20, 2).astype(np.float32):
        found, want = retrieve(asked(query), 10, None), oracle(asked(query), 10, None)
        assert all(hit.score == pytest.approx(matrix[hit.position] @ query, abs=1e-3) for hit in found)
        assert list(found) == sorted(found, key=lambda hit: (-hit.score, hit.position))
        same += len({*positions(found)} & {*positions(want)})
    assert same >= RECALL * 200


def test_a_passage_finds_itself_first(backend: Backend) -> None:
    matrix = unit(300, 3)
    retrieve = backend(matrix)
    assert [retrieve(asked(matrix[n]), 1, None)[0].position for n in range(0, 300, 17)] == list(
        range(0, 300, 17)
    )


@pytest.mark.parametrize("share", [0.5, 0.05, 0.002])
def test_a_filter_acts_before_the_best_are_chosen(backend: Backend, share: float) -> None:
    matrix = unit(20_000, 4)
    retrieve, oracle = backend(matrix), by_numpy(matrix)
    allowed = np.random.default_rng(5).random(20_000) < share
    same = 0
    for query in unit(10, 6).astype(np.float32):
        found, want = retrieve(asked(query), 10, allowed), oracle(asked(query), 10, allowed)
        assert all(allowed[position] for position in positions(found))
        assert len(found) == len(want) == 10
        same += len({*positions(found)} & {*positions(want)})
    assert same >= (100 if share < 0.01 else RECALL * 100)  # so few are compared one by one


def test_a_filter_that_lets_nothing_through_finds_nothing(backend: Backend) -> None:
    matrix = unit(50, 7)
    assert not backend(matrix)(asked(matrix[0]), 10, np.zeros(50, bool))


def test_more_than_there_are_gives_all_there_are(tmp_path: Path) -> None:
    matrix = unit(7, 8)
    vectors.write(matrix, tmp_path)
    found = VectorIndex(tmp_path, 7, DIMENSIONS).retrieve(asked(matrix[0]), 50, None)
    assert positions(found) == positions(by_numpy(matrix)(asked(matrix[0]), 50, None))


def test_a_single_passage_is_found(backend: Backend) -> None:
    matrix = unit(1, 9)
    assert positions(backend(matrix)(asked(matrix[0]), 10, None)) == [0]


def test_of_equal_scores_the_lower_position_comes_first_and_is_the_one_kept(backend: Backend) -> None:
    matrix = np.repeat(unit(3, 10), 40, axis=0)  # three texts, each forty times
    retrieve = backend(matrix)
    assert positions(retrieve(asked(matrix[50]), 10, None)) == list(range(40, 50))
    odd = np.arange(120) % 2 == 1
    assert positions(retrieve(asked(matrix[50]), 5, odd)) == [41, 43, 45, 47, 49]


@pytest.mark.parametrize("exact_up_to", [1_000, 0])
def test_score_gives_the_cosines_that_retrieve_gives(tmp_path: Path, exact_up_to: int) -> None:
    matrix = unit(200, 11)
    vectors.write(matrix, tmp_path, exact_up_to)
    index = VectorIndex(tmp_path, 200, DIMENSIONS)
    found = index.retrieve(asked(matrix[3]), 20, None)
    scores = index.score(asked(matrix[3]), positions(found))
    assert scores == pytest.approx([hit.score for hit in found], abs=1e-6)
    assert index.score(asked(matrix[3]), []) == []


def test_a_question_without_a_vector_finds_nothing_and_scores_nothing(tmp_path: Path) -> None:
    vectors.write(unit(5, 12), tmp_path)
    index = VectorIndex(tmp_path, 5, DIMENSIONS)
    question = Question("fees", (), None)
    assert not index.retrieve(question, 10, None)
    assert index.score(question, [0, 3]) == [0.0, 0.0]


@pytest.mark.parametrize("exact_up_to", [1_000, 0])
def test_the_same_vectors_give_the_same_bytes(tmp_path: Path, exact_up_to: int) -> None:
    written = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        vectors.write(unit(500, 13), tmp_path / name, exact_up_to)
        written.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == (1 if exact_up_to else 2)


def test_half_a_file_and_a_file_of_other_vectors_are_damaged(tmp_path: Path) -> None:
    vectors.write(unit(50, 14), tmp_path)
    with pytest.raises(Damaged, match="kb index"):
        VectorIndex(tmp_path, 51, DIMENSIONS)
    path = tmp_path / "vectors.faiss"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Damaged, match="kb index"):
        VectorIndex(tmp_path, 50, DIMENSIONS)


def test_a_disk_that_fills_up_is_an_error_of_the_disk(tmp_path: Path) -> None:
    (tmp_path / "vectors.faiss").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left"):
        vectors.write(unit(50, 15), tmp_path)


def test_the_background_is_the_mean_cosine_to_all_that_is_here(tmp_path: Path) -> None:
    matrix = unit(1_000, 1)
    vectors.write(matrix, tmp_path)
    index, vector = VectorIndex(tmp_path, *matrix.shape), unit(1, 2)[0].astype(np.float32)
    assert index.background(asked(vector)) == pytest.approx(
        float((matrix.astype(np.float32) @ vector).mean()), abs=1e-5
    )
    assert index.background(Question("", (), None)) == 0
