"""Word documents (.docx): headings by style, lists with their numbers, tables, in their order."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from kb.errors import LimitError, ReadError
from kb.limits import Limits
from kb.readers.blocks import Block, Kind, compose
from kb.readers.dates import iso_date
from kb.readers.docx_numbering import Numbering
from kb.readers.docx_styles import Style, Styles
from kb.readers.properties import language_tag, readable_name, sensible_author, sensible_title
from kb.readers.zipguard import check_archive
from kb.types import Attribution, Document, Refusal

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_XML_PER_CHARACTER = 40  # bytes of markup and text together; the OWASP standard has 12
_DAMAGED = (
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,
    OSError,
)
_TEMPLATE = datetime(2013, 12, 23, 23, 15)  # python-docx's own template, not anyone's document

_DELETED = {
    _W + "del",
    _W + "moveFrom",
    _W + "delText",
    _W + "instrText",
    _W + "pPr",
    _W + "rPr",
    _W + "sdtPr",
}
_LEFT_OUT_FIELDS = re.compile(r"\s*(?:TOC|INDEX|TOA|RD)\b", re.IGNORECASE)
_TOC_STYLE = re.compile(
    r"toc ?\d|toc ?heading|contents ?(?:heading|\d)|table of figures|index ?\d", re.IGNORECASE
)
_TYPED_BULLET = re.compile(r"[•●▪■◦○‣►–·\uf0b7\uf0a7]\s+")
_BARE_END = re.compile(r"[.,;:]['\"”’)\]]*$")
_HEADING_WORDS = 12
_LAYOUT_WORDS = 60  # a table whose cells say more, by the median, is there for its looks

# The typographic ligatures and nothing else: NFKC would turn "½" and "²" into other text.
_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
_CLEAN = {**_LIGATURES, **dict.fromkeys([0xAD, 0x200B, 0x2060, 0xFEFF])}

# A line that was pasted as a paragraph of its own goes on in the next.
_PASTED = 50  # characters of a line that is full
_GOES_ON = re.compile(r"(?:[,–—]|\b(?:the|a|an|of|and|or|to|in|at|for|by|with|as|from|that|which|is|are))$")
_LOW = re.compile(r"[(\[“‘]?[a-z]")


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The one document in a .docx file. Raises ReadError for what cannot be read."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise ReadError("is password-protected")
        raise ReadError("is an old Word file (.doc); save it as .docx")
    check_archive(data, limits)
    document = _open(data, limits)
    reader = _Reader(document, limits)
    blocks = _with_bold_headings(_unpasted(reader.body()))
    properties = _properties(document)
    yield compose(
        blocks,
        id=name,
        collection="",
        attribution=Attribution(
            title=properties.title or reader.title or _first_heading(blocks) or readable_name(name),
            source=name,
            author=properties.author,
            published=properties.published,
            modified=properties.modified,
            language=properties.language or _language(document, reader.styles.language),
        ),
    )


def _open(data: bytes, limits: Limits) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".xml") and entry.file_size > _XML_PER_CHARACTER * limits.characters:
                raise LimitError(f"has more than {limits.characters:,} characters")
    try:
        return docx.Document(io.BytesIO(data))
    except (KeyError, ValueError, OpcError):
        raise ReadError("is no Word document, or one of a kind that is not read") from None
    except _DAMAGED:
        raise ReadError("is damaged: its parts cannot be read") from None
    except AttributeError:
        raise ReadError("is damaged: its main part is missing") from None


# --- properties


@dataclass(frozen=True, slots=True)
class _Properties:
    title: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None


def _properties(document: Any) -> _Properties:
    try:
        core = document.core_properties
        created, modified = core.created, core.modified
        title, author, language = core.title, core.author, core.language
    except (KeyError, ValueError, AttributeError, etree.XMLSyntaxError):
        return _Properties()
    return _Properties(
        sensible_title(title),
        sensible_author(author),
        iso_date(created) if created and created.replace(tzinfo=None) != _TEMPLATE else None,
        iso_date(modified) if modified and modified.replace(tzinfo=None) != _TEMPLATE else None,
        language_tag(language),
    )


def _language(document: Any, otherwise: str | None) -> str | None:
    """The language that most of the text is marked with; what bears no mark is in that of the styles."""
    letters: Counter[str | None] = Counter()
    for run in document.element.body.iter(_W + "r"):
        marked = run.find(f"{_W}rPr/{_W}lang")
        language = None if marked is None else language_tag(marked.get(_W + "val"))
        letters[language or otherwise] += sum(len(text.text or "") for text in run.iterchildren(_W + "t"))
    most = max(letters.values(), default=0)
    return otherwise if letters[otherwise] == most else max(letters, key=letters.__getitem__)


def _first_heading(blocks: Sequence[Block]) -> str | None:
    headings = [block for block in blocks if block.kind is Kind.HEADING]
    if not headings:
        return None
    outermost = min(headings, key=lambda block: block.level)
    return " ".join(outermost.text.split())[:200]


# --- the body


@dataclass(slots=True)
class _Paragraph:
    """What a paragraph says, and what hangs on it."""

    text: str
    boxes: list[Any] = field(default_factory=list)  # text boxes that are anchored in it
    notes: list[str] = field(default_factory=list)  # ids of its footnotes
    bold: bool = False
    size: float = 0.0


@dataclass(slots=True)
class _Text:
    """A paragraph's text in the making."""

    parts: list[str] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    letters: int = 0
    bold_letters: int = 0
    sizes: list[float] = field(default_factory=list)


