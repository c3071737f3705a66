"""Everything at hand beside the repository, taken in at once: what is shown is what was written.

And how good the answers are, with the real model: floors that may only rise.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import pytest

from bench.quality import CHROME
from bench.sets import BEIR, EvalSet, load, span_of
from index import generation
from index.encoder import OnnxEncoder, open_encoder
from index.evaluate import JudgedQuery, ndcg
from index.generation import ModelStamp
from index.models import DEFAULT, PreparedModel, prepare
from index.search import Searcher, searcher_of
from index.types import Answer, Encoder, Query
from index.verify import flaws
from kb.catalogue import Catalogue
from kb.ingest import IngestReport, ingest
from kb.passages import embedded_text, identify
from kb.seals import text_hash
from kb.storage import FILE_NAME
from kb.types import Document, Passage
from tests.index.toy import ToyEncoder
from tests.small import writer

LINES = 300  # of each set's corpus
SPANS_FOUND, CLINIC_NDCG = 10, 0.89
ENCODER = ToyEncoder(("sleep", "fees", "grief", "therapy", "veterans"), window=256)
QUESTIONS = (
    "what is psychotherapy", "how do I apply for disability benefits", "sleep", "fees and insurance",
    "Wer war der erste?", "¿Cuántos hay?", "symptoms of depression", "my husband never listens to me",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """A knowledge base over some sources."""

    data: Path
    report: IngestReport

    def documents(self) -> Iterator[tuple[Document, list[tuple[Passage, bytes]]]]:
        with Catalogue(self.data / FILE_NAME) as catalogue:
            yield from catalogue.documents()


def taken(data: Path, sources: dict[str, Path], encoder: Encoder, stamp: ModelStamp) -> Taken:
    """Each source in the collection that it is named for."""
    report = IngestReport()
    with writer(data) as catalogue:
        for collection, source in sources.items():
            report.merge(ingest(catalogue, encoder, [source], collection=collection))
        generation.make(catalogue, stamp, data)
    return Taken(data, report)


@pytest.fixture(scope="module")
def everything(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("everything")
    sources = {name: shared / name for name in ("documents", "pages", "source")}
    for name in BEIR:
        sources[name] = folder / f"{name}.jsonl"
        with (shared / "eval" / name / "corpus.jsonl").open("rb") as corpus:
            sources[name].write_bytes(b"".join(itertools.islice(corpus, LINES)))
    return taken(folder / ".kb", sources, ENCODER, ModelStamp("toy", ENCODER.fingerprint, ENCODER.dimensions))


def test_everything_that_has_text_is_taken_in(everything: Taken) -> None:
    with Catalogue(everything.data / FILE_NAME) as catalogue:
        counts = catalogue.collections()
    assert set(counts) >= {"documents", "pages", "source", *BEIR}
    assert all(documents and passages for documents, passages in counts.values())
    reasons = {refusal.reason for refusal in everything.report.refused}
    assert reasons == {"has no text", "has no text below its front matter"}


def test_every_passage_is_an_exact_slice_of_its_section(everything: Taken) -> None:
    checked = 0
    for document, passages in everything.documents():
        repeats: dict[str, int] = {}
        ends = 0
        for passage, digest in passages:
            text = document.text[passage.start : passage.end]
            section = document.sections[passage.section]
            assert section.start <= passage.start < passage.end <= section.end, passage
            assert text.strip(), passage
            assert passage.start >= ends, passage
            assert digest == text_hash(embedded_text(passage.context, text)), passage
            repeat = repeats.get(text, 0)
            assert passage.id == identify(document.collection, document.id, text, repeat), passage
            repeats[text], ends = repeat + 1, passage.end
            checked += 1
    assert checked > 5_000


def test_nothing_that_was_written_is_in_no_passage(everything: Taken) -> None:
    """But white space, and headings, which stand before a passage."""
    for document, passages in everything.documents():
        held = sum(len("".join(document.text[p.start : p.end].split())) for p, _ in passages)
        sections = sum(len("".join(document.text[s.start : s.end].split())) for s in document.sections)
        assert held == sections, document.id


def test_it_is_as_it_was_written(everything: Taken) -> None:
    with Catalogue(everything.data / FILE_NAME) as catalogue:
        assert list(flaws(catalogue, everything.data)) == []


def test_every_excerpt_that_is_shown_is_an_exact_slice(everything: Taken) -> None:
    searcher = searcher_of(everything.data, ENCODER)
    with Catalogue(everything.data / FILE_NAME) as catalogue:
        for collection, text in itertools.product(searcher.generation.collections, QUESTIONS):
            answer = searcher.search(Query(text, 20, collection))
            for one in (each for result in answer.results for each in (result, *result.more)):
                document = catalogue.document(collection, one.document_id)
                assert document is not None
                shown = one.excerpt
                assert document.text[shown.start : shown.end] == shown.text
                assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)
                assert all(a[1] <= b[0] for a, b in itertools.pairwise(shown.marks))


def test_what_stands_around_the_article_is_in_no_passage(everything: Taken) -> None:
    passages = [
        document.text[passage.start : passage.end].casefold()
        for document, passages in everything.documents()
        if document.collection == "source"
        for passage, _ in passages
    ]
    assert passages
    assert [text for text in passages for chrome in CHROME if chrome in text] == []
    assert [text for text in passages if re.search(r"\b\d+ views", text)] == []


# -- with the real model


@pytest.fixture(scope="module")
def model() -> PreparedModel:
    """The default model; the cache outlives the session, since preparing takes ten seconds."""
    return prepare(DEFAULT, Path.home() / ".cache" / "kb" / "models")


@pytest.fixture(scope="module")
def encoder(model: PreparedModel) -> OnnxEncoder:
    return open_encoder(model.folder, threads=os.cpu_count() or 1)


def searcher_over(dataset: EvalSet, data: Path, model: PreparedModel, encoder: OnnxEncoder) -> Searcher:
    stamp = ModelStamp(model.name, model.fingerprint, model.dimensions)
    taken(data, dict(dataset.sources), encoder, stamp)
    return searcher_of(data, encoder)


def test_the_articles_questions_are_answered_with_the_right_words_under_the_right_heading(
    shared: Path, tmp_path: Path, model: PreparedModel, encoder: OnnxEncoder
) -> None:
    dataset = load("psychotherapy", shared, tmp_path)
    searcher = searcher_over(dataset, tmp_path / ".kb", model, encoder)
    asked = [query for query in dataset.queries if span_of(query) is not None]
    missed = [query.id for query in asked if not shows(query, searcher.search(Query(query.text)))]
    assert len(asked) == 11
    assert len(asked) - len(missed) >= SPANS_FOUND, missed


def shows(query: JudgedQuery, answer: Answer) -> bool:
    """Whether the first result's excerpt holds the words that answer, under their heading."""
    first, span = answer.results[0], span_of(query)
    heading = (first.attribution.title, *first.headings)[-1]
    return bool(span and span.search(first.excerpt.text)) and heading == query.metadata["heading"]


def test_patients_questions_find_the_right_pages_of_two_practices(
    shared: Path, tmp_path: Path, model: PreparedModel, encoder: OnnxEncoder
) -> None:
    dataset = load("clinic-pages", shared, tmp_path)
    searcher = searcher_over(dataset, tmp_path / ".kb", model, encoder)
    judged = [query for query in dataset.queries if query.id in dataset.judgements]
    gains = []
    for query in judged:
        found = searcher.documents(Query(query.text, 10, dataset.collection_of(query)))
        gains.append(ndcg([name for name, _ in found], dataset.judgements[query.id]))
    assert mean(gains) >= CLINIC_NDCG
