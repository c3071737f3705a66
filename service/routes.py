"""The API under /v1, and health."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.types import Query as IndexQuery
from kb.errors import NotFound, NotReady, QueryError, ReadError
from kb.limits import Limits
from kb.readers.jsonl import document_from
from kb.types import Document
from service import schemas
from service.access import Need, addressed, caller_of, meant
from service.answering import Answering
from service.bodies import Json, document_body, listed_body
from service.incoming import is_near
from service.live import Live

router = APIRouter()

_NO_STORE = {"Cache-Control": "no-store"}
_LONGEST_WAIT = 30.0  # seconds that ?wait=true waits

Collection = Annotated[str, Query(description="The collection.", examples=["default"])]
DocumentId = Annotated[
    str,
    Path(description="The document's id; its slashes plain or as %2F.", examples=["site/fees.html"]),
]


def _responses(model: type, *statuses: int) -> dict[int | str, dict[str, Any]]:
    problems: dict[int | str, dict[str, Any]] = {
        status: {"model": schemas.ProblemBody, "description": _MEANINGS[status]} for status in statuses
    }
    return {200: {"model": model, "description": "Done."}, **problems}


_MEANINGS = {
    202: "Written; it will be found later, since making the index takes longer than was waited.",
    400: "The body is not JSON.",
    401: "A key is needed, or the key is not one that is taken.",
    403: "The key does not reach so far; or `explain`, without an admin key, from another machine.",
    429: "Too many requests; `Retry-After` says when to try again.",
    404: "There is no such document or collection.",
    408: "The body took too long to arrive.",
    413: "The body is too large.",
    422: "Out of limits; `field` says where.",
    503: "Overloaded, or the index is not there yet; `Retry-After` says when to try again.",
    507: "The disk is full.",
}
_LATER: dict[int | str, dict[str, Any]] = {202: {"model": schemas.WrittenBody, "description": _MEANINGS[202]}}
_ALWAYS = (401, 403, 408, 413, 429, 503)  # what any request may be answered, of those that take turns
_ASKED = (400, 404, 422, *_ALWAYS)


@router.post("/v1/search", responses=_responses(schemas.AnswerBody, *_ASKED), tags=["search"])
async def search(request: Request, body: schemas.SearchRequest) -> Response:
    """Ask a question; get ranked excerpts, each with where it is from."""
    request.state.questions = [body.query]
    if body.explain:
        _check_may_explain(request)
    return _json(await _answering(request).body(_query(request, body), request.state.until, body.explain))


@router.post("/v1/search/batch", responses=_responses(schemas.AnswersBody, *_ASKED), tags=["search"])
async def search_batch(request: Request, body: schemas.BatchRequest) -> Response:
    """Ask several questions at once; the answers come in their order."""
    request.state.questions = [one.query for one in body.queries[:50]]
    largest = request.app.state.limits.batch_queries
    if len(body.queries) > largest:
        raise QueryError(f"a batch holds at most {largest} queries", "queries")
    explained = [one.explain for one in body.queries]
    if any(explained):
        _check_may_explain(request)
    queries = [_query(request, one) for one in body.queries]
    return _json({"answers": await _answering(request).bodies(queries, request.state.until, explained)})


@router.post("/v1/suggest", responses=_responses(schemas.SuggestionsBody, *_ASKED), tags=["search"])
async def suggest(request: Request, body: schemas.SuggestRequest) -> Response:
    """What the asker may be about to type, from the documents' own titles and headings."""
    longest = request.app.state.limits.query_characters
    if not 1 <= len(body.prefix) <= longest:
        raise QueryError(f"prefix has 1 to {longest} characters", "prefix")
    collection = meant(request, body.collection, "collection" in body.model_fields_set)
    if collection not in _live(request).searcher.generation.collections:
        raise NotFound(f"There is no collection named {collection}")
    return _json({"suggestions": []})


@router.get("/v1/collections", responses=_responses(schemas.CollectionsBody, *_ALWAYS), tags=["documents"])
async def collections(request: Request) -> Response:
    """The collections and their sizes; of those that a key is for."""
    sees = caller_of(request).sees

    def read(live: Live) -> Json:
        with live.knowledge.catalogue() as catalogue:
            counted = sees(catalogue.collections())
        return {
            "collections": [
                {"name": name, "documents": documents, "passages": passages}
                for name, (documents, passages) in counted.items()
            ]
        }

    return _json(await run_in_threadpool(read, _live(request)))


@router.get(
    "/v1/documents", responses=_responses(schemas.DocumentsBody, 404, 422, *_ALWAYS), tags=["documents"]
)
async def documents(
    request: Request,
    collection: Collection = "default",
    after: Annotated[
        str, Query(description="The last id of the page before.", examples=["site/fees.html"])
    ] = "",
    limit: Annotated[int, Query(description="How many.", ge=1, le=1000, examples=[100])] = 100,
) -> Response:
    """The documents of a collection by their ids, a page at a time."""
    collection = addressed(request, collection)

    def read(live: Live) -> Json:
        with live.knowledge.catalogue() as catalogue:
            ids = catalogue.document_ids(collection, after, limit + 1)
            if not ids and collection not in catalogue.collections():
                raise NotFound(f"There is no collection named {collection}")
            found = catalogue.attributions(collection, ids[:limit])
        more = ids[limit - 1] if len(ids) > limit else None
        return {"documents": [listed_body(one, said) for one, said in found.items()], "next": more}

    return _json(await run_in_threadpool(read, _live(request)))


