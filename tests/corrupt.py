"""Bytes that change on the disk: each change is noticed, told, and mended where it can be.

    python -m tests.corrupt --n 100000 [--repair] [--files all|index|catalogue]
                            [--control trusting|unsealed]

One file after another of two generations, the pointer to them and the catalogue is changed, and a
process of its own opens what is left, asks it, and verifies it. The controls: an index that is opened
without a look at its checksums, and a catalogue of which SQLite's own check is believed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

import kb.catalogue
from index import generation
from index.generation import Generation, open_current
from index.verify import flaws
from kb.catalogue import Catalogue
from kb.errors import KnowledgeBaseError
from kb.ingest import put
from kb.lock import writing
from kb.storage import FILE_NAME
from kb.types import Document
from tests import small
from tests.small import ENCODER, in_child, note, replies, writer

# What a changed file can come to. "harmless" is a byte that means nothing: an unused part of a page.
OPEN, VERIFY, HARMLESS, SILENT, UNTOLD, DIED = "open", "verify", "harmless", "silent", "untold", "died"
_TABLES = ("state", "files", "documents", "sections", "passages", "seals", "models", "vectors")


@dataclass(slots=True)
class Tally:
    """How each change was noticed; `failures` are those that were not, or not as they should be."""

    found: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    served: int = 0  # answers with other words than were written
    repaired: int = 0

    def __str__(self) -> str:
        counts = ", ".join(f"{n} {name}" for name, n in sorted(self.found.items()))
        head = f"{sum(self.found.values())} changes: {counts}; {self.served} served, {self.repaired} repaired"
        return "\n".join([head, *self.failures[:20]])


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to which file."""

    file: str
    kind: str
    seed: float


def corrupt(
    n: int, seed: int = 0, files: str = "all", repair: bool = False, control: str | None = None
) -> Tally:
    """Makes `n` changes, one at a time, and says how each was noticed."""
    chance, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory(prefix="kb-corrupt-", dir=small.quick_folder()) as name:
        base = _Base(Path(name))
        targets = base.files(files)
        for number in range(n):
            kind = chance.choice([*_KINDS, "swap", "remove"])
            change = Change(targets[number % len(targets)], kind, chance.random())
            if base.apply(change):
                _judge(base, change, repair, control, tally)
                base.restore()
    return tally


