"""Requests and how their answers are read: what both clients share, without a connection."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx2

from kb_client import types
from kb_client.errors import KbError
from kb_client.types import Json, Mode

T = TypeVar("T")
BATCH = 50  # queries in one request; the service's default limit
LONGEST_WAIT = 60.0  # seconds that `Retry-After` is obeyed for; beyond that the error is raised
_WAITED = 30.0  # seconds that a service waits, at the most, for what was written to be found
_AGAIN = (429, 503)
_PACKED = '-gzip"'  # ends the tag of an answer that came packed, of what is the same version


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """What is asked, and how the answer's body is read."""

    method: str
    path: str
    read: Callable[[Json], T]
    body: Json | None = None
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def search(
    query: str,
    limit: int,
    collection: str | None,
    mode: Mode,
    filters: Json | None,
    group: bool,
    cursor: str | None,
    excerpt_length: int | None,
) -> Request[types.Answer]:
    asked: dict[str, Any] = {"query": query, "limit": limit, "mode": mode, "group": group}
    said = _said(collection=collection, filters=filters, cursor=cursor, excerpt_length=excerpt_length)
    return Request("POST", "/v1/search", types.answer, {**asked, **said})


def context(
    query: str, tokens: int, collection: str | None, mode: Mode, filters: Json | None
) -> Request[types.Context]:
    asked = {"query": query, "tokens": tokens, "mode": mode, **_said(collection=collection, filters=filters)}
    return Request("POST", "/v1/context", types.context, asked)


def check(
    answer: str, passages: Iterable[types.ContextPassage], collection: str | None
) -> Request[types.Checked]:
    cited = [
        {"mark": one.mark, "document_id": one.document_id, "start": one.start, "end": one.end}
        for one in passages
    ]
    asked = {"answer": answer, "passages": cited, **_said(collection=collection)}
    return Request("POST", "/v1/citations/check", types.checked, asked)


def batch(queries: list[Json]) -> Request[list[types.Answer]]:
    return Request(
        "POST",
        "/v1/search/batch",
        lambda body: [types.answer(one) for one in body["answers"]],
        {"queries": queries},
    )


def question(query: str | Json, limit: int, collection: str | None) -> Json:
    """One query of a batch: a text, or a request body; what that does not say is as for the batch."""
    said = {"query": query} if isinstance(query, str) else query
    return {"limit": limit, **_params(collection), **said}


def put(
    document_id: str,
    text: str,
    title: str | None,
    metadata: Json | None,
    collection: str | None,
    wait: bool,
    if_match: str | None,
    if_none_match: str | None,
) -> Request[types.Written]:
    body = {"text": text, "title": title, "metadata": dict(metadata) if metadata else None}
    params, headers = _params(collection, wait), _only(if_match, if_none_match)
    return Request("PUT", address(document_id), types.written, _said(**body), params, headers)


class Bulk:
    """The lines of one `POST /v1/documents`: what is sent, and what each line of the answer says."""

    path = "/v1/documents"

    def __init__(self, documents: Iterable[Json], collection: str | None, wait: bool) -> None:
        self._documents, self._collection = documents, collection
        self._ids: list[str] = []
        self._told = False
        self.params = _params(collection, wait)
        self.headers = {"Content-Type": "application/x-ndjson"}

    def lines(self) -> Iterator[bytes]:
        """A document a line; half a surrogate pair, which is no character, is sent as JSON can say it."""
        self._ids.clear()
        for one in self._documents:
            self._ids.append(str(one.get("_id", one.get("id", ""))))
            yield json.dumps(dict(one)).encode() + b"\n"

    def result(self, line: str) -> types.Written | types.Refused:
        """What became of a document. Raises KbError where the service could not go on."""
        self._told = True
        said = json.loads(line)
        if said["change"] == "failed":
            raise KbError(503, said)
        if said["change"] == "refused":
            return types.Refused(self._ids[said["line"] - 1], said["detail"])
        collection = self._collection or ""
        return types.Written(said["id"], collection, said["sequence"], said["change"])

    def seconds_to_wait(self, response: httpx2.Response | None, attempt: int) -> float | None:
        """As for other requests; None, too, where a result is told already, or where documents that are
        gone through only once have begun to be."""
        spent = bool(self._ids) and isinstance(self._documents, Iterator)
        return None if self._told or spent else seconds_to_wait(response, attempt)


def delete(
    document_id: str, collection: str | None, wait: bool, if_match: str | None
) -> Request[types.Written]:
    params, headers = _params(collection, wait), _only(if_match, None)
    return Request("DELETE", address(document_id), types.written, None, params, headers)


