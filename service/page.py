"""The search page at `/`: rendered here, works without scripts, keeps no trace of what was asked.

The question is posted, so it stands in no address, history or log; the answer is not stored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from jinja2 import DictLoader, Environment, Template
from markupsafe import Markup, escape
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from index.types import Answer, Notice, Query, Result
from kb.config import ServiceConfig
from kb.errors import KnowledgeBaseError, NotFound, NotReady, QueryError
from service.access import meant
from service.answering import Answering
from service.live import Live
from service.problems import retry_header, status_of

router = APIRouter(include_in_schema=False)

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_SAFE_LINK = re.compile(r"https?://|/(?![/\\])|tel:|sms:|mailto:", re.IGNORECASE)


@router.get("/")
async def empty_page(request: Request) -> Response:
    """The box."""
    return _page(_service(request))


@router.post("/")
async def answer_page(request: Request) -> Response:
    """The box and the answer to what was asked in it."""
    answering: Answering = request.app.state.answering
    form = parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    question = form.get("q", [""])[0]
    collection = form.get("collection", ["default"])[0]
    try:
        collection = meant(request, collection, "collection" in form)
        answer = await answering.answer(Query(question, collection=collection), request.state.until)
    except KnowledgeBaseError as error:
        live: Live = request.app.state.live
        notices = await run_in_threadpool(live.notices, question)
        return _page(_service(request), question, None, notices, _told(error), status_of(error))
    return _page(_service(request), question, answer)


@router.get("/style.css")
async def style() -> Response:
    """The page's looks."""
    return Response(_web("style.css"), headers={"Cache-Control": "max-age=3600"}, media_type="text/css")


@router.get("/widget.js")
async def widget() -> Response:
    """`<kb-search>`: the search box for pages of this origin."""
    return Response(
        _web("widget.js"), headers={"Cache-Control": "max-age=3600"}, media_type="text/javascript"
    )


def _page(
    service: ServiceConfig,
    question: str = "",
    answer: Answer | None = None,
    notices: Sequence[Notice] = (),
    told: str | None = None,
    status: int = 200,
) -> Response:
    html = _template().render(
        service=service,
        question=question,
        answer=answer,
        notices=answer.notices if answer else notices,
        told=told,
    )
    headers = {**_HEADERS, **retry_header(status)}
    return Response(html.encode("utf-8", "replace"), status, headers, media_type="text/html")


def _told(error: KnowledgeBaseError) -> str:
    """In words for a visitor, who can mend a question but not a server."""
    if isinstance(error, QueryError):
        text = str(error)
        return (
            "Type a question first."
            if "empty" in text
            else f"{text[:1].upper()}{text[1:]}. Please shorten it."
        )
    if isinstance(error, NotFound):
        return "There is nothing to search here."
    if isinstance(error, NotReady):
        return "The search is being prepared. Please try again in a minute."
    return "The search is busy. Please try again in a moment."


def _marked(result: Result) -> Markup:
    """The excerpt with its marks, everything else escaped: the best sentence, which is the longest
    mark, and more lightly the words that match elsewhere."""
    text, at = result.excerpt.text, 0
    marks = result.excerpt.marks
    sentence = max(marks, key=lambda mark: mark[1] - mark[0], default=None)
    parts: list[Markup] = []
    for start, end in marks:
        opening = Markup("<mark>") if (start, end) == sentence else Markup('<mark class="word">')
        parts += [escape(text[at:start]), opening, escape(text[start:end]), Markup("</mark>")]
        at = end
    return Markup("").join([*parts, escape(text[at:])])


def _address(link: str | None) -> str | None:
    """A link that may stand in a page: never a script."""
    return link if link and _SAFE_LINK.match(link) else None


def _path(result: Result) -> list[str]:
    """The headings that the title does not say already."""
    title = result.attribution.title.casefold()
    return [heading for heading in result.headings if heading.casefold() != title]


def _service(request: Request) -> ServiceConfig:
    live: Live = request.app.state.live
    return live.knowledge.config.service


@cache
def _template() -> Template:
    environment = Environment(loader=DictLoader({"search.html": _web("search.html")}), autoescape=True)
    environment.filters.update(marked=_marked, address=_address, path=_path)
    return environment.get_template("search.html")


@cache
def _web(name: str) -> str:
    return (files("service") / "web" / name).read_text("utf-8")
