"""The way of a question, from its words to the answer. Read this first."""

from __future__ import annotations

import math
import threading
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.excerpt import excerpt
from index.fusion import fuse
from index.generation import Collection, Generation, current, open_current
from index.lexical import analyse
from index.links import link
from index.types import Answer, Encoder, Filters, Hit, Query, Question, Ranking, Result
from index.verdict import Evidence, chance, verdict
from index.words import telling
from kb.catalogue import Catalogue, StoredPassage
from kb.errors import ModelMismatch, NotFound, QueryError
from kb.limits import Limits

# Passages that each retriever gives: enough that the better of the two rankings is never cut short
# by the other, and that ten documents are found though one of them fills many places.
_CANDIDATES = 100
_MORE = 2
_EXCERPT_CHARACTERS = 1200  # a passage of 180 words whole; only longer ones are cut


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage with its place in the ranking and the chance that it answers."""

    hit: Hit
    score: float
    stored: StoredPassage


class Searcher:
    """Answers questions from the current generation; safe to share between threads."""

    def __init__(
        self, data: Path, catalogue: Catalogue, encoder: Encoder, limits: Limits | None = None
    ) -> None:
        self._data, self._catalogue, self._encoder = data, catalogue, encoder
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._generation = self._open()

    @property
    def generation(self) -> Generation:
        """The generation that answers now."""
        return self._generation

    def refresh(self) -> bool:
        """Takes up a newer generation if there is one. Questions under way finish on the old one."""
        with self._lock:
            if current(self._data)[0] == self._generation.name:
                return False
            self._generation = self._open()
            return True

    def search(self, query: Query) -> Answer:
        """Ranked, attributed excerpts. Raises QueryError beyond the limits, NotFound for an unknown
        collection."""
        self._check(query)
        generation = self._generation
        collection = self._collection(generation, query.collection)
        question = self._question(query)
        ranking = _rank(collection, question, query)
        found = self._judged(collection, question, ranking, query)
        results = self._results(found, question, collection, query)
        best = max((result.score for result in results), default=None)
        return Answer(verdict(best), (), tuple(results), None, generation.manifest.sequence)

    def documents(self, query: Query) -> list[tuple[str, float]]:
        """Document ids with their scores in this mode's ranking, each at its best passage's place.

        For evaluation: `limit` may be above what a request may ask for, and scores are the ranking's
        own, comparable within one question alone.
        """
        collection = self._collection(self._generation, query.collection)
        ranking = _rank(collection, self._question(query), query)
        best: dict[str, float] = {}
        for hit in ranking:
            best.setdefault(collection.document_ids[int(collection.document_of[hit.position])], hit.score)
        return list(best.items())[: query.limit]

    @staticmethod
    def _collection(generation: Generation, name: str) -> Collection:
        found = generation.collections.get(name)
        if found is None:
            raise NotFound(f"There is no collection named {name}")
        return found

    def _open(self) -> Generation:
        generation = open_current(self._data)
        made_with = generation.manifest.model
        if made_with.fingerprint != self._encoder.fingerprint:
            raise ModelMismatch(
                f"The index was built with {made_with.name} ({made_with.dimensions} dimensions); settings "
                f"ask for another model ({self._encoder.dimensions} dimensions). Run: kb index"
            )
        return generation

    def _check(self, query: Query) -> None:
        limits = self._limits
        if not query.text.strip():
            raise QueryError("the question is empty")
        if len(query.text) > limits.query_characters:
            raise QueryError(f"the question is longer than {limits.query_characters} characters")
        if not 1 <= query.limit <= limits.results:
            raise QueryError(f"limit is a number from 1 to {limits.results}", "limit")
        values = len(query.filters.tags) + len(query.filters.document_id)
        if values > limits.filter_values:
            raise QueryError(f"filters hold more than {limits.filter_values} values", "filters")

    def _question(self, query: Query) -> Question:
        vector = None if query.mode == "lexical" else self._encoder.encode_queries([query.text])[0]
        return Question(query.text, analyse(query.text)[: self._limits.query_terms], vector)

    def _judged(
        self, collection: Collection, question: Question, ranking: Ranking, query: Query
    ) -> list[_Found]:
        """The hits that will be shown, with their passages."""
        chosen = _grouped(collection, ranking, query.limit) if query.group else list(ranking[: query.limit])
        stored = self._catalogue.passages([int(collection.keys[hit.position]) for hit in chosen])
        cosines = collection.dense.score(question, [hit.position for hit in chosen])
        weights = _weights(question, collection)
        found: list[_Found] = []
        for hit, cosine in zip(chosen, cosines, strict=True):
            passage = stored.get(int(collection.keys[hit.position]))
            if passage is not None:
                covered = _coverage(f"{passage.passage.context}\n{passage.text}", weights)
                found.append(_Found(hit, chance(Evidence(cosine, covered)), passage))
        return found

    def _results(
        self, found: Sequence[_Found], question: Question, collection: Collection, query: Query
    ) -> list[Result]:
        weights = _weights(question, collection)
        if not query.group:
            return [_result(rank, one, weights) for rank, one in enumerate(found, 1)]
        groups: dict[str, list[_Found]] = {}
        for one in found:
            groups.setdefault(one.stored.passage.document_id, []).append(one)
        results = []
        for rank, (first, *others) in enumerate(groups.values(), 1):
            more = tuple(_result(rank, other, weights) for other in others)
            results.append(replace(_result(rank, first, weights), more=more))
        return results


def open_searcher(data: Path, encoder: Encoder, limits: Limits | None = None) -> Searcher:
    """A searcher over the knowledge base whose `.kb` folder is `data`."""
    from kb.storage import FILE_NAME

    return Searcher(data, Catalogue(data / FILE_NAME), encoder, limits)


def _rank(collection: Collection, question: Question, query: Query) -> Ranking:
    """Every candidate of the retrievers that the mode asks for, best first; ties by position."""
    k = max(_CANDIDATES, query.limit * (10 if query.group else 1))
    if query.mode == "dense":
        return collection.retrieve_dense(question, k, query.filters)
    if query.mode == "lexical":
        return collection.retrieve_lexical(question, k, query.filters)
    return hybrid(collection, question, k, query.filters)


def hybrid(collection: Collection, question: Question, k: int, filters: Filters) -> Ranking:
    """Both rankings as one: what either retriever found, scored by both."""
    hits = [
        *collection.retrieve_dense(question, k, filters),
        *collection.retrieve_lexical(question, k, filters),
    ]
    positions = sorted({hit.position for hit in hits})
    scores = fuse(collection.dense.score(question, positions), collection.lexical.score(question, positions))
    fused = [Hit(position, score) for position, score in zip(positions, scores, strict=True)]
    return sorted(fused, key=lambda hit: (-hit.score, hit.position))


def _grouped(collection: Collection, ranking: Ranking, limit: int) -> list[Hit]:
    """The best passage of each of the first `limit` documents, and up to two more of each."""
    groups: dict[int, list[Hit]] = {}
    for hit in ranking:
        document = int(collection.document_of[hit.position])
        if document in groups:
            if len(groups[document]) <= _MORE:
                groups[document].append(hit)
        elif len(groups) < limit:
            groups[document] = [hit]
    return [hit for hits in groups.values() for hit in hits]


def _weights(question: Question, collection: Collection) -> dict[str, float]:
    """What each telling word of the question is worth: its inverse document frequency."""
    count = len(collection)
    return {
        term: math.log(1 + count / (1 + collection.lexical.document_frequency(term)))
        for term in telling(question.terms)
    }


def _coverage(text: str, weights: Mapping[str, float]) -> float:
    """The share of the question's weight that the text has words for."""
    whole = sum(weights.values())
    held = set(analyse(text))
    return sum(weight for term, weight in weights.items() if term in held) / whole if whole else 0.0


def _result(rank: int, found: _Found, weights: Mapping[str, float]) -> Result:
    stored = found.stored
    passage = stored.passage
    shown = excerpt(stored.text, passage.start, weights, analyse, _EXCERPT_CHARACTERS)
    page = _page(stored.pages, shown.start)
    best = max(shown.marks, key=lambda mark: mark[1] - mark[0], default=(0, len(shown.text)))
    landing = shown.text[best[0] : best[1]].split("\n")[0]
    return Result(
        rank=rank,
        score=round(found.score, 6),
        document_id=passage.document_id,
        passage_id=passage.id,
        excerpt=shown,
        attribution=stored.attribution,
        headings=stored.section.headings,
        link=link(stored.attribution.url, stored.section.anchor, page, landing),
        page=page,
    )


def _page(pages: Sequence[int], offset: int) -> int | None:
    """Pages count from 1."""
    return bisect_right(pages, offset) or None
