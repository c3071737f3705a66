"""From how well passages fit to the chance that each answers, and to a verdict on the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from index.types import Mode, Verdict

# A background that no development set has; beyond it, a better score would be no better a chance.
NEAR: Final = 0.5


@dataclass(frozen=True, slots=True)
class Standing:
    """A result as it stands among the results: `score` is what its mode ranks by, `best` the first
    result's, `place` 0 for the first."""

    score: float
    best: float
    place: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a question, whichever result is looked at: `unknown`, the share of its telling words,
    by rarity, that no passage of the collection has; how many `passages` the collection holds;
    `background`, the question's mean cosine to them all; and `overlap`, what meaning and words both say of
    the first passage (`index.fusion.overlap`)."""

    unknown: float
    passages: int
    background: float = 0.0
    overlap: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic maps (Platt 1999) from evidence to chances; the numbers are fitted by `bench.calibrate`.

    The chance that a result answers: by its score, how far it is behind the first, its place, what of the
    question nothing here has a word for, and the size of the collection, of which more chance on as good
    a score as the collection grows. A score tells less of a question that is near to everything here:
    `background` is what is taken off the weight of the score for each whole of it. And `overlap`
    is what is taken off for what meaning and words both say, which the score counts twice.
    """

    bias: float
    score: float
    behind: float
    place: float
    unknown: float
    size: float
    background: float
    answered: float
    related: float
    overlap: float = 0.0

    def chance(self, standing: Standing, asked: Asked) -> float:
        """The estimated chance that a result answers, 0 to 1; lower for each that comes after another."""
        return _logistic(
            self.bias
            + self.score * standing.score
            + self.behind * (standing.best - standing.score)
            + self.place * math.log1p(standing.place)
            + self.unknown * asked.unknown
            + self.size * math.log(asked.passages)
            + self.background * standing.score * min(asked.background, NEAR)
            + self.overlap * asked.overlap
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
# counting the same. Fitted without a set, hybrid's expected calibration error on it is .032 on average and
# .045 at most, and its best score parts answerable from unanswerable questions with an AUC of .944 on
# example-clinic, .951 on clinic-pages, .969 on no-answer (without the overlap .931, .941, .968; without the
# background the error is .098 on vagov-anchors, where every page is about the same things). `answered` is
# the lowest threshold that no set lets another unanswerable question pass with a chance of more than 5 %, as
# far as so many questions can tell; `related` the highest below which at most 5 % of the answerable ones lie.
# With thresholds fitted without a set too, none of example-clinic's 20 unanswerable questions and of
# clinic-pages' 9 are told `answered`, 6 % of no-answer's 112, and 3 %, 3 % and 1 % of the answerable ones
# `none`.
SHIPPED: Final[dict[Mode, Calibration]] = {
    "hybrid": Calibration(
        0.897, 5.626, -3.337, -1.101, -1.027, -0.521, -6.396, answered=0.637, related=0.317, overlap=-2.390
    ),
    "dense": Calibration(
        -0.163, 9.107, -8.299, -0.926, -1.078, -0.510, -13.533, answered=0.706, related=0.191
    ),
    "lexical": Calibration(
        0.115, 2.767, -5.240, -0.910, -1.122, -0.228, 0.000, answered=0.419, related=0.205
    ),
}
