from __future__ import annotations

import pytest

from index.links import link

URL = "https://clinic.example/fees.html"


def test_a_short_sentence_is_named_whole_at_its_section() -> None:
    assert (
        link(URL, "single", None, "It costs 80 pounds.") == f"{URL}#single:~:text=It%20costs%2080%20pounds."
    )


def test_a_long_sentence_is_named_by_its_first_and_last_words() -> None:
    words = "You can ask for the sliding scale at any time before your next session."
    assert (
        link(URL, None, None, words) == f"{URL}#:~:text=You%20can%20ask%20for,before%20your%20next%20session."
    )


def test_a_dash_and_a_comma_are_encoded_because_they_mean_something_in_a_fragment() -> None:
    assert link(URL, None, None, "Low-cost, yes") == f"{URL}#:~:text=Low%2Dcost%2C%20yes"


def test_a_list_item_is_named_without_its_marker() -> None:
    assert link(URL, None, None, "- Ring us") == f"{URL}#:~:text=Ring%20us"
    assert link(URL, None, None, "2. Ring us") == f"{URL}#:~:text=Ring%20us"


def test_a_table_row_is_named_from_its_first_cell_to_its_last() -> None:
    assert link(URL, None, None, "Couples | 80 minutes | $220") == f"{URL}#:~:text=Couples,%24220"


def test_a_pdf_is_opened_at_the_page() -> None:
    assert (
        link("https://clinic.example/a.pdf", None, 3, "Some words") == "https://clinic.example/a.pdf#page=3"
    )


@pytest.mark.parametrize("url", [None, ""])
def test_a_document_without_an_address_has_no_link(url: str | None) -> None:
    assert link(url, "fees", 2, "words") is None


def test_a_fragment_that_the_address_already_had_is_replaced() -> None:
    assert link(f"{URL}#old", "new", None, "Hello you") == f"{URL}#new:~:text=Hello%20you"


BEFORE = """How to pay
You can ask for the sliding scale when you book. It costs 80 pounds. Ring us.
Appointment | Length | Fee
"""


def test_a_beginning_that_stands_earlier_on_the_page_is_named_by_more_words() -> None:
    words = "You can ask for the sliding scale at any time, even years after your first session with us."
    assert link(URL, None, None, words, BEFORE) == (
        f"{URL}#:~:text=You%20can%20ask%20for%20the%20sliding%20scale%20at,first%20session%20with%20us."
    )


def test_a_sentence_that_stands_earlier_on_the_page_is_named_with_the_words_before_it() -> None:
    before = f"{BEFORE}Bring your card with you. "
    assert link(URL, None, None, "It costs 80 pounds.", before) == (
        f"{URL}#:~:text=your%20card%20with%20you.-,It%20costs%2080%20pounds."
    )


def test_whatever_the_case_and_the_white_space_it_is_the_same_earlier() -> None:
    before = "IT COSTS\n80 pounds. You pay by card. "
    assert link(URL, None, None, "It costs 80 pounds.", before) == (
        f"{URL}#:~:text=You%20pay%20by%20card.-,It%20costs%2080%20pounds."
    )


def test_one_or_two_words_may_be_in_a_menu_and_are_named_with_those_before() -> None:
    assert (
        link(URL, None, None, "Couples | 80 minutes | $220", BEFORE) == f"{URL}#:~:text=Fee-,Couples,%24220"
    )


def test_a_term_and_its_definition_may_be_blocks_of_their_own() -> None:
    words = "- The state licensing board: It can look into what its members do, and it answers."
    assert link(URL, None, None, words) == (
        f"{URL}#:~:text=The%20state%20licensing%20board,do%2C%20and%20it%20answers."
    )


def test_a_definition_is_named_alone_where_its_term_stands_earlier() -> None:
    words = "Fees: What a session costs."
    assert link(URL, None, None, words, "Our fees. ") == f"{URL}#:~:text=What%20a%20session%20costs."


@pytest.mark.parametrize("marker", ["- ", "• ", "\n- "])
def test_an_items_own_marker_is_not_named_as_words_before_it(marker: str) -> None:
    before = f"It costs 80 pounds. What you can do:\n{marker}"
    assert link(URL, None, None, "It costs 80 pounds.", before) == (
        f"{URL}#:~:text=What%20you%20can%20do%3A-,It%20costs%2080%20pounds."
    )


@pytest.mark.parametrize(
    "before", ["WE LISTEN TO “YOU” first – and then…", "we  listen\nto “you” first – and then…"]
)
def test_where_typographic_signs_stand_earlier_it_is_seen_all_the_same(before: str) -> None:
    assert link(URL, None, None, "We listen to “you” first.", before) == (
        f"{URL}#:~:text=We%20listen%20to%20%E2%80%9Cyou%E2%80%9D%20first."
    )
    assert "-,We%20listen" in str(link(URL, None, None, "We listen to “you” first", before))
