"""The index is replaced under eight readers."""

from __future__ import annotations

from tests.swap import swap


def test_every_reply_is_of_one_generation_and_nothing_stays_open() -> None:
    tally = swap(readers=8, swaps=40)
    assert tally.failures == []
    assert tally.taken_up > 5
    assert tally.replies > 100
    assert tally.short < tally.replies / 10


def test_replies_put_together_from_what_the_catalogue_holds_now_are_caught() -> None:
    assert swap(readers=4, swaps=10, control="live").failures
