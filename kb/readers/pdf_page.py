"""One page of an open PDF. pdfium is not thread-safe: one process reads one file."""

from __future__ import annotations

import pypdfium2

from kb.readers.pdf_drawings import add_drawings
from kb.readers.pdf_geometry import Frame, Page
from kb.readers.pdf_tags import tagged_headings
from kb.readers.pdf_words import add_words


def read_page(document: pypdfium2.PdfDocument, index: int) -> Page:
    """Page `index` (from 0), with its lines in no order yet. Raises PdfiumError."""
    page = document[index]
    try:
        frame = Frame.of(page)
        read = Page(index + 1, frame.width, frame.height)
        textpage = page.get_textpage()
        try:
            add_words(read, textpage.raw, frame)
        finally:
            textpage.close()
        add_drawings(read, page.raw, frame)
        read.headings = tagged_headings(page.raw)
        return read
    finally:
        page.close()
