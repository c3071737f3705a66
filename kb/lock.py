"""One writer at a time: an advisory lock that dies with its holder."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from kb.durable import sync
from kb.errors import KnowledgeBaseError, StorageFull, WriterBusy

FILE_NAME = "writer.lock"
_UNWRITABLE = (errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writing(data: Path, wait: float = 0.0) -> Iterator[None]:
    """Holds the writer's lock of the knowledge base whose `.kb` folder is `data`.

    Waits up to `wait` seconds for another writer, then raises WriterBusy; StorageFull where nothing can be
    written.
    """
    try:
        if not data.is_dir():
            data.mkdir(parents=True, exist_ok=True)
            sync(data.parent)
        descriptor = os.open(data / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        kind = StorageFull if error.errno in _UNWRITABLE else KnowledgeBaseError
        raise kind(f"{data} cannot be written: {error.strerror}") from None
    try:
        _acquire(descriptor, time.monotonic() + wait)
        with suppress(OSError):  # a full disk: the lock holds without a name on it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(descriptor, 20, 0).decode("ascii", "replace") or "unknown"
                raise WriterBusy(
                    f"Another process (id {holder}) is writing to this knowledge base. "
                    "Try again when it is done."
                ) from None
            time.sleep(0.02)
