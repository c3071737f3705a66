"""Generations: an index made from the catalogue at one sequence number, whole or not there.

    .kb/generations/42-1f0c9a77/         sequence 42, a model's fingerprint
        MANIFEST.json                    what it was made from, and size and sha256 of every file
        0/ vectors.faiss  lexical/  passages.npy  documents.json  acronyms.json  asides.npy
                                         one folder a collection
    .kb/CURRENT                          the name of the one that answers, and its manifest's sha256

A generation is written beside, synced, renamed, and never edited. Every byte is checked against the
manifest before FAISS or tantivy see it: FAISS loads half of all damaged files without a word.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import acronyms, asides, lexical, vectors
from index.links import Links
from index.types import Filters, Question, Ranking
from kb.catalogue import Catalogue, PassageRow
from kb.durable import sync
from kb.errors import Damaged, KnowledgeBaseError, NotReady, StorageFull

FORMAT = 5
_CURRENT, _MANIFEST = "CURRENT", "MANIFEST.json"
_NAME = re.compile(r"\d+-[^/\0]{1,100}")
_LEFT = ("building-", "gone-")  # how a folder's name begins before it is a generation, and after


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """The model that a generation's vectors are from."""

    name: str
    fingerprint: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is: see the module's head."""

    sequence: int
    model: ModelStamp
    collections: dict[str, dict[str, str | int]]
    files: dict[str, tuple[int, str]]

    def encoded(self) -> bytes:
        """The same manifest gives the same bytes, sealed with a hash of their own."""
        content: dict[str, object] = {
            "format": FORMAT,
            "sequence": self.sequence,
            "model": {
                "name": self.model.name,
                "fingerprint": self.model.fingerprint,
                "dimensions": self.model.dimensions,
            },
            "collections": self.collections,
            "files": {name: list(stamp) for name, stamp in self.files.items()},
        }
        content["seal"] = hashlib.sha256(_encoded(content)).hexdigest()
        return _encoded(content)


def _encoded(content: dict[str, object]) -> bytes:
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False).encode()


# -- making


def make(catalogue: Catalogue, model: ModelStamp, data: Path, exact_up_to: int = vectors.EXACT_UP_TO) -> str:
    """Makes a generation of all that is live in the catalogue, makes it current, and gives its name.

    The caller holds the writer's lock. Collections that are as they were in the current generation
    are linked, not made again.
    """
    folder = data / "generations"
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True)
            sync(data)  # a pointer into a folder whose name is lost would point nowhere
        _sweep(folder)
        return _Maker(catalogue, model, data, exact_up_to).make()
    except OSError as error:
        raise StorageFull(
            f"The index cannot be written: {error.strerror or error}; the old one stays in use. "
            "Free some space and run: kb index"
        ) from None
    finally:
        _sweep(folder)


