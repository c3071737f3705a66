"""Which reader reads a file: its name says, and its first bytes must not say otherwise."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Literal

from kb.errors import LimitError, ReadError, Withdrawn
from kb.limits import Limits
from kb.types import Document, Refusal

Format = Literal["text", "markdown", "html", "pdf", "docx", "jsonl"]

SUFFIXES: dict[str, Format] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}

_MAGIC = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF87a", "a picture"),
    (b"GIF89a", "a picture"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"SQLite format 3\x00", "a database"),
    (b"{\\rtf", "a rich text (RTF) file"),
    (b"%PDF-", "a PDF"),
)
_PDF_WITHIN = 1024  # where readers of PDF look for the header; some writers put junk before it
_HTML = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!doctype\s+html|<html)[\s>]", re.IGNORECASE)

_Reader = Callable[[bytes, str, Limits], Iterator[Document | Refusal]]


def read(data: bytes, name: str, limits: Limits) -> Iterator[Document | Refusal]:
    """The documents in a file, and a refusal for what cannot be taken in.

    What is wrong with the whole file is one refusal that names the file; a reader's own failure (a
    bug, not enough memory) is raised.
    """
    try:
        format = format_of(data, name)
        if len(data) > limits.file_bytes:
            raise LimitError(f"is larger than {limits.file_bytes:,} bytes")
        for item in _reader(format)(data, name, limits):
            yield _checked(item, limits)
    except ReadError as error:
        yield Refusal(name, str(error), isinstance(error, Withdrawn))
    except RecursionError:
        yield Refusal(name, "is nested too deeply")


def format_of(data: bytes, name: str) -> Format:
    """What a file is read as. Raises ReadError where its name and its bytes do not agree."""
    suffix = PurePosixPath(name).suffix.lower()
    format = SUFFIXES.get(suffix)
    if format is None:
        raise ReadError(f"is of a kind that is not read ({suffix})" if suffix else "has no file extension")
    if not data.strip():
        raise Withdrawn("is empty")
    looks = next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)
    if format == "pdf":
        if b"%PDF-" not in data[:_PDF_WITHIN]:
            raise ReadError(f"is named {suffix} but is {looks or 'no PDF'}")
    elif format == "docx":
        if looks == "an old Office file":
            raise ReadError("is password-protected, or an old Word file; save it as .docx without a password")
        if looks != "a zip archive":
            raise ReadError(f"is named {suffix} but is {looks or 'no Word document'}")
    elif looks:
        raise ReadError(f"is named {suffix} but is {looks}")
    elif format in ("text", "markdown") and _HTML.match(data.removeprefix(codecs.BOM_UTF8)[:4096]):
        return "html"
    return format


def _reader(format: Format) -> _Reader:
    """Imported when first needed: a text file should not wait for what reads PDF."""
    match format:
        case "text":
            from kb.readers import text

            return text.read
        case "markdown":
            from kb.readers import markdown

            return markdown.read
        case "html":
            from kb.readers import html

            return html.read
        case "pdf":
            from kb.readers import pdf

            return pdf.read
        case "docx":
            from kb.readers import docx

            return docx.read
        case "jsonl":
            from kb.readers import jsonl

            return jsonl.read


def _checked(item: Document | Refusal, limits: Limits) -> Document | Refusal:
    if isinstance(item, Refusal):
        return item
    if not item.text.strip():
        return Refusal(item.attribution.source, "has no text")
    if len(item.text) > limits.characters:
        return Refusal(item.attribution.source, f"has more than {limits.characters:,} characters")
    return item
