"""One JSON line a request on stderr: method, route, status, time. Never the question, a body, or an id."""

from __future__ import annotations

import logging
import random
import re
import sys
import threading
import time
import traceback
import warnings
from pathlib import Path
from types import TracebackType
from typing import TextIO

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.encoding import encoded
from service.metrics import Metrics
from service.problems import problem

_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LONGEST_MESSAGE = 120


def configure() -> None:
    """Logs go to stderr, a JSON object a line, those of libraries too."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(_line),
        ],
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[_FromLibraries()], level=logging.WARNING, force=True)
    warnings.showwarning = _warned
    threading.excepthook = _thread_ended


def _line(event: dict[str, object], **_: object) -> bytes:
    return encoded(event)


def request_id(scope: Scope) -> str:
    """The request's id: the caller's own `X-Request-ID` where it is a plain one, else a new one."""
    held = scope.setdefault("state", {})
    if "request_id" not in held:
        given = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-request-id"), "")
        held["request_id"] = given if _REQUEST_ID.fullmatch(given) else f"{random.getrandbits(64):016x}"
    found: str = held["request_id"]
    return found


class Requests:
    """Logs each request, names it in the response, and turns a defect into a problem body."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics
        self._log = structlog.get_logger()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        identity = request_id(scope)
        status = 0

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", identity.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, named)
        except Exception as error:
            # The last door: whatever happened, the caller gets a problem and the log says where. Not
            # the error's own words, which may hold the question.
            self._log.error("defect", request_id=identity, **_defect(error))
            if status:
                raise
            await problem(500, "something went wrong here; the log has this request's id", identity)(
                scope, receive, named
            )
        finally:
            seconds = time.perf_counter() - started
            method = scope["method"] if scope["method"] in _METHODS else "?"
            self._metrics.observe(method, _route(scope), status, seconds)
            self._log.info(
                "request",
                request_id=identity,
                method=method,
                route=_route(scope),
                status=status,
                ms=round(seconds * 1000, 1),
            )


_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


class _FromLibraries(logging.Handler):
    """What a library logs: the first line as its author wrote it, without the values that were put into
    it and without an error's own words, since either may hold a question."""

    def emit(self, record: logging.LogRecord) -> None:
        message = str(record.msg).partition("\n")[0][:_LONGEST_MESSAGE]
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().log(
            record.levelno, "library", name=record.name, message=message, **(_defect(error) if error else {})
        )


def _warned(
    message: Warning | str,  # noqa: ARG001
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001
    line: str | None = None,  # noqa: ARG001
) -> None:
    where = [f"{Path(filename).name}:{lineno}"]
    structlog.get_logger().warning("library", kind=category.__name__, where=where)


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        structlog.get_logger().error("defect", **_defect(ended.exc_value))


def _route(scope: Scope) -> str:
    route = scope.get("route")
    return str(getattr(route, "path", "none"))


def _defect(error: BaseException) -> dict[str, object]:
    return {"kind": type(error).__name__, "where": _where(error.__traceback__)}


def _where(trace: TracebackType | None) -> list[str]:
    return [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace)[-5:]]