class _Maker:
    def __init__(self, catalogue: Catalogue, model: ModelStamp, data: Path, exact_up_to: int) -> None:
        self._catalogue, self._model, self._data, self._exact_up_to = catalogue, model, data, exact_up_to
        self._previous = _previous(data)

    def make(self) -> str:
        building = self._data / "generations" / f"{_LEFT[0]}{os.getpid()}"
        building.mkdir()
        return _publish(self._data, building, self.fill(building))

    def fill(self, folder: Path) -> Manifest:
        """Writes all of a generation into an empty folder, its manifest last, and syncs it."""
        collections: dict[str, dict[str, str | int]] = {}
        files: dict[str, tuple[int, str]] = {}
        with self._catalogue.snapshot() as (sequence, rows):
            for number, (collection, group) in enumerate(itertools.groupby(rows, lambda r: r.collection)):
                passages = list(group)
                digest = _digest(passages)
                place = folder / str(number)
                collections[collection] = {
                    "folder": str(number),
                    "documents": len({row.document_id for row in passages}),
                    "passages": len(passages),
                    "digest": digest,
                }
                files.update(self._link(collection, digest, place) or self._write(passages, place))
        manifest = Manifest(sequence, self._model, collections, dict(sorted(files.items())))
        _write_synced(folder / _MANIFEST, manifest.encoded())
        _sync_folders(folder)
        return manifest

    def _write(self, passages: Sequence[PassageRow], folder: Path) -> dict[str, tuple[int, str]]:
        folder.mkdir()
        rows = (lexical.LexicalRow(r.context, r.text, r.document_id, r.language, r.tags) for r in passages)
        with ThreadPoolExecutor(1, "lexical") as beside:  # tantivy leaves Python's lock to the rest
            words = beside.submit(lexical.write, rows, folder)
            vectors.write(self._vectors(passages), folder, self._exact_up_to)
            acronyms.write([row.text for row in passages], folder)
            asides.write([row.context for row in passages], folder)
            np.save(folder / "passages.npy", np.array([row.key for row in passages], np.int64))
        words.result()
        documents = [
            [document_id, language, list(tags), sum(1 for _ in group)]
            for (document_id, language, tags), group in itertools.groupby(
                passages, lambda row: (row.document_id, row.language, row.tags)
            )
        ]
        (folder / "documents.json").write_text(json.dumps(documents, ensure_ascii=False), "utf-8")
        stamps = {}
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            sync(path)
            stamps[path.relative_to(folder.parent).as_posix()] = _stamp(path)
        return stamps

    def _vectors(self, passages: Sequence[PassageRow]) -> NDArray[np.float16]:
        matrix = np.empty((len(passages), self._model.dimensions), np.float16)
        for first in range(0, len(passages), 5_000):
            part = passages[first : first + 5_000]
            found = self._catalogue.vectors(self._model.fingerprint, [row.hash for row in part])
            for offset, row in enumerate(part):
                if row.hash not in found:
                    raise NotReady("Some passages have no vector of the configured model. Run: kb index")
                matrix[first + offset] = np.frombuffer(found[row.hash], "<f2")
        return matrix

    def _link(self, collection: str, digest: str, folder: Path) -> dict[str, tuple[int, str]] | None:
        """The files of the same collection in the current generation, if it is the same."""
        if self._previous is None:
            return None
        path, manifest = self._previous
        held = manifest.collections.get(collection)
        if held is None or held["digest"] != digest or manifest.model != self._model:
            return None
        prefix = f"{held['folder']}/"
        stamps = {}
        try:
            for name, stamp in manifest.files.items():
                if name.startswith(prefix):
                    target = folder / name.removeprefix(prefix)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    os.link(path / name, target)
                    if _stamp(target) != stamp:
                        raise Damaged(f"{path.name}/{name} is damaged")
                    stamps[f"{folder.name}/{name.removeprefix(prefix)}"] = stamp
        except (OSError, Damaged):  # a file is gone or not as it was, or there are no links on this disk
            shutil.rmtree(folder, ignore_errors=True)
            return None
        return stamps


def _digest(passages: Sequence[PassageRow]) -> str:
    """Of all that a collection's files are made from."""
    state = hashlib.sha256(f"{FORMAT}.{lexical.ANALYSIS}".encode())
    for row in passages:
        state.update(f"{row.key}\0{row.document_id}\0{row.language}\0{row.tags}\0".encode())
        state.update(row.hash)
    return state.hexdigest()


def _previous(data: Path) -> tuple[Path, Manifest] | None:
    try:
        name, digest = current(data)
        return data / "generations" / name, _read_manifest(data / "generations" / name, digest)
    except KnowledgeBaseError:
        return None


def _whole_previous(data: Path) -> str | None:
    """The name of the current generation, which readers may be about to open, unless it is damaged."""
    previous = _previous(data)
    if previous is None:
        return None
    try:
        verify(*previous)
    except Damaged:
        return None
    return previous[0].name


