"""Who is let in: bodies of a size, a bounded queue, and a deadline.

Plain ASGI, outside of the framework: a request that is turned away costs microseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.limits import Limits
from service.metrics import Metrics
from service.page import refusal

# What is answered even when everything else waits.
_ALWAYS = ("/health/", "/metrics")
_DOCUMENTS = "/v1/documents"
_BATCH = "/v1/search/batch"
_CHECK = "/v1/citations/check"
_PASSAGES = 16  # times the body of a question: an answer, and a hundred passages with long ids
_STREAMS = 2  # of documents, at once: they wait for one another anyway
_AT_ONCE = 4  # bodies of the largest size that are held in memory together


class TooLarge(Exception):
    """The body is above what this path takes."""


class TooMany(Exception):
    """The bodies that are arriving are together above what there is room for."""


class Stalled(Exception):
    """Nothing more of a stream has come for too long."""


class Admission:
    """Lets `concurrency` requests work and `queue` more wait; turns the rest away with 503.

    Questions and documents have lanes of their own: writes that wait for one another, or for the index,
    keep nobody from asking.
    """

    def __init__(
        self, app: ASGIApp, limits: Limits, request_id: Callable[[Scope], str], metrics: Metrics
    ) -> None:
        self._app, self._limits, self._request_id = app, limits, request_id
        self._questions = _Lane(limits.concurrency, limits.queue)
        self._documents = _Lane(limits.concurrency, limits.queue)
        self._streams = _Lane(_STREAMS, 0)
        metrics.watch("questions", lambda: self._questions.inside)
        metrics.watch("documents", lambda: self._documents.inside)
        metrics.watch("bulk", lambda: self._streams.inside)
        self._room = max(_body_limit(path, limits) for path in (_DOCUMENTS, _BATCH)) * _AT_ONCE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
            await self._app(scope, receive, send)
            return
        if is_bulk(scope):
            await self._stream(scope, receive, send)
            return
        largest = _body_limit(scope["path"], self._limits)
        if _declared_length(scope) > largest:
            await self._refuse(413, f"the body is larger than {largest} bytes")(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._limits.body_deadline):
                body = await self._read(receive, largest)
        except TooLarge:
            await self._refuse(413, f"the body is larger than {largest} bytes")(scope, receive, send)
        except TooMany:
            await self._refuse(503, "too much is being sent at once")(scope, receive, send)
        except TimeoutError:
            await self._refuse(408, "the body took too long to arrive")(scope, receive, send)
        else:
            if body is not None:
                await self._admit(scope, _replayed(body, receive), send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes its turn. The time of waiting counts: `until` is when the request must be answered."""
        lane = self._documents if scope["path"].startswith(_DOCUMENTS) else self._questions
        if lane.full:
            await self._refuse(503, "too many requests at once")(scope, receive, send)
            return
        scope.setdefault("state", {})["until"] = (
            asyncio.get_running_loop().time() + self._limits.search_deadline
        )
        if not await lane.enter(self._limits.search_deadline):
            await self._refuse(503, "waited too long for a turn")(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            lane.leave()

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A body that is worked on while it arrives, however long it is: it holds a place of its own lane,
        as long as it keeps coming."""
        if self._streams.full:
            await self._refuse(503, "as many streams of documents as can be are being written")(
                scope, receive, send
            )
            return

        async def coming() -> Message:
            try:
                return await asyncio.wait_for(receive(), self._limits.body_deadline)
            except TimeoutError:
                raise Stalled from None

        await self._streams.enter(1.0)
        try:
            await self._app(scope, coming, send)
        finally:
            self._streams.leave()

    async def _read(self, receive: Receive, largest: int) -> bytes | None:
        """The whole body, so that a slow sender holds no place; None when the client has gone."""
        parts: list[bytes] = []
        size = 0
        try:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                part = message.get("body", b"")
                size += len(part)
                self._room -= len(part)
                if size > largest:
                    raise TooLarge
                if self._room < 0:
                    raise TooMany
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
        finally:
            self._room += size

    def _refuse(self, status: int, detail: str) -> ASGIApp:
        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            await refusal(scope, status, detail, self._request_id(scope))(scope, receive, send)

        return refuse


class _Lane:
    """Those who work, and behind them those who wait."""

    def __init__(self, concurrency: int, queue: int) -> None:
        self._working = asyncio.Semaphore(concurrency)
        self.inside, self._most = 0, concurrency + queue

    @property
    def full(self) -> bool:
        return self.inside >= self._most

    async def enter(self, seconds: float) -> bool:
        """Waits for a turn; False when there was none in time. One who entered must leave."""
        self.inside += 1
        try:
            async with asyncio.timeout(seconds):
                await self._working.acquire()
        except BaseException as error:
            self.inside -= 1
            if isinstance(error, TimeoutError):
                return False
            raise
        return True

    def leave(self) -> None:
        self.inside -= 1
        self._working.release()


def is_bulk(scope: Scope) -> bool:
    """Whether a request is a stream of documents."""
    return bool(scope["path"] == _DOCUMENTS and scope["method"] == "POST")


def _body_limit(path: str, limits: Limits) -> int:
    if path.startswith(_DOCUMENTS):
        return limits.upload_body
    if path == _BATCH:
        return limits.search_body * limits.batch_queries
    if path == _CHECK:
        return limits.search_body * _PASSAGES
    return limits.search_body


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value[:20]) if value[:20].isdigit() else 0  # 20 digits are more than any limit
    return 0


def _replayed(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        message: dict[str, Any] = {"type": "http.request", "body": body, "more_body": False}
        return message

    return replay
