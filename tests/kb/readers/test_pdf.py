from __future__ import annotations

import io
import zlib
from pathlib import Path

import pypdf
import pytest

from kb.errors import LimitError, ReadError
from kb.limits import Limits
from kb.readers import pdf
from kb.types import Document

DOCUMENTS = Path(__file__).parents[3].parent / "shared" / "documents"
BROCHURE_WORDS = (
    "Talking with a therapist gives you time and room to look at what troubles you and to try out what "
    "might help with it. Most people come once a week for about three months. Some need fewer visits and "
    "others stay longer because they find the hour useful. Your therapist will ask you now and then how the "
    "work is going."
).split()


class Sheet:
    """One page: text drawn at a place, with its origin at the bottom left, as PDF has it."""

    def __init__(self, width: int = 612, height: int = 792, rotate: int = 0) -> None:
        self.width, self.height, self.rotate = width, height, rotate
        self.commands: list[str] = []

    def text(self, x: float, y: float, text: str, size: float = 10, bold: bool = False) -> Sheet:
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        self.commands.append(f"BT /F{2 if bold else 1} {size} Tf {x} {y} Td ({escaped}) Tj ET")
        return self

    def lines(self, x: float, y: float, lines: list[str], size: float = 10, leading: float = 12) -> Sheet:
        for number, line in enumerate(lines):
            self.text(x, y - number * leading, line, size)
        return self

    def draw(self, command: str) -> Sheet:
        self.commands.append(command)
        return self


def make_pdf(*sheets: Sheet, info: str = "", extra: bytes = b"") -> bytes:
    """A whole PDF with Helvetica as /F1 and Helvetica-Bold as /F2, and a grey picture as /Im."""
    objects: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Length 1 >>\nstream\n\x80\nendstream",
        f"<< {info} >>".encode("latin-1"),
    ]
    kids = []
    for sheet in sheets:
        content = extra + "\n".join(sheet.commands).encode("cp1252")
        packed = zlib.compress(content)
        objects.append(
            b"<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (len(packed), packed)
        )
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.width} {sheet.height}]"
            f" /Rotate {sheet.rotate}"
            f" /Resources << /Font << /F1 3 0 R /F2 4 0 R >> /XObject << /Im 5 0 R >> >>"
            f" /Contents {len(objects)} 0 R >>".encode()
        )
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>".encode()
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(
        b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, start)
    )
    return out.getvalue()


def wrap(words: list[str], width: int) -> list[str]:
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) + 1 > width and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def read(data: bytes, name: str = "leaflet.pdf", limits: Limits | None = None) -> Document:
    [document] = pdf.read(data, name, limits or Limits())
    assert isinstance(document, Document)
    return document


def headings(document: Document) -> list[tuple[str, ...]]:
    return [section.headings for section in document.sections]


def page_of(document: Document, words: str) -> int:
    place = document.text.index(words)
    return sum(start <= place for start in document.pages)


# --- reading order


def test_two_columns_are_read_one_after_the_other() -> None:
    lines = wrap(BROCHURE_WORDS * 2, 40)
    half = len(lines) // 2
    sheet = Sheet()
    # Drawn row by row across both columns, as careless programs do.
    for number in range(half):
        sheet.text(60, 700 - 12 * number, lines[number])
        sheet.text(330, 700 - 12 * number, lines[half + number])
    assert " ".join(BROCHURE_WORDS) in " ".join(read(make_pdf(sheet)).text.split())
    assert "three months. Some need fewer visits and others stay longer" in read(make_pdf(sheet)).text


def test_a_title_over_two_columns_comes_first_and_the_columns_stay_whole() -> None:
    lines = wrap(BROCHURE_WORDS, 40)
    sheet = Sheet().text(60, 740, "A guide to your first months of talking therapy", 20, bold=True)
    sheet.lines(
        330, 690, ["The second column has words of its own here.", "They end the page without haste."]
    )
    sheet.lines(60, 690, lines)
    document = read(make_pdf(sheet))
    assert document.text.startswith("A guide to your first months of talking therapy\n\nTalking with")
    assert document.text.endswith("They end the page without haste.")
    assert " ".join(BROCHURE_WORDS) in document.text


def test_three_columns_are_read_from_left_to_right() -> None:
    sheet = Sheet()
    for x, word in ((50, "first"), (240, "second"), (430, "third")):
        sheet.lines(
            x,
            700,
            [f"The {word} column begins here", f"and the {word} column goes on", f"until the {word} ends."],
        )
    assert [line.split()[1] for line in read(make_pdf(sheet)).text.split("\n\n")] == [
        "first",
        "second",
        "third",
    ]


def test_a_frame_beside_the_text_does_not_cut_its_sentence() -> None:
    sheet = Sheet()
    sheet.lines(
        60, 700, ["You can call us on any weekday between nine and five, and we will", "do our best to"]
    )
    sheet.draw("0.9 g 55 618 320 46 re f 0 g")
    sheet.lines(65, 650, ["Did you know?", "We also answer letters and electronic mail."])
    sheet.lines(60, 600, ["find you an hour that suits you and the people around you."])
    assert "do our best to find you an hour that suits you" in read(make_pdf(sheet)).text


def test_a_frame_with_a_heading_stands_behind_the_section_that_it_interrupts() -> None:
    sheet = Sheet().text(60, 740, "Fees", 16, bold=True).lines(60, 715, wrap(BROCHURE_WORDS, 80))
    sheet.draw("0.9 g 55 598 320 52 re f 0 g").text(65, 635, "Did you know?", 14, bold=True)
    sheet.text(65, 615, "We also answer letters and electronic mail.")
    sheet.lines(60, 570, ["Our fees hold for a year.", "We tell you before they change."])
    sheet.text(60, 500, "Insurance", 16, bold=True).lines(60, 475, wrap(BROCHURE_WORDS, 80))
    document = read(make_pdf(sheet))
    under = {
        section.headings[-1]: document.text[section.start : section.end] for section in document.sections
    }
    assert "Our fees hold for a year." in under["Fees"]
    assert under["Did you know?"] == "We also answer letters and electronic mail."


def test_a_turned_page_reads_like_any_other() -> None:
    sheet = Sheet(rotate=90)
    for number, line in enumerate(wrap(BROCHURE_WORDS, 60)):
        sheet.draw(f"BT /F1 10 Tf 0 1 -1 0 {100 + 12 * number} 60 Tm ({line}) Tj ET")
    assert read(make_pdf(sheet)).text == " ".join(BROCHURE_WORDS)


# --- words


def test_a_broken_word_is_mended_and_a_compound_keeps_its_hyphen() -> None:
    sheet = Sheet().lines(
        60,
        700,
        [
            "Good treatment takes time. We offer treat-",
            "ment for adults and think of it as long-",
            "term work.",
        ],
    )
    text = read(make_pdf(sheet)).text
    assert "We offer treatment for adults and think of it as long-term work." in text


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("appoint-", "ment", "appointment"),
        ("tele-", "phone", "telephone"),
        ("evidence-", "based", "evidence-based"),
        ("well-", "being", "well-being"),
        ("follow-", "up", "follow-up"),
        ("cross-", "section", "cross-section"),
    ],
)
def test_a_half_that_is_no_word_is_joined_without_a_witness(first: str, second: str, whole: str) -> None:
    sheet = Sheet().lines(
        60, 700, [f"What we have to tell you about the {first}", f"{second} is written here."]
    )
    assert f"about the {whole} is written here." in read(make_pdf(sheet)).text


def test_a_hyphen_that_waits_for_its_word_keeps_its_space() -> None:
    sheet = Sheet().lines(
        60, 700, ["This practice gives all its hours to the care of pre-", "and postnatal moods."]
    )
    assert "care of pre- and postnatal moods." in read(make_pdf(sheet)).text


def test_an_address_that_was_broken_is_whole_again() -> None:
    sheet = Sheet().lines(
        60, 700, ["Please find all of our forms at www.example.org/forms/", "first-visit.html and bring one."]
    )
    assert "www.example.org/forms/first-visit.html and bring one." in read(make_pdf(sheet)).text


