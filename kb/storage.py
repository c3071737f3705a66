"""SQLite as the catalogue uses it: the tables, the connections, a transaction, and errors in words.

The SQLite is APSW's own: the system's may be older than 3.51.3, before which WAL mode could lose
commits (sqlite.org/wal.html#walresetbug).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

from kb.errors import Damaged, KnowledgeBaseError, NotReady, StorageFull, WriterBusy

FILE_NAME = "catalogue.sqlite"
FORMAT = 4
BEFORE_CHANGES = 3  # is brought to today's by the first who writes
OLDEST_SQLITE = (3, 51, 3)

_BEFORE = (
    """CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL, seal BLOB) WITHOUT ROWID""",
    """INSERT INTO state VALUES ('sequence', 0, NULL)""",
    """CREATE TABLE files (
        key INTEGER PRIMARY KEY, collection TEXT NOT NULL, path TEXT NOT NULL, folder TEXT,
        digest TEXT NOT NULL, seal BLOB NOT NULL, UNIQUE (collection, path))""",
    """CREATE TABLE documents (
        key INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, id TEXT NOT NULL,
        added INTEGER NOT NULL, removed INTEGER, file INTEGER REFERENCES files (key) ON DELETE SET NULL,
        digest TEXT NOT NULL, cutter TEXT NOT NULL, language TEXT, attribution TEXT NOT NULL,
        tables TEXT NOT NULL, pages TEXT NOT NULL, tags TEXT NOT NULL,
        metadata TEXT NOT NULL, text TEXT NOT NULL)""",
    """CREATE UNIQUE INDEX live_documents ON documents (collection, id) WHERE removed IS NULL""",
    """CREATE INDEX documents_of_file ON documents (file) WHERE removed IS NULL""",
    """CREATE INDEX removed_documents ON documents (removed) WHERE removed IS NOT NULL""",
    """CREATE TABLE sections (
        document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE, number INTEGER NOT NULL,
        headings TEXT NOT NULL, anchor TEXT, start INTEGER NOT NULL, end INTEGER NOT NULL,
        PRIMARY KEY (document, number)) WITHOUT ROWID""",
    """CREATE TABLE passages (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        document INTEGER NOT NULL REFERENCES documents (key) ON DELETE CASCADE, number INTEGER NOT NULL,
        id TEXT NOT NULL, section INTEGER NOT NULL, start INTEGER NOT NULL, end INTEGER NOT NULL,
        context TEXT NOT NULL, page INTEGER, sentences TEXT NOT NULL, hash BLOB NOT NULL,
        UNIQUE (document, number))""",
    """CREATE INDEX passages_hash ON passages (hash)""",
    """CREATE TABLE seals (
        document INTEGER PRIMARY KEY REFERENCES documents (key) ON DELETE CASCADE, seal BLOB NOT NULL)""",
    """CREATE TABLE models (
        key INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, dimensions INTEGER NOT NULL)""",
    """CREATE TABLE vectors (
        model INTEGER NOT NULL REFERENCES models (key) ON DELETE CASCADE, hash BLOB NOT NULL,
        vector BLOB NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (model, hash)) WITHOUT ROWID""",
)
CHANGES = (
    """CREATE TABLE changes (
        collection TEXT NOT NULL, mark TEXT NOT NULL, id TEXT, sequence INTEGER NOT NULL,
        change TEXT NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (collection, mark)) WITHOUT ROWID""",
    """CREATE INDEX changes_in_order ON changes (collection, sequence, mark)""",
)
SCHEMA = (*_BEFORE, *CHANGES)


def open_to_write(path: str) -> apsw.Connection:
    """A connection that may write; every commit is on the disk when it returns."""
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)
    _configure(connection)
    connection.execute("PRAGMA journal_mode = WAL").fetchall()
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON").fetchall()
    connection.execute("PRAGMA journal_size_limit = 67108864").fetchall()
    return connection


class Transaction:
    """BEGIN IMMEDIATE … COMMIT; rolled back when anything fails."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> apsw.Connection:
        self._connection.execute("BEGIN IMMEDIATE")
        return self._connection

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            try:
                self._connection.execute("COMMIT")
                return
            except apsw.Error:
                self._roll_back()
                raise
        self._roll_back()

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def open_to_read(path: str) -> apsw.Connection:
    """A connection that reads beside a writer, or from a folder that nobody can write."""
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        _configure(connection)
        connection.execute("SELECT 1 FROM sqlite_master").fetchall()
        return connection
    except (apsw.CantOpenError, apsw.ReadOnlyError):
        if Path(path + "-journal").exists():  # only a catalogue that is being made has one
            connection.close(True)
            raise NotReady("Nothing has been ingested yet. Run: kb ingest SOURCE") from None
        # A folder that cannot be written has no room for the shared memory of WAL. With no WAL left
        # to read, the file alone is the whole truth.
        connection.close(True)
        wal = Path(path + "-wal")
        if wal.exists() and wal.stat().st_size:
            raise
        uri = f"file:{quote(path)}?immutable=1"
        return apsw.Connection(uri, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)


def damaged(what: str) -> Damaged:
    """The error for a catalogue whose bytes are not those that were written."""
    return Damaged(
        f"The catalogue is damaged ({what}). Restore .kb/{FILE_NAME} from a backup, "
        "or move it away and run: kb ingest SOURCE"
    )


@contextmanager
def told() -> Iterator[None]:
    """SQLite's errors in words that say how to mend them."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, apsw.FormatError, apsw.SQLError) as error:
        raise damaged(
            str(error)
        ) from None  # SQLError: of statements that are fixed, a table is not what it was
    except UnicodeDecodeError:
        raise damaged("a text is not UTF-8") from None
    except apsw.FullError:
        raise StorageFull("The disk is full; nothing was written. Free some space and try again.") from None
    except apsw.IOError as error:
        raise StorageFull(f"The catalogue cannot be written: {error}; nothing was kept.") from None
    except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
        raise KnowledgeBaseError(
            f"The catalogue cannot be opened: {error}. Is its folder writable for this user?"
        ) from None
    except apsw.BusyError:
        raise WriterBusy(
            "Another process is writing to this knowledge base. Try again when it is done."
        ) from None


def rows(connection: apsw.Connection, sql: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """What a statement gives, row by row."""
    return iter(connection.execute(sql, tuple(values)))


def row(connection: apsw.Connection, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row that a statement gives."""
    return next(rows(connection, sql, values), None)


def value(connection: apsw.Connection, sql: str, values: Sequence[Any] = ()) -> Any:
    """The first column of the first row, which there must be."""
    found = row(connection, sql, values)
    if found is None:
        raise damaged("a row is missing")
    return found[0]


def _configure(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(5000)
    connection.execute("PRAGMA foreign_keys = ON")
