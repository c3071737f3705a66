"""A disk that keeps only what was synced: what a writer does to it, and what a power loss may leave.

`Recorder` notes every change below a folder and every sync. `image` builds a folder as a disk without
power may have it: what was synced is there; of everything since, in contents and in names alike, each
piece is there, half there, or not, in any order. One rename happens or does not.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

from kb.storage import FILE_NAME

_SECTOR = 512  # what a disk writes whole
_SHARED = f"{FILE_NAME}-shm"  # memory, not a file: SQLite makes it anew
_TOP = 0

Event = list[Any]  # its kind, the node or folder it is about, and what the kind needs
Entries = dict[tuple[int, str], int]  # (folder, name) -> node


class Recorder:
    """Notes what this process does below a folder until it ends.

    SQLite's writes and syncs are heard by a VFS; of the rest what changed is looked up before and after
    every sync and every change of a name. `deaf` hears no sync: the negative control.
    """

    def __init__(self, folder: Path, events: Path, deaf: bool = False) -> None:
        self._folder, self._deaf = folder.resolve(), deaf
        self._events = events.open("w", encoding="utf-8")
        self._nodes: dict[int, int] = {self._folder.stat().st_ino: _TOP}  # by inode, while it has a name
        self._entries: Entries = {}
        self._contents: dict[int, tuple[int, int]] = {}  # size and time of change, when last looked at
        self._next = _TOP + 1
        for name in ("rename", "link", "unlink", "rmdir", "mkdir"):
            self._hear(name)
        self._hear_fsync()
        self._vfs = _Vfs(self)

    def mark(self, what: dict[str, Any]) -> None:
        """Notes what the writer says: begun, or acknowledged."""
        self.look()
        self._note("mark", _TOP, what)

    def look(self) -> None:
        """Notes what has changed since."""
        entries, files = self._walk()
        gone = self._entries.keys() - {key for key in entries if self._entries.get(key) == entries[key]}
        came = {key: node for key, node in entries.items() if self._entries.get(key) != node}
        left = {self._entries[key]: key for key in sorted(gone)}
        for key, node in sorted(came.items()):
            if node in left and left[node][0] == key[0]:
                gone.discard(left[node])
                self._note("move", key[0], left[node][1], key[1])
            else:
                self._note("enter", key[0], key[1], node, node not in files)
        for folder, name in sorted(gone - came.keys()):
            self._note("leave", folder, name)
        self._entries = entries
        for node, path in files.items():
            if not path.name.startswith(FILE_NAME):  # of which every write is heard
                self._look_into(node, path)

    def write(self, path: str, offset: int, content: bytes) -> None:
        """SQLite's."""
        self._note("write", self._node(path), offset, content.decode("latin-1"))

    def truncate(self, path: str, size: int) -> None:
        """SQLite's."""
        self._note("truncate", self._node(path), size)

    def sync(self, path: str | Path, its_folder: bool = False) -> None:
        """Notes that a file, or a folder's names, are on the disk from now on."""
        self.look()
        if not self._deaf and Path(path).is_relative_to(self._folder):
            self._note("sync", self._node(Path(path).parent if its_folder else path))

    def _walk(self) -> tuple[Entries, dict[int, Path]]:
        entries: Entries = {}
        files: dict[int, Path] = {}
        inodes = {self._folder.stat().st_ino: _TOP}
        for folder, names, plain in os.walk(self._folder):
            parent = inodes[Path(folder).stat().st_ino]
            for name in sorted([*names, *plain]):
                path = Path(folder) / name
                inode = path.stat().st_ino
                if name == _SHARED:
                    continue
                if inode not in inodes:
                    inodes[inode] = self._nodes.get(inode) or self._new()
                entries[parent, name] = inodes[inode]
                if name in plain:
                    files[inodes[inode]] = path
        self._nodes = inodes
        return entries, files

    def _new(self) -> int:
        self._next += 1
        return self._next - 1

    def _look_into(self, node: int, path: Path) -> None:
        found = path.stat()
        stamp = found.st_size, found.st_mtime_ns
        if self._contents.get(node) != stamp:
            self._contents[node] = stamp
            self._note("content", node, path.read_bytes().decode("latin-1"))

    def _node(self, path: str | Path) -> int:
        inode = Path(path).stat().st_ino
        if inode not in self._nodes:
            self.look()
        return self._nodes[inode]

    def _note(self, *event: Any) -> None:
        self._events.write(json.dumps(event) + "\n")
        self._events.flush()

    def _hear(self, name: str) -> None:
        do: Callable[..., Any] = getattr(os, name)

        def heard(*arguments: Any, **named: Any) -> Any:
            self.look()
            done = do(*arguments, **named)
            self.look()
            return done

        setattr(os, name, heard)

    def _hear_fsync(self) -> None:
        do = os.fsync

        def heard(fd: Any) -> None:
            do(fd)
            self.sync(Path(f"/proc/self/fd/{fd}").resolve())

        os.fsync = heard


