"""The example clinic keeps what it promises: links that lead somewhere, named sources, judged questions."""

from __future__ import annotations

import html
import io
import itertools
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import docx
import frontmatter
import pypdf
import pytest
from selectolax.lexbor import LexborHTMLParser

from examples import make_documents

CLINIC = Path(__file__).parents[1] / "examples" / "clinic"
SITE = CLINIC / "site"
READ = {".html", ".md", ".txt", ".pdf", ".docx", ".jsonl"}
ORIGIN = "https://clinic.example/"

# Numbers that lines of help really have; all others have to be of the range kept for fiction.
REAL_LINES = {"988", "911", "999", "111", "112", "711", "116123"}
FICTION = re.compile(r"1?202\s?5550(1\d\d)")


def files(*suffixes: str) -> list[Path]:
    return sorted(path for path in SITE.rglob("*") if path.suffix in suffixes)


def named(path: Path) -> str:
    return path.relative_to(SITE).as_posix()


HTML, MARKDOWN, TEXT = files(".html"), files(".md"), files(".txt")
HEALTH = [path for path in HTML if '"MedicalWebPage"' in path.read_text("utf-8")]


def page(path: Path) -> LexborHTMLParser:
    return LexborHTMLParser(path.read_text("utf-8"))


@cache
def documents() -> dict[str, str]:
    """The plain text of every document by id, whitespace as single blanks."""
    texts = {f"site/{named(path)}": plain(path) for path in files(*READ - {".jsonl"})}
    for line in (SITE / "faq.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        texts[entry["_id"]] = entry["text"]
    return {id: " ".join(text.split()) for id, text in texts.items()}


def plain(path: Path) -> str:
    match path.suffix:
        case ".html":
            tree = page(path).css_first("article")
            assert tree is not None, path
            return html.unescape(
                re.sub(r"<[^>]+>", " ", re.sub(r"</?(a|strong|em)\b[^>]*>", "", tree.html or ""))
            )
        case ".md":
            return re.sub(r"\*+|\[([^\]]+)\]\([^)]+\)", r"\1", frontmatter.load(str(path)).content)
        case ".pdf":
            pages = pypdf.PdfReader(path).pages
            return re.sub(r"-\n", "", "\n".join(sheet.extract_text() for sheet in pages))
        case ".docx":
            document = docx.Document(str(path))
            rows = (
                " | ".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows
            )
            return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *rows])
        case _:
            return path.read_text("utf-8")


def questions() -> list[dict[str, object]]:
    return [json.loads(line) for line in (CLINIC / "queries.jsonl").read_text("utf-8").splitlines()]


