"""HTML as a small tree that can be pruned and walked: parsed as browsers parse it, under limits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser

from kb.errors import LimitError
from kb.limits import Limits

# What has no words for a reader, whatever is in it. `noscript` repeats pictures or asks for scripts.
_SILENT = frozenset(
    "script style template noscript svg canvas iframe object embed video audio map math input textarea select"
    " option datalist progress meter link meta base source track param img picture area col colgroup rp rt"
    " noembed noframes del s strike".split()
)
_HEAD = frozenset("title meta link base script style".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
# A browser ends these by itself, so that an unclosed one is not deep.
_SELF_ENDING = frozenset(
    "p li dt dd td th tr thead tbody tfoot colgroup caption option optgroup rt rp".split()
)
_FORMATTING = frozenset("b big code em font i nobr s small strike strong tt u".split())
_INLINE = _FORMATTING | frozenset(
    "a span abbr cite label mark q sub sup time var kbd samp bdi bdo ins".split()
)
_RAW_TEXT = frozenset("script style textarea title xmp iframe noembed noframes".split())
_TAG = re.compile(r"<(?:!--|(/?)([a-zA-Z][^\s/>]*))")
# Tags that do not match are passed over by the count of open elements, which then is too high; the
# parser's own depth is what is held to the limit. (The parser's time grows with the depth's square.)
_DEPTH_MARGIN = 4
_LOOKED_BACK = 16


class Element:
    """An element of a page. `children` are elements and texts in order, `before` the element before it.

    `size` and `linked` are the characters in it, and of them those in links (set by `measure`). What is
    `gone` is passed over, with all that is in it.
    """

    __slots__ = (
        "attributes",
        "before",
        "children",
        "gone",
        "linked",
        "links",
        "parent",
        "place",
        "size",
        "tag",
    )

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.before: Element | None = None
        self.place = len(parent.children) if parent is not None else 0
        self.children: list[Element | str] = []
        self.size = self.linked = self.links = 0
        self.gone = False

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    @property
    def names(self) -> str:
        """Its class and id, as written."""
        return f"{self.get('class')} {self.get('id')}"

    @property
    def plain(self) -> int:
        """The characters in it that are not in links."""
        return self.size - self.linked

    @property
    def nodes(self) -> list[Element | str]:
        """Its children that are not gone."""
        return [c for c in self.children if isinstance(c, str) or not c.gone]

    def elements(self) -> Iterator[Element]:
        """It and all below it, in the page's order. Nothing below one that goes meanwhile."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            if not element.gone:
                yield element
            if not element.gone:
                waiting.extend(c for c in reversed(element.children) if isinstance(c, Element))

    def below(self) -> Iterator[Element]:
        elements = self.elements()
        next(elements, None)
        return elements

    def find(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.elements() if element.tag in tags)

    def has(self, *tags: str) -> bool:
        return any(True for _ in self.find(*tags))

    def ancestors(self) -> Iterator[Element]:
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def siblings_after(self) -> Iterator[Element]:
        children = self.parent.children if self.parent is not None else []
        for place in range(self.place + 1, len(children)):
            child = children[place]
            if isinstance(child, Element) and not child.gone:
                yield child

    def text(self) -> str:
        """Its words on one line; what is a block to the browser is a word apart."""
        pieces: list[str] = []
        waiting: list[Element | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                pieces.append(node)
            elif node.tag == "br":
                pieces.append(" ")
            elif node.tag in _INLINE or node is self:
                waiting.extend(reversed(node.nodes))
            else:
                waiting.extend((" ", *reversed(node.nodes), " "))
        return " ".join("".join(pieces).split())


def parse(html: str, limits: Limits) -> Element:
    """The `html` element, without what has no words. Raises LimitError before a parser can be hurt."""
    refuse_beyond(html, limits)
    source = LexborHTMLParser(html).root
    root = Element("html", {}, None)
    if source is None:
        return root
    root.attributes = _attributes(source.attributes)
    nodes = 0
    waiting = [(source.child, root, 1)]
    while waiting:
        node, parent, depth = waiting.pop()
        if depth > limits.html_depth:
            raise LimitError(f"is nested more than {limits.html_depth} elements deep")
        before = None
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                parent.children.append(node.text_content or "")
            elif tag[0].isalpha() and (tag not in _SILENT or tag in _HEAD):
                nodes += 1
                element = Element(tag, _attributes(node.attributes), parent)
                element.before, before = before, element
                if tag == "script":
                    if "json" in element.get("type"):
                        element.children.append(node.text(deep=True))
                        parent.children.append(element)
                elif tag == "style":
                    parent.children.append(element)
                else:
                    parent.children.append(element)
                    if node.child is not None:
                        waiting.append((node.child, element, depth + 1))
            node = node.next
        if nodes > limits.html_nodes:
            raise _too_many(limits)
    return root


def refuse_beyond(html: str, limits: Limits) -> None:
    """Raises LimitError for what would keep the parser busy; takes time in proportion to the length."""
    opened: list[str] = []
    formatting: Counter[str] = Counter()
    nodes = closed = 0
    place = 0
    while (match := _TAG.search(html, place)) is not None:
        place = match.end()
        if match[2] is None:
            place = html.find("-->", place)
            if place < 0:
                return
            continue
        tag = match[2].lower()
        if match[1]:
            closed += 1
            if closed > 2 * limits.html_nodes:
                raise _too_many(limits)
            if formatting[tag]:
                formatting[tag] -= 1
            _close(opened, tag)
            continue
        nodes += 1
        if tag in _FORMATTING:
            # The parser keeps three of the same without attributes.
            formatting[tag] += html[place : place + 1].isspace()
        elif tag not in _INLINE:
            # A block opens again the formatting that was left open before it.
            nodes += formatting.total() // 4
        if nodes > limits.html_nodes:
            raise _too_many(limits)
        if tag in _RAW_TEXT:
            place = _end_of(html, tag, place)
            if place < 0:
                return
        elif tag not in _VOID and tag not in _SELF_ENDING:
            opened.append(tag)
            if len(opened) > _DEPTH_MARGIN * limits.html_depth:
                raise LimitError(f"is nested more than {limits.html_depth} elements deep")


def measure(root: Element) -> None:
    """Counts the characters of every element, and those that are in links to other pages."""
    for element in reversed(list(root.elements())):
        texts = sum(len(" ".join(c.split())) for c in element.children if isinstance(c, str))
        below = [c for c in element.children if isinstance(c, Element) and not c.gone]
        element.size = texts + sum(c.size for c in below)
        if element.tag == "a" and not element.get("href").startswith(("tel:", "mailto:", "sms:")):
            element.linked, element.links = element.size, 1
        else:
            element.linked = sum(c.linked for c in below)
            element.links = sum(c.links for c in below)


def _attributes(attributes: dict[str, str | None]) -> dict[str, str]:
    return {name: value or "" for name, value in attributes.items()}


def _close(opened: list[str], tag: str) -> None:
    for back in range(1, min(len(opened), _LOOKED_BACK) + 1):
        if opened[-back] == tag:
            del opened[-back:]
            return
        if opened[-back] not in _INLINE:
            return


_ENDS = {tag: re.compile("</" + tag, re.IGNORECASE) for tag in _RAW_TEXT}


def _end_of(html: str, tag: str, place: int) -> int:
    match = _ENDS[tag].search(html, place)
    return match.start() if match else -1


def _too_many(limits: Limits) -> LimitError:
    return LimitError(f"has more than {limits.html_nodes:,} elements")
