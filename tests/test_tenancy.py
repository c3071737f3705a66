"""Keys that ask for what is not theirs: a short run, and what it must catch."""

from __future__ import annotations

import random

import pytest

from tests.tenancy import same_distribution, tenancy


def test_nothing_of_other_collections_is_told_at_any_door() -> None:
    tally = tenancy(1_000, seed=1)
    assert tally.failures == []
    assert len(tally.asked) > 12
    assert min(tally.asked.values()) >= 15
    assert {200, 400, 401, 404, 422} <= tally.statuses.keys()
    assert tally.found > 100


@pytest.mark.parametrize("control", ["unbound", "merged"])
def test_a_service_that_does_not_keep_collections_apart_is_caught(control: str) -> None:
    failures = tenancy(60, seed=1, control=control).failures
    assert any("was told" in failure for failure in failures)


def test_two_samples_are_of_one_distribution_or_are_not() -> None:
    chance = random.Random(7)
    ps = []
    for _ in range(200):
        first, second = ([chance.lognormvariate(0, 1) for _ in range(400)] for _ in range(2))
        ps.append(same_distribution(first, second))
    assert sum(p <= 0.01 for p in ps) <= 8  # two are to be expected
    assert 0.4 < sum(ps) / len(ps) < 0.65
    assert same_distribution(first, [one + 0.3 for one in second]) < 0.001
    assert same_distribution([1.0] * 50, [1.0] * 50) == 1.0
