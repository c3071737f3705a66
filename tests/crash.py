"""Writers that die: killed at any moment, at every step, without power, and on a full disk.

    python -m tests.crash kill9 --n 1000 [--during ingest,update,delete,compact] [--control in-place|early]
    python -m tests.crash syscalls [--control in-place]
    python -m tests.crash powerloss --n 10000 [--control unsynced]
    python -m tests.crash enospc --n 50 [--tmpfs 4M] [--control deaf]

A writer is a process of its own; what it acknowledges comes over a pipe; another process looks at what
is left. `--control` breaks the property that is checked, and the run must then fail.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from index.generation import oldest_kept_sequence, open_current
from index.verify import flaws
from kb.catalogue import Catalogue
from kb.errors import KnowledgeBaseError, NotReady, StorageFull
from kb.ingest import put
from kb.lock import writing
from kb.storage import FILE_NAME
from tests import small
from tests.disk import Event, Recorder, image, marks, read_events
from tests.small import ENCODER, in_child, note, replies, version_of, writer

OPERATIONS = ("ingest", "update", "delete", "compact")
_DEAD = 9
_IDS = [f"note-{number}" for number in range(30)]
_WEIGHTS = {"ingest": 5, "update": 5, "delete": 20, "compact": 1}  # by how briefly each takes
_OF_NAMES = ("enter", "leave", "move")  # what changes a name
_ROUNDS, _IMAGES_A_RECORDING = 3, 50
_KILLS_A_FOLDER = 25  # then a new knowledge base, so that early kills stay among them

Make = Callable[[Catalogue, Path], str]


@dataclass(slots=True)
class Tally:
    """What a run saw; `failures` says each thing that must not be."""

    runs: int = 0
    acknowledged: int = 0
    during: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    failed_runs: int = 0

    def note(self, failures: Sequence[str]) -> None:
        self.runs += 1
        self.failures += failures
        self.failed_runs += bool(failures)

    def __str__(self) -> str:
        lines = [
            f"{self.runs} runs, {self.acknowledged} acknowledged, {self.failed_runs} failed",
            ", ".join(f"{n} during {name}" for name, n in sorted(self.during.items())),
            *self.failures[:10],
        ]
        return "\n".join(line for line in lines if line)


# -- killed at any moment


def kill9(n: int, seed: int = 0, during: Sequence[str] = OPERATIONS, control: str | None = None) -> Tally:
    """`n` writers, each killed 5 to 120 ms after its first step; nothing acknowledged may be lost."""
    chance, tally = random.Random(seed), Tally()
    while tally.runs < n:
        with _folder() as folder:
            book = _Book(dict.fromkeys(_IDS[:10], 0))
            assert in_child(lambda: _begin(folder / ".kb", control)) == 0
            for _ in range(min(_KILLS_A_FOLDER, n - tally.runs)):
                _kill_one(folder, book, chance, during, control, tally)
    return tally


@dataclass(slots=True)
class _Book:
    """What the writers acknowledged: each note's version, None for one that was removed."""

    versions: dict[str, int | None] = field(default_factory=dict)
    begun: dict[str, int | None] = field(default_factory=dict)
    generation: int = 0  # the sequence of the last generation that was acknowledged


def _begin(data: Path, control: str | None) -> None:
    with writer(data) as catalogue:
        put(catalogue, ENCODER, [note(id) for id in _IDS[:10]])
        _make(control)(catalogue, data)


def _make(control: str | None) -> Make:
    return small.make_in_place if control == "in-place" else small.make


def _kill_one(
    folder: Path,
    book: _Book,
    chance: random.Random,
    during: Sequence[str],
    control: str | None,
    tally: Tally,
) -> None:
    reading, sending = os.pipe()
    seed = chance.random()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _write_until_killed(folder, dict(book.versions), sending, seed, during, control)
    os.close(sending)
    with os.fdopen(reading, "rb") as pipe:
        first = pipe.readline()
        time.sleep(chance.uniform(0.005, 0.12))
        os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        messages = [json.loads(line) for line in (first + pipe.read()).splitlines()]
    failures = [] if status == -signal.SIGKILL else [f"the writer ended by itself: {status}"]
    doing = "nothing"
    for message in messages:
        doing = _enter(book, message, tally)
    tally.during[doing] += 1
    failures += _look(folder, book)
    tally.note(failures)


