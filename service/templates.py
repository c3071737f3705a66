"""HTML from templates in `service/web`: everything is escaped but what is made here as markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath

from jinja2 import Environment, FunctionLoader
from markupsafe import Markup, escape
from starlette.responses import Response

from index.types import Answer, Result
from service.words import ENGLISH, Words

FIRST = 3  # results are shown however unlikely they are
LIKELY = 0.03  # of the likeliest result's chance; measured in ARCHITECTURE.md
_SAFE_LINK = re.compile(r"https?://|/(?![/\\])|tel:|sms:|mailto:", re.IGNORECASE)


def policy(frames: str = "'self'") -> str:
    """The page's Content-Security-Policy: nothing but its own files, and no markup made by a script.
    `frames` are the sites that may show the page."""
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {frames}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def render(
    name: str, status: int = 200, frames: str = "'self'", referrer: str = "no-referrer", **values: object
) -> Response:
    """A page that is not kept, tells nobody else where its reader came from, and is in no search engine."""
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy(frames),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "browsing-topics=(), camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": referrer,
        "X-Robots-Tag": "noindex",
    }
    html = _environment().get_template(name).render(values)
    return Response(html.encode("utf-8", "replace"), status, headers, media_type="text/html")


@cache
def web(name: str) -> str:
    """The text of a file in `service/web`."""
    return (files("service") / "web" / name).read_text("utf-8")


def heading(answer: Answer, words: Words = ENGLISH) -> str:
    """The verdict in words; below a crisis notice nobody is told that their distress has no answer."""
    if not answer.results:
        return words.no_results
    if answer.verdict != "answered" and in_crisis(answer):
        return words.closest
    if answer.verdict == "none":
        return words.none
    if answer.verdict == "related":
        return words.related
    return words.count(likely(answer.results))


def in_crisis(answer: Answer) -> bool:
    """Whether whom to call in a crisis stands above the results."""
    return any(notice.kind == "crisis" for notice in answer.notices)


def likely(results: Sequence[Result]) -> int:
    """How many of the first results a page shows. Those after them are folded, which are two at least, each
    with less than a small part of the likeliest one's chance to help."""
    least = LIKELY * max((result.score for result in results), default=0)
    shown = len(results)
    while shown > FIRST and results[shown - 1].score < least:
        shown -= 1
    return len(results) if len(results) - shown < 2 else shown


def address(link: str | None) -> str | None:
    """A link that may stand in a page: never a script."""
    return link if link and _SAFE_LINK.match(link) else None


@cache
def _environment() -> Environment:
    environment = Environment(loader=FunctionLoader(web), autoescape=True)
    environment.filters.update(marked=_marked, address=address, path=_path, facts=_facts)
    environment.globals.update(words=ENGLISH)
    environment.filters.update(day=ENGLISH.day, base=_base, likely=likely, in_crisis=in_crisis)
    return environment


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


def _path(result: Result) -> list[str]:
    """The headings that the title does not say already."""
    title = result.attribution.title.casefold()
    return [heading for heading in result.headings if heading.casefold() != title]


def _facts(result: Result, words: Words) -> list[str]:
    """On which page of its document a result stands, what kind of file that is, and of when."""
    said = result.attribution
    kind = "PDF" if PurePosixPath(said.source).suffix.lower() == ".pdf" else ""
    page = words.page.format(result.page) if result.page else ""
    place = ", ".join(filter(None, (kind, page)))
    return [fact for fact in (place, words.day(said.modified or said.published)) if fact]


def _base(name: str) -> str:
    """A model's name without the folder or the account that it is in."""
    return PurePosixPath(name).name
