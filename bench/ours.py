"""Our search over a set of documents, as `kb ingest` would make it, with vectors kept between runs.

What is kept beside a set's catalogue is its name by the code that reads and cuts: a change of a reader
makes it anew, and a vector is computed again only where a passage's text is another.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw
import numpy as np

from bench.sets import ROOT, EvalSet
from index import generation
from index.bridge import Bridge, shipped_entries
from index.encoder import OnnxEncoder, open_encoder
from index.generation import ModelStamp
from index.models import DEFAULT, PreparedModel, prepare
from index.opening import processors
from index.search import Searcher, searcher_of
from index.types import Encoder, Vectors
from kb.catalogue import Catalogue
from kb.errors import KnowledgeBaseError
from kb.ingest import IngestReport, ingest
from kb.lock import writing
from kb.storage import FILE_NAME
from service.settings import settings

_CHUNK: Final = 256  # texts encoded and kept at once: seconds of work, lost by a kill


class VectorStore:
    """Vectors by model and text, so that no run encodes what an earlier one did."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = apsw.Connection(str(path))
        self._connection.execute("PRAGMA journal_mode = WAL").fetchall()
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS vectors (hash BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )

    def encode(self, encoder: Encoder, texts: Sequence[str]) -> Vectors:
        """What `encoder` gives for these passages, (len(texts), dimensions) float32."""
        hashes = [hashlib.sha256(f"{encoder.fingerprint}\0{text}".encode()).digest() for text in texts]
        rows = np.empty((len(texts), encoder.dimensions), np.float32)
        missing: list[int] = []
        for number, digest in enumerate(hashes):
            found = self._connection.execute(
                "SELECT vector FROM vectors WHERE hash = ?", (digest,)
            ).fetchone()
            if found is None:
                missing.append(number)
            else:
                rows[number] = np.frombuffer(found[0], "<f4")
        for first in range(0, len(missing), _CHUNK):
            part = missing[first : first + _CHUNK]
            rows[part] = encoder.encode_passages([texts[number] for number in part])
            with self._connection:
                self._connection.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(hashes[number], rows[number].astype("<f4").tobytes()) for number in part],
                )
        return rows

    def kept(self, dimensions: int) -> Vectors:
        """Every vector of so many dimensions, in an order that has nothing to do with what it says."""
        sql = "SELECT vector FROM vectors WHERE length(vector) = ? ORDER BY hash"
        rows = [np.frombuffer(found[0], "<f4") for found in self._connection.execute(sql, (4 * dimensions,))]
        return np.array(rows, np.float32).reshape(-1, dimensions)


class RememberingEncoder:
    """An encoder that takes from the store what it encoded before."""

    def __init__(self, encoder: Encoder, store: VectorStore) -> None:
        self._encoder, self._store = encoder, store

    @property
    def fingerprint(self) -> str:
        return self._encoder.fingerprint

    @property
    def dimensions(self) -> int:
        return self._encoder.dimensions

    @property
    def window(self) -> int:
        return self._encoder.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._store.encode(self._encoder, texts)


@dataclass(frozen=True, slots=True)
class Model:
    """The model that is measured, prepared and open."""

    prepared: PreparedModel
    encoder: OnnxEncoder

    @property
    def stamp(self) -> ModelStamp:
        """What a generation that it made is marked with."""
        return ModelStamp(self.prepared.name, self.prepared.fingerprint, self.prepared.dimensions)


def open_model(name: str = DEFAULT) -> Model:
    """The model by name, prepared where the commands look for it."""
    prepared = prepare(name, settings(ROOT).models)
    return Model(prepared, open_encoder(prepared.folder, processors()))


@dataclass(frozen=True, slots=True)
class Made:
    """A set that is ready to be asked; `without_bridge` knows spellings, and no other names."""

    data: Path
    catalogue: Catalogue
    searcher: Searcher
    without_bridge: Searcher
    refused: tuple[str, ...]


def make(dataset: EvalSet, model: Model, build: Path) -> Made:
    """Ingests a set, where that was not done before, and opens it."""
    encoder = RememberingEncoder(model.encoder, VectorStore(build / "vectors.sqlite"))
    data = folder_for(build / "sets" / dataset.name, model) / ".kb"
    refused: list[str] = []
    with writing(data), Catalogue(data / FILE_NAME, write=True) as catalogue:
        for collection, source in dataset.sources:
            report: IngestReport = ingest(catalogue, encoder, [source], collection=collection)
            refused += [f"{refusal.source}: {refusal.reason}" for refusal in report.refused]
            if collection not in catalogue.collections():
                raise KnowledgeBaseError(f"nothing of {source.name} was taken in; {'; '.join(refused[-1:])}")
        if not generation.is_current(data, catalogue.sequence, model.stamp):
            generation.make(catalogue, model.stamp, data)
    searcher = searcher_of(data, model.encoder)
    spellings = Bridge([entry for entry in shipped_entries() if entry.same])
    plain = searcher_of(data, model.encoder, bridge=spellings)
    return Made(data, Catalogue(data / FILE_NAME), searcher, plain, tuple(refused))


def folder_for(folder: Path, model: Model) -> Path:
    """The part of a folder for what this code and model make; what others made is removed."""
    state = hashlib.sha256(model.prepared.fingerprint.encode())
    for path in sorted([*(ROOT / "kb").rglob("*.py"), ROOT / "index" / "lexical.py"]):
        state.update(path.read_bytes())
    chosen = folder / state.hexdigest()[:12]
    if folder.is_dir():
        for other in folder.iterdir():
            if other != chosen:
                shutil.rmtree(other)
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen
