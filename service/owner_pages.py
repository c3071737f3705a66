"""Pages for the owner: `/docs/embed` tells how to put the search on a site, `/admin` what there is.

`/admin` is for who asks from this machine. It works without scripts, and what is tried there is posted, not
counted and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.types import Query
from kb import refusals
from kb.errors import KnowledgeBaseError
from kb.refusals import Refused
from kb.types import Attribution
from service import templates
from service.assets import integrity
from service.incoming import is_loopback, whole
from service.judge import MustFind, must_find
from service.live import Live
from service.reasons import lines
from service.times import Bucket, share_within
from service.unanswered import DAYS_WANTED, Missed

router = APIRouter(include_in_schema=False)

_A_PAGE = 50  # documents of a list
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?")
_OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


@dataclass(frozen=True, slots=True)
class Overview:
    """All that `/admin` shows of a knowledge base."""

    collections: dict[str, tuple[int, int]]
    collection: str
    documents: dict[str, Attribution]
    next: str | None
    refused: Sequence[Refused]
    generation: int | None
    model: str | None
    times: Sequence[Bucket]
    half_within: int | None
    most_within: int | None
    counting: bool
    missed: Sequence[Missed]
    days_counted: int
    days_wanted: int = DAYS_WANTED


@router.get("/docs/embed")
async def how_to_embed(request: Request) -> Response:
    """The search box on a site of one's own, with a box to try and lines to copy."""
    host = request.headers.get("host", "")
    here = f"{request.url.scheme}://{host}" if _HOST.fullmatch(host) else "https://kb.example"
    service = _live(request).knowledge.config.service
    return templates.render("embed.html", service=service, here=here, integrity=integrity())


@router.get("/admin")
async def overview(request: Request, collection: str = "", after: str = "") -> Response:
    """What there is."""
    check_here(request)
    return await _admin(request, collection, after)


@router.post("/admin")
async def attempt(request: Request) -> Response:
    """The same, with a question explained, or with what must be found checked."""
    check_here(request)
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    question, collection = form.get("q", [""])[0], whole(form.get("collection", [""])[0])
    live = _live(request)
    if "check" in form:
        checked = await run_in_threadpool(lambda: must_find(live.searcher, live.knowledge.config))
        return await _admin(request, collection, checked=checked)
    query = Query(question, collection=collection or "default")
    try:
        told = await run_in_threadpool(lambda: list(lines(live.searcher.explain(query))))
    except KnowledgeBaseError as error:
        told = [str(error)]
    return await _admin(request, collection, question=question, told=told)


def check_here(request: Request) -> None:
    """Only who asks from this machine, by a name of this machine's own, and not through a proxy on it: a
    page of another site cannot have its name lead here."""
    client = request.client.host if request.client else ""
    passed_on = any(name in request.headers for name in _OF_PROXIES)
    if passed_on or not is_loopback(client) or not is_loopback(request.url.hostname or ""):
        raise HTTPException(403, "this page is shown on the service's own machine alone")


async def _admin(
    request: Request,
    collection: str,
    after: str = "",
    question: str = "",
    told: Sequence[str] = (),
    checked: Sequence[MustFind] | None = None,
) -> Response:
    live = _live(request)
    seen = await run_in_threadpool(_overview, live, collection, after)
    return templates.render(
        "admin.html",
        frames="'none'",
        service=live.knowledge.config.service,
        must_find=live.knowledge.config.must_find,
        seen=seen,
        question=question,
        told=told,
        checked=checked,
    )


def _overview(live: Live, collection: str, after: str) -> Overview:
    with live.knowledge.catalogue() as catalogue:
        collections = catalogue.collections()
        shown = collection if collection in collections else next(iter(collections), "default")
        ids = catalogue.document_ids(shown, after, _A_PAGE + 1)
        documents = catalogue.attributions(shown, ids[:_A_PAGE])
    try:
        manifest = live.searcher.generation.manifest
        generation, model = manifest.sequence, manifest.model.name
    except KnowledgeBaseError:
        generation, model = None, None
    times, unanswered = live.times.buckets(), live.unanswered
    return Overview(
        collections=collections,
        collection=shown,
        documents=documents,
        next=ids[_A_PAGE - 1] if len(ids) > _A_PAGE else None,
        refused=refusals.kept(live.knowledge.data),
        generation=generation,
        model=model,
        times=times,
        half_within=share_within(times, 0.5),
        most_within=share_within(times, 0.95),
        counting=unanswered is not None,
        missed=unanswered.missed() if unanswered else (),
        days_counted=unanswered.days if unanswered else 0,
    )


def _live(request: Request) -> Live:
    live: Live = request.app.state.live
    return live