def test_a_paragraph_goes_on_over_the_page_and_keeps_its_first_page() -> None:
    first = Sheet().lines(
        60, 120, ["The first page tells you how to get here by bus, and it stops in the", "middle of a"]
    )
    second = Sheet().lines(
        60, 700, ["sentence that the second page ends.", "", "Another paragraph stands on the second page."]
    )
    document = read(make_pdf(first, second))
    assert "it stops in the middle of a sentence that the second page ends." in document.text
    assert page_of(document, "The first page") == 1
    assert page_of(document, "Another paragraph") == 2


def test_every_page_is_known_even_an_empty_one() -> None:
    document = read(
        make_pdf(Sheet().text(60, 700, "One page."), Sheet(), Sheet().text(60, 700, "Three pages."))
    )
    assert page_of(document, "One page.") == 1
    assert page_of(document, "Three pages.") == 3


# --- furniture


def handbook(pages: int) -> bytes:
    sheets = []
    for number in range(1, pages + 1):
        sheet = Sheet().text(60, 760, "Willow Lane Example Practice - Patient handbook", 8)
        sheet.text(300, 30, f"Page {number} of {pages}", 8)
        sheet.lines(
            60,
            700,
            [
                f"This is what page number {number} has to say to those who read it.",
                *wrap(BROCHURE_WORDS, 80),
            ],
        )
        sheets.append(sheet)
    return make_pdf(*sheets)


@pytest.mark.parametrize("pages", [2, 3, 7])
def test_running_headers_and_page_numbers_are_gone(pages: int) -> None:
    text = read(handbook(pages)).text
    assert "Patient handbook" not in text
    assert "Page " not in text
    assert text.count("This is what page number") == pages


def test_a_first_page_without_a_header_does_not_save_it_on_the_others() -> None:
    sheets = [Sheet().lines(60, 600, wrap(BROCHURE_WORDS, 80))]
    sheets += [
        Sheet()
        .text(60, 765, "Patient handbook", 8)
        .lines(60, 700, [f"Chapter text of sheet {n} stands here."])
        for n in range(4)
    ]
    assert "Patient handbook" not in read(make_pdf(*sheets)).text


def test_a_page_of_one_line_keeps_it_though_others_say_nearly_the_same() -> None:
    sheets = [
        Sheet().text(60, 765, "Patient handbook", 8).text(60, 720, f"Subject number {n}.") for n in range(4)
    ]
    text = read(make_pdf(*sheets)).text
    assert text == "\n\n".join(f"Subject number {n}." for n in range(4))


def test_a_header_of_two_lines_is_gone_too() -> None:
    sheets = []
    for n in range(4):
        sheet = Sheet().lines(60, 770, ["Willow Lane Example Practice", "Patient handbook"], 8, 10)
        sheets.append(sheet.lines(60, 700, [f"Chapter {n} begins.", *wrap(BROCHURE_WORDS, 80)]))
    text = read(make_pdf(*sheets)).text
    assert "Willow Lane" not in text
    assert "handbook" not in text


def test_a_sentence_that_every_page_repeats_in_its_text_stays() -> None:
    sheets = [
        Sheet().lines(
            60, 500, ["If you are in danger, call the emergency number.", f"More about subject {n} follows."]
        )
        for n in range(4)
    ]
    assert read(make_pdf(*sheets)).text.count("call the emergency number") == 4


def test_a_lone_page_keeps_its_letterhead() -> None:
    sheet = Sheet().text(60, 765, "Willow Lane Example Practice").lines(60, 700, wrap(BROCHURE_WORDS, 80))
    assert "Willow Lane Example Practice" in read(make_pdf(sheet)).text


# --- structure


def test_headings_are_nested_by_their_size() -> None:
    sheet = Sheet().text(60, 740, "Our practice", 24, bold=True)
    sheet.text(60, 700, "Fees", 16, bold=True).lines(60, 680, wrap(BROCHURE_WORDS, 80))
    sheet.text(60, 600, "Reduced fees", 10, bold=True).lines(60, 580, wrap(BROCHURE_WORDS, 80))
    sheet.text(60, 500, "Insurance", 16, bold=True).lines(60, 480, wrap(BROCHURE_WORDS, 80))
    assert headings(read(make_pdf(sheet))) == [
        ("Our practice", "Fees"),
        ("Our practice", "Fees", "Reduced fees"),
        ("Our practice", "Insurance"),
    ]


