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
