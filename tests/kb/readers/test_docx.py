from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from kb.errors import LimitError, ReadError
from kb.limits import MEGABYTE, Limits
from kb.readers import docx as reader
from kb.types import Document

DOCUMENTS = Path(__file__).parents[3].parent / "shared" / "documents"
PROSE = "Talking with a therapist gives you time and room to look at what troubles you."


def make(fill: Callable[[Any], None]) -> bytes:
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(data: bytes, name: str = "leaflet.docx", limits: Limits | None = None) -> Document:
    [document] = reader.read(data, name, limits or Limits())
    assert isinstance(document, Document)
    return document


def text_of(fill: Callable[[Any], None]) -> str:
    return read(make(fill)).text


def body_xml(document: Any, xml: str) -> None:
    """Puts WordprocessingML before the section's end; `{w}` stands for the namespace."""
    document.element.body.insert(-1, parse_xml(xml.replace("{w}", nsdecls("w"), 1)))


def repack(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                new.writestr(name, changed)
    return out.getvalue()


# --- headings


def test_headings_are_nested_by_their_styles_under_the_title() -> None:
    def fill(document: Any) -> None:
        document.add_heading("Our practice", 0)
        document.add_heading("Fees", 1)
        document.add_paragraph(PROSE)
        document.add_heading("Reduced fees", 2)
        document.add_paragraph(PROSE)
        document.add_heading("Insurance", 1)
        document.add_paragraph(PROSE)

    document = read(make(fill))
    assert [section.headings for section in document.sections] == [
        ("Our practice", "Fees"),
        ("Our practice", "Fees", "Reduced fees"),
        ("Our practice", "Insurance"),
    ]
    assert document.attribution.title == "Our practice"


def test_a_style_of_ones_own_that_builds_on_a_heading_is_a_heading() -> None:
    def fill(document: Any) -> None:
        style = document.styles.add_style("Praxis Titel", 1)
        style.base_style = document.styles["Heading 2"]
        document.add_paragraph("Fees", style="Praxis Titel")
        document.add_paragraph(PROSE)

    assert read(make(fill)).sections[0].headings == ("Fees",)


def test_an_outline_level_set_by_hand_makes_a_heading() -> None:
    def fill(document: Any) -> None:
        body_xml(
            document, '<w:p {w}><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Fees</w:t></w:r></w:p>'
        )
        document.add_paragraph(PROSE)

    assert read(make(fill)).sections[0].headings == ("Fees",)


def test_bold_lines_are_headings_where_no_style_says_which_are() -> None:
    def fill(document: Any) -> None:
        for heading in ("What it costs", "How to book"):
            document.add_paragraph().add_run(heading).bold = True
            document.add_paragraph(PROSE)
        paragraph = document.add_paragraph()
        paragraph.add_run("Please note:").bold = True
        paragraph.add_run(" we are closed on holidays.")

    document = read(make(fill))
    assert [section.headings for section in document.sections] == [("What it costs",), ("How to book",)]
    assert document.text.endswith("Please note: we are closed on holidays.")


def test_larger_bold_lines_stand_above_smaller_ones() -> None:
    def fill(document: Any) -> None:
        for heading, size in (("Our practice", 20), ("Fees", 14)):
            run = document.add_paragraph().add_run(heading)
            run.bold, run.font.size = True, Pt(size)
        document.add_paragraph(PROSE)

    assert read(make(fill)).sections[0].headings == ("Our practice", "Fees")


# --- lists


def test_lists_have_their_bullets_and_numbers() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("Bring with you:")
        document.add_paragraph("your insurance card", style="List Bullet")
        document.add_paragraph("a list of questions", style="List Bullet")
        document.add_paragraph("Then:")
        document.add_paragraph("Ring the bell.", style="List Number")
        document.add_paragraph("Come in.", style="List Number")

    assert text_of(fill) == (
        "Bring with you:\n\n- your insurance card\n- a list of questions\n\n"
        "Then:\n\n1. Ring the bell.\n2. Come in."
    )


def test_nested_numbers_count_as_word_shows_them() -> None:
    def fill(document: Any) -> None:
        numbering = document.part.numbering_part.element
        numbering.insert(
            0,
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1">'
                '<w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1%2)"/></w:lvl>'
                "</w:abstractNum>"
            ),
        )
        numbering.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="91"><w:abstractNumId w:val="90"/></w:num>')
        )
        for depth, text in ((0, "Arrive"), (1, "by bus"), (1, "on foot"), (0, "Wait"), (1, "inside")):
            body_xml(
                document,
                f'<w:p {{w}}><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr></w:pPr>'
                f"<w:r><w:t>{text}</w:t></w:r></w:p>",
            )

    assert text_of(fill) == "1. Arrive\n1a) by bus\n1b) on foot\n2. Wait\n2a) inside"


def test_a_bullet_that_was_typed_is_one() -> None:
    assert (
        text_of(lambda document: document.add_paragraph("•\ta list of questions")) == "- a list of questions"
    )


# --- tables


