"""What of a page is not what it says: hidden text, and the furniture around the content."""

from __future__ import annotations

import re

from kb.readers import cms
from kb.readers.dom import Element, measure

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS_OF_LINKS = frozenset("ul ol div p td table tr center section dl".split())

# An inline style that hides, on any screen. `opacity: 0` does not: animations begin with it.
_HIDES = re.compile(
    r"display\s*:\s*none|font-size\s*:\s*0(?:\.0+)?(?:px|em|rem|pt|%)?\s*(?:;|!|$)"
    r"|(?:left|top|text-indent|margin-left)\s*:\s*-\d{4,}"
    r"|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?[\s,]+[01](?:px)?\s*\)",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(r"visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)
_ANIMATED = re.compile(
    r"\b(?:wow|aos|animat\w*|fade\w*|reveal\w*|elementor-invisible|scroll\w*)\b", re.IGNORECASE
)
_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_COLOURS = {"white": (255, 255, 255), "black": (0, 0, 0)}
_ALIKE = 12  # of 255 in each of red, green and blue: what no eye tells apart

_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w+|home/?)?(?:#.*)?$", re.IGNORECASE)
_OTHER_PAGES = re.compile(
    r"(?:(?:our |the |more )?(?:recent|related|similar|latest|more|other|popular"
    r"|featured) (?:blog )?(?:posts?|articles?"
    r"|stories|reading|news|entries)(?: from .{1,40})?|you (?:may|might) also (?:like|enjoy"
    r"|be interested in).{0,20}"
    r"|keep reading|read next|more (?:from|on) (?:the|our|my|this) (?:blog|author)|(?:blog )?(?:categories"
    r"|archives?)"
    r"|tags|popular tags|see (?:also|all)|from (?:the|our|my) blog|post navigation|on this page"
    r"|table of contents"
    r"|(?:quick|useful|site|footer) links|follow us|connect with us|stay connected|menu|site navigation"
    r"|in this (?:article|post)|jump to(?: section)?):?",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"(?:\d+ |no )?(?:comments?|responses?|replies|thoughts?)(?: \(\d+\)| (?:on|to) .{1,200}|:)?"
    r"|(?:leave|write|post|add) (?:a|your) (?:reply|comment)s?.{0,40}|join the (?:conversation|discussion)"
    r"|cancel reply",
    re.IGNORECASE,
)
_ABOUT_COOKIES = re.compile(r"\bcookies?\b", re.IGNORECASE)
_CONSENT = re.compile(
    r"(?:i )?(?:accept|agree|allow|decline|reject|deny|refuse|got it|ok(?:ay)?|dismiss|close|manage"
    r"|i understand)"
    r"(?: (?:all|cookies|all cookies|necessary|preferences|settings|options))*[.!]?",
    re.IGNORECASE,
)

_BANNER_CHARACTERS = 900  # the longest of cookie banners and of most footers; a policy is longer
_SMALL_CHARACTERS = 300  # a post's date, author and categories
_EDGE_CHARACTERS = 150  # a name and a slogan may stand before a menu, a copyright line after it
_SUBSTANCE_CHARACTERS = 60  # one sentence


def remove_hidden(root: Element) -> None:
    """Takes out what no visitor sees. What is only folded, as in an accordion or behind a tab, stays."""
    controlled = _controlled(root)
    page_is_white = not any(True for _ in root.find("style")) and not any(
        "stylesheet" in link.get("rel") for link in root.find("link")
    )
    for element in root.elements():
        if _is_hidden(element, page_is_white) and not _is_folded(element, controlled):
            element.gone = True


def remove_furniture(root: Element, *, gently: bool = False) -> None:
    """Takes out navigation, banners, footers, comments, and what else is the page's and not its text.

    `gently`: only what says of itself that it is furniture, for a page that else would have no text.
    """
    measure(root)
    body = next(root.find("body"), root)
    total = max(body.plain, 1)
    main = _main(body)
    titled = any(not _is_site_name(heading) for heading in body.find("h1"))
    for element in body.below():
        if element is main:
            continue
        if _is_furniture(element, total) or (not gently and _is_page_header(element, body, titled)):
            element.gone = True
    if gently:
        return
    _remove_regions(body)
    _remove_cookie_banners(body, total)
    measure(root)
    _remove_link_lists(body, main)
    if main is not None and main is not body:
        _remove_around(main, body)
    _remove_around_post(body)


def in_panel(element: Element) -> bool:
    """Whether it stands in a part that opens and closes."""
    return any(
        a.tag == "details" or a.get("role") == "tabpanel" or cms.is_panel(a.get("class"))
        for a in element.ancestors()
    )


def controlled_by(element: Element) -> str:
    """The id of the part that a button, a tab or a link opens, or nothing."""
    target = element.get("aria-controls") or element.get("data-bs-target") or element.get("data-target")
    opens = element.get("role") == "tab" or element.get("data-toggle") or element.get("data-bs-toggle")
    if not target and (opens or cms.is_trigger(element.get("class"))):
        target = element.get("href")
    target = target.split(" ")[0]
    return target[1:] if target.startswith("#") else target


# Hidden text


def _controlled(root: Element) -> set[str]:
    return {
        target for element in root.elements() if element.attributes and (target := controlled_by(element))
    }


def _is_hidden(element: Element, page_is_white: bool) -> bool:
    if not element.attributes:
        return element.tag == "dialog"
    style = element.get("style")
    if "hidden" in element.attributes and element.get("hidden") != "until-found":
        return True
    if element.get("aria-hidden") == "true":
        return not element.has("main", "h1", "article")
    if element.tag == "dialog" and "open" not in element.attributes:
        return True
    if style and (
        _HIDES.search(style) or (_INVISIBLE.search(style) and not _ANIMATED.search(element.get("class")))
    ):
        return True
    if element.tag not in _HEADINGS and cms.is_unseen(element.get("class")):
        return True
    return _is_ink_on_itself(element, style, page_is_white)


def _is_folded(element: Element, controlled: set[str]) -> bool:
    """Whether a visitor can open it."""
    if (
        element.get("id") in controlled
        or element.get("role") == "tabpanel"
        or element.tag in ("html", "body")
    ):
        return True
    if element.tag in ("i", "span", "a", "button"):
        return False
    if cms.is_panel(element.names) or (element.parent is not None and element.parent.tag == "details"):
        return True
    return element.before is not None and _opens(element.before)


def _opens(element: Element) -> bool:
    """Whether all of it is one thing to press, or a question."""
    text = element.text()
    if text[-1:] == "?" or cms.is_trigger(element.names):
        return True
    return any(
        e.text() == text
        for e in element.elements()
        if e.tag in ("button", "summary")
        or e.get("role") == "button"
        or e.get("aria-expanded")
        or e.get("onclick")
    )


def _is_ink_on_itself(element: Element, style: str, page_is_white: bool) -> bool:
    """White on white. What the stylesheet paints is not known here, so only what is said inline counts."""
    ink = _colour(element.get("color") if element.tag == "font" else _said(_COLOUR, style))
    if ink is None:
        return False
    ground = next(
        (
            said
            for e in (element, *element.ancestors())
            if (said := e.get("bgcolor") or _said(_BACKGROUND, e.get("style")))
        ),
        "white" if page_is_white else "",
    )
    paper = _colour(ground)
    return paper is not None and all(abs(a - b) < _ALIKE for a, b in zip(ink, paper, strict=True))


def _said(pattern: re.Pattern[str], style: str) -> str:
    match = pattern.search(style) if style else None
    return match[1].strip() if match else ""


def _colour(said: str) -> tuple[int, ...] | None:
    said = said.strip().lower()
    if said in _COLOURS:
        return _COLOURS[said]
    if re.fullmatch(r"#[0-9a-f]{3}", said):
        return tuple(int(c * 2, 16) for c in said[1:])
    if re.fullmatch(r"#[0-9a-f]{6}", said):
        return tuple(int(said[i : i + 2], 16) for i in (1, 3, 5))
    numbers = re.fullmatch(r"rgb\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)\s*\)", said)
    return tuple(int(n) for n in numbers.groups()) if numbers else None


# Furniture


def _main(body: Element) -> Element | None:
    """The page's own word for its content, where it has one that holds something."""
    mains = [e for e in body.elements() if e.tag == "main" or e.get("role") == "main"]
    best = max(mains, key=lambda e: e.size, default=None)
    return best if best is not None and best.size > _SUBSTANCE_CHARACTERS else None


def _is_furniture(element: Element, total: int) -> bool:
    tag, role, written = element.tag, element.get("role"), element.names
    if (
        tag == "nav"
        and not element.links
        and (cms.is_panel(written) or element.plain > _SUBSTANCE_CHARACTERS)
    ):
        return False  # one builder makes the part that a question unfolds of it
    if tag == "nav" or role in ("navigation", "menu", "menubar", "search", "contentinfo", "toolbar"):
        return role != "tablist" and not _holds_the_page(element, 0.8 * total)
    if tag == "footer":
        quoting = element.parent is not None and element.parent.tag in ("blockquote", "figure", "q")
        return not quoting and not _holds_the_page(element, 0.8 * total)
    if tag == "aside" or role == "complementary":
        return _is_sidebar(element) and not _holds_the_page(element, 0.5 * total)
    if role in ("dialog", "alertdialog"):
        return bool(_ABOUT_COOKIES.search(element.text())) or not element.get("id")
    if tag in _HEADINGS or (tag in ("body", "main", "article") and not element.get("data-hook")):
        return False
    if _is_trail(element):
        return True
    if tag == "a" and element.get("href").startswith(("tel:", "mailto:")):
        return False
    hooks = (element.get("data-hook"), element.get("data-aid"))
    if cms.is_furniture(written) or any(map(cms.is_furniture_hook, hooks)):
        staged = cms.is_trail(written) and _has_heading(element)
        return not staged and not _holds_the_page(element, 0.5 * total)
    if cms.is_small_furniture(written):
        return element.size < _SMALL_CHARACTERS and not _has_heading(element)
    if cms.is_likely_furniture(written) and tag != "button":
        dense = element.links > 1 and element.linked > 0.5 * element.size
        return dense and not _has_heading(element) and not _lists_prose(element)
    return False


def _is_trail(element: Element) -> bool:
    """The list in a trail of breadcrumbs that is the stage of the page's title, and so stays."""
    if element.tag not in ("ul", "ol", "p"):
        return False
    around = zip(range(3), element.ancestors(), strict=False)
    return element.links > 0 and any(cms.is_trail(ancestor.names) for _, ancestor in around)


def _is_sidebar(aside: Element) -> bool:
    """An aside in the text, such as a note, is part of it; one beside the text is not."""
    within = any(a.tag in ("main", "article") or a.get("role") == "main" for a in aside.ancestors())
    return not within or cms.is_furniture(aside.names) or aside.linked > 0.4 * aside.size


def _holds_the_page(element: Element, plain: float) -> bool:
    """An unclosed tag, or a layout's name on its wrapper, makes furniture of all the rest."""
    if element.plain > plain and element.plain > _BANNER_CHARACTERS:
        return True
    return any(e.tag == "main" or e.get("role") == "main" or _is_content(e) for e in element.below())


def _is_content(element: Element) -> bool:
    return cms.is_content(element.get("class"), element.get("data-hook"))


def _has_heading(element: Element) -> bool:
    return element.has(*_HEADINGS)


def _lists_prose(element: Element) -> bool:
    return any(e.plain > _SUBSTANCE_CHARACTERS for e in element.find("p", "li", "dd"))


def _is_page_header(element: Element, body: Element, titled: bool) -> bool:
    """The banner with logo and menu. One that is the stage of the page's title stays, and loses its menu.

    `titled`: whether the page has a title of its own among its headings.
    """
    named = element.tag == "header" or element.get("role") == "banner"
    if not named and not cms.is_header(element.names):
        return False
    if element.tag in ("body", "main", "article", "section", *_HEADINGS):
        return False
    if any(a.tag in ("main", "article", "section") or a.get("role") == "main" for a in element.ancestors()):
        return (
            not named and element.size < _SMALL_CHARACTERS and not _has_heading(element) and element.links > 0
        )
    if any(e.tag in ("main", "article") or _is_content(e) for e in element.below()):
        return False
    if not named and element.links < 3 and element.plain:
        return False
    return not _is_stage(element, body, titled)


def _is_stage(header: Element, body: Element, titled: bool) -> bool:
    titles = [h for h in header.find("h1") if not _is_site_name(h)]
    if titles:
        return True
    if header.plain > 0.5 * body.plain:
        return True
    if titled:
        return False
    subtitles = [h for h in header.find("h2") if not _is_site_name(h)]
    prose = any(p.plain > _SUBSTANCE_CHARACTERS for p in header.find("p"))
    has_site_name = any(_is_site_name(h) for h in header.find(*_HEADINGS))
    if has_site_name:
        return False
    return bool(subtitles) or prose


def _is_site_name(heading: Element) -> bool:
    if re.search(r"site-?title|site-?name|logo|brand", heading.names, re.IGNORECASE):
        return True
    around = (a for a in heading.ancestors() if a.tag == "a")
    links = [*heading.find("a"), *around]
    return any(_HOME.match(link.get("href")) and "href" in link.attributes for link in links)


def _remove_regions(body: Element) -> None:
    """Comments, and the cards of other pages, told by the heading that stands above them."""
    for heading in body.find("h2", "h3", "h4", "h5", "h6", "p", "strong", "div", "span", "summary"):
        if heading.size > 120 or heading.parent is None or not heading.size:
            continue
        text = heading.text()
        comments = heading.tag.startswith("h") and bool(_COMMENTS.fullmatch(text))
        if comments or _OTHER_PAGES.fullmatch(text):
            _remove_region(heading, comments)


def _remove_region(heading: Element, comments: bool) -> None:
    top = heading
    while (
        top.parent is not None
        and top.parent.tag not in ("body", "main", "article", "html")
        and not _is_content(top.parent)
        and top.parent.plain - heading.size < (10**9 if comments and top.parent.tag == "section" else 200)
        and _first_words(top.parent) is _first_words(top)
    ):
        top = top.parent
    after = next((e for e in top.siblings_after() if e.size), None)
    linked = top.links or (after is not None and after.links)
    if not comments and not linked:
        return  # the page speaks of them itself
    for sibling in top.siblings_after():
        if sibling.tag in _HEADINGS and sibling.tag <= (top.tag if top.tag in _HEADINGS else "h2"):
            break
        if not comments and (sibling.plain > 200 and sibling.linked < 0.3 * sibling.size):
            break
        if not comments and not sibling.links and sibling.size:
            break
        if comments and sibling.has("h1", "h2", "main"):
            break
        sibling.gone = True
    top.gone = True


def _first_words(element: Element) -> Element | None:
    """The element in it whose own text comes first."""
    for inner in element.elements():
        if any(isinstance(c, str) and c.strip() for c in inner.children):
            return inner
    return None


def _remove_cookie_banners(body: Element, total: int) -> None:
    """A short text on cookies with a button to agree."""
    for button in body.find("button", "a"):
        if button.size > 40 or not _CONSENT.fullmatch(button.text()):
            continue
        banner = None
        for ancestor in button.ancestors():
            if ancestor is body or ancestor.size > _BANNER_CHARACTERS or ancestor.tag in ("main", "article"):
                break
            if _ABOUT_COOKIES.search(ancestor.text()):
                banner = ancestor
                if ancestor.plain > _SUBSTANCE_CHARACTERS:
                    break
        if banner is not None and banner.plain < 0.8 * total:
            banner.gone = True


def _remove_link_lists(body: Element, main: Element | None) -> None:
    """Menus that nothing names: rows of links before the first text or after the last."""
    before = 0
    passed: dict[int, int] = {}
    for element in body.elements():
        passed[id(element)] = before
        before += (
            sum(len(c.strip()) for c in element.children if isinstance(c, str)) if element.tag != "a" else 0
        )
    inside = set(map(id, main.elements())) if main is not None and main is not body else set()
    for element in body.below():
        if element.tag not in _BLOCKS_OF_LINKS or id(element) in inside:
            continue
        if element.links < 3 or element.plain > 0.15 * element.size or _has_heading(element):
            continue
        if element.size / element.links > 40 or _stands_under_heading(element):
            continue
        after = body.plain - passed[id(element)] - element.plain
        if min(passed[id(element)], after) < _EDGE_CHARACTERS:
            element.gone = True


def _stands_under_heading(element: Element) -> bool:
    before = element.before or (element.parent.before if element.parent is not None else None)
    return before is not None and not before.gone and before.tag in _HEADINGS


def _remove_around(kept: Element, within: Element) -> None:
    """Of what stands beside `kept`, takes out what says nothing: no heading over text, no sentence."""
    path = {id(kept), *map(id, kept.ancestors())}
    for ancestor in kept.ancestors():
        for child in ancestor.nodes:
            if (
                isinstance(child, Element)
                and id(child) not in path
                and child.tag not in _HEADINGS
                and not _has_substance(child)
            ):
                child.gone = True
        if ancestor is within:
            break


def _has_substance(element: Element) -> bool:
    if element.linked > 0.5 * element.size:
        return False
    if element.plain > _SUBSTANCE_CHARACTERS and _has_heading(element):
        return True
    if element.tag in ("p", "li", "td") and element.plain > _SUBSTANCE_CHARACTERS:
        return True
    return any(
        e.plain > _SUBSTANCE_CHARACTERS and e.linked < 0.5 * e.size
        for e in element.elements()
        if e.tag in ("p", "li", "td", "div", "dd") and not any(True for _ in e.find("div") if _ is not e)
    ) or any(e.tag == "h1" for e in element.elements())


def _remove_around_post(body: Element) -> None:
    """On the page of one post, what stands beside the post's own text is held to the same."""
    posts = [e for e in body.elements() if _is_content(e) or (e.tag == "article" and not _is_card(e))]
    outer = [e for e in posts if not any(a in posts for a in e.ancestors())]
    if len(outer) == 1 and outer[0].plain > max(0.5 * body.plain, 500):
        _remove_around(outer[0], body)


def _is_card(article: Element) -> bool:
    return article.plain < 500
