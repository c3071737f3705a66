"""The HTTP service: `create_app` puts the parts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from index.types import Notice
from kb.errors import KnowledgeBaseError
from kb.keys import KeyRing
from kb.limits import Limits
from service import (
    assets,
    dify,
    mcp_http,
    owner_pages,
    page,
    reference,
    routes,
    routes_answers,
    routes_documents,
)
from service.access import methods_of
from service.admission import Admission
from service.answering import Answering
from service.compression import Compression
from service.describe import described
from service.gate import Doorkeeper, Gate
from service.invalid import words
from service.live import Live
from service.logs import Requests, request_id
from service.metrics import Metrics
from service.problems import problem, status_of
from service.tracing import Traced, provider

_UNREADABLE = "There was an error parsing the body"  # as FastAPI says it
_MOST = 50  # questions of a wrong batch that are looked at
_DESCRIPTION = (
    "Ranked, attributed excerpts from your own documents. Ask with `POST /v1/search`. Every error is a "
    "problem body (RFC 9457). Offsets and marks count Unicode code points.\n\n"
    "What is here stays: fields and operations are added, none is taken away or given another meaning while "
    "the addresses begin with `/v1`, so pass over fields that you do not know. What will go one day says so "
    "for a year at least, in its answers' `Deprecation` and `Sunset` headers (RFC 9745, RFC 8594) and in the "
    "changelog.\n\n"
    "Every answer names its request (`X-Request-ID`: your own, if it is 8 to 64 letters, digits, `-`, `_`)."
)


def create_app(live: Live, limits: Limits | None = None, near_only: bool = True) -> FastAPI:
    """The service over an opened knowledge base; the caller starts and stops `live`.

    `near_only`: it listens to this machine alone, where it is open while there are no keys.
    """
    config = live.knowledge.config
    limits = limits or config.limits
    keeper = Doorkeeper(replace(config, limits=limits), KeyRing(live.knowledge.data), near_only)
    metrics = Metrics(live)
    app = FastAPI(
        title="Knowledge base search",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(Requests, metrics=metrics),
            *([Middleware(Traced, provider=provider())] if config.service.tracing else []),
            Middleware(Gate, keeper=keeper, request_id=request_id),
            Middleware(Compression),
            Middleware(Admission, limits=limits, request_id=request_id, metrics=metrics),
        ],
        exception_handlers={
            KnowledgeBaseError: _known_error,
            RequestValidationError: _invalid,
            HTTPException: _http_error,
        },
    )
    app.state.live = live
    app.state.limits = limits
    app.state.keeper = keeper
    app.state.described = {}
    app.state.metrics = metrics
    app.state.answering = Answering(live, limits)
    app.include_router(routes.router)
    app.include_router(routes_answers.router)
    app.include_router(routes_documents.router)
    app.include_router(dify.router)
    app.include_router(page.router)
    app.include_router(reference.router)
    app.include_router(assets.router)
    app.include_router(owner_pages.router)
    app.router.routes.extend(mcp_http.routes(live, app.state.answering))
    app.openapi = lambda: described(app)  # type: ignore[method-assign]
    return app


async def _known_error(request: Request, error: Exception) -> Response:
    field = getattr(error, "field", None)
    notices = await _notices(request, getattr(request.state, "questions", ()))
    return problem(status_of(error), str(error), request_id(request.scope), field, notices)


async def _notices(request: Request, questions: Sequence[str]) -> tuple[Notice, ...]:
    """What was asked calls for the same notices where it cannot be answered."""
    live: Live = request.app.state.live
    found = [notice for text in questions for notice in await run_in_threadpool(live.notices, text)]
    return tuple(dict.fromkeys(found))


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(400, "the body is not JSON", request_id(request.scope))
    if first["loc"] == ("body",):
        detail = "the body is not a JSON object, or Content-Type does not say application/json"
        return problem(400, detail, request_id(request.scope))
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
    field = ".".join(place) or str(first["loc"][-1])
    notices = await _notices(request, _asked(error.body))
    return problem(
        422, f"{field}: {words(first, _model(request))}", request_id(request.scope), field, notices
    )


def _model(request: Request) -> type[BaseModel] | None:
    """What the body of a request to this address is read as."""
    route = request.scope.get("route")
    described = getattr(getattr(route, "body_field", None), "field_info", None)
    model = getattr(described, "annotation", None)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _asked(body: object) -> list[str]:
    """The questions of a body that is otherwise wrong."""
    if not isinstance(body, dict):
        return []
    queries = body.get("queries")
    several = [one for one in queries if isinstance(one, dict)] if isinstance(queries, list) else []
    asked = [one.get("query") for one in [body, *several[:_MOST]]]
    return [text for text in asked if isinstance(text, str)]


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    details = {
        400: "the body is not JSON in UTF-8; if it is packed (Content-Encoding), send it as it is",
        404: "there is nothing at this address",
        405: "this address does not take this method",
    }
    generic = error.detail in (HTTPStatus(error.status_code).phrase, _UNREADABLE)
    detail = details.get(error.status_code, error.detail) if generic else error.detail
    response = problem(error.status_code, detail, request_id(request.scope))
    response.headers.update(error.headers or {})
    if error.status_code == 405:  # the framework names the methods of the first route alone
        response.headers["Allow"] = ", ".join(methods_of(request.url.path))
    return response