class _LookingLikeHeading(Block):
    """A bold or larger line, which is a heading only where a document has no heading styles."""

    __slots__ = ()


class _Reader:
    def __init__(self, document: Any, limits: Limits) -> None:
        self.styles = Styles.of(document)
        self.title: str | None = None
        self._body = document.element.body
        self._numbering = Numbering.of(document)
        self._notes = _footnotes(document)
        self._limits = limits
        self._characters = 0
        self._fields: list[bool] = []  # open fields, outermost first: whether each is left out
        self._titled = any(
            self.styles.of_paragraph(paragraph).is_title for paragraph in self._body.iter(_W + "p")
        )

    def body(self) -> list[Block]:
        return list(self._blocks(self._body))

    def _blocks(self, container: Any) -> Iterator[Block]:
        for child in container:
            if child.tag == _W + "p":
                yield from self._paragraph_blocks(child)
            elif child.tag == _W + "tbl":
                yield from self._table_blocks(child)
            elif child.tag == _W + "sdt" and not _is_contents(child):
                for content in child.findall(_W + "sdtContent"):
                    yield from self._blocks(content)
            elif child.tag in (_W + "ins", _W + "moveTo", _W + "customXml", _W + "smartTag"):
                yield from self._blocks(child)

    def _paragraph_blocks(self, element: Any) -> Iterator[Block]:
        style = self.styles.of_paragraph(element)
        left_out = bool(_TOC_STYLE.fullmatch(style.name)) or any(self._fields)
        paragraph = self._paragraph(element, style)
        if left_out or any(self._fields):
            return
        text = paragraph.text
        self._count(text)
        if text:
            yield self._block(element, style, paragraph)
        for box in paragraph.boxes:
            yield from self._blocks(box)
        for note in paragraph.notes:
            if note in self._notes:
                self._count(self._notes[note])
                yield Block(self._notes[note])

    def _block(self, element: Any, style: Style, paragraph: _Paragraph) -> Block:
        text = paragraph.text
        if style.is_title:
            self.title = self.title or sensible_title(text)
            return Block(text, Kind.HEADING, 1)
        level = self.styles.outline_level(element, style)
        if level:
            return Block(" ".join(text.split()), Kind.HEADING, min(9, level + self._titled))
        number = self.styles.numbering(element, style)
        if number is not None:
            marker = self._numbering.marker(*number)
            if marker is not None:
                return Block(f"{marker} {text}", Kind.ITEM)
        if _TYPED_BULLET.match(text):
            return Block(_TYPED_BULLET.sub("- ", text, count=1), Kind.ITEM)
        larger = paragraph.size >= 1.2 * self.styles.size
        if (paragraph.bold or larger) and len(text.split()) <= _HEADING_WORDS and not _BARE_END.search(text):
            return _LookingLikeHeading(text, Kind.PARAGRAPH, int(paragraph.size * 2))
        return Block(text)

    def _count(self, text: str) -> None:
        self._characters += len(text)
        if self._characters > self._limits.characters:
            raise LimitError(f"has more than {self._limits.characters:,} characters")

    # --- text

    def _paragraph(self, element: Any, style: Style) -> _Paragraph:
        text = _Text()
        self._collect(element, text, style)
        said = "".join(text.parts).translate(_CLEAN)
        lines = (" ".join(line.split()) for line in said.split("\n"))
        return _Paragraph(
            "\n".join(line for line in lines if line),
            text.boxes,
            text.notes,
            bold=text.letters > 1 and text.bold_letters == text.letters,
            size=min(text.sizes, default=style.size or self.styles.size),
        )

    def _collect(self, element: Any, text: _Text, style: Style) -> None:
        for child in element:
            tag = child.tag
            if tag in _DELETED or not isinstance(tag, str):
                continue
            if tag == _W + "r":
                self._collect_run(child, text, style)
            elif tag == _W + "fldSimple":
                if not _LEFT_OUT_FIELDS.match(child.get(_W + "instr", "")):
                    self._collect(child, text, style)
            else:
                self._collect(child, text, style)

    def _collect_run(self, run: Any, text: _Text, style: Style) -> None:
        properties = run.find(_W + "rPr")
        if properties is not None and _is_on(properties.find(_W + "vanish")):
            return
        before = len(text.parts)
        for child in run:
            self._collect_piece(child, text)
        letters = sum(character.isalnum() for part in text.parts[before:] for character in part)
        if letters:
            text.letters += letters
            text.bold_letters += letters * self.styles.is_bold(properties, style)
            text.sizes.append(self.styles.run_size(properties, style))

    def _collect_piece(self, child: Any, text: _Text) -> None:
        tag = child.tag
        if tag == _W + "fldChar":
            self._note_field(child.get(_W + "fldCharType"))
        elif tag == _W + "instrText":
            if self._fields and _LEFT_OUT_FIELDS.match(child.text or ""):
                self._fields[-1] = True
        elif any(self._fields):
            return
        elif tag == _W + "t":
            text.parts.append(child.text or "")
        elif tag in (_W + "tab", _W + "ptab"):
            text.parts.append(" ")
        elif tag in (_W + "br", _W + "cr"):
            text.parts.append("\n" if child.get(_W + "type", "textWrapping") == "textWrapping" else " ")
        elif tag == _W + "noBreakHyphen":
            text.parts.append("-")
        elif tag in (_W + "footnoteReference", _W + "endnoteReference"):
            text.notes.append(tag.removeprefix(_W)[:3] + child.get(_W + "id", ""))
        elif tag in (_W + "drawing", _W + "pict", _W + "object"):
            text.boxes.extend(child.iter(_W + "txbxContent"))
        elif tag == _COMPATIBILITY + "AlternateContent":
            # One thing said twice, for new programs and old ones.
            for choice in child[:1]:
                text.boxes.extend(choice.iter(_W + "txbxContent"))

    def _note_field(self, kind: str | None) -> None:
        if kind == "begin":
            self._fields.append(False)
        elif kind == "end" and self._fields:
            self._fields.pop()

    # --- tables

    def _table_blocks(self, table: Any) -> Iterator[Block]:
        rows = [row for row in _rows(table) if row.find(f"{_W}trPr/{_W}del") is None]
        if self._is_layout(rows):
            for row in rows:
                for cell in _cells(row):
                    yield from self._blocks(cell)
            return
        kind = Kind.HEADER
        for row in rows:
            line = " | ".join(self._row(row)).rstrip(" |")
            if line:
                yield Block(line, kind)
                kind = Kind.ROW

    def _is_layout(self, rows: Sequence[Any]) -> bool:
        """One column, one row, or cells that hold whole pages: a table for its looks."""
        if len(rows) < 2 or max(len(_cells(row)) for row in rows) < 2:
            return True
        cells = [cell for row in rows for cell in _cells(row)]
        for cell in cells:
            for paragraph in cell.iter(_W + "p"):
                if self.styles.outline_level(paragraph, self.styles.of_paragraph(paragraph)):
                    return True
        lengths = [len(" ".join(t.text or "" for t in cell.iter(_W + "t")).split()) for cell in cells]
        return median(length for length in lengths if length) > _LAYOUT_WORDS if any(lengths) else True

    def _row(self, row: Any) -> list[str]:
        said: list[str] = []
        for cell in _cells(row):
            properties = cell.find(_W + "tcPr")
            span = 1
            continued = False
            if properties is not None:
                merged = properties.find(_W + "vMerge")
                continued = merged is not None and merged.get(_W + "val", "continue") == "continue"
                grid = properties.find(_W + "gridSpan")
                span = _number(grid.get(_W + "val")) if grid is not None else 1
            text = "" if continued else " ".join(" ".join(b.text.split()) for b in self._blocks(cell))
            said.extend([text, *[""] * (min(span, 64) - 1)])
        return said


