"""The catalogue: documents, passages and vectors in SQLite, and the only truth.

An acknowledged write is a committed row. A document's row is never edited: a new version is a new
row, and the old one stays, marked with the sequence that removed it, until no index generation that
was made before needs it. So a generation made at sequence N always finds the text that it was made
from, whatever has been written since.

One process writes (it holds `kb.lock`), any number read beside it.
"""

from __future__ import annotations

import json
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import apsw

from kb import changes
from kb.changes import Change
from kb.errors import KnowledgeBaseError, NotReady
from kb.passages import embedded_text
from kb.seals import broken, seal, seal_document, seal_values, text_hash
from kb.storage import (
    BEFORE_CHANGES,
    CHANGES,
    FORMAT,
    OLDEST_SQLITE,
    SCHEMA,
    Transaction,
    damaged,
    open_to_read,
    open_to_write,
    row,
    rows,
    told,
    value,
)
from kb.types import Attribution, Document, Passage, Section, Table

_SEQUENCE = "SELECT value FROM state WHERE name = 'sequence'"
_BEFORE = 20_000  # characters: the whole page, but for a few


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file that was taken in: `folder` is the one that was named, None where the file itself was."""

    collection: str
    path: str
    folder: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to be written, with its passages and, one a passage, the hash of what is embedded.

    `digest` tells whether the document is the one already held, `cutter` by what its passages were cut.
    `file` is the collection and path of the file record that it came from.
    """

    document: Document
    digest: str
    cutter: str
    passages: Sequence[Passage]
    hashes: Sequence[bytes]
    file: tuple[str, str] | None = None


class StoredPassage(NamedTuple):
    """A passage as an answer needs it: its words, and where they stand.

    `before` is what its document says before it, of a long one the last 20 000 characters.
    """

    key: int
    passage: Passage
    text: str
    section: Section
    collection: str
    attribution: Attribution
    pages: tuple[int, ...]
    before: str


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A live passage as a generation needs it; rows come by (collection, document id, number)."""

    key: int
    collection: str
    document_id: str
    language: str | None
    tags: tuple[str, ...]
    context: str
    text: str
    hash: bytes


@dataclass(frozen=True, slots=True)
class Outline:
    """What a document is called, its sections' own headings in reading order, its text and its language."""

    document_id: str
    title: str
    headings: tuple[str, ...]
    text: str
    language: str | None = None


