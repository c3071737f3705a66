"""The API under /v1, and health."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.types import Query as IndexQuery
from kb.errors import NotReady, QueryError
from service import schemas
from service.access import Need, caller_of, meant
from service.bodies import Json
from service.direct import DirectRoute
from service.incoming import is_near
from service.live import Live
from service.metrics import CONTENT_TYPE, EXAMPLE, Metrics
from service.replies import ALWAYS, ASKED, PAGED, answering_of, json_reply, live_of, responses

router = APIRouter(route_class=DirectRoute)


@router.post("/v1/search", responses=responses(schemas.AnswerBody, *PAGED), tags=["search"])
async def search(request: Request, body: schemas.SearchRequest) -> Response:
    """Ask a question; get ranked excerpts, each with where it is from."""
    request.state.questions = [body.query]
    if body.explain:
        _check_may_explain(request)
    return json_reply(
        await answering_of(request).body(_query(request, body), request.state.until, body.explain)
    )


@router.post("/v1/search/batch", responses=responses(schemas.AnswersBody, *PAGED), tags=["search"])
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
    return json_reply(
        {"answers": await answering_of(request).bodies(queries, request.state.until, explained)}
    )


@router.post("/v1/suggest", responses=responses(schemas.SuggestionsBody, *ASKED), tags=["search"])
async def suggest(request: Request, body: schemas.SuggestRequest) -> Response:
    """What the asker may be about to type, from the documents' own titles, headings and questions."""
    longest = request.app.state.limits.query_characters
    if not 1 <= len(body.prefix) <= longest:
        raise QueryError(f"prefix has 1 to {longest} characters", "prefix")
    collection = meant(request, body.collection, "collection" in body.model_fields_set)
    live = live_of(request)
    generation = live.searcher.generation
    found = await run_in_threadpool(live.suggesting.of, generation, collection, body.prefix)
    texts, languages = [text for text, _ in found], [language for _, language in found]
    return json_reply({"suggestions": texts, "languages": languages})


@router.get("/v1/collections", responses=responses(schemas.CollectionsBody, *ALWAYS), tags=["documents"])
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

    return json_reply(await run_in_threadpool(read, live_of(request)))


@router.head("/health/live", include_in_schema=False)
@router.get("/health/live", responses=responses(schemas.LiveBody), tags=["health"])
async def is_live() -> Response:
    """Whether the process answers at all."""
    return json_reply({"status": "live"})


@router.head("/health/ready", include_in_schema=False)
@router.get("/health/ready", responses=responses(schemas.ReadyBody, 503), tags=["health"])
async def is_ready(request: Request) -> Response:
    """Whether questions can be answered; not while the service is about to stop."""
    live = live_of(request)
    if live.draining:
        raise NotReady("The service is about to stop.")
    generation = live.searcher.generation.manifest.sequence
    return json_reply({"status": "ready", "generation": generation, "writable": live.writable})


@router.get(
    "/metrics",
    tags=["health"],
    response_class=Response,
    responses={
        **responses(schemas.LiveBody, 401, 403, 429),
        200: {
            "description": "Done.",
            "content": {"text/plain": {"schema": {"type": "string"}, "example": EXAMPLE}},
        },
    },
)
async def metrics(request: Request) -> Response:
    """Metrics for Prometheus: counts and times by route, never what was asked or by whom."""
    kept: Metrics = request.app.state.metrics
    written = await run_in_threadpool(kept.written, caller_of(request).may_see)
    return Response(written, headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE)


def _query(request: Request, body: schemas.SearchRequest) -> IndexQuery:
    return body.to_query(meant(request, body.collection, body.names_collection))


def _check_may_explain(request: Request) -> None:
    """Only who asks from this machine, and not through a proxy on it, or has the owner's key, is told why."""
    caller = caller_of(request)
    if caller.key is not None and caller.may is Need.ADMIN:
        return
    if not is_near(request.client.host if request.client else "", request.headers):
        raise HTTPException(403, "explain needs an admin key, or to be asked on this machine; see kb explain")
