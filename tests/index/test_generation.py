from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from index import generation
from index.generation import ModelStamp, current, oldest_kept_sequence, open_current
from index.types import Filters, Question
from index.verify import flaws
from kb.catalogue import Catalogue
from kb.errors import Damaged, NotReady, StorageFull
from kb.ingest import put
from kb.storage import FILE_NAME
from tests import small
from tests.small import ENCODER, STAMP, document, filled, in_child, note, question, replies, writer

NOTES = [note(f"note-{number:02}", tags=("a",) * (number % 2)) for number in range(12)]
GERMAN = [document("über-uns", "Die Gebühren sind fällig.", collection="praxis", language="de")]


def folder(data: Path) -> Path:
    return data / "generations" / current(data)[0]


def contents(path: Path) -> dict[str, bytes]:
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}


def test_the_same_corpus_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        filled(tmp_path / name, [*NOTES, *GERMAN])
    assert current(tmp_path / "a") == current(tmp_path / "b")
    assert contents(folder(tmp_path / "a")) == contents(folder(tmp_path / "b"))


def test_the_same_catalogue_made_again_gives_the_same_bytes(tmp_path: Path) -> None:
    filled(tmp_path, [*NOTES, *GERMAN])
    before = contents(folder(tmp_path))
    with writer(tmp_path) as catalogue:
        small.make(catalogue, tmp_path)
    assert contents(folder(tmp_path)) == before


def test_a_generation_is_opened_any_number_of_times_and_stays_as_it_is(tmp_path: Path) -> None:
    filled(tmp_path, [*NOTES, *GERMAN])
    before = contents(tmp_path)
    for _ in range(3):
        opened = open_current(tmp_path)
        for collection in opened.collections.values():
            collection.lexical.retrieve(question("fees", collection), 5, Filters())
    assert contents(tmp_path) == before


def test_positions_follow_the_document_id_and_the_place_in_it(tmp_path: Path) -> None:
    long = document("m", "\n\n".join(f"Paragraph {n} about fees and sleep. " * 12 for n in range(9)))
    filled(tmp_path, [note("z"), long, note("a")])
    collection = open_current(tmp_path).collections["default"]
    with Catalogue(tmp_path / FILE_NAME) as catalogue:
        stored = catalogue.passages([int(key) for key in collection.keys])
        places = [stored[int(k)].passage for k in collection.keys]
    assert [(p.document_id, p.start) for p in places] == sorted((p.document_id, p.start) for p in places)
    assert [collection.document_ids[n] for n in collection.document_of] == [p.document_id for p in places]
    assert len(places) > 5


def test_both_retrievers_find_the_passage_by_its_words(tmp_path: Path) -> None:
    filled(
        tmp_path, [document("grief", "Grief has no timetable."), document("fees", "Fees are paid in cash.")]
    )
    collection = open_current(tmp_path).collections["default"]
    asked = question("grief", collection)
    for retrieve in (collection.retrieve_dense, collection.lexical.retrieve):
        best = retrieve(asked, 5, Filters())[0]
        assert collection.document_ids[int(collection.document_of[best.position])] == "grief"


FILTERS = [
    Filters(tags=("a",)),
    Filters(tags=("a", "b")),
    Filters(tags=("A",)),
    Filters(tags=("",)),
    Filters(language="EN"),
    Filters(language="en-gb"),
    Filters(language="zh-hant"),
    Filters(language="zh"),
    Filters(language="e"),
    Filters(document_id=("en", "odd/id “1”")),
    Filters(document_id=("nobody",)),
    Filters(tags=("a",), language="en", document_id=("en", "us")),
]


