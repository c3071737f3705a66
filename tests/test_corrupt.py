"""Short runs of the harness of changed bytes, and of what it must catch."""

from __future__ import annotations

from tests.corrupt import OPEN, VERIFY, corrupt


def test_every_change_of_an_index_is_noticed_and_mended() -> None:
    tally = corrupt(120, seed=1, files="index", repair=True)
    assert tally.failures == []
    assert tally.served == 0
    assert tally.found[OPEN] > 20
    assert tally.repaired > 70


def test_every_change_of_a_catalogue_is_noticed() -> None:
    tally = corrupt(300, seed=2, files="catalogue")
    assert tally.failures == []
    assert tally.served == 0
    assert tally.found[VERIFY] > 50


def test_an_index_opened_without_its_checksums_is_caught() -> None:
    assert corrupt(80, seed=1, files="index", control="trusting").failures
