"""The retrievers' hits as one ranking."""

from __future__ import annotations

import numpy as np

from index.asides import worth
from index.fusion import WEIGHTS, fuse
from index.generation import Collection
from index.lexical import BM25
from index.types import Hit, Query, Question, Ranking

# Passages that each retriever gives: enough that the better of the two rankings is never cut short
# by the other, and that ten documents are found though one of them fills many places.
_CANDIDATES = 100
_MORE = 2


def rank(collection: Collection, question: Question, query: Query) -> Ranking:
    """Every candidate of the retrievers that the mode asks for, best first; ties by position."""
    k, filters = candidates(query), query.filters
    if query.mode == "lexical":
        found = collection.lexical.retrieve(question, k, filters, BM25)
    else:
        found = collection.retrieve_dense(question, k, filters)
        if query.mode == "hybrid":
            found = _fused(collection, question, query, found)
    return set_back(found, collection.asides)


def candidates(query: Query) -> int:
    """How many hits each retriever is asked for."""
    return max(_CANDIDATES, query.limit * (10 if query.group else 1))


def _fused(collection: Collection, question: Question, query: Query, dense: Ranking) -> Ranking:
    """What either retriever found, scored by the evidence of both."""
    cosines = dict(dense)
    words = collection.lexical.evidence(question, candidates(query), query.filters, WEIGHTS, cosines)
    missing = [position for position in words if position not in cosines]
    cosines.update(zip(missing, collection.dense.score(question, missing), strict=True))
    both = np.array([[cosine, words.get(at, 0.0)] for at, cosine in cosines.items()]).reshape(-1, 2)
    fused = fuse(both[:, 0], both[:, 1], question.familiarity)
    return sorted(map(Hit, cosines, fused.tolist()), key=best_first)


def set_back(ranking: Ranking, asides: frozenset[int]) -> Ranking:
    """The ranking with what only lists sources behind what fits a little less well."""
    if asides.isdisjoint(hit.position for hit in ranking):
        return ranking
    return sorted((Hit(at, score * worth(at, asides)) for at, score in ranking), key=best_first)


def best_first(hit: Hit) -> tuple[float, int]:
    """The key that a ranking is sorted by: of two equal scores the lower position comes first."""
    return -hit.score, hit.position


def grouped(collection: Collection, ranking: Ranking, limit: int) -> list[Hit]:
    """The best passage of each of the first `limit` documents, and up to two more of each; of a document
    last what only lists sources, which is not what one would read of it first."""
    groups: dict[int, list[Hit]] = {}
    documents = collection.document_of[[hit.position for hit in ranking]].tolist() if ranking else []
    for hit, document in zip(ranking, documents, strict=True):
        if document in groups:
            if len(groups[document]) <= _MORE:
                groups[document].append(hit)
        elif len(groups) < limit:
            groups[document] = [hit]
    return [
        hit
        for hits in groups.values()
        for hit in sorted(hits, key=lambda hit: hit.position in collection.asides)
    ]


def places(collection: Collection, hits: Ranking, group: bool) -> list[int]:
    """Each hit's place among the results, 0 the first; grouped, that of its document."""
    if not group:
        return list(range(len(hits)))
    found: dict[int, int] = {}
    return [found.setdefault(int(collection.document_of[hit.position]), len(found)) for hit in hits]


def by_document(collection: Collection, ranking: Ranking) -> list[tuple[str, Hit]]:
    """Document ids with their best passages, in the order of those."""
    best: dict[str, Hit] = {}
    for hit in ranking:
        best.setdefault(collection.document_ids[int(collection.document_of[hit.position])], hit)
    return list(best.items())
