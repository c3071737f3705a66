"""PDF: text in reading order, with headings, lists, tables and the page of every block."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pypdfium2
import pypdfium2.raw as pdfium
from lxml import etree

from kb.errors import LimitError, ReadError
from kb.limits import Limits
from kb.readers.blocks import Block, Kind, compose
from kb.readers.dates import iso_date
from kb.readers.pdf_blocks import blocks_of
from kb.readers.pdf_furniture import drop_furniture
from kb.readers.pdf_geometry import Page, Table
from kb.readers.pdf_guard import check_streams
from kb.readers.pdf_layout import reading_order
from kb.readers.pdf_page import read_page
from kb.readers.pdf_tables import continue_table, tables_of
from kb.readers.properties import language_tag, readable_name, sensible_author, sensible_title
from kb.types import Attribution, Document, Refusal

_SCANNED = 0.5  # of a page, covered by pictures: a scan, if it has no text
_FEW = 25  # letters and digits a page that a scan may have all the same: a stamp, a number
_DATE = re.compile(
    r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?)?(?:(Z)|([+-])(\d\d)'?(\d\d)?'?)?.*", re.DOTALL
)
_XMP = re.compile(rb"<x:xmpmeta.{1,500000}?</x:xmpmeta>", re.DOTALL)
_WAIT = re.compile(r"please wait\b.*\bif this message is not eventually replaced", re.IGNORECASE | re.DOTALL)


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The one document in a PDF. Raises ReadError for what cannot be read.

    pdfium is not thread-safe: one process reads one file at a time.
    """
    check_streams(data, limits)
    document = _open(data, limits)
    try:
        pages = _pages(document, limits)
        said = _properties(document, data)
    finally:
        document.close()
    _check_has_text(pages)
    blocks = _blocks(pages)
    attribution = Attribution(
        title=said.title or _heading_title(blocks) or readable_name(name),
        source=name,
        author=said.author,
        published=said.published,
        modified=said.modified,
        licence=said.licence,
        language=said.language,
    )
    unread = [page.number for page in pages if _is_scan(page)]
    yield compose(
        blocks,
        id=name,
        collection="",
        attribution=attribution,
        metadata={"pages_without_text": unread} if unread else None,
    )


def _open(data: bytes, limits: Limits) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise ReadError("is password-protected") from None
        if b"%%EOF" not in data[-2048:]:
            raise ReadError("is cut off: the end of the PDF is missing") from None
        raise ReadError("is damaged: it cannot be opened as a PDF") from None
    if count > limits.pdf_pages:
        document.close()
        raise LimitError(f"has more than {limits.pdf_pages:,} pages")
    if count == 0:
        document.close()
        raise ReadError("is damaged: it has no pages")
    return document


def _pages(document: pypdfium2.PdfDocument, limits: Limits) -> list[Page]:
    pages: list[Page] = []
    characters = 0
    for index in range(len(document)):
        try:
            page = read_page(document, index)
        except pypdfium2.PdfiumError:
            raise ReadError(f"is damaged: page {index + 1} cannot be read") from None
        characters += sum(len(word.text) + 1 for line in page.lines for word in line.words)
        if characters > limits.characters:
            raise LimitError(f"has more than {limits.characters:,} characters")
        pages.append(page)
    return pages


def _check_has_text(pages: Sequence[Page]) -> None:
    text = [
        word.text
        for page in pages
        for lines in (page.lines, *page.turned)
        for line in lines
        for word in line.words
    ]
    whole = " ".join(text)
    readable = sum(character.isalnum() for character in whole)
    if readable == 0:
        raise ReadError("needs OCR: its pages have no text")
    if readable < _FEW * len(pages) and all(_pictured(page) >= _SCANNED for page in pages):
        raise ReadError("needs OCR: its pages are pictures")
    strange = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" or ord(c) < 32 for c in whole)
    if strange > 0.3 * len(whole):
        raise ReadError("needs OCR: its fonts do not say which letters they draw")
    if len(pages) == 1 and _WAIT.search(whole):
        raise ReadError("is a form of Adobe's own kind (XFA), which only Adobe Reader shows")


