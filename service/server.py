"""`kb serve`: the parts put together, uvicorn around them."""

from __future__ import annotations

import socket

import uvicorn

from kb.errors import KnowledgeBaseError
from service.app import create_app
from service.knowledge import Knowledge
from service.live import Live
from service.logs import configure

_GRACE = 8  # seconds for accepted requests to finish


def run(knowledge: Knowledge, host: str, port: int) -> None:
    """Serves until a signal stops it. Raises what keeps it from starting."""
    configure()
    listening = _listen(host, port)
    live = Live(knowledge)
    live.start()
    try:
        settings = uvicorn.Config(
            create_app(live),
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=_GRACE,
            timeout_keep_alive=30,
            h11_max_incomplete_event_size=64 * 1024,
        )
        server = uvicorn.Server(settings)
        print(f"Answering at http://{_shown(host)}:{listening.getsockname()[1]}", flush=True)
        server.run(sockets=[listening])
    finally:
        live.stop()


def _listen(host: str, port: int) -> socket.socket:
    """Takes the port before anything slow is done, so that a port in use is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise KnowledgeBaseError(
            f"{host} port {port} cannot be listened on: {error.strerror}. Choose another: kb serve --port N"
        ) from None
    listening.listen(2048)
    listening.set_inheritable(True)
    return listening


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
