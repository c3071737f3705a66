"""Makes the example clinic's PDF and Word documents from the Markdown in `examples/documents`.

Run: python examples/make_documents.py. The same text gives the same bytes: nothing in the files
depends on the clock or the machine.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import docx
import frontmatter
from markdown_it import MarkdownIt

SOURCES = Path(__file__).parent / "documents"
TARGET = Path(__file__).parent / "clinic" / "site" / "documents"

# What shows in the bytes of a Word file beside its text, as of the committed one.
MADE_WITH = {"python-docx": "1.2.0", "lxml": "6.1.3", "zlib": "1.2.13"}


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for path, made in make_all():
        path.write_bytes(made)
        print(f"{path.relative_to(Path(__file__).parent)}: {len(made):,} bytes")


def make_all() -> Iterator[tuple[Path, bytes]]:
    """Each document's place and bytes."""
    for source in sorted(SOURCES.glob("*.md")):
        paper = read(source)
        make = as_pdf if paper.file.endswith(".pdf") else as_docx
        yield TARGET / paper.file, make(paper)


def word_files_are_comparable() -> bool:
    """Whether the libraries installed here are those that wrote the committed Word files."""
    here = {"python-docx": version("python-docx"), "lxml": version("lxml"), "zlib": zlib.ZLIB_RUNTIME_VERSION}
    return here == MADE_WITH


# --- what a paper says


@dataclass(frozen=True, slots=True)
class Part:
    """One paragraph, heading (`heading` 1 or 2), list item (with its `marker`) or table."""

    text: str = ""
    heading: int = 0
    marker: str = ""
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    file: str
    title: str
    author: str
    subject: str
    date: date
    parts: tuple[Part, ...]


def read(source: Path) -> Paper:
    post = frontmatter.load(str(source))
    of = post.metadata
    assert isinstance(of["date"], date)
    return Paper(
        file=str(of["file"]),
        title=str(of["title"]),
        author=str(of["author"]),
        subject=str(of["subject"]),
        date=of["date"],
        parts=tuple(_parts(post.content)),
    )


def _parts(markdown: str) -> Iterator[Part]:
    heading, numbered, number = 0, False, 0
    in_item = in_table = False
    rows: list[list[str]] = []
    for token in MarkdownIt().enable("table").parse(markdown):
        match token.type:
            case "heading_open":
                heading = int(token.tag[1])
            case "ordered_list_open" | "bullet_list_open":
                numbered, number = token.type.startswith("ordered"), 0
            case "list_item_open":
                in_item, number = True, number + 1
            case "list_item_close":
                in_item = False
            case "table_open":
                in_table, rows = True, []
            case "tr_open":
                rows.append([])
            case "table_close":
                in_table = False
                yield Part(table=tuple(tuple(row) for row in rows))
            case "inline" if in_table:
                rows[-1].append(token.content)
            case "inline":
                marker = "" if not in_item else f"{number}." if numbered else "\u2022"
                text = "".join(child.content or " " for child in token.children or ())
                yield Part(" ".join(text.split()), heading, marker)
                heading = 0


# --- Word


def as_docx(paper: Paper) -> bytes:
    """A Word document with real heading, list and table styles."""
    document = docx.Document()
    core = document.core_properties
    core.title, core.author, core.subject = paper.title, paper.author, paper.subject
    core.language, core.comments, core.last_modified_by = "en", "", paper.author
    core.created = core.modified = datetime(paper.date.year, paper.date.month, paper.date.day)
    document.sections[0].header.paragraphs[0].text = f"{paper.author}: {paper.title}"
    document.sections[0].footer.paragraphs[0].text = "clinic.example"
    document.add_heading(paper.title, level=0)
    for part in paper.parts:
        if part.table:
            table = document.add_table(rows=0, cols=len(part.table[0]), style="Table Grid")
            for row in part.table:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif part.heading:
            document.add_heading(part.text, level=part.heading)
        elif part.marker:
            style = "List Bullet" if part.marker == "\u2022" else "List Number"
            document.add_paragraph(part.text, style=style)
        else:
            document.add_paragraph(part.text)
    written = io.BytesIO()
    document.save(written)
    return _without_clock(written.getvalue())


def _without_clock(archive: bytes) -> bytes:
    """The same zip with a fixed time on every entry."""
    steady = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(archive)) as old,
        zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.compress_type = 3, zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return steady.getvalue()


# --- PDF, letter size, with the fonts that every viewer has

WIDTH, HEIGHT, MARGIN = 612, 792, 72
TOP, BOTTOM = HEIGHT - 84, 84
TITLE, BODY, SMALL = 22.0, 11.5, 9.0
LEADING = 1.45
HEADING = {1: 16.0, 2: 12.5}
INDENT = 20.0

# Advance widths of Helvetica and Helvetica-Bold for ASCII 32 to 126, in thousandths of the size:
# Adobe's font metrics for the standard 14 fonts.
REGULAR = """
278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556
278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667
611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833
556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584
"""
BOLD = """
278 333 474 556 556 889 722 238 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556
333 333 584 584 584 611 975 722 722 722 722 667 611 778 722 278 556 722 611 833 722 778 667 778 722 667
611 722 667 944 667 667 611 333 278 333 584 556 333 556 611 556 611 556 333 611 611 278 278 556 278 889
611 611 611 611 389 556 333 611 556 778 556 556 500 389 280 389 584
"""
WIDTHS = {"F1": [int(w) for w in REGULAR.split()], "F2": [int(w) for w in BOLD.split()]}
BULLET_WIDTH = 350
SOFT_HYPHEN = "\u00ad"


