import codecs
import io
import subprocess
import sys
import zipfile

import pytest

from kb.limits import Limits
from kb.readers.read import SUFFIXES, read
from kb.types import Document, Refusal

LIMITS = Limits()


def only(data: bytes, name: str, limits: Limits = LIMITS) -> Document | Refusal:
    (item,) = read(data, name, limits)
    return item


def reason(data: bytes, name: str, limits: Limits = LIMITS) -> str:
    item = only(data, name, limits)
    assert isinstance(item, Refusal)
    assert item.source == name
    return item.reason


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    return file.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200)


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (PDF, "fees.txt", "is named .txt but is a PDF"),
        (PDF, "fees.MD", "is named .md but is a PDF"),
        (zipped(), "fees.pdf", "is named .pdf but is a zip archive"),
        (zipped(), "fees.jsonl", "is named .jsonl but is a zip archive"),
        (PNG, "fees.html", "is named .html but is a picture"),
        (PNG, "fees.docx", "is named .docx but is a picture"),
        (b"Fees", "fees.pdf", "is named .pdf but is no PDF"),
        (b"<p>Fees", "fees.docx", "is named .docx but is no Word document"),
        (b"{\\rtf1 Fees}", "fees.txt", "is named .txt but is a rich text (RTF) file"),
        (
            OLD_WORD,
            "fees.docx",
            "is password-protected, or an old Word file; save it as .docx without a password",
        ),
        (bytes(range(256)) * 4, "fees.txt", "is binary, not text"),
        (b"", "fees.txt", "is empty"),
        (b" \n\t\n", "fees.pdf", "is empty"),
        ("\u200b\ufeff\n".encode(), "fees.txt", "has no text"),
        (b"Fees", "fees.odt", "is of a kind that is not read (.odt)"),
        (b"Fees", "fees", "has no file extension"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_in_plain_words(
    data: bytes, name: str, expected: str
) -> None:
    assert reason(data, name) == expected


def test_a_text_that_speaks_of_pdf_is_still_a_text() -> None:
    item = only(b"A PDF begins with %PDF-1.7 and so does this sentence, nearly.", "pdf.txt")
    assert isinstance(item, Document)


def test_a_file_over_the_limit_is_refused() -> None:
    assert reason(b"x" * 11, "fees.txt", Limits(file_bytes=10)) == "is larger than 10 bytes"
    assert reason(b"x" * 11, "fees.txt", Limits(characters=10)) == "has more than 10 characters"


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_a_web_page_saved_as_text_is_read_as_a_web_page(mark: bytes) -> None:
    page = (
        mark
        + b"<!DOCTYPE html><html><body><main><h1>Fees</h1><p>Sixty pounds a session.</p></main></body></html>"
    )
    item = only(page, "fees.txt")
    assert isinstance(item, Document)
    assert "<" not in item.text
    assert "Sixty pounds a session." in item.text


def test_suffixes_are_read_in_any_case() -> None:
    assert isinstance(only(b"Sixty pounds.", "FEES.TXT"), Document)
    assert all(suffix == suffix.lower() for suffix in SUFFIXES)


def test_reading_text_does_not_wait_for_the_readers_of_other_formats() -> None:
    code = (
        "import sys; from kb.readers.read import read; from kb.limits import Limits\n"
        "list(read(b'Sixty pounds.', 'fees.txt', Limits()))\n"
        "print([m for m in ('lxml', 'trafilatura', 'pypdfium2', 'docx', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
