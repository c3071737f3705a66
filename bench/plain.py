"""A plain hybrid search over our own index, to see what all that is added to it costs a question.

Both retrievers, their reciprocal rank fusion, the best passages of each document, as they are shown. What it
lacks: other names and spellings of words, evidence fused, chances and a verdict, notices, pins, cursors.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from bench.ours import Model
from index.bridge import Bridge
from index.excerpt import WHOLE
from index.generation import Collection, open_current
from index.question import understand
from index.ranking import grouped
from index.results import Found, results
from index.search import open_searcher
from index.types import Filters, Hit, Ranking, Result
from kb.catalogue import Catalogue
from kb.limits import Limits
from kb.storage import FILE_NAME
from service.settings import settings

_K: Final = 60  # of the fusion (Cormack et al. 2009)
_CANDIDATES: Final = 100
_LIMIT: Final = 10


class PlainSearcher:
    """Answers with results and nothing else."""

    def __init__(self, data: Path, model: Model, collection: str = "default") -> None:
        self._collection: Collection = open_current(data).collections[collection]
        self._catalogue = Catalogue(data / FILE_NAME)
        self._encoder, self._bridge, self._terms = model.encoder, Bridge([]), Limits().query_terms

    def search(self, text: str) -> list[Result]:
        """The best passages of ten documents, best first."""
        collection, lexical = self._collection, self._collection.lexical
        vector = self._encoder.encode_queries([text])[0]
        question = understand(text, lexical, self._bridge, self._terms, vector)
        found = [
            collection.retrieve_dense(question, _CANDIDATES, Filters()),
            lexical.retrieve(question, _CANDIDATES, Filters()),
        ]
        hits = grouped(collection, _fused(found), _LIMIT)
        keys = [int(collection.keys[hit.position]) for hit in hits]
        stored = self._catalogue.passages(keys)
        shown = [Found(hit.position, hit.score, stored[key]) for hit, key in zip(hits, keys, strict=True)]
        return results(shown, question, group=True, length=WHOLE, links=collection.links)


def _fused(rankings: Sequence[Ranking]) -> Ranking:
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, 1):
            scores[hit.position] = scores.get(hit.position, 0.0) + 1 / (_K + rank)
    return Ranking.of(map(Hit, scores, scores.values())).sorted()


def added(home: Path, model: Model, questions: Sequence[str]) -> float:
    """How many milliseconds longer the knowledge base in `home` takes than the plain search of its index, the
    difference of the medians, asked by turns."""
    whole, plain = open_searcher(home, settings(home).models), PlainSearcher(home / ".kb", model)
    ways: tuple[Callable[[str], object], ...] = (whole.search, plain.search)
    taken: tuple[list[float], list[float]] = ([], [])
    for number, question in enumerate(questions):
        for way in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            ways[way](question)
            taken[way].append((time.perf_counter() - started) * 1000)
    return statistics.median(taken[0]) - statistics.median(taken[1])
