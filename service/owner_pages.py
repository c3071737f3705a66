"""Pages for the owner: `/docs/embed` tells how to put the search on a site, `/admin` what there is.

`/admin` is for who asks from this machine, or has an admin key, which sees its own collection. It works
without scripts, and what is tried there is posted, not counted and not kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.types import Query
from kb import refusals
from kb.config import MustFindConfig
from kb.errors import KnowledgeBaseError
from kb.refusals import Refused
from kb.types import Attribution
from service import templates
from service.access import Caller, Need, caller_of, meant
from service.assets import integrity
from service.incoming import is_near, whole
from service.judge import MustFind, must_find
from service.live import Live
from service.reasons import lines
from service.times import Bucket, share_within
from service.unanswered import DAYS_WANTED, Missed

router = APIRouter(include_in_schema=False)

_A_PAGE = 50  # documents of a list
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?")


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
    title = html.escape(service.title)  # within lines that are shown, and escaped once more for that
    return templates.render("embed.html", service=service, here=here, title=title, integrity=integrity())


@router.get("/admin")
async def overview(request: Request, collection: str = "", after: str = "") -> Response:
    """What there is."""
    check_owner(request)
    return await _admin(request, collection, after)


@router.post("/admin")
async def attempt(request: Request) -> Response:
    """The same, with a question explained, or with what must be found checked."""
    check_owner(request)
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    question, collection = form.get("q", [""])[0], whole(form.get("collection", [""])[0])
    live = _live(request)
    if "check" in form:
        asked = replace(live.knowledge.config, must_find=_must_find(request))
        checked = await run_in_threadpool(lambda: must_find(live.searcher, asked))
        return await _admin(request, collection, checked=checked)
    try:
        query = Query(question, collection=meant(request, collection or "default", bool(collection)))
        told = await run_in_threadpool(lambda: list(lines(live.searcher.explain(query))))
    except KnowledgeBaseError as error:
        told = [str(error)]
    return await _admin(request, collection, question=question, told=told)


def check_owner(request: Request) -> None:
    """Only who has an admin key, or asks from this machine, and not through a proxy on it."""
    caller = caller_of(request)
    if caller.key is not None and caller.may is Need.ADMIN:
        return
    if not is_near(request.client.host if request.client else "", request.headers):
        raise HTTPException(403, "this page needs an admin key, or to be asked for on this machine")


async def _admin(
    request: Request,
    collection: str,
    after: str = "",
    question: str = "",
    told: Sequence[str] = (),
    checked: Sequence[MustFind] | None = None,
) -> Response:
    live = _live(request)
    seen = await run_in_threadpool(_overview, live, caller_of(request), collection, after)
    return templates.render(
        "admin.html",
        frames="'none'",
        referrer="same-origin",  # with none at all a form does not say that it is of this page
        service=live.knowledge.config.service,
        must_find=_must_find(request),
        seen=seen,
        question=question,
        told=told,
        checked=checked,
    )


def _overview(live: Live, caller: Caller, collection: str, after: str) -> Overview:
    with live.knowledge.catalogue() as catalogue:
        collections = caller.sees(catalogue.collections())
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
        refused=[one for one in refusals.kept(live.knowledge.data) if one.collection in collections],
        generation=generation,
        model=model,
        times=times,
        half_within=share_within(times, 0.5),
        most_within=share_within(times, 0.95),
        counting=unanswered is not None,
        missed=[one for one in unanswered.missed() if one.collection in collections] if unanswered else (),
        days_counted=unanswered.days if unanswered else 0,
    )


def _must_find(request: Request) -> tuple[MustFindConfig, ...]:
    """What kb.toml says must be found, in the collections that the caller sees."""
    caller, named = caller_of(request), _live(request).knowledge.config.must_find
    return tuple(one for one in named if caller.may_see(one.collection))


def _live(request: Request) -> Live:
    live: Live = request.app.state.live
    return live
