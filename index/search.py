"""The way of a question, from its words to the answer. Read this first."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.bridge import Bridge, shipped_entries
from index.excerpt import excerpt
from index.fusion import WEIGHTS, fuse
from index.generation import Collection, Generation, current, open_current
from index.lexical import analyse
from index.links import link
from index.question import understand
from index.types import Answer, Encoder, Filters, Hit, Query, Question, Ranking, Result
from index.verdict import SHIPPED, Asked, Standing
from kb.catalogue import Catalogue, StoredPassage
from kb.errors import ModelMismatch, NotFound, QueryError
from kb.limits import Limits
from kb.storage import FILE_NAME

# Passages that each retriever gives: enough that the better of the two rankings is never cut short
# by the other, and that ten documents are found though one of them fills many places.
_CANDIDATES = 100
_MORE = 2
_EXCERPT_CHARACTERS = 1200  # a passage of 180 words whole; only longer ones are cut


@dataclass(frozen=True, slots=True)
class _Found:
    """A passage that will be shown, and the chance that it answers."""

    chance: float
    stored: StoredPassage


class Searcher:
    """Answers questions from the current generation; safe to share between threads."""

    def __init__(
        self,
        data: Path,
        catalogue: Catalogue,
        encoder: Encoder,
        limits: Limits | None = None,
        bridge: Bridge | None = None,
    ) -> None:
        self._data, self._catalogue, self._encoder = data, catalogue, encoder
        self._limits = limits or Limits()
        self._bridge = bridge or Bridge(shipped_entries())
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
        _check(query, self._limits)
        generation = self._generation
        collection = _collection(generation, query.collection)
        question = self._question(collection, query)
        ranking = _rank(collection, question, query)
        shown = _grouped(collection, ranking, query.limit) if query.group else ranking[: query.limit]
        found = self._found(collection, question, shown, query)
        results = _grouped_results(found, question) if query.group else _results(found, question)
        verdict = SHIPPED[query.mode].verdict([result.score for result in results])
        return Answer(verdict, (), tuple(results), None, generation.manifest.sequence)

    def documents(self, query: Query) -> list[tuple[str, float]]:
        """Document ids with their scores in this mode's ranking, each at its best passage's place.

        For evaluation: `limit` may be above what a request may ask for, and scores are the ranking's
        own, comparable within one mode alone.
        """
        _check(replace(query, limit=1), self._limits)
        collection = _collection(self._generation, query.collection)
        ranking = _rank(collection, self._question(collection, query), query)
        best: dict[str, float] = {}
        for hit in ranking:
            best.setdefault(collection.document_ids[int(collection.document_of[hit.position])], hit.score)
        return list(best.items())[: query.limit]

    def standings(self, query: Query) -> tuple[Asked, list[tuple[str, Standing]]]:
        """What calibration is fitted to: the evidence on the question and on each document found."""
        collection = _collection(self._generation, query.collection)
        question = self._question(collection, query)
        ranking = _rank(collection, question, query)
        best: dict[str, float] = {}
        for hit in ranking:
            best.setdefault(collection.document_ids[int(collection.document_of[hit.position])], hit.score)
        found = list(best.items())[: query.limit]
        standings = [(name, Standing(score, found[0][1], place)) for place, (name, score) in enumerate(found)]
        return Asked(question.unknown, len(collection)), standings

    def _open(self) -> Generation:
        generation = open_current(self._data)
        made_with = generation.manifest.model
        if made_with.fingerprint != self._encoder.fingerprint:
            raise ModelMismatch(
                f"The index was built with {made_with.name} ({made_with.dimensions} dimensions); settings "
                f"ask for another model ({self._encoder.dimensions} dimensions). Run: kb index"
            )
        return generation

    def _question(self, collection: Collection, query: Query) -> Question:
        vector = None if query.mode == "lexical" else self._encoder.encode_queries([query.text])[0]
        return understand(query.text, collection.lexical, self._bridge, self._limits.query_terms, vector)

    def _found(self, collection: Collection, question: Question, hits: Ranking, query: Query) -> list[_Found]:
        """The hits with their passages and the chance that each answers."""
        if not hits:
            return []
        calibration = SHIPPED[query.mode]
        asked = Asked(question.unknown, len(collection))
        places = _places(collection, hits, query.group)
        keys = [int(collection.keys[hit.position]) for hit in hits]
        stored = self._catalogue.passages(keys)
        return [
            _Found(calibration.chance(Standing(hit.score, hits[0].score, place), asked), stored[key])
            for key, hit, place in zip(keys, hits, places, strict=True)
            if key in stored
        ]


def open_searcher(data: Path, encoder: Encoder, limits: Limits | None = None) -> Searcher:
    """A searcher over the knowledge base whose `.kb` folder is `data`."""
    return Searcher(data, Catalogue(data / FILE_NAME), encoder, limits)


def _check(query: Query, limits: Limits) -> None:
    if not query.text.strip():
        raise QueryError("the question is empty")
    if len(query.text) > limits.query_characters:
        raise QueryError(f"the question is longer than {limits.query_characters} characters")
    if not 1 <= query.limit <= limits.results:
        raise QueryError(f"limit is a number from 1 to {limits.results}", "limit")
    if len(query.filters.tags) + len(query.filters.document_id) > limits.filter_values:
        raise QueryError(f"filters hold more than {limits.filter_values} values", "filters")


def _collection(generation: Generation, name: str) -> Collection:
    found = generation.collections.get(name)
    if found is None:
        raise NotFound(f"There is no collection named {name}")
    return found


def _rank(collection: Collection, question: Question, query: Query) -> Ranking:
    """Every candidate of the retrievers that the mode asks for, best first; ties by position."""
    k = max(_CANDIDATES, query.limit * (10 if query.group else 1))
    if query.mode == "dense":
        return collection.retrieve_dense(question, k, query.filters)
    if query.mode == "lexical":
        return collection.lexical.retrieve(question, k, query.filters)
    return _hybrid(collection, question, k, query.filters)


def _hybrid(collection: Collection, question: Question, k: int, filters: Filters) -> Ranking:
    """What either retriever found, scored by the evidence of both."""
    dense = collection.retrieve_dense(question, k, filters)
    lexical = {h.position: h.score for h in collection.lexical.retrieve(question, k, filters, WEIGHTS)}
    unscored = [hit.position for hit in dense if hit.position not in lexical]
    lexical.update(zip(unscored, collection.lexical.score(question, unscored, WEIGHTS), strict=True))
    positions = sorted(lexical)
    cosines = collection.dense.score(question, positions)
    hits = [Hit(at, fuse(cosine, lexical[at])) for at, cosine in zip(positions, cosines, strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.position))


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


def _places(collection: Collection, hits: Ranking, group: bool) -> list[int]:
    """Each hit's place among the results, 0 the first; grouped, that of its document."""
    if not group:
        return list(range(len(hits)))
    places: dict[int, int] = {}
    return [places.setdefault(int(collection.document_of[hit.position]), len(places)) for hit in hits]