@router.get(
    "/v1/documents/{document_id:path}",
    responses=_responses(schemas.DocumentBody, 404, 422, *_ALWAYS),
    tags=["documents"],
)
async def document(request: Request, document_id: DocumentId, collection: Collection = "default") -> Response:
    """A document with its whole text."""
    collection = addressed(request, collection)

    def read(live: Live) -> Document | None:
        with live.knowledge.catalogue() as catalogue:
            return catalogue.document(collection, document_id)

    found = await run_in_threadpool(read, _live(request))
    if found is None:
        raise NotFound(f"There is no document {document_id} in {collection}")
    return _json(document_body(found))


@router.put(
    "/v1/documents/{document_id:path}",
    responses={**_responses(schemas.WrittenBody, 400, 422, *_ALWAYS, 507), **_LATER},
    tags=["documents"],
)
async def put_document(
    request: Request,
    document_id: DocumentId,
    collection: Collection = "default",
    wait: Annotated[bool, Query(description="Answer when the document can be found.")] = False,
) -> Response:
    """Write a document. It is on the disk when this answers, and found within a second or so."""
    collection = addressed(request, collection)
    written = _document(await request.body(), document_id, collection, request.app.state.limits)
    live = _live(request)
    sequence, change = await run_in_threadpool(live.put, written)
    body: Json = {"id": document_id, "collection": collection, "sequence": sequence, "change": change}
    return await _written(live, body, sequence, wait)


@router.delete(
    "/v1/documents/{document_id:path}",
    responses={**_responses(schemas.WrittenBody, 404, 422, *_ALWAYS, 507), **_LATER},
    tags=["documents"],
)
async def delete_document(
    request: Request,
    document_id: DocumentId,
    collection: Collection = "default",
    wait: Annotated[bool, Query(description="Answer when the document can no longer be found.")] = False,
) -> Response:
    """Remove a document."""
    collection = addressed(request, collection)
    live = _live(request)
    sequence = await run_in_threadpool(live.remove, collection, document_id)
    body: Json = {"id": document_id, "collection": collection, "sequence": sequence, "change": "removed"}
    return await _written(live, body, sequence, wait)


@router.get("/health/live", responses=_responses(schemas.HealthBody), tags=["health"])
async def is_live() -> Response:
    """Whether the process answers at all."""
    return _json({"status": "live"})


@router.get("/health/ready", responses=_responses(schemas.HealthBody, 503), tags=["health"])
async def is_ready(request: Request) -> Response:
    """Whether questions can be answered; not while the service is about to stop."""
    live = _live(request)
    if live.draining:
        raise NotReady("The service is about to stop.")
    generation = live.searcher.generation.manifest.sequence
    return _json({"status": "ready", "generation": generation, "writable": not live.full})


@router.get(
    "/metrics",
    tags=["health"],
    response_class=Response,
    responses={
        **_responses(schemas.HealthBody, 401, 403, 429),
        200: {
            "description": "Done.",
            "content": {"text/plain": {"schema": {"type": "string", "examples": [""]}}},
        },
    },
)
async def metrics() -> Response:
    """Metrics for Prometheus; there are none yet."""
    return Response("", media_type="text/plain; version=0.0.4")


def _query(request: Request, body: schemas.SearchRequest) -> IndexQuery:
    return body.to_query(meant(request, body.collection, body.names_collection))


def _check_may_explain(request: Request) -> None:
    """Only who asks from this machine, and not through a proxy on it, or has the owner's key, is told why."""
    caller = caller_of(request)
    if caller.key is not None and caller.may is Need.ADMIN:
        return
    if not is_near(request.client.host if request.client else "", request.headers):
        raise HTTPException(403, "explain needs an admin key, or to be asked on this machine; see kb explain")


async def _written(live: Live, body: Json, sequence: int, wait: bool) -> Response:
    found = not wait or await run_in_threadpool(live.wait_for, sequence, _LONGEST_WAIT)
    return _json(body, 200 if found else 202)


def _answering(request: Request) -> Answering:
    answering: Answering = request.app.state.answering
    return answering


def _live(request: Request) -> Live:
    live: Live = request.app.state.live
    return live


def _json(body: Json, status: int = 200) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, _NO_STORE, media_type="application/json")


def _document(body: bytes, document_id: str, collection: str, limits: Limits) -> Document:
    """The document that a request's body describes; what the body says of id and collection must agree."""
    try:
        record = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    if not isinstance(record, dict):
        raise HTTPException(400, "the body is not a JSON object")
    if any(str(record.get(key, document_id)) != document_id for key in ("_id", "id")):
        raise QueryError("the body has another id than the address", "_id")
    try:
        document = document_from({**record, "_id": document_id}, document_id, limits)
    except ReadError as error:
        named = _FIELD.search(str(error))
        raise QueryError(f"the document {error}", named[0] if named else "text") from None
    if document.collection not in ("", collection):
        raise QueryError("the body names another collection than the address", "metadata.collection")
    return replace(document, collection=collection)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")


_FIELD = re.compile(r"_id|title|metadata(?:\.\w+)?")  # that a reason names; else it is the text's
