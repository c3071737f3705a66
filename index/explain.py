"""Why the results are what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.asides import worth
from index.fusion import WEIGHTS, shares
from index.generation import Collection
from index.lexical import TELLING, Weights
from index.meaning import Meaning
from index.notices import NoticeMatcher
from index.pins import Pinned
from index.ranking import candidates, depth
from index.reranking import Reranked
from index.types import Alternative, Answer, Group, Query, Question, Ranking, Vectors
from index.verdict import Calibration


@dataclass(frozen=True, slots=True)
class Name:
    """What words may be called, or how they may be spelled, and what that counts against the typed."""

    words: str
    worth: float


@dataclass(frozen=True, slots=True)
class Words:
    """Words of the question that mean one thing: how much they tell, and whether a passage has them."""

    words: str
    weight: float
    known: bool
    also: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """A notice that is shown: the phrases that were said, or that it was heard by meaning."""

    kind: str
    title: str
    triggers: tuple[str, ...]
    by_meaning: bool


@dataclass(frozen=True, slots=True)
class Crisis:
    """How much the question means a crisis: it is heard above `threshold`; below `harmless`, words that
    may mean something else are not believed."""

    score: float
    threshold: float
    harmless: float


@dataclass(frozen=True, slots=True)
class Leg:
    """What one retriever makes of a passage; `rank` is null where it did not find it by itself."""

    rank: int | None
    score: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What a passage's score is the sum of."""

    cosine: float
    strength: float
    coverage: float
    headings: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A result's best passage: its score in the ranking, and the chance made of that; where a reranker
    read it, of the reranker's own number."""

    rank: int
    document_id: str
    passage_id: str
    title: str
    headings: tuple[str, ...]
    chance: float
    score: float
    parts: Parts
    dense: Leg
    lexical: Leg
    reranker: Leg | None
    pinned: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict and what it was made of. `unknown` is the share of the question's telling words, by
    rarity, that nothing here has; `background`, its mean cosine to all that is here; `reranked`, how many
    passages a reranker read."""

    verdict: str
    best: float
    answered_from: float
    related_from: float
    unknown: float
    passages: int
    background: float
    reranked: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that led from a question to its answer."""

    question: str
    read_as: str
    collection: str
    mode: str
    generation: int
    words: tuple[Words, ...]
    notices: tuple[Heard, ...]
    crisis: Crisis | None
    pinned: tuple[Pinned, ...]
    hidden: tuple[str, ...]
    judged: Judged
    results: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a searcher had in its hands when it answered. `positions`: of the passages by their ids."""

    collection: Collection
    question: Question
    query: Query
    pinned: Sequence[Pinned]
    positions: Mapping[str, int]
    answer: Answer
    reranked: Reranked
    typed: Vectors | None


def explain(
    evidence: Evidence, notices: NoticeMatcher, meaning: Meaning | None, calibration: Calibration
) -> Explanation:
    """The explanation of an answer, from the evidence it was made of."""
    question, query, answer = evidence.question, evidence.query, evidence.answer
    return Explanation(
        question=query.text,
        read_as=answer.suggestion or query.text,
        collection=query.collection,
        mode=query.mode,
        generation=answer.generation,
        words=tuple(_words(group) for group in question.groups),
        notices=_heard(answer, query.text, notices),
        crisis=_crisis(meaning, evidence.typed),
        pinned=tuple(evidence.pinned),
        hidden=query.filters.hidden,
        judged=_judged(evidence, calibration),
        results=_standings(evidence),
    )


def _words(group: Group) -> Words:
    typed = " ".join(term.plain for term in group.terms)
    known = any(term.known for term in group.terms)
    return Words(typed, group.weight, known, tuple(_name(one) for one in group.alternatives))


def _name(alternative: Alternative) -> Name:
    return Name(" ".join(term.plain for term in alternative.terms), alternative.worth)


def _heard(answer: Answer, text: str, notices: NoticeMatcher) -> tuple[Heard, ...]:
    said = {rule.notice: triggers for rule, triggers in notices.heard(text)}
    return tuple(
        Heard(one.kind, one.title, said.get(one, ()), by_meaning=one not in said) for one in answer.notices
    )


def _crisis(meaning: Meaning | None, typed: Vectors | None) -> Crisis | None:
    if meaning is None or typed is None:
        return None
    return Crisis(meaning.score(typed), meaning.crisis, meaning.harmless)


def _judged(evidence: Evidence, calibration: Calibration) -> Judged:
    best = max((result.score for result in evidence.answer.results), default=0.0)
    return Judged(
        evidence.answer.verdict,
        best,
        calibration.answered,
        calibration.related,
        evidence.question.unknown,
        len(evidence.collection),
        evidence.collection.dense.background(evidence.question),
        evidence.reranked.scored,
    )


def _standings(evidence: Evidence) -> tuple[Standing, ...]:
    collection, question, query = evidence.collection, evidence.question, evidence.query
    positions = [evidence.positions[result.passage_id] for result in evidence.answer.results]
    weights, k = (WEIGHTS, depth(query)) if query.mode == "hybrid" else (TELLING, candidates(query))
    dense_ranks = _ranks(collection.retrieve_dense(question, candidates(query), query.filters))
    lexical_ranks = _ranks(collection.lexical.retrieve(question, k, query.filters, weights))
    parts = _parts(collection, question, query, positions)
    if query.mode == "hybrid":  # what words would find so late is ranked as if it had none
        parts = [
            part if position in lexical_ranks else replace(part, strength=0.0, coverage=0.0, headings=0.0)
            for position, part in zip(positions, parts, strict=True)
        ]
    cosines = collection.dense.score(question, positions)
    lexical = collection.lexical.score(question, positions, weights)
    pinned = {one.document for one in evidence.pinned}
    read = evidence.reranked.ranking[: evidence.reranked.scored]
    reread = {hit.position: Leg(rank, hit.score) for rank, hit in enumerate(read, 1)}
    return tuple(
        Standing(
            rank=result.rank,
            document_id=result.document_id,
            passage_id=result.passage_id,
            title=result.attribution.title,
            headings=result.headings,
            chance=result.score,
            score=part.cosine + part.strength + part.coverage + part.headings,
            parts=part,
            dense=Leg(dense_ranks.get(position), cosine),
            lexical=Leg(lexical_ranks.get(position), words),
            reranker=reread.get(position),
            pinned=result.document_id in pinned,
        )
        for result, position, part, cosine, words in zip(
            evidence.answer.results, positions, parts, cosines, lexical, strict=True
        )
    )


def _ranks(ranking: Ranking) -> dict[int, int]:
    return {hit.position: rank for rank, hit in enumerate(ranking, 1)}


def _parts(collection: Collection, question: Question, query: Query, positions: Sequence[int]) -> list[Parts]:
    """Each kind of evidence asked for by itself, with its weight in the mode's score."""
    weights = {"hybrid": WEIGHTS, "lexical": TELLING, "dense": Weights(0, 0, 0)}[query.mode]
    of_meaning, of_words = shares(question.familiarity) if query.mode == "hybrid" else (1.0, 1.0)
    nothing = [0.0] * len(positions)
    cosines = nothing if query.mode == "lexical" else collection.dense.score(question, positions)
    words = [
        collection.lexical.score(question, positions, alone) if any_weight else nothing
        for alone, any_weight in (
            (replace(weights, coverage=0, headings=0), weights.strength),
            (Weights(0, weights.coverage, 0), weights.coverage),
            (Weights(0, 0, weights.headings), weights.headings),
        )
    ]
    worths = [worth(position, collection.asides) for position in positions]
    return [
        Parts(of_meaning * whole * cosine, *(of_words * whole * part for part in parts))
        for whole, cosine, *parts in zip(worths, cosines, *words, strict=True)
    ]
