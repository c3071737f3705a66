"""The HTML reader, on pages written as the usual builders write them, and on what is sent to hurt it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import LimitError, ReadError
from kb.limits import Limits
from kb.readers.blocks import Block, Kind
from kb.readers.html import blocks_from, read
from kb.types import Document

_SHARED = Path(__file__).parents[4] / "shared"
_LIMITS = Limits()


def page(html: str | bytes, name: str = "site/page.html") -> Document:
    data = html.encode() if isinstance(html, str) else html
    (document,) = read(data, name, _LIMITS)
    assert isinstance(document, Document)
    return document


def fixture(builder: str) -> bytes:
    return (Path(__file__).parent / "pages" / f"{builder}.html").read_bytes()


def body(html: str) -> Document:
    return page(f"<html><body><main>{html}</main></body></html>")


def blocks(html: str) -> list[Block]:
    return blocks_from(html, _LIMITS)


def texts(html: str) -> list[str]:
    return [block.text for block in blocks(html)]


def under(document: Document, heading: str) -> str:
    """The text whose innermost heading is this one."""
    return "\n\n".join(
        document.text[s.start : s.end] for s in document.sections if s.headings and s.headings[-1] == heading
    )


def path_of(document: Document, words: str) -> tuple[str, ...]:
    return next(s.headings for s in document.sections if words in document.text[s.start : s.end])


def anchor_of(document: Document, words: str) -> str | None:
    return next(s.anchor for s in document.sections if words in document.text[s.start : s.end])


# Pages as builders make them; the fixtures are of our own writing


def test_a_post_on_wix_is_its_text_and_nothing_else() -> None:
    assert page(fixture("wix")).text == (
        "How we help with worry\n\n"
        "Worry is a habit of the mind that can be unlearned.\n\n"
        "What a first session is like\n\n"
        "1. We listen for fifty minutes.\n2. We agree on a plan.\n- Bring your questions\n- Bring your"
        " insurance card\n\n"
        "Fees\n\n"
        "Service | Fee\nFirst session | $180\nFollow-up | $140\n\n"
        "Common questions\n\n"
        "Do you take insurance?\n\nWe accept most plans and can bill yours directly.\n\n"
        "Can I come in the evening?\n\nYes, on Tuesdays until 8 pm."
    )


def test_the_attribution_of_a_post_on_wix_is_from_its_json_ld() -> None:
    attribution = page(fixture("wix"), "post/worry.html").attribution
    assert attribution.title == "How we help with worry"
    assert attribution.source == "post/worry.html"
    assert attribution.url == "https://harbour.example/post/worry"
    assert attribution.author == "Dr. Example Adeyemi, PsyD"
    assert attribution.published == "2024-03-05T09:00:00.000Z"
    assert attribution.modified == "2024-06-01T10:00:00.000Z"
    assert attribution.language == "en"


def test_a_post_on_wordpress_loses_its_sidebar_comments_and_sharing() -> None:
    assert page(fixture("wordpress")).text == (
        "Grief counselling\n\n"
        "Grief has no timetable, and yours is not too long.\n\n"
        "Groups\n\n"
        "Our group meets on Thursdays at 6:30 pm in the Example Hall.\n12 Example Lane\nExampletown\n\n"
        "If you cannot keep yourself safe, call the crisis line on 988 now, at any hour of the day.\n\n"
        "What to bring\n\n- Yourself\n- A photograph, if you like\n- Nothing else\n\n"
        "Social anxiety after a loss\n\nBeing among people can feel strange for a while."
    )


def test_the_author_on_wordpress_is_the_person_not_the_account() -> None:
    document = page(fixture("wordpress"))
    assert document.attribution.author == "Example Okafor, LCSW"
    assert document.attribution.title == "Grief counselling"
    assert document.tags == ("grief", "loss", "Bereavement")


def test_a_page_on_squarespace_keeps_its_folded_answers() -> None:
    document = page(fixture("squarespace"))
    assert document.text == (
        "Fees\n\nA session costs £70. Concessions from £45.\n\n"
        "How do I pay?\n\nBy card or bank transfer.\n\n"
        "What if I must cancel?\n\nTell us 48 hours before."
    )
    assert path_of(document, "48 hours") == ("Fees", "What if I must cancel?")
    assert anchor_of(document, "A session costs") == "fees-section"
    assert document.attribution.title == "Fees"
    assert document.attribution.url == "https://grove.example/fees"
    assert document.attribution.language == "en-gb"


def test_an_old_page_of_tables_fonts_and_open_tags_is_read() -> None:
    document = page(
        """<HTML><HEAD><TITLE>Example Practice</TITLE></HEAD><BODY BGCOLOR=white>