@pytest.mark.parametrize("filters", FILTERS, ids=repr)
def test_a_filter_lets_the_same_through_by_meaning_and_by_words(tmp_path: Path, filters: Filters) -> None:
    text = "Fees are paid in cash."
    filled(
        tmp_path,
        [
            document("en", text, tags=("a", "c")),
            document("gb", text, language="en-GB", tags=("b",)),
            document("us", text, language="EN-us", tags=("A",)),
            document("zh", text, language="zh-Hant-TW", tags=("a b",)),
            document("odd/id “1”", text, language=None, tags=("a",)),
        ],
    )
    collection = open_current(tmp_path).collections["default"]
    asked = question("fees", collection)
    dense = collection.retrieve_dense(asked, 10, filters)
    words = collection.lexical.retrieve(asked, 10, filters)
    assert sorted(hit.position for hit in dense) == sorted(hit.position for hit in words)


def inodes(path: Path) -> dict[str, int]:
    return {p.relative_to(path).as_posix(): p.stat().st_ino for p in path.rglob("*") if p.is_file()}


def test_a_collection_that_is_as_it_was_is_linked(tmp_path: Path) -> None:
    filled(tmp_path, [*NOTES, *GERMAN])
    before = inodes(folder(tmp_path) / "1")
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("note-00", 1)])
        small.make(catalogue, tmp_path)
    assert inodes(folder(tmp_path) / "1") == before
    assert not {*inodes(folder(tmp_path) / "0").values()} & {*before.values()}
    assert list(open_current(tmp_path).collections) == ["default", "praxis"]


def test_a_collection_that_moved_to_another_folder_is_linked_too(tmp_path: Path) -> None:
    filled(tmp_path, [*NOTES, *GERMAN])
    before = (folder(tmp_path) / "1" / "vectors.faiss").stat().st_ino
    with writer(tmp_path) as catalogue:
        catalogue.commit(removed=[("default", one.id) for one in NOTES])
        small.make(catalogue, tmp_path)
    assert (folder(tmp_path) / "0" / "vectors.faiss").stat().st_ino == before
    assert list(open_current(tmp_path).collections) == ["praxis"]


def test_on_a_disk_without_links_files_are_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    filled(tmp_path, [*NOTES, *GERMAN])
    before = contents(folder(tmp_path))
    monkeypatch.setattr(os, "link", refuse)
    with writer(tmp_path) as catalogue:
        small.make(catalogue, tmp_path)
    assert contents(folder(tmp_path)) == before


def test_an_empty_catalogue_has_an_empty_generation(tmp_path: Path) -> None:
    filled(tmp_path, [])
    assert open_current(tmp_path).collections == {}


def test_an_open_generation_answers_when_its_files_are_gone(tmp_path: Path) -> None:
    filled(tmp_path, NOTES)
    opened = open_current(tmp_path)
    with writer(tmp_path) as catalogue:
        for version in (1, 2, 3):
            put(catalogue, ENCODER, [note("note-00", version)])
            small.make(catalogue, tmp_path)
    assert not (tmp_path / "generations" / opened.name).exists()
    collection = opened.collections["default"]
    assert len(collection.lexical.retrieve(question("version", collection), 20, Filters())) == 12
    assert len(collection.retrieve_dense(question("version", collection), 20, Filters())) == 12


def test_two_generations_are_kept_and_texts_as_far_back_as_the_older_one(tmp_path: Path) -> None:
    filled(tmp_path, [note("a", 0)])
    opened = [open_current(tmp_path)]
    with writer(tmp_path) as catalogue:
        for version in (1, 2, 3):
            put(catalogue, ENCODER, [note("a", version)])
            small.make(catalogue, tmp_path)
            catalogue.forget_before(oldest_kept_sequence(tmp_path))
            opened.append(open_current(tmp_path))
        names = [name for name, _ in generation.kept(tmp_path)]
        assert names == [opened[2].name, opened[3].name]
        texts = [
            [
                stored.text[:9]
                for stored in catalogue.passages([int(k) for k in one.collections["default"].keys]).values()
            ]
            for one in opened
        ]
    assert texts == [[], [], ["Version 2"], ["Version 3"]]


