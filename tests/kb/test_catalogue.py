from __future__ import annotations

import gc
import re
import threading
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from index.generation import oldest_kept_sequence, open_current
from kb.catalogue import Catalogue, Entry, FileRecord
from kb.errors import Damaged, NotReady, WriterBusy
from kb.ingest import put
from kb.passages import cut
from kb.storage import FILE_NAME
from kb.types import Attribution, Document, Section, Table
from tests import small
from tests.small import ENCODER, document, note, writer


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(":memory:")


FULL = Document(
    id="fees/é “sliding” 50%.html",
    collection="clinic",
    text="What it costs\n\nA visit is €50 🙂. Ask us.\n\nVisit | Price\nFirst | 50\n",
    sections=(Section(("Fees", "What it costs"), "costs", 15, 42), Section(("Fees",), None, 44, 69)),
    attribution=Attribution(
        "Fees", "fees.html", "https://clinic.example/fees", "Reception", "2024-01-02", None, "CC0", "en-gb"
    ),
    tables=(Table(44, 58, 69),),
    pages=(0, 44),
    tags=("money", "é"),
    metadata={"reviewed": None, "years": [2024, 2.5], "deep": {"a": True}},
)


def test_a_document_comes_back_as_it_was_written(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [FULL])
    assert catalogue.document("clinic", FULL.id) == FULL
    assert catalogue.attributions("clinic", [FULL.id]) == {FULL.id: FULL.attribution}


def test_a_passage_is_the_slice_that_its_offsets_say_beyond_the_basic_plane(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [FULL])
    for stored in catalogue.passages(range(1, 10)).values():
        assert stored.text == FULL.text[stored.passage.start : stored.passage.end]
        assert stored.attribution == FULL.attribution
        assert stored.section == FULL.sections[stored.passage.section]
        assert stored.pages == FULL.pages


def test_a_passage_comes_back_as_it_was_cut(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [FULL])
    cuts = cut(FULL, ENCODER.count_tokens, ENCODER.window)
    assert any(len(passage.sentences) > 1 for passage in cuts)
    assert catalogue.passages_of("clinic", FULL.id) == cuts
    assert [stored.passage for stored in catalogue.passages(range(1, 10)).values()] == cuts
    assert [[passage for passage, _ in held] for _, held in catalogue.documents()] == [cuts]


def test_the_same_id_in_two_collections_is_two_documents(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [note("a", 1), note("a", 2, collection="other")])
    catalogue.commit(removed=[("default", "a")])
    assert catalogue.document("default", "a") is None
    other = catalogue.document("other", "a")
    assert other is not None
    assert other.text.startswith("Version 2")
    assert catalogue.collections() == {"other": (1, 1)}


def test_every_commit_raises_the_sequence_by_one(catalogue: Catalogue) -> None:
    assert catalogue.sequence == 0
    put(catalogue, ENCODER, [note("a"), note("b")])
    assert catalogue.sequence == 1
    assert catalogue.commit(removed=[("default", "a")]) == 2
    assert catalogue.sequence == 2


def test_removing_what_is_not_there_is_no_error(catalogue: Catalogue) -> None:
    assert catalogue.commit(removed=[("default", "nobody")]) == 1


def test_ids_are_listed_in_pages_and_in_order(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [note(id) for id in ("c", "a/b", "b", "A", "é")])
    assert catalogue.document_ids("default", limit=3) == ["A", "a/b", "b"]
    assert catalogue.document_ids("default", after="b") == ["c", "é"]


def test_a_commit_that_fails_half_way_leaves_nothing(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [note("a")])
    good = Entry(note("b"), "digest", "cutter", [], [])
    bad = Entry(replace(note("c"), text="half a pair \ud800"), "digest", "cutter", [], [])
    with pytest.raises(UnicodeEncodeError):
        catalogue.commit([good, bad], removed=[("default", "a")])
    assert catalogue.sequence == 1
    assert catalogue.document_ids("default") == ["a"]


def test_a_snapshot_stays_as_it_was_while_others_write(tmp_path: Path) -> None:
    with writer(tmp_path) as written, Catalogue(tmp_path / FILE_NAME) as read:
        put(written, ENCODER, [note(f"n{number}") for number in range(5)])
        with read.snapshot() as (sequence, rows):
            first = next(rows)
            put(written, ENCODER, [note("n3", 9)])
            written.commit(removed=[("default", "n4")])
            held = [first, *rows]
        assert sequence == 1
        assert [row.document_id for row in held] == [f"n{number}" for number in range(5)]
        assert all(row.text.startswith("Version 0") for row in held)
        assert read.sequence == 3