class _Base:
    """A knowledge base with two generations, two collections, a log not yet written back, and a twin."""

    def __init__(self, folder: Path) -> None:
        self.data, self._book = folder / ".kb", folder / "book"
        self._book.mkdir()
        assert in_child(self._build) == 0
        twin = folder / "twin"
        assert in_child(lambda: _build_twin(twin)) == 0
        self.pristine = _contents(self.data)
        self.twin = _contents(twin)
        self.content = self.ask(lambda: _logical(self.data))
        self.replies = self.ask(lambda: _replies(self.data, None))
        self.restore()

    def _build(self) -> None:
        with writer(self.data) as catalogue:
            notes = [note(f"note-{n}", tags=("a",)) for n in range(12)]
            notes += [note(f"note-{n}", collection="other", language="de") for n in range(4)]
            put(catalogue, ENCODER, notes)
            put(catalogue, ENCODER, [_long(n) for n in range(12)])  # pages that the log does not hold anew
            put(catalogue, ENCODER, [note(f"note-{n}", 1) for n in range(4)])
            small.make(catalogue, self.data)
        with writer(self.data) as catalogue:
            put(catalogue, ENCODER, [note(f"note-{n}", 2) for n in range(3)])
            catalogue.commit(removed=[("default", "note-7")])
            small.make(catalogue, self.data)
            os._exit(0)  # without closing: the log stays

    def files(self, which: str) -> list[str]:
        """The files that are changed. What SQLite shares in memory is made anew from the log."""
        names = [name for name in self.pristine if not name.endswith(("-shm", ".lock"))]
        catalogue = [name for name in names if name.startswith(FILE_NAME)]
        index = [name for name in names if name not in catalogue]
        if which != "all":
            return {"catalogue": catalogue, "index": index}[which]
        return index + catalogue * (max(1, len(index) // (2 * len(catalogue))))

    def apply(self, change: Change) -> bool:
        """False where the change would leave the file as it is."""
        before, chance = self.pristine[change.file], random.Random(change.seed)
        if change.kind == "remove":
            after = None
        elif change.kind == "swap":
            after = chance.choice(self._others(change.file))
        else:
            after = _KINDS[change.kind](before, chance)
        path = self.data / change.file
        path.unlink()
        if after is not None:
            path.write_bytes(after)
        return after != before

    def _others(self, file: str) -> list[bytes]:
        """What the files of this name in the other generation and in the twin hold."""
        named = [content for name, content in self.pristine.items() if Path(name).name == Path(file).name]
        return [*named, self.twin.get(file, b"")]

    def restore(self) -> None:
        """Everything as it was."""
        shutil.rmtree(self.data)
        for name, content in self.pristine.items():
            if not name.endswith("-shm"):
                (self.data / name).parent.mkdir(parents=True, exist_ok=True)
                (self.data / name).write_bytes(content)

    def ask(self, work: Callable[[], Any]) -> Any:
        """What it gives, worked out in a process of its own; None where that died."""
        answer = self._book / "answer"
        answer.unlink(missing_ok=True)
        in_child(lambda: _note(answer, json.dumps(work())), seconds=20)
        return json.loads(answer.read_text()) if answer.exists() else None


def _long(number: int) -> Document:
    lines = [note(f"long-{number}-{n}", number).text for n in range(25)]
    return small.document(f"long-{number}", "\n\n".join(lines), collection="archive")


def _note(path: Path, text: str) -> None:
    path.write_text(text)


def _build_twin(data: Path) -> None:
    """The same folders and files of other documents, to put in each other's place."""
    with writer(data) as catalogue:
        put(catalogue, ENCODER, [note(f"note-{n}", 5) for n in range(12)])
        put(catalogue, ENCODER, [note("note-1", 5, collection="other")])
        small.make(catalogue, data)
        catalogue.commit(removed=[("default", "note-7")])
        small.make(catalogue, data)


def _contents(data: Path) -> dict[str, bytes]:
    files = sorted(path for path in data.rglob("*") if path.is_file())
    return {path.relative_to(data).as_posix(): path.read_bytes() for path in files}


# -- changes


def _flip(content: bytes, chance: random.Random) -> bytes:
    return _replaced(content, chance, lambda byte: byte ^ (1 << chance.randrange(8)))


def _byte(content: bytes, chance: random.Random) -> bytes:
    return _replaced(content, chance, lambda _: chance.randrange(256))


def _replaced(content: bytes, chance: random.Random, change: Callable[[int], int]) -> bytes:
    if not content:
        return b"\0"
    changed, place = bytearray(content), chance.randrange(len(content))
    changed[place] = change(changed[place])
    return bytes(changed)


def _zero(content: bytes, chance: random.Random) -> bytes:
    place, length = chance.randrange(len(content) + 1), chance.choice((1, 16, 512, 4096))
    return content[:place] + bytes(len(content[place : place + length])) + content[place + length :]


def _truncate(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _append(content: bytes, chance: random.Random) -> bytes:
    return content + chance.randbytes(chance.choice((1, 16, 4096)))


def _move(content: bytes, chance: random.Random) -> bytes:
    """A block where another should be, as a disk that writes to the wrong place leaves it."""
    length = chance.choice((16, 512, 4096))
    source, target = chance.randrange(len(content) + 1), chance.randrange(len(content) + 1)
    block = content[source : source + length][: len(content) - target]
    return content[:target] + block + content[target + len(block) :]


_KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "flip": _flip,
    "byte": _byte,
    "zero": _zero,
    "truncate": _truncate,
    "append": _append,
    "move": _move,
}


# -- what it comes to


def _judge(base: _Base, change: Change, repair: bool, control: str | None, tally: Tally) -> None:
    told = base.ask(lambda: _notice(base, control)) or [DIED, 0]
    tally.found[told[0]] += 1
    tally.served += told[1]
    if told[0] in (SILENT, UNTOLD, DIED):
        tally.failures.append(f"{told[0]}: {change}")
    derived = not change.file.startswith(FILE_NAME)
    if repair and derived:
        if in_child(lambda: _repair(base)):
            tally.failures.append(f"not repaired: {change}")
        tally.repaired += 1


def _notice(base: _Base, control: str | None) -> tuple[str, int]:
    """How it is noticed, and whether other words than were written were answered before."""
    served, opened = 0, True
    try:
        found = _replies(base.data, control)
        served = int(_words(found) - _words(base.replies) != set())
        same = found == base.replies
        if control == "trusting":
            return (HARMLESS if same else SILENT), served
    except KnowledgeBaseError:
        opened = False
    except Exception as error:
        print(f"untold: {error!r}", file=sys.stderr)
        return UNTOLD, served
    if control == "unsealed":
        vars(kb.catalogue)["broken"] = _sqlite_alone
    try:
        with Catalogue(base.data / FILE_NAME) as catalogue:
            if list(flaws(catalogue, base.data)):
                return (VERIFY if opened else OPEN), served
    except KnowledgeBaseError:
        return OPEN, served
    except Exception as error:
        print(f"untold: {error!r}", file=sys.stderr)
        return UNTOLD, served
    if not opened:
        return UNTOLD, served  # questions are refused, and verify finds nothing
    return (HARMLESS if same and _logical(base.data) == base.content else SILENT), served


def _words(found: Sequence[Sequence[Any]]) -> set[str]:
    return {one[1] for one in found}


def _replies(data: Path, control: str | None) -> list[list[Any]]:
    with Catalogue(data / FILE_NAME) as catalogue:
        opened = _trusting(data) if control == "trusting" else open_current(data)
        return [list(one) for one in replies(opened, catalogue)]


def _trusting(data: Path) -> Generation:
    """The negative control: opens an index without a look at its checksums."""
    check = generation.verify
    generation.verify = _no_look
    try:
        return open_current(data)
    finally:
        generation.verify = check


def _sqlite_alone(connection: apsw.Connection) -> Iterator[str]:
    """In the place of `kb.seals.broken`."""
    found = (str(row[0]) for row in connection.execute("PRAGMA integrity_check"))
    return (line for line in found if line != "ok")


def _no_look(path: Path, manifest: generation.Manifest) -> None:
    """In the place of `generation.verify`."""


def _logical(data: Path) -> list[Any]:
    """Every value in the catalogue; where in the file it stands does not matter."""
    connection = apsw.Connection(str(data / FILE_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    rows = [repr(sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))) for table in _TABLES]
    rows.append(repr(sorted(map(repr, connection.execute("SELECT * FROM sqlite_master")))))
    connection.close()
    return rows


def _repair(base: _Base) -> None:
    """`make` gives the bytes that the current generation had, and nothing damaged is left."""
    want = json.loads(base.pristine["CURRENT"])
    with writing(base.data), writer(base.data) as catalogue:
        name = small.make(catalogue, base.data)
        assert not list(flaws(catalogue, base.data))
    files = _contents(base.data / "generations" / name)
    prefix = f"generations/{want['generation']}/"
    assert files == {
        held.removeprefix(prefix): content
        for held, content in base.pristine.items()
        if held.startswith(prefix)
    }
    open_current(base.data)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every change was noticed; with `--control`, 0 where some were not."""
    parser = argparse.ArgumentParser(prog="python -m tests.corrupt", description=__doc__)
    parser.add_argument("--n", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", choices=("all", "index", "catalogue"), default="all")
    parser.add_argument("--repair", action="store_true")
    parser.add_argument("--control", choices=("trusting", "unsealed"), default=None)
    given = parser.parse_args(arguments)
    tally = corrupt(given.n, given.seed, given.files, given.repair, given.control)
    print(tally)
    return int(bool(tally.failures) != bool(given.control))


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        sys.exit(main())