def _rows(table: Any) -> list[Any]:
    found: list[Any] = []
    for child in table:
        if child.tag == _W + "tr":
            found.append(child)
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml"):
            found.extend(_rows(child))
    return found


def _cells(row: Any) -> list[Any]:
    found: list[Any] = []
    for child in row:
        if child.tag == _W + "tc":
            found.append(child)
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml"):
            found.extend(_cells(child))
    return found


def _is_contents(control: Any) -> bool:
    """A table of contents that Word keeps in a control of its own."""
    gallery = control.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return gallery is not None and "table of contents" in (gallery.get(_W + "val") or "").lower()


def _footnotes(document: Any) -> dict[str, str]:
    """Foot- and endnotes by `foo` or `end` and their id."""
    found: dict[str, str] = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind not in ("footnotes", "endnotes") or relation.is_external:
            continue
        try:
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
        except etree.XMLSyntaxError:
            continue
        for note in root:
            if note.get(_W + "type", "normal") == "normal":
                texts = ("".join(t.text or "" for t in p.iter(_W + "t")) for p in note.iter(_W + "p"))
                text = " ".join(" ".join(texts).split()).translate(_CLEAN)
                if text:
                    found[kind[:3] + (note.get(_W + "id") or "")] = text
    return found


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(_W + "val", "true") not in ("0", "false", "off")