class _Vfs(apsw.VFS):
    """SQLite's own way to the disk, with somebody listening."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__("recorded", "unix", makedefault=True)
        self._recorder = recorder

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _File(name, flags, self._recorder)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._recorder.look()
        super().xDelete(filename, syncdir)
        self._recorder.look()
        if syncdir:
            self._recorder.sync(filename, its_folder=True)


class _File(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], recorder: Recorder) -> None:
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._recorder = recorder
        # SQLite syncs the folder when it first syncs a log or a journal that it made.
        log = bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))
        self._names_follow = log and not Path(self._path).exists()
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        if self._path is not None:
            self._recorder.write(self._path, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        if self._path is not None:
            self._recorder.truncate(self._path, size)

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        if self._path is None:
            return
        self._recorder.sync(self._path)
        if self._names_follow:
            self._recorder.sync(self._path, its_folder=True)
            self._names_follow = False


# -- what may be left


@dataclass(slots=True)
class _Disk:
    """What is on the disk for certain, and what has been asked for since."""

    contents: dict[int, bytearray] = field(default_factory=dict)
    names: dict[int, dict[str, int]] = field(default_factory=dict)  # by folder
    since: dict[int, list[Event]] = field(default_factory=dict)  # by file or folder
    folders: set[int] = field(default_factory=set)


def read_events(path: Path) -> list[Event]:
    """What a recorder noted."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def marks(events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    """What the writer said, in order."""
    return (event[2] for event in events if event[0] == "mark")


def image(events: Sequence[Event], chance: random.Random, target: Path) -> None:
    """Writes below `target` what a loss of power after these events may leave."""
    disk = _Disk()
    for event in events:
        kind, node = event[0], event[1]
        if kind == "sync":
            for earlier in disk.since.pop(node, []):
                _apply(disk, earlier)
        elif kind != "mark":
            if kind == "enter" and event[4]:
                disk.folders.add(event[3])
            disk.since.setdefault(node, []).append(event)
    share = chance.choice((0.0, 0.5, 0.9, 1.0))  # of what was not synced, how much is there
    for later in disk.since.values():
        if chance.random() < 0.25:  # a disk may write in another order than it was asked
            chance.shuffle(later)
        for event in later:
            if chance.random() < share:
                for piece in [event] if chance.random() < 0.7 else _torn(event, chance):
                    _apply(disk, piece)
    _build(disk, _TOP, target)


def _apply(disk: _Disk, event: Event) -> None:
    kind, node, *what = event
    held = disk.contents.setdefault(node, bytearray()) if kind in ("write", "truncate") else bytearray()
    if kind == "write":
        offset, content = what[0], what[1].encode("latin-1")
        held.extend(bytes(max(0, offset - len(held))))
        held[offset : offset + len(content)] = content
    elif kind == "truncate":
        held.extend(bytes(max(0, what[0] - len(held))))
        del held[what[0] :]
    elif kind == "content":
        disk.contents[node] = bytearray(what[0].encode("latin-1"))
    else:
        _apply_name(disk.names.setdefault(node, {}), kind, what)


def _apply_name(names: dict[str, int], kind: str, what: Sequence[Any]) -> None:
    if kind == "enter":
        names[what[0]] = what[1]
    elif kind == "leave":
        names.pop(what[0], None)
    elif what[0] in names:
        names[what[1]] = names.pop(what[0])


def _torn(event: Event, chance: random.Random) -> list[Event]:
    """What of a write is there when its end, or any of its sectors, is not."""
    if event[0] not in ("write", "content"):
        return [event]
    content = event[-1]
    starts = range(0, len(content), _SECTOR)
    if chance.random() < 0.5:
        return [[*event[:-1], content[: _SECTOR * chance.randint(0, len(starts))]]]
    if event[0] == "write":
        pieces = [["write", event[1], event[2] + start, content[start : start + _SECTOR]] for start in starts]
        return [piece for piece in pieces if chance.random() < 0.5]
    sectors = [content[start : start + _SECTOR] for start in starts]
    return [[*event[:-1], "".join(one if chance.random() < 0.5 else "\0" * len(one) for one in sectors)]]


def _build(disk: _Disk, folder: int, target: Path) -> None:
    target.mkdir()
    for name, node in disk.names.get(folder, {}).items():
        if node in disk.folders:
            _build(disk, node, target / name)
        else:
            (target / name).write_bytes(disk.contents.get(node, bytearray()))
