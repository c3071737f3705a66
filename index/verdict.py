"""From how well passages fit to the chance that each answers, and to a verdict on the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from index.types import Mode, Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """A result as it stands among the results: `score` is what its mode ranks by, `best` the first
    result's, `place` 0 for the first."""

    score: float
    best: float
    place: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a question before any result: `unknown`, the share of its telling words, by
    rarity, that no passage of the collection has; and how many `passages` the collection holds."""

    unknown: float
    passages: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic maps (Platt 1999) from evidence to chances; the numbers are fitted by `bench.calibrate`.

    The chance that a result answers: by its score, how far it is behind the first, its place, what of the
    question nothing here has a word for, and the size of the collection, of which more chance on as good
    a score as the collection grows. Whether anything answers: by the best score and the size alone.
    """

    bias: float
    score: float
    behind: float
    place: float
    unknown: float
    size: float
    answered: float
    related: float

    def chance(self, standing: Standing, asked: Asked) -> float:
        """The estimated chance that a result answers, 0 to 1; lower for each that comes after another."""
        return _logistic(
            self.bias
            + self.score * standing.score
            + self.behind * (standing.best - standing.score)
            + self.place * math.log1p(standing.place)
            + self.unknown * asked.unknown
            + self.size * math.log(asked.passages)
        )

    def verdict(self, chances: Sequence[float]) -> Verdict:
        """What may be said of results with these chances."""
        best = max(chances, default=0.0)
        if best >= self.answered:
            return "answered"
        return "related" if best >= self.related else "none"


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


SHIPPED: Final[dict[Mode, Calibration]] = {
    "hybrid": Calibration(0.75, 2.42, -4.91, -1.18, -0.85, -0.36, 0.55, 0.2),
    "dense": Calibration(0.75, 2.42, -4.91, -1.18, -0.85, -0.36, 0.55, 0.2),
    "lexical": Calibration(0.75, 2.42, -4.91, -1.18, -0.85, -0.36, 0.55, 0.2),
}