def _enter(book: _Book, message: dict[str, Any], tally: Tally) -> str:
    """Notes what was begun or acknowledged; gives what is under way now."""
    if message["step"] == "begin":
        book.begun = dict(message["notes"])
        return str(message["operation"])
    book.versions.update(message["notes"])
    tally.acknowledged += len(message["notes"])
    book.begun = {}
    book.generation = max(book.generation, message["generation"])
    return "nothing"


def _write_until_killed(
    folder: Path,
    versions: dict[str, int | None],
    pipe: int,
    seed: float,
    during: Sequence[str],
    control: str | None,
) -> NoReturn:
    chance = random.Random(seed)
    code = 1
    try:
        with writing(folder / ".kb", wait=5), writer(folder / ".kb") as catalogue:
            while True:
                operation = chance.choices(list(during), [_WEIGHTS[name] for name in during])[0]
                notes = _plan(operation, versions, chance)
                _send(pipe, "begin", operation, notes)
                if control == "early":
                    _send(pipe, "end", operation, notes)
                made = _do(operation, notes, catalogue, folder / ".kb", _make(control))
                versions.update(notes)
                _send(pipe, "end", operation, notes, made)
    except BaseException as error:
        print(f"writer: {error!r}", file=sys.stderr)
    finally:
        os._exit(code)


def _plan(operation: str, versions: dict[str, int | None], chance: random.Random) -> dict[str, int | None]:
    """Which notes the next step changes, and to which version."""
    live = [id for id, version in versions.items() if version is not None]
    some = chance.randint(1, 4)
    if operation == "ingest" or len(live) < some:
        return {id: chance.randrange(1_000_000) for id in chance.sample(_IDS, some)}
    chosen = chance.sample(live, some)
    if operation == "delete":
        return dict.fromkeys(chosen)
    return {id: chance.randrange(1_000_000) for id in chosen}


def _do(operation: str, notes: dict[str, int | None], catalogue: Catalogue, data: Path, make: Make) -> int:
    """Gives the sequence of the generation that it made, 0 where it made none."""
    kept = [note(id, version) for id, version in notes.items() if version is not None]
    if kept:
        put(catalogue, ENCODER, kept)
    else:
        catalogue.commit(removed=[("default", id) for id in notes])
    if operation != "compact":
        return 0
    sequence = catalogue.sequence
    make(catalogue, data)
    catalogue.forget_before(oldest_kept_sequence(data))
    return sequence


def _send(pipe: int, step: str, operation: str, notes: dict[str, int | None], generation: int = 0) -> None:
    message = {"step": step, "operation": operation, "notes": notes, "generation": generation}
    os.write(pipe, json.dumps(message).encode() + b"\n")


def _look(folder: Path, book: _Book) -> list[str]:
    """Opens what a killed writer left, in a process of its own, and holds it against the book."""
    found, failures = _seen(folder / ".kb", book.generation)
    for id in {*book.versions, *book.begun}:
        held = found.get(id)
        if held == book.versions.get(id):
            continue
        if id in book.begun and held == book.begun[id]:
            continue
        failures.append(f"{id}: acknowledged {book.versions.get(id)}, found {held}")
    book.versions = {**dict.fromkeys(book.versions), **found}
    book.begun = {}
    return failures


def _seen(data: Path, generation_at_least: int) -> tuple[dict[str, int], list[str]]:
    reading, sending = os.pipe()

    def look() -> None:
        os.close(reading)
        os.write(sending, json.dumps(_report(data, generation_at_least)).encode())

    code = in_child(look)
    os.close(sending)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    if code or not answer:
        return {}, [f"what was left could not be looked at: {code}"]
    versions, failures = json.loads(answer)
    return versions, failures


def _report(data: Path, generation_at_least: int) -> tuple[dict[str, int], list[str]]:
    failures: list[str] = []
    try:
        with Catalogue(data / FILE_NAME) as catalogue:
            versions = {held.id: version_of(held.text) for held, _ in catalogue.documents()}
            failures += catalogue.damage()
            if generation_at_least or (data / "CURRENT").exists():
                failures += _open_generation(data, catalogue, generation_at_least)
    except NotReady as error:
        if str(error).startswith("Nothing has been ingested"):
            return {}, []
        return {}, [f"the catalogue does not open: {error}"]
    return versions, failures


def _open_generation(data: Path, catalogue: Catalogue, at_least: int) -> list[str]:
    try:
        opened = open_current(data)
        replies(opened, catalogue)
        if opened.manifest.sequence < at_least:
            return [f"generation {opened.manifest.sequence} answers, {at_least} was acknowledged"]
        return list(flaws(catalogue, data))
    except (KnowledgeBaseError, KeyError) as error:
        return [f"the index does not open: {error!r}"]