<table width=760><tr><td colspan=2><font size=6>Example Practice</font></td></tr>
<tr>
<td valign=top><a href=index.html>Home</a><br><a href=about.html>About</a><br><a href=fees.html>Fees</a><br>
</td>
<td><h2>Office hours<p>Monday to Friday, 9 to 5. Ring the upper bell.<p>Closed on <b>public</b> holidays.
<a name=where></a><h2>Where we are</h2><p>5 Example Road, beside the library, on the second floor.
<p><font color="#ffffff">cheap pills cheap pills</font></td></tr></table></BODY></HTML>"""
    )
    assert "Monday to Friday, 9 to 5. Ring the upper bell." in document.text
    assert "Closed on public holidays." in document.text
    assert path_of(document, "5 Example Road") == ("Where we are",)
    assert anchor_of(document, "5 Example Road") == "where"
    assert "About" not in document.text
    assert "pills" not in document.text
    assert document.tables == ()


def test_a_hero_in_the_header_stays_and_its_menu_goes() -> None:
    document = page(
        """<body><header class="hero"><nav><a href="/">Home</a><a href="/fees">Fees</a></nav>
<h1>Counselling in Exampletown</h1>
<p>Warm, practical help for adults and couples, in person and online.</p></header>
<section><h2>Services</h2><p>Individual sessions of fifty minutes, weekly or every other week.</p></section>
</body>"""
    )
    assert document.text.startswith("Counselling in Exampletown\n\nWarm, practical help")
    assert "Home" not in document.text


def test_a_page_without_main_or_nav_loses_its_rows_of_links() -> None:
    document = page(
        """<body>
<div class="box"><a href="a.html">Home</a> <a href="b.html">About us</a> <a href="c.html">Fees</a></div>
<div><h1>Parking</h1><p>There are three spaces behind the house, and the bus stops at the door.</p></div>
<div><a href="a.html">Home</a> | <a href="d.html">Privacy</a> | <a href="e.html">Terms</a></div>
<p>© 2024 Example</p></body>"""
    )
    assert document.text == (
        "Parking\n\nThere are three spaces behind the house, and the bus stops at the door."
    )


def test_a_cookie_dialog_that_nothing_names_goes_and_a_policy_on_cookies_stays() -> None:
    document = page(
        """<body><div class="x1"><p>This site uses cookies to measure its visits.</p><button>Accept</button>
</div>
<main><h1>Cookie policy</h1>
<p>We use cookies to remember your language. Nothing else is kept, and nobody is told.</p></main></body>"""
    )
    assert document.text.startswith("Cookie policy")
    assert "remember your language" in document.text
    assert "measure its visits" not in document.text


def test_a_contact_form_goes_and_the_address_beside_it_stays() -> None:
    document = body(
        """<h1>Contact</h1><form><label for="n">Name</label><input id="n">
<label>Message <textarea></textarea></label>
<p>We answer within one working day.</p><button type="submit">Send</button></form>
<address>5 Example Road<br>Exampletown</address><p><a href="tel:5550100">555 0100</a></p>"""
    )
    assert document.text == (
        "Contact\n\nWe answer within one working day.\n\n5 Example Road\nExampletown\n\n555 0100"
    )


def test_a_title_among_breadcrumbs_stays_and_the_trail_goes() -> None:
    document = page(
        """<body><section class="breadcrumbs"><ol><li><a href="/">Home</a></li><li>Fees</li></ol>
