"""How good the answers are: ours and the baseline's, on the same passages, in the same run."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench import misspelled, ours
from bench.baseline import Baseline, BaselineMode, TorchEncoder, passages_of
from bench.misspelled import Misspelled
from bench.ours import Made, Model, VectorStore
from bench.sets import EXAMPLE, EvalSet, span_of
from index.evaluate import (
    Bin,
    Comparison,
    Interval,
    JudgedQuery,
    Run,
    calibration_error,
    compare,
    measure,
    per_question,
    reliability,
    roc_auc,
)
from index.lexical import analyse
from index.types import Answer, Mode, Query, Result
from index.words import FUNCTION_WORDS
from kb.sentences import sentences
from service.templates import likely

Log = Callable[[str], None]

MODES: Final[tuple[Mode, ...]] = ("dense", "lexical", "hybrid")
BASELINES: Final[Mapping[str, BaselineMode]] = {
    "fp32 dense": "dense",
    "bm25s": "lexical",
    "RRF": "hybrid",
}
# What is compared with what, question by question.
PAIRS: Final = (
    ("hybrid", "dense"),
    ("hybrid", "lexical"),
    ("hybrid", "RRF"),
    ("dense", "fp32 dense"),
    ("lexical", "bm25s"),
)
# The sets of clinical words, whose questions are asked with slips of the finger too.
MISSPELLED: Final = (EXAMPLE, "clinic-pages", "medquad")
_LIMIT: Final = 10
_FEWEST: Final = 5  # questions of either kind, below which a ROC curve says nothing
# Lines of the article's page that are no part of the article.
CHROME: Final = ("top of page", "bottom of page", "views0 comments", "psychotherapy chair")


@dataclass(frozen=True, slots=True)
class Spans:
    """Questions whose answer is known by its words.

    `extracted`: the judged page's text holds them. `found`: the first result's excerpt holds them,
    under the right heading where one is named. `held`: a passage that is shown of a right page holds them.
    Of these, `marked`: the sentence that is marked there does; `first_sentence`: the passage's first one
    does; `word_overlap`: the one with the most words of the question, function words apart, does.
    """

    questions: int
    extracted: int
    found: int
    held: int
    marked: int
    missed: tuple[str, ...]
    first_sentence: int = 0
    word_overlap: int = 0


@dataclass(frozen=True, slots=True)
class Answerability:
    """Whether the best score tells questions that have an answer from those that have none.

    `auc`: evidence -> ROC AUC. Verdicts are counted for both kinds, and the best scores of hybrid kept.
    """

    answerable: int
    unanswerable: int
    auc: Mapping[str, float]
    answerable_verdicts: Mapping[str, int]
    unanswerable_verdicts: Mapping[str, int]
    answerable_scores: Sequence[float] = ()
    unanswerable_scores: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Bridged:
    """What the bridge from lay words does: with it and without, recall@5 and nDCG@10 of hybrid, and how many
    questions have other first ten documents."""

    recall: float
    recall_without: float
    ndcg: float
    ndcg_without: float
    changed: int


@dataclass(frozen=True, slots=True)
class Folded:
    """What a page folds: of the questions that have a right document among the first ten, how many have one
    among those that are shown; and how many results are shown on average."""

    found: int
    in_sight: int
    shown: float


@dataclass(frozen=True, slots=True)
class SetQuality:
    """All that is measured on one set. `measures`: system -> measure -> interval."""

    name: str
    documents: int
    passages: int
    questions: int
    refused: tuple[str, ...]
    measures: Mapping[str, Mapping[str, Interval]] = field(default_factory=dict)
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    spans: Spans | None = None
    answerability: Answerability | None = None
    bridged: Bridged | None = None
    folded: Folded | None = None
    bins: Sequence[Bin] = ()
    calibration_error: float | None = None
    misspelled: Misspelled | None = None
    chrome: int = 0
    milliseconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every system said: system -> question -> documents; our hybrid answers whole."""

    runs: Mapping[str, Run]
    answers: Mapping[str, Answer]
    milliseconds: Mapping[str, float]


def measure_set(
    dataset: EvalSet, model: Model, build: Path, torch: TorchEncoder | None, log: Log = print
) -> SetQuality:
    """Measures ours on a set, and beside it the baseline where `torch` is given."""
    started = time.perf_counter()
    made = ours.make(dataset, model, build)
    counts = made.catalogue.collections()
    documents, passages = (sum(count[n] for count in counts.values()) for n in (0, 1))
    log(f"{dataset.name}: {documents} documents, {passages} passages ({time.perf_counter() - started:.0f} s)")
    asked = _ask(dataset, made)
    runs = dict(asked.runs)
    if torch is not None:
        started = time.perf_counter()
        runs |= _ask_baseline(dataset, made, torch, build)
        log(f"{dataset.name}: baseline ({time.perf_counter() - started:.0f} s)")
    right = {query.id: _is_right(dataset, query, asked.answers[query.id]) for query in dataset.queries}
    bins = _bins(asked.answers, right)
    return SetQuality(
        name=dataset.name,
        documents=documents,
        passages=passages,
        questions=len(dataset.queries),
        refused=made.refused,
        measures={system: measure(dataset.judgements, run) for system, run in runs.items()}
        if dataset.judgements
        else {},
        comparisons=_compared(dataset, runs),
        spans=_spans(dataset, made, asked.answers),
        answerability=_answerability(dataset, runs, asked.answers),
        bridged=_bridged(dataset, made, runs["hybrid"]),
        folded=_folded(dataset, asked.answers),
        bins=bins,
        calibration_error=calibration_error(bins),
        misspelled=misspelled.measure(dataset, made) if dataset.name in MISSPELLED else None,
        chrome=_chrome(made) if dataset.name == "psychotherapy" else 0,
        milliseconds=asked.milliseconds,
    )


