"""Short runs of the harness of ingests that are broken off."""

from __future__ import annotations

from tests.resume import resume


def test_an_ingest_that_was_broken_off_is_gone_on_with_and_embeds_nothing_twice() -> None:
    tally = resume(10, seed=1)
    assert tally.failures == []
    assert tally.broken_off > 10


def test_an_ingest_that_begins_anew_each_time_is_caught() -> None:
    assert resume(3, seed=1, control="forgetful").failures