def _is_scan(page: Page) -> bool:
    return not page.lines and not page.turned and _pictured(page) >= _SCANNED


def _pictured(page: Page) -> float:
    return sum(box.width * box.height for box in page.pictures) / (page.width * page.height or 1)


def _blocks(pages: Sequence[Page]) -> list[Block]:
    tables: list[list[Table]] = [tables_of(page) for page in pages]
    drop_furniture(pages, tables)
    for (above, before), (below, found) in pairwise(zip(pages, tables, strict=True)):
        last = max(before, key=lambda table: table.bounds.bottom, default=None)
        if last is None or any(line.y > last.bounds.bottom + 1 for line in above.lines):
            continue
        rest = continue_table(below, last)
        if rest is not None:
            found.append(rest)
    flows = [flow for page, found in zip(pages, tables, strict=True) for flow in reading_order(page, found)]
    return blocks_of(pages, flows)


def _heading_title(blocks: Sequence[Block]) -> str | None:
    """The first of the outermost headings, if the document opens with it."""
    headings = [block for block in blocks if block.kind is Kind.HEADING and (block.page or 1) <= 2]
    if not headings:
        return None
    outermost = min(headings, key=lambda block: block.level)
    return " ".join(outermost.text.split())[:200]


# --- properties


@dataclass(frozen=True, slots=True)
class _Properties:
    title: str | None
    author: str | None
    published: str | None
    modified: str | None
    licence: str | None
    language: str | None


def _properties(document: pypdfium2.PdfDocument, data: bytes) -> _Properties:
    info = document.get_metadata_dict(skip_empty=True)
    xmp = _xmp(data)
    return _Properties(
        title=sensible_title(info.get("Title")) or sensible_title(xmp.get("title")),
        author=sensible_author(info.get("Author")) or sensible_author(xmp.get("creator")),
        published=iso_date(xmp.get("date")) or _date(info.get("CreationDate")),
        modified=_date(info.get("ModDate")),
        licence=xmp.get("license") or xmp.get("WebStatement") or xmp.get("rights") or xmp.get("UsageTerms"),
        language=language_tag(_language(document)) or language_tag(xmp.get("language")),
    )


def _date(value: str | None) -> str | None:
    """`D:20240731160541-04'00'` as ISO 8601."""
    match = _DATE.fullmatch(value or "")
    if not match:
        return None
    year, month, day, hour, minute, second, utc, sign, zone, zone_minutes = match.groups()
    text = "-".join(part for part in (year, month, day) if part)
    if hour and day:
        offset = "Z" if utc else f"{sign}{zone}:{zone_minutes or '00'}" if sign else ""
        text += f"T{hour}:{minute}:{second or '00'}{offset}"
    return iso_date(text)


def _language(document: pypdfium2.PdfDocument) -> str | None:
    buffer = (ctypes.c_ushort * 64)()
    length = pdfium.FPDFCatalog_GetLanguage(document.raw, buffer, 128)
    return bytes(buffer)[:length].decode("utf-16-le", "replace").rstrip("\0") if 2 < length <= 128 else None


def _xmp(data: bytes) -> dict[str, str]:
    """What the XMP packet says, by property name; the last packet holds where there are several."""
    said: dict[str, str] = {}
    for packet in _XMP.findall(data)[-3:]:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
        root = etree.fromstring(packet, parser)
        if root is None:
            continue
        for element in root.iter(etree.Element):
            tag = re.split("[}:]", str(element.tag))[-1]
            text = " ".join("".join(element.itertext()).split())
            if text and tag in (
                "title",
                "creator",
                "date",
                "rights",
                "license",
                "WebStatement",
                "UsageTerms",
                "language",
            ):
                said[tag] = text[:1000]
    return said
