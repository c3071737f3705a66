import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.limits import Limits
from kb.readers.text import read
from kb.types import Document

ARTICLE = Path(__file__).parents[4] / "shared" / "source" / "what-is-psychotherapy.txt"
QUESTIONS = ARTICLE.parents[1] / "eval" / "psychotherapy" / "queries.jsonl"


def document(text: str, name: str = "site/coping-with-grief.txt") -> Document:
    (item,) = read(text.encode(), name, Limits())
    assert isinstance(item, Document)
    return item


def outline(text: str) -> list[tuple[str, ...]]:
    return [section.headings for section in document(text).sections]


PROSE = "Grief is a natural response to loss, and there is no right way to do it."


def test_a_bare_line_over_a_paragraph_is_a_heading_and_the_first_is_the_title() -> None:
    found = document(f"Coping with grief\n\n{PROSE}\n\nWhat helps\n\n{PROSE}\n")
    assert [s.headings for s in found.sections] == [
        ("Coping with grief",),
        ("Coping with grief", "What helps"),
    ]
    assert found.attribution.title == "Coping with grief"


def test_a_title_may_stand_over_another_heading() -> None:
    assert outline(f"Grief\n\nWhat it is\n\n{PROSE}\n\nGrief\n\n{PROSE}") == [
        ("Grief", "What it is"),
        ("Grief", "Grief"),
    ]


def test_lines_of_a_file_without_empty_lines_are_told_apart() -> None:
    assert outline(f"Grief\n{PROSE} It passes.\nWhat if I cry?\n{PROSE} Many people do.") == [
        ("Grief",),
        ("Grief", "What if I cry?"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "It passes.",
        "and then it rained",
        "“The best way out is through”",
        "Call 01632 960 123",
        "jane@example.org",
        "£60 a session",
        "One, two, three,",
        "This line goes on and on about what might be a heading but is far too long for one",
    ],
)
def test_a_line_that_is_no_heading_stays_text(line: str) -> None:
    assert outline(f"Grief\n\n{PROSE}\n\n{line}\n\n{PROSE}") == [("Grief",)]


def test_short_lines_after_a_colon_are_a_list_and_no_headings() -> None:
    symptoms = "Poor sleep\n\nNo appetite\n\nMoods"
    text = f"Grief\n\nIt shows itself in many ways, some of them:\n\n{symptoms}\n\nWhat helps\n\n{PROSE}"
    assert outline(text) == [("Grief",), ("Grief", "What helps")]


def test_underlined_headings_have_the_level_of_their_line() -> None:
    text = f"Fees\n====\n\n{PROSE}\n\nCancelling\n----------\n{PROSE}\n\n-----\n\n{PROSE}"
    assert outline(text) == [("Fees",), ("Fees", "Cancelling")]
    assert "---" not in document(text).text


def test_capitals_stand_above_other_headings() -> None:
    assert outline(f"Grief\n\nWHAT HELPS\n\n{PROSE}\n\nSleep\n\n{PROSE}\n\nWHO WE ARE\n\n{PROSE}") == [
        ("Grief", "WHAT HELPS"),
        ("Grief", "WHAT HELPS", "Sleep"),
        ("Grief", "WHO WE ARE"),
    ]


def test_numbers_say_their_own_depth() -> None:
    text = f"Fees\n\n1. Sessions\n\n{PROSE}\n\n1.1 Couples\n\n{PROSE}\n\n2. Insurance\n\n{PROSE}"
    assert outline(text) == [
        ("Fees", "1. Sessions"),
        ("Fees", "1. Sessions", "1.1 Couples"),
        ("Fees", "2. Insurance"),
    ]


def test_hard_wrapped_paragraphs_are_rejoined() -> None:
    text = (
        "We charge by the session. Most people come once a week for about fifty\n"
        "minutes, and we ask that you pay on the day by card or bank transfer. If\n"
        "you can't come, tell us.\n\n"
        "The long-\nterm rate is lower.\n"
    )
    paragraphs = document(text).text.split("\n\n")
    assert "fifty minutes, and we ask" in paragraphs[0]
    assert "\n" not in paragraphs[0]
    assert paragraphs[1] == "The long-\nterm rate is lower."