def test_a_heading_over_two_lines_is_one_heading() -> None:
    sheet = Sheet().text(60, 740, "What happens in the first hour that you", 16, bold=True)
    sheet.text(60, 721, "spend with one of us?", 16, bold=True).lines(60, 690, wrap(BROCHURE_WORDS, 80))
    assert headings(read(make_pdf(sheet))) == [
        ("What happens in the first hour that you spend with one of us?",)
    ]


def test_bold_words_that_open_a_paragraph_are_no_heading() -> None:
    sheet = Sheet().lines(60, 700, wrap(BROCHURE_WORDS, 80))
    sheet.text(60, 600, "Please note:", bold=True).text(125, 600, "we are closed on public holidays.")
    document = read(make_pdf(sheet))
    assert headings(document) == [()]
    assert "Please note: we are closed on public holidays." in document.text


def test_bullets_are_items_and_their_second_lines_belong_to_them() -> None:
    sheet = Sheet().lines(60, 700, ["Bring with you to the first visit:"])
    for number, lines in enumerate(
        (["your insurance card, and the", "card of whoever pays for it"], ["a list of questions"])
    ):
        sheet.text(62, 684 - 28 * number, "\u2022").lines(75, 684 - 28 * number, lines)
    assert read(make_pdf(sheet)).text == (
        "Bring with you to the first visit:\n\n- your insurance card, and the card of whoever pays for it\n"
        "- a list of questions"
    )


def test_bullets_that_are_drawn_are_bullets() -> None:
    sheet = Sheet()
    for number, line in enumerate(("students", "people without work", "veterans")):
        y = 700 - 14 * number
        sheet.draw(f"62 {y + 1.5} 3.5 3.5 re f").text(75, y, line)
    assert read(make_pdf(sheet)).text == "- students\n- people without work\n- veterans"


def test_numbers_of_a_list_are_kept() -> None:
    sheet = Sheet().lines(
        60, 700, ["1. Call us and say what you need.", "2. Come at the hour that we agree on."]
    )
    assert (
        read(make_pdf(sheet)).text
        == "1. Call us and say what you need.\n2. Come at the hour that we agree on."
    )


def test_a_table_without_rules_is_read_by_rows_with_its_header() -> None:
    sheet = Sheet().lines(60, 700, wrap(BROCHURE_WORDS, 80))
    rows = [
        ("Service", "Minutes", "Fee"),
        ("First visit", "90", "$180"),
        ("Single hour", "50", "$120"),
        ("Couples", "80", "$170"),
    ]
    for number, row in enumerate(rows):
        for x, cell in zip((60, 220, 320), row, strict=True):
            sheet.text(x, 600 - 16 * number, cell)
    document = read(make_pdf(sheet))
    assert "Service | Minutes | Fee\nFirst visit | 90 | $180\nSingle hour | 50 | $120" in document.text
    [table] = document.tables
    assert document.text[table.start : table.body].strip() == "Service | Minutes | Fee"


def test_a_header_above_the_first_rule_and_cells_of_two_lines_belong_to_the_table() -> None:
    sheet = Sheet().lines(60, 740, wrap(BROCHURE_WORDS, 80))
    for x, lines in ((60, ["Questionnaire"]), (220, ["Questions"]), (320, ["Asks about", "the past"])):
        sheet.lines(x, 640, lines)
    for y in (620, 596, 572, 548):
        sheet.draw(f"55 {y} 400 0.6 re f")
    for number, name in enumerate(("Mood", "Worry", "Session")):
        for x, cell in ((60, name), (220, str(number + 7)), (320, "two weeks")):
            sheet.text(x, 605 - 24 * number, cell)
    document = read(make_pdf(sheet))
    assert "Questionnaire | Questions | Asks about the past\nMood | 7 | two weeks\nWorry | 8" in document.text


