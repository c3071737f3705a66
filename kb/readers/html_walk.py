"""The walk over a page's tree that gives its blocks, with what a link can name of each heading."""

from __future__ import annotations

import re

from kb.readers import cms
from kb.readers.blocks import Block, Kind
from kb.readers.dom import Element, measure
from kb.readers.encoding import clean
from kb.readers.html_tables import blocks_of_table
from kb.readers.prune import controlled_by, in_panel

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer"
    " form header hgroup hr html legend li main menu nav ol p pre search section summary table tbody td"
    " tfoot th"
    " thead tr ul caption label".split()
)
_SWALLOWED = frozenset("p ul ol table section article dl".split())
_FORMS = frozenset("label legend button".split())
_LONGEST_HEADING = 200  # longer ones are paragraphs in large print
_LONGEST_TRIGGER = 250
_LONGEST_TERM = 80  # of a definition list; what defines it stays on its line up to this too
_BOLD_HEADING_CHARACTERS, _BOLD_HEADING_WORDS = 80, 12
_LEAST_ANSWER = 40  # characters that a box unfolds
_SEPARATORS = re.compile(r"[|•·»›/\\~\s\[\]—–-]*")
_LONGEST_MENU_NAME = 25
_MARK = re.compile(r"[\s+\-–−×▼▾▸►⌄›»✕✖]+$")
_NOTE_MARK = re.compile(r"\[?[\d*†‡]{1,3}\]?")
_GENERATED_ID = re.compile(r"\d{3}|[0-9a-f]{6,}|[-_]\d|^[a-z]?\d", re.IGNORECASE)
_WRAPPER_ID = re.compile(
    r"(?:site[-_]?|page[-_]?|main[-_]?|primary[-_]?)?(?:content|main|page|wrapper|wrap|container|primary"
    r"|root|app|top"
    r"|body|site|__next|___gatsby|outer|inner|layout)(?:[-_]?(?:area|inner|wrapper|wrap|container|content"
    r"|main))?",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"(?:learn|read|see|find out|discover|show|view)(?: me)? (?:more|all|less|details)(?: about .{1,60}"
    r"| here)?"
    r"|(?:explore|view|see|browse)(?: all| more| our)*(?: [\w&'’-]+){0,4}|(?:learn|read) (?:about|how).{0,40}"
    r"|(?:book|schedule|request|make|reserve|arrange|set up|get)(?: an?| your| my| the)?(?: [\w-]+){0,3}"
    r" (?:now|online|today|here|appointment|consultation|consult|session|call|visit|quote)(?: now| online"
    r"| today| here)?"
    r"|(?:book|schedule)(?: now)?|get (?:started|in touch|help|directions)(?: now| today| here)?"
    r"|reach out(?: today)?"
    r"|contact(?: us| me)?(?: now| today| here| for .{1,40})?|click (?:here|me)(?: .{1,40})?"
    r"|ask (?:us )?a question"
    r"|start (?:now|here|today)|sign up(?: now| today)?|register(?: now)?|submit|send(?: message)?"
    r"|download|apply now"
    r"|enquire now|inquire now|buy now|add to cart|shop now|donate(?: now)?|more(?: info(?:rmation)?)?|go"
    r"|next|back"
    r"|previous|join(?: now| us)?|(?:call|text)(?: us| me)?(?: now| today)*|e-?mail(?: us| me)?(?: now"
    r"| today| for .{1,40})?"
    r"|expand all|collapse all|(?:open|close|show|hide) (?:all|menu)|menu|home|share|print(?: this page)?|top"
    r"|back to .{1,40}|client (?:log ?in|portal)|log ?in|sign in",
    re.IGNORECASE,
)


def blocks_of(root: Element) -> list[Block]:
    """The blocks of all that is in a tree, in the page's order. The tree is used up."""
    measure(root)
    return _Walk(root).blocks()


