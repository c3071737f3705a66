"""From what was named on the command line to the files that are to be read."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kb.errors import LimitError, ReadError, Withdrawn
from kb.limits import MEGABYTE, Limits
from kb.readers.jsonl import flaw_of_id
from kb.readers.read import SUFFIXES
from kb.types import Refusal


@dataclass(frozen=True, slots=True)
class File:
    """A file to read. `digest` is the sha256 of its bytes, in hex.

    `folder` is the part of `document_id` that stands for the folder that was named (`site` of
    `site/fees.html`), None where the file itself was: what once came from a folder and is no longer
    in it can be told.
    """

    path: Path
    document_id: str
    folder: str | None
    digest: str


def walk(sources: Sequence[Path], limits: Limits) -> Iterator[File | Refusal]:
    """Every file under what was named, in sorted order, and one refusal for each that is not taken.

    A named link is followed, for it was named; a link inside a folder is not, wherever it leads.
    """
    seen = _Seen()
    for source in sources:
        try:
            yield from _walk_source(source, seen, limits)
        except (OSError, ValueError) as error:
            yield Refusal(printable(str(source)), _reason(error))


def printable(name: str) -> str:
    """A file's name as it can be shown and stored, whatever bytes it is made of."""
    shown = unicodedata.normalize("NFC", name).encode("utf-8", "backslashreplace").decode("utf-8")
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]", lambda match: f"\\x{ord(match[0]):02x}", shown)


class _Seen:
    """What this walk has taken so far: document ids by the digest of their bytes."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.id_of: dict[str, str] = {}

    def take(self, file: File) -> File:
        """Raises ReadError for a file whose bytes or whose id have been taken before."""
        if (twin := self.id_of.get(file.digest)) is not None:
            raise Withdrawn(f"is a duplicate of {twin}")
        if file.document_id in self.ids:
            raise ReadError("has the same name as a file that was read before it")
        self.ids.add(file.document_id)
        self.id_of[file.digest] = file.document_id
        return file


def _walk_source(source: Path, seen: _Seen, limits: Limits) -> Iterator[File | Refusal]:
    name = source.name if source.name not in ("", "..") else source.resolve().name
    path = source.resolve(strict=True)
    if not path.is_dir():
        yield _file(path, name, None, seen, limits)
    elif not name:
        yield Refusal(str(source), "is the root of the file system, not a folder of documents")
    else:
        yield from _walk_folder(path, name, seen, limits)


def _walk_folder(top: Path, name: str, seen: _Seen, limits: Limits) -> Iterator[File | Refusal]:
    folder = unicodedata.normalize("NFC", name)
    waiting = [(top, name)]  # a stack: folders may be nested deeper than functions
    while waiting:
        path, id = waiting.pop()
        try:
            mode = path.lstat().st_mode
            if path != top and path.name.startswith("."):
                yield Refusal(printable(id), "is hidden")
            elif stat.S_ISDIR(mode):
                children = sorted(path.iterdir(), reverse=True)
                waiting += [(child, f"{id}/{child.name}") for child in children]
            else:
                yield _file(path, id, folder, seen, limits)
        except OSError as error:
            yield Refusal(printable(id), _reason(error))


def _file(path: Path, id: str, folder: str | None, seen: _Seen, limits: Limits) -> File | Refusal:
    id = unicodedata.normalize("NFC", id)
    try:
        _check(path, limits)
        if flaw := flaw_of_id(id):
            raise ReadError(f"name {flaw}")
        return seen.take(File(path, id, folder, _digest(path)))
    except ReadError as error:
        return Refusal(printable(id), str(error), isinstance(error, Withdrawn))
    except OSError as error:
        return Refusal(printable(id), _reason(error))


def _check(path: Path, limits: Limits) -> None:
    """Raises ReadError for what need not be opened to be refused; a pipe would wait for ever."""
    status = path.lstat()
    suffix = path.suffix.lower()
    if stat.S_ISLNK(status.st_mode):
        raise ReadError("is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError("is not a regular file")
    if suffix not in SUFFIXES:
        raise ReadError(f"is of a kind that is not read ({printable(suffix) or 'no file extension'})")
    if status.st_size == 0:
        raise Withdrawn("is empty")
    if status.st_size > limits.file_bytes:
        raise LimitError(f"is larger than {limits.file_bytes // MEGABYTE} MB")


def _digest(path: Path) -> str:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist"
    if isinstance(error, PermissionError):
        return "may not be read (permission denied)"
    return f"cannot be opened ({getattr(error, 'strerror', None) or error})"
