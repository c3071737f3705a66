"""The API under /v1, and health."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.types import Answer
from index.types import Query as Question
from kb.errors import NotFound, QueryError, TooLate
from kb.limits import Limits
from kb.readers.jsonl import document_from
from kb.types import Document
from service import schemas
from service.bodies import Json, answer_body, document_body
from service.live import Live

router = APIRouter()

_T = TypeVar("_T")
_PROBLEM = {"model": schemas.ProblemBody, "content": {"application/problem+json": {}}}
_NO_STORE = {"Cache-Control": "no-store"}
_LONGEST_WAIT = 30.0  # seconds that ?wait=true waits

Collection = Annotated[str, Query(description="The collection.")]


def _responses(model: type, *statuses: int) -> dict[int | str, dict[str, Any]]:
    problems: dict[int | str, dict[str, Any]] = {
        status: {**_PROBLEM, "description": _MEANINGS[status]} for status in statuses
    }
    return {200: {"model": model, "description": "Done."}, **problems}


_MEANINGS = {
    400: "The body is not JSON.",
    404: "There is no such document or collection.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    422: "Out of limits; `field` says where.",
    503: "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
    507: "The disk is full.",
}
_ASKED = (400, 404, 408, 413, 422, 503)


@router.post("/v1/search", responses=_responses(schemas.AnswerBody, *_ASKED), tags=["search"])
async def search(request: Request, body: schemas.SearchRequest) -> Response:
    """Ask a question; get ranked excerpts, each with where it is from."""
    return _json(await answered(_live(request), body.to_query()))


@router.post("/v1/search/batch", responses=_responses(schemas.AnswersBody, *_ASKED), tags=["search"])
async def search_batch(request: Request, body: schemas.BatchRequest) -> Response:
    """Ask several questions at once; the answers come in their order."""
    largest = request.app.state.limits.batch_queries
    if len(body.queries) > largest:
        raise QueryError(f"a batch holds at most {largest} queries", "queries")
    return _json({"answers": [await answered(_live(request), one.to_query()) for one in body.queries]})


@router.post("/v1/suggest", responses=_responses(schemas.SuggestionsBody, *_ASKED), tags=["search"])
async def suggest(request: Request, body: schemas.SuggestRequest) -> Response:
    """What the asker may be about to type, from the documents' own titles and headings."""
    if body.collection not in _live(request).searcher.generation.collections:
        raise NotFound(f"There is no collection named {body.collection}")
    return _json({"suggestions": []})


@router.get("/v1/collections", responses=_responses(schemas.CollectionsBody, 503), tags=["documents"])
async def collections(request: Request) -> Response:
    """The collections and their sizes."""

    def read(live: Live) -> Json:
        with live.knowledge.catalogue() as catalogue:
            counted = catalogue.collections()
        return {
            "collections": [
                {"name": name, "documents": documents, "passages": passages}
                for name, (documents, passages) in counted.items()
            ]
        }

    return _json(await run_in_threadpool(read, _live(request)))


@router.get("/v1/documents", responses=_responses(schemas.DocumentsBody, 422, 503), tags=["documents"])
async def documents(
    request: Request,
    collection: Collection = "default",
    after: Annotated[str, Query(description="The last id of the page before.")] = "",
    limit: Annotated[int, Query(description="How many.", ge=1, le=1000)] = 100,
) -> Response:
    """Ids of documents, in order, a page at a time."""

    def read(live: Live) -> Json:
        with live.knowledge.catalogue() as catalogue:
            ids = catalogue.document_ids(collection, after, limit + 1)
        more = ids[limit - 1] if len(ids) > limit else None
        return {"documents": [{"id": one} for one in ids[:limit]], "next": more}

    return _json(await run_in_threadpool(read, _live(request)))


@router.get(
    "/v1/documents/{document_id:path}",
    responses=_responses(schemas.DocumentBody, 404, 503),
    tags=["documents"],
)
async def document(request: Request, document_id: str, collection: Collection = "default") -> Response:
    """A document with its whole text."""

    def read(live: Live) -> Document | None:
        with live.knowledge.catalogue() as catalogue:
            return catalogue.document(collection, document_id)

    found = await run_in_threadpool(read, _live(request))
    if found is None:
        raise NotFound(f"There is no document {document_id} in {collection}")
    return _json(document_body(found))


