"""From a passage's evidence to the chance that it answers, and from that to a verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass

from index.types import Verdict


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage: `cosine` with the question, and `coverage`, the share of the question's
    telling words that the passage holds, weighted by how rare they are; each 0 to 1."""

    cosine: float
    coverage: float


# A logistic map, monotone in both. Set by hand on the scale of all-MiniLM-L6-v2, where passages that
# answer mostly lie above a cosine of 0.5 and passages of another subject below 0.3.
_COSINE, _COVERAGE, _BIAS = 10.0, 2.0, -5.5
ANSWERED, RELATED = 0.5, 0.15


def chance(evidence: Evidence) -> float:
    """The estimated chance that the passage answers, 0 to 1."""
    return 1 / (1 + math.exp(-(_COSINE * evidence.cosine + _COVERAGE * evidence.coverage + _BIAS)))


def verdict(best: float | None) -> Verdict:
    """What a page may say of results whose best has this chance; None where there are none."""
    if best is None or best < RELATED:
        return "none"
    return "answered" if best >= ANSWERED else "related"