def test_what_an_interrupted_make_left_is_swept(tmp_path: Path) -> None:
    filled(tmp_path, NOTES)
    for left in ("building-123", "gone-9-abc", "7-unpublished"):
        (tmp_path / "generations" / left).mkdir()
        (tmp_path / "generations" / left / "half").write_text("")
    (tmp_path / "CURRENT.new").write_text("half")
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a", 1)])
        small.make(catalogue, tmp_path)
        assert list(flaws(catalogue, tmp_path)) == []
    assert len(list((tmp_path / "generations").iterdir())) == 2
    assert not (tmp_path / "CURRENT.new").exists()


def test_passages_without_a_vector_of_the_model_are_told_and_nothing_is_left(tmp_path: Path) -> None:
    name = filled(tmp_path, NOTES)
    with writer(tmp_path) as catalogue, pytest.raises(NotReady, match="kb index"):
        generation.make(catalogue, ModelStamp("other", "other-model", 7), tmp_path)
    assert [p.name for p in (tmp_path / "generations").iterdir()] == [name]
    assert open_current(tmp_path).name == name


@pytest.mark.parametrize(
    "file", ["0/vectors.faiss", "0/lexical/meta.json", "0/passages.npy", "MANIFEST.json"]
)
def test_a_file_that_is_gone_is_damage_and_is_made_anew(tmp_path: Path, file: str) -> None:
    filled(tmp_path, NOTES)
    before = contents(folder(tmp_path))
    (folder(tmp_path) / file).unlink()
    with pytest.raises(Damaged, match="kb index"):
        open_current(tmp_path)
    assert not generation.is_current(tmp_path, 1, STAMP)
    with writer(tmp_path) as catalogue:
        small.make(catalogue, tmp_path)
        assert list(flaws(catalogue, tmp_path)) == []
    assert contents(folder(tmp_path)) == before


def test_a_file_that_does_not_belong_is_damage(tmp_path: Path) -> None:
    filled(tmp_path, NOTES)
    (folder(tmp_path) / "0" / "more.bin").write_bytes(b"x")
    with pytest.raises(Damaged, match=r"0/more\.bin"):
        open_current(tmp_path)


def test_a_file_that_cannot_be_read_is_damage(tmp_path: Path) -> None:
    filled(tmp_path, NOTES)
    file = folder(tmp_path) / "0" / "passages.npy"
    file.unlink()
    file.mkdir()
    with pytest.raises(Damaged, match="kb index"):
        open_current(tmp_path)


@pytest.mark.parametrize(
    "pointer",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        b"\xff\xfe",
        b'{"generation": "..", "manifest": "x"}',
        b'{"generation": "1-../../etc", "manifest": "x"}',
        b'{"generation": "1-a\\u0000b", "manifest": "x"}',
        b'{"generation": "1-' + b"a" * 300 + b'", "manifest": "x"}',
        b'{"generation": 1, "manifest": "x"}',
        b'{"generation": "9-gone", "manifest": "x"}',
    ],
)
def test_a_pointer_that_points_nowhere_is_damage(tmp_path: Path, pointer: bytes) -> None:
    filled(tmp_path, NOTES)
    (tmp_path / "CURRENT").write_bytes(pointer)
    with pytest.raises(Damaged, match="kb index"):
        open_current(tmp_path)
    with writer(tmp_path) as catalogue:
        small.make(catalogue, tmp_path)
    assert len(open_current(tmp_path).collections["default"]) == 12


def test_without_an_index_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="kb ingest"):
        open_current(tmp_path)


def test_an_index_of_another_format_is_not_taken_for_damage(tmp_path: Path) -> None:
    filled(tmp_path, NOTES)
    manifest = folder(tmp_path) / "MANIFEST.json"
    content = json.loads(manifest.read_text())
    content["format"] = 99
    manifest.write_text(json.dumps(content))
    with pytest.raises(NotReady, match="format 99") as raised:
        generation.check(folder(tmp_path), None)
    assert not isinstance(raised.value, Damaged)