def as_pdf(paper: Paper) -> bytes:
    """A PDF with a running header and footer on every page."""
    sheets = _Sheets()
    sheets.line(paper.title, "F2", TITLE, gap=0)
    sheets.line(paper.subject, "F1", BODY, gap=2)
    for part in paper.parts:
        if part.table:
            sheets.table(part.table)
        elif part.heading:
            size = HEADING[part.heading]
            sheets.room(size * 2 + 3 * BODY * LEADING)  # a heading stays with the lines below it
            sheets.lines(part.text, "F2", size, gap=size * 0.9)
        elif part.marker:
            sheets.lines(part.text, "F1", BODY, gap=3, indent=INDENT, marker=part.marker)
        else:
            sheets.lines(part.text, "F1", BODY, gap=7)
    return _file(paper, sheets.pages)


class _Sheets:
    """Lays lines on pages from top to bottom; `pages` are their drawing commands."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = [[]]
        self.y = float(TOP)

    def room(self, height: float) -> None:
        if self.y - height < BOTTOM:
            self.pages.append([])
            self.y = float(TOP)

    def line(
        self, text: str, font: str, size: float, gap: float, x: float = MARGIN, marker: str = ""
    ) -> None:
        leading = size * LEADING
        self.room(leading + gap)
        if self.y < TOP:
            self.y -= gap
        self.y -= leading
        if marker:
            self.pages[-1].append(_show(marker, font, size, MARGIN, self.y))
        self.pages[-1].append(_show(text, font, size, x, self.y))

    def lines(
        self, text: str, font: str, size: float, gap: float, indent: float = 0, marker: str = ""
    ) -> None:
        for n, line in enumerate(_wrap(text, font, size, WIDTH - 2 * MARGIN - indent)):
            first = n == 0
            self.line(line, font, size, gap if first else 0, MARGIN + indent, marker if first else "")

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        column = (WIDTH - 2 * MARGIN) / len(rows[0])
        leading = BODY * LEADING
        self.y -= 6
        for n, row in enumerate(rows):
            font = "F2" if n == 0 else "F1"
            cells = [_wrap(cell, font, BODY, column - 8) for cell in row]
            height = max(map(len, cells)) * leading + 6
            self.room(height)
            for x, cell in enumerate(cells):
                for y, text in enumerate(cell):
                    down = self.y - (y + 1) * leading
                    self.pages[-1].append(_show(text, font, BODY, MARGIN + x * column, down))
            self.y -= height
            self.pages[-1].append(f"0.7 G 0.5 w {MARGIN} {self.y:.2f} m {WIDTH - MARGIN} {self.y:.2f} l S")


def _wrap(text: str, font: str, size: float, width: float) -> list[str]:
    """Lines no wider than `width`; a word is broken only at its soft hyphens."""
    lines = [""]
    for word in text.split():
        pieces = word.split(SOFT_HYPHEN)
        while pieces:
            before = lines[-1] + " " if lines[-1] else ""
            whole = before + "".join(pieces)
            if not before or _width(whole, font, size) <= width:
                lines[-1] = whole
                break
            fits = [n for n in range(1, len(pieces)) if _width(_head(before, pieces, n), font, size) <= width]
            if fits:
                lines[-1], pieces = _head(before, pieces, fits[-1]), pieces[fits[-1] :]
            lines.append("")
    return lines


def _head(before: str, pieces: Sequence[str], n: int) -> str:
    return before + "".join(pieces[:n]) + "-"


def _width(text: str, font: str, size: float) -> float:
    widths = WIDTHS[font]
    return sum(widths[ord(c) - 32] if " " <= c <= "~" else BULLET_WIDTH for c in text) * size / 1000


def _show(text: str, font: str, size: float, x: float, y: float) -> str:
    return f"BT /{font} {size:g} Tf {x:.2f} {y:.2f} Td {_string(text)} Tj ET"


def _string(text: str) -> str:
    """A PDF string in the Windows encoding, everything beyond ASCII as octal."""
    encoded = text.encode("cp1252")
    return (
        "(" + "".join(chr(b) if 32 <= b < 127 and b not in b"()\\" else f"\\{b:03o}" for b in encoded) + ")"
    )


def _file(paper: Paper, pages: Sequence[Sequence[str]]) -> bytes:
    first_page = 6
    kids = " ".join(f"{first_page + 2 * n} 0 R" for n in range(len(pages)))
    stamp = f"(D:{paper.date:%Y%m%d}000000Z)"
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /{} /Encoding /WinAnsiEncoding >>"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        f"<< /Title {_string(paper.title)} /Author {_string(paper.author)} "
        f"/Subject {_string(paper.subject)} /CreationDate {stamp} /ModDate {stamp} >>",
        font.format("Helvetica"),
        font.format("Helvetica-Bold"),
    ]
    for n, commands in enumerate(pages):
        header = _show(f"{paper.author} | {paper.title}", "F1", SMALL, MARGIN, HEIGHT - 50)
        footer = _show(f"clinic.example | Page {n + 1} of {len(pages)}", "F1", SMALL, MARGIN, 46)
        stream = "\n".join([header, *commands, footer])
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << /F1 4 0 R /F2 5 0 R >> >> /Contents {first_page + 2 * n + 1} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    body = "%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start, size = len(body), len(objects) + 1
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    body += f"trailer\n<< /Size {size} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return body.encode("ascii")


if __name__ == "__main__":
    main()
