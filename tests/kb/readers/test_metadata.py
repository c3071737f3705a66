"""What a page says about itself, and which of its names is its title."""

from __future__ import annotations

import json

import pytest

from kb.limits import Limits
from kb.readers.html import read
from kb.readers.metadata import without_site
from kb.types import Document


def page(head: str = "", content: str = "", name: str = "site/x.html", lang: str = "en") -> Document:
    content = content or "<p>Sessions last fifty minutes and cost seventy pounds.</p>"
    html = f'<html lang="{lang}"><head>{head}</head><body><main>{content}</main></body></html>'
    (document,) = read(html.encode(), name, Limits())
    assert isinstance(document, Document)
    return document


def json_ld(**said: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


# Titles


@pytest.mark.parametrize(
    ("title", "site", "own"),
    [
        ("Fees | Example Clinic", "Example Clinic", "Fees"),
        ("Example Clinic | Fees", "Example Clinic", "Fees"),
        ("Fees - Example Clinic", None, "Fees"),
        ("Home | Example Clinic", None, "Example Clinic"),
        ("Fees &mdash; Example", None, "Fees &mdash; Example"),
        ("Self-harm: where to turn", None, "Self-harm: where to turn"),
        ("Anxiety » Example Clinic", "Example Clinic", "Anxiety"),
        ("Example Clinic", "Example Clinic", "Example Clinic"),
    ],
)
def test_a_title_loses_the_sites_name(title: str, site: str | None, own: str) -> None:
    assert without_site(title, site) == own


def test_the_first_heading_is_the_title_where_the_title_bears_it_out() -> None:
    document = page(
        "<title>Fees and insurance | Example Clinic</title>", "<h1>Fees &amp; Insurance</h1><p>Seventy.</p>"
    )
    assert document.attribution.title == "Fees & Insurance"


def test_a_slogan_gives_way_to_a_title_that_the_page_bears_out() -> None:
    document = page(
        "<title>Anxiety therapy | Example Clinic</title>",
        "<h1>You don't have to do this alone</h1><h2>Anxiety therapy that fits you</h2><p>Weekly.</p>",
    )
    assert document.attribution.title == "Anxiety therapy"


def test_a_title_that_is_a_templates_left_over_gives_way_to_the_heading() -> None:
    document = page("<title>Topic Listing Contact Page</title>", "<h2>Pricing</h2><p>Seventy pounds.</p>")
    assert document.attribution.title == "Pricing"


def test_the_pages_address_decides_between_two_titles() -> None:
    document = page(
        "<title>About Example Okafor</title>",
        "<h1>Learn more about me</h1><p>My name is Example Okafor.</p>",
        "site/about/index.html",
    )
    assert document.attribution.title == "About Example Okafor"


def test_a_page_without_any_title_is_called_after_its_file() -> None:
    assert page(name="site/first-visit.html").attribution.title == "First visit"


# Attribution


def test_json_ld_comes_before_open_graph_and_that_before_meta_tags() -> None:
    document = page(
        json_ld(
            **{
                "@type": "Article",
                "headline": "X",
                "datePublished": "2024-01-01",
                "author": {"name": "A. Example"},
            }
        )
        + '<meta property="article:published_time" content="2023-01-01">'
        '<meta property="article:modified_time" content="2024-02-02T10:00:00Z">'
        '<meta name="author" content="B. Example"><meta name="date" content="2022-01-01">'
    )
    assert document.attribution.published == "2024-01-01"
    assert document.attribution.modified == "2024-02-02T10:00:00Z"
    assert document.attribution.author == "A. Example"


def test_people_are_found_by_their_id_and_several_are_all_named() -> None:
    graph = [
        {"@type": "WebPage", "name": "X", "dateModified": "2024-05-05"},
        {
            "@type": "BlogPosting",
            "author": [{"@id": "#1"}, {"@type": "Person", "name": "Dr. B. Example, ND"}],
        },
        {"@type": "Person", "@id": "#1", "name": "A. Example"},
    ]
    attribution = page(json_ld(**{"@graph": graph})).attribution
    assert attribution.author == "A. Example, Dr. B. Example, ND"
    assert attribution.modified == "2024-05-05"


@pytest.mark.parametrize("name", ["admin", "webmaster", "https://social.example/u", "info@clinic.example"])
def test_an_account_is_no_author(name: str) -> None:
    assert page(f'<meta name="author" content="{name}">').attribution.author is None


def test_a_byline_in_the_text_names_the_author() -> None:
    document = page(
        "",
        '<h1>Sleep</h1><p class="byline">By A. Example, PhD</p><p>Sleep is a habit, and can be learned.</p>',
    )
    assert document.attribution.author == "A. Example, PhD"


def test_a_relative_canonical_address_is_made_whole_by_open_graph() -> None:
    document = page(
        '<link rel="canonical" href="/fees/"><meta property="og:url" content="https://clinic.example/fees">'
    )
    assert document.attribution.url == "https://clinic.example/fees/"


def test_a_relative_canonical_address_without_a_base_is_kept_as_metadata() -> None:
    document = page('<link rel="canonical" href="/fees/">')
    assert document.attribution.url is None
    assert document.metadata["canonical"] == "/fees/"


@pytest.mark.parametrize("href", ["javascript:alert(1)", "http://[broken", "data:text/html,x"])
def test_an_address_that_is_none_is_not_linked_to(href: str) -> None:
    assert page(f'<link rel="canonical" href="{href}">').attribution.url is None


def test_the_language_is_that_of_the_page_else_of_open_graph() -> None:
    assert page(lang="de-CH").attribution.language == "de-ch"
    assert page('<meta property="og:locale" content="es_MX">', lang="").attribution.language == "es-mx"


def test_the_licence_is_the_one_that_is_linked() -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    assert page(f'<link rel="license" href="{licence}">').attribution.licence == licence


def test_tags_are_said_once() -> None:
    document = page(
        '<meta name="keywords" content="Sleep, rest, sleep"><meta property="article:tag" content="Rest">'
    )
    assert document.tags == ("Rest", "Sleep")


@pytest.mark.parametrize(
    "script",
    ["{broken", "[" * 5_000, '{"@graph": null}', '"text"', '{"@type": 5, "author": 7, "datePublished": []}'],
)
def test_json_ld_that_is_broken_is_passed_over(script: str) -> None:
    document = page(f'<script type="application/ld+json">{script}</script><title>Fees</title>')
    assert document.attribution.title == "Fees"