def _number(value: str | None) -> int:
    return int(value) if value and value.isdigit() else 1


# --- what only looks like a heading, and what only looks like paragraphs


def _with_bold_headings(blocks: Sequence[Block]) -> list[Block]:
    """Bold lines are headings where no style says which lines are, and text follows them."""
    lines = [block for block in blocks if isinstance(block, _LookingLikeHeading)]
    styled = any(block.kind is Kind.HEADING and block.level > 1 for block in blocks) or (
        sum(block.kind is Kind.HEADING for block in blocks) > 1
    )
    sizes = sorted({block.level for block in lines}, reverse=True)
    prose = sum(len(block.text) for block in blocks if not isinstance(block, _LookingLikeHeading))
    trusted = not styled and prose > sum(len(block.text) for block in lines)
    below = 1 + any(block.kind is Kind.HEADING for block in blocks)
    return [
        Block(block.text, Kind.HEADING, min(6, below + sizes.index(block.level)))
        if trusted and isinstance(block, _LookingLikeHeading)
        else Block(block.text, block.kind, block.level if block.kind is Kind.HEADING else 0)
        for block in blocks
    ]


def _unpasted(blocks: Sequence[Block]) -> list[Block]:
    """Lines that were pasted from elsewhere as paragraphs, put together to the sentences that they were."""
    kept: list[Block] = []
    for block in blocks:
        before = kept[-1] if kept else None
        if before is not None and type(block) is type(before) is Block and _belong_together(before, block):
            kept[-1] = Block(f"{before.text} {block.text}")
        else:
            kept.append(block)
    return kept


def _belong_together(before: Block, block: Block) -> bool:
    if before.kind is not Kind.PARAGRAPH or block.kind is not Kind.PARAGRAPH:
        return False
    last = before.text.rpartition("\n")[2]
    if len(last) < _PASTED or last[-1] in ".!?:;…":
        return False
    return bool(_LOW.match(block.text) or _GOES_ON.search(last))