# -- asking


def _ask(dataset: EvalSet, made: Made) -> _Asked:
    runs: dict[str, dict[str, list[tuple[str, float]]]] = {mode: {} for mode in MODES}
    answers: dict[str, Answer] = {}
    milliseconds: dict[str, float] = {}
    for mode in MODES:
        times: list[float] = []
        for query in dataset.queries:
            asked = Query(query.text[:512], _LIMIT, dataset.collection_of(query), mode)
            started = time.perf_counter()
            answer = made.searcher.search(asked)
            times.append((time.perf_counter() - started) * 1000)
            runs[mode][query.id] = [(result.document_id, result.score) for result in answer.results]
            if mode == "hybrid":
                answers[query.id] = answer
        milliseconds[mode] = statistics.median(times)
    return _Asked(runs, answers, milliseconds)


def _ask_baseline(
    dataset: EvalSet, made: Made, torch: TorchEncoder, build: Path
) -> dict[str, dict[str, list[tuple[str, float]]]]:
    store = VectorStore(build / "vectors.sqlite")
    runs: dict[str, dict[str, list[tuple[str, float]]]] = {system: {} for system in BASELINES}
    for collection in sorted({dataset.collection_of(query) for query in dataset.queries}):
        texts, document_ids = passages_of(made.catalogue, collection)
        baseline = Baseline(texts, document_ids, store.encode(torch, texts))
        queries = [query for query in dataset.queries if dataset.collection_of(query) == collection]
        vectors = store.encode(torch, [query.text for query in queries])
        for query, vector in zip(queries, vectors, strict=True):
            for system, mode in BASELINES.items():
                runs[system][query.id] = baseline.documents(query.text, vector, mode)[:_LIMIT]
    return runs


# -- judging


def _compared(dataset: EvalSet, runs: Mapping[str, Run]) -> dict[str, Comparison]:
    """nDCG@10 of one system minus another's."""
    if not dataset.judgements:
        return {}
    values = {system: per_question(dataset.judgements, run)["ndcg@10"] for system, run in runs.items()}
    return {
        f"{one} − {other}": compare(values[one], values[other])
        for one, other in PAIRS
        if one in values and other in values
    }


def _bridged(dataset: EvalSet, made: Made, run: Run) -> Bridged | None:
    if not dataset.judgements:
        return None
    without = {
        query.id: made.without_bridge.documents(Query(query.text[:512], _LIMIT, dataset.collection_of(query)))
        for query in dataset.queries
    }
    runs = [{query: run.get(query, []) for query in dataset.judgements} for run in (run, without)]
    recalls = [statistics.fmean(_recall(dataset, query, run) for query in run) for run in runs]
    ndcgs = [statistics.fmean(per_question(dataset.judgements, run)["ndcg@10"].values()) for run in runs]
    documents = [{query: [name for name, _ in found] for query, found in run.items()} for run in runs]
    changed = sum(documents[0][query] != documents[1][query] for query in documents[0])
    return Bridged(recalls[0], recalls[1], ndcgs[0], ndcgs[1], changed)


def _folded(dataset: EvalSet, answers: Mapping[str, Answer]) -> Folded | None:
    judged = [
        query
        for query in dataset.queries
        if max(dataset.judgements.get(query.id, {}).values(), default=0) > 0
    ]
    if not judged:
        return None
    found = in_sight = shown = 0
    for query in judged:
        results = answers[query.id].results
        right = [dataset.judgements[query.id].get(one.document_id, 0) > 0 for one in results]
        in_sight += any(right[: likely(results)])
        found += any(right)
        shown += likely(results)
    return Folded(found, in_sight, shown / len(judged))


def _recall(dataset: EvalSet, query: str, run: Run) -> float:
    """The share of a question's relevant documents among the first five."""
    relevant = {document for document, grade in dataset.judgements[query].items() if grade > 0}
    return len(relevant & {document for document, _ in run[query][:5]}) / max(1, len(relevant))


def _is_right(dataset: EvalSet, query: JudgedQuery, answer: Answer) -> bool:
    """Whether the first result answers, as far as it is known."""
    if not answer.results:
        return False
    first = answer.results[0]
    if not dataset.judgements:
        return _holds_span(query, first)
    return dataset.judgements.get(query.id, {}).get(first.document_id, 0) > 0


