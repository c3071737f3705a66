"""From errors to HTTP: the one table, and the problem body (RFC 9457)."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.responses import Response

from index.types import Notice
from kb.errors import (
    Changed,
    Gone,
    KnowledgeBaseError,
    LimitError,
    NotFound,
    NotReady,
    QueryError,
    ReadError,
    Stale,
    StorageFull,
    TooLate,
    WriterBusy,
)
from service.bodies import notice_body

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (QueryError, 422),
    (NotFound, 404),
    (Stale, 409),
    (Gone, 410),
    (Changed, 412),
    (StorageFull, 507),
    (WriterBusy, 503),
    (NotReady, 503),
    (TooLate, 503),
    (LimitError, 422),
    (ReadError, 422),
    (KnowledgeBaseError, 500),
)
_RETRY_LATER = (429, 503)
_SECONDS = (1, 5)


def status_of(error: Exception) -> int:
    """The HTTP status of an error; 500 of one that is a defect."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(
    status: int,
    detail: str,
    request_id: str,
    field: str | None = None,
    notices: Sequence[Notice] = (),
    others: Mapping[str, object] | None = None,
) -> Response:
    """A problem as a response, with the notices that the question calls for all the same, and others'
    names for it."""
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": request_id,
        **(others or {}),
    }
    if field is not None:
        body["field"] = field
    if notices:
        body["notices"] = [notice_body(notice) for notice in notices]
    headers = {"Cache-Control": "no-store", **retry_header(status)}
    content = json.dumps(body, ensure_ascii=True)
    return Response(content, status, headers, media_type="application/problem+json")


def retry_header(status: int) -> dict[str, str]:
    """Where trying again may help, when: at random, so that those who were turned away do not all come
    back at once."""
    return {"Retry-After": str(random.randint(*_SECONDS))} if status in _RETRY_LATER else {}
