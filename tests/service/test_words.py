"""In which language the search page speaks, and that it says what the box says."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import pytest

from service.words import ENGLISH, SPANISH, Words, words_for
from tests.conftest import ROOT

SAID_BY_BOTH = (
    "label",
    "search",
    "hint",
    "one_result",
    "closest_below",
    "related_below",
    "in_place",
    "empty",
    "too_long",
)


@pytest.mark.parametrize(
    ("named", "accepted", "language"),
    [
        (None, "", "en"),
        (None, "es", "es"),
        (None, "es-MX,es;q=0.9,en;q=0.8", "es"),
        (None, "en-US,en;q=0.9,es;q=0.8", "en"),
        (None, "en;q=0.5, es;q=0.7", "es"),
        (None, "de-DE,de;q=0.9,es;q=0.4", "es"),
        (None, "es;q=0,en", "en"),
        (None, "es;q=0", "en"),
        (None, "fr,*;q=0.1", "en"),
        (None, "es;q=much,;;,,", "en"),
        (None, "est", "en"),
        ("es", "en", "es"),
        ("es_MX", "en", "es"),
        ("EN", "es", "en"),
        ("fr", "es", "en"),
    ],
)
def test_what_is_named_counts_before_what_is_liked_best(
    named: str | None, accepted: str, language: str
) -> None:
    assert words_for(named, accepted).language == language


@pytest.mark.parametrize("words", [ENGLISH, SPANISH])
def test_the_page_says_what_the_box_says(words: Words) -> None:
    box = (ROOT / "service/web/source/words.js").read_text("utf-8")
    for name in SAID_BY_BOTH:
        assert json.dumps(getattr(words, name), ensure_ascii=False) in box, name


def test_each_language_takes_the_same_words_in() -> None:
    for field in fields(Words):
        said = [str(getattr(words, field.name)) for words in (ENGLISH, SPANISH)]
        assert len({len(re.findall("{}", text)) for text in said}) == 1, field.name


def test_days_are_read_as_they_are_written_there() -> None:
    assert ENGLISH.day("2026-10-12") == "12 October 2026"
    assert SPANISH.day("2026-10-12T09:00:00Z") == "12 de octubre de 2026"
    assert SPANISH.day("soon") == ENGLISH.day(None) == ""