<h2>Our fees</h2></section>
<section><p>A session of fifty minutes costs seventy pounds, payable on the day.</p></section></body>"""
    )
    assert document.text == "Our fees\n\nA session of fifty minutes costs seventy pounds, payable on the day."


def test_a_list_of_links_under_a_heading_of_the_text_stays() -> None:
    document = page(
        """<body><h1>Services</h1><p>We work with adults and couples, in person and by video, on weekdays.</p>
<h2>We also treat</h2><ul><li><a href=a>Anxiety</a></li><li><a href=b>Grief</a></li><li><a href=c>Trauma</a>
</li></ul></body>"""
    )
    assert document.text.endswith("We also treat\n\n- Anxiety\n- Grief\n- Trauma")


def test_the_same_block_for_another_screen_is_read_once() -> None:
    block = f"<h2>Approach</h2><p>{'We work slowly and carefully, and at your pace. ' * 4}</p>"
    document = body(
        f"<h1>About</h1><p>Hello.</p><div>{block}</div><p>Call us.</p><div class=mobile>{block}</div>"
    )
    assert document.text.count("Approach") == 1
    assert document.text.endswith("Call us.")


def test_a_fee_that_is_said_of_two_services_is_said_twice() -> None:
    document = body("<h2>Adults</h2><h3>Fee</h3><p>$150</p><h2>Couples</h2><h3>Fee</h3><p>$150</p>")
    assert [s.headings for s in document.sections] == [("Adults", "Fee"), ("Couples", "Fee")]


def test_a_banner_that_is_only_named_so_and_says_something_stays() -> None:
    document = page(
        """<body><h1>Welcome</h1><div class="banner"><p>The office is closed from 24 to 26 December.</p></div>
<p>We are a small practice near the river, with evening hours.</p></body>"""
    )
    assert "closed from 24 to 26 December" in document.text


def test_a_menu_that_nothing_names_is_known_by_its_separators() -> None:
    document = page(
        """<center><h1>Dr. Example</h1>
<a href=a>About</a> | <a href=b>Services</a> | <a href=c>Contact</a></center>
<p>Office hours: Monday to Thursday, 9 to 6.</p>
<p>We take <a href=d>Aetna</a>, <a href=e>Cigna</a>, <a href=f>Moda</a></p>"""
    )
    assert document.text == (
        "Dr. Example\n\nOffice hours: Monday to Thursday, 9 to 6.\n\nWe take Aetna, Cigna, Moda"
    )


def test_what_a_button_opens_in_a_layer_stays_and_other_dialogs_go() -> None:
    document = page(
        """<body><h3>Example Okafor, LCSW</h3><p>Clinical director</p>
