"""Processes that are measured: how long they take, how much memory they hold, and when they are ready."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.sets import ROOT
from kb.errors import KnowledgeBaseError

# A child's peak begins at that of the process that it was forked from, and this one is large: a small one
# stands between, and says the peak last.
_BETWEEN: Final = (
    "import os, subprocess, sys\n"
    "process = subprocess.Popen(sys.argv[1:])\n"
    "_, status, usage = os.wait4(process.pid, 0)\n"
    "sys.stderr.write(f'\\n{usage.ru_maxrss}')\n"
    "sys.exit(os.waitstatus_to_exitcode(status))"
)
KB: Final = (sys.executable, "-c", "from service.cli import main; main()")
_PATIENCE: Final = 180.0  # seconds for a service to become ready
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Finished:
    """A process that ran to its end. `peak` is in megabytes."""

    seconds: float
    peak: float
    output: str


def run(command: Sequence[str]) -> Finished:
    """Runs a command from the repository; raises KnowledgeBaseError with what it said when it fails."""
    started = time.perf_counter()
    between = [sys.executable, "-S", "-E", "-c", _BETWEEN, *command]
    with subprocess.Popen(between, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        output = process.stdout.read().decode()
        said = process.stderr.read().decode()
    said, _, peak = said.rpartition("\n")
    seconds = time.perf_counter() - started
    if process.returncode not in (0, 1):  # 1: done in part
        raise KnowledgeBaseError(f"{' '.join(command[-4:])} ended with {process.returncode}: {said[-500:]}")
    return Finished(seconds, int(peak) / 1024, output)


@dataclass(frozen=True, slots=True)
class Served:
    """A running service. `ready_seconds` is how long it took to say that it is ready."""

    port: int
    pid: int
    ready_seconds: float

    def memory(self) -> float:
        """Megabytes that it and its children hold now."""
        return sum(_resident(pid) for pid in _tree(self.pid)) * _PAGE / 1024**2


@contextmanager
def serving(command: Sequence[str], port: int) -> Iterator[Served]:
    """A service that listens on `port`, from when it is ready until the block ends."""
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not _is_ready(port):
                if process.poll() is not None:
                    raise KnowledgeBaseError(f"{' '.join(command[-4:])} ended with {process.returncode}.")
                if time.perf_counter() - started > _PATIENCE:
                    raise KnowledgeBaseError(f"{' '.join(command[-4:])} was not ready in {_PATIENCE:.0f} s.")
                time.sleep(0.05)
            yield Served(port, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _tree(pid: int) -> list[int]:
    children = [
        int(child)
        for path in Path(f"/proc/{pid}/task").glob("*/children")
        for child in path.read_text().split()
    ]
    return [pid, *(found for child in children for found in _tree(child))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
