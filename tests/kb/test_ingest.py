from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from index.types import Vectors
from kb.catalogue import Catalogue
from kb.ingest import IngestReport, ingest, put, recut
from kb.lock import writing
from kb.storage import FILE_NAME
from tests.index.toy import ToyEncoder
from tests.small import note, writer


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(":memory:")


@pytest.fixture
def encoder() -> ToyEncoder:
    return ToyEncoder(("sleep", "fees", "grief"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A clinic's folder of three pages."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "fees.txt").write_text("What it costs\n\nFees are paid after each visit, in cash or by card.\n")
    (folder / "sleep.txt").write_text("Sleep\n\nWrite worry down before bed, and sleep comes sooner.\n")
    (folder / "grief.txt").write_text("Grief\n\nGrief has no timetable, and nobody has to carry it alone.\n")
    return folder


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.removed


def test_a_folder_is_taken_in_and_a_second_time_changes_and_embeds_nothing(
    catalogue: Catalogue, encoder: ToyEncoder, site: Path
) -> None:
    first = ingest(catalogue, encoder, [site])
    assert counts(first) == (3, 0, 0, 0)
    assert first.embedded == first.passages == 3
    sequence, embedded = catalogue.sequence, len(encoder.passages)
    second = ingest(catalogue, encoder, [site])
    assert counts(second) == (0, 0, 3, 0)
    assert (second.passages, second.embedded) == (0, 0)
    assert (catalogue.sequence, len(encoder.passages)) == (sequence, embedded)
    assert catalogue.document_ids("default") == ["site/fees.txt", "site/grief.txt", "site/sleep.txt"]


def test_what_is_touched_but_the_same_embeds_nothing(
    catalogue: Catalogue, encoder: ToyEncoder, site: Path
) -> None:
    ingest(catalogue, encoder, [site])
    os.utime(site / "fees.txt", (0, 0))
    assert counts(ingest(catalogue, encoder, [site])) == (0, 0, 3, 0)


def test_only_the_passage_that_changed_is_embedded(catalogue: Catalogue, encoder: ToyEncoder) -> None:
    first = note("a")
    halves = (" ".join(f"{what} number {n} has its day." for n in range(60)) for what in ("Fee", "Grief"))
    long = replace(first, text="\n\n".join(halves))
    long = replace(long, sections=(replace(first.sections[0], end=len(long.text)),))
    put(catalogue, encoder, [long])
    before = {passage.id for passage in catalogue.passages_of("default", "a")}
    text = long.text + "\n\nSleep comes when worry is written down."
    longer = replace(long, text=text, sections=(replace(long.sections[0], end=len(text)),))
    report = put(catalogue, encoder, [longer])
    after = {passage.id for passage in catalogue.passages_of("default", "a")}
    assert counts(report) == (0, 1, 0, 0)
    assert before & after
    assert report.embedded == len(after - before) < len(after)


def test_a_changed_file_is_updated_and_a_missing_one_is_let_go_of(
    catalogue: Catalogue, encoder: ToyEncoder, site: Path
) -> None:
    ingest(catalogue, encoder, [site])
    (site / "fees.txt").write_text("What it costs\n\nThe first visit is free, and fees follow.\n")
    (site / "sleep.txt").unlink()
    assert counts(ingest(catalogue, encoder, [site])) == (0, 1, 1, 1)
    assert catalogue.document_ids("default") == ["site/fees.txt", "site/grief.txt"]


def test_where_most_of_a_folder_is_gone_nothing_is_let_go_of_unless_told_to(
    catalogue: Catalogue, encoder: ToyEncoder, site: Path
) -> None:
    ingest(catalogue, encoder, [site])
    (site / "fees.txt").unlink()
    (site / "sleep.txt").unlink()
    kept = ingest(catalogue, encoder, [site])
    assert (kept.removed, kept.kept) == (0, 2)
    assert len(catalogue.document_ids("default")) == 3
    assert ingest(catalogue, encoder, [site], keep_missing=True).kept == 0
    assert ingest(catalogue, encoder, [site], prune=True).removed == 2
    assert catalogue.document_ids("default") == ["site/grief.txt"]


def test_a_document_that_left_its_file_is_let_go_of(
    catalogue: Catalogue, encoder: ToyEncoder, tmp_path: Path
) -> None:
    lines = [json.dumps({"_id": id, "title": id, "text": f"About {id}: grief and fees."}) for id in "abc"]
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("\n".join(lines))
    assert ingest(catalogue, encoder, [corpus]).added == 3
    corpus.write_text("\n".join(lines[1:]))
    assert counts(ingest(catalogue, encoder, [corpus])) == (0, 0, 2, 1)
    assert catalogue.document_ids("default") == ["b", "c"]


@pytest.mark.parametrize(
    "now", ["", "---\ndraft: true\n---\n# Fees\n\nWhat it costs.\n"], ids=["empty", "a draft"]
)
def test_a_page_that_is_withdrawn_is_found_no_longer(
    catalogue: Catalogue, encoder: ToyEncoder, site: Path, now: str
) -> None:
    (site / "prices.md").write_text("# Prices\n\nFees are paid after each visit.\n")
    ingest(catalogue, encoder, [site])
    (site / "prices.md").write_text(now)
    report = ingest(catalogue, encoder, [site])
    assert (counts(report), [one.source for one in report.refused]) == ((0, 0, 3, 1), ["site/prices.md"])
    sequence = catalogue.sequence
    ingest(catalogue, encoder, [site])
    assert catalogue.sequence == sequence


def test_of_two_copies_one_is_found_whichever_came_first(
    catalogue: Catalogue, encoder: ToyEncoder, site: Path
) -> None:
    ingest(catalogue, encoder, [site])
    (site / "a-copy.txt").write_bytes((site / "fees.txt").read_bytes())
    assert counts(ingest(catalogue, encoder, [site])) == (1, 0, 2, 1)
    assert catalogue.document_ids("default") == ["site/a-copy.txt", "site/grief.txt", "site/sleep.txt"]


def test_a_file_that_is_named_twice_stays(catalogue: Catalogue, encoder: ToyEncoder, site: Path) -> None:
    for _ in range(2):
        ingest(catalogue, encoder, [site / "fees.txt", site / "fees.txt"])
        assert catalogue.document_ids("default") == ["fees.txt"]


def test_what_cannot_be_read_any_more_stays_as_it_was(
    catalogue: Catalogue, encoder: ToyEncoder, site: Path
) -> None:
    ingest(catalogue, encoder, [site])
    (site / "fees.txt").write_bytes(b"PK\x03\x04 no text")
    assert counts(ingest(catalogue, encoder, [site])) == (0, 0, 2, 0)
    assert "site/fees.txt" in catalogue.document_ids("default")


def lines(*numbers: int) -> str:
    records = ({"_id": f"d{n}", "text": f"Document {n} is about sleep, grief and fees."} for n in numbers)
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    return folder


def test_documents_stay_when_their_file_has_another_name(
    catalogue: Catalogue, encoder: ToyEncoder, lists: Path
) -> None:
    (lists / "old.jsonl").write_text(lines(1, 2))
    (lists / "other.jsonl").write_text(lines(3))
    ingest(catalogue, encoder, [lists])
    (lists / "old.jsonl").rename(lists / "new.jsonl")
    report = ingest(catalogue, encoder, [lists])
    assert (*counts(report), report.embedded) == (0, 0, 3, 0, 0)
    assert catalogue.document_ids("default") == ["d1", "d2", "d3"]
    (lists / "new.jsonl").write_text(lines(2))
    assert counts(ingest(catalogue, encoder, [lists])) == (0, 0, 2, 1)


@pytest.mark.parametrize(("before", "after"), [("z.jsonl", "a.jsonl"), ("a.jsonl", "z.jsonl")])
def test_a_document_stays_when_its_line_goes_to_another_file(
    catalogue: Catalogue, encoder: ToyEncoder, lists: Path, before: str, after: str
) -> None:
    (lists / before).write_text(lines(1, 2))
    (lists / after).write_text(lines(3))
    ingest(catalogue, encoder, [lists])
    (lists / before).write_text(lines(2))
    (lists / after).write_text(lines(3, 1))
    for _ in range(2):
        ingest(catalogue, encoder, [lists])
        assert catalogue.document_ids("default") == ["d1", "d2", "d3"]


def test_an_id_of_two_files_is_told_until_one_of_them_lets_go_of_it(
    catalogue: Catalogue, encoder: ToyEncoder, lists: Path
) -> None:
    (lists / "a.jsonl").write_text(lines(1))
    (lists / "b.jsonl").write_text(lines(1, 2))
    (lists / "c.jsonl").write_text(lines(3))
    ingest(catalogue, encoder, [lists])
    sequence = catalogue.sequence
    (refused,) = ingest(catalogue, encoder, [lists]).refused
    assert "d1" in refused.reason
    assert "a.jsonl" in refused.reason
    assert catalogue.sequence == sequence
    (lists / "a.jsonl").unlink()
    assert ingest(catalogue, encoder, [lists]).refused == []
    assert catalogue.document_ids("default") == ["d1", "d2", "d3"]


def test_a_refused_line_is_told_every_time_and_nothing_is_written_for_it(
    catalogue: Catalogue, encoder: ToyEncoder, lists: Path
) -> None:
    (lists / "a.jsonl").write_text(lines(1) + "no json\n")
    ingest(catalogue, encoder, [lists])
    sequence = catalogue.sequence
    report = ingest(catalogue, encoder, [lists])
    assert [one.source for one in report.refused] == ["lists/a.jsonl:2"]
    assert counts(report) == (0, 0, 1, 0)
    assert catalogue.sequence == sequence


def test_a_refused_line_is_told_with_its_number_and_the_rest_is_taken_in(
    catalogue: Catalogue, encoder: ToyEncoder, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(
        '{"_id": "a", "text": "Fees."}\nnot json\n{"_id": "a", "text": "Again."}\n{"_id": "b"}\n'
    )
    report = ingest(catalogue, encoder, [corpus])
    assert report.added == 1
    assert [refusal.source for refusal in report.refused] == [f"corpus.jsonl:{line}" for line in (2, 3, 4)]


def test_collections_are_apart(catalogue: Catalogue, encoder: ToyEncoder, site: Path) -> None:
    ingest(catalogue, encoder, [site])
    report = ingest(catalogue, encoder, [site], collection="other")
    assert report.added == 3
    assert report.embedded == 0  # the same words have the same vectors
    (site / "fees.txt").unlink()
    ingest(catalogue, encoder, [site], collection="other")
    assert catalogue.collections() == {"default": (3, 3), "other": (2, 2)}


def test_pages_get_the_address_of_their_folder(catalogue: Catalogue, encoder: ToyEncoder, site: Path) -> None:
    ingest(catalogue, encoder, [site], url="https://clinic.example/help")
    document = catalogue.document("default", "site/fees.txt")
    assert document is not None
    assert document.attribution.url == "https://clinic.example/help/fees.txt"


def test_of_two_versions_in_one_batch_the_later_one_holds(catalogue: Catalogue, encoder: ToyEncoder) -> None:
    put(catalogue, encoder, [note("a", 1), note("a", 2)])
    held = catalogue.document("default", "a")
    assert held is not None
    assert held.text.startswith("Version 2")


def test_a_batch_that_goes_back_to_the_held_version_ends_with_it(
    catalogue: Catalogue, encoder: ToyEncoder
) -> None:
    put(catalogue, encoder, [note("a", 1)])
    put(catalogue, encoder, [note("a", 2), note("a", 1)])
    held = catalogue.document("default", "a")
    assert held is not None
    assert held.text.startswith("Version 1")


def test_another_model_embeds_every_passage_once_and_the_first_one_none_again(
    catalogue: Catalogue, encoder: ToyEncoder
) -> None:
    put(catalogue, encoder, [note(f"n{number}") for number in range(5)])
    other = ToyEncoder(("worry",))
    assert recut(catalogue, other).embedded == 5
    assert recut(catalogue, other).embedded == 0
    assert recut(catalogue, encoder).embedded == 0
    assert catalogue.damage() == []


class Interrupted(Exception):
    pass


class Faltering(ToyEncoder):
    """Fails at its nth call."""

    def __init__(self, words: Sequence[str], fails_at: int) -> None:
        super().__init__(words)
        self._left = fails_at

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self._left -= 1
        if self._left == 0:
            raise Interrupted
        return super().encode_passages(texts)


def test_an_interrupted_ingest_goes_on_where_it_was(
    catalogue: Catalogue, encoder: ToyEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.ingest._BATCH_PASSAGES", 4)
    corpus = tmp_path / "corpus.jsonl"
    lines = [json.dumps({"_id": f"d{n:02}", "text": f"Number {n} about fees."}) for n in range(20)]
    corpus.write_text("\n".join(lines))
    faltering = Faltering(encoder.words, 3)
    with pytest.raises(Interrupted):
        ingest(catalogue, faltering, [corpus])
    assert len(catalogue.document_ids("default")) == 8
    report = ingest(catalogue, encoder, [corpus])
    assert counts(report) == (12, 0, 8, 0)
    assert report.embedded == 12
    whole = Catalogue(":memory:")
    ingest(whole, encoder, [corpus])
    assert list(whole.documents()) == list(catalogue.documents())


def test_what_was_written_is_there_in_another_process(tmp_path: Path, encoder: ToyEncoder) -> None:
    with writing(tmp_path), writer(tmp_path) as catalogue:
        put(catalogue, encoder, [note("a", 4)])
        with Catalogue(tmp_path / FILE_NAME) as other:
            document = other.document("default", "a")
    assert document == note("a", 4)
