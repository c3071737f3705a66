"""Markdown with front matter and whatever HTML is in it, read as the HTML that it stands for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import PurePosixPath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from kb.errors import LimitError, ReadError, Withdrawn
from kb.limits import Limits
from kb.readers.blocks import Kind, compose
from kb.readers.encoding import decode
from kb.readers.frontmatter import FrontMatter, front_matter_of
from kb.readers.html import blocks_from
from kb.readers.text import title_from
from kb.types import Attribution, Document, Refusal

_EXPLICIT_ID = re.compile(r"\{(?:[^{}#]{0,80}\s)?#([\w:.-]{1,100})(?:\s[^{}]{0,80})?\}")
# What other tools than Markdown's own read: kramdown's attributes, Pandoc's divs, a template's tags.
_FOREIGN = re.compile(
    r"^ {0,3}(?:\{:[^}\n]*\}|:{3,}[^\n]*|\{%[^\n]*%\}|\{\{[<%][^\n]*[>%]\}\})[ \t]*$", re.MULTILINE
)
_ALERT = re.compile(
    r"^( {0,3}> ?)\[!(note|tip|important|warning|caution)\][ \t]*$", re.MULTILINE | re.IGNORECASE
)
_HTML_HEADING = re.compile(r"<h[1-6]\b", re.IGNORECASE)
# Markdown right below a line of HTML is not read as such; whoever wrote it meant it to be.
_MARKDOWN_BELOW_HTML = re.compile(
    r"^( {0,3}<(?:h([1-6])\b[^\n]*</h\2>[ \t]*\n(?=[ \t]*\S)"
    r"|[^\n]*>[ \t]*\n(?=#{1,6} |[-*+] |\d+[.)] |\*\*)))",
    re.MULTILINE | re.IGNORECASE,
)


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The one document that a Markdown file is."""
    text = decode(data)
    if len(text) > limits.characters:
        raise LimitError(f"has more than {limits.characters:,} characters")
    front, body = front_matter_of(text)
    if front.draft:
        raise Withdrawn("is marked as a draft in its front matter")
    blocks = blocks_from(_html(body), limits)
    if not blocks:
        raise ReadError("has no text below its front matter" if front.rest or front.title else "has no text")
    headings = [block for block in blocks if block.kind is Kind.HEADING]
    outermost = min(headings, key=lambda heading: heading.level, default=None)
    yield compose(
        blocks,
        id=name,
        collection="",
        attribution=_attribution(front, outermost.text if outermost else None, name),
        tags=front.tags,
        metadata=front.rest,
    )


def _attribution(front: FrontMatter, heading: str | None, name: str) -> Attribution:
    stem = PurePosixPath(name).parent.name if PurePosixPath(name).stem in ("index", "readme") else ""
    return Attribution(
        title=front.title or " ".join((heading or "").split()) or title_from(stem or name),
        source=name,
        url=front.url,
        author=front.author,
        published=front.published,
        modified=front.modified,
        licence=front.licence,
        language=front.language,
    )


@cache
def _markdown() -> MarkdownIt:
    # Four spaces are no code here: in pages with HTML they are its indentation, far more often.
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).disable("code")


def _html(body: str) -> str:
    """The body as HTML, every heading with the anchor that it has on a page."""
    body = _ALERT.sub(lambda match: f"{match[1]}**{match[2].capitalize()}:**", _FOREIGN.sub("", body))
    body = _MARKDOWN_BELOW_HTML.sub(r"\1\n", body)
    environment: dict[str, object] = {}
    tokens = _markdown().parse(body, environment)
    slugs: Counter[str] = Counter()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", _anchor(inline, slugs))
    if slugs or _HTML_HEADING.search(body):
        _weaken(tokens)
    return str(_markdown().renderer.render(tokens, _markdown().options, environment))


def _weaken(tokens: Iterable[Token]) -> None:
    """Takes the bold off: a bold line is no heading on a page that has headings."""
    for token in tokens:
        token.children = [t for t in token.children or [] if t.type not in ("strong_open", "strong_close")]


def _anchor(inline: Token, slugs: Counter[str]) -> str:
    """The id written behind a heading, which is taken off, or the one that GitHub makes."""
    children = inline.children or []
    if children and "{" in children[-1].content:
        before, _, braces = children[-1].content.rpartition("{")
        if explicit := _EXPLICIT_ID.fullmatch("{" + braces.rstrip()):
            children[-1].content = before.rstrip()
            slugs[explicit[1]] += 1
            return explicit[1]
    said = "".join(child.content for child in children if child.type in ("text", "code_inline"))
    slug = re.sub(r"[^\w\- ]", "", said.strip().lower()).replace(" ", "-")
    slugs[slug] += 1
    return slug if slugs[slug] == 1 else f"{slug}-{slugs[slug] - 1}"
