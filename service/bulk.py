"""A stream of documents in, a line of result for each out, in bounded memory.

What is read is committed and embedded some hundred lines at a time, and more is read only then. Results are
sent while documents still come; a client that does not read them before it has sent everything must not stand
still for that, so what it does not take waits in a file. Through a proxy all of them wait for the last line:
some take no more of a request once its answer has begun (Go's HTTP/1 server, and so Caddy).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import SpooledTemporaryFile

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kb.errors import KnowledgeBaseError, ReadError, WriterBusy
from kb.limits import Limits
from kb.readers.jsonl import document_from, parsed
from kb.types import Document
from service.admission import Stalled
from service.live import Live

_LINES = 256  # that are committed at once, unless they are large or no more come
_BYTES = 1024 * 1024
_PAUSE = 0.1  # seconds without more after which what there is is committed
_IN_MEMORY = 256 * 1024  # bytes of results that wait in memory, before they wait in a file
_PART = 64 * 1024
_TRIES = 6  # to get the writer's lock, 10 seconds each


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it came, counted from 1."""

    number: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """A line as a document, or why it is none."""

    number: int
    document: Document | None
    refusal: str | None = None


class Bulk:
    """One stream. `bound`: whether its documents must be of this collection. `held`: whether no result is
    sent before the last line has come."""

    def __init__(self, live: Live, limits: Limits, collection: str, bound: bool, held: bool) -> None:
        self._live, self._limits, self._collection, self._bound = live, limits, collection, bound
        self._seen: set[bytes] = set()  # hashes of ids: what a stream may hold is limited
        self._sequence = 0
        self._results = _Results(live.knowledge.data)
        self._held, self._received = held, asyncio.Event()

    async def begin(self, body: AsyncIterator[bytes], wait: float) -> Response:
        """The answer, once there is a first result. Raises what keeps anything from being taken."""
        work = asyncio.ensure_future(self._work(self._whole(body), wait))
        for event in (self._results.begun, *([self._received] if self._held else [])):
            happened = asyncio.ensure_future(event.wait())
            await asyncio.wait({work, happened}, return_when=asyncio.FIRST_COMPLETED)
            happened.cancel()
        if work.done() and not self._results.begun.is_set():
            self._results.close()
            work.result()
            raise HTTPException(400, "there is no line in the body")
        return Streamed(self._results, work)

    async def _whole(self, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for part in body:
            yield part
        self._received.set()

    async def _work(self, body: AsyncIterator[bytes], wait: float) -> None:
        number = 1  # of the first line that there is no result for
        try:
            async for lines in _grouped(_lines(body, self._limits.upload_body)):
                if self._live.draining:
                    self._results.put(_failed(number, "the service is about to stop"))
                    break
                self._results.put(await self._written(lines))
                number = lines[-1].number + 1
        except ClientDisconnect:
            pass
        except (KnowledgeBaseError, HTTPException, Stalled) as error:
            if isinstance(error, Stalled) and not self._results.begun.is_set():
                raise HTTPException(408, _words(error)) from None
            if not self._results.begun.is_set():
                raise
            self._results.put(_failed(number, _words(error)))
        finally:
            if self._sequence:
                self._live.publish_soon(self._sequence)
                if wait:
                    await run_in_threadpool(self._live.wait_for, self._sequence, wait)
            self._results.end()

    async def _written(self, lines: list[Line]) -> bytes:
        """Commits some lines; gives theirs of the result. A writer that another process holds is waited
        for: the client waits with us."""
        for attempt in range(_TRIES):
            try:
                return await run_in_threadpool(self._write, lines)
            except WriterBusy:
                if self._live.draining or attempt == _TRIES - 1:
                    raise
        raise AssertionError

    def _write(self, lines: list[Line]) -> bytes:
        taken, seen = self._taken(lines)
        documents = [one.document for one in taken if one.document is not None]
        changes: list[str] = []
        if documents:
            self._sequence, changes = self._live.put_many(documents)
        self._seen |= seen
        done = iter(changes)
        return b"".join(
            _line(one.number, one.document.id, next(done), self._sequence)
            if one.document is not None
            else _line(one.number, None, "refused", None, one.refusal)
            for one in taken
        )

    def _taken(self, lines: list[Line]) -> tuple[list[Taken], set[bytes]]:
        taken: list[Taken] = []
        seen: set[bytes] = set()
        for line in lines:
            try:
                document = self._document(line)
                key = hashlib.blake2b(
                    f"{document.collection}\0{document.id}".encode(), digest_size=12
                ).digest()
                if key in self._seen or key in seen:
                    raise ReadError(f'has the id "{document.id}", which an earlier line has already')
                seen.add(key)
            except ReadError as error:
                taken.append(Taken(line.number, None, str(error)))
            else:
                taken.append(Taken(line.number, document))
        return taken, seen

    def _document(self, line: Line) -> Document:
        if line.number > self._limits.bulk_lines:
            raise ReadError(f"is beyond line {self._limits.bulk_lines:,}; send the rest by itself")
        record = parsed(line.text)
        named = record.get("_id", record.get("id")) if isinstance(record, dict) else None
        document = document_from(record, str(named), self._limits)
        if self._bound and document.collection not in ("", self._collection):
            raise ReadError("names another collection")
        return replace(document, collection=document.collection or self._collection)


class Streamed(Response):
    """Sends results as they come. It does not listen for what the client still sends; the work does."""

    media_type = "application/x-ndjson"

    def __init__(self, results: _Results, work: asyncio.Future[None], status_code: int = 200) -> None:
        super().__init__(status_code=status_code, headers={"Cache-Control": "no-store"})
        del self.headers["content-length"]
        self._results, self._work = results, work

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async for part in self._results:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            await self._work
        finally:
            self._work.cancel()
            self._results.close()


class _Results:
    """Result lines on their way out, in memory and beyond some in a file."""

    def __init__(self, folder: Path) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115
        self._written = self._read = 0
        self._news = asyncio.Event()
        self._ended = False
        self.begun = asyncio.Event()

    def put(self, lines: bytes) -> None:
        self._file.seek(self._written)
        self._written += self._file.write(lines)
        self.begun.set()
        self._news.set()

    def end(self) -> None:
        self._ended = True
        self._news.set()

    def close(self) -> None:
        self._file.close()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            while self._read < self._written:
                self._file.seek(self._read)
                part = self._file.read(min(_PART, self._written - self._read))
                self._read += len(part)
                yield part
            self._read = self._written = 0
            if self._ended:
                return
            self._news.clear()
            await self._news.wait()


async def _lines(body: AsyncIterator[bytes], longest: int) -> AsyncIterator[Line]:
    """The lines of a body that are not blank."""
    number, rest = 0, bytearray()
    async for part in body:
        rest += part
        if b"\n" in part:
            *whole, rest = rest.split(b"\n")
            for text in whole:
                number += 1
                if text.strip():
                    yield Line(number, bytes(text))
        if len(rest) > longest:
            raise HTTPException(413, f"line {number + 1} is longer than {longest} bytes")
    if rest.strip():
        yield Line(number + 1, bytes(rest))


async def _grouped(lines: AsyncIterator[Line]) -> AsyncIterator[list[Line]]:
    """Lines as they are committed together: no more than some, and no longer than a pause."""
    group: list[Line] = []
    size = 0
    coming = asyncio.ensure_future(anext(lines, None))
    try:
        while True:
            await asyncio.wait({coming}, timeout=_PAUSE if group else None)
            if coming.done():
                line = coming.result()
                if line is None:
                    break
                group.append(line)
                size += len(line.text)
                coming = asyncio.ensure_future(anext(lines, None))
                if len(group) < _LINES and size < _BYTES:
                    continue
            yield group
            group, size = [], 0
        if group:
            yield group
    finally:
        coming.cancel()


def _line(number: int, id: str | None, change: str, sequence: int | None, detail: str | None = None) -> bytes:
    body = {"line": number, "id": id, "change": change, "sequence": sequence, "detail": detail}
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _failed(number: int, why: str) -> bytes:
    return _line(number, None, "failed", None, f"{why}; send this line and those after it again")


def _words(error: Exception) -> str:
    if isinstance(error, HTTPException):
        return error.detail
    return "nothing came for too long" if isinstance(error, Stalled) else str(error)