def test_a_table_has_a_header_and_rows_in_its_place() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("Our fees:")
        table = document.add_table(3, 2)
        for row, cells in zip(
            table.rows, (("Service", "Fee"), ("First visit", "$180"), ("Hour", "$120")), strict=True
        ):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.add_paragraph("They hold for a year.")

    document = read(make(fill))
    assert document.text == (
        "Our fees:\n\nService | Fee\nFirst visit | $180\nHour | $120\n\nThey hold for a year."
    )
    [table] = document.tables
    assert document.text[table.start : table.body].strip() == "Service | Fee"


def test_merged_cells_are_said_once() -> None:
    def fill(document: Any) -> None:
        table = document.add_table(3, 3)
        for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"c{number}"
        table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
        table.cell(1, 2).merge(table.cell(2, 2)).text = "tall"

    assert text_of(fill) == "wide |  | c2\nc3 | c4 | tall\nc6 | c7"


def test_a_table_that_only_arranges_the_page_is_read_as_text() -> None:
    def fill(document: Any) -> None:
        left, right = document.add_table(1, 2).rows[0].cells
        left.text, right.text = PROSE, "Call us on any weekday."

    document = read(make(fill))
    assert document.text == f"{PROSE}\n\nCall us on any weekday."
    assert not document.tables


# --- text


def test_the_words_of_a_link_stay_in_their_sentence() -> None:
    def fill(document: Any) -> None:
        body_xml(
            document,
            "<w:p {w}><w:r><w:t xml:space='preserve'>See </w:t></w:r><w:hyperlink w:anchor='fees'><w:r>"
            "<w:t>our fees</w:t></w:r></w:hyperlink><w:r><w:t>.</w:t></w:r></w:p>",
        )

    assert text_of(fill) == "See our fees."


def test_deleted_words_are_gone_and_inserted_ones_are_there() -> None:
    def fill(document: Any) -> None:
        body_xml(
            document,
            "<w:p {w}><w:r><w:t xml:space='preserve'>The fee is </w:t></w:r>"
            "<w:del w:id='1' w:author='a'><w:r><w:delText>$100</w:delText></w:r></w:del>"
            "<w:ins w:id='2' w:author='a'><w:r><w:t>$120</w:t></w:r></w:ins><w:r><w:t>.</w:t></w:r></w:p>",
        )

    assert text_of(fill) == "The fee is $120."


