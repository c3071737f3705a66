"""What the endpoints share: how an answer is written, and what it is described as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from service import schemas
from service.answering import Answering
from service.bodies import Json
from service.encoding import encoded
from service.live import Live

_NO_STORE = {"Cache-Control": "no-store"}


def responses(model: type, *statuses: int) -> dict[int | str, dict[str, Any]]:
    problems: dict[int | str, dict[str, Any]] = {
        status: {"model": schemas.ProblemBody, "description": MEANINGS[status]} for status in statuses
    }
    return {200: {"model": model, "description": "Done."}, **problems}


MEANINGS = {
    202: "Written; it will be found later, since making the index takes longer than was waited.",
    400: "The body is not JSON.",
    401: "A key is needed, or the key is not one that is taken.",
    403: "The key does not reach so far; or `explain`, without an admin key, from another machine.",
    429: "Too many requests; `Retry-After` says when to try again.",
    404: "There is no such document or collection.",
    408: "The body took too long to arrive.",
    409: "The cursor, or the commit, is of another state or another question; begin with the first page.",
    410: "Removals from so long ago are forgotten; begin with `after=0`.",
    412: "The document is not the version that the request is about.",
    413: "The body is too large.",
    422: "Out of limits; `field` says where.",
    503: "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
    507: "The disk is full.",
}
LATER: dict[int | str, dict[str, Any]] = {202: {"model": schemas.WrittenBody, "description": MEANINGS[202]}}
ALWAYS = (401, 403, 408, 413, 429, 503)  # what any request may be answered, of those that take turns
ASKED = (400, 404, 422, *ALWAYS)
PAGED = (*ASKED, 409)  # what takes a cursor


def json_reply(body: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A body that nobody may keep."""
    return Response(encoded(body), status, {**_NO_STORE, **(headers or {})}, media_type="application/json")


def answering_of(request: Request) -> Answering:
    """What answers questions in time."""
    answering: Answering = request.app.state.answering
    return answering


def live_of(request: Request) -> Live:
    """The knowledge base that is served."""
    live: Live = request.app.state.live
    return live