def test_a_table_goes_on_over_the_page_under_its_header() -> None:
    rows = [("Service", "Minutes", "Fee"), *((f"Visit number {n}", f"{n}0", f"${n}20") for n in range(1, 8))]
    sheets = [Sheet().lines(60, 700, wrap(BROCHURE_WORDS, 80)), Sheet()]
    for number, row in enumerate(rows):
        sheet, y = (sheets[0], 140 - 16 * number) if number < 6 else (sheets[1], 720 - 16 * (number - 6))
        for x, cell in zip((60, 220, 320), row, strict=True):
            sheet.text(x, y, cell)
    document = read(make_pdf(*sheets))
    [table] = document.tables
    assert document.text[table.start : table.end].endswith(
        "Visit number 6 | 60 | $620\nVisit number 7 | 70 | $720"
    )
    assert page_of(document, "Visit number 6") == 2


def test_the_cells_of_a_ruled_table_are_whole() -> None:
    sheet = Sheet()
    rows = [
        (["What we offer"], ["Whom it is for"]),
        (["Talking therapy for", "grown people"], ["Anyone over eighteen who", "lives in the county"]),
        (["Play therapy"], ["Children from four years", "and their parents"]),
    ]
    y = 700
    for left, right in rows:
        sheet.draw(f"60 {y} 400 -34 re S 260 {y} m 260 {y - 34} l S")
        sheet.lines(65, y - 12, left).lines(265, y - 12, right)
        y -= 34
    assert read(make_pdf(sheet)).text == (
        "What we offer | Whom it is for\n"
        "Talking therapy for grown people | Anyone over eighteen who lives in the county\n"
        "Play therapy | Children from four years and their parents"
    )


# --- properties


def test_the_title_and_its_like_come_from_the_properties() -> None:
    info = (
        "/Title (Your first visit) /Author (Willow Lane Example Practice)"
        " /CreationDate (D:20240305101500+01'00')"
    )
    attribution = read(make_pdf(Sheet().text(60, 700, "Some text."), info=info)).attribution
    assert attribution.title == "Your first visit"
    assert attribution.author == "Willow Lane Example Practice"
    assert attribution.published == "2024-03-05T10:15:00+01:00"
    assert attribution.language == "en-gb"


@pytest.mark.parametrize(
    "made", ["Microsoft Word - leaflet.doc", "Combined ratings table.xlsx", "Untitled", ""]
)
def test_a_title_that_a_program_made_gives_way_to_the_first_heading(made: str) -> None:
    sheet = Sheet().text(60, 740, "Fees and payment", 22, bold=True).lines(60, 700, wrap(BROCHURE_WORDS, 80))
    assert read(make_pdf(sheet, info=f"/Title ({made})")).attribution.title == "Fees and payment"


def test_without_title_and_heading_the_file_name_is_made_readable() -> None:
    data = make_pdf(Sheet().text(60, 700, "Some text."))
    assert read(data, "site/first-visit_form.pdf").attribution.title == "First visit form"


# --- what cannot be read


def test_a_scan_needs_ocr() -> None:
    with pytest.raises(ReadError, match="needs OCR"):
        read(make_pdf(Sheet().draw("q 612 0 0 792 0 0 cm /Im Do Q")))


def test_a_stamp_on_every_page_does_not_make_a_scan_a_text() -> None:
    sheets = [Sheet().draw("q 612 0 0 792 0 0 cm /Im Do Q").text(280, 30, f"{n} / 3") for n in (1, 2, 3)]
    with pytest.raises(ReadError, match="needs OCR"):
        read(make_pdf(*sheets))


def test_one_scanned_page_among_others_is_noted() -> None:
    scan = Sheet().draw("q 612 0 0 792 0 0 cm /Im Do Q")
    document = read(make_pdf(Sheet().lines(60, 700, wrap(BROCHURE_WORDS, 80)), scan))
    assert document.metadata == {"pages_without_text": [2]}