def judged() -> dict[str, dict[str, int]]:
    judgements: dict[str, dict[str, int]] = {}
    for line in (CLINIC / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, document, score = line.split("\t")
        judgements.setdefault(question, {})[document] = int(score)
    return judgements


# --- the pages


def test_every_format_that_is_read_is_there_and_nothing_else() -> None:
    assert {path.suffix for path in SITE.rglob("*") if path.is_file()} == READ


def test_the_site_is_as_large_as_a_small_practice_has_it() -> None:
    assert len(documents()) >= 35
    assert sum(len(text.split()) for text in documents().values()) >= 12_000


@pytest.mark.parametrize("path", HTML, ids=named)
def test_a_page_says_its_language_title_address_and_one_main_heading(path: Path) -> None:
    tree = page(path)
    root, title = tree.css_first("html"), tree.css_first("title")
    canonical = tree.css_first('link[rel="canonical"]')
    assert root is not None
    assert title is not None
    assert canonical is not None
    assert root.attributes["lang"] in {"en", "es"}
    assert title.text().strip()
    assert canonical.attributes["href"] == ORIGIN + named(path).removesuffix("index.html")
    assert len(tree.css("h1")) == 1


@pytest.mark.parametrize("path", HTML, ids=named)
def test_ids_are_unique_and_every_section_heading_can_be_linked_to(path: Path) -> None:
    tree = page(path)
    ids = [node.attributes["id"] for node in tree.css("[id]")]
    assert len(ids) == len(set(ids))
    assert all(node.attributes.get("id") for node in tree.css("article h2, article h3"))
    assert {
        node.attributes[name]
        for name in ("aria-controls", "aria-labelledby")
        for node in tree.css(f"[{name}]")
    } <= set(ids)


@pytest.mark.parametrize("path", HTML, ids=named)
def test_headings_go_down_one_step_at_a_time(path: Path) -> None:
    levels = [
        int((node.tag or "")[1:]) for node in page(path).css("article h1, article h2, article h3, article h4")
    ]
    assert levels[0] == 1
    assert all(lower - upper <= 1 for upper, lower in itertools.pairwise(levels))


@pytest.mark.parametrize("path", HTML, ids=named)
def test_what_a_page_says_to_machines_is_what_it_says_to_people(path: Path) -> None:
    tree = page(path)
    script = tree.css_first('script[type="application/ld+json"]')
    assert script is not None
    graph = json.loads(script.text())["@graph"]
    said = graph[0]
    heading = tree.css_first("h1")
    assert heading is not None
    assert said["name"] == heading.text()
    assert re.fullmatch(r"2026-\d\d-\d\d", said["dateModified"])
    text = documents()[f"site/{named(path)}"]
    for thing in graph:
        for question in thing.get("mainEntity", ()):
            assert question["name"] in text
            assert question["acceptedAnswer"]["text"] in text


def links(path: Path) -> Iterator[str]:
    if path.suffix == ".html":
        for node in page(path).css("a[href], link[href]"):
            yield node.attributes["href"] or ""
    else:
        yield from re.findall(r"\]\(([^)\s]+)\)", path.read_text("utf-8"))
        yield from re.findall(r"https?://[^\s)]+", path.read_text("utf-8"))


@pytest.mark.parametrize("path", [*HTML, *MARKDOWN, *TEXT], ids=named)
def test_every_link_leads_to_a_page_and_a_place_on_it(path: Path) -> None:
    for link in links(path):
        parts = urlsplit(link)
        if link.startswith(ORIGIN):
            target = SITE / (parts.path.removeprefix("/") or "index.html")
        elif parts.scheme:
            assert parts.scheme in {"https", "mailto", "tel", "sms"}, link
            continue
        else:
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        assert target.is_file(), f"{link} in {named(path)}"
        if parts.fragment:
            assert page(target).css_first(f'[id="{parts.fragment}"]') is not None, link


@pytest.mark.parametrize("path", MARKDOWN, ids=named)
def test_a_markdown_page_names_its_title_address_author_and_dates(path: Path) -> None:
    guide = frontmatter.load(str(path))
    assert guide["url"] == ORIGIN + named(path)
    assert {"title", "description", "author", "date", "modified", "language", "licence", "tags"} <= set(
        guide.keys()
    )
    assert guide.content.startswith(f"# {guide['title']}\n")
    assert guide.content.count("\n# ") == 0


# --- what is owed to the people who read it


@pytest.mark.parametrize("path", HEALTH, ids=named)
def test_a_health_page_names_its_sources(path: Path) -> None:
    tree = page(path)
    sources = tree.css(".sources li a[href^='https://']")
    assert len(sources) >= 2
    assert tree.css_first(".sources time") is not None


@pytest.mark.parametrize("path", MARKDOWN, ids=named)
def test_a_guide_names_its_sources(path: Path) -> None:
    _, _, sources = path.read_text("utf-8").partition("\n## Sources\n")
    assert sources.count("](https://") >= 2


@pytest.mark.parametrize("path", [*TEXT, *files(".pdf", ".docx")], ids=named)
def test_a_leaflet_and_a_document_say_where_it_comes_from(path: Path) -> None:
    _, _, sources = plain(path).partition("Where this comes from")
    assert len(sources.split()) > 10


@pytest.mark.parametrize("path", HTML, ids=named)
def test_the_way_to_help_is_on_every_page(path: Path) -> None:
    tree = page(path)
    for place in ("header", "footer"):
        assert any("help-now.html" in (link.attributes["href"] or "") for link in tree.css(f"{place} a"))


def test_no_telephone_number_belongs_to_someone_who_did_not_ask_for_it() -> None:
    number = re.compile(r"(?<![\w/.=-])\+?\(?\d[\d ().-]{5,}\d(?![\w/-])")
    for path in files(".html", ".md", ".txt", ".jsonl"):
        source = path.read_text("utf-8")
        dialled = re.findall(r'"(?:tel|sms):([^"]+)"', source)
        for found in dialled + number.findall(plain(path)):
            digits = re.sub(r"\D", "", found)
            real = digits in REAL_LINES or FICTION.fullmatch(digits)
            assert real or re.search(r"\d{4}-\d\d-\d\d", found), f"{found!r} in {named(path)}"
    for text in (
        documents()["site/documents/welcome-pack.pdf"],
        documents()["site/documents/consent-and-confidentiality.docx"],
    ):
        for found in number.findall(text):
            assert FICTION.fullmatch(re.sub(r"\D", "", found)), found


def test_the_crisis_numbers_can_be_called_from_the_page() -> None:
    tree = page(SITE / "help-now.html")
    called = {node.attributes["href"] for node in tree.css("article a")}
    assert {"tel:988", "sms:988", "tel:116123"} <= called


def test_an_emergency_card_says_what_to_do_and_leads_nowhere_else() -> None:
    cards = [card for path in HTML for card in page(path).css(".care-card-emergency")]
    assert len(cards) >= 5
    for card in cards:
        heading = card.css_first("h2")
        assert heading is not None
        assert heading.text().startswith("Emergency: Call 911 or your local emergency number")
        assert not card.css("a")


def test_every_page_says_that_the_clinic_is_an_example() -> None:
    for path in HTML:
        assert "This clinic is an example and does not exist." in path.read_text("utf-8")


# --- the documents that a script makes


def test_the_pdf_and_word_files_are_what_the_script_makes() -> None:
    for path, made in make_documents.make_all():
        if path.suffix == ".docx" and not make_documents.word_files_are_comparable():
            pytest.skip("python-docx, lxml or zlib is of another version than the committed file's")
        assert path.read_bytes() == made, f"{path.name}: run python examples/make_documents.py"


def test_the_pdf_has_pages_with_a_running_header_and_footer_and_words_broken_at_line_ends() -> None:
    reader = pypdf.PdfReader(SITE / "documents" / "welcome-pack.pdf")
    texts = [sheet.extract_text() for sheet in reader.pages]
    assert len(texts) >= 3
    for number, text in enumerate(texts, start=1):
        assert text.startswith("Example Clinic | Welcome pack for new clients")
        assert text.rstrip().endswith(f"clinic.example | Page {number} of {len(texts)}")
    assert any(re.search(r"[a-z]-\n[a-z]", text) for text in texts)
    assert reader.metadata is not None
    assert reader.metadata.title == "Welcome pack for new clients"


def test_the_word_file_has_heading_list_and_table_styles() -> None:
    document = docx.Document(
        io.BytesIO((SITE / "documents" / "consent-and-confidentiality.docx").read_bytes())
    )
    styles = {paragraph.style.name for paragraph in document.paragraphs if paragraph.style}
    assert {"Title", "Heading 1", "Heading 2", "List Bullet", "List Number"} <= styles
    assert len(document.tables) == 1
    assert document.core_properties.title == "Consent and confidentiality explained"


# --- the judged questions


def test_there_are_enough_questions_with_and_without_an_answer() -> None:
    answerable = [q for q in questions() if q["metadata"]["answerable"]]  # type: ignore[index]
    assert len(answerable) >= 60
    assert len(questions()) - len(answerable) >= 15
    assert len({q["_id"] for q in questions()}) == len(questions())
    assert set(judged()) == {q["_id"] for q in answerable}


@pytest.mark.parametrize("question", questions(), ids=lambda q: str(q["_id"]))
def test_the_span_stands_in_the_judged_documents_and_in_no_other(question: dict[str, object]) -> None:
    """So the judgements are complete: a document is judged to answer if, and only if, it says so."""
    metadata = question["metadata"]
    assert isinstance(metadata, dict)
    if not metadata["answerable"]:
        assert question["_id"] not in judged()
        return
    span = re.compile(str(metadata["span"]))
    saying = {id for id, text in documents().items() if span.search(text)}
    assert saying == set(judged()[str(question["_id"])])


def test_every_document_answers_at_least_one_question_or_is_an_entry_of_the_faq() -> None:
    answering = {document for judgements in judged().values() for document in judgements}
    assert {id for id in documents() if not id.startswith("faq/")} <= answering