def test_an_address_keeps_its_lines() -> None:
    text = f"Where we are\n\n{PROSE}\n\n12 Green Lane\nExampletown\nEX1 2AB\n"
    assert document(text).text.endswith("12 Green Lane\nExampletown\nEX1 2AB")


def test_lists_are_kept_as_items_whatever_their_bullets() -> None:
    bullets = "You may need:\n• your card\n  ● a letter\n* time\n\n"
    numbers = "1) Ring us.\n2) Ask for a code, which you\n   bring along.\n(3) Come in.\n"
    assert document(bullets + numbers).text == (
        "You may need:\n\n- your card\n- a letter\n- time\n"
        "1) Ring us.\n2) Ask for a code, which you bring along.\n(3) Come in."
    )


def test_a_table_copied_from_a_page_has_its_header_and_rows() -> None:
    found = document("Fees\n\nService\tFee\nCouples\t£90\nSingle\t£60\n")
    assert found.text == "Fees\n\nService | Fee\nCouples | £90\nSingle | £60"
    (table,) = found.tables
    assert found.text[table.start : table.body] == "Service | Fee\n"


@pytest.mark.parametrize(
    ("line", "repaired"),
    [
        ("I explain in detail,what  therapy\u00a0is.", "I explain in detail, what therapy is."),
        ("It helps most people.Please ask , or write .", "It helps most people. Please ask, or write."),
        (
            "See https://example.org/a,b.Html for 1,000 more.",
            "See https://example.org/a,b.Html for 1,000 more.",
        ),
        ("Ask for Dr.Jane, e.g.by telephone.", "Ask for Dr.Jane, e.g.by telephone."),
    ],
)
def test_stray_whitespace_is_repaired_and_nothing_else(line: str, repaired: str) -> None:
    assert document(line).text == repaired


def test_the_chrome_of_a_copied_page_goes() -> None:
    text = f"""Skip to content
Home
About
Services
Contact

We use cookies to give you the best browsing experience.
Accept all cookies

Coping with grief
Jane Example
Mar 3, 2021
3 min read
Updated: Apr 5, 2021

{PROSE}

A calm sea at dawn
A calm sea at dawn

What helps

{PROSE}

Share this post:
Facebook
Twitter
11 views0 comments
Recent Posts
See All
Five ways to sleep better
1 view
© 2021 by Example Practice. Proudly created with Wix.com
bottom of page"""
    found = document(text)
    assert found.text == f"Coping with grief\n\n{PROSE}\n\nWhat helps\n\n{PROSE}"
    said = found.attribution
    assert (said.title, said.author) == ("Coping with grief", "Jane Example")
    assert (said.published, said.modified) == ("2021-03-03", "2021-04-05")


@pytest.mark.parametrize(
    "line",
    [
        "Top of Page",
        "11 views0 comments",
        "1,204 views · 3 comments",
        "3 min read",
        "Share on Facebook",
        "Follow us on Instagram @example",
        "Log In / Sign Up",
        "Write a comment...",
        "Commenting on this post isn't available anymore. Contact the site owner for more info.",
        "#grief #loss",
        "← Previous post",
        "Powered by WordPress",
        "Post not marked as liked",
    ],
)
def test_a_line_of_chrome_goes_wherever_it_stands(line: str) -> None:
    for text in (
        f"{line}\n\nGrief\n\n{PROSE}",
        f"Grief\n\n{PROSE}\n\n{line}\n\n{PROSE}",
        f"Grief\n\n{PROSE}\n{line}",
    ):
        assert line not in document(text).text
        assert set(outline(text)) == {("Grief",)}


def test_what_only_sounds_like_chrome_is_kept() -> None:
    text = (
        "Privacy\n\nWe use cookies to remember your choices. By using this site you accept no others.\n\n"
        "Email\n\njane@example.org\n\nShare with us what comes to mind.\n\nIt is at the top of the page."
    )
    found = document(text).text
    for line in text.split("\n\n"):
        assert line in found


