"""API keys: who may do what in which collection.

A key is 256 random bits behind a public id. It is told once, when it is made; what is kept is its SHA-256.
A revoked key's row stays, so that a knowledge base that has ever had a key is never open to everyone again
because its last one is gone.

The keys have a file of their own, not the catalogue: a key is revoked at once, also while an ingest holds
the writer's lock. It is no WAL database, so that a reader sees from the file's head alone that it changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hmac import compare_digest
from pathlib import Path
from typing import Any

import apsw

from kb.config import ORIGIN
from kb.errors import Damaged, KnowledgeBaseError, NotFound, QueryError, StorageFull
from kb.storage import Transaction, rows

FILE_NAME = "keys.sqlite"
SCOPES = ("search", "ingest", "admin")  # each may do what those before it may
OVERLAP = 24 * 3600  # seconds that a rotated key goes on beside its successor, unless told otherwise
LONGEST = 3653 * 86400  # seconds, ten years: the most that a key lasts, or goes on beside its successor

_SCHEMA = """CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY, digest BLOB NOT NULL, scope TEXT NOT NULL, collection TEXT NOT NULL,
    origins TEXT NOT NULL, rate TEXT, note TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER,
    revoked INTEGER, replaces TEXT) WITHOUT ROWID"""
_COLUMNS = "id, digest, scope, collection, origins, rate, note, created, expires, revoked, replaces"
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_LIFETIME = re.compile(r"(\d{1,6})\s*(s|min|h|d|w)")
_RATE = re.compile(r"(\d{1,7})\s*/\s*(s|min|h|d)")
_NOBODY = hashlib.sha256(b"").digest()
_HEAD = 28  # bytes; SQLite's change counter is in the last four of them (sqlite.org/fileformat2.html)
_LOOK_EVERY = 0.25  # seconds; a revoked key is to be refused within one


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    requests: int
    seconds: int

    def __str__(self) -> str:
        unit = next(name for name, seconds in _SECONDS.items() if seconds == self.seconds)
        return f"{self.requests}/{unit}"


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept. Times are whole seconds since 1970; `origins` are those of the pages that may
    use it, any where there are none."""

    id: str
    digest: bytes
    scope: str
    collection: str
    origins: tuple[str, ...] = ()
    rate: Rate | None = None
    note: str = ""
    created: int = 0
    expires: int | None = None
    revoked: int | None = None
    replaces: str | None = None

    def state(self, now: float) -> str:
        """active, expired or revoked."""
        if self.revoked is not None:
            return "revoked"
        return "expired" if self.expires is not None and now >= self.expires else "active"


