"""What a page says about itself: JSON-LD, Open Graph, meta tags, each asked in the order of its worth."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from kb.readers.blocks import Block, Kind
from kb.readers.dates import iso_date
from kb.readers.dom import Element
from kb.readers.encoding import clean

# The kinds of JSON-LD that are the page itself, best first; all else is about the site or in the page.
_ARTICLES = frozenset(
    "article blogposting newsarticle medicalscholarlyarticle scholarlyarticle report techarticle"
    " socialmediaposting"
    " advertisercontentarticle".split()
)
_PAGES = frozenset(
    "webpage medicalwebpage faqpage aboutpage contactpage profilepage itempage collectionpage qapage"
    " checkoutpage"
    " healthtopiccontent".split()
)
_MOST_NODES = 2_000
_MOST_TAGS = 50

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*")
_SEPARATOR = re.compile(r"\s+[|–—•·»:~-]\s+|\s*[|»]\s*|\s+::\s+")
_NO_AUTHOR = re.compile(
    r"admin\w*|webmaster|author|editor|user\d*|root|wordpress|https?://.*|@?[\w.-]+@[\w.-]+", re.I
)
_BY = re.compile(r"^(?:written |posted |published |reviewed )?by:?\s+", re.I)
_GENERIC = re.compile(
    r"home(?: ?page)?|welcome!?|index|untitled(?: document)?|new page|page|document|blank|default|main"
    r"|start|blog|menu",
    re.I,
)
_LONGEST_TITLE = 120
_SPOKEN_TO = re.compile(r"\b(?:you|your|yours|we|our|me|my|let['’]s)\b|[!.…]$", re.I)
_NO_MEANING = frozenset("a an and for in is of on or our the to us we with you your page what how".split())


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was said. `titles` are candidates, best first, as written; `rest` is kept beside the"
    " attribution."""

    titles: tuple[str, ...] = ()
    site: str | None = None
    url: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    licence: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    rest: dict[str, object] = field(default_factory=dict)


def metadata_of(root: Element) -> Metadata:
    """Reads the whole page's tree, before anything is taken out of it."""
    metas = _metas(root)
    nodes = _json_ld(root)
    article = next((n for n in nodes if _kinds(n) & _ARTICLES), {})
    page = next((n for n in nodes if _kinds(n) & _PAGES), {})
    by_id = {n["@id"]: n for n in nodes if isinstance(n.get("@id"), str)}
    site = _first(metas, "og:site_name", "application-name") or _site_name(nodes)
    links = [e.get("href").strip() for e in root.find("link") if e.get("rel").lower() == "canonical"]
    canonical = links[0] if links else ""
    url = _url(root, metas, canonical, article, page)
    title = next((e.text() for e in root.find("title")), "")
    rest: dict[str, object] = {}
    if description := _first(metas, "description", "og:description"):
        rest["description"] = description
    if site:
        rest["site"] = site
    if canonical and canonical != url:
        rest["canonical"] = canonical
    return Metadata(
        titles=tuple(
            t
            for said in (article.get("headline"), _first(metas, "og:title"), title, page.get("name"))
            if (t := _text(said))
        ),
        site=site,
        url=url,
        author=_author(root, metas, article, page, by_id),
        published=_date(
            article.get("datePublished"),
            _first(metas, "article:published_time", "date", "dc.date", "dcterms.created", "dc.date.issued"),
            _first(metas, "citation_publication_date", "pubdate", "publish_date", "parsely-pub-date"),
            _item(root, "datePublished"),
            page.get("datePublished"),
            _entry_time(root, "published", "entry-date", "post-date", "blog-date", "dt-published"),
        ),
        modified=_date(
            article.get("dateModified"),
            page.get("lastReviewed"),
            _first(metas, "article:modified_time", "og:updated_time", "last-modified", "dcterms.modified"),
            _item(root, "dateModified"),
            page.get("dateModified"),
            _entry_time(root, "updated", "modified", "dt-updated"),
        ),
        licence=_licence(root, metas, article, page),
        language=_language(
            root.get("lang") or root.get("xml:lang"),
            _first(metas, "content-language", "dc.language", "language"),
            _text(article.get("inLanguage")) or _text(page.get("inLanguage")),
            _first(metas, "og:locale"),
        ),
        tags=_tags(metas, article),
        rest=rest,
    )


