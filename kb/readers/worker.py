"""Reading in a child process that may be killed: what a file does to its reader, it does there.

Parent and child speak over two pipes in frames, a length of four bytes and then JSON; documents come
one by one. Nothing that the child sends is run or unpickled.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import resource
import select
import signal
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, Self

from kb.errors import LimitError, ReadError
from kb.limits import MEGABYTE, Limits
from kb.types import Attribution, Document, Refusal, Section, Table

_Message = Mapping[str, Any]

_LENGTH = struct.Struct(">I")
# Five million characters at four bytes each, with room for sections and escapes.
_LONGEST_MESSAGE = 128 * MEGABYTE
# A parser needs no files of its own; what Python caches of its modules is smaller than this.
_FILE_WRITTEN = 4 * MEGABYTE
# Of `parse_memory`: from here on a child is replaced, or what it has not given back counts against others.
_WORN = 0.5
_CRASHED = "its reader crashed"

# `-I` keeps the user's own paths and variables out; kb itself may be in none of the usual places.
_START = "import sys; sys.argv[1] in sys.path or sys.path.insert(0, sys.argv[1]); "
_START += "from kb.readers.worker import serve; serve()"
_ROOT = str(Path(__file__).resolve().parents[2])


class Worker:
    """Reads files in a child process under `limits`; one thread at a time.

    The child is started when first needed, reads one file after another, and is replaced when it has
    died or has grown. Whatever it dies of is a refusal of the file that it was reading.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the child; a later `read` starts another."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def read(self, path: Path, name: str) -> Iterator[Document | Refusal]:
        """The documents in the file at `path`, which is called `name` in ids and refusals."""
        if self._child is None or not self._child.is_alive():
            self.close()
            self._child = _Child(self._limits)
        ended = False
        try:
            for message in self._child.ask(path, name):
                if "ended" in message:
                    ended = not message["worn"]
                    return
                yield _item(message)
        except _Died as death:
            yield Refusal(name, death.reason)
        except (KeyError, TypeError, ValueError):  # no sense in what it says
            yield Refusal(name, _CRASHED)
        finally:
            if not ended:
                self.close()