class Catalogue:
    """The catalogue of one knowledge base.

    Reading is safe from any thread. Writing is for the one holder of the writer's lock, and for one
    thread at a time.
    """

    def __init__(self, path: Path | str, *, write: bool = False) -> None:
        self._path = str(path)
        self._write = write
        self._local = threading.local()
        self._memory = self._path == ":memory:"
        self._shared: apsw.Connection | None = None
        self._opened: weakref.WeakSet[apsw.Connection] = weakref.WeakSet()  # a thread's ends with it
        if tuple(map(int, apsw.sqlite_lib_version().split("."))) < OLDEST_SQLITE:
            raise KnowledgeBaseError(
                f"SQLite {apsw.sqlite_lib_version()} can lose commits; 3.51.3 or newer is needed. "
                "Install apsw from its wheel."
            )
        if not write and not self._memory and not Path(self._path).is_file():
            raise NotReady("Nothing has been ingested yet. Run: kb ingest SOURCE")
        with told():
            connection = self._connection()
            version = value(connection, "PRAGMA user_version")
            if version == 0 and (write or self._memory):
                self._create(connection)
            elif version == 0:  # its writer is about to make the tables, or was killed before
                raise NotReady("Nothing has been ingested yet. Run: kb ingest SOURCE")
            elif version == BEFORE_CHANGES and write:
                self._begin_changes(connection)
            elif version not in (FORMAT, BEFORE_CHANGES):
                raise NotReady(
                    f"The catalogue has format {version}; this program reads {FORMAT}. "
                    "Use the version of kb that wrote it."
                )

    def close(self) -> None:
        """Closes every connection; the catalogue must not be used afterwards."""
        for connection in list(self._opened):
            connection.close(True)
        self._opened.clear()
        self._local = threading.local()
        self._shared = None

    def __enter__(self) -> Catalogue:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- reading

    @property
    def sequence(self) -> int:
        """How many commits there have been."""
        with told():
            return int(value(self._connection(), _SEQUENCE))

    def document(self, collection: str, document_id: str) -> Document | None:
        """The live version of a document."""
        sql = "SELECT key FROM documents WHERE collection = ? AND id = ? AND removed IS NULL"
        with self._reading() as connection:
            found = row(connection, sql, (collection, document_id))
            return None if found is None else _document(connection, found[0])

    def document_ids(self, collection: str, after: str = "", limit: int = 100) -> list[str]:
        """Ids in order, those that come after `after`."""
        sql = """SELECT id FROM documents WHERE collection = ? AND id > ? AND removed IS NULL
                 ORDER BY id LIMIT ?"""
        with told():
            return [found[0] for found in rows(self._connection(), sql, (collection, after, limit))]

    def attributions(self, collection: str, ids: Sequence[str]) -> dict[str, Attribution]:
        """The attributions of live documents by id, in the order of `ids`."""
        sql = f"""SELECT id, attribution FROM documents WHERE collection = ? AND removed IS NULL
                  AND id IN ({",".join("?" * len(ids))})"""
        with told():
            found = dict(rows(self._connection(), sql, (collection, *ids)))
        with _intact():
            return {one: _attribution(found[one]) for one in ids if one in found}

    def digest(self, collection: str, document_id: str) -> str | None:
        """What the live version of a document was made from."""
        sql = "SELECT digest FROM documents WHERE collection = ? AND id = ? AND removed IS NULL"
        with told():
            found = row(self._connection(), sql, (collection, document_id))
        return None if found is None else str(found[0])

    def holds(self, collection: str, document_id: str) -> bool:
        """Whether the collection has a live document of that id."""
        return self.digest(collection, document_id) is not None

    def collections(self) -> dict[str, tuple[int, int]]:
        """Name -> (documents, passages), by name."""
        documents = """SELECT collection, count(*) FROM documents WHERE removed IS NULL
                       GROUP BY collection ORDER BY collection"""
        passages = """SELECT d.collection, count(*) FROM passages p JOIN documents d ON d.key = p.document
                      WHERE d.removed IS NULL GROUP BY d.collection"""
        with self._reading() as connection:
            counted = dict(rows(connection, passages))
            return {name: (n, counted.get(name, 0)) for name, n in rows(connection, documents)}

    def file(self, collection: str, path: str) -> tuple[FileRecord, int] | None:
        """A file's record and the number of live documents that came from it."""
        sql = """SELECT f.folder, f.digest, (SELECT count(*) FROM documents d
                 WHERE d.file = f.key AND d.removed IS NULL) FROM files f
                 WHERE f.collection = ? AND f.path = ?"""
        with told():
            found = row(self._connection(), sql, (collection, path))
        return None if found is None else (FileRecord(collection, path, found[0], found[1]), found[2])

    def files_of(self, collection: str, folder: str) -> list[str]:
        """The paths that were taken in from a folder, in order."""
        sql = "SELECT path FROM files WHERE collection = ? AND folder = ? ORDER BY path"
        with told():
            return [found[0] for found in rows(self._connection(), sql, (collection, folder))]

    def cut_otherwise(self, cutter: str) -> list[tuple[str, str]]:
        """(collection, id) of the live documents whose passages something else than `cutter` cut."""
        sql = "SELECT collection, id FROM documents WHERE cutter <> ? AND removed IS NULL ORDER BY key"
        with told():
            return [(r[0], r[1]) for r in rows(self._connection(), sql, (cutter,))]

    def origin(self, collection: str, document_id: str) -> tuple[str, tuple[str, str] | None]:
        """A live document's digest, and the collection and path of the file it came from."""
        sql = """SELECT d.digest, f.collection, f.path FROM documents d LEFT JOIN files f ON f.key = d.file
                 WHERE d.collection = ? AND d.id = ? AND d.removed IS NULL"""
        with told():
            found = row(self._connection(), sql, (collection, document_id))
        assert found is not None
        return found[0], None if found[1] is None else (found[1], found[2])

    def documents_of(self, collection: str, path: str) -> list[tuple[str, str]]:
        """(collection, id) of the live documents that came from a file, in order."""
        sql = """SELECT d.collection, d.id FROM documents d JOIN files f ON d.file = f.key
                 WHERE f.collection = ? AND f.path = ? AND d.removed IS NULL ORDER BY d.collection, d.id"""
        with told():
            return [(r[0], r[1]) for r in rows(self._connection(), sql, (collection, path))]

    def passages(self, keys: Sequence[int]) -> dict[int, StoredPassage]:
        """Passages by key; a key that is gone is left out. Raises Damaged rather than give other words
        than were written."""
        sql = f"""SELECT p.key, p.id, p.section, p.start, p.end, p.context, p.page, d.id, d.collection,
                  d.attribution, d.pages, s.headings, s.anchor, s.start, s.end, p.hash, p.sentences,
                  substr(d.text, max(p.start - {_BEFORE}, 0) + 1, p.end - max(p.start - {_BEFORE}, 0))
                  FROM passages p JOIN documents d ON d.key = p.document
                  JOIN sections s ON s.document = p.document AND s.number = p.section
                  WHERE p.key IN ({",".join("?" * len(keys))})"""
        with told():
            found = list(rows(self._connection(), sql, keys))
        with _intact():
            return {columns[0]: _stored_passage(columns) for columns in found}

    def passages_of(self, collection: str, document_id: str) -> list[Passage]:
        """The passages of a document's live version, in order."""
        sql = """SELECT p.id, p.section, p.start, p.end, p.context, p.page, p.sentences
                 FROM passages p JOIN documents d ON d.key = p.document
                 WHERE d.collection = ? AND d.id = ? AND d.removed IS NULL ORDER BY p.number"""
        with told():
            found = list(rows(self._connection(), sql, (collection, document_id)))
        with _intact():
            return [_passage(document_id, columns) for columns in found]

    @contextmanager
    def snapshot(self) -> Iterator[tuple[int, Iterator[PassageRow]]]:
        """The sequence and, as of it, every live passage by (collection, document id, number)."""
        sql = """SELECT p.key, d.collection, d.id, d.language, d.tags, p.context,
                 substr(d.text, p.start + 1, p.end - p.start), p.hash
                 FROM documents d JOIN passages p ON p.document = d.key
                 WHERE d.removed IS NULL ORDER BY d.collection, d.id, p.number"""
        with self._reading() as connection:
            sequence = int(value(connection, _SEQUENCE))
            found = rows(connection, sql)
            yield sequence, (_passage_row(columns) for columns in found)

    def vectors(self, fingerprint: str, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
        """Hash of an embedded text -> its vector, fp16, as far as the model has embedded it."""
        found: dict[bytes, bytes] = {}
        with self._reading() as connection:
            model = row(connection, "SELECT key FROM models WHERE fingerprint = ?", (fingerprint,))
            if model is None:
                return found
            for first in range(0, len(hashes), 500):
                part = hashes[first : first + 500]
                sql = f"""SELECT hash, vector, seal FROM vectors WHERE model = ?
                          AND hash IN ({",".join("?" * len(part))})"""
                for digest, vector, held in rows(connection, sql, (model[0], *part)):
                    if held != seal(fingerprint.encode(), digest, vector):
                        raise damaged("a vector is not as it was written")
                    found[digest] = vector
        return found

    def without_vector(self, fingerprint: str) -> Iterator[tuple[bytes, str, str]]:
        """(hash, context, text) of live passages that the model has not embedded, each text once."""
        sql = """SELECT p.hash, p.context, substr(d.text, p.start + 1, p.end - p.start)
                 FROM passages p JOIN documents d ON d.key = p.document
                 WHERE d.removed IS NULL AND NOT EXISTS (SELECT 1 FROM vectors v JOIN models m
                 ON m.key = v.model WHERE m.fingerprint = ? AND v.hash = p.hash)
                 GROUP BY p.hash ORDER BY p.key"""
        with self._reading() as connection:
            yield from rows(connection, sql, (fingerprint,))

    def changes(self, collection: str, after: int, limit: int) -> tuple[list[Change], bool]:
        """What became of a collection's documents after a commit, and whether there is more
        (`kb.changes.after`)."""
        with self._reading() as connection:
            if value(connection, "PRAGMA user_version") == BEFORE_CHANGES:
                raise NotReady("The catalogue was made before changes were kept. Run: kb index")
            return changes.after(connection, collection, after, limit)

    def damage(self) -> list[str]:
        """Every row that is not as it was written; empty when all is well."""
        with self._reading() as connection:
            found = list(broken(connection))
            if value(connection, "PRAGMA user_version") == FORMAT:
                found += changes.broken(connection)
            return found

    def documents(self) -> Iterator[tuple[Document, list[tuple[Passage, bytes]]]]:
        """Every live document with its passages and their hashes, by collection and id."""
        sql = "SELECT key FROM documents WHERE removed IS NULL ORDER BY collection, id"
        passages = """SELECT id, section, start, end, context, page, sentences, hash FROM passages
                      WHERE document = ? ORDER BY number"""
        with self._reading() as connection:
            for (key,) in list(rows(connection, sql)):
                document = _document(connection, key)
                found = list(rows(connection, passages, (key,)))
                with _intact():
                    held = [(_passage(document.id, columns), columns[7]) for columns in found]
                yield document, held

    def titles(self) -> list[tuple[str, str]]:
        """(collection, title) of live documents, each once, in order."""
        sql = """SELECT DISTINCT collection, json_extract(attribution, '$.title') FROM documents
                 WHERE removed IS NULL ORDER BY 1, 2"""
        with told():
            return [(r[0], r[1]) for r in rows(self._connection(), sql) if r[1]]

    def outlines(self, collection: str) -> Iterator[Outline]:
        """The outline of every live document of a collection, by id."""
        sql = """SELECT key, id, json_extract(attribution, '$.title'),
                        json_extract(attribution, '$.language'), text FROM documents
                 WHERE collection = ? AND removed IS NULL ORDER BY id"""
        sections = "SELECT headings FROM sections WHERE document = ? ORDER BY number"
        with self._reading() as connection, _intact():
            for key, document_id, title, language, text in rows(connection, sql, (collection,)):
                paths = (json.loads(found[0]) for found in rows(connection, sections, (key,)))
                headings = dict.fromkeys(path[-1] for path in paths if path)
                yield Outline(document_id, title or "", tuple(headings), text, language)

    # -- writing

    def commit(
        self,
        entries: Sequence[Entry] = (),
        *,
        removed: Sequence[tuple[str, str]] = (),
        files: Sequence[FileRecord] = (),
        forgotten_files: Sequence[tuple[str, str]] = (),
        vectors: tuple[str, dict[bytes, bytes]] | None = None,
    ) -> int:
        """Writes all of it or nothing, and gives the new sequence; on return it is on the disk.

        `removed` are (collection, id); `vectors` is a model's fingerprint with fp16 rows by hash.
        """
        with told(), self._transaction() as connection:
            sequence = int(value(connection, _SEQUENCE)) + 1
            for file in files:
                _put_file(connection, file)
            for entry in entries:
                _put_document(connection, entry, sequence)
            for collection, document_id in removed:
                _remove(connection, collection, document_id, sequence)
                if connection.changes():
                    changes.note(connection, collection, document_id, sequence, "removed")
            for collection, path in forgotten_files:
                connection.execute("DELETE FROM files WHERE collection = ? AND path = ?", (collection, path))
            if vectors is not None:
                _put_vectors(connection, *vectors)
            _put_sequence(connection, sequence)
            return sequence

    def put_vectors(self, fingerprint: str, vectors: dict[bytes, bytes]) -> None:
        """Keeps vectors of texts that the catalogue already holds; no document changes."""
        with told(), self._transaction() as connection:
            _put_vectors(connection, fingerprint, vectors)

    def forget_before(self, sequence: int) -> None:
        """Lets go of versions that were removed at or before `sequence`, and of vectors of no text.

        Their bytes are overwritten, in the write-ahead log too unless a reader is in the midst of it;
        then the next call does it.
        """
        with told(), self._transaction() as connection:
            connection.execute("DELETE FROM documents WHERE removed <= ?", (sequence,))
            gone = connection.changes()
            changes.forget(connection, sequence)
            if gone:
                connection.execute("DELETE FROM vectors WHERE hash NOT IN (SELECT hash FROM passages)")
        with told():
            self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    # -- connections

    def _connection(self) -> apsw.Connection:
        if self._memory:
            if self._shared is None:
                self._shared = self._open()
            return self._shared
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._open()
        return connection

    def _open(self) -> apsw.Connection:
        connection = open_to_write(self._path) if self._write or self._memory else open_to_read(self._path)
        self._opened.add(connection)
        return connection

    def _create(self, connection: apsw.Connection) -> None:
        with Transaction(connection):
            for statement in SCHEMA:
                connection.execute(statement)
            _put_sequence(connection, 0)
            connection.execute(f"PRAGMA user_version = {FORMAT}")

    def _begin_changes(self, connection: apsw.Connection) -> None:
        with Transaction(connection):
            for statement in CHANGES:
                connection.execute(statement)
            changes.begin(connection)
            connection.execute(f"PRAGMA user_version = {FORMAT}")

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        """Several statements on one state of the database."""
        connection = self._connection()
        with told():
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")

    def _transaction(self) -> Transaction:
        return Transaction(self._connection())


def _put_file(connection: apsw.Connection, file: FileRecord) -> None:
    connection.execute(
        """INSERT INTO files (collection, path, folder, digest, seal) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (collection, path) DO UPDATE
           SET folder = excluded.folder, digest = excluded.digest, seal = excluded.seal""",
        (*astuple(file), seal_values(astuple(file))),
    )


def _put_document(connection: apsw.Connection, entry: Entry, sequence: int) -> None:
    document = entry.document
    sql = "SELECT digest FROM documents WHERE collection = ? AND id = ? AND removed IS NULL"
    held = row(connection, sql, (document.collection, document.id))
    _remove(connection, document.collection, document.id, sequence)
    if held is None or held[0] != entry.digest:  # else it is only cut otherwise
        change = "added" if held is None else "updated"
        changes.note(connection, document.collection, document.id, sequence, change)
    file = None
    if entry.file is not None:
        file = value(
            connection,
            "SELECT key FROM files WHERE collection = ? AND path = ?",
            entry.file,
        )
    connection.execute(
        """INSERT INTO documents (collection, id, added, file, digest, cutter, language, attribution,
           tables, pages, tags, metadata, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            document.collection,
            document.id,
            sequence,
            file,
            entry.digest,
            entry.cutter,
            document.attribution.language,
            _json(asdict(document.attribution)),
            _json([[t.start, t.body, t.end] for t in document.tables]),
            _json(document.pages),
            _json(document.tags),
            _json(dict(document.metadata)),
            document.text,
        ),
    )
    key = connection.last_insert_rowid()
    connection.executemany(
        "INSERT INTO sections VALUES (?, ?, ?, ?, ?, ?)",
        [(key, n, _json(s.headings), s.anchor, s.start, s.end) for n, s in enumerate(document.sections)],
    )
    connection.executemany(
        """INSERT INTO passages (document, number, id, section, start, end, context, page, sentences, hash)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (key, n, p.id, p.section, p.start, p.end, p.context, p.page, _json(_flat(p.sentences)), digest)
            for n, (p, digest) in enumerate(zip(entry.passages, entry.hashes, strict=True))
        ],
    )
    connection.execute("INSERT INTO seals VALUES (?, ?)", (key, seal_document(connection, key)))


