"""Documents over HTTP: listed, read, written, removed, by themselves and in streams; and what has changed."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from kb.catalogue import Catalogue
from kb.errors import Gone, NotFound, QueryError, ReadError
from kb.ingest import document_digest
from kb.limits import Limits
from kb.readers.jsonl import document_from
from kb.types import Document
from service import schemas
from service.access import addressed, caller_of
from service.bodies import Json, document_body, listed_body
from service.bulk import Bulk, Streamed
from service.incoming import is_passed_on
from service.live import Live
from service.replies import ALWAYS, LATER, json_reply, live_of, responses
from service.versions import check_read, check_write, tag

router = APIRouter(tags=["documents"])

_LONGEST_WAIT = 30.0  # seconds that ?wait=true waits
_LARGEST = 2**63 - 1

Collection = Annotated[
    str,
    Query(description="The collection; with a key, the key's own.", min_length=1, examples=["default"]),
]
DocumentId = Annotated[
    str,
    Path(description="The document's id; its slashes plain or as %2F.", examples=["site/fees.html"]),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        description="Only another version than this `ETag`'s; `*`: none.", examples=['"5f0b1c6d2e8a9f47"']
    ),
]
_TAGGED: dict[str, Any] = {
    "headers": {"ETag": {"description": "The version.", "schema": {"type": "string", "examples": ['"5f0b"']}}}
}


def _tagged(described: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The same, where what succeeds names the version."""
    return {status: {**one, **_TAGGED} if status in (200, 202) else one for status, one in described.items()}


@router.get("/v1/documents", responses=responses(schemas.DocumentsBody, 404, 422, *ALWAYS))
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

    return json_reply(await run_in_threadpool(read, live_of(request)))


@router.post(
    "/v1/documents",
    responses=responses(schemas.BulkLineBody, 400, 404, 422, *ALWAYS, 507),
    response_class=Streamed,
)
async def put_documents(
    request: Request,
    collection: Annotated[
        str, Query(description="Where lines go that name none; with a key, the key's.", examples=["default"])
    ] = "default",
    wait: Annotated[bool, Query(description="End the answer when all can be found.")] = False,
) -> Response:
    """Write a stream of documents, a JSON line each; get a line for each as it is on the disk.

    `Content-Type` may be what it likes; `application/x-ndjson` says it best. Through a proxy the lines of
    result come when the last document has been taken.

    Send it again when it broke off: lines that are in already are `unchanged` and cost next to nothing. A
    line whose id an earlier line has is refused, as in a file. From the first `failed` line on nothing was
    taken.
    """
    bound = caller_of(request).key is not None
    collection = addressed(request, collection)
    held = is_passed_on(request.headers)
    work = Bulk(live_of(request), request.app.state.limits, collection, bound, held)
    return await work.begin(request.stream(), _LONGEST_WAIT if wait else 0.0)


@router.get(
    "/v1/documents/{document_id:path}",
    responses={
        **_tagged(responses(schemas.DocumentBody, 404, 422, *ALWAYS)),
        304: {"description": "The version is the one that `If-None-Match` names.", **_TAGGED},
    },
)
async def document(
    request: Request,
    document_id: DocumentId,
    collection: Collection = "default",
    if_none_match: IfNoneMatch = None,
) -> Response:
    """A document with its whole text, and its version as `ETag`."""
    collection = addressed(request, collection)

    def read(live: Live) -> Document | None:
        with live.knowledge.catalogue() as catalogue:
            return catalogue.document(collection, document_id)

    found = await run_in_threadpool(read, live_of(request))
    if found is None:
        raise NotFound(f"There is no document {document_id} in {collection}")
    version = tag(document_digest(found))
    if not check_read(version, if_none_match):
        return Response(status_code=304, headers={"ETag": version, "Cache-Control": "no-store"})
    return json_reply(document_body(found), headers={"ETag": version})


@router.put(
    "/v1/documents/{document_id:path}",
    responses=_tagged({**responses(schemas.WrittenBody, 400, 404, 412, 422, *ALWAYS, 507), **LATER}),
)
async def put_document(
    request: Request,
    document_id: DocumentId,
    collection: Collection = "default",
    wait: Annotated[bool, Query(description="Answer when the document can be found.")] = False,
) -> Response:
    """Write a document. It is on the disk when this answers, and found within a second or so.

    With the header `If-Match: ETAG` only over that version, with `If-None-Match: *` only where there is none.
    """
    collection = addressed(request, collection)
    written = _document(await request.body(), document_id, collection, request.app.state.limits)
    live = live_of(request)
    # Not declared as parameters: what writes from the description alone would make up a version, and take
    # the 412 for what is valid being refused.
    check = check_write(request.headers)
    sequence, change = await run_in_threadpool(live.put, written, check)
    body: Json = {"id": document_id, "collection": collection, "sequence": sequence, "change": change}
    return await _written(live, body, wait, {"ETag": tag(document_digest(written))})


@router.delete(
    "/v1/documents/{document_id:path}",
    responses={**responses(schemas.WrittenBody, 404, 412, 422, *ALWAYS, 507), **LATER},
)
async def delete_document(
    request: Request,
    document_id: DocumentId,
    collection: Collection = "default",
    wait: Annotated[bool, Query(description="Answer when the document can no longer be found.")] = False,
) -> Response:
    """Remove a document; with the header `If-Match: ETAG` only that version of it."""
    collection = addressed(request, collection)
    live = live_of(request)
    check = check_write(request.headers)
    sequence = await run_in_threadpool(live.remove, collection, document_id, check)
    body: Json = {"id": document_id, "collection": collection, "sequence": sequence, "change": "removed"}
    return await _written(live, body, wait, {})


@router.get("/v1/changes", responses=responses(schemas.ChangesBody, 404, 409, 410, 422, *ALWAYS))
async def changes(
    request: Request,
    collection: Collection = "default",
    after: Annotated[
        int,
        Query(
            description="The `next` of the page before; 0: from the start.", ge=0, le=_LARGEST, examples=[42]
        ),
    ] = 0,
    limit: Annotated[
        int, Query(description="How many; a commit comes whole.", ge=1, le=1000, examples=[100])
    ] = 100,
) -> Response:
    """What was added, updated and removed after a commit, in order; of each document its last change.

    Ask again with `after` set to `next`, at once while `more` is true, later when it is not.
    """
    collection = addressed(request, collection)

    def read(live: Live) -> Json:
        with live.knowledge.catalogue() as catalogue:
            found, more = catalogue.changes(collection, after, limit)
            if not found and collection not in catalogue.collections() and not _ever(catalogue, collection):
                raise NotFound(f"There is no collection named {collection}")
        listed = [
            {"id": one.id, "mark": one.mark, "sequence": one.sequence, "change": one.change} for one in found
        ]
        return {
            "collection": collection,
            "changes": listed,
            "next": found[-1].sequence if found else after,
            "more": more,
        }

    return json_reply(await run_in_threadpool(read, live_of(request)))


async def _written(live: Live, body: Json, wait: bool, headers: dict[str, str]) -> Response:
    sequence = body["sequence"]
    assert isinstance(sequence, int)
    found = not wait or await run_in_threadpool(live.wait_for, sequence, _LONGEST_WAIT)
    return json_reply(body, 200 if found else 202, headers)


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


def _ever(catalogue: Catalogue, collection: str) -> bool:
    """Whether a collection that is empty now is one whose documents were removed."""
    try:
        return bool(catalogue.changes(collection, 0, 1)[0])
    except Gone:
        return True


_FIELD = re.compile(r"_id|title|metadata(?:\.\w+)?")  # that a reason names; else it is the text's