def test_a_full_disk_is_told_and_the_old_index_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    name = filled(tmp_path, NOTES)
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a", 1)])
        for step in ("fsync", "rename"):
            with monkeypatch.context() as patched:
                patched.setattr(os, step, full)
                with pytest.raises(StorageFull, match="No space left"):
                    small.make(catalogue, tmp_path)
            assert open_current(tmp_path).name == name
            assert [p.name for p in (tmp_path / "generations").iterdir()] == [name]
        small.make(catalogue, tmp_path)
    assert len(open_current(tmp_path).collections["default"]) == 13


def test_a_catalogue_that_is_older_than_its_index_is_found(tmp_path: Path) -> None:
    filled(tmp_path, NOTES)
    older = (tmp_path / FILE_NAME).read_bytes()
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a", 1)])
        small.make(catalogue, tmp_path)
    (tmp_path / FILE_NAME).write_bytes(older)
    with Catalogue(tmp_path / FILE_NAME) as catalogue:
        assert any("writes are lost" in flaw for flaw in flaws(catalogue, tmp_path))


def test_the_vectors_of_an_index_are_those_of_the_catalogue(tmp_path: Path) -> None:
    filled(tmp_path, NOTES)
    with Catalogue(tmp_path / FILE_NAME) as catalogue, catalogue.snapshot() as (_, rows):
        held = [
            np.frombuffer(catalogue.vectors(STAMP.fingerprint, [row.hash])[row.hash], "<f2") for row in rows
        ]
    collection = open_current(tmp_path).collections["default"]
    for position, vector in enumerate(held):
        asked = Question("", (), np.ascontiguousarray(vector, np.float32))
        assert collection.dense.score(asked, [position])[0] == pytest.approx(float(vector @ vector), abs=1e-2)


def test_a_collection_is_opened_when_it_is_asked_for_and_kept_while_it_is_the_same(tmp_path: Path) -> None:
    with writer(tmp_path) as catalogue:
        put(catalogue, ENCODER, [note("a"), note("b", collection="other"), note("c", collection="third")])
        small.make(catalogue, tmp_path)
        first = open_current(tmp_path, lazily=True)
        assert list(first.collections) == ["default", "other", "third"]
        assert list(first.opened) == []
        other, default = first.collections["other"], first.collections["default"]
        put(catalogue, ENCODER, [note("a", 1)])
        small.make(catalogue, tmp_path)
        second = open_current(tmp_path, first, lazily=True)
        assert set(second.opened) == {"default", "other"}
        assert second.collections["other"] is other
        assert second.collections["default"] is not default


def test_a_collection_that_was_never_opened_is_gone_with_its_files_and_says_so(tmp_path: Path) -> None:
    filled(tmp_path, [note("a"), note("b", collection="other")])
    opened = open_current(tmp_path, lazily=True)
    default = opened.collections["default"]
    shutil.rmtree(tmp_path / "generations")
    assert opened.collections["default"] is default
    with pytest.raises(Damaged):
        opened.collections["other"]


def test_bytes_that_change_before_a_collection_is_opened_are_noticed(tmp_path: Path) -> None:
    name = filled(tmp_path, [note("a")])
    opened = open_current(tmp_path, lazily=True)
    file = tmp_path / "generations" / name / "0" / "vectors.faiss"
    held = bytearray(file.read_bytes())
    held[-1] ^= 1
    file.write_bytes(held)
    with pytest.raises(Damaged):
        opened.collections["default"]


def test_a_generation_that_its_reader_may_not_write_beside_answers() -> None:
    with tempfile.TemporaryDirectory(dir=small.quick_folder()) as name:
        data = Path(name) / ".kb"
        small.filled(data, [note("note-1"), note("note-2")])
        everything = [Path(name), *Path(name).rglob("*")]
        for path in everything:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            assert in_child(lambda: _answers_to_nobody(data)) == 0
        finally:
            for path in everything:
                path.chmod(0o755)


def _answers_to_nobody(data: Path) -> None:
    small.become_nobody()
    with Catalogue(data / FILE_NAME) as catalogue:
        assert replies(open_current(data), catalogue)