def _remove(connection: apsw.Connection, collection: str, document_id: str, sequence: int) -> None:
    connection.execute(
        "UPDATE documents SET removed = ?, file = NULL WHERE collection = ? AND id = ? AND removed IS NULL",
        (sequence, collection, document_id),
    )


def _put_vectors(connection: apsw.Connection, fingerprint: str, vectors: dict[bytes, bytes]) -> None:
    if not vectors:
        return
    dimensions = len(next(iter(vectors.values()))) // 2
    connection.execute(
        "INSERT OR IGNORE INTO models (fingerprint, dimensions) VALUES (?, ?)", (fingerprint, dimensions)
    )
    model = value(connection, "SELECT key FROM models WHERE fingerprint = ?", (fingerprint,))
    connection.executemany(
        "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)",
        [(model, d, vectors[d], seal(fingerprint.encode(), d, vectors[d])) for d in sorted(vectors)],
    )


def _put_sequence(connection: apsw.Connection, sequence: int) -> None:
    sealed = seal_values(("sequence", sequence))
    connection.execute("UPDATE state SET value = ?, seal = ? WHERE name = 'sequence'", (sequence, sealed))


@contextmanager
def _intact() -> Iterator[None]:
    """What was written as JSON is read as what it was."""
    try:
        yield
    except (ValueError, TypeError, KeyError):
        raise damaged("a row is not as it was written") from None


