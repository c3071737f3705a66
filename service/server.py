"""`kb serve`: the parts put together, uvicorn around them."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import socket
import time
from datetime import date
from http import HTTPStatus
from types import FrameType

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from index import owner
from kb.errors import ConfigError, KnowledgeBaseError, NotReady
from kb.keys import KeyRing
from service import problems
from service.app import create_app
from service.incoming import is_loopback
from service.knowledge import Knowledge
from service.live import Live
from service.logs import configure
from service.memory import settle

_DRAIN = 1.0  # seconds in which /health/ready says no and all else is still answered
_GRACE = 5  # seconds for accepted requests to finish
_HEADERS = 10.0  # seconds for a request's head to arrive
_LONGEST_HEAD = 64 * 1024  # bytes
_OPEN = (
    "Whoever reaches this address on this machine can search here, and write and remove documents: no key is "
    "asked for. To ask for keys from now on: kb keys create"
)
_PUBLIC = (
    "Everyone who can reach this address can search here without a key, as [service] public_search says."
)
_NO_KEYS = (
    "There are no keys, and at {host} everyone who reaches it could write and remove documents. Make one: "
    "kb keys create --scope search --collection default; or let everyone search and nobody write: "
    "public_search = true under [service] in kb.toml; or serve at 127.0.0.1"
)


def run(knowledge: Knowledge, host: str, port: int) -> None:
    """Serves until a signal stops it. Raises what keeps it from starting."""
    configure()
    settle()
    # What is no request is logged as every request is, in `_Protocol`, and not as a trouble of ours.
    logging.getLogger("uvicorn.error").addFilter(lambda said: said.msg != "Invalid HTTP request received.")
    listening = _listen(host, port)
    near_only = is_loopback(host)
    keys = KeyRing(knowledge.data)
    public = knowledge.config.service.public_search
    if not (near_only or public or keys.usable):
        listening.close()
        raise ConfigError(_NO_KEYS.format(host=host))
    live = Live(knowledge)
    live.start()
    signal.signal(signal.SIGTERM, lambda *_: None)  # what uvicorn raises again when it has stopped
    try:
        settings = uvicorn.Config(
            create_app(live, near_only=near_only),
            http=_Protocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the gate believes those that kb.toml names, uvicorn any on this machine
            timeout_graceful_shutdown=_GRACE,
            timeout_keep_alive=30,
        )
        print(f"Answering at http://{_shown(host)}:{listening.getsockname()[1]}", flush=True)
        for line in [*owner.stale(knowledge.config, date.today()), *_absent(knowledge)]:
            structlog.get_logger().warning(line)
        if near_only and not keys.any:
            structlog.get_logger().warning(_OPEN)
        elif public:
            structlog.get_logger().info(_PUBLIC)
        _Server(settings, live).run(sockets=[listening])
    finally:
        live.stop()


def _absent(knowledge: Knowledge) -> list[str]:
    """What kb.toml wants of documents that are not there; nothing, before any are."""
    try:
        with knowledge.catalogue() as catalogue:
            return owner.absent(knowledge.config, catalogue.holds)
    except NotReady:
        return []


class _Server(uvicorn.Server):
    """Stops in two steps at SIGTERM: first it says that it will, so that a balancer sends nobody new and
    kept connections end with their next answer, then it ends as uvicorn does."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live
        self._stop_at: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGTERM and self._stop_at is None:
            self._stop_at = time.monotonic() + _DRAIN
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        done = await super().on_tick(counter)
        if self._stop_at is None:
            return done
        if not self._live.draining:
            self._live.drain()
        closing = (b"connection", b"close")
        if closing not in self.server_state.default_headers:
            self.server_state.default_headers = [*self.server_state.default_headers, closing]
        return done or time.monotonic() >= self._stop_at


class _Together:
    """A transport that sends an answer's head with its body: uvicorn writes the one and then the other, and
    the first would wake the asker for nothing."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._head = b""

    def write(self, data: bytes) -> None:
        """Waits for what is written next, if that is at once."""
        if self._head:
            self._send(data)
        elif data:
            self._head = data
            self._loop.call_soon(self._send)

    def _send(self, data: bytes = b"") -> None:
        whole, self._head = self._head + data, b""
        if whole:
            self._transport.write(whole)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def __getattr__(self, name: str) -> object:
        return getattr(self._transport, name)


class _Protocol(HttpToolsProtocol):
    """Ends a connection on which the head of a request does not arrive, or has no end: uvicorn would wait
    for ever, and keep it all. What is no request is told so as everything is told, by a problem."""

    _deadline: asyncio.TimerHandle | None = None
    _in_head = False
    _head = 0  # bytes

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(_Together(transport, self.loop))  # type: ignore[arg-type]
        self._set_deadline()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head += len(data) if self._in_head else 0
        if self._head > _LONGEST_HEAD and not self.transport.is_closing():
            self._refuse(431, f"the head of the request is larger than {_LONGEST_HEAD} bytes")
        at_work = self.cycle is not None and not self.cycle.response_complete
        if at_work and self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        elif not at_work and self._deadline is None:
            self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        self._refuse(400, "this is no HTTP request")

    def _refuse(self, status: int, detail: str) -> None:
        identity = secrets.token_hex(8)
        structlog.get_logger().info(
            "request", request_id=identity, method="?", route="none", status=status, ms=0.0
        )
        response = problems.problem(status, detail, identity)
        head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode(), b"connection: close"]
        head += [name + b": " + value for name, value in response.raw_headers]
        self.transport.write(b"\r\n".join([*head, b"", bytes(response.body)]))
        self.transport.close()

    def _set_deadline(self) -> None:
        self._deadline = self.loop.call_later(_HEADERS, self.transport.close)


def _listen(host: str, port: int) -> socket.socket:
    """Takes the port before anything slow is done, so that a port in use is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named, since asyncio turns Nagle's algorithm off only where it sees TCP: with it,
    # head and body of an answer are 40 ms apart.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, ValueError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or "it is not a host's name"
        raise KnowledgeBaseError(
            f"{host} port {port} cannot be listened on: {reason}. Choose another: kb serve --port N"
        ) from None
    listening.listen(2048)
    listening.set_inheritable(True)
    return listening


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