@router.put(
    "/v1/documents/{document_id:path}",
    responses=_responses(schemas.WrittenBody, 400, 408, 413, 422, 503, 507),
    tags=["documents"],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DocumentRequest"}}},
        }
    },
)
async def put_document(
    request: Request,
    document_id: str,
    collection: Collection = "default",
    wait: Annotated[bool, Query(description="Answer when the document can be found.")] = False,
) -> Response:
    """Write a document. It is on the disk when this answers, and found within a second or so."""
    written = _document(await request.body(), document_id, collection, request.app.state.limits)
    live = _live(request)
    sequence, change = await run_in_threadpool(live.put, written)
    if wait:
        await run_in_threadpool(live.wait_for, sequence, _LONGEST_WAIT)
    return _json({"id": document_id, "collection": collection, "sequence": sequence, "change": change})


@router.delete(
    "/v1/documents/{document_id:path}",
    responses=_responses(schemas.WrittenBody, 404, 503, 507),
    tags=["documents"],
)
async def delete_document(
    request: Request,
    document_id: str,
    collection: Collection = "default",
    wait: Annotated[bool, Query(description="Answer when the document can no longer be found.")] = False,
) -> Response:
    """Remove a document."""
    live = _live(request)
    sequence = await run_in_threadpool(live.remove, collection, document_id)
    if wait:
        await run_in_threadpool(live.wait_for, sequence, _LONGEST_WAIT)
    return _json({"id": document_id, "collection": collection, "sequence": sequence, "change": "removed"})


@router.get("/health/live", responses=_responses(schemas.HealthBody), tags=["health"])
async def is_live() -> Response:
    """Whether the process answers at all."""
    return _json({"status": "live"})


@router.get("/health/ready", responses=_responses(schemas.HealthBody, 503), tags=["health"])
async def is_ready(request: Request) -> Response:
    """Whether questions can be answered."""
    generation = _live(request).searcher.generation.manifest.sequence
    return _json({"status": "ready", "generation": generation})


@router.get("/metrics", tags=["health"], response_class=Response)
async def metrics() -> Response:
    """Metrics for Prometheus; there are none yet."""
    return Response("", media_type="text/plain; version=0.0.4")


async def answered(live: Live, query: Question) -> Json:
    """A question's answer as a body, with the time it took."""
    started = time.perf_counter()
    answer = await answer_in_time(live, query)
    return answer_body(answer, (time.perf_counter() - started) * 1000)


async def answer_in_time(live: Live, query: Question) -> Answer:
    """A question's answer within the deadline; by words alone when the whole takes too long."""
    deadline: float = live.knowledge.config.limits.search_deadline
    answer = await _within(deadline * 0.75, lambda: live.searcher.search(query))
    if answer is not None:
        return answer
    lexical = replace(query, mode="lexical")
    answer = await _within(deadline * 0.25, lambda: live.searcher.search(lexical))
    if answer is None:
        raise TooLate("the answer took too long; try again")
    return replace(answer, degraded=True)


async def _within(seconds: float, work: Callable[[], Answer]) -> Answer | None:
    """What the work gives, or None when it takes longer; it then ends unheard."""
    try:
        return await asyncio.wait_for(asyncio.shield(run_in_threadpool(work)), seconds)
    except TimeoutError:
        return None


def _live(request: Request) -> Live:
    live: Live = request.app.state.live
    return live


def _json(body: Json, status: int = 200) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, _NO_STORE, media_type="application/json")


def _document(body: bytes, document_id: str, collection: str, limits: Limits) -> Document:
    """The document that a request's body describes; what the body says of id and collection must agree."""
    try:
        record = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    if not isinstance(record, dict):
        raise HTTPException(400, "the body is not a JSON object")
    named = record.get("_id", record.get("id", document_id))
    if named != document_id:
        raise QueryError("the body has another id than the address", "_id")
    document = document_from({**record, "_id": document_id}, document_id, limits)
    if document.collection not in ("", collection):
        raise QueryError("the body names another collection than the address", "metadata.collection")
    return replace(document, collection=collection)
