"""From how well passages fit to the chance that each answers, and to a verdict on the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from index.types import Mode, Verdict

# A background that no development set has; beyond it, a better score would be no better a chance.
NEAR: Final = 0.5


class Standing(NamedTuple):
    """A result as it stands among the results: `score` is what its mode ranks by, or what speaks for it
    by meaning and words together (`index.fusion.evidence`); `best` the first result's; `place` 0 for the
    first."""

    score: float
    best: float
    place: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a question before any result: `unknown`, the share of its telling words, by
    rarity, that no passage of the collection has; how many `passages` the collection holds; and
    `background`, the question's mean cosine to them all."""

    unknown: float
    passages: int
    background: float = 0.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Logistic maps (Platt 1999) from evidence to chances; the numbers are fitted by `bench.calibrate`.

    The chance that a result answers: by its score, how far it is behind the first, its place, what of the
    question nothing here has a word for, and the size of the collection, of which more chance on as good
    a score as the collection grows. A score tells less of a question that is near to everything here:
    `background` is what is taken off the weight of the score for each whole of it.
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

    def chance(self, standing: Standing, asked: Asked) -> float:
        """The estimated chance that a result answers, 0 to 1."""
        return _logistic(
            self.bias
            + self.score * standing.score
            + self.behind * (standing.best - standing.score)
            + self.place * math.log1p(standing.place)
            + self.unknown * asked.unknown
            + self.size * math.log(asked.passages)
            + self.background * standing.score * min(asked.background, NEAR)
        )

    def verdict(self, chances: Sequence[float]) -> Verdict:
        """What may be said of results with these chances."""
        best = max(chances, default=0.0)
        if best >= self.answered:
            return "answered"
        return "related" if best >= self.related else "none"


def falling(chances: Sequence[float]) -> list[float]:
    """Chances of results, the best first, none above the one before it."""
    return list(accumulate(chances, min))


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


# Fitted by `python -m bench.calibrate` with all-MiniLM-L6-v2 on the top ten results of every question of
# example-clinic, clinic-pages, medquad, counsel-chat, scifact-train, vagov-anchors and no-answer, each set
# counting the same. Fitted without a set, hybrid's expected calibration error on it is .030 on average and
# .042 at most (.098 on vagov-anchors without the background: every page there is about the same things),
# and its best score parts answerable from unanswerable questions with an AUC of .951 on example-clinic,
# .967 on clinic-pages, .969 on no-answer. `answered` is the lowest threshold that no set lets another
# unanswerable question pass with a chance of more than 5 %, as far as so many questions can tell; `related`
# the highest below which at most 5 % of the answerable ones lie. With thresholds fitted without a set too,
# one of example-clinic's 20 unanswerable questions is told `answered`, none of clinic-pages' 9, 7 % of
# no-answer's 112, and 1 %, 6 % and 1 % of the answerable ones `none`; as shipped, none, none and 4 %.
SHIPPED: Final[dict[Mode, Calibration]] = {
    "hybrid": Calibration(
        0.681, 6.382, -5.579, -1.296, -1.107, -0.502, -9.063, answered=0.653, related=0.281
    ),
    "dense": Calibration(
        -0.227, 9.255, -8.076, -0.931, -1.370, -0.514, -13.520, answered=0.704, related=0.157
    ),
    "lexical": Calibration(
        0.592, 2.275, -3.814, -1.124, -1.208, -0.255, 0.000, answered=0.497, related=0.249
    ),
}