def test_a_title_or_question_given_twice_is_kept_once() -> None:
    assert outline(f"Grief\nGrief\n\n{PROSE}\n\nDoes it pass?\n\nDoes it pass?\n\n{PROSE}") == [
        ("Grief",),
        ("Grief", "Does it pass?"),
    ]


def test_labelled_lines_are_the_attribution() -> None:
    said = document(
        "Grief\n\nBy Dr. Jane Example\nPublished: 3 March 2021\nSource: https://example.org/grief\n\n"
        f"{PROSE}\n\nLicence: CC BY 4.0"
    ).attribution
    assert (said.author, said.published) == ("Dr. Jane Example", "2021-03-03")
    assert (said.url, said.licence) == ("https://example.org/grief", "CC BY 4.0")


def test_a_closing_line_says_when_it_was_updated_and_stays() -> None:
    found = document(f"Grief\n\n{PROSE}\n\nExample Clinic, updated August 17, 2026\n")
    assert found.attribution.modified == "2026-08-17"
    assert found.text.endswith("Example Clinic, updated August 17, 2026")


def test_a_name_over_a_title_is_the_author_and_a_title_over_a_date_is_not() -> None:
    dated = "Mar 3, 2021\n3 min read"
    wix = document(
        f"top of page\nAll Posts\nLog In / Sign Up\nJane Example\n{dated}\nCoping with grief\n\n{PROSE}"
    )
    assert (wix.attribution.title, wix.attribution.author) == ("Coping with grief", "Jane Example")
    plain = document(f"Example Practice\nGrief Explained\n{dated}\n\nWhat grief is: {PROSE}")
    assert plain.attribution.author is None
    assert plain.sections[0].headings[-1] == "Grief Explained"


def test_a_text_without_headings_is_titled_by_its_name() -> None:
    assert document(PROSE).attribution.title == "Coping with grief"


def test_adversarial_lines_are_read_in_time() -> None:
    began = time.monotonic()
    for unit in ("1(", " ,", "a, ", "=-", "#a", "— ", "\t", " \n", "by ", ".)", "9.", "a.B", "© "):
        document(unit * 25_000 + "x")
    assert time.monotonic() - began < 5


def letters(line: str) -> str:
    return "".join(c if c in "aB" else " " for c in line)


# No two lines with the same words: a line given twice is a caption, and goes.
@given(st.lists(st.text(alphabet="aB. \t-=1)#?:•,", max_size=30), max_size=12, unique_by=letters))
def test_no_word_is_lost_from_any_text(lines: list[str]) -> None:
    found = document("Grief\n\n" + "\n".join(lines))
    for word in letters("\n".join(lines)).split():
        assert word in found.text
    for section in found.sections:
        assert found.text[section.start : section.end].strip()


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article is not here")
def test_the_article_has_its_seven_headings_and_no_chrome() -> None:
    found = document(ARTICLE.read_text(), "what-is-psychotherapy.txt")
    assert found.attribution.title == "What is Psychotherapy?"
    assert {section.headings[0] for section in found.sections} == {"What is Psychotherapy?"}
    assert [section.headings[1] for section in found.sections] == [
        "Psychotherapy definition",
        "What is Psychotherapy?",
        "What are the goals of psychotherapy?",
        "How does psychotherapy work?",
        "Why does psychotherapy work?",
        "When psychotherapy doesn’t work",
    ]
    for chrome in ("top of page", "bottom of page", "views", "comments", "Psychotherapy chair"):
        assert chrome not in found.text


@pytest.mark.skipif(not QUESTIONS.exists(), reason="the article's questions are not here")
def test_every_answer_in_the_article_stands_under_its_heading() -> None:
    found = document(ARTICLE.read_text(), "what-is-psychotherapy.txt")
    for line in QUESTIONS.read_text().splitlines():
        asked = json.loads(line)["metadata"]
        if asked["answerable"]:
            (section,) = [s for s in found.sections if asked["span"] in found.text[s.start : s.end]]
            assert section.headings[-1] == asked["heading"]
