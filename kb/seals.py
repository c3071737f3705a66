"""Seals: what tells rows as they were written from rows that a disk has changed since.

SQLite's own check sees a broken page or index, not a broken word: a flipped bit in a dose reads as
another dose. So every row's values are hashed when they are written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import apsw

from kb.storage import BEFORE_CHANGES, CHANGES, SCHEMA, rows, value

_DOCUMENT = """SELECT collection, id, added, digest, cutter, language, attribution, tables, pages, tags,
               metadata, text FROM documents WHERE key = ?"""
_SECTIONS = "SELECT number, headings, anchor, start, end FROM sections WHERE document = ? ORDER BY number"
_PASSAGES = """SELECT number, id, section, start, end, context, page, sentences, hash
               FROM passages
               WHERE document = ? ORDER BY number"""


def seal(*parts: bytes) -> bytes:
    """The same for the same parts, and for no others."""
    state = hashlib.blake2b(digest_size=8)
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.digest()


def text_hash(embedded: str) -> bytes:
    """What tells one embedded text from every other; vectors are kept by it."""
    return hashlib.blake2b(embedded.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def seal_values(values: Iterable[object]) -> bytes:
    """The seal of a row's values as SQLite gives them: text, whole numbers, bytes, None."""
    return seal(repr(tuple(values)).encode("utf-8", "surrogatepass"))


def seal_document(connection: apsw.Connection, key: int) -> bytes:
    """The seal of a document's row, its sections and its passages, as they are now.

    `removed` and `file` change during a document's life; their indexes give them away.
    """
    held = [found for sql in (_DOCUMENT, _SECTIONS, _PASSAGES) for found in rows(connection, sql, (key,))]
    return seal_values(held)


def broken(connection: apsw.Connection) -> Iterator[str]:
    """What is not as it was written, a line each: SQLite's check first, then every seal."""
    lines = [str(found[0]) for found in rows(connection, "PRAGMA integrity_check(20)")]
    yield from (line for line in lines if line != "ok")
    for table, key, *_ in rows(connection, "PRAGMA foreign_key_check"):
        yield f"row {key} of {table} belongs to nothing"
    schema = {
        found[0] for found in rows(connection, "SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'")
    }
    older = CHANGES if value(connection, "PRAGMA user_version") == BEFORE_CHANGES else ()
    if schema != {one for one in SCHEMA if one.startswith("CREATE") and one not in older}:
        yield "the tables are not those that were made"
    yield from _broken_documents(connection)
    for key, held, *values in rows(
        connection, "SELECT key, seal, collection, path, folder, digest FROM files"
    ):
        if held != seal_values(values):
            yield f"file record {key} is not as it was written"
    for name, held, number in rows(connection, "SELECT name, seal, value FROM state"):
        if held != seal_values((name, number)):
            yield f"the {name} is not as it was written"
    yield from _broken_vectors(connection)


def _broken_documents(connection: apsw.Connection) -> Iterator[str]:
    sql = """SELECT d.key, d.collection, d.id, s.seal FROM documents d
             LEFT JOIN seals s ON s.document = d.key ORDER BY d.key"""
    for key, collection, document_id, held in rows(connection, sql):
        if held != seal_document(connection, key):
            yield f"document {collection}/{document_id} is not as it was written"


def _broken_vectors(connection: apsw.Connection) -> Iterator[str]:
    sql = """SELECT m.fingerprint, m.dimensions, v.hash, v.vector, v.seal
             FROM vectors v JOIN models m ON m.key = v.model"""
    number = 0
    for fingerprint, dimensions, digest, vector, held in rows(connection, sql):
        whole = held == seal(fingerprint.encode(), digest, vector)
        number += not whole or len(vector) != 2 * dimensions
    if number:
        yield f"{number} vectors are not as they were written"