<a data-bs-toggle="modal" data-bs-target="#bio">Read bio</a>
<div class="modal" id="bio" role="dialog" aria-hidden="true"><p>Example has trained in EMDR.</p></div>
<div role="dialog"><p>Join our list!</p></div></body>"""
    )
    assert "trained in EMDR" in document.text
    assert "Join our list" not in document.text


# Hidden text


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">secret</p>',
        "<p hidden>secret</p>",
        '<span aria-hidden="true">secret</span>',
        '<p style="visibility: hidden">secret</p>',
        '<p style="font-size:0px">secret</p>',
        '<p style="position:absolute; left:-9999px">secret</p>',
        '<p style="color:#fff;background:#ffffff">secret</p>',
        '<div style="background-color: rgb(255,255,255)"><p style="color:white">secret</p></div>',
        '<p class="sr-only">secret</p>',
        "<template><p>secret</p></template>",
        "<noscript>secret</noscript>",
        "<!-- secret -->",
    ],
)
def test_hidden_text_is_not_read(hidden: str) -> None:
    assert "secret" not in body(f"<h1>Fees</h1><p>A session costs 70.</p>{hidden}<p>Ask us.</p>").text


@pytest.mark.parametrize(
    "folded",
    [
        "<details><summary>How long?</summary><p>Fifty minutes.</p></details>",
        '<button aria-controls="a1">How long?</button><div id="a1" style="display:none">Fifty minutes.</div>',
        '<div class="faq-question">How long?</div><div class="faq-answer" hidden>Fifty minutes.</div>',
        '<h3>How long?</h3><div style="display:none">Fifty minutes.</div>',
        '<h3><button aria-expanded="false">How long? <span>+</span></button></h3>'
        '<div aria-hidden="true">Fifty minutes.</div>',
        '<dl><dt><button>How long?</button></dt><dd hidden="until-found">Fifty minutes.</dd></dl>',
        '<div class="card-header"><a data-toggle="collapse" href="#c1">How long?</a></div>'
        '<div id="c1" class="collapse">'
        "Fifty minutes.</div>",
        '<div class="et_pb_toggle"><h5 class="et_pb_toggle_title">How long?</h5>'
        '<div class="et_pb_toggle_content">'
        "Fifty minutes.</div></div>",
        '<input type="checkbox" id="q1"><label for="q1">How long?</label><div class="content">Fifty minutes. '
        "We begin and end on time, every time.</div>",
        '<div class="elementor-tab-title" role="button" aria-controls="e1"><a>How long?</a></div>'
        '<div id="e1" class="elementor-tab-content" hidden>Fifty minutes.</div>',
    ],
)
def test_a_folded_answer_is_read_under_its_question(folded: str) -> None:
    document = body(f"<h2>Questions</h2><p>Ask away.</p>{folded}")
    assert path_of(document, "Fifty minutes.") == ("Questions", "How long?")


def test_panels_behind_tabs_are_read_under_the_tabs_labels() -> None:
    document = body(
        """<h2>Fees</h2><ul role="tablist"><li><button role="tab" id="t1" aria-controls="p1">Adults</button>
</li>
<li><button role="tab" id="t2" aria-controls="p2">Children</button></li></ul>
<div role="tabpanel" id="p1"><p>Adults pay 70.</p></div><div role="tabpanel" id="p2" hidden>
<p>Children pay 40.</p></div>"""
    )
    assert path_of(document, "Children pay 40.") == ("Fees", "Children")
    assert anchor_of(document, "Children pay 40.") == "p2"
    assert document.text.count("Adults") == 2


# Words


def test_markup_inside_a_word_does_not_split_it_and_two_links_are_two_words() -> None:
    assert texts("<p><b>W</b>ord<i>s</i> and <a href=a>one</a><a href=b>two</a></p>") == ["Words and one two"]


def test_entities_and_invisible_characters_are_resolved() -> None:
    assert texts("<p>Fish &amp; chips&nbsp;&mdash; caf&eacute; co&shy;op a\u200bb &#8206;x&#x202e;y</p>") == [
        "Fish & chips — café coop ab xy"
    ]


def test_a_break_is_a_line_and_two_are_a_paragraph() -> None:
    assert texts("<p>5 Example Road<br>Exampletown<br><br>Ring twice.</p>") == [
        "5 Example Road\nExampletown",
        "Ring twice.",
    ]


@pytest.mark.parametrize(
    ("declared", "encoding"), [("windows-1252", "cp1252"), ("utf-8", "utf-8"), ("iso-8859-1", "cp1252")]
)
def test_the_declared_encoding_is_used(declared: str, encoding: str) -> None:
    html = f'<meta charset="{declared}"><p>Café “Ruhe” — 70 € a session</p>'
    assert page(html.encode(encoding)).text == "Café “Ruhe” — 70 € a session"


# Lists, tables, headings


def test_ordered_lists_keep_their_numbers_and_nested_items_their_order() -> None:
    assert texts("<ol start=3><li>Call<ul><li>by phone</li></ul></li><li>Come</li></ol>") == [
        "3. Call",
        "- by phone",
        "4. Come",
    ]


def test_short_definitions_stand_on_one_line_and_long_ones_below_a_heading() -> None:
    assert texts("<dl><dt>Monday:</dt><dd>9 to 5</dd><dt>Tuesday</dt><dd>closed</dd></dl>") == [
        "- Monday: 9 to 5",
        "- Tuesday: closed",
    ]
    long = blocks(f"<dl><dt>Do you see children?</dt><dd>{'Yes, we do. ' * 12}</dd></dl>")
    assert (long[0].kind, long[0].text) == (Kind.HEADING, "Do you see children?")


def test_a_table_has_a_header_and_rows_and_a_cell_over_rows_is_said_in_each() -> None:
    document = body(
        """<h2>Fees</h2><table><thead><tr><th>Who</th><th>Length</th><th>Fee</th></tr></thead><tbody>