def test_headers_footers_and_hidden_words_are_left_out() -> None:
    def fill(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "Patient handbook"
        document.sections[0].footer.paragraphs[0].text = "Page 1"
        paragraph = document.add_paragraph(PROSE)
        paragraph.add_run(" secret").font.hidden = True

    assert text_of(fill) == PROSE


def test_a_table_of_contents_is_left_out() -> None:
    def fill(document: Any) -> None:
        body_xml(
            document,
            "<w:p {w}><w:r><w:fldChar w:fldCharType='begin'/></w:r>"
            "<w:r><w:instrText> TOC \\o </w:instrText></w:r>"
            "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>Fees 2</w:t></w:r></w:p>",
        )
        body_xml(
            document,
            "<w:p {w}><w:r><w:t>Insurance 3</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>",
        )
        document.add_paragraph(PROSE)

    assert text_of(fill) == PROSE


def test_the_result_of_another_field_is_text() -> None:
    def fill(document: Any) -> None:
        body_xml(
            document,
            "<w:p {w}><w:r><w:t xml:space='preserve'>See page </w:t></w:r>"
            "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGEREF fees</w:instrText></w:r>"
            "<w:r><w:fldChar w:fldCharType='separate'/></w:r>"
            "<w:r><w:t>4</w:t></w:r><w:r><w:fldChar w:fldCharType='end'/></w:r></w:p>",
        )

    assert text_of(fill) == "See page 4"


def test_a_text_box_is_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Call us today.</w:t></w:r></w:p></w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"

    def fill(document: Any) -> None:
        body_xml(
            document,
            f"<w:p {{w}}><w:r><mc:AlternateContent xmlns:mc='{mc}'>"
            f"<mc:Choice Requires='wps'>{box}</mc:Choice>"
            f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>{PROSE}</w:t></w:r></w:p>",
        )

    assert text_of(fill) == f"{PROSE}\n\nCall us today."


def test_lines_pasted_as_paragraphs_become_sentences_again() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("In its first years the practice was known above all for its work with the")
        document.add_paragraph(
            "families of the quarter, and it is still the ﬁrst place that many of them call."
        )

    assert "known above all for its work with the families of the quarter" in text_of(fill)
    assert "still the first place" in text_of(fill)


# --- properties


def test_title_author_and_dates_come_from_the_properties() -> None:
    def fill(document: Any) -> None:
        core = document.core_properties
        core.title, core.author, core.language = "Your first visit", "Willow Lane Example Practice", "de-DE"
        document.add_paragraph(PROSE)

    attribution = read(make(fill)).attribution
    assert attribution.title == "Your first visit"
    assert attribution.author == "Willow Lane Example Practice"
    assert attribution.language == "de-de"
    assert attribution.published is None  # the template's own date is nobody's


def test_the_language_is_that_which_most_of_the_text_is_marked_with() -> None:
    def marked(document: Any, text: str, language: str) -> None:
        run = document.add_paragraph().add_run(text)
        run._r.get_or_add_rPr().append(run._r.makeelement(qn("w:lang"), {qn("w:val"): language}))

    def fill(document: Any) -> None:
        marked(
            document, "Das erste Gespräch dauert fünfzig Minuten, und es verpflichtet Sie zu nichts.", "de-CH"
        )
        marked(document, "Mindfulness.", "en-US")

    assert read(make(fill)).attribution.language == "de-ch"


def test_a_title_that_a_program_made_gives_way_to_the_first_heading() -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = "Document1"
        document.add_heading("Fees", 1)
        document.add_paragraph(PROSE)

    assert read(make(fill)).attribution.title == "Fees"


# --- what cannot be read

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def test_a_password_is_named_as_the_reason() -> None:
    with pytest.raises(ReadError, match="password-protected"):
        read(OLE + "EncryptedPackage".encode("utf-16-le"))


def test_an_old_word_file_says_what_to_do() -> None:
    with pytest.raises(ReadError, match=r"save it as \.docx"):
        read(OLE + "WordDocument".encode("utf-16-le"))


def test_a_truncated_file_is_refused() -> None:
    data = make(lambda document: document.add_paragraph(PROSE))
    with pytest.raises(ReadError, match="damaged"):
        read(data[: len(data) // 2])


def test_a_workbook_under_a_wrong_name_is_refused() -> None:
    data = make(lambda document: document.add_paragraph(PROSE))
    data = repack(
        data, lambda _, part: part.replace(b"wordprocessingml.document.main", b"spreadsheetml.sheet.main")
    )
    with pytest.raises(ReadError, match="no Word document"):
        read(data)


def test_a_document_with_broken_xml_is_refused() -> None:
    data = make(lambda document: document.add_paragraph(PROSE))
    data = repack(data, lambda name, part: part[:-40] if name == "word/document.xml" else part)
    with pytest.raises(ReadError, match="damaged"):
        read(data)


def test_a_document_without_its_main_part_is_refused() -> None:
    data = make(lambda document: document.add_paragraph(PROSE))
    data = repack(data, lambda name, part: None if name == "word/document.xml" else part)
    with pytest.raises(ReadError):
        read(data)


def with_entry(name: str, content: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO(make(lambda document: document.add_paragraph(PROSE)))
    with zipfile.ZipFile(out, "a", method) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(LimitError, match="unpacks to more than"):
        read(with_entry("word/bomb.xml", bytes(250 * MEGABYTE)))
    with pytest.raises(LimitError, match="200 times its size"):
        read(with_entry("word/bomb.xml", bytes(20 * MEGABYTE)))


def test_a_directory_that_lies_about_a_size_yields_no_more_than_it_says() -> None:
    filling = b"<!--" + b" " * (20 * MEGABYTE) + b"-->"
    data = make(lambda document: document.add_paragraph(PROSE))
    data = repack(data, lambda name, part: part + filling if name == "word/document.xml" else part)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("word/document.xml").file_size
    lie = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lie != data
    with pytest.raises(ReadError, match="damaged"):
        read(lie)


@pytest.mark.parametrize("name", ["inner.zip", "../outside.xml", "/etc/outside.xml"])
def test_archives_within_and_paths_outside_are_refused(name: str) -> None:
    with pytest.raises(ReadError, match=r"another archive|outside"):
        read(with_entry(name, b"x"))


def test_too_many_files_are_refused() -> None:
    with pytest.raises(LimitError, match="more than 5 files"):
        read(make(lambda document: document.add_paragraph(PROSE)), limits=Limits(zip_entries=5))


def test_entities_are_not_expanded() -> None:
    data = make(lambda document: document.add_paragraph("XXXX"))

    def change(name: str, part: bytes) -> bytes:
        if name != "word/document.xml":
            return part
        part = part.replace(
            b"<w:document", b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/hostname">]><w:document', 1
        )
        return part.replace(b"XXXX", b"before &e; after")

    assert "/" not in read(repack(data, change)).text.replace("before", "")


def test_more_characters_than_allowed_are_refused() -> None:
    data = make(lambda document: document.add_paragraph(PROSE))
    with pytest.raises(LimitError, match="characters"):
        read(data, limits=Limits(characters=20))


# --- a real document


def test_a_real_standard_keeps_its_outline_and_tables() -> None:
    path = DOCUMENTS / "5.0_docs_en_OWASP_Application_Security_Verification_Standard_5.0.0_en.docx"
    if not path.exists():
        pytest.skip("the shared documents are not here")
    document = read(path.read_bytes(), path.name)
    paths = {section.headings for section in document.sections}
    assert (
        "Application Security Verification Standard",
        "What is the ASVS?",
        "Application Security Verification Levels",
        "Level 1",
    ) in paths
    assert len(document.tables) == 98
    assert "- Updated Levels: While ASVS retains its three-tier model" in document.text
    assert qn("w:t") not in document.text
