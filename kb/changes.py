"""What was added, updated and removed, in order: for programs that keep something in step with the catalogue.

Each document has one row, its last change, under a mark that is made from its id. Of a removed document
nothing stays, its id neither: when its text is let go of, the mark alone is left, by which who has the
document knows it again. Marks of removals are kept to a number; who was away for longer begins anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

import apsw

from kb.errors import Gone, Stale
from kb.seals import seal_values
from kb.storage import row, rows

_REMEMBERED = 10_000  # removals, at some 100 bytes each
_FROM = "changes_from"  # the sequence after which no removal has been forgotten

_ANEW = "Begin anew: ask for changes after 0, and let go of every document that is not among them"

_COLUMNS = "collection, mark, id, sequence, change"
_PUT = f"INSERT OR REPLACE INTO changes ({_COLUMNS}, seal) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Change:
    """What last became of a document: added, updated or removed, and with which commit."""

    collection: str
    mark: str
    id: str | None
    sequence: int
    change: str


def mark(document_id: str) -> str:
    """The first 32 hexadecimal digits of the SHA-256 of a document's id in UTF-8."""
    return hashlib.sha256(document_id.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def note(connection: apsw.Connection, collection: str, id: str, sequence: int, change: str) -> None:
    """Writes a change down, in the transaction that makes it."""
    _put(connection, Change(collection, mark(id), id, sequence, change))


def begin(connection: apsw.Connection) -> None:
    """Writes down what a catalogue holds that was made before changes were."""
    live = "SELECT collection, id, added FROM documents WHERE removed IS NULL"
    for collection, id, added in list(rows(connection, live)):
        note(connection, collection, id, added, "added")


def after(
    connection: apsw.Connection, collection: str, sequence: int, limit: int
) -> tuple[list[Change], bool]:
    """The changes of a collection after a commit, by (sequence, mark), and whether there are more.

    A commit is given whole, so there may be more than `limit`. Raises Gone where some are forgotten, and
    Stale for a commit that is still to come: the catalogue is an older one than was asked before.
    """
    come_to = row(connection, "SELECT value FROM state WHERE name = 'sequence'")
    if come_to is not None and sequence > come_to[0]:
        raise Stale(
            f"There is no commit {sequence} yet; the last is {come_to[0]}. The catalogue was put back to an "
            f"earlier state. {_ANEW}"
        )
    known = row(connection, "SELECT value FROM state WHERE name = ?", (_FROM,))
    if known is not None and 0 < sequence < known[0]:
        raise Gone(f"Removals up to {known[0]} are forgotten. {_ANEW}")
    sql = f"""SELECT {_COLUMNS} FROM changes WHERE collection = ? AND sequence > ?
              ORDER BY sequence, mark LIMIT ?"""
    found = [Change(*columns) for columns in rows(connection, sql, (collection, sequence, limit))]
    if len(found) < limit:
        return found, False
    last = found[-1]
    rest = f"SELECT {_COLUMNS} FROM changes WHERE collection = ? AND sequence = ? AND mark > ? ORDER BY mark"
    found += [Change(*columns) for columns in rows(connection, rest, (collection, last.sequence, last.mark))]
    more = "SELECT 1 FROM changes WHERE collection = ? AND sequence > ? LIMIT 1"
    return found, row(connection, more, (collection, last.sequence)) is not None


def forget(connection: apsw.Connection, before: int, remembered: int = _REMEMBERED) -> None:
    """Lets go of the ids of what was removed at or before a sequence, and of the oldest removals beyond a
    number."""
    named = f"""SELECT {_COLUMNS} FROM changes WHERE change = 'removed' AND id IS NOT NULL
                AND sequence <= ?"""
    for columns in list(rows(connection, named, (before,))):
        _put(connection, replace(Change(*columns), id=None))
    sql = "SELECT sequence FROM changes WHERE change = 'removed' ORDER BY sequence DESC LIMIT 1 OFFSET ?"
    oldest = row(connection, sql, (remembered,))
    if oldest is None:
        return
    connection.execute("DELETE FROM changes WHERE change = 'removed' AND sequence <= ?", oldest)
    connection.execute(
        "INSERT OR REPLACE INTO state (name, value, seal) VALUES (?, ?, ?)",
        (_FROM, oldest[0], seal_values((_FROM, oldest[0]))),
    )


def broken(connection: apsw.Connection) -> Iterator[str]:
    """What is not as it was written, a line each."""
    for held, *values in rows(connection, f"SELECT seal, {_COLUMNS} FROM changes"):
        if held != seal_values(values):
            yield f"the change {values[1]} of {values[0]} is not as it was written"


def _put(connection: apsw.Connection, change: Change) -> None:
    connection.execute(_PUT, (*astuple(change), seal_values(astuple(change))))