def _grouped_results(found: Sequence[_Found], question: Question) -> list[Result]:
    """One result a document: its best passage, with the further ones as `more`."""
    groups: dict[str, list[_Found]] = {}
    for one in found:
        groups.setdefault(one.stored.passage.document_id, []).append(one)
    firsts = _results([group[0] for group in groups.values()], question)
    return [
        replace(first, more=tuple(replace(one, rank=first.rank) for one in _results(group[1:], question)))
        for first, group in zip(firsts, groups.values(), strict=True)
    ]


def _results(found: Sequence[_Found], question: Question) -> list[Result]:
    return [_result(rank, one, question.weights) for rank, one in enumerate(found, 1)]


def _result(rank: int, found: _Found, weights: dict[str, float]) -> Result:
    stored = found.stored
    passage = stored.passage
    shown = excerpt(stored.text, passage.start, weights, analyse, _EXCERPT_CHARACTERS)
    page = bisect_right(stored.pages, shown.start) or None
    best = max(shown.marks, key=lambda mark: mark[1] - mark[0], default=(0, len(shown.text)))
    landing = shown.text[best[0] : best[1]].split("\n")[0]
    return Result(
        rank=rank,
        score=round(found.chance, 6),
        document_id=passage.document_id,
        passage_id=passage.id,
        excerpt=shown,
        attribution=stored.attribution,
        headings=stored.section.headings,
        link=link(stored.attribution.url, stored.section.anchor, page, landing),
        page=page,
    )