def document(document_id: str, collection: str | None) -> Request[types.Document]:
    return Request("GET", address(document_id), types.document, None, _params(collection))


def page(collection: str | None, after: str, size: int) -> Request[tuple[list[types.Listed], str | None]]:
    """A page of a collection's documents, and where the next one begins."""
    return Request(
        "GET",
        "/v1/documents",
        lambda body: ([types.listed(one) for one in body["documents"]], body["next"]),
        None,
        {**_params(collection), "after": after, "limit": size},
    )


def changes(collection: str | None, after: int, size: int) -> Request[tuple[list[types.Change], int, bool]]:
    """A page of what has changed, where the next one begins, and whether there is one already."""
    return Request(
        "GET",
        "/v1/changes",
        lambda body: ([types.change(one) for one in body["changes"]], body["next"], body["more"]),
        None,
        {**_params(collection), "after": after, "limit": size},
    )


def collections() -> Request[list[types.Collection]]:
    return Request(
        "GET", "/v1/collections", lambda body: [types.collection(one) for one in body["collections"]]
    )


def suggest(prefix: str, collection: str | None) -> Request[list[str]]:
    asked = {"prefix": prefix} if collection is None else {"prefix": prefix, "collection": collection}
    return Request("POST", "/v1/suggest", lambda body: list(body["suggestions"]), asked)


def ready() -> Request[bool]:
    return Request("GET", "/health/ready", lambda body: body["status"] == "ready")


def address(document_id: str) -> str:
    """Where a document is; its id may hold anything, slashes too."""
    return f"/v1/documents/{quote(document_id, safe='')}"


def seconds_to_wait(response: httpx2.Response | None, attempt: int) -> float | None:
    """When to try again, after a refusal or (None) no answer at all; None where that is no use.

    What `Retry-After` says, or else longer each time, and at random so that those who were turned away
    together do not come back together.
    """
    if response is not None:
        if response.status_code not in _AGAIN:
            return None
        seconds = _asked(response.headers.get("Retry-After", ""))
        if seconds is not None:
            return seconds if seconds <= LONGEST_WAIT else None
    return float(random.uniform(0.5, 1.0) * 0.25 * 2**attempt)


def _asked(said: str) -> float | None:
    """The seconds that `Retry-After` asks to wait, by their number or by a date; None where it says none."""
    if said.isdecimal():
        return float(said)
    try:
        date = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)  # the older forms name no zone, and mean this
    return max(0.0, (date - datetime.now(UTC)).total_seconds())


def result_of(request: Request[T], response: httpx2.Response) -> T:
    """What a request is answered with. Raises KbError."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise KbError(
            response.status_code, {"detail": "the answer is not JSON: is this the service's address?"}
        )
    if response.status_code >= 400:
        raise KbError(response.status_code, body)
    version = response.headers.get("ETag")
    return request.read(body if version is None else {**body, "version": version.replace(_PACKED, '"')})


def lost(error: httpx2.TransportError) -> tuple[None, Exception]:
    """No answer; one that took too long is not asked for again, for it would take as long."""
    if isinstance(error, httpx2.TimeoutException) and not isinstance(error, httpx2.ConnectTimeout):
        raise unreachable(error) from error
    return None, error


def patience(request: Request[T], timeout: httpx2.Timeout) -> httpx2.Timeout:
    """How long its answer may take: longer where the service is asked to wait."""
    if "wait" not in request.params or timeout.read is None:
        return timeout
    return httpx2.Timeout(
        connect=timeout.connect, read=timeout.read + _WAITED, write=timeout.write, pool=timeout.pool
    )


def unreachable(error: Exception | None) -> KbError:
    """Names no question: what a transport says may go into a log."""
    return KbError(0, {"detail": f"the service gave no answer ({type(error).__name__})"})


def headers(key: str | None) -> dict[str, str]:
    """Those of every request; a key goes nowhere else."""
    found = {"User-Agent": "kb-client/0.1"}
    return found if key is None else {**found, "Authorization": f"Bearer {key}"}


def _said(**parts: Any) -> dict[str, Any]:
    """Those that say something."""
    return {
        name: dict(part) if isinstance(part, Mapping) else part
        for name, part in parts.items()
        if part is not None and part != {}
    }


def _only(if_match: str | None, if_none_match: str | None) -> dict[str, str]:
    """The conditions of a write."""
    return _said(**{"If-Match": if_match, "If-None-Match": if_none_match})


def _params(collection: str | None, wait: bool = False) -> dict[str, str | int]:
    found: dict[str, str | int] = {} if collection is None else {"collection": collection}
    return {**found, "wait": "true"} if wait else found