def best_title(about: Metadata, blocks: Sequence[Block], name: str) -> str | None:
    """What a visitor would call the page.

    Its first outermost heading, as a rule. But a heading may be a slogan, and a title a template's
    left-over or words for search engines, so each is held against the other, against the page's
    address and against what the page says.
    """
    headings = [block for block in blocks if block.kind is Kind.HEADING]
    spoken = [" ".join(block.text.split()) for block in headings]
    titles = [t for said in about.titles if (t := without_site(said, about.site, spoken))]
    titles = [t for t in titles if not _GENERIC.fullmatch(t) and len(t) <= _LONGEST_TITLE]
    own = [text for text, block in zip(spoken, headings, strict=True) if block.level == 1] or spoken[:1]
    own = [text for text in own if len(text) <= _LONGEST_TITLE and not _GENERIC.fullmatch(text)]
    said = set().union(*(_meaning(block.text) for block in blocks))
    if own:
        titles = [title for title in titles if 2 * len(_meaning(title) & said) >= len(_meaning(title))]
    agreeing = next((h for h in own[:3] for t in titles if _agree(h, t)), None)
    if agreeing or not own or not titles:
        return agreeing or next(iter((*own, *titles, *spoken[:1])), None) or about.site
    address = _address(about.url, name)
    if address:
        best = max((own[0], *titles), key=lambda title: len(_meaning(title) & address) / len(_meaning(title)))
        if _meaning(best) & address:
            return best
    said_in_headings = set().union(*map(_meaning, spoken))
    for title in titles:
        meaning = _meaning(title)
        if 2 * len(meaning & said_in_headings) >= len(meaning) or (len(meaning) > 1 and meaning <= said):
            return title if _is_slogan(own[0]) or headings[0].level > 1 else own[0]
    return own[0]


def without_site(title: str, site: str | None, headings: Sequence[str] = ()) -> str:
    """The page's own part of `Fees | The Clinic`."""
    parts = [part.strip() for part in _SEPARATOR.split(title) if part.strip()]
    if len(parts) < 2:
        return title.strip()
    spoken = {h.casefold() for h in headings}
    for part in parts:
        if part.casefold() in spoken:
            return part
    if site:
        others = [p for p in parts if not _agree(p, site) and p.casefold() not in site.casefold()]
        if others and others != parts:
            parts = others
    parts = [p for p in parts if not _GENERIC.fullmatch(p)] or parts
    return parts[0]


def _address(url: str | None, name: str) -> set[str]:
    """The words of a page's address: of its last part that says something."""
    for path in (urlsplit(url or "").path, name):
        for part in reversed(path.split("/")[1 if path is name else 0 :] or [path]):
            stem = re.sub(r"\.\w+$", "", part)
            if stem and not _GENERIC.fullmatch(stem):
                return _meaning(stem)
    return set()


def _is_slogan(heading: str) -> bool:
    return len(heading.split()) > 6 or bool(_SPOKEN_TO.search(heading))


def _agree(one: str, other: str) -> bool:
    """Whether two titles say the same thing: most of the shorter one's words are in the other."""
    first, second = sorted((_meaning(one), _meaning(other)), key=len)
    return bool(first) and len(first & second) >= 0.6 * len(first)


def _meaning(text: str) -> set[str]:
    words = set(re.findall(r"[^\W_]+", text.casefold()))
    return (words - _NO_MEANING) or words


# Meta tags


def _metas(root: Element) -> dict[str, list[str]]:
    said: dict[str, list[str]] = {}
    for meta in root.find("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv") or ""
        content = _text(meta.get("content"))
        if name and content:
            said.setdefault(name.strip().lower(), []).append(content)
    return said


def _first(metas: Mapping[str, list[str]], *names: str) -> str | None:
    return next((metas[name][0] for name in names if name in metas), None)


def _url(
    root: Element,
    metas: Mapping[str, list[str]],
    canonical: str,
    article: Mapping[str, object],
    page: Mapping[str, object],
) -> str | None:
    """The canonical address; a relative one is made whole by what else names the page's place."""
    base = next((e.get("href") for e in root.find("base")), "")
    said = (_first(metas, "og:url"), _text(article.get("url")), _text(page.get("url")))
    whole = [url for url in (base, *said) if url and _is_whole(url)]
    if canonical and whole and not _is_whole(canonical):
        with contextlib.suppress(ValueError):
            canonical = urljoin(whole[0], canonical)
    if _is_whole(canonical):
        return canonical
    return next((url for url in whole if url != base), None)


def _is_whole(url: str | None) -> bool:
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _licence(
    root: Element, metas: Mapping[str, list[str]], article: Mapping[str, object], page: Mapping[str, object]
) -> str | None:
    for node in (article, page):
        licence = node.get("license")
        licence = licence.get("url") or licence.get("name") if isinstance(licence, Mapping) else licence
        if text := _text(licence):
            return text
    linked = (e.get("href") for e in root.find("link", "a") if "license" in e.get("rel").lower().split())
    return next(filter(None, linked), None) or _first(
        metas, "dcterms.license", "dc.license", "license", "licence"
    )


