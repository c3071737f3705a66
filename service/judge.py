"""How good the answers to a set of judged questions are: `kb eval`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index import evaluate
from index.types import Mode, Query
from kb.errors import QueryError
from service.batch import Asked, read_questions
from service.bodies import Json
from service.knowledge import Knowledge

_DEPTH = 100  # documents; deeper ones change none of the measures


def judge(knowledge: Knowledge, folder: Path, modes: Sequence[Mode], collection: str) -> Json:
    """Mode -> measures with their 95 % intervals, and the latency of the whole search."""
    judgements = evaluate.read_judgements(folder)
    asked = [one for one in read_questions(folder / "queries.jsonl") if one.id in judgements]
    if not asked:
        raise QueryError(f"{folder}: no question of queries.jsonl has a judgement in qrels.tsv")
    searcher = knowledge.searcher()
    known = searcher.generation.collections
    places = {one.id: _place(one, collection, known) for one in asked}
    judged: Json = {}
    for mode in modes:
        run: dict[str, list[tuple[str, float]]] = {}
        times: list[float] = []
        for one in asked:
            query = Query(one.text, 10, places[one.id], mode)
            started = time.perf_counter()
            searcher.search(query)
            times.append((time.perf_counter() - started) * 1000)
            run[one.id] = searcher.documents(replace(query, limit=_DEPTH))
        measures: Json = {
            name: {"mean": one.mean, "low": one.low, "high": one.high}
            for name, one in evaluate.measure(judgements, run).items()
        }
        percentiles = statistics.quantiles(times, n=20) if len(times) > 1 else times * 19
        judged[mode] = {
            **measures,
            "p50_ms": round(statistics.median(times), 2),
            "p95_ms": round(percentiles[18], 2),
            "questions": len(asked),
        }
    return judged


def table(judged: Json) -> str:
    """The measures as lines of text."""
    lines = [f"{'mode':8} {'nDCG@10':>22} {'Recall@10':>22} {'MRR@10':>22} {'p50 ms':>7} {'p95 ms':>7}"]
    for mode, measures in judged.items():
        assert isinstance(measures, dict)
        cells = [
            f"{m['mean']:.3f} ({m['low']:.3f}–{m['high']:.3f})"
            for m in (measures["ndcg@10"], measures["recall@10"], measures["mrr@10"])
        ]
        lines.append(
            f"{mode:8} "
            + " ".join(f"{cell:>22}" for cell in cells)
            + f" {measures['p50_ms']:7.1f} {measures['p95_ms']:7.1f}"
        )
    return "\n".join(lines)


def _place(asked: Asked, collection: str, known: object) -> str:
    """A question names its collection, or a site that is one."""
    assert isinstance(known, dict)
    if asked.collection:
        return asked.collection
    return asked.site if asked.site and asked.site in known else collection