def _publish(data: Path, building: Path, manifest: Manifest) -> str:
    """Renames the folder to a name of its own, points CURRENT at it, and lets go of older ones."""
    folder = data / "generations"
    encoded = manifest.encoded()
    base = f"{manifest.sequence}-{manifest.model.fingerprint[:8]}"
    names = itertools.chain([base], (f"{base}-{n}" for n in itertools.count(2)))
    name = next(name for name in names if not (folder / name).exists())
    before = _whole_previous(data)
    # The pointer is written before the folder has its name: a full disk leaves nothing behind.
    _write_synced(data / f"{_CURRENT}.new", _pointer(name, hashlib.sha256(encoded).hexdigest()))
    building.rename(folder / name)
    sync(folder)
    (data / f"{_CURRENT}.new").rename(data / _CURRENT)
    sync(data)
    kept = {name, before}
    for old in folder.iterdir():
        if old.name not in kept:
            _discard(old)
    return name


def _discard(generation: Path) -> None:
    """Removes a generation; one that is half removed no longer has its name."""
    with contextlib.suppress(OSError):
        gone = generation.with_name(f"{_LEFT[1]}{generation.name}")
        generation.rename(gone)
        sync(generation.parent)  # first, or its name may outlive half of its files
        shutil.rmtree(gone)


def is_current(data: Path, sequence: int, model: ModelStamp) -> bool:
    """Whether the current generation is of this sequence and model, and whole."""
    try:
        name, digest = current(data)
        path = data / "generations" / name
        manifest = _read_manifest(path, digest)
        verify(path, manifest)
    except NotReady:
        return False
    return manifest.sequence == sequence and manifest.model == model


def read_current(data: Path) -> Manifest:
    """The manifest of the current generation; its files are not looked at."""
    name, digest = current(data)
    return _read_manifest(data / "generations" / name, digest)


def check(path: Path, digest: str | None) -> None:
    """Raises Damaged where a generation's files are not as its manifest says; `digest` is the manifest's
    own sha256, where it is known."""
    verify(path, _read_manifest(path, digest))


def oldest_kept_sequence(data: Path) -> int:
    """The sequence of the oldest generation on the disk; texts removed before it are not needed."""
    sequences = [_sequence_of(path.name) for path in (data / "generations").iterdir()]
    return min((sequence for sequence in sequences if sequence is not None), default=0)


def _sequence_of(name: str) -> int | None:
    head = name.partition("-")[0]
    return int(head) if head.isdigit() else None


def _sweep(folder: Path) -> None:
    """Removes what an interrupted make left behind."""
    for start in _LEFT:
        for left in folder.glob(f"{start}*"):
            shutil.rmtree(left, ignore_errors=True)


# -- opening


def current(data: Path) -> tuple[str, str]:
    """The name of the generation that answers, and its manifest's sha256."""
    try:
        encoded = (data / _CURRENT).read_bytes()
        pointer = json.loads(encoded)
        name, digest = pointer["generation"], pointer["manifest"]
        if encoded != _pointer(name, digest) or not _NAME.fullmatch(name):
            raise ValueError
    except FileNotFoundError:
        raise NotReady("There is no index yet. Run: kb ingest SOURCE, or kb index") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Damaged("The pointer to the index (.kb/CURRENT) is damaged. Run: kb index") from None
    return name, digest


def _pointer(name: str, digest: str) -> bytes:
    return json.dumps({"generation": name, "manifest": digest}).encode()


