"""How good the answers to a set of judged questions are: `kb eval`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from index import evaluate
from index.search import Searcher
from index.types import Mode, Query, Verdict
from kb.config import Config, MustFindConfig
from kb.errors import NotFound, QueryError
from service.batch import Asked, read_questions
from service.bodies import Json
from service.knowledge import Knowledge

Judged = dict[Mode, Json]  # what `kb eval --json` prints

_DEPTH = 100  # documents; deeper ones change none of the measures


@dataclass(frozen=True, slots=True)
class Found:
    """What a mode found to a question: the documents of its ranking with their scores; the results that a
    visitor sees, each with the chance that it answers; the verdict on them; and how long that took."""

    documents: Sequence[tuple[str, float]]
    results: Sequence[tuple[str, float]]
    verdict: Verdict
    took_ms: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A judged set, asked of a knowledge base: its questions by id, where each was asked, and what each
    mode found. `unanswerable` are those that are judged to have no answer; the measures are of the rest."""

    folder: Path
    searcher: Searcher
    judgements: evaluate.Judgements
    questions: Mapping[str, Asked]
    places: Mapping[str, str]
    unanswerable: frozenset[str]
    modes: Mapping[Mode, Mapping[str, Found]]

    @property
    def runs(self) -> dict[Mode, evaluate.Run]:
        """Mode -> the documents found to each question."""
        return {
            mode: {name: one.documents for name, one in found.items()} for mode, found in self.modes.items()
        }

    def relevant(self, question: str, document: str) -> bool:
        """Whether this document was judged to answer this question."""
        return self.judgements.get(question, {}).get(document, 0) > 0


def judge(knowledge: Knowledge, folder: Path, modes: Sequence[Mode], collection: str) -> Evaluation:
    """Asks every question of the set whose answer is known, in every mode."""
    judgements = evaluate.read_judgements(folder)
    questions = {one.id: one for one in read_questions(folder / "queries.jsonl")}
    answerable = {name for name in questions if max(judgements.get(name, {}).values(), default=0) > 0}
    if not answerable:
        raise QueryError(f"{folder}: no question of queries.jsonl has a judgement in qrels.tsv")
    asked = {
        name: one
        for name, one in questions.items()
        if name in answerable or name in judgements or not one.answerable
    }
    searcher = knowledge.searcher()
    known = searcher.generation.collections
    places = {name: _place(one, collection, known) for name, one in asked.items()}
    found = {
        mode: {name: _ask(searcher, Query(one.text, 10, places[name], mode)) for name, one in asked.items()}
        for mode in modes
    }
    return Evaluation(
        folder, searcher, judgements, asked, places, frozenset(asked.keys() - answerable), found
    )


def measures(evaluation: Evaluation) -> Judged:
    """Mode -> measures with their 95 % intervals, the latency of the whole search, how far the scores are
    from what came true, and how often each verdict was given."""
    return {mode: _measures(evaluation, mode) for mode in evaluation.modes}


def by_set(evaluation: Evaluation, mode: Mode, measure: str) -> dict[str, evaluate.Interval]:
    """Set -> the mean of a measure over its answerable questions, with its interval. A question's set is the
    site that it names, else the collection that it was asked of."""
    values: dict[str, list[float]] = {}
    for name, value in evaluate.per_question(evaluation.judgements, evaluation.runs[mode])[measure].items():
        if name in evaluation.questions:
            values.setdefault(evaluation.questions[name].site or evaluation.places[name], []).append(value)
    return {name: evaluate.interval(found) for name, found in sorted(values.items())}


def reliability(evaluation: Evaluation, mode: Mode) -> list[evaluate.Bin]:
    """The results' scores against whether their documents are judged relevant; what is not judged is not."""
    shown = [
        (chance, evaluation.relevant(name, document))
        for name, found in evaluation.modes[mode].items()
        for document, chance in found.results
    ]
    return evaluate.reliability([chance for chance, _ in shown], [outcome for _, outcome in shown])


