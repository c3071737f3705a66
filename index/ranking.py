"""The retrievers' hits as one ranking."""

from __future__ import annotations

from itertools import chain, islice, repeat

import numpy as np

from index.asides import worth
from index.fusion import WEIGHTS, fuse
from index.generation import Collection
from index.lexical import TELLING
from index.types import Hit, Query, Question, Ranking

# Passages that each retriever gives: enough that the better of the two rankings is never cut short
# by the other, and that ten documents are found though one of them fills many places.
_CANDIDATES = 100
# How much deeper the lexical retriever looks than its hits are ranked, for the words of what meaning found.
# What has less of the words than so many others is taken to have none: to ask for those by themselves is a
# second search as long as the first, a twelfth of a question's time, and gave .001 nDCG@10 on scifact-train,
# .0006 on counsel-chat, and nothing on clinic-pages, medquad, vagov-anchors and no-answer.
_DEEPER = 5
_MORE = 2

Worded = dict[int, float]


def worded(collection: Collection, question: Question, query: Query) -> Worded:
    """The lexical retriever's part of the hybrid mode, which needs no vector: scores by position, best
    first."""
    return collection.lexical.retrieve(question, depth(query), query.filters, WEIGHTS).by_position()


def rank(collection: Collection, question: Question, query: Query, words: Worded | None = None) -> Ranking:
    """Every candidate of the retrievers that the mode asks for, best first; ties by position. `words` is what
    `worded` gave, where it was asked before."""
    k, filters = candidates(query), query.filters
    if query.mode == "lexical":
        found = collection.lexical.retrieve(question, k, filters, TELLING)
    else:
        found = collection.retrieve_dense(question, k, filters)
        if query.mode == "hybrid":
            words = worded(collection, question, query) if words is None else words
            found = _fused(collection, question, k, found, words)
    return set_back(found, collection.asides)


def candidates(query: Query) -> int:
    """How many hits of each retriever are ranked."""
    return max(_CANDIDATES, query.limit * (10 if query.group else 1))


def depth(query: Query) -> int:
    """How many passages of the hybrid mode have the evidence of their words looked at."""
    return candidates(query) * _DEEPER


def _fused(collection: Collection, question: Question, k: int, dense: Ranking, words: Worded) -> Ranking:
    """The best `k` of either retriever, scored by the evidence of both."""
    cosines = dense.by_position()
    missing = [position for position in islice(words, k) if position not in cosines]
    cosines.update(zip(missing, collection.dense.score(question, missing), strict=True))
    positions = np.fromiter(cosines, np.int64, len(cosines))
    of_meaning = np.fromiter(cosines.values(), np.float64, len(cosines))
    of_words = np.fromiter(map(words.get, cosines, repeat(0.0)), np.float64, len(cosines))
    return Ranking(positions, fuse(of_meaning, of_words, question.familiarity)).sorted()


def set_back(ranking: Ranking, asides: frozenset[int]) -> Ranking:
    """The ranking with what only lists sources behind what fits a little less well."""
    if not asides or asides.isdisjoint(ranking.positions.tolist()):
        return ranking
    return Ranking.of(Hit(at, score * worth(at, asides)) for at, score in ranking).sorted()


def grouped(collection: Collection, ranking: Ranking, limit: int) -> Ranking:
    """The best passage of each of the first `limit` documents, and up to two more of each; of a document
    last what only lists sources, which is not what one would read of it first."""
    groups: dict[int, list[int]] = {}
    for at, document in enumerate(documents_of(collection, ranking)):
        held = groups.get(document)
        if held is None:
            if len(groups) < limit:
                groups[document] = [at]
        elif len(held) <= _MORE:
            held.append(at)
    if collection.asides:
        positions = ranking.positions.tolist()
        for held in groups.values():
            held.sort(key=lambda at: positions[at] in collection.asides)
    order = np.fromiter(chain.from_iterable(groups.values()), np.int64)
    return Ranking(ranking.positions[order], ranking.scores[order])


def documents_of(collection: Collection, ranking: Ranking) -> list[int]:
    """The number of each hit's document."""
    documents: list[int] = collection.document_of[ranking.positions].tolist()
    return documents


def places(collection: Collection, hits: Ranking, group: bool) -> list[int]:
    """Each hit's place among the results, 0 the first; grouped, that of its document."""
    if not group:
        return list(range(len(hits)))
    found: dict[int, int] = {}
    return [found.setdefault(document, len(found)) for document in documents_of(collection, hits)]


def by_document(collection: Collection, ranking: Ranking) -> list[tuple[str, Hit]]:
    """Document ids with their best passages, in the order of those."""
    best: dict[str, Hit] = {}
    for hit, document in zip(ranking, documents_of(collection, ranking), strict=True):
        best.setdefault(collection.document_ids[document], hit)
    return list(best.items())