class _Walk:
    """One walk over a page: the blocks so far, and the line that is being written."""

    def __init__(self, root: Element) -> None:
        self._root = root
        self._blocks: list[Block] = []
        self._line: list[str] = []
        self._pending: list[str] = []  # ids passed since the last text: where a heading can be linked to
        self._used: set[str] = set()
        self._level = 0  # of the last heading that is not folded away
        self._skipped: set[int] = set()
        self._lists: list[tuple[Element, int]] = []
        self._markers: list[str | None] = []  # of the items we are in; "" once said, None below a heading
        self._links = self._in_link = 0
        self._beside_links: list[str] = []  # what of the line is not in links
        self._preformatted = 0
        self._tabs = self._tab_labels()

    def blocks(self) -> list[Block]:
        waiting: list[Element | str | tuple[Element]] = [self._root]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                self._write(node)
            elif isinstance(node, tuple):
                self._leave(node[0])
            elif self._enter(node):
                waiting.append((node,))
                nodes = node.nodes
                apart = cms.is_row(node.get("class")) or "flex" in node.get("style")
                for place in range(len(nodes) - 1, -1, -1):
                    child = nodes[place]
                    waiting.append(child)
                    if isinstance(child, Element) and (apart or self._stands_apart(nodes, place)):
                        waiting.append(" ")
        self._flush()
        return self._blocks

    @staticmethod
    def _stands_apart(nodes: list[Element | str], place: int) -> bool:
        """Two links, two buttons without a space are two words on the screen."""
        child, before = nodes[place], nodes[place - 1] if place else None
        return (
            isinstance(child, Element)
            and isinstance(before, Element)
            and child.tag in ("a", "button")
            and before.tag in ("a", "button", "br")
        )

    def _tab_labels(self) -> dict[str, str]:
        """What is written on the tab that opens each panel, where the two stand apart."""
        labels: dict[str, str] = {}
        panels = {e.get("id") for e in self._root.elements() if e.get("id")}
        for tab in self._root.elements():
            if not _is_tab(tab) or (target := controlled_by(tab)) not in panels:
                continue
            after = next(tab.siblings_after(), None)
            if after is None or after.get("id") != target:
                if text := tab.text():
                    labels.setdefault(target, text)
                self._skipped.add(id(tab))
        return labels

    # Elements

    def _enter(self, element: Element) -> bool:
        """Whether to go on into it."""
        tag = element.tag
        if tag in ("head", "br", "wbr", "script", "style", "title") or id(element) in self._skipped:
            if tag == "br":
                self._line.append("\n")
            return False
        anchor = "" if tag == "form" else element.get("id") or (element.get("name") if tag == "a" else "")
        if tag in _HEADINGS or element.get("role") == "heading":
            return self._heading(element)
        if anchor:
            self._flush_before(tag)
            self._pending.append(anchor)
            if anchor in self._tabs:
                self._flush()
                self._emit_heading(self._tabs[anchor], self._level + 1)
        if self._is_trigger(element):
            return self._trigger(element)
        if tag in _FORMS and (tag != "label" or self._is_field_label(element)):
            return False
        if tag == "table":
            return self._table(element)
        if tag in ("ul", "ol", "menu"):
            self._flush()
            self._lists.append((element, self._first_number(element)))
        elif tag == "li":
            self._flush()
            self._markers.append(self._marker(element))
        elif tag == "dt":
            return self._term(element)
        elif tag == "pre":
            self._flush()
            self._preformatted += 1
        elif tag == "sup" and element.has("a") and _NOTE_MARK.fullmatch(element.text()):
            return False
        elif tag == "q":
            self._write("“")
        elif tag in ("p", "div") and self._is_bold_heading(element):
            self._flush()
            self._emit_heading(element.text(), self._level + 1)
            return False
        elif self._is_block(element):
            self._flush()
        if tag == "a":
            self._links += 1
            self._in_link += 1
        return True

    def _leave(self, element: Element) -> None:
        tag = element.tag
        if tag == "a":
            self._in_link -= 1
        if tag == "q":
            self._write("”")
        elif self._is_block(element):
            self._flush()
        if tag == "pre":
            self._preformatted -= 1
        elif tag in ("ul", "ol", "menu") and self._lists:
            self._lists.pop()
        elif tag == "li" and self._markers:
            self._markers.pop()

    @staticmethod
    def _is_block(element: Element) -> bool:
        style = element.get("style")
        if element.tag in _BLOCKS:
            return not (style and re.search(r"display\s*:\s*inline\s*(?:;|$)", style))
        if "-" in element.tag or (style and re.search(r"display\s*:\s*(?:block|flex|grid|table)", style)):
            return True
        return "d-block" in element.get("class").split()

    def _heading(self, element: Element) -> bool:
        self._flush()
        element.children, below = _own_words(element)
        text = clean(element.text())
        if len(text) > _LONGEST_HEADING:
            element.children += below
            return True
        level = int(element.tag[1] if element.tag in _HEADINGS else _digits(element.get("aria-level")) or 2)
        ids = (e.get("id") or (e.get("name") if e.tag == "a" else "") for e in element.elements())
        anchor = next(filter(None, ids), "") or self._nearest_anchor(element)
        if any(e.tag == "button" or self._is_trigger(e) for e in element.below()):
            level = max(level, self._level + 1)
            text = _MARK.sub("", text) or text
        elif not in_panel(element):
            self._level = level
        self._emit_heading(text, level, anchor)
        element.children = below
        return bool(below)

    def _is_trigger(self, element: Element) -> bool:
        """Whether it is the words on a part that opens."""
        if element.tag == "summary":
            return True
        if element.tag == "label":  # of a box that unfolds what comes after it
            after = next(element.siblings_after(), None)
            return "for" in element.attributes and after is not None and after.size > _LEAST_ANSWER
        if element.size > _LONGEST_TRIGGER or not element.size:
            return False
        pressed = element.tag == "button" or element.get("role") in ("button", "tab")
        if pressed and ("aria-expanded" in element.attributes or controlled_by(element)):
            return True
        if "collapse" in (element.get("data-toggle"), element.get("data-bs-toggle")):
            return True
        named = cms.is_trigger(element.names)
        if pressed or element.tag == "a":
            return named
        return named and element.tag not in ("li", "ul", "ol") and not element.has("p", "ul", "ol")

    def _trigger(self, element: Element) -> bool:
        self._flush()
        if element.has(*_HEADINGS):
            return True
        text = _MARK.sub("", clean(element.text()))
        if not text or _INVITATION.fullmatch(text):
            return False
        if len(text) > _LONGEST_HEADING:
            return True
        depth = sum(a.tag == "details" for a in element.ancestors()) if element.tag == "summary" else 1
        self._emit_heading(text, self._level + max(depth, 1), self._nearest_anchor(element))
        return False

    def _term(self, term: Element) -> bool:
        """A term and what it means, on one line where both are short; else a heading over its text."""
        self._flush()
        text = clean(term.text())
        definitions: list[Element] = []
        for sibling in term.siblings_after():
            if sibling.tag != "dd":
                break
            definitions.append(sibling)
        said = [clean(d.text()) for d in definitions]
        short = all(len(s) <= _LONGEST_TERM for s in said)
        short = short and not any(d.has("p", "ul", "ol") for d in definitions)
        if text and said and short and not text.endswith("?") and len(text) <= _LONGEST_TERM:
            self._skipped.update(map(id, definitions))
            self._emit(Block(f"- {text.rstrip(':')}: {'; '.join(filter(None, said))}", Kind.ITEM))
            return False
        if not said or term.has(*_HEADINGS) or len(text) > _LONGEST_HEADING:
            return True
        self._emit_heading(_MARK.sub("", text), self._level + 1, self._nearest_anchor(term))
        return False

    @staticmethod
    def _is_field_label(label: Element) -> bool:
        return "for" in label.attributes or any(a.tag == "form" for a in label.ancestors())

    @staticmethod
    def _is_bold_heading(element: Element) -> bool:
        """A line all in bold over other text, as pages without headings have them."""
        if not 0 < element.size <= _BOLD_HEADING_CHARACTERS or element.links:
            return False
        inner: Element = element
        while True:
            nodes = [n for n in inner.nodes if not (isinstance(n, str) and not n.strip())]
            nodes = [n for n in nodes if isinstance(n, str) or n.tag != "br"]
            if len(nodes) != 1 or isinstance(nodes[0], str):
                return False
            inner = nodes[0]
            if inner.tag in ("strong", "b"):
                break
            if inner.tag not in ("span", "em", "u", "font", "i"):
                return False
        text = element.text()
        after = next((e for e in element.siblings_after() if e.size), None)
        return (
            after is not None
            and after.tag in ("p", "ul", "ol", "table", "dl", "div")
            and not re.search(r"[.!,;]$|\d{3}", text)
            and len(text.split()) <= _BOLD_HEADING_WORDS
            and any(c.isalpha() for c in text)
        )

    # Lists

    @staticmethod
    def _first_number(element: Element) -> int:
        start = element.get("start")
        return int(start) if re.fullmatch(r"-?\d{1,6}", start) else 1

    def _marker(self, item: Element) -> str:
        if not self._lists or self._lists[-1][0].tag != "ol":
            return "- "
        parent, number = self._lists[-1]
        if re.fullmatch(r"-?\d{1,6}", item.get("value")):
            number = int(item.get("value"))
        self._lists[-1] = (parent, number + (-1 if "reversed" in parent.attributes else 1))
        return f"{number}. "

    def _table(self, table: Element) -> bool:
        self._flush()
        found = blocks_of_table(table)
        for block in found or ():
            self._emit(block)
            self._pending = []
        return found is None

    # The line being written

    def _write(self, text: str) -> None:
        if not text.isspace():
            self._pending = []
            if not self._in_link:
                self._beside_links.append(text.strip())
        self._line.append(text if self._preformatted else re.sub(r"\s+", " ", text))

    def _flush_before(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()

    def _flush(self) -> None:
        if not self._line:
            return
        text = clean("".join(self._line))
        links, beside = self._links, "".join(self._beside_links)
        invites = not beside and links > 0
        menu = links > 2 and bool(_SEPARATORS.fullmatch(beside)) and not self._markers
        self._line, self._beside_links, self._links = [], [], self._in_link
        lines = [" ".join(line.split()) for line in text.split("\n")]
        if self._preformatted:
            lines = [line.rstrip() for line in text.split("\n")]
        for paragraph in "\n".join(lines).strip("\n").split("\n\n"):
            if not (said := paragraph.strip("\n")):
                continue
            if menu and len(said) < _LONGEST_MENU_NAME * links:
                continue
            if invites and _INVITATION.fullmatch(said.strip(" .!…→›»>")):
                continue
            marker = self._markers[-1] if self._markers else None
            if marker is not None:
                self._markers[-1] = ""
                self._emit(Block(marker + said, Kind.ITEM))
            else:
                self._emit(Block(said))

    def _emit(self, block: Block) -> None:
        if block.text.strip():
            self._blocks.append(block)

    def _emit_heading(self, text: str, level: int, anchor: str | None = None) -> None:
        text = " ".join(clean(text).split())
        anchor = anchor or self._pending_anchor()
        if anchor:
            self._used.add(anchor)
        if text:
            self._emit(Block(text, Kind.HEADING, level, anchor or None))
            self._pending = []
            if self._markers:
                self._markers[-1] = None

    def _pending_anchor(self) -> str:
        fit = [a for a in self._pending if not _WRAPPER_ID.fullmatch(a)]
        return next((a for a in reversed(fit) if not _GENERATED_ID.search(a)), fit[-1] if fit else "")

    def _nearest_anchor(self, element: Element) -> str:
        """The id passed since the last text, or that of the part that this is the first heading of."""
        if pending := self._pending_anchor():
            return pending
        for ancestor in element.ancestors():
            anchor = ancestor.get("id")
            if anchor and ancestor.tag != "form" and not _WRAPPER_ID.fullmatch(anchor):
                return anchor if anchor not in self._used else ""
        return ""


def _own_words(heading: Element) -> tuple[list[Element | str], list[Element | str]]:
    """What is in a heading, and what a tag left open has put into it besides."""
    nodes = heading.nodes
    for place, node in enumerate(nodes):
        if isinstance(node, Element) and node.tag in _SWALLOWED:
            spoken = any(n.strip() if isinstance(n, str) else n.size for n in nodes[:place])
            return (nodes[:place], nodes[place:]) if spoken else (nodes, [])
    return nodes, []


def _is_tab(element: Element) -> bool:
    toggles = (element.get("role"), element.get("data-toggle"), element.get("data-bs-toggle"))
    return "tab" in toggles and element.tag not in _HEADINGS


def _digits(text: str) -> str:
    return text if re.fullmatch(r"[1-9]", text) else ""