# -- dead at every step


def syscalls(control: str | None = None, sample: int | None = None) -> Tally:
    """A make that dies before, in the midst of and after each of its steps on the disk."""
    tally = Tally()
    with _folder() as folder:
        swap = _Swap(folder, _make(control))
        points = _count(swap)
        chosen: Sequence[int] = range(points)
        if sample is not None and sample < points:
            chosen = sorted(random.Random(0).sample(chosen, sample))
        for point in chosen:
            tally.note(_die_at(point, swap))
    return tally


class _Swap:
    """A knowledge base whose index is of version 0 of each note, while its catalogue has version 1."""

    def __init__(self, folder: Path, make: Make) -> None:
        self.template, self.run, self.make = folder / "template", folder / "run", make
        with writer(self.template / ".kb") as catalogue:
            others = [note(id, collection="other") for id in _IDS[:3]]
            put(catalogue, ENCODER, [note(id) for id in _IDS[:6]] + others)
            self.old = catalogue.sequence
        for _ in range(2):  # so that the next one lets go of an older one
            assert in_child(lambda: self.make_in(self.template)) == 0
        with writer(self.template / ".kb") as catalogue:
            put(catalogue, ENCODER, [note(id, 1) for id in _IDS[:9]])
            self.new = catalogue.sequence

    def fresh(self) -> Path:
        """A copy, to be broken."""
        shutil.rmtree(self.run, ignore_errors=True)
        shutil.copytree(self.template, self.run)
        return self.run

    def make_in(self, folder: Path) -> None:
        """The steps that are interrupted."""
        with writing(folder / ".kb"), writer(folder / ".kb") as catalogue:
            self.make(catalogue, folder / ".kb")
            catalogue.forget_before(oldest_kept_sequence(folder / ".kb"))


class Steps:
    """Counts a process's steps on the disk below a folder, and ends it at one of them.

    Each step has three moments: before it, in its midst (a file that is being synced is half there),
    and after it.
    """

    def __init__(self, folder: Path, deadly: int | None) -> None:
        self._below, self._deadly, self.count = str(folder.resolve()), deadly, 0
        sys.addaudithook(self._heard)
        self._wrap_fsync()
        for name in ("rename", "link", "unlink", "rmdir", "mkdir"):
            self._wrap(name)

    def _moment(self, path: str | Path) -> bool:
        if not str(path).startswith(self._below):
            return False
        self.count += 1
        return self._deadly == self.count - 1

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Before a file is opened to be written, by whoever opens it."""
        path = arguments[0] if event == "open" else None
        if isinstance(path, str | Path) and self._writes(arguments) and self._moment(path):
            os._exit(_DEAD)

    @staticmethod
    def _writes(arguments: tuple[Any, ...]) -> bool:
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))

    def _wrap(self, name: str) -> None:
        do = getattr(os, name)

        def step(*arguments: Any, **named: Any) -> Any:
            path = Path(f"/proc/self/fd/{named.get('dir_fd')}").resolve() / arguments[0]
            if self._moment(path):
                os._exit(_DEAD)
            done = do(*arguments, **named)
            if self._moment(path):
                os._exit(_DEAD)
            return done

        setattr(os, name, step)

    def _wrap_fsync(self) -> None:
        do = os.fsync

        def step(fd: Any) -> None:
            path = Path(f"/proc/self/fd/{fd}").resolve()
            if self._moment(path):
                os._exit(_DEAD)
            if self._moment(path):
                if path.is_file():
                    os.truncate(path, path.stat().st_size // 2)
                os._exit(_DEAD)
            do(fd)
            if self._moment(path):
                os._exit(_DEAD)

        os.fsync = step


def _count(swap: _Swap) -> int:
    run = swap.fresh()

    def count() -> None:
        steps = Steps(run, None)
        swap.make_in(run)
        (run / "steps").write_text(str(steps.count))

    assert in_child(count) == 0
    return int((run / "steps").read_text())


def _die_at(point: int, swap: _Swap) -> list[str]:
    run = swap.fresh()

    def die() -> None:
        Steps(run, point)
        swap.make_in(run)

    code = in_child(die)
    if code != _DEAD:
        return [f"step {point}: the writer ended with {code}"]
    if in_child(lambda: _is_old_or_new(run, swap)):
        return [f"step {point}: something between"]
    if in_child(lambda: _mends(run, swap.new)):
        return [f"step {point}: the next make does not mend it"]
    return []


def _is_old_or_new(run: Path, swap: _Swap) -> None:
    data = run / ".kb"
    with Catalogue(data / FILE_NAME) as catalogue:
        opened = open_current(data)
        assert opened.manifest.sequence in (swap.old, swap.new)
        wanted = 0 if opened.manifest.sequence == swap.old else 1
        default = opened.collections["default"]
        stored = catalogue.passages([int(key) for key in default.keys])
        assert len(stored) == len(default)
        assert {version_of(one.text) for one in stored.values()} == {wanted}
        assert replies(opened, catalogue)
        assert not list(flaws(catalogue, data))


def _mends(run: Path, want: int) -> None:
    data = run / ".kb"
    with writing(data), writer(data) as catalogue:
        small.make(catalogue, data)
        assert open_current(data).manifest.sequence == want
        assert not list(flaws(catalogue, data))
        left = [path.name for path in (data / "generations").iterdir()]
        assert len(left) <= 2, left
        assert all(name[0].isdigit() for name in left), left


# -- without power


def powerloss(n: int, seed: int = 0, control: str | None = None) -> Tally:
    """`n` disks as a loss of power may leave them, each at a random moment of a writer's work."""
    chance, tally = random.Random(seed), Tally()
    while tally.runs < n:
        with _folder() as folder:
            events = _recorded(folder, chance.random(), control)
            for number in range(min(_IMAGES_A_RECORDING, n - tally.runs)):
                left = events[: _moment(events, chance)]
                book, doing = _Book(), "nothing"
                for message in marks(left):
                    doing = _enter(book, message, tally)
                tally.during[doing] += 1
                disk = folder / f"disk-{number}"
                image(left, chance, disk)
                tally.note(_look(disk, book))
                shutil.rmtree(disk)
    return tally