def _document(connection: apsw.Connection, key: int) -> Document:
    columns = "id, collection, text, attribution, tables, pages, tags, metadata"
    found = row(connection, f"SELECT {columns} FROM documents WHERE key = ?", (key,))
    assert found is not None
    sql = "SELECT headings, anchor, start, end FROM sections WHERE document = ? ORDER BY number"
    sections = list(rows(connection, sql, (key,)))
    with _intact():
        return _document_of(found, sections)


def _document_of(found: Sequence[Any], sections: Sequence[Sequence[Any]]) -> Document:
    return Document(
        id=found[0],
        collection=found[1],
        text=found[2],
        sections=tuple(Section(tuple(json.loads(s[0])), *s[1:]) for s in sections),
        attribution=_attribution(found[3]),
        tables=tuple(Table(*table) for table in json.loads(found[4])),
        pages=tuple(json.loads(found[5])),
        tags=tuple(json.loads(found[6])),
        metadata=json.loads(found[7]),
    )


def _passage(document_id: str, columns: Sequence[Any]) -> Passage:
    passage_id, section, start, end, context, page, sentences = columns[:7]
    return Passage(passage_id, document_id, section, start, end, context, page, _ranges(sentences))


def _stored_passage(columns: Sequence[Any]) -> StoredPassage:
    (key, passage_id, section, start, end, context, page, document_id, collection) = columns[:9]
    attribution, pages, headings, anchor, section_start, section_end = columns[9:15]
    digest, sentences, upto = columns[15:]
    cut = min(start, _BEFORE)
    before, text = upto[:cut], upto[cut:]
    if text_hash(embedded_text(context, text)) != digest:
        raise damaged(f"a passage of {document_id} is not as it was written")
    return StoredPassage(
        key,
        Passage(passage_id, document_id, section, start, end, context, page, _ranges(sentences)),
        text,
        Section(_listed(headings), anchor, section_start, section_end),
        collection,
        _attribution(attribution),
        _listed(pages),
        before,
    )


@lru_cache(maxsize=1024)
def _attribution(written: str) -> Attribution:
    """Kept, because an answer holds several passages of a document, and popular ones come again."""
    return Attribution(**json.loads(written))


@lru_cache(maxsize=1024)
def _listed(written: str) -> tuple[Any, ...]:
    return tuple(json.loads(written))


def _flat(ranges: Sequence[tuple[int, int]]) -> list[int]:
    return [border for pair in ranges for border in pair]


def _ranges(written: str) -> tuple[tuple[int, int], ...]:
    borders = iter(json.loads(written))
    return tuple(zip(borders, borders, strict=True))


def _passage_row(columns: Sequence[Any]) -> PassageRow:
    key, collection, document_id, language, tags, context, text, digest = columns
    if text_hash(embedded_text(context, text)) != digest:
        raise damaged(f"a passage of {document_id} is not as it was written")
    with _intact():
        return PassageRow(key, collection, document_id, language, _listed(tags), context, text, digest)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