def _bins(answers: Mapping[str, Answer], right: Mapping[str, bool]) -> list[Bin]:
    """The first result's score against whether it answers, over all questions."""
    first = {query: answer.results[0].score for query, answer in answers.items() if answer.results}
    return reliability(list(first.values()), [right[query] for query in first])


def _spans(dataset: EvalSet, made: Made, answers: Mapping[str, Answer]) -> Spans | None:
    queries = [query for query in dataset.queries if span_of(query) is not None]
    if not queries:
        return None
    found = [query for query in queries if _first_holds_span(query, answers[query.id])]
    holding = {query.id: _holding(dataset, query, answers[query.id]) for query in queries}

    def chosen(sentence: Callable[[JudgedQuery, Result], str]) -> int:
        """Questions of which a passage's sentence that is chosen so holds the span."""
        return sum(
            any(span.search(sentence(query, passage)) for passage in holding[query.id])
            for query in queries
            if (span := span_of(query)) is not None
        )

    return Spans(
        questions=len(queries),
        extracted=sum(_extracted(dataset, made, query) for query in queries),
        found=len(found),
        held=sum(bool(passages) for passages in holding.values()),
        marked=chosen(lambda _, passage: _marked(passage)),
        missed=tuple(query.id for query in queries if query not in found),
        first_sentence=chosen(lambda _, passage: _sentences(passage)[0]),
        word_overlap=chosen(_most_overlapping),
    )


def _holding(dataset: EvalSet, query: JudgedQuery, answer: Answer) -> list[Result]:
    """The passages of right pages, of all that are shown, that hold the span."""
    span, grades = span_of(query), dataset.judgements.get(query.id, {})
    right = [one for one in answer.results if not dataset.judgements or grades.get(one.document_id, 0) > 0]
    shown = [passage for one in right for passage in (one, *one.more)]
    return [passage for passage in shown if span is not None and span.search(passage.excerpt.text)]


def _sentences(passage: Result) -> list[str]:
    text = passage.excerpt.text
    return [text[start:end] for start, end in sentences(text)]


def _most_overlapping(query: JudgedQuery, passage: Result) -> str:
    asked = set(analyse(query.text)) - FUNCTION_WORDS
    return max(_sentences(passage), key=lambda sentence: len(asked.intersection(analyse(sentence))))


def _first_holds_span(query: JudgedQuery, answer: Answer) -> bool:
    return bool(answer.results) and _holds_span(query, answer.results[0])


def _holds_span(query: JudgedQuery, result: Result) -> bool:
    span, heading = span_of(query), query.metadata.get("heading")
    if span is None or not span.search(result.excerpt.text):
        return False
    nearest = (result.attribution.title, *result.headings)[-1]
    return heading is None or _plain(str(heading)) == _plain(nearest)


def _marked(passage: Result) -> str:
    """The longest mark, which is the sentence that answers."""
    longest = max(passage.excerpt.marks, key=lambda mark: mark[1] - mark[0], default=(0, 0))
    return passage.excerpt.text[slice(*longest)]


def _extracted(dataset: EvalSet, made: Made, query: JudgedQuery) -> bool:
    span = span_of(query)
    grades = dataset.judgements.get(query.id, {})
    collection = dataset.collection_of(query)
    best = max(grades.values(), default=0)
    ids = [document for document, grade in grades.items() if grade == best]
    ids = ids or made.catalogue.document_ids(collection)
    documents = [made.catalogue.document(collection, document_id) for document_id in ids]
    return span is not None and any(document and span.search(document.text) for document in documents)


def _answerability(
    dataset: EvalSet, runs: Mapping[str, Run], answers: Mapping[str, Answer]
) -> Answerability | None:
    kinds = {query.id: query.metadata.get("answerable") for query in dataset.queries}
    answerable = [query for query, kind in kinds.items() if kind is True]
    unanswerable = [query for query, kind in kinds.items() if kind is False]
    if min(len(answerable), len(unanswerable)) < _FEWEST:
        return None

    def best(run: Run, queries: Sequence[str]) -> list[float]:
        return [max((score for _, score in run[query]), default=0.0) for query in queries]

    def verdicts(queries: Sequence[str]) -> dict[str, int]:
        said = [answers[query].verdict for query in queries]
        return {verdict: said.count(verdict) for verdict in ("answered", "related", "none")}

    return Answerability(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        auc={system: roc_auc(best(run, answerable), best(run, unanswerable)) for system, run in runs.items()},
        answerable_verdicts=verdicts(answerable),
        unanswerable_verdicts=verdicts(unanswerable),
        answerable_scores=best(runs["hybrid"], answerable),
        unanswerable_scores=best(runs["hybrid"], unanswerable),
    )


def _chrome(made: Made) -> int:
    """Strings of the page around the article that stand in a passage."""
    with made.catalogue.snapshot() as (_, rows):
        texts = [row.text.casefold() for row in rows]
    return sum(text.count(chrome) for text in texts for chrome in CHROME)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
