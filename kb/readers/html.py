"""Web pages: what a page says, without its furniture, block by block with the anchors to link to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape

from kb.errors import LimitError, ReadError
from kb.limits import MEGABYTE, Limits
from kb.readers import cms
from kb.readers.blocks import Block, Kind, compose
from kb.readers.chrome import without_chrome
from kb.readers.dom import Element, measure, parse
from kb.readers.encoding import clean, decode
from kb.readers.frontmatter import FrontMatter, front_matter_of
from kb.readers.metadata import Metadata, best_title, metadata_of
from kb.readers.prune import controlled_by, in_panel, remove_furniture, remove_hidden
from kb.readers.text import title_from
from kb.types import Attribution, Document, Refusal

_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE
)
_CHARSET_WITHIN = 4096  # a page must say so in its first 1,024 bytes; many are late

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption"
    " figure footer"
    " form header hgroup hr html legend li main menu nav ol p pre search section summary table tbody td"
    " tfoot th"
    " thead tr ul caption label".split()
)
_FORMS = frozenset("label legend button".split())
_FEWEST_WORDS = 10
_LONGEST_HEADING = 200  # longer ones are paragraphs in large print
_LONGEST_TRIGGER = 250
_LONGEST_TERM = 80  # of a definition list; what defines it stays on its line up to this too
_BOLD_HEADING_CHARACTERS, _BOLD_HEADING_WORDS = 80, 12
_LAYOUT_CELL = 300  # characters; cells of data are shorter
_REPEATED = 40  # a paragraph this long that comes again is the same one for another screen

_OF_TABLES = (Kind.HEADER, Kind.ROW)
_MARKER = re.compile(r"^(?:- |-?\d+\. )")
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
    r"(?:now|online|today|here|appointment|consultation|consult|session|call|visit|quote)(?: now| online"
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
_ABOUT_POST = re.compile(
    r"(?:(?:last )?updated|posted|published|reviewed|modified|written|author|by|date|filed|tagged"
    r"|categor(?:y|ies)|tags?)"
    r"(?: (?:on|in|by|at|under))?:? .{1,100}",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? )?(?:\d{1,2}(?:st|nd|rd|th)? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (?:\d{1,2}(?:st|nd|rd|th)?,? )?\d{4}"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d\d-\d\d",
    re.IGNORECASE,
)
_SCRIPTS_ONLY = "has no text of its own: scripts write it in the browser. Save the page as a browser shows it"


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The one document that a page is. Raises ReadError where it says nothing, and LimitError."""
    if len(data) > limits.html_bytes:
        raise LimitError(f"is larger than {limits.html_bytes // MEGABYTE} MB, too large for a web page")
    declared = _CHARSET.search(data[:_CHARSET_WITHIN])
    text = decode(data, declared[1].decode("ascii") if declared else None)
    front, text = front_matter_of(text) if text.lstrip().startswith("---") else (FrontMatter(), text)
    if front.draft:
        raise ReadError("is marked as a draft in its front matter")
    root = parse(text, limits)
    about = metadata_of(root)
    blocks = _content(root, text, limits)
    yield compose(
        blocks,
        id=name,
        collection="",
        attribution=_attribution(front, about, blocks, name),
        tags=tuple(dict.fromkeys((*front.tags, *about.tags))),
        metadata=about.rest | front.rest,
    )


def blocks_from(html: str, limits: Limits) -> list[Block]:
    """The blocks of HTML that is content throughout, such as what Markdown stands for."""
    root = parse(html, limits)
    remove_hidden(root)
    measure(root)
    return _without_repeats(_Walk(root).blocks())


def _attribution(front: FrontMatter, about: Metadata, blocks: Sequence[Block], name: str) -> Attribution:
    return Attribution(
        title=unescape(front.title or "") or best_title(about, blocks, name) or title_from(name),
        source=name,
        url=front.url if front.url and "://" in front.url else about.url,
        author=front.author or about.author,
        published=front.published or about.published,
        modified=front.modified or about.modified,
        licence=front.licence or about.licence,
        language=front.language or about.language,
    )


def _content(root: Element, text: str, limits: Limits) -> list[Block]:
    remove_hidden(root)
    measure(root)
    everything = root.size
    remove_furniture(root)
    blocks = _blocks(root)
    if _words(blocks) < _FEWEST_WORDS and everything:
        # A page that is all links, or all menu to these rules, is taken more as it is.
        for gently in (True, None):
            whole = parse(text, limits)
            remove_hidden(whole)
            if gently:
                remove_furniture(whole, gently=True)
            if _words(more := _blocks(whole)) > 2 * _words(blocks):
                blocks = more
                break
    if not blocks:
        raise ReadError(_why_empty(root, everything))
    return blocks