def _moment(events: Sequence[Event], chance: random.Random) -> int:
    """How many events came before: any number, or what is rarer, so that each kind is met in every run.

    A compaction has most of the events: a third of the moments are drawn from within one step, each kind
    of step as often as the other, and a third come just after a change of a name.
    """
    match chance.choice(("any", "name", "step")):
        case "name":
            return chance.choice([n for n, event in enumerate(events, 1) if event[0] in _OF_NAMES])
        case "step":
            said = [(n, event[2]) for n, event in enumerate(events, 1) if event[0] == "mark"]
            begun = chance.choice(OPERATIONS)
            steps = [
                (n, end - 1)
                for (n, mark), (end, _) in zip(said[::2], said[1::2], strict=True)
                if mark["operation"] == begun
            ]
            return chance.randint(*chance.choice(steps))
        case _:
            return chance.randint(0, len(events))


def _recorded(folder: Path, seed: float, control: str | None) -> list[Event]:
    (folder / "run").mkdir()
    assert in_child(lambda: _write_recorded(folder, random.Random(seed), control)) == 0
    return read_events(folder / "events")


def _write_recorded(folder: Path, chance: random.Random, control: str | None) -> None:
    """Some rounds of work, the first of them in an empty folder, each by a catalogue opened anew."""
    recorder = Recorder(folder / "run", folder / "events", deaf=control == "unsynced")
    data = folder / "run" / ".kb"
    versions: dict[str, int | None] = {}
    for _ in range(_ROUNDS):
        with writing(data), writer(data) as catalogue:
            for operation in chance.sample(OPERATIONS, len(OPERATIONS)):
                notes = _plan(operation, versions, chance)
                recorder.mark({"step": "begin", "operation": operation, "notes": notes})
                made = _do(operation, notes, catalogue, data, small.make)
                recorder.mark({"step": "end", "notes": notes, "generation": made})
                versions.update(notes)
    os._exit(0)  # without closing: the log stays


# -- no room


def enospc(n: int, seed: int = 0, tmpfs: str | None = None, control: str | None = None) -> Tally:
    """Writers that run out of room: they say so, answers go on, and with room all is well again.

    With `tmpfs`, on a small file system that is filled up (this needs the right to mount); otherwise
    no file may grow beyond a random size.
    """
    tally, chance = Tally(), random.Random(seed)
    for _ in range(n):
        with _folder(tmpfs) as folder, _folder() as book:
            room = int(2 ** chance.uniform(8, 15))
            stage = chance.choice(("put", "make"))
            failures = _run_out(
                folder / ".kb", book, _no_room(folder, room, tmpfs is not None), stage, control
            )
            tally.during[(book / "during").read_text()] += 1
            tally.acknowledged += len(json.loads((book / "acknowledged").read_text()))
            tally.note(failures)
    return tally


