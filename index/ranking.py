"""The retrievers' hits as one ranking."""

from __future__ import annotations

from index.fusion import WEIGHTS, fuse
from index.generation import Collection
from index.types import Filters, Hit, Query, Question, Ranking

# Passages that each retriever gives: enough that the better of the two rankings is never cut short
# by the other, and that ten documents are found though one of them fills many places.
_CANDIDATES = 100
_MORE = 2


def rank(collection: Collection, question: Question, query: Query) -> Ranking:
    """Every candidate of the retrievers that the mode asks for, best first; ties by position."""
    k = candidates(query)
    if query.mode == "dense":
        return collection.retrieve_dense(question, k, query.filters)
    if query.mode == "lexical":
        return collection.lexical.retrieve(question, k, query.filters)
    return _hybrid(collection, question, k, query.filters)


def candidates(query: Query) -> int:
    """How many hits each retriever is asked for."""
    return max(_CANDIDATES, query.limit * (10 if query.group else 1))


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


def grouped(collection: Collection, ranking: Ranking, limit: int) -> list[Hit]:
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


def places(collection: Collection, hits: Ranking, group: bool) -> list[int]:
    """Each hit's place among the results, 0 the first; grouped, that of its document."""
    if not group:
        return list(range(len(hits)))
    found: dict[int, int] = {}
    return [found.setdefault(int(collection.document_of[hit.position]), len(found)) for hit in hits]


def by_document(collection: Collection, ranking: Ranking) -> list[tuple[str, float]]:
    """Document ids with the scores of their best passages, in the order of those."""
    best: dict[str, float] = {}
    for hit in ranking:
        best.setdefault(collection.document_ids[int(collection.document_of[hit.position])], hit.score)
    return list(best.items())
