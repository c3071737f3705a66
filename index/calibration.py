"""Fitting the maps from evidence to chances on judged questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.verdict import NEAR, Asked, Calibration, Standing

_RIDGE = 1e-3  # keeps the fit finite where evidence parts the judgements perfectly
_NEARNESS = 0.25  # a standard deviation of 2 for each number of an owner's own map around the shipped one's
_FIXED = 1e6
_STEPS = 50


@dataclass(frozen=True, slots=True)
class Judged:
    """A result of a judged question, and whether its document was judged relevant."""

    standing: Standing
    asked: Asked
    relevant: bool


def fit(
    sets: Mapping[str, Sequence[Judged]], *, answered: float, related: float, near: Calibration | None = None
) -> Calibration:
    """The map fitted to judged results; each set counts the same, however many questions it has.

    Logistic regression by Newton's method (iteratively reweighted least squares). `answered` and
    `related` are the verdict's thresholds, taken over as they are. With one collection size alone the
    size tells nothing, and is left out.

    `near` is a map to stay near to, but for what the judgements tell (a normal prior around its numbers):
    a few questions move it little. How a growing collection weakens a score is taken over from it.
    """
    rows = [(_features(one), float(one.relevant), 1 / len(held)) for held in sets.values() for one in held]
    features = np.array([row[0] for row in rows])
    told = np.array([row[1] for row in rows])
    weights = np.array([row[2] for row in rows]) * len(rows) / len(sets)
    centre, ridge = np.zeros(7), np.full(7, _RIDGE)
    if near is not None:
        centre = np.array(
            [near.bias, near.score, near.behind, near.place, near.unknown, near.size, near.background]
        )
        ridge = np.array([_NEARNESS] * 5 + [_FIXED, _NEARNESS])
    elif np.ptp(features[:, 5]) == 0:
        features[:, 5] = 0.0
    found = _logistic_regression(features, told, weights, centre, ridge)
    bias, score, behind, place, unknown, size, background = found
    return Calibration(bias, score, behind, place, unknown, size, background, answered, related)


def _features(one: Judged) -> tuple[float, ...]:
    standing, asked = one.standing, one.asked
    return (
        1.0,
        standing.score,
        standing.best - standing.score,
        float(np.log1p(standing.place)),
        asked.unknown,
        float(np.log(asked.passages)),
        standing.score * min(asked.background, NEAR),
    )


def _logistic_regression(
    features: NDArray[np.float64],
    told: NDArray[np.float64],
    weights: NDArray[np.float64],
    centre: NDArray[np.float64],
    strength: NDArray[np.float64],
) -> list[float]:
    """The coefficients of (n, d) features that make (n,) outcomes likeliest, weighted, beside a normal prior
    around `centre` with the inverse variances `strength`."""
    coefficients, ridge = centre, np.diag(strength)
    for _ in range(_STEPS):
        chances = 1 / (1 + np.exp(-features @ coefficients))
        slope = features.T @ (weights * (told - chances)) - ridge @ (coefficients - centre)
        curvature = (features * (weights * chances * (1 - chances))[:, None]).T @ features + ridge
        step = np.linalg.solve(curvature, slope)
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-9:
            break
    return [float(value) for value in coefficients]