<tr><td rowspan=2>Adults</td><td>50 min</td><td>$140</td></tr><tr><td>80 min</td><td>$200</td></tr></tbody>
</table>"""
    )
    (table,) = document.tables
    assert document.text[table.start : table.body].strip() == "Who | Length | Fee"
    assert document.text[table.body : table.end] == "Adults | 50 min | $140\nAdults | 80 min | $200"


def test_a_layout_table_is_unrolled_as_text() -> None:
    found = blocks(
        "<table><tr><td><h2>Fees</h2><p>A session costs 70.</p></td><td><p>Ask us.</p></td></tr></table>"
    )
    assert [(b.kind, b.text) for b in found] == [
        (Kind.HEADING, "Fees"),
        (Kind.PARAGRAPH, "A session costs 70."),
        (Kind.PARAGRAPH, "Ask us."),
    ]


def test_a_line_in_bold_over_a_paragraph_is_a_heading() -> None:
    document = body(
        "<h1>Prices</h1><p>A session costs 70.</p><p><strong>Working hours:</strong></p><p>8 to 6.</p>"
    )
    assert path_of(document, "8 to 6.") == ("Prices", "Working hours:")


def test_headings_nest_by_their_level() -> None:
    document = body("<h1>A</h1><p>1</p><h2>B</h2><p>2</p><h3>C</h3><p>3</p><h2>D</h2><p>4</p>")
    assert [s.headings for s in document.sections] == [("A",), ("A", "B"), ("A", "B", "C"), ("A", "D")]


@pytest.mark.parametrize(
    "html",
    [
        '<h2 id="fees">Fees</h2>',
        '<h2><a name="fees"></a>Fees</h2>',
        '<a name="fees"></a><h2>Fees</h2>',
        '<section id="fees"><div class="inner"><h2>Fees</h2></div></section>',
        '<div id="fees"></div><h2>Fees</h2>',
        '<section id="fees"><p>What it costs.</p><h2>Fees</h2></section>',
        '<details id="fees"><summary>Fees</summary>A session costs 70.</details>',
    ],
)
def test_a_heading_is_linked_to_by_its_own_id_or_the_one_that_leads_to_it(html: str) -> None:
    document = body(f"<p>Welcome to the practice.</p>{html}<p>A session costs 70.</p>")
    section = next(s for s in document.sections if s.headings == ("Fees",))
    assert section.anchor == "fees"


# What cannot be read


def test_a_page_that_scripts_write_is_refused_with_advice() -> None:
    with pytest.raises(ReadError, match="scripts write it in the browser"):
        page('<html><head><script src="app.js"></script></head><body><div id="root"></div></body></html>')


def test_a_frameset_is_refused_and_its_frames_are_named() -> None:
    with pytest.raises(ReadError, match=r"frame around other pages \(left\.html, main\.html\)"):
        page("<frameset cols=20%,*><frame src=left.html><frame src=main.html></frameset>")


@pytest.mark.parametrize("html", ["<html><body></body></html>", "<p> </p>", "<!-- nothing -->"])
def test_an_empty_page_is_refused(html: str) -> None:
    with pytest.raises(ReadError, match="has no text"):
        page(html)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div>" * 100_000 + "x", "nested"),
        ("<b>" * 100_000 + "x", "nested"),
        ("<div><table></div></table>" * 60_000, "nested"),
        ("<div>" * 600 + "x", "nested"),
        ("<i></i>" * 250_000, "elements"),
        ("<p>" + "".join(f"<font a={i}>" for i in range(500)) + "<p>x" * 50_000, "elements"),
        ("<p>x</p>" * 1_400_000, "larger"),
    ],
)
def test_what_would_hurt_the_parser_is_refused_at_once(html: str, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(LimitError, match=reason):
        page(html)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<p>Paragraph {i} of a long page.</p>" for i in range(20_000)),
        "<ul>" + "".join(f"<li>Item {i} of a long list" for i in range(20_000)),
        "<table>" + "".join(f"<tr><td>{i}<td>row" for i in range(12_000)) + "</table>",
        "".join(
            f'<div class="related"><h2>Comments</h2><a href=/{i}>x</a></div><p>Text {i}</p>'
            for i in range(5_000)
        ),
        "<p>text</p>" + "<!-- " * 500_000,
        "<p>text</p><a " + "b " * 500_000,
    ],
)
def test_a_long_or_broken_page_is_read_in_seconds(html: str) -> None:
    began = time.monotonic()
    assert page(html).text
    assert time.monotonic() - began < 10


_TAGS = """<p> </p> <div> </div> <h2 id=a> </h2> <ul> <ol> </ul> <li> <table> <tr> <td rowspan=3> <th>
</table> <dl> <dt> <dd> </dl> <b> </b> <a> </a> <button> </button> <details> <summary> <main> </main> <nav>
<footer> <header> <article> <br> <br><br> <pre> </pre> <form> <label> <!-- --> <script> </script> &nbsp;
&amp; <div\thidden> <aside> text Home Fees 2024"""
_SOUP = st.lists(st.sampled_from(re.split("[ \n]", _TAGS)), max_size=60)


@given(_SOUP)
@settings(max_examples=150, deadline=None)
def test_any_soup_of_tags_gives_whole_sections_or_a_refusal(soup: list[str]) -> None:
    try:
        document = page("".join(soup))
    except ReadError:
        return
    ends = [0, *(section.end for section in document.sections)]
    for before, section in zip(ends, document.sections, strict=False):
        assert before <= section.start < section.end <= len(document.text)
        assert document.text[section.start : section.end].strip()


# Real pages


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared folder with real pages is absent")
def test_every_page_that_answers_a_patients_question_still_holds_the_answer() -> None:
    evaluation = _SHARED / "eval" / "clinic-pages"
    right: dict[str, list[str]] = {}
    for line in (evaluation / "qrels.tsv").read_text().splitlines()[1:]:
        query, document_id, score = line.split("\t")
        if score == "2":
            right.setdefault(query, []).append(document_id)
    for line in (evaluation / "queries.jsonl").read_text().splitlines():
        query = json.loads(line)
        if span := query["metadata"].get("span"):
            found = [read_real(document_id).text for document_id in right[query["_id"]]]
            assert any(re.search(span, text) for text in found), query["text"]


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared folder with real pages is absent")
def test_real_pages_keep_nothing_of_their_navigation() -> None:
    for path in sorted((_SHARED / "pages" / "adultstherapy.com").rglob("*.html")):
        text = read_real(path.relative_to(_SHARED / "pages").as_posix()).text
        assert "Certified Clinical Trauma Professional (CCTP I) •" not in text
        assert "© Adults Therapy" not in text
        assert "Terms\n- Privacy\n- Sitemap\n\n" not in text


def read_real(name: str) -> Document:
    return page((_SHARED / "pages" / name).read_bytes(), name)
