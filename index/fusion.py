"""Two rankings into one."""

from __future__ import annotations

from collections.abc import Sequence

# A convex combination of min-max normalised scores (Bruch, Gai & Ingber, An Analysis of Fusion
# Functions for Hybrid Retrieval, TOIS 2023, section 4), which keeps how far apart the scores are;
# reciprocal ranks throw that away.
DENSE_WEIGHT = 0.7


def fuse(dense: Sequence[float], lexical: Sequence[float], dense_weight: float = DENSE_WEIGHT) -> list[float]:
    """One score a passage from its two; both given for every passage, 0 to 1, higher is better."""
    pairs = zip(_spread(dense), _spread(lexical), strict=True)
    return [dense_weight * near + (1 - dense_weight) * worded for near, worded in pairs]


def _spread(scores: Sequence[float]) -> list[float]:
    """Min-max normalisation; where all are the same, none speaks for or against a passage."""
    if not scores:
        return []
    low, high = min(scores), max(scores)
    if high <= low:
        return [0.0] * len(scores)
    return [(score - low) / (high - low) for score in scores]
