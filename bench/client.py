"""A client that costs little beside what it measures: HTTP/1.1 over kept connections, no library."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass

from kb.errors import KnowledgeBaseError


@dataclass(frozen=True, slots=True)
class Load:
    """What so many clients saw who each asked the next question when the last was answered."""

    milliseconds: tuple[float, ...]  # of each request, from its first byte sent to its last received
    seconds: float
    failed: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return (len(self.milliseconds) - self.failed) / self.seconds


def ask(port: int, questions: Sequence[str], clients: int = 1) -> Load:
    """Asks every question once, over `clients` connections."""
    return asyncio.run(_ask(port, questions, clients))


def write(port: int, document: str, text: str) -> None:
    """Puts a document in, and waits until it is found."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = json.dumps({"text": text, "title": document})
    connection.request(
        "PUT", f"/v1/documents/{document}?wait=true", body, {"Content-Type": "application/json"}
    )
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise KnowledgeBaseError(f"A document was not taken in: {status}.")


async def _ask(port: int, questions: Sequence[str], clients: int) -> Load:
    waiting = list(reversed(questions))
    times: list[float] = []
    failures: list[int] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while waiting:
            request = _request(port, waiting.pop())
            started = time.perf_counter()
            writer.write(request)
            status = await _answer(reader)
            times.append((time.perf_counter() - started) * 1000)
            if status != 200:
                failures.append(status)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return Load(tuple(times), time.perf_counter() - started, len(failures))


def _request(port: int, question: str) -> bytes:
    body = json.dumps({"query": question}).encode()
    head = (
        f"POST /v1/search HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _answer(reader: asyncio.StreamReader) -> int:
    """The status of an answer, all of it read."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    lengths = [line.partition(":")[2] for line in head if line.lower().startswith("content-length:")]
    if not lengths:
        raise KnowledgeBaseError("The service answered without a length.")
    await reader.readexactly(int(lengths[0]))
    return int(head[0].split()[1])
