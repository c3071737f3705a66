"""Judged questions to figures: nDCG, recall, reciprocal rank, intervals and paired tests.

The figures are those of trec_eval and BEIR: a judgement's grade is its gain, discounted by the binary
logarithm of the rank plus one. Every question with a relevant document counts; one without results
counts as 0.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log2
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kb.errors import KnowledgeBaseError

Judgements = Mapping[str, Mapping[str, int]]  # question id -> document id -> grade; above 0 is relevant
Run = Mapping[str, Sequence[tuple[str, float]]]  # question id -> (document id, score), best first
PerQuestion = Mapping[str, float]

DEPTH: Final = 10
_RESAMPLES: Final = 10_000
_ENUMERATED: Final = 13  # questions up to which all 2^n swaps are tried: no more than _RESAMPLES
_STEP: Final = 1e-6  # between two scores of a written run; trec_eval keeps seven digits


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A question of an evaluation set."""

    id: str
    text: str
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and the range that holds 95 % of the means of resampled questions."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a run differs from another on the same questions.

    `p_value` is the chance of a mean difference at least as large, either way, were the two runs
    exchangeable. `gains` and `losses` are (question id, difference), the largest first.
    """

    questions: int
    difference: Interval
    p_value: float
    gains: tuple[tuple[str, float], ...]
    losses: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Bin:
    """The predictions that lie from `low` to `high`: how many, their mean, and how many came true."""

    low: float
    high: float
    count: int
    predicted: float
    observed: float


# -- one question


def ndcg(documents: Sequence[str], grades: Mapping[str, int], k: int = DEPTH) -> float:
    """The discounted gain of the first `k`, as a share of the best possible one."""
    best = _discounted(sorted((max(grade, 0) for grade in grades.values()), reverse=True)[:k])
    return (
        _discounted([max(grades.get(document, 0), 0) for document in documents[:k]]) / best if best else 0.0
    )


def recall(documents: Sequence[str], grades: Mapping[str, int], k: int = DEPTH) -> float:
    """The share of the relevant documents that is among the first `k`."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant.intersection(documents[:k])) / len(relevant) if relevant else 0.0


def reciprocal_rank(documents: Sequence[str], grades: Mapping[str, int], k: int = DEPTH) -> float:
    """1 over the rank of the first relevant document, 0 where none is among the first `k`."""
    ranks = (rank for rank, document in enumerate(documents[:k], 1) if grades.get(document, 0) > 0)
    return 1 / next(ranks, float("inf"))


MEASURES: Final[Mapping[str, Callable[[Sequence[str], Mapping[str, int]], float]]] = {
    "ndcg@10": ndcg,
    "recall@10": recall,
    "mrr@10": reciprocal_rank,
}


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))


# -- all questions


def measure(judgements: Judgements, run: Run) -> dict[str, Interval]:
    """Measure -> its mean over the questions that have a relevant document, with its interval."""
    return {name: interval(values.values()) for name, values in per_question(judgements, run).items()}


def per_question(judgements: Judgements, run: Run) -> dict[str, dict[str, float]]:
    """Measure -> question id -> value, for the questions that have a relevant document."""
    judged = {query: grades for query, grades in judgements.items() if max(grades.values(), default=0) > 0}
    found = {query: [document for document, _ in run.get(query, ())] for query in judged}
    return {
        name: {query: value(found[query], grades) for query, grades in judged.items()}
        for name, value in MEASURES.items()
    }


def interval(values: Iterable[float], seed: int = 0) -> Interval:
    """The mean with its 95 % percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13)."""
    sample = np.fromiter(values, np.float64)
    if not len(sample):
        return Interval(0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    means = np.concatenate(
        [
            sample[rng.integers(0, len(sample), (rows, len(sample)))].mean(axis=1)
            for rows in _parts(_RESAMPLES, len(sample))
        ]
    )
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(sample.mean()), float(low), float(high))