class Collection:
    """One collection of an open generation: both retrievers and what the filters need."""

    def __init__(self, folder: Path, count: int, dimensions: int) -> None:
        self.dense = vectors.VectorIndex(folder, count, dimensions)
        self.lexical = lexical.LexicalIndex(folder)
        self.acronyms = acronyms.read(folder)
        self.asides = asides.read(folder)
        self.links: Links = {}
        self.keys: NDArray[np.int64] = np.load(folder / "passages.npy", allow_pickle=False)
        documents = json.loads((folder / "documents.json").read_text("utf-8"))
        self.document_ids: list[str] = [document[0] for document in documents]
        languages: list[str] = [(document[1] or "").lower() for document in documents]
        tags: list[list[str]] = [document[2] for document in documents]
        self.document_of = np.repeat(np.arange(len(documents)), [document[3] for document in documents])
        # The same few filters come again and again, the owner's hides with every question. Not of a method:
        # the collection would hold itself, and its vectors be there until somebody looks for garbage.
        named = list(zip(self.document_ids, languages, tags, strict=True))
        self._allowed = lru_cache(maxsize=32)(partial(_passing, named, self.document_of))
        if len(self.keys) != count or len(self.document_of) != count:
            raise Damaged("The index does not hold what its manifest says. Run: kb index")

    def __len__(self) -> int:
        return len(self.keys)

    def retrieve_dense(self, question: Question, k: int, filters: Filters) -> Ranking:
        """Hits by cosine among the passages that pass the filters."""
        return self.dense.retrieve(question, k, self._allowed(filters))

    def positions(self, filters: Filters) -> NDArray[np.int64]:
        """The passages that pass the filters."""
        allowed = self._allowed(filters)
        return np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)


def _passing(
    documents: Sequence[tuple[str, str, list[str]]], document_of: NDArray[np.int64], filters: Filters
) -> NDArray[np.bool_] | None:
    """Which passages are of documents, by id, language and tags, that pass the filters; None for all."""
    if filters == Filters():
        return None
    language = (filters.language or "").lower()
    wanted, tags, hidden = set(filters.document_id), set(filters.tags), set(filters.hidden)
    passing = np.array(
        [
            (not wanted or document_id in wanted)
            and (not language or own == language or own.startswith(f"{language}-"))
            and (not tags or not tags.isdisjoint(own_tags))
            and document_id not in hidden
            for document_id, own, own_tags in documents
        ],
        bool,
    )
    return passing[document_of]


class Generation:
    """An open generation.

    What of it is open stays usable when a newer one is made and its files are removed: all of its
    collections, or, opened `lazily`, those that were asked for.
    """

    def __init__(
        self, path: Path, manifest: Manifest, before: Generation | None = None, lazily: bool = False
    ) -> None:
        self.name = path.name
        self.manifest = manifest
        self._collections = _Collections(path, manifest, _unchanged(manifest, before))
        wanted = (before.opened if before is not None else ()) if lazily else manifest.collections
        for name in wanted:  # now, so that no question waits for it
            self._collections.open(name, checked=True)

    @property
    def collections(self) -> Mapping[str, Collection]:
        """By name; one that cannot be opened any more raises Damaged."""
        return self._collections

    @property
    def opened(self) -> Mapping[str, Collection]:
        """Those that are open."""
        return self._collections.opened

    def state(self, collection: str) -> bytes:
        """A hash, 32 bytes, that is the same while a collection and the model are."""
        held, model = self.manifest.collections[collection], self.manifest.model
        return hashlib.sha256(f"{model.fingerprint}.{held['digest']}".encode()).digest()


class _Collections(Mapping[str, Collection]):
    """A generation's collections, each opened when it is first asked for: of a hundred, few are at once."""

    def __init__(self, path: Path, manifest: Manifest, opened: dict[str, Collection]) -> None:
        self._path, self._manifest, self._opened = path, manifest, opened
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Collection:
        found = self._opened.get(name)
        if found is None:
            if name not in self._manifest.collections:
                raise KeyError(name)
            self.open(name, checked=False)
            found = self._opened[name]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._manifest.collections)

    def __len__(self) -> int:
        return len(self._manifest.collections)

    def __contains__(self, name: object) -> bool:
        return name in self._manifest.collections

    @property
    def opened(self) -> dict[str, Collection]:
        with self._lock:
            return dict(self._opened)

    def open(self, name: str, checked: bool) -> None:
        """Opens a collection, if there is one of this name. Its bytes are checked first, unless they just
        were. Raises Damaged."""
        held = self._manifest.collections.get(name)
        if held is None:
            return
        with self._lock:
            if name not in self._opened:
                folder = str(held["folder"])
                if not checked:
                    self._check(folder)
                dimensions = self._manifest.model.dimensions
                self._opened[name] = Collection(self._path / folder, int(held["passages"]), dimensions)

    def _check(self, folder: str) -> None:
        damaged = Damaged(f"The index {self._path.name} cannot be read. Run: kb index")
        try:
            for file, stamp in self._manifest.files.items():
                if file.startswith(f"{folder}/") and _stamp(self._path / file) != stamp:
                    raise damaged
        except OSError:
            raise damaged from None


