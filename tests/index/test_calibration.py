"""Fits against data whose law is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from index.calibration import Judged, fit
from index.verdict import Asked, Calibration, Standing

TRUE = Calibration(-0.5, 2.5, -4.0, -1.0, -0.8, -0.3, -1.5, answered=0.6, related=0.3)


def judged(
    count: int, seed: int, law: Calibration = TRUE, passages: tuple[int, ...] = (20, 300, 8_000)
) -> list[Judged]:
    """Questions of ten results, each relevant with the chance that the law gives it."""
    rng = np.random.default_rng(seed)
    found: list[Judged] = []
    for _ in range(count):
        scores = sorted((float(score) for score in rng.uniform(0, 1.8, 10)), reverse=True)
        asked = Asked(float(rng.uniform()), int(rng.choice(passages)), float(rng.uniform(0, 0.4)))
        for place, score in enumerate(scores):
            standing = Standing(score, scores[0], place)
            found.append(Judged(standing, asked, bool(rng.uniform() < law.chance(standing, asked))))
    return found


def coefficients(one: Calibration) -> list[float]:
    return [one.bias, one.score, one.behind, one.place, one.unknown, one.size, one.background]


def fitted(sets: dict[str, list[Judged]]) -> Calibration:
    return fit(sets, answered=0.6, related=0.3)


def test_known_coefficients_are_found_again() -> None:
    """60 000 results: the largest standard error is about .1."""
    got = fitted({"one": judged(6_000, seed=1)})
    assert coefficients(got) == pytest.approx(coefficients(TRUE), abs=0.35)
    assert (got.answered, got.related) == (0.6, 0.3)


def test_fitted_chances_are_those_of_the_law() -> None:
    got = fitted({"one": judged(6_000, seed=2)})
    off = [
        abs(got.chance(one.standing, one.asked) - TRUE.chance(one.standing, one.asked))
        for one in judged(200, seed=3)
    ]
    assert max(off) < 0.05
    assert sum(off) / len(off) < 0.01


def test_the_mean_chance_is_the_share_that_was_relevant() -> None:
    """What every logistic regression with a bias has, but for the ridge."""
    rows = judged(500, seed=4)
    got = fitted({"one": rows})
    mean = sum(got.chance(one.standing, one.asked) for one in rows) / len(rows)
    assert mean == pytest.approx(sum(one.relevant for one in rows) / len(rows), abs=1e-4)


def test_a_fitted_chance_falls_from_place_to_place() -> None:
    got = fitted({"one": judged(3_000, seed=5)})
    asked = Asked(0.2, 500)
    chances = [got.chance(Standing(1.5 - 0.1 * place, 1.5, place), asked) for place in range(10)]
    assert all(earlier > later for earlier, later in itertools.pairwise(chances))


def test_each_set_counts_the_same_however_many_questions_it_has() -> None:
    small, large = judged(60, seed=6), judged(60, seed=7)
    once = fitted({"small": small, "large": large})
    often = fitted({"small": small, "large": large * 9})
    assert coefficients(often) == pytest.approx(coefficients(once), abs=1e-2)


def test_with_one_size_alone_the_size_tells_nothing() -> None:
    got = fitted({"one": judged(300, seed=8, passages=(500,))})
    assert got.size == 0


def test_evidence_that_parts_the_judgements_perfectly_has_a_finite_fit() -> None:
    rows = [
        Judged(Standing(score, score, 0), Asked(0.0, 100), score > 0.9)
        for score in np.linspace(0, 1.8, 100).tolist()
    ]
    got = fitted({"one": rows})
    assert all(np.isfinite(coefficients(got)))
    assert got.chance(Standing(1.7, 1.7, 0), Asked(0.0, 100)) > 0.95
    assert got.chance(Standing(0.1, 0.1, 0), Asked(0.0, 100)) < 0.05


@pytest.mark.parametrize("relevant", [True, False])
def test_judgements_of_one_kind_alone_have_a_finite_fit(relevant: bool) -> None:
    rows = [Judged(one.standing, one.asked, relevant) for one in judged(20, seed=9)]
    assert all(np.isfinite(coefficients(fitted({"one": rows}))))


def test_the_same_judgements_give_the_same_fit() -> None:
    assert fitted({"one": judged(50, seed=10)}) == fitted({"one": judged(50, seed=10)})