def test_passages_of_an_older_generation_are_there_until_they_are_let_go_of(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [note("a", 1)])
    with catalogue.snapshot() as (_, rows):
        old = [row.key for row in rows]
    put(catalogue, ENCODER, [note("a", 2)])
    assert [stored.text[:9] for stored in catalogue.passages(old).values()] == ["Version 1"]
    catalogue.forget_before(1)
    assert len(catalogue.passages(old)) == 1
    catalogue.forget_before(2)
    assert catalogue.passages(old) == {}


def test_vectors_of_let_go_texts_go_and_those_still_in_use_stay(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [note("a", 1), note("b", 1)])
    with catalogue.snapshot() as (_, rows):
        hashes = {row.document_id: row.hash for row in rows}
    catalogue.commit(removed=[("default", "a")])
    catalogue.forget_before(2)
    assert set(catalogue.vectors(ENCODER.fingerprint, list(hashes.values()))) == {hashes["b"]}


def test_keys_of_let_go_passages_are_never_given_again(catalogue: Catalogue) -> None:
    put(catalogue, ENCODER, [note("a", 1)])
    with catalogue.snapshot() as (_, rows):
        old = [row.key for row in rows]
    catalogue.commit(removed=[("default", "a")])
    catalogue.forget_before(2)
    put(catalogue, ENCODER, [note("a", 2)])
    assert catalogue.passages(old) == {}


CANARY = "zebracanary"


def _bytes_on_disk(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())


@pytest.mark.parametrize("beside", [0, 3, 400])
def test_nothing_of_a_removed_document_is_left_on_the_disk(tmp_path: Path, beside: int) -> None:
    """Words, title, id, tags, metadata and vectors, among few documents and among many."""
    secret = document(f"{CANARY}-id", f"Fees and grief of {CANARY}. " * 400, tags=(f"{CANARY}-tag",))
    secret = replace(
        secret,
        metadata={"ward": CANARY},
        attribution=replace(secret.attribution, title=f"Title {CANARY}"),
        sections=(replace(secret.sections[0], headings=(f"Heading {CANARY}",)),),
    )
    with writer(tmp_path) as catalogue, Catalogue(tmp_path / FILE_NAME) as read:
        put(catalogue, ENCODER, [note(f"before-{number}") for number in range(beside)])
        put(catalogue, ENCODER, [secret])
        put(catalogue, ENCODER, [note(f"{CANARY}-{number}", number) for number in range(beside)])
        put(catalogue, ENCODER, [note(f"after-{number}") for number in range(beside)])
        with catalogue.snapshot() as (_, rows):
            doomed = [row.hash for row in rows if CANARY in row.context + row.text]
        vectors = set(catalogue.vectors(ENCODER.fingerprint, doomed).values())
        small.make(catalogue, tmp_path)
        assert CANARY.encode() in _bytes_on_disk(tmp_path)
        assert read.document("default", secret.id) == secret  # a reader has the log open
        names = catalogue.document_ids("default", limit=5_000)
        catalogue.commit(removed=[("default", name) for name in names if CANARY in name])
        for version in range(2):  # the generation before the current one is kept
            put(catalogue, ENCODER, [note("before-0", version + 1)])
            small.make(catalogue, tmp_path)
        catalogue.forget_before(oldest_kept_sequence(tmp_path))
        left = _bytes_on_disk(tmp_path)
        assert CANARY.encode() not in left
        held = catalogue.vectors(ENCODER.fingerprint, doomed)
        assert not held
        assert vectors
        assert catalogue.damage() == []
        assert open_current(tmp_path).manifest.sequence == catalogue.sequence


def test_a_file_knows_its_documents(catalogue: Catalogue) -> None:
    record = FileRecord("default", "site/fees.html", "site", "digest")
    entry = Entry(note("a"), "1", "cutter", [], [], ("default", "site/fees.html"))
    catalogue.commit([entry], files=[record])
    assert catalogue.file("default", "site/fees.html") == (record, 1)
    assert catalogue.documents_of("default", "site/fees.html") == [("default", "a")]
    assert catalogue.files_of("default", "site") == ["site/fees.html"]
    assert catalogue.origin("default", "a") == ("1", ("default", "site/fees.html"))
    catalogue.commit(files=[replace(record, digest="other")])
    assert catalogue.file("default", "site/fees.html") == (replace(record, digest="other"), 1)
    catalogue.commit(removed=[("default", "a")], forgotten_files=[("default", "site/fees.html")])
    assert catalogue.file("default", "site/fees.html") is None
    assert catalogue.damage() == []


def test_a_second_writer_beside_a_transaction_is_told_to_wait(tmp_path: Path) -> None:
    with writer(tmp_path) as first, writer(tmp_path) as second:
        second._connection().set_busy_timeout(50)
        with first._transaction(), pytest.raises(WriterBusy):
            second.commit()