def _unchanged(manifest: Manifest, before: Generation | None) -> dict[str, Collection]:
    """The collections that an older generation has open, and that are the same in this one."""
    if before is None or before.manifest.model != manifest.model:
        return {}
    was = before.manifest.collections
    return {
        name: collection
        for name, collection in before.opened.items()
        if name in manifest.collections and manifest.collections[name]["digest"] == was[name]["digest"]
    }


def open_current(data: Path, before: Generation | None = None, lazily: bool = False) -> Generation:
    """Checks every byte of the current generation, and opens it, or `lazily` what was open in the one
    `before`. What is as it was in that one is not opened again."""
    for _ in range(3):  # a writer may replace it, and remove this one, between two of our steps
        name, digest = current(data)
        path = data / "generations" / name
        try:
            manifest = _read_manifest(path, digest)
            verify(path, manifest)
            return Generation(path, manifest, before, lazily)
        except (Damaged, OSError) as error:
            if current(data)[0] != name:
                continue
            if isinstance(error, Damaged):
                raise
            raise Damaged(f"The index {name} cannot be read: {error.strerror}. Run: kb index") from None
    raise NotReady("The index is being replaced faster than it can be opened. Try again.")


def verify(path: Path, manifest: Manifest) -> None:
    """Raises Damaged, naming the first file that is not as the manifest says."""
    try:
        _verify(path, manifest)
    except OSError as error:
        raise Damaged(f"The index {path.name} cannot be read: {error.strerror}. Run: kb index") from None


def _verify(path: Path, manifest: Manifest) -> None:
    present = {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()} - {_MANIFEST}
    unknown = sorted(present - manifest.files.keys())
    if unknown:
        raise Damaged(f"The index holds a file that it should not: {path.name}/{unknown[0]}. Run: kb index")
    for name, stamp in manifest.files.items():
        if name not in present or _stamp(path / name) != stamp:
            raise Damaged(f"The index is damaged: {path.name}/{name}. Run: kb index")


def kept(data: Path) -> Iterator[tuple[str, Path]]:
    """Name and folder of each generation on the disk, the oldest first."""
    folder = data / "generations"
    if folder.is_dir():
        names = [path for path in folder.iterdir() if _sequence_of(path.name) is not None]
        for path in sorted(names, key=lambda p: (_sequence_of(p.name) or 0, p.name)):
            yield path.name, path


def _read_manifest(path: Path, digest: str | None) -> Manifest:
    try:
        encoded = (path / _MANIFEST).read_bytes()
    except OSError:
        raise Damaged(f"The index {path.name} is not there. Run: kb index") from None
    damaged = Damaged(f"The index's manifest is damaged: {path.name}/{_MANIFEST}. Run: kb index")
    if digest is not None and hashlib.sha256(encoded).hexdigest() != digest:
        raise damaged
    try:
        manifest = _manifest(json.loads(encoded))
        whole = manifest.encoded() == encoded
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged from None
    if not whole:
        raise damaged
    return manifest


def _manifest(content: dict[str, Any]) -> Manifest:
    if content["format"] != FORMAT:
        raise NotReady(
            f"The index has format {content['format']}; this program reads {FORMAT}. Run: kb index"
        )
    return Manifest(
        content["sequence"],
        ModelStamp(**content["model"]),
        content["collections"],
        {name: (size, sha256) for name, (size, sha256) in content["files"].items()},
    )


# -- files


def _stamp(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folders(top: Path) -> None:
    for folder in [*(p for p in top.rglob("*") if p.is_dir()), top]:
        sync(folder)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
