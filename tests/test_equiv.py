"""Short runs of the harness of knowledge bases with a past."""

from __future__ import annotations

from tests.equiv import equiv


def test_a_knowledge_base_with_a_past_answers_as_one_made_of_what_is_left() -> None:
    assert equiv(25) is None


def test_an_index_that_takes_every_collection_for_unchanged_is_caught() -> None:
    assert equiv(25, control="stale") is not None