def _language(*said: str | None) -> str | None:
    for value in said:
        language = (value or "").split(",")[0].strip().lower().replace("_", "-")
        if _LANGUAGE.fullmatch(language):
            return language
    return None


def _tags(metas: Mapping[str, list[str]], article: Mapping[str, object]) -> tuple[str, ...]:
    said: list[str] = [*metas.get("article:tag", [])]
    for values in (metas.get("keywords", []), metas.get("news_keywords", [])):
        said.extend(tag for value in values for tag in value.split(","))
    keywords = article.get("keywords")
    if isinstance(keywords, str):
        said.extend(keywords.split(","))
    elif isinstance(keywords, list):
        said.extend(k for k in keywords if isinstance(k, str))
    tags: dict[str, str] = {}
    for tag in said:
        if (text := _text(tag)) and len(text) <= 80:
            tags.setdefault(text.casefold(), text)
    return tuple(tags.values())[:_MOST_TAGS]


def _author(
    root: Element,
    metas: Mapping[str, list[str]],
    article: Mapping[str, object],
    page: Mapping[str, object],
    by_id: Mapping[object, Mapping[str, object]],
) -> str | None:
    said = [
        _people(article.get("author"), by_id),
        _people(page.get("author"), by_id),
        ", ".join(metas.get("author", [])),
        _first(metas, "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author"),
    ]
    for name in said:
        if name and not _NO_AUTHOR.fullmatch(name):
            return name
    for element in root.find("a", "span", "address", "p", "div", "li"):
        marked = "author" in element.get("rel").split() or element.get("itemprop") == "author"
        classes = element.get("class").split()
        if marked or any(
            c in ("author", "byline", "p-author", "author-name", "blog-author-name") for c in classes
        ):
            name = _BY.sub("", clean(element.text()))
            if 3 < len(name) <= 60 and not _NO_AUTHOR.fullmatch(name) and re.match(r"[^\W\d_]", name):
                return name
    return None


def _people(said: object, by_id: Mapping[object, Mapping[str, object]]) -> str | None:
    if isinstance(said, str):
        return _text(said)
    if isinstance(said, list):
        return ", ".join(dict.fromkeys(n for person in said[:20] if (n := _people(person, by_id)))) or None
    if isinstance(said, Mapping):
        known = by_id.get(said.get("@id"), said)
        return _text(said.get("name")) or _text(known.get("name"))
    return None


def _date(*said: object) -> str | None:
    return next((date for value in said if (date := iso_date(_text(value)))), None)


def _item(root: Element, name: str) -> str | None:
    for element in root.elements():
        if element.get("itemprop") == name:
            return element.get("datetime") or element.get("content") or element.text()
    return None


def _entry_time(root: Element, *classes: str) -> str | None:
    for time in root.find("time"):
        if any(c in classes for c in time.get("class").split()):
            return time.get("datetime") or time.text()
    return None


# JSON-LD


def _json_ld(root: Element) -> list[Mapping[str, object]]:
    """Every node of every script, outermost first; a script that is broken is passed over."""
    nodes: list[Mapping[str, object]] = []
    for script in root.find("script"):
        if "ld+json" not in script.get("type").lower():
            continue
        source = "".join(c for c in script.children if isinstance(c, str)).strip()
        source = (
            re.sub(r"^(?://)?\s*<!(?:--|\[CDATA\[)|(?://)?\s*(?:-->|\]\]>)\s*$", "", source)
            .strip()
            .rstrip(";")
        )
        try:
            said = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        nodes.extend(_nodes(said, _MOST_NODES - len(nodes)))
    return nodes


def _nodes(said: object, most: int) -> Iterator[Mapping[str, object]]:
    waiting = [said]
    while waiting and most > 0:
        value = waiting.pop(0)
        most -= 1
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, Mapping):
            yield value
            waiting.extend(value[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in value)


def _kinds(node: Mapping[str, object]) -> set[str]:
    said = node.get("@type")
    kinds = said if isinstance(said, list) else [said]
    return {kind.lower() for kind in kinds if isinstance(kind, str)}


def _site_name(nodes: Sequence[Mapping[str, object]]) -> str | None:
    for kind in ("website", "organization"):
        for node in nodes:
            if kind in _kinds(node) and (name := _text(node.get("name"))):
                return name
    return None


def _text(said: object) -> str | None:
    if not isinstance(said, str):
        return None
    # Builders write entities twice over, in JSON-LD and in meta tags.
    return " ".join(clean(unescape(said)).split()) or None
