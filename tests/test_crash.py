"""Short runs of the harness of dying writers, and of what it must catch."""

from __future__ import annotations

from tests.crash import OPERATIONS, enospc, kill9, powerloss, syscalls


def test_a_killed_writer_loses_nothing_that_it_acknowledged() -> None:
    tally = kill9(200, seed=1)
    assert tally.failures == []
    assert tally.acknowledged > 100
    assert all(tally.during[operation] for operation in OPERATIONS)


def test_a_writer_that_writes_its_index_in_place_is_caught_by_most_kills() -> None:
    tally = kill9(30, seed=1, during=("compact",), control="in-place")
    assert tally.failed_runs > tally.runs / 2


def test_a_writer_that_acknowledges_early_is_caught() -> None:
    assert kill9(20, seed=1, control="early").failures


def test_a_make_that_dies_at_any_step_leaves_the_old_generation_or_the_new_one() -> None:
    tally = syscalls(sample=50)
    assert tally.failures == []
    assert tally.runs == 50


def test_an_in_place_make_that_dies_is_caught() -> None:
    assert syscalls(control="in-place", sample=12).failed_runs > 6


def test_a_loss_of_power_leaves_all_that_was_acknowledged_and_an_index_that_opens() -> None:
    tally = powerloss(200, seed=1)
    assert tally.failures == []
    assert tally.acknowledged > 1000
    assert all(tally.during[operation] for operation in OPERATIONS)


def test_a_writer_that_syncs_nothing_is_caught_by_most_losses_of_power() -> None:
    tally = powerloss(30, seed=1, control="unsynced")
    assert tally.failed_runs > tally.runs / 2


def test_a_writer_without_room_says_so_and_goes_on_when_there_is_room() -> None:
    tally = enospc(16, seed=1)
    assert tally.failures == []
    assert tally.during["put"]
    assert tally.during["make"]


def test_a_writer_that_does_not_notice_a_full_disk_is_caught() -> None:
    assert enospc(3, seed=1, control="deaf").failures
