"""What is asked, what is found, and who finds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol, overload

import numpy as np
from numpy.typing import NDArray

from kb.types import Attribution

Vectors = NDArray[np.float32]
Mode = Literal["hybrid", "dense", "lexical"]
Verdict = Literal["answered", "related", "none"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a result must be: one of these documents, in this language, with one of these tags.

    `hidden` are documents that it must not be; they are the owner's to name, not the asker's.
    """

    tags: tuple[str, ...] = ()
    language: str | None = None
    document_id: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A question, and where and how to look. `group`: one result a document, its best passage. `cursor`: an
    answer's `next`, for the page that comes after it. `excerpt_length`: the most characters of an excerpt,
    but for one sentence that is longer; None is as the owner has it."""

    text: str
    limit: int = 10
    collection: str = "default"
    mode: Mode = "hybrid"
    filters: Filters = field(default_factory=Filters)
    group: bool = True
    cursor: str | None = None
    excerpt_length: int | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A word as the lexical index holds it in English (`stem`) and in other languages (`plain`).

    `rarity` is its inverse document frequency; `tells` is False of a function word, `known` of a word
    that no passage has.
    """

    plain: str
    stem: str
    rarity: float
    tells: bool
    known: bool


# What another name is to the typed words: the same; their acronym, or what that stands for; what lay words
# may mean; a word put right; an unfinished word finished.
Kind = Literal["same", "acronym", "lay", "mended", "finished"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another name for what a group of words means, or their mended spelling: all of its terms
    together count `worth`, 0 to 1, of the typed words."""

    terms: tuple[Term, ...]
    worth: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class Group:
    """Words of a question that mean one thing. `weight` is how much they tell: 0 of function words."""

    terms: tuple[Term, ...]
    alternatives: tuple[Alternative, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question made ready for one collection: its words, (dimensions,) float32 its vector, and how much
    the model is to be believed about words like these (`index.fusion`)."""

    text: str
    groups: tuple[Group, ...]
    vector: Vectors | None
    familiarity: float = 1.0

    @property
    def weight(self) -> float:
        """How much all of its words tell."""
        return sum(group.weight for group in self.groups)

    @property
    def unknown(self) -> float:
        """The share of its weight in words that no passage has, by no name, 0 to 1."""
        missing = [
            term.rarity
            for group in self.groups
            if not group.alternatives
            for term in group.terms
            if term.tells and not term.known
        ]
        return sum(missing) / (self.weight or 1.0)

    @property
    def weights(self) -> dict[str, float]:
        """What each telling word, and each word of another name for it, is worth, by its stem. The words of a
        name share its part of what the words are worth that it stands for, none more than typed."""
        worth: dict[str, float] = {}
        for group in self.groups:
            for one in group.alternatives:
                telling = [term for term in one.terms if term.tells]
                share = one.worth * group.weight / (sum(term.rarity for term in telling) or 1.0)
                for term in telling:
                    worth[term.stem] = max(worth.get(term.stem, 0.0), min(1.0, share) * term.rarity)
        worth.update({t.stem: t.rarity for group in self.groups for t in group.terms if t.tells})
        return worth


class Hit(NamedTuple):
    """A passage that a retriever found: its position in the generation, and how well it fits.

    Positions follow (document id, place in the document), so that of two equal scores the lower
    position comes first, everywhere.
    """

    position: int
    score: float


class Ranking(Sequence[Hit]):
    """Hits, best first, as two arrays: hundreds are ranked for each ten that are looked at.

    `positions` is (n,) int64, `scores` (n,) float64.
    """

    __slots__ = ("positions", "scores")

    def __init__(self, positions: NDArray[np.int64], scores: NDArray[np.float64]) -> None:
        self.positions, self.scores = positions, scores

    @classmethod
    def of(cls, hits: Iterable[Hit]) -> Ranking:
        """These hits, in their order."""
        held = list(hits)
        return cls(
            np.array([at for at, _ in held], np.int64), np.array([score for _, score in held], np.float64)
        )

    def sorted(self) -> Ranking:
        """Best first; of two equal scores the lower position comes first."""
        order = np.lexsort((self.positions, -self.scores))
        return Ranking(self.positions[order], self.scores[order])

    def by_position(self) -> dict[int, float]:
        """The scores, in their order."""
        return dict(zip(self.positions.tolist(), self.scores.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.positions)

    @overload
    def __getitem__(self, at: int) -> Hit: ...
    @overload
    def __getitem__(self, at: slice) -> Ranking: ...
    def __getitem__(self, at: int | slice) -> Hit | Ranking:
        if isinstance(at, slice):
            return Ranking(self.positions[at], self.scores[at])
        return Hit(int(self.positions[at]), float(self.scores[at]))

    def __iter__(self) -> Iterator[Hit]:
        return map(Hit, self.positions.tolist(), self.scores.tolist())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ranking) and list(self) == list(other)

    def __repr__(self) -> str:
        return f"Ranking.of({list(self)})"

    __hash__ = None  # type: ignore[assignment]  # arrays can be changed


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The part of a document worth showing: `text` is its slice from `start` to `end`.

    `marks` are ranges inside `text`, in order and apart from one another.
    """

    text: str
    start: int
    end: int
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One place that was found. `score` is the estimated chance that it answers, 0 to 1."""

    rank: int
    score: float
    document_id: str
    passage_id: str
    excerpt: Excerpt
    attribution: Attribution
    headings: tuple[str, ...]
    link: str | None
    page: int | None
    more: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Where a notice leads: a telephone number, a page."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the owner wants said above the results, to some questions."""

    kind: str
    title: str
    text: str
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the knowledge base says to a question. `generation` is the sequence it was made from, `next` the
    cursor of the page that comes after."""

    verdict: Verdict
    notices: tuple[Notice, ...]
    results: tuple[Result, ...]
    suggestion: str | None
    generation: int
    degraded: bool = False
    next: str | None = None


class Encoder(Protocol):
    """Texts to unit vectors. A model's query and passage prompts are its own business."""

    @property
    def fingerprint(self) -> str:
        """What tells this model, at this precision, from every other."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    @property
    def window(self) -> int:
        """The tokens of a passage that the model reads; what is longer is cut off."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How much of the window each text takes, the model's own special tokens and prompt included; what
        it cannot read counts by the character."""

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions), float32, rows of length 1, in order."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions), float32, rows of length 1, in order."""


class Reranker(Protocol):
    """Judges question and passage together."""

    @property
    def batch(self) -> int:
        """How many passages are best given at a time."""

    @property
    def fingerprint(self) -> str:
        """What tells this model, at this precision, from every other."""

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        """One score a passage, in order; higher is better."""
