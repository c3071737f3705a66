"""The search page at `/`: rendered here, works without scripts, keeps no trace of what was asked.

The question is posted, so it stands in no address, history or log; the answer is not stored. `/embed` is
the same page for a frame on another site.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Scope

from index import owner
from index.types import Answer, Notice, Query
from kb.errors import KnowledgeBaseError, NotFound, NotReady, QueryError
from service import templates
from service.access import Caller, Need, caller_of, meant
from service.answering import Answering
from service.cors import Origins
from service.incoming import whole
from service.live import Live
from service.problems import problem, retry_header, status_of
from service.words import Words, words_for

router = APIRouter(include_in_schema=False)
_QUESTIONS = ("/", "/embed", "/v1/search", "/v1/search/batch", "/v1/context", "/retrieval")
_UNREAD = (408, 413, 429, 503)
_NOBODY = Caller(Need.NOTHING, frozenset())


@router.head("/")
@router.get("/")
@router.get("/embed")
async def empty_page(request: Request, collection: str = "default") -> Response:
    """The box."""
    return _page(request, collection)


@router.post("/")
@router.post("/embed")
async def answer_page(request: Request) -> Response:
    """The box and the answer to what was asked in it."""
    answering: Answering = request.app.state.answering
    live: Live = request.app.state.live
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    question = form.get("q", [""])[0]
    named = form.get("collection") or request.query_params.getlist("collection")
    collection = next(iter(named), "default")
    try:
        collection = meant(request, collection, bool(named))
        query = Query(question, collection=collection)
        answer = answering.noted(query, await answering.answer(query, request.state.until))
    except KnowledgeBaseError as error:
        notices = await run_in_threadpool(live.notices, question)
        return _page(
            request, collection, question, None, notices, _told(error, _words(request)), status_of(error)
        )
    return _page(request, collection, question, answer)


def refusal(scope: Scope, status: int, detail: str, request_id: str) -> Response:
    """Why a request is turned away before it is read: to a visitor in the page, to everyone else as a
    problem. What was asked is not known, so whom to call in a crisis is told with every question."""
    request = Request(scope)
    asked = scope["method"] == "POST" and scope["path"] in _QUESTIONS and status in _UNREAD
    notices = owner.unasked(request.app.state.live.knowledge.config) if asked else ()
    if scope["path"] not in ("/", "/embed"):
        return problem(status, detail, request_id, notices=notices)
    scope["state"].setdefault("caller", _NOBODY)  # who is not known sees no collection's sites
    collection = request.query_params.get("collection", "default")
    words = _words(request)
    told = {401: words.closed, 403: words.closed, 413: words.too_long}.get(status, words.busy)
    return _page(request, collection, notices=notices, told=told, status=status)


def _page(
    request: Request,
    collection: str,
    question: str = "",
    answer: Answer | None = None,
    notices: Sequence[Notice] = (),
    told: str | None = None,
    status: int = 200,
) -> Response:
    live: Live = request.app.state.live
    service = live.knowledge.config.service
    # In the address, which is known where a form was turned away unread.
    named = {} if collection == "default" else {"collection": whole(collection)}
    words = _words(request)
    if "lang" in request.query_params:
        named["lang"] = words.language
    framed = request.url.path == "/embed"
    framers = collection if caller_of(request).may_see(collection) else ""
    origins = sorted(Origins(live.knowledge.config).of(framers)) if framed else []
    response = templates.render(
        "search.html",
        status,
        frames=" ".join(["'self'", *origins]),
        service=service,
        action=f"{request.url.path}{'?' if named else ''}{urlencode(named)}",
        words=words,
        framed=framed,
        question=question,
        answer=answer,
        heading=templates.heading(answer, words) if answer else None,
        notices=answer.notices if answer else notices,
        told=told,
    )
    response.headers.update(retry_header(status))
    return response


def _words(request: Request) -> Words:
    """In the visitor's language, or in that of the site that frames the page."""
    return words_for(request.query_params.get("lang"), request.headers.get("accept-language", ""))


def _told(error: KnowledgeBaseError, words: Words) -> str:
    """In words for a visitor, who can mend a question but not a server."""
    if isinstance(error, QueryError):
        return words.empty if "empty" in str(error) else words.too_long
    if isinstance(error, NotFound):
        return words.unknown
    return words.preparing if isinstance(error, NotReady) else words.busy