def _run_out(
    data: Path, book: Path, no_room: AbstractContextManager[None], stage: str, control: str | None
) -> list[str]:
    """`book` is a folder elsewhere, for what was under way and what was acknowledged."""
    (book / "acknowledged").write_text(json.dumps(dict.fromkeys(_IDS[:6], 0)))
    assert in_child(lambda: _filled(data)) == 0
    if code := in_child(lambda: _write_without_room(data, book, no_room, stage, control)):
        return [f"the writer with no room ended with {code}"]
    if in_child(lambda: _recovers(data, json.loads((book / "acknowledged").read_text()))):
        return ["it did not recover when there was room again"]
    return []


def _write_without_room(
    data: Path, book: Path, no_room: AbstractContextManager[None], stage: str, control: str | None
) -> None:
    opened, catalogue = open_current(data), Catalogue(data / FILE_NAME)
    before = replies(opened, catalogue)
    with writing(data), writer(data) as written, ExitStack() as later:
        if stage == "make":
            _put_and_note(written, 1, book)
        later.enter_context(no_room)
        try:
            for version in range(1, 4):
                if version > 1 or stage == "put":
                    _put_and_note(written, version, book)
                (book / "during").write_text("make")
                small.make(written, data)
            (book / "during").write_text("nothing")
        except StorageFull:
            if control == "deaf":  # takes what could not be written for written
                (book / "acknowledged").write_text(json.dumps(dict.fromkeys(_IDS[:10], 4)))
        assert replies(opened, catalogue) == before  # what was open goes on answering
        with Catalogue(data / FILE_NAME) as again:
            assert replies(open_current(data), again)  # and so does what is opened now


def _put_and_note(catalogue: Catalogue, version: int, book: Path) -> None:
    (book / "during").write_text("put")
    put(catalogue, ENCODER, [note(id, version) for id in _IDS[:10]])
    (book / "acknowledged").write_text(json.dumps(dict.fromkeys(_IDS[:10], version)))


def _filled(data: Path) -> None:
    small.filled(data, [note(id) for id in _IDS[:6]])


def _recovers(data: Path, acknowledged: dict[str, int]) -> None:
    with writing(data), writer(data) as catalogue:
        assert not list(flaws(catalogue, data))
        found = {held.id: version_of(held.text) for held, _ in catalogue.documents()}
        for id, version in acknowledged.items():
            assert found[id] >= version, (id, version, found)
        put(catalogue, ENCODER, [note(id, 9) for id in _IDS[:6]])
        small.make(catalogue, data)
        assert open_current(data).manifest.sequence == catalogue.sequence
        assert not list(flaws(catalogue, data))


@contextmanager
def _no_room(folder: Path, room: int, fill: bool) -> Iterator[None]:
    """Room for so many bytes: in every file, or on the whole of a small file system."""
    if not fill:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        return
    filler = folder / "filler"
    free = shutil.disk_usage(folder).free
    with filler.open("wb") as file:
        file.write(b"\0" * max(0, free - room))
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def _folder(tmpfs: str | None = None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kb-crash-", dir=small.quick_folder()) as name:
        if tmpfs is None:
            yield Path(name)
            return
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={tmpfs}", "tmpfs", name], check=True)
        try:
            yield Path(name)
        finally:
            subprocess.run(["umount", name], check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every run held; with `--control`, 0 where the broken property was noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("what", choices=("kill9", "syscalls", "powerloss", "enospc"))
    parser.add_argument("--n", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--point", choices=("random",), default="random")
    parser.add_argument("--during", default=",".join(OPERATIONS))
    parser.add_argument("--tmpfs", default=None)
    parser.add_argument("--control", default=None, choices=("in-place", "early", "unsynced", "deaf"))
    given = parser.parse_args(arguments)
    if given.what == "kill9":
        tally = kill9(given.n, given.seed, given.during.split(","), given.control)
    elif given.what == "syscalls":
        tally = syscalls(given.control)
    elif given.what == "powerloss":
        tally = powerloss(given.n, given.seed, given.control)
    else:
        tally = enospc(given.n, given.seed, given.tmpfs, given.control)
    print(tally)
    return int(bool(tally.failures) != bool(given.control))


if __name__ == "__main__":
    sys.exit(main())