def _blocks(root: Element) -> list[Block]:
    measure(root)
    return _without_chrome(_Walk(root).blocks())


def _why_empty(root: Element, characters: int) -> str:
    frames = [frame.get("src") for frame in root.find("frame") if frame.get("src")]
    if frames or root.has("frameset"):
        return f"is only a frame around other pages ({', '.join(frames[:5]) or 'none'})"
    refresh = next((m for m in root.find("meta") if m.get("http-equiv").lower() == "refresh"), None)
    if refresh is not None:
        return "only sends its visitor on to another page"
    if characters:
        return "has no text but navigation"
    return _SCRIPTS_ONLY if root.has("script") or _mounts_app(root) else "has no text"


def _mounts_app(root: Element) -> bool:
    return any(e.get("id") in ("root", "app", "__next", "___gatsby") for e in root.find("div"))


def _words(blocks: Sequence[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


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
        self._linked = 0  # characters of the line that are links
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
        anchor = element.get("id") or (element.get("name") if tag == "a" else "")
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
            self._linked += element.size
        return True

    def _leave(self, element: Element) -> None:
        tag = element.tag
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
        text = clean(element.text())
        blocks_in_it = element.has("p", "ul", "ol", "table", "section")
        if len(text) > _LONGEST_HEADING or (blocks_in_it and len(text) > 100):
            return True
        level = int(element.tag[1] if element.tag in _HEADINGS else _digits(element.get("aria-level")) or 2)
        anchor = element.get("id") or next(
            (a for e in element.below() if (a := e.get("id") or (e.get("name") if e.tag == "a" else ""))), ""
        )
        if element.has("button") or any(self._is_trigger(e) for e in element.below()):
            level = max(level, self._level + 1)
            text = _MARK.sub("", text) or text
        elif not in_panel(element):
            self._level = level
        self._emit_heading(text, level, anchor or self._nearest_anchor(element))
        return False

    def _is_trigger(self, element: Element) -> bool:
        """Whether it is the words on a part that opens."""
        if element.tag == "summary":
            return True
        if element.size > _LONGEST_TRIGGER or not element.size:
            return False
        pressed = element.tag == "button" or element.get("role") in ("button", "tab")
        if pressed and ("aria-expanded" in element.attributes or controlled_by(element)):
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

    # Tables

    def _table(self, table: Element) -> bool:
        self._flush()
        rows = _rows(table)
        if not _is_data(table, rows):
            return True
        caption = next(table.find("caption"), None)
        if caption is not None:
            self._emit(Block(clean(caption.text())))
        grid = _grid(rows)
        header = _header_rows(rows)
        lines = [" | ".join(cells) for cells in grid]
        if header:
            columns = zip(*grid[:header], strict=True)
            titles = (" ".join(dict.fromkeys(filter(None, column))) for column in columns)
            self._emit(Block(" | ".join(titles), Kind.HEADER))
        for line in lines[header:]:
            if line.strip(" |"):
                self._emit(Block(line, Kind.ROW))
        return False

    # The line being written

    def _write(self, text: str) -> None:
        self._line.append(text if self._preformatted else re.sub(r"\s+", " ", text))

    def _flush_before(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._flush()

    def _flush(self) -> None:
        if not self._line:
            return
        text = clean("".join(self._line))
        written = sum(len(" ".join(piece.split())) for piece in self._line)
        invites = 0 < written <= self._linked
        self._line, self._linked = [], 0
        lines = [" ".join(line.split()) for line in text.split("\n")]
        if self._preformatted:
            lines = [line.rstrip() for line in text.split("\n")]
        for paragraph in "\n".join(lines).strip("\n").split("\n\n"):
            if not (said := paragraph.strip("\n")):
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
            self._pending = []

    def _emit_heading(self, text: str, level: int, anchor: str | None = None) -> None:
        text = " ".join(clean(text).split())
        anchor = anchor or self._pending_anchor()
        if anchor:
            self._used.add(anchor)
        if text:
            self._emit(Block(text, Kind.HEADING, level, anchor or None))
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
            if anchor and not _WRAPPER_ID.fullmatch(anchor):
                return anchor if anchor not in self._used else ""
        return ""


def _is_tab(element: Element) -> bool:
    toggles = (element.get("role"), element.get("data-toggle"), element.get("data-bs-toggle"))
    return "tab" in toggles and element.tag not in _HEADINGS


def _digits(text: str) -> str:
    return text if re.fullmatch(r"[1-9]", text) else ""


# Tables of data


def _rows(table: Element) -> list[list[Element]]:
    """The rows that are the table's own, not those of a table in it."""
    rows: list[list[Element]] = []
    waiting: list[Element] = [table]
    while waiting:
        element = waiting.pop()
        if element.tag == "tr":
            rows.append([c for c in element.nodes if isinstance(c, Element) and c.tag in ("td", "th")])
        elif element.tag in ("table", "thead", "tbody", "tfoot"):
            inner = [c for c in element.nodes if isinstance(c, Element) and (c.tag != "table")]
            waiting.extend(reversed(inner))
    return [row for row in rows if row]


def _is_data(table: Element, rows: list[list[Element]]) -> bool:
    if not rows or table.get("role") in ("presentation", "none"):
        return False
    cells = [cell for row in rows for cell in row]
    if any(cell.has("table", "form", "h1", "h2", "h3") for cell in cells):
        return False
    if any(cell.tag == "th" for cell in cells) or table.has("caption"):
        return True
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    return all(cell.size <= _LAYOUT_CELL for cell in cells)


def _grid(rows: list[list[Element]]) -> list[list[str]]:
    """The cells' texts, each row as wide as the widest; a cell over several rows is said in each."""
    hanging: dict[int, tuple[int, str]] = {}
    grid: list[list[str]] = []
    for row in rows:
        cells: list[str] = []
        waiting = list(row)
        while waiting or len(cells) in hanging:
            place = len(cells)
            if place in hanging:
                left, text = hanging.pop(place)
                if left > 1:
                    hanging[place] = (left - 1, text)
                cells.append(text)
                continue
            cell = waiting.pop(0)
            text = clean(cell.text())
            rowspan = _span(cell, "rowspan")
            for across in range(_span(cell, "colspan")):
                if rowspan > 1:
                    hanging[place + across] = (rowspan - 1, text if across == 0 else "")
                cells.append(text if across == 0 else "")
        grid.append(cells)
    width = max(map(len, grid))
    for cells in grid:
        cells.extend([""] * (width - len(cells)))
    used = [column for column in range(width) if any(cells[column] for cells in grid)]
    return [[cells[column] for column in used] for cells in grid]


def _span(cell: Element, name: str) -> int:
    said = cell.get(name)
    return max(1, min(int(said), 50)) if re.fullmatch(r"\d{1,4}", said) else 1


def _header_rows(rows: list[list[Element]]) -> int:
    """How many rows at the top say what the columns hold."""
    heads = 0
    for row in rows:
        in_head = row[0].parent is not None and row[0].parent.parent is not None
        in_head = in_head and row[0].parent.parent.tag == "thead"  # type: ignore[union-attr]
        if not in_head and not all(cell.tag == "th" for cell in row):
            break
        heads += 1
    if heads == len(rows):
        return min(heads, 1) if heads > 1 else 0
    if heads == 0 and len(rows) > 2 and _all_bold(rows[0]) and not any(map(_all_bold, rows[1:])):
        return 1
    return heads


def _all_bold(row: list[Element]) -> bool:
    filled = [cell for cell in row if cell.size]
    bold = (sum(b.size for b in cell.find("b", "strong")) >= cell.size for cell in filled)
    return len(filled) > 1 and all(bold)


# Lines that are chrome


def _without_chrome(blocks: list[Block]) -> list[Block]:
    """The blocks without lines that are the page's own, such as `3 min read`."""
    blocks = _without_repeats(blocks)
    lines = ["" if b.kind in _OF_TABLES else _MARKER.sub("", b.text) for b in blocks]
    kept_lines = without_chrome(lines)
    kept = [
        block
        for block, line, kept_line in zip(blocks, lines, kept_lines, strict=True)
        if (kept_line or not line) and not _is_about_post(block, line)
    ]
    return _without_repeats(kept)


def _is_about_post(block: Block, line: str) -> bool:
    if block.kind is not Kind.PARAGRAPH or len(line) > 120:
        return False
    return bool(_DATE.fullmatch(line) or (_ABOUT_POST.fullmatch(line) and _DATE.search(line)))


def _without_repeats(blocks: list[Block]) -> list[Block]:
    """The blocks without what is there again for another screen, or twice in a row."""
    kept: list[Block] = []
    said: set[str] = set()
    for block in blocks:
        words = " ".join(block.text.split())
        key = words.casefold()
        repeats = kept and " ".join(kept[-1].text.split()).casefold() == key
        if repeats and block.kind not in _OF_TABLES:
            if block.kind is Kind.HEADING and kept[-1].kind is Kind.PARAGRAPH:
                kept[-1] = block
            elif block.kind is Kind.HEADING and kept[-1].kind is Kind.HEADING and kept[-1].anchor is None:
                kept[-1] = replace(kept[-1], anchor=block.anchor)
            continue
        if len(words) >= _REPEATED and block.kind in (Kind.PARAGRAPH, Kind.ITEM):
            if key in said:
                continue
            said.add(key)
        kept.append(block)
    return kept
