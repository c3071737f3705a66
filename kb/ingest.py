"""Sources into the catalogue: read, cut, embed, commit; what has not changed costs nothing."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, urljoin

import numpy as np
from numpy.typing import NDArray

from kb.catalogue import Catalogue, Entry, FileRecord
from kb.limits import Limits
from kb.passages import cut, embedded_text
from kb.readers.worker import Worker
from kb.seals import text_hash
from kb.sources import File, walk
from kb.types import Document, Refusal

# Raised when readers or the cutter give something else for the same bytes, so that the next ingest
# reads every file anew.
READING = "1"
_BATCH_PASSAGES = 512  # embedded and committed at once: a second's or a few's work, lost by a kill


class PassageEncoder(Protocol):
    """What an ingest asks of an encoder; `index.types.Encoder` is one."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def window(self) -> int: ...
    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...
    def encode_passages(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(slots=True)
class IngestReport:
    """What an ingest did. `refused` are sources, and parts of sources, that were not taken in."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: list[Refusal] = field(default_factory=list)
    kept: int = 0  # gone from their folder, and kept because so many were
    passages: int = 0
    embedded: int = 0
    seconds: float = 0.0
    changes: list[str] = field(default_factory=list)  # of each document, in order: added, updated, unchanged

    def note(self, change: str) -> None:
        """Counts what became of a document: it was added, updated, or is unchanged."""
        self.changes.append(change)
        setattr(self, change, getattr(self, change) + 1)

    def merge(self, other: IngestReport) -> None:
        """Adds another run's counts to this one's."""
        for counted in fields(self):
            setattr(self, counted.name, getattr(self, counted.name) + getattr(other, counted.name))


Progress = Callable[[str, IngestReport], None]


def ingest(
    catalogue: Catalogue,
    encoder: PassageEncoder,
    sources: Sequence[Path],
    *,
    collection: str = "default",
    url: str | None = None,
    limits: Limits | None = None,
    home: Path | None = None,
    keep_missing: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Takes files and folders into a collection, and lets go of what is gone from the folders.

    Where more than half of a folder's files are gone nothing is let go of, unless `prune`. `url` is
    where a folder's pages are found on the web. `home` makes the record of a folder independent of
    where the knowledge base and the folder lie together.
    """
    return _Ingest(catalogue, encoder, collection, url, limits or Limits(), home, progress).run(
        sources, keep_missing, prune
    )


def put(catalogue: Catalogue, encoder: PassageEncoder, documents: Sequence[Document]) -> IngestReport:
    """Writes documents that came by another way than files, in one commit."""
    report = IngestReport()
    batch = Batch(catalogue, encoder, report)
    for document in documents:
        batch.add(document, None)
    batch.commit()
    return report


def recut(catalogue: Catalogue, encoder: PassageEncoder, progress: Progress | None = None) -> IngestReport:
    """Brings documents that were cut for another model to this one's window, and embeds what is new."""
    report = IngestReport()
    batch = Batch(catalogue, encoder, report)
    for collection, document_id in catalogue.cut_otherwise(cutter(encoder)):
        document = catalogue.document(collection, document_id)
        if document is not None:
            batch.recut(document, *catalogue.origin(collection, document_id))
            _tell(progress, document_id, report)
    batch.commit()
    pending: list[tuple[bytes, str]] = []
    for digest, context, text in list(catalogue.without_vector(encoder.fingerprint)):
        pending.append((digest, embedded_text(context, text)))
        if len(pending) == _BATCH_PASSAGES:
            _embed_pending(catalogue, encoder, pending, report)
            _tell(progress, "embedding", report)
    _embed_pending(catalogue, encoder, pending, report)
    return report


def cutter(encoder: PassageEncoder) -> str:
    """What decides where passages are cut."""
    return f"{READING}:{encoder.window}:{encoder.fingerprint}"


class Batch:
    """Documents on their way into the catalogue, a commit at a time."""

    def __init__(self, catalogue: Catalogue, encoder: PassageEncoder, report: IngestReport) -> None:
        self._catalogue, self._encoder, self._report = catalogue, encoder, report
        self._entries: list[Entry] = []
        self._files: dict[tuple[str, str], FileRecord] = {}
        self._pending: dict[tuple[str, str], str] = {}  # (collection, id) -> digest, not yet written
        self._passages = 0
        self._cutter = cutter(encoder)

    def add(self, document: Document, file: FileRecord | None) -> None:
        """Takes a document in, unless the catalogue holds it as it is; one that came by another file is
        written again, so that it does not go with that one."""
        digest = document_digest(document)
        key = (document.collection, document.id)
        place = None if file is None else (file.collection, file.path)
        held = self._pending.get(key) or self._catalogue.digest(*key)
        self._report.note("added" if held is None else "unchanged" if held == digest else "updated")
        if held == digest and (place is None or key in self._pending or self._came_by(key) == place):
            return
        self._pending[key] = digest
        if file is not None:  # its own digest comes when all of it is in
            self._files.setdefault((file.collection, file.path), replace(file, digest=""))
        self._cut(document, digest, place)
        if self._passages >= _BATCH_PASSAGES:
            self.commit()

    def _came_by(self, key: tuple[str, str]) -> tuple[str, str] | None:
        return self._catalogue.origin(*key)[1]

    def recut(self, document: Document, digest: str, file: tuple[str, str] | None) -> None:
        """Takes a held document in again, to be cut by this encoder."""
        self._cut(document, digest, file)
        if self._passages >= _BATCH_PASSAGES:
            self.commit()

    def commit(
        self,
        files: Sequence[FileRecord] = (),
        removed: Sequence[tuple[str, str]] = (),
        forgotten_files: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Embeds and writes what has gathered; writes nothing when there is nothing to write."""
        records = {**self._files, **{(file.collection, file.path): file for file in files}}
        if not (self._entries or records or removed or forgotten_files):
            return
        vectors = self._embed()
        self._catalogue.commit(
            self._entries,
            files=list(records.values()),
            removed=removed,
            forgotten_files=forgotten_files,
            vectors=(self._encoder.fingerprint, vectors),
        )
        self._entries, self._files, self._passages = [], {}, 0
        self._pending.clear()

    def _cut(self, document: Document, digest: str, file: tuple[str, str] | None) -> None:
        passages = cut(document, self._encoder.count_tokens, self._encoder.window)
        hashes = [text_hash(embedded_text(p.context, document.text[p.start : p.end])) for p in passages]
        self._entries.append(Entry(document, digest, self._cutter, passages, hashes, file))
        self._passages += len(passages)
        self._report.passages += len(passages)

    def _embed(self) -> dict[bytes, bytes]:
        texts: dict[bytes, str] = {}
        for entry in self._entries:
            for passage, digest in zip(entry.passages, entry.hashes, strict=True):
                text = entry.document.text[passage.start : passage.end]
                texts[digest] = embedded_text(passage.context, text)
        held = self._catalogue.vectors(self._encoder.fingerprint, list(texts))
        missing = [digest for digest in texts if digest not in held]
        return _embed(self._encoder, [(digest, texts[digest]) for digest in missing], self._report)


class _Ingest:
    """One run over some sources."""

    def __init__(
        self,
        catalogue: Catalogue,
        encoder: PassageEncoder,
        collection: str,
        url: str | None,
        limits: Limits,
        home: Path | None,
        progress: Progress | None,
    ) -> None:
        self._catalogue, self._collection, self._url = catalogue, collection, url
        self._limits, self._home, self._progress = limits, home, progress
        self._report = IngestReport()
        self._batch = Batch(catalogue, encoder, self._report)
        self._sources: dict[tuple[str, str], str] = {}  # where a document of this run came from
        self._finished: list[FileRecord] = []
        self._present: set[str] = set()  # on the disk, read or refused
        self._read: set[str] = set()

    def run(self, sources: Sequence[Path], keep_missing: bool, prune: bool) -> IngestReport:
        started = time.perf_counter()
        with Worker(self._limits) as worker:
            for found in walk(sources, self._limits):
                name = found.source if isinstance(found, Refusal) else found.document_id
                self._present.add(name)
                if isinstance(found, Refusal):
                    self._report.refused.append(found)
                    self._let_go(found)
                else:
                    self._read.add(name)
                    self._take(worker, found)
                _tell(self._progress, name, self._report)
        self._batch.commit(self._finished)
        if not keep_missing:
            for source in sources:
                if source.is_dir():
                    self._remove_missing(source, prune)
        self._report.seconds = time.perf_counter() - started
        return self._report

    def _take(self, worker: Worker, file: File) -> None:
        folder = None if file.folder is None else self._folder_name(_named_folder(file))
        record = FileRecord(
            self._collection, file.document_id, folder, f"{file.digest}:{READING}:{self._url or ''}"
        )
        held = self._catalogue.file(self._collection, file.document_id)
        if held is not None and held[0] == record:
            self._report.unchanged += held[1]
            for key in self._catalogue.documents_of(self._collection, file.document_id):
                self._sources.setdefault(key, file.document_id)
            return
        seen: set[tuple[str, str]] = set()
        refused = len(self._report.refused)
        for found in worker.read(file.path, file.document_id):
            if isinstance(found, Refusal):
                self._report.refused.append(found)
                if found.source == file.document_id:
                    self._read.discard(file.document_id)
                    self._let_go(found)
                    return
                continue
            document = replace(found, collection=found.collection or self._collection)
            document = _with_url(document, file, self._url)
            refusal = self._refusal(document)
            if refusal is not None:
                self._report.refused.append(refusal)
                continue
            seen.add((document.collection, document.id))
            self._batch.add(document, record)
        if len(self._report.refused) > refused:  # to be read, and told, again
            record = replace(record, digest="")
        if held is None or held[0] != record or seen != set(self._held(record)):
            self._finish(record, seen)

    def _let_go(self, refusal: Refusal) -> None:
        """Lets go of what a file gave that is withdrawn, but for what another has given; a file that was
        named twice is a copy of itself."""
        if not refusal.withdrawn or refusal.source in self._read:
            return
        place = (self._collection, refusal.source)
        gone = [key for key in self._catalogue.documents_of(*place) if key not in self._sources]
        if gone:
            self._batch.commit(removed=gone, forgotten_files=[place])
            self._report.removed += len(gone)

    def _held(self, record: FileRecord) -> list[tuple[str, str]]:
        return self._catalogue.documents_of(record.collection, record.path)

    def _finish(self, record: FileRecord, seen: set[tuple[str, str]]) -> None:
        """Notes that all of a file is in, as far as it can be; lets go of documents that are no longer in
        it, nor in another that was read."""
        gone = [key for key in self._held(record) if key not in seen and key not in self._sources]
        if gone:
            self._batch.commit([record], removed=gone)
            self._report.removed += len(gone)
        else:
            self._finished.append(record)
            if len(self._finished) >= _BATCH_PASSAGES:
                self._batch.commit(self._finished)
                self._finished = []

    def _refusal(self, document: Document) -> Refusal | None:
        key = (document.collection, document.id)
        earlier = self._sources.setdefault(key, document.attribution.source)
        if earlier != document.attribution.source:
            return Refusal(document.attribution.source, f"its id {document.id} is that of {earlier}")
        return None

    def _remove_missing(self, source: Path, prune: bool) -> None:
        paths = self._catalogue.files_of(self._collection, self._folder_name(source))
        missing = [path for path in paths if path not in self._present]
        if not missing:
            return
        documents = [key for path in missing for key in self._catalogue.documents_of(self._collection, path)]
        if len(missing) * 2 > len(paths) and not prune:
            self._report.kept += len(documents)
            return
        forgotten = [(self._collection, path) for path in missing]
        self._batch.commit(removed=documents, forgotten_files=forgotten)
        self._report.removed += len(documents)

    def _folder_name(self, folder: Path) -> str:
        folder = folder.resolve()
        if self._home is not None and folder.is_relative_to(self._home.resolve()):
            return folder.relative_to(self._home.resolve()).as_posix()
        return folder.as_posix()


def _named_folder(file: File) -> Path:
    return file.path.parents[file.document_id.count("/") - 1]


def document_digest(document: Document) -> str:
    """The same for the same document, whatever file or request, and whatever line of it, it came by."""
    content = asdict(document)
    del content["attribution"]["source"]
    content["metadata"] = dict(document.metadata)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _with_url(document: Document, file: File, base: str | None) -> Document:
    """A page that does not say where it is found gets the folder's URL and its own path."""
    one_of_many = document.id != file.document_id  # a line of a JSONL file has no address of its own
    if base is None or document.attribution.url is not None or file.folder is None or one_of_many:
        return document
    path = file.document_id.partition("/")[2]
    if path.rpartition("/")[2] in ("index.html", "index.htm"):
        path = path.rpartition("/")[0] + "/" if "/" in path else ""
    url = urljoin(base if base.endswith("/") else f"{base}/", quote(path))
    return replace(document, attribution=replace(document.attribution, url=url))


def _embed(
    encoder: PassageEncoder, pending: Sequence[tuple[bytes, str]], report: IngestReport
) -> dict[bytes, bytes]:
    """Vectors by hash, fp16: half the room, and a cosine within 1e-3 of the fp32 one."""
    if not pending:
        return {}
    vectors = encoder.encode_passages([text for _, text in pending]).astype("<f2")
    report.embedded += len(pending)
    return {digest: vector.tobytes() for (digest, _), vector in zip(pending, vectors, strict=True)}


def _embed_pending(
    catalogue: Catalogue, encoder: PassageEncoder, pending: list[tuple[bytes, str]], report: IngestReport
) -> None:
    if pending:
        catalogue.put_vectors(encoder.fingerprint, _embed(encoder, pending, report))
        pending.clear()


def _tell(progress: Progress | None, what: str, report: IngestReport) -> None:
    if progress is not None:
        progress(what, report)