def encrypted(user: str, owner: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make_pdf(Sheet().text(60, 700, "For your eyes only."))))
    writer.encrypt(user, owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_file_that_asks_for_a_password_says_so() -> None:
    with pytest.raises(ReadError, match="password-protected"):
        read(encrypted("open sesame", "owner"))


def test_a_file_that_only_its_owner_may_change_is_read() -> None:
    assert read(encrypted("", "owner")).text == "For your eyes only."


def test_a_truncated_file_is_refused() -> None:
    data = handbook(3)
    with pytest.raises(ReadError, match=r"cut off|damaged"):
        read(data[: len(data) // 3])


def test_what_is_no_pdf_inside_is_refused() -> None:
    with pytest.raises(ReadError, match=r"cut off|damaged"):
        read(b"%PDF-1.7\n" + bytes(range(256)) * 20)


def test_pages_that_lead_in_a_circle_are_refused() -> None:
    data = make_pdf(Sheet().text(60, 700, "x")).replace(
        b"/Type /Pages /Count 1 /Kids [8 0 R]", b"/Type /Pages /Count 9 /Kids [2 0 R]"
    )
    with pytest.raises(ReadError):
        read(data)


def test_more_pages_than_allowed_are_refused() -> None:
    with pytest.raises(LimitError, match="more than 2 pages"):
        read(handbook(3), limits=Limits(pdf_pages=2))


def test_more_characters_than_allowed_are_refused() -> None:
    with pytest.raises(LimitError, match="more than 100 characters"):
        read(handbook(3), limits=Limits(characters=100))


@pytest.mark.parametrize("layers", [1, 2])
def test_a_stream_that_unpacks_to_a_gigabyte_is_refused_unread(layers: int) -> None:
    packer = zlib.compressobj(9)
    million = bytes(1024 * 1024)
    packed = b"".join(packer.compress(million) for _ in range(1024)) + packer.flush()
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)
    data = make_pdf(Sheet().text(60, 700, "x"))
    bomb = b"9 0 obj\n<< /Filter [%b] /Length %d >>\nstream\n" % (b" /FlateDecode" * layers, len(packed))
    with pytest.raises(LimitError, match="unpacks to more than"):
        read(data.replace(b"xref\n", bomb + packed + b"\nendstream\nendobj\nxref\n", 1))


# --- real brochures


def brochure(name: str) -> Document:
    path = DOCUMENTS / name
    if not path.exists():
        pytest.skip("the shared documents are not here")
    return read(path.read_bytes(), name)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "23-MH-8110-Understanding-Psychosis.pdf",
            "People should talk with a health care provider about side effects, medication costs, and dosage",
        ),
        (
            "disruptive-mood-dysregulation-disorder-the-basics_1.pdf",
            "The FDA has approved these medications for treating irritability associated with autism",
        ),
        (
            "Im-So-Stressed-Out.pdf",
            "- Usually involves a persistent feeling of apprehension or dread that doesn’t go away",
        ),
        (
            "eating-disorders-what-you-need-to-know.pdf",
            "It’s critical to treat any co-occurring conditions as part of the treatment plan.",
        ),
        (
            "bipolar-disorder.pdf",
            "Racing thoughts | Trouble concentrating or making decisions\nDecreased need for sleep | Trouble",
        ),
        (
            "VA-combined-ratings-table-2019.pdf",
            "19 | 27 | 35 | 43 | 51 | 60 | 68 | 76 | 84 | 92\n20 | 28 | 36",
        ),
        (
            "Blue_Water_Navy_FAQs.pdf",
            "Points Geographic Names | Latitude North | Longitude East\nAt Hon Nhan Island",
        ),
    ],
)
def test_real_pages_keep_their_sentences_and_rows(name: str, sentence: str) -> None:
    assert sentence in brochure(name).text


def test_a_real_brochure_has_its_headings_and_pages() -> None:
    document = brochure("post-traumatic-stress-disorder_1.pdf")
    assert (
        "Post-Traumatic Stress Disorder",
        "Why do some people develop PTSD and other people do not?",
    ) in headings(document)
    assert (
        "Post-Traumatic Stress Disorder",
        "What are the symptoms of PTSD?",
        "Avoidance symptoms",
    ) in headings(document)
    assert page_of(document, "The U.S. Food and Drug Administration (FDA) has approved two") == 6


def test_a_real_form_with_a_text_layer_is_read_without_its_footer() -> None:
    text = brochure("VA_Form_10-10068.pdf").text
    assert (
        "Did you reside on Camp Lejeune for 30 days or more between August 1, 1953 and December 31, 1987?"
        in text
    )
    assert "Page 1 of 3" not in text
    assert "Blue Water Navy Q&A for Response" not in brochure("Blue_Water_Navy_FAQs.pdf").text
