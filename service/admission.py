"""Who is let in: bodies of a size, a bounded queue, and a deadline.

Plain ASGI, outside of the framework: a request that is turned away costs microseconds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.limits import Limits
from service.problems import problem

# What is answered even when everything else waits.
_ALWAYS = ("/health/",)


class TooLarge(Exception):
    """The body is above what this path takes."""


class Admission:
    """Lets `concurrency` requests work and `queue` more wait; turns the rest away with 503."""

    def __init__(self, app: ASGIApp, limits: Limits, request_id: Callable[[Scope], str]) -> None:
        self._app, self._limits, self._request_id = app, limits, request_id
        self._working = asyncio.Semaphore(limits.concurrency)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_ALWAYS):
            await self._app(scope, receive, send)
            return
        largest = _body_limit(scope["path"], self._limits)
        if _declared_length(scope) > largest:
            await self._refuse(413, f"the body is larger than {largest} bytes")(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(_read(receive, largest), self._limits.body_deadline)
        except TooLarge:
            await self._refuse(413, f"the body is larger than {largest} bytes")(scope, receive, send)
            return
        except TimeoutError:
            await self._refuse(408, "the body took too long to arrive")(scope, receive, send)
            return
        if body is None:
            return
        await self._admit(scope, _replayed(body, receive), send)

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._working.locked() and self._waiting >= self._limits.queue:
            await self._refuse(503, "too many questions at once")(scope, receive, send)
            return
        self._waiting += 1
        try:
            await asyncio.wait_for(self._working.acquire(), self._limits.search_deadline)
        except TimeoutError:
            await self._refuse(503, "waited too long for a turn")(scope, receive, send)
            return
        finally:
            self._waiting -= 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._working.release()

    def _refuse(self, status: int, detail: str) -> ASGIApp:
        async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
            await problem(status, detail, self._request_id(scope))(scope, receive, send)

        return refuse


def _body_limit(path: str, limits: Limits) -> int:
    if path.startswith("/v1/documents"):
        return limits.upload_body
    if path == "/v1/search/batch":
        return limits.search_body * limits.batch_queries
    return limits.search_body


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


async def _read(receive: Receive, largest: int) -> bytes | None:
    """The whole body, so that a slow sender holds no place; None when the client has gone."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > largest:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


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
