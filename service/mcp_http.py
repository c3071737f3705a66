"""MCP over streamable HTTP at `/mcp`: every request stands alone, and is answered with one JSON body.

The library is imported with the first request, in a thread: that takes two seconds, which a service that
no model's client asks need not spend.
"""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from index.types import Query
from service.access import Caller, caller_of
from service.answering import Answering
from service.bodies import Json
from service.cors import is_own
from service.live import Live
from service.logs import request_id
from service.problems import problem

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from mcp.server.mcpserver import Context

PATH = "/mcp"


def routes(live: Live, answering: Answering) -> list[Route]:
    """`/mcp`, where the `mcp` extra is installed. It takes POST alone: there are no sessions to end, and
    nothing is sent that was not asked for."""
    if find_spec("mcp") is None:
        return []
    return [Route(PATH, _Door(live, answering), methods=["POST"], include_in_schema=False)]


class _Door:
    path = PATH  # by which the log names it

    def __init__(self, live: Live, answering: Answering) -> None:
        self._live, self._answering = live, answering
        self._opening = asyncio.Lock()
        self._server: MCPServer | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self
        if not _of_own_page(Headers(scope=scope)):
            refused = problem(403, "pages of another origin may not ask here", request_id(scope))
            await refused(scope, receive, send)
            return
        server = await self._opened()
        from mcp.server.transport_security import TransportSecuritySettings

        # The gate has looked at the Host; the library would know its own by the address that is listened at,
        # which behind a proxy is not the one that is asked.
        hosts = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        app = server.streamable_http_app(
            streamable_http_path=PATH, json_response=True, stateless_http=True, transport_security=hosts
        )
        async with server.session_manager.run():  # the manager of this request alone, made by the line above
            await app({**scope, "app": app}, receive, send)

    async def _opened(self) -> MCPServer:
        async with self._opening:
            if self._server is None:
                self._server = await to_thread.run_sync(self._open)
            return self._server

    def _open(self) -> MCPServer:
        from service.mcp import make_server

        return make_server(self._live.knowledge, self._answer, _who, self._live.notices)

    async def _answer(self, context: Context, query: Query) -> Json:
        request = context.request_context.request
        assert request is not None
        return await self._answering.body(query, request.state.until)


def _who(context: Context) -> Caller:
    request = context.request_context.request
    assert request is not None
    return caller_of(request)


def _of_own_page(headers: Headers) -> bool:
    """Whether no browser's page asks, or one of this service's own: the protocol has servers look."""
    origin = headers.get("origin")
    return origin is None or is_own(origin, headers.get("host", ""))
