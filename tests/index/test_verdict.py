from __future__ import annotations

import itertools
import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.types import Mode
from index.verdict import SHIPPED, Asked, Calibration, Standing, falling

PLAIN = Calibration(-1.0, 2.0, -3.0, -0.5, -0.7, -0.1, -1.5, answered=0.6, related=0.3)
MODES = get_args(Mode)
SCORES = st.floats(0, 1.8)
BACKGROUNDS = st.floats(-1, 1)


def test_a_chance_is_the_logistic_of_the_evidence() -> None:
    """Third place, .2 behind a best score of 1.1, half of the question unknown, 100 passages, to all of
    which its cosine is .3 on average."""
    value = -1.0 + (2.0 - 1.5 * 0.3) * 0.9 - 3.0 * 0.2 - 0.5 * math.log(3) - 0.7 * 0.5 - 0.1 * math.log(100)
    got = PLAIN.chance(Standing(0.9, 1.1, 2), Asked(0.5, 100, 0.3))
    assert got == pytest.approx(1 / (1 + math.exp(-value)))


@pytest.mark.parametrize(
    ("chances", "verdict"),
    [
        ([0.6], "answered"),
        ([0.9, 0.1], "answered"),
        ([0.599], "related"),
        ([0.3, 0.3], "related"),
        ([0.299], "none"),
        ([], "none"),
    ],
)
def test_a_verdict_is_that_of_the_best_chance(chances: list[float], verdict: str) -> None:
    assert PLAIN.verdict(chances) == verdict


def test_no_chance_is_above_the_one_before_it() -> None:
    assert falling([0.5, 0.6, 0.2, 0.3]) == [0.5, 0.5, 0.2, 0.2]
    assert falling([]) == []


def test_two_weak_results_do_not_make_an_answer() -> None:
    assert PLAIN.verdict([0.59] * 50) == "related"


@pytest.mark.parametrize("mode", MODES)
@given(st.lists(SCORES, min_size=2, max_size=20), st.floats(0, 1), st.integers(1, 10**7), BACKGROUNDS)
def test_chances_fall_from_place_to_place(
    mode: Mode, scores: list[float], unknown: float, passages: int, background: float
) -> None:
    ranked = sorted(scores, reverse=True)
    asked = Asked(unknown, passages, background)
    chances = [
        SHIPPED[mode].chance(Standing(score, ranked[0], place), asked) for place, score in enumerate(ranked)
    ]
    assert all(0 < chance < 1 for chance in chances)
    assert all(earlier > later for earlier, later in itertools.pairwise(chances))


@pytest.mark.parametrize("mode", MODES)
@given(SCORES, SCORES, st.floats(0, 1), st.integers(1, 10**7), BACKGROUNDS)
def test_a_better_first_result_has_a_better_chance(
    mode: Mode, one: float, other: float, unknown: float, passages: int, background: float
) -> None:
    low, high = sorted((one, other))
    asked = Asked(unknown, passages, background)
    chances = [SHIPPED[mode].chance(Standing(score, score, 0), asked) for score in (low, high)]
    assert chances[0] <= chances[1]


@pytest.mark.parametrize("mode", MODES)
@given(SCORES, st.floats(0, 1), st.floats(0, 1))
def test_what_the_collection_has_no_word_for_lowers_the_chance(
    mode: Mode, score: float, one: float, other: float
) -> None:
    standing, (less, more) = Standing(score, score, 0), sorted((one, other))
    chances = [SHIPPED[mode].chance(standing, Asked(unknown, 500)) for unknown in (less, more)]
    assert chances[0] >= chances[1]


@pytest.mark.parametrize("mode", MODES)
def test_as_good_a_score_means_less_among_more_passages(mode: Mode) -> None:
    standing = Standing(0.8, 0.8, 0)
    chances = [SHIPPED[mode].chance(standing, Asked(0.0, count)) for count in (1, 10, 1_000, 1_000_000)]
    assert chances == sorted(chances, reverse=True)


def test_as_good_a_score_means_less_of_a_question_that_is_near_to_everything_here() -> None:
    standing = Standing(0.8, 0.8, 0)
    for mode in ("hybrid", "dense"):
        chances = [SHIPPED[mode].chance(standing, Asked(0.0, 500, near)) for near in (-0.1, 0.1, 0.3, 0.5)]
        assert chances == sorted(chances, reverse=True)


@pytest.mark.parametrize("mode", MODES)
def test_the_thresholds_leave_room_for_every_verdict(mode: Mode) -> None:
    assert 0 < SHIPPED[mode].related < SHIPPED[mode].answered < 1


@pytest.mark.parametrize("mode", MODES)
def test_no_evidence_at_all_is_none_in_a_collection_of_any_real_size(mode: Mode) -> None:
    chance = SHIPPED[mode].chance(Standing(0.0, 0.0, 0), Asked(1.0, 10))
    assert SHIPPED[mode].verdict([chance]) == "none"
