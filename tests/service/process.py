"""`kb serve` as a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2

from tests.conftest import KB


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


class Served:
    """A service over the knowledge base in `home`, and a client of it. All that it logs is kept."""

    def __init__(
        self, home: Path, *, host: str = "127.0.0.1", environment: dict[str, str] | None = None
    ) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [KB, "serve", "--host", host, "--port", str(self.port)],
            cwd=home,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Served:
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        self._reader.start()
        assert said.startswith("Answering at http://"), self.ended()
        self.client = httpx2.Client(base_url=self.url, timeout=20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        if self.process.poll() is None:
            self.process.kill()
        self.ended()

    def ended(self) -> str:
        """Waits for the end; gives all that was said on stderr."""
        self.process.wait(20)
        if self._reader.ident is None:
            self._reader.start()
        self._reader.join(5)
        return "".join(self._lines)

    @property
    def log(self) -> list[dict[str, Any]]:
        """What was logged so far; every line must be one JSON object."""
        found: list[dict[str, Any]] = []
        for line in list(self._lines):
            entry = json.loads(line)
            assert isinstance(entry, dict)
            found.append(entry)
        return found

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._lines.append(line)