def test_reading_what_nobody_has_written_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="kb ingest"):
        Catalogue(tmp_path / FILE_NAME)
    apsw.Connection(str(tmp_path / FILE_NAME)).close()
    with pytest.raises(NotReady, match="kb ingest"):
        Catalogue(tmp_path / FILE_NAME)


def test_a_catalogue_that_lost_power_while_it_was_made_holds_nothing_yet(tmp_path: Path) -> None:
    made = apsw.Connection(str(tmp_path / "made.sqlite"))
    made.execute("PRAGMA cache_size = 1")
    made.execute("CREATE TABLE before (words TEXT)")
    made.execute("BEGIN")
    made.executemany("INSERT INTO before VALUES (?)", [("w" * 4000,)] * 50)
    for suffix in ("", "-journal"):
        (tmp_path / f"{FILE_NAME}{suffix}").write_bytes((tmp_path / f"made.sqlite{suffix}").read_bytes())
    (tmp_path / f"{FILE_NAME}-wal").write_bytes(bytes(32))
    made.close(True)
    with pytest.raises(NotReady, match="Nothing has been ingested yet"):
        Catalogue(tmp_path / FILE_NAME)


def test_a_catalogue_of_another_format_is_left_alone(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NotReady, match="format 99"):
        Catalogue(tmp_path / FILE_NAME, write=True)


def test_what_is_no_database_is_damaged(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database " * 400)
    with pytest.raises(Damaged, match="backup"):
        Catalogue(tmp_path / FILE_NAME)


def test_connections_of_threads_that_ended_are_closed(tmp_path: Path) -> None:
    small.filled(tmp_path, [note("a")])
    with Catalogue(tmp_path / FILE_NAME) as catalogue:
        before = _descriptors(tmp_path)
        for _ in range(20):
            thread = threading.Thread(target=catalogue.document, args=("default", "a"))
            thread.start()
            thread.join()
        gc.collect()
        # SQLite keeps one descriptor for the next connection, lest its closing end another's lock.
        assert _descriptors(tmp_path) <= before + 1


def _descriptors(folder: Path) -> int:
    """Of the files in a folder: other descriptors of the process come and go as they like."""
    opened = Path("/proc/self/fd").iterdir()
    return sum(1 for one in opened if one.is_symlink() and str(folder) in str(one.readlink()))


CHANGES = {
    "a word": "UPDATE documents SET text = replace(text, 'Grief', 'Grieg') WHERE id = 'a'",
    "a title": "UPDATE documents SET attribution = replace(attribution, 'Note', 'Nose') WHERE id = 'a'",
    "a tag": "UPDATE documents SET tags = '[\"x\"]' WHERE id = 'a'",
    "the start of a passage": "UPDATE passages SET start = start + 1 WHERE key = 1",
    "a page": "UPDATE passages SET page = 7 WHERE key = 1",
    "a context": "UPDATE passages SET context = 'x' WHERE key = 1",
    "a heading": "UPDATE sections SET headings = '[\"x\"]'",
    "a vector": "UPDATE vectors SET vector = zeroblob(length(vector))",
    "a passage that is gone": "DELETE FROM passages WHERE key = 1",
    "a section that is gone": "DELETE FROM sections WHERE document = 1",
    "a seal that is gone": "DELETE FROM seals WHERE document = 1",
    "the sequence": "UPDATE state SET value = value + 1",
    "a file's folder": "UPDATE files SET folder = 'elsewhere'",
    "the tables": "CREATE TABLE strange (x)",
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_row_that_is_not_as_it_was_written_is_found(tmp_path: Path, what: str) -> None:
    small.filled(tmp_path, [note("a", 1), note("b")])
    with writer(tmp_path) as catalogue:
        catalogue.commit(files=[FileRecord("default", "a", "site", "digest")])
        assert catalogue.damage() == []
    connection = apsw.Connection(str(tmp_path / FILE_NAME))
    connection.execute(CHANGES[what])
    connection.close()
    with Catalogue(tmp_path / FILE_NAME) as catalogue:
        assert catalogue.damage()


def test_words_that_were_not_written_are_never_given(tmp_path: Path) -> None:
    small.filled(tmp_path, [document("dose", "Never take more than 10 mg a day.")])
    path = tmp_path / FILE_NAME
    path.write_bytes(re.sub(rb"10 mg", b"90 mg", path.read_bytes()))
    with Catalogue(path) as catalogue:
        with pytest.raises(Damaged, match="dose"):
            catalogue.passages([1])
        with pytest.raises(Damaged, match="dose"), catalogue.snapshot() as (_, rows):
            list(rows)


def test_a_text_that_is_no_longer_utf8_is_damaged(tmp_path: Path) -> None:
    small.filled(tmp_path, [document("a", "Worry about fees and about exams.")])
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes().replace(b"Worry", b"Wo\xff\xfey"))
    with Catalogue(path) as catalogue, pytest.raises(Damaged):
        catalogue.document("default", "a")