def compare(ours: PerQuestion, theirs: PerQuestion, seed: int = 0) -> Comparison:
    """`ours` minus `theirs`, question by question; both are of the same questions."""
    if ours.keys() != theirs.keys():
        raise KnowledgeBaseError("Two runs can be compared on the same questions only.")
    differences = {query: value - theirs[query] for query, value in ours.items()}
    by_size = sorted(differences.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Comparison(
        questions=len(differences),
        difference=interval(differences.values(), seed),
        p_value=_randomisation(np.fromiter(differences.values(), np.float64), seed),
        gains=tuple(item for item in by_size if item[1] > 0),
        losses=tuple(item for item in by_size if item[1] < 0),
    )


def roc_auc(positives: Sequence[float], negatives: Sequence[float]) -> float:
    """The chance that a positive's score is above a negative's, a tie counting half."""
    if not len(positives) or not len(negatives):
        raise KnowledgeBaseError("ROC AUC needs scores of both kinds.")
    against = np.sort(np.asarray(negatives, np.float64))
    scores = np.asarray(positives, np.float64)
    below = np.searchsorted(against, scores, "left") + np.searchsorted(against, scores, "right")
    return float(below.sum() / (2 * len(scores) * len(against)))


def reliability(chances: Sequence[float], outcomes: Sequence[bool], bins: int = 10) -> list[Bin]:
    """What was predicted against what came true, in bins of equal width; empty ones are left out."""
    predicted, came_true = np.asarray(chances, np.float64), np.asarray(outcomes, np.float64)
    numbers = np.minimum((predicted * bins).astype(int), bins - 1)
    return [
        Bin(
            number / bins,
            (number + 1) / bins,
            int(within.sum()),
            float(predicted[within].mean()),
            float(came_true[within].mean()),
        )
        for number in range(bins)
        if (within := numbers == number).any()
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """The expected calibration error: how far prediction and outcome are apart, by bins' sizes."""
    count = sum(one.count for one in bins)
    apart = sum(one.count * abs(one.predicted - one.observed) for one in bins)
    return apart / count if count else 0.0


def _randomisation(differences: NDArray[np.float64], seed: int) -> float:
    """Fisher's randomisation test: each question's two values change places by a coin's fall.

    The test of choice for retrieval (Smucker, Allan & Carterette 2007).
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    least = abs(moved.sum()) - 1e-12  # sums that differ by rounding alone are the same
    if len(moved) <= _ENUMERATED:
        signs = np.array(list(itertools.product((-1.0, 1.0), repeat=len(moved))))
        return float((abs(signs @ moved) >= least).mean())
    rng = np.random.default_rng(seed)
    extreme = sum(
        int((abs(rng.choice((-1.0, 1.0), (rows, len(moved))) @ moved) >= least).sum())
        for rows in _parts(_RESAMPLES, len(moved))
    )
    return (extreme + 1) / (_RESAMPLES + 1)


def _parts(rows: int, columns: int) -> Iterator[int]:
    """`rows` in parts of at most about a million cells."""
    step = max(1, 1_000_000 // columns)
    for first in range(0, rows, step):
        yield min(step, rows - first)


# -- files


def read_queries(folder: Path) -> list[JudgedQuery]:
    """The questions of a BEIR folder, in the order of the file."""
    return read_query_file(folder / "queries.jsonl")


def read_query_file(path: Path) -> list[JudgedQuery]:
    """One question a line, `{"_id", "text", "metadata"?}`; an id twice is an error."""
    queries: dict[str, JudgedQuery] = {}
    for number, line in _lines(path):
        query = _query(line, f"{path}:{number}")
        if query.id in queries:
            raise KnowledgeBaseError(f'{path}:{number}: the id "{query.id}" is there twice.')
        queries[query.id] = query
    if not queries:
        raise KnowledgeBaseError(f"{path} holds no question.")
    return list(queries.values())


def read_judgements(folder: Path) -> dict[str, dict[str, int]]:
    """The judgements of a BEIR folder: `qrels.tsv`, or else `qrels/test.tsv`."""
    path = next((p for p in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if p.is_file()), None)
    if path is None:
        raise KnowledgeBaseError(f"{folder} holds neither qrels.tsv nor qrels/test.tsv.")
    judgements: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        columns = line.split("\t")
        if len(columns) != 3:
            raise KnowledgeBaseError(
                f"{path}:{number}: a line is question, document and grade, with tabs between them."
            )
        query, document, grade = columns
        if not re.fullmatch(r"-?\d+", grade.strip()):
            if number == 1:
                continue  # the header
            raise KnowledgeBaseError(f'{path}:{number}: the grade "{grade}" is not a whole number.')
        judgements.setdefault(query, {})[document] = int(grade)
    if not judgements:
        raise KnowledgeBaseError(f"{path} holds no judgement.")
    return judgements


def write_run(path: Path, run: Run, tag: str) -> None:
    """Writes a TREC run. Who reads it sorts by score, so each is written below the one before it.

    A space in an id, which would part it in two, is written as ␣.
    """
    with path.open("w", encoding="utf-8") as file:
        for query, ranking in run.items():
            previous = float("inf")
            for rank, (document, score) in enumerate(ranking, 1):
                if rank > 1:
                    score = min(score, previous - _STEP * max(1.0, abs(previous)))
                previous = score
                file.write(f"{_joined(query)} Q0 {_joined(document)} {rank} {score:.7f} {_joined(tag)}\n")


def read_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """A TREC run, sorted as trec_eval sorts it: by score, and of equal ones by the later id."""
    scores: dict[str, dict[str, float]] = {}
    for number, line in _lines(path):
        columns = line.split()
        if len(columns) != 6:
            raise KnowledgeBaseError(
                f"{path}:{number}: a line is question, Q0, document, rank, score and tag."
            )
        query, document = _parted(columns[0]), _parted(columns[2])
        try:
            score = float(columns[4])
        except ValueError:
            raise KnowledgeBaseError(f'{path}:{number}: the score "{columns[4]}" is not a number.') from None
        if document in scores.setdefault(query, {}):
            raise KnowledgeBaseError(f"{path}:{number}: {document} is there twice for {query}.")
        scores[query][document] = score
    if not scores:
        raise KnowledgeBaseError(f"{path} holds no result.")
    return {
        query: sorted(found.items(), key=lambda item: (item[1], item[0]), reverse=True)
        for query, found in scores.items()
    }


def _query(line: str, where: str) -> JudgedQuery:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise KnowledgeBaseError(f"{where}: this is not JSON ({error}).") from None
    if not isinstance(record, dict):
        raise KnowledgeBaseError(f"{where}: this is not a JSON object.")
    id, text, metadata = record.get("_id", record.get("id")), record.get("text"), record.get("metadata")
    if isinstance(id, int) and not isinstance(id, bool):
        id = str(id)
    if not isinstance(id, str) or not id:
        raise KnowledgeBaseError(f"{where}: the question has no _id.")
    if not isinstance(text, str) or not text.strip():
        raise KnowledgeBaseError(f"{where}: the question has no text.")
    if not isinstance(metadata, dict | None):
        raise KnowledgeBaseError(f"{where}: metadata is not an object.")
    return JudgedQuery(id, text, metadata or {})


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise KnowledgeBaseError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise KnowledgeBaseError(f"{path} is not UTF-8 text (byte {error.start + 1}).") from None
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            yield number, line.rstrip("\r")


def _joined(id: str) -> str:
    return re.sub(r"\s", "␣", id)


def _parted(id: str) -> str:
    return id.replace("␣", " ")
