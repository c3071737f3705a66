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


# Fitted by `python -m bench.calibrate` with all-MiniLM-L6-v2 on the top ten results of every question of
# example-clinic, clinic-pages, medquad, counsel-chat, scifact-train, vagov-anchors and no-answer, each set
# counting the same. Fitted without a set, hybrid's expected calibration error on it is .038 on average
# (.016 to .038, but .098 on vagov-anchors, whose anchors have one judged page each), and its best score
# parts answerable from unanswerable questions with an AUC of .943 on example-clinic, .961 on
# clinic-pages, .977 on no-answer. `answered` is the lowest threshold above which at most 5 % of any set's
# unanswerable questions lie, `related` the highest below which at most 5 % of the answerable ones do.
SHIPPED: Final[dict[Mode, Calibration]] = {
    "hybrid": Calibration(0.781, 2.423, -5.015, -1.184, -0.873, -0.366, answered=0.589, related=0.308),
    "dense": Calibration(-0.224, 4.148, -7.858, -1.174, -0.967, -0.277, answered=0.532, related=0.246),
    "lexical": Calibration(0.262, 2.539, -5.606, -0.923, -1.208, -0.228, answered=0.416, related=0.192),
}
