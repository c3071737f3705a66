from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from kb import changes
from kb.catalogue import Catalogue
from kb.errors import Gone, NotReady, Stale
from kb.ingest import put
from kb.storage import BEFORE_CHANGES, FILE_NAME, Transaction
from tests.small import ENCODER, note, writer


def told(catalogue: Catalogue, after: int = 0, limit: int = 100) -> list[tuple[str | None, int, str]]:
    found, _ = catalogue.changes("default", after, limit)
    return sorted((one.id or one.mark, one.sequence, one.change) for one in found)


def test_each_document_is_told_by_its_last_change_with_the_commit(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a"), note("b")])
        put(catalogue, ENCODER, [note("a", 1), note("b"), note("c", collection="other")])
        catalogue.commit(removed=[("default", "b"), ("default", "nobody")])
        assert told(catalogue) == [("a", 2, "updated"), ("b", 3, "removed")]
        assert told(catalogue, 2) == [("b", 3, "removed")]
        assert told(catalogue, 3) == []
        put(catalogue, ENCODER, [note("b")])
        assert told(catalogue, 3) == [("b", 4, "added")]


def test_a_commit_is_never_cut_in_two(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note(f"a{n}") for n in range(5)])
        put(catalogue, ENCODER, [note(f"b{n}") for n in range(5)])
        first, more = catalogue.changes("default", 0, 2)
        assert more
        assert {one.id for one in first} == {f"a{n}" for n in range(5)}
        second, more = catalogue.changes("default", first[-1].sequence, 2)
        assert not more
        assert {one.id for one in second} == {f"b{n}" for n in range(5)}


def test_the_id_of_a_removed_document_goes_with_its_text_and_its_mark_stays(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a")])
        catalogue.commit(removed=[("default", "a")])
        catalogue.forget_before(1)
        assert told(catalogue) == [("a", 2, "removed")]
        catalogue.forget_before(2)
        assert told(catalogue) == [(changes.mark("a"), 2, "removed")]
        assert catalogue.damage() == []


def test_who_was_away_for_too_long_begins_anew(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note(f"a{n}") for n in range(6)])
        for number in range(5):
            catalogue.commit(removed=[("default", f"a{number}")])
        with Transaction(catalogue._connection()) as connection:
            changes.forget(connection, 0, remembered=2)  # those of sequences 5 and 6
        assert told(catalogue) == [("a3", 5, "removed"), ("a4", 6, "removed"), ("a5", 1, "added")]
        assert told(catalogue, 4) == [("a3", 5, "removed"), ("a4", 6, "removed")]
        with pytest.raises(Gone, match="after 0"):
            told(catalogue, 3)
        assert catalogue.damage() == []


def test_and_so_does_who_has_been_further_than_a_catalogue_that_was_put_back(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a")])
        assert told(catalogue, catalogue.sequence) == []
        with pytest.raises(Stale, match="earlier state"):
            told(catalogue, catalogue.sequence + 1)


def test_a_catalogue_from_before_is_brought_to_it_by_who_writes(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a"), note("b")])
        put(catalogue, ENCODER, [note("a", 1)])
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute(f"DROP TABLE changes; PRAGMA user_version = {BEFORE_CHANGES}")
    connection.close()
    with Catalogue(tmp_path / FILE_NAME) as reading:
        assert reading.document("default", "a") is not None
        assert reading.damage() == []
        with pytest.raises(NotReady, match="kb index"):
            reading.changes("default", 0, 10)
    with writer(tmp_path) as catalogue:
        assert told(catalogue) == [("a", 2, "added"), ("b", 1, "added")]
        assert catalogue.damage() == []


def test_a_change_that_was_changed_on_the_disk_is_told(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a")])
        catalogue._connection().execute("UPDATE changes SET change = 'updated'")
        assert len(catalogue.damage()) == 1


def test_a_document_that_is_only_cut_otherwise_has_not_changed(tmp_path: Path) -> None:
    from kb.ingest import recut
    from tests.index.toy import ToyEncoder

    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a")])
        recut(catalogue, ToyEncoder(("sleep", "another")))
        assert catalogue.sequence > 1
        assert told(catalogue) == [("a", 1, "added")]