def verdicts(evaluation: Evaluation, mode: Mode) -> dict[str, dict[str, int]]:
    """How many answerable and unanswerable questions were told what."""
    told = {kind: {"answered": 0, "related": 0, "none": 0} for kind in ("answerable", "unanswerable")}
    for name, found in evaluation.modes[mode].items():
        told["unanswerable" if name in evaluation.unanswerable else "answerable"][found.verdict] += 1
    return told


def _ask(searcher: Searcher, query: Query) -> Found:
    started = time.perf_counter()
    answer = searcher.search(query)
    took = (time.perf_counter() - started) * 1000
    results = [(result.document_id, result.score) for result in answer.results]
    return Found(searcher.documents(replace(query, limit=_DEPTH)), results, answer.verdict, took)


def _measures(evaluation: Evaluation, mode: Mode) -> Json:
    found = evaluation.modes[mode]
    times = [one.took_ms for one in found.values()]
    percentiles = statistics.quantiles(times, n=20) if len(times) > 1 else times * 19
    return {
        **{name: asdict(one) for name, one in _intervals(evaluation, mode).items()},
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(percentiles[18], 2),
        "questions": len(found) - len(evaluation.unanswerable),
        "calibration_error": evaluate.calibration_error(reliability(evaluation, mode)),
        "verdicts": verdicts(evaluation, mode),
    }


def _intervals(evaluation: Evaluation, mode: Mode) -> dict[str, evaluate.Interval]:
    return evaluate.measure(evaluation.judgements, evaluation.runs[mode])


@dataclass(frozen=True, slots=True)
class MustFind:
    """What must be found to a question, whether it was, and where."""

    question: str
    document: str
    collection: str
    held: bool
    found: str


def check_must_find(knowledge: Knowledge) -> list[MustFind]:
    """Every `[[must_find]]` of kb.toml, asked in the configured mode."""
    return must_find(knowledge.searcher(), knowledge.config)


def must_find(searcher: Searcher, config: Config) -> list[MustFind]:
    """The same by a searcher that is open already."""
    return [_must_find(searcher, one, config.search.mode) for one in config.must_find]


def _must_find(searcher: Searcher, one: MustFindConfig, mode: str) -> MustFind:
    query = Query(one.question, one.within, one.collection, mode)  # type: ignore[arg-type]
    try:
        ids = [result.document_id for result in searcher.search(query).results]
    except (QueryError, NotFound) as error:
        return MustFind(one.question, one.document, one.collection, False, f"cannot be asked for: {error}")
    held = one.document in ids
    first = f"; the first is {ids[0]}" if ids else "; nothing is"
    found = (
        f"is result {ids.index(one.document) + 1}"
        if held
        else f"is not among the first {one.within} results in {one.collection}{first}"
    )
    return MustFind(one.question, one.document, one.collection, held, found)


def table(judged: Judged) -> str:
    """The measures as lines of text."""
    lines = [f"{'mode':8} {'nDCG@10':>22} {'Recall@10':>22} {'MRR@10':>22} {'p50 ms':>7} {'p95 ms':>7}"]
    for mode, measured in judged.items():
        cells = " ".join(f"{_cell(measured[name]):>22}" for name in evaluate.MEASURES)
        lines.append(f"{mode:8} {cells} {measured['p50_ms']:7.1f} {measured['p95_ms']:7.1f}")
    return "\n".join(lines)


def _cell(measured: object) -> str:
    assert isinstance(measured, dict)
    return f"{measured['mean']:.3f} ({measured['low']:.3f}–{measured['high']:.3f})"


def _place(asked: Asked, collection: str, known: Mapping[str, object]) -> str:
    """A question names its collection, or a site that is one."""
    if asked.collection:
        return asked.collection
    return asked.site if asked.site and asked.site in known else collection
