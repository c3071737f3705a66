"""A ranking's first passages put in a reranker's order, as far as the time reaches.

What it scored comes first, by its numbers; the rest keep the order that they had (Nogueira & Cho, Passage
Re-ranking with BERT, 2019). Its number becomes a chance by a calibration of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from index.types import Hit, Ranking, Reranker
from index.verdict import Calibration

# A cross-encoder is trained so that the logistic of its number is the chance that the passage answers
# (binary cross-entropy). Fitted to nothing of ours, for we have no such model's weights; what a model's
# numbers mean on an owner's pages is fitted by `kb eval DIR --calibrate`.
UNFITTED: Final = Calibration(0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, answered=0.5, related=0.1)

_CAUTION: Final = 1.5  # how much longer than the slowest of late a batch may take on a busy machine
_FORGETTING: Final = 0.9  # of how slow it was, with each batch


@dataclass(frozen=True, slots=True)
class Reranked:
    """A ranking of which the first `scored` hits have the reranker's numbers as their scores. The rest
    follow below them, as far apart as they were."""

    ranking: Ranking
    scored: int


Texts = Callable[[Ranking], Sequence[str | None]]


class Reranking:
    """A reranker, and how many passages of a question it may read in how long; for all threads."""

    def __init__(
        self,
        reranker: Reranker,
        passages: int,
        seconds: float,
        calibration: Calibration = UNFITTED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Scores one batch of long pairs, to know how long that takes before anyone waits for it."""
        self.calibration = calibration
        self.passages, self.seconds = passages, seconds
        self._reranker, self._clock = reranker, clock
        self._lock = threading.Lock()
        self._slowest = 0.0
        self._timed("how long does this take", [_LONG] * reranker.batch)

    @property
    def fingerprint(self) -> str:
        """The reranker's."""
        return self._reranker.fingerprint

    def rerank(self, question: str, ranking: Ranking, texts: Texts, until: float | None = None) -> Reranked:
        """The ranking with its first passages in the reranker's order; `until`, on the clock, is when the
        work must have ended. `texts` gives the hits' passages, None for one that is gone."""
        by = self._clock() + self.seconds
        by = by if until is None else min(by, until)
        first = ranking[: self.passages]
        found: list[tuple[Hit, float]] = []
        if not first or not self._fits(by):
            with self._lock:
                self._slowest *= _FORGETTING  # else what was slow once would never be tried again
            return Reranked(ranking, 0)
        held = [(hit, text) for hit, text in zip(first, texts(first), strict=True) if text is not None]
        for start in range(0, len(held), self._reranker.batch):
            if not self._fits(by):
                break
            batch = held[start : start + self._reranker.batch]
            numbers = self._timed(question, [text for _, text in batch])
            found += [(hit, number) for (hit, _), number in zip(batch, numbers, strict=True)]
        return _ordered(ranking, found)

    def _fits(self, by: float) -> bool:
        """Whether another batch ends in time, by what batches took of late."""
        return self._clock() + _CAUTION * self._slowest <= by

    def _timed(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        started = self._clock()
        numbers = self._reranker.score(question, texts)
        took = self._clock() - started
        with self._lock:
            self._slowest = max(took, _FORGETTING * self._slowest)
        return numbers


def _ordered(ranking: Ranking, found: Sequence[tuple[Hit, float]]) -> Reranked:
    """The scored by their numbers, of equal ones the one that was before; then the rest."""
    if not found:
        return Reranked(ranking, 0)
    scored = [Hit(hit.position, number) for hit, number in sorted(found, key=lambda pair: -pair[1])]
    positions = {hit.position for hit in scored}
    rest = [hit for hit in ranking if hit.position not in positions]
    if rest:
        lower = scored[-1].score - _STEP - rest[0].score
        rest = [Hit(hit.position, hit.score + lower) for hit in rest]
    return Reranked(Ranking.of([*scored, *rest]), len(scored))


_STEP: Final = 1e-3  # what parts the last that was read from the first that was not
_LONG: Final = "Talking with a therapist helps many people who sleep badly or worry all the time. " * 12