class Keys:
    """The keys of one knowledge base, for `kb keys`."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE_NAME

    def create(
        self,
        scope: str,
        collection: str,
        *,
        origins: Sequence[str] = (),
        rate: Rate | None = None,
        expires: int | None = None,
        note: str = "",
    ) -> tuple[Key, str]:
        """Makes a key; gives it as it is kept, and, this once, as it is used. Raises QueryError."""
        if scope not in SCOPES:
            raise QueryError(f"scope is one of {', '.join(SCOPES)}; not {scope}", "scope")
        if not collection:
            raise QueryError("a key needs a collection", "collection")
        if rate is not None:
            rate = read_rate(str(rate))  # what is kept can be read again
        proper = tuple(checked_origin(origin) for origin in origins)
        return self._put(Key("", b"", scope, collection, proper, rate, note, expires=expires))

    def rotate(self, id: str, overlap: int = OVERLAP, expires: int | None = None) -> tuple[Key, str, Key]:
        """Makes a key like this one, which itself ends after `overlap` seconds. Gives the new one, as it
        is kept and as it is used, and the old one. A lifetime is begun anew, unless `expires` is given.
        Raises NotFound, QueryError."""
        if overlap > LONGEST:
            raise QueryError("--overlap: a key goes on beside its successor for ten years at most", "overlap")
        now = int(time.time())
        old = self._held(id)
        if old.state(now) != "active":
            raise QueryError(f"{id} is {old.state(now)}; make a new one: kb keys create", "id")
        if expires is None and old.expires is not None:
            expires = now + min(old.expires - old.created, LONGEST)
        ends = min(now + overlap, old.expires or now + overlap)
        new, token = self._put(replace(old, expires=expires, replaces=old.id), ends)
        return new, token, replace(old, expires=ends)

    def revoke(self, id: str) -> Key:
        """Ends a key, at once. Raises NotFound."""
        held = self._held(id)
        revoked = held.revoked or int(time.time())
        with self._writing() as connection:
            connection.execute("UPDATE keys SET revoked = ? WHERE id = ?", (revoked, id))
        return replace(held, revoked=revoked)

    def all(self) -> list[Key]:
        """Every key that there has been, the oldest first."""
        return read(self._path)

    def _held(self, id: str) -> Key:
        found = next((key for key in self.all() if key.id == id), None)
        if found is None:
            raise NotFound(f"There is no key {id}. To see them: kb keys list")
        return found

    def _put(self, like: Key, replaced_ends: int | None = None) -> tuple[Key, str]:
        id = secrets.token_hex(6)
        token = f"kb_{id}_{secrets.token_urlsafe(32)}"
        key = replace(like, id=id, digest=digest_of(token), created=int(time.time()))
        values = (
            key.id,
            key.digest,
            key.scope,
            key.collection,
            json.dumps(key.origins),
            None if key.rate is None else str(key.rate),
            key.note,
            key.created,
            key.expires,
            None,
            key.replaces,
        )
        with self._writing() as connection:
            connection.execute(f"INSERT INTO keys ({_COLUMNS}) VALUES ({','.join('?' * 11)})", values)
            if key.replaces is not None:
                ends = "UPDATE keys SET expires = ? WHERE id = ?"
                connection.execute(ends, (replaced_ends, key.replaces))
        return key, token

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        with _told(self._path):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise KnowledgeBaseError(f"{self._path} cannot be written: {error.strerror}") from None
            flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
            connection = apsw.Connection(str(self._path), flags=flags)
            try:
                connection.set_busy_timeout(5000)
                connection.execute("PRAGMA synchronous = FULL")
                with Transaction(connection):
                    connection.execute(_SCHEMA)
                    yield connection
            finally:
                connection.close(True)


class KeyRing:
    """The keys as a service holds them: up to date within a quarter of a second, for one thread."""

    def __init__(self, data: Path, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = data / FILE_NAME, clock
        self._keys: dict[str, Key] = {}
        self._seen: object = None
        self._look_at = 0.0
        self._any = False
        self._look()

    @property
    def any(self) -> bool:
        """Whether there is, or ever was, a key. Raises Damaged where that cannot be known."""
        self._renew()
        return self._any

    @property
    def usable(self) -> bool:
        """Whether any key would be taken now."""
        self._renew()
        return any(key.state(self._clock()) == "active" for key in self._keys.values())

    def origins(self) -> set[str]:
        """Of the pages that some key is for."""
        self._renew()
        now = self._clock()
        return {o for key in self._keys.values() if key.state(now) == "active" for o in key.origins}

    def find(self, token: str) -> Key | None:
        """The key that this is, if it is one that may be used now.

        The id tells which one it claims to be, and is no secret; all of it is compared in a time that
        does not depend on where it differs, with nothing where the id is nobody's.
        """
        self._renew()
        parts = token.split("_", 2)
        held = self._keys.get(parts[1]) if len(parts) == 3 else None
        right = compare_digest(digest_of(token), _NOBODY if held is None else held.digest)
        return held if right and held is not None and held.state(self._clock()) == "active" else None

    def _renew(self) -> None:
        if time.monotonic() >= self._look_at:
            self._look()

    def _look(self) -> None:
        """Reads the keys again where their file has changed. A file that is gone leaves no key, and the
        service as closed as it was."""
        seen = self._signature()
        if seen != self._seen:
            keys = [] if seen is None else read(self._path)
            self._keys = {key.id: key for key in keys}
            self._any = self._any or bool(keys)
            self._seen = seen
        self._look_at = time.monotonic() + _LOOK_EVERY

    def _signature(self) -> object:
        try:
            with self._path.open("rb") as file:
                return self._path.stat().st_ino, file.read(_HEAD)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Damaged(f"{self._path} cannot be read: {error.strerror}") from None


def read(path: Path) -> list[Key]:
    """The keys of a file, the oldest first; none where there is no file. Raises Damaged."""
    if not path.is_file():
        return []
    with _told(path):
        # To be written, if it may be: a process that was killed may have left a change to be undone.
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            connection.set_busy_timeout(2000)
            if not list(rows(connection, "SELECT 1 FROM sqlite_master WHERE name = 'keys'")):
                return []
            found = list(rows(connection, f"SELECT {_COLUMNS} FROM keys ORDER BY created, id"))
        finally:
            connection.close(True)
        return [_key(*columns) for columns in found]


def _key(
    id: str, digest: bytes, scope: str, collection: str, origins: str, held_to: str | None, *rest: Any
) -> Key:
    note, created, expires, revoked, replaces = rest
    limit = None if held_to is None else read_rate(held_to)
    return Key(
        id,
        digest,
        scope,
        collection,
        tuple(json.loads(origins)),
        limit,
        note,
        created,
        expires,
        revoked,
        replaces,
    )


def digest_of(token: str) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def read_rate(text: str) -> Rate:
    """60/min, 10/s, 1000/h, 20000/d. Raises QueryError."""
    found = _RATE.fullmatch(text.strip())
    if not found or not int(found[1]):
        raise QueryError(f"{text} is no rate; write it as 60/min, 10/s, 1000/h or 20000/d", "rate")
    return Rate(int(found[1]), _SECONDS[found[2]])


def lifetime(text: str) -> int:
    """90d, 12h, 30min, 4w, 45s: so many seconds. Raises QueryError."""
    found = _LIFETIME.fullmatch(text.strip())
    if not found:
        raise QueryError(f"{text} is no time; write it as 90d, 12h, 30min, 4w or 45s", "time")
    return int(found[1]) * _SECONDS[found[2]]


def expiry(text: str, now: float) -> int:
    """When a key ends: a time from now (90d), or a day (2027-01-31, its beginning in UTC). Raises QueryError
    where that is not to come, or more than ten years away."""
    try:
        ends = int(datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError:
        ends = int(now) + lifetime(text)
    if not now < ends <= now + LONGEST:
        raise QueryError(f"--expires {text}: a key ends in the time to come, within ten years", "expires")
    return ends


def checked_origin(origin: str) -> str:
    """An origin as a browser sends it. Raises QueryError where it is none."""
    if not ORIGIN.fullmatch(origin):
        raise QueryError(f"{origin} is no origin; write it as https://www.example.org", "origin")
    return origin


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, apsw.FormatError, apsw.SQLError, ValueError, TypeError):
        raise Damaged(
            f"The keys are damaged ({path}). Restore the file from a backup, or move it away and make new "
            "ones: kb keys create"
        ) from None
    except (apsw.FullError, apsw.IOError):
        raise StorageFull(f"{path} cannot be written; nothing was kept. Free some space.") from None
    except apsw.Error as error:
        raise KnowledgeBaseError(f"{path} cannot be opened: {error}") from None