class _Died(Exception):
    """The child is gone, or no longer to be believed; `reason` is for the file it was reading."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _Child:
    """The parent's end of one child process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._inherited = _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-X", "utf8", "-c", _START, _ROOT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1"},  # and so none of the parent's secrets
            start_new_session=True,  # a Ctrl-C is for the parent, which ends its child in good order
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to = self._process.stdin
        self._from = self._process.stdout.fileno()
        self._ready = select.poll()
        self._ready.register(self._from, select.POLLIN)
        self._patience = 0.0

    def ask(self, path: Path, name: str) -> Iterator[_Message]:
        """What the child says of one file. The clock runs only while the child is being waited for."""
        self._patience = self._limits.parse_wall
        where = os.fsencode(path.absolute()).decode("utf-8", "surrogateescape")
        try:
            _send(self._to, {"path": where, "name": name, "limits": asdict(self._limits)})
        except BrokenPipeError:
            raise _Died(self._cause_of_death()) from None
        while True:
            yield self._receive()

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._to.close()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _receive(self) -> _Message:
        (length,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        if length > _LONGEST_MESSAGE:
            raise _Died("gives more text than can be kept")
        return _loaded(self._exactly(length))

    def _exactly(self, size: int) -> bytes:
        received = bytearray()
        while len(received) < size:
            began = time.monotonic()
            ready = self._ready.poll(max(self._patience, 0) * 1000)
            self._patience -= time.monotonic() - began
            if not ready:
                raise _Died(f"took longer than {self._limits.parse_wall:g} s to read")
            chunk = os.read(self._from, min(size - len(received), MEGABYTE))
            if not chunk:
                raise _Died(self._cause_of_death())
            received += chunk
        return bytes(received)

    def _cause_of_death(self) -> str:
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        if -self._process.returncode in (signal.SIGXCPU, signal.SIGPROF):
            return f"took longer than {self._limits.parse_cpu:g} s to read"
        # A child's peak begins at that of the process that it was forked from.
        if _bytes(usage.ru_maxrss) > max(_WORN * self._limits.parse_memory, self._inherited):
            return _too_much_memory(self._limits)
        return _CRASHED


def serve() -> None:
    """The child's life: read what is asked for until the parent is gone."""
    asked, said = _own_pipes()
    threading.Thread(target=_exit_with_parent, args=(asked.fileno(),), daemon=True).start()
    while (question := _received(asked)) is not None:
        limits = Limits(**question["limits"])
        _confine(limits)
        _allow_cpu(limits)
        with contextlib.suppress(BrokenPipeError):
            _answer(said, question, limits)


def _answer(said: BinaryIO, question: _Message, limits: Limits) -> None:
    from kb.readers.read import read

    name = question["name"]
    exhausted = False
    try:
        data = _contents(os.fsencode(question["path"]), limits)
        for item in read(data, name, limits):
            _send(said, _message(item))
    except ReadError as error:
        _send(said, _message(Refusal(name, str(error))))
    except MemoryError:
        exhausted = True
    except Exception as error:  # a reader's bug on one file is no reason to lose the others
        _send(said, _message(Refusal(name, f"could not be read ({type(error).__name__}: {error})"[:300])))
    if exhausted:  # said outside of the handler, which keeps alive what took the memory
        _send(said, _message(Refusal(name, _too_much_memory(limits))))
    _send(said, {"ended": True, "worn": exhausted or _peak() > _WORN * limits.parse_memory})


def _contents(path: bytes, limits: Limits) -> bytes:
    """A regular file's bytes; a link or a pipe that has taken its place since is not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise ReadError(f"cannot be opened ({os.strerror(error.errno or 0)})") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ReadError("is not a regular file")
        data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise LimitError(f"is larger than {limits.file_bytes // MEGABYTE} MB")
    return data


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The pipes to the parent, out of the reach of a library that prints."""
    asked, said = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return asked, said


def _exit_with_parent(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)  # a hang-up is told of without asking
    poll.poll()
    os._exit(0)


def _confine(limits: Limits) -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, _FILE_WRITTEN)
    _limit(resource.RLIMIT_AS, limits.parse_memory)


def _limit(what: int, value: int) -> None:
    # macOS refuses a limit on the address space; time and the parent's patience still hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(what, (value, value))


def _allow_cpu(limits: Limits) -> None:
    """Time for one more file: a timer for the exact second, and the kernel's own count behind it."""
    signal.setitimer(signal.ITIMER_PROF, limits.parse_cpu)
    used = math.ceil(time.process_time())
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (used + math.ceil(limits.parse_cpu) + 1, hard))


def _too_much_memory(limits: Limits) -> str:
    return f"needs more than {limits.parse_memory // MEGABYTE} MB to read"


def _peak() -> int:
    """The most memory that this program has held, in bytes: not what its parent held when it was forked,
    which `getrusage` counts in."""
    with contextlib.suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _bytes(maxrss: int) -> int:
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def _send(pipe: IO[bytes], message: _Message) -> None:
    # Half a surrogate pair passes as it is: what to do about it is for those who know the format.
    data = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _received(pipe: BinaryIO) -> _Message | None:
    head = pipe.read(_LENGTH.size)
    return _loaded(pipe.read(_LENGTH.unpack(head)[0])) if len(head) == _LENGTH.size else None


def _loaded(data: bytes) -> _Message:
    message = json.loads(data.decode("utf-8", "surrogatepass"))
    if not isinstance(message, dict):
        raise ValueError("a message is an object")
    return message


def _message(item: Document | Refusal) -> _Message:
    return {"refusal" if isinstance(item, Refusal) else "document": asdict(item)}


def _item(message: _Message) -> Document | Refusal:
    if "refusal" in message:
        return Refusal(**message["refusal"])
    said = message["document"]
    return Document(
        id=said["id"],
        collection=said["collection"],
        text=said["text"],
        sections=tuple(Section(**{**s, "headings": tuple(s["headings"])}) for s in said["sections"]),
        attribution=Attribution(**said["attribution"]),
        tables=tuple(Table(**table) for table in said["tables"]),
        pages=tuple(said["pages"]),
        tags=tuple(said["tags"]),
        metadata=said["metadata"],
    )
