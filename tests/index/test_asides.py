"""Lists of sources come behind what a page itself says."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import asides
from index.ranking import set_back
from index.search import Searcher, searcher_of
from index.types import Hit, Mode, Query, Ranking
from kb.types import Attribution, Document, Section
from tests.small import ENCODER, filled


@pytest.mark.parametrize(
    "heading",
    [
        "Sources",
        "References",
        "SOURCES AND REFERENCES",
        "Bibliography",
        "Works cited",
        "Quellen",
        "Referencias",
    ],
)
def test_a_section_headed_so_lists_sources(heading: str) -> None:
    assert asides.lists_sources(heading)


@pytest.mark.parametrize(
    "heading",
    ["", "Sources of support", "Resources", "Referral sources for doctors", "Helpful links", "And the list"],
)
def test_a_section_headed_otherwise_says_something(heading: str) -> None:
    assert not asides.lists_sources(heading)


def test_what_lists_sources_is_behind_what_fits_a_little_less_well() -> None:
    ranking = Ranking.of([Hit(4, 0.8), Hit(1, 0.7), Hit(2, 0.5)])
    assert list(set_back(ranking, frozenset({4}))) == [Hit(1, 0.7), Hit(4, pytest.approx(0.6)), Hit(2, 0.5)]
    assert set_back(ranking, frozenset({9})) is ranking


def test_an_index_of_an_earlier_version_has_none(tmp_path: Path) -> None:
    assert asides.read(tmp_path) == frozenset()


def of_grief(folder: Path, said: str, sources: str) -> Searcher:
    """Of one page that says the one, and lists the other."""
    headings = (("What it is",), ("Sources",))
    whole = said + sources
    places = ((0, len(said)), (len(said), len(whole)))
    sections = tuple(Section(one, None, *place) for one, place in zip(headings, places, strict=True))
    page = Document("grief", "default", whole, sections, Attribution("Grief", "grief", language="en"))
    filled(folder, [page])
    return searcher_of(folder, ENCODER)


SAID = "Grief comes in waves, and each has its own time, with no order and no end that could be named.\n"


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_a_page_is_found_by_what_it_says_before_the_sources_that_it_names(tmp_path: Path, mode: Mode) -> None:
    sources = "Grief and sleep, a study of how one keeps the other from coming. Grief."
    (result,) = of_grief(tmp_path, SAID, sources).search(Query("grief", mode=mode)).results
    assert result.headings == ("What it is",)
    assert [one.headings for one in result.more] == [("Sources",)]


def test_of_a_page_that_its_sources_fit_best_what_it_says_is_shown_first(tmp_path: Path) -> None:
    sources = "Mourning and melancholia. Mourning among neighbours."
    query = Query("mourning and melancholia", mode="hybrid")
    (result,) = of_grief(tmp_path, SAID, sources).search(query).results
    assert result.headings == ("What it is",)
    assert [one.headings for one in result.more] == [("Sources",)]
