"""Misspelled questions: what is offered instead, and what is found."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator

import pytest

from index.lexical import LexicalIndex, analyse
from index.search import Searcher
from index.types import Query
from index.words import FUNCTION_WORDS
from service.knowledge import open_knowledge
from service.settings import settings
from tests.conftest import ROOT, run_kb

CLINIC = ROOT / "examples" / "clinic"
FIRST = 5


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    """The example clinic, ingested by the real command."""
    home = tmp_path_factory.mktemp("example") / "clinic"
    shutil.copytree(CLINIC, home, ignore=shutil.ignore_patterns(".kb"))
    done = run_kb("ingest", home=home)
    assert done.returncode == 0, done.stderr
    return open_knowledge(settings(home)).searcher()


def judged() -> Iterator[tuple[str, set[str]]]:
    pages: dict[str, set[str]] = {}
    for line in (CLINIC / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, page, _ = line.split("\t")
        pages.setdefault(question, set()).add(page)
    for line in (CLINIC / "queries.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["_id"] in pages:
            yield record["text"], pages[record["_id"]]


def slipped(word: str, edits: int, rng: random.Random) -> str:
    """The word with a letter left out, doubled, replaced or swapped, never the first or the last."""
    for _ in range(edits):
        n = rng.randrange(1, len(word) - 1)
        word = rng.choice(
            [
                word[:n] + word[n + 1 :],
                word[:n] + word[n] + word[n:],
                word[:n] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[n + 1 :],
                word[:n] + word[n + 1] + word[n] + word[n + 2 :],
            ]
        )
    return word


def misspelled(text: str, edits: int, rng: random.Random, lexical: LexicalIndex) -> str | None:
    """The question with its rarest word that the pages have misspelled; two edits for long words alone."""
    rare: list[tuple[float, str]] = []
    for word in re.findall(r"[A-Za-z]{5,}", text):
        plain, stem = analyse(word, stem=False)[0], analyse(word)[0]
        if stem not in FUNCTION_WORDS and lexical.frequency(plain, stem):
            rare.append((lexical.rarity(plain, stem), word))
    if not rare:
        return None
    word = max(rare)[1]
    typed = slipped(word, edits if len(word) >= 7 else 1, rng)
    return None if typed == word else text.replace(word, typed, 1)


def is_found(searcher: Searcher, text: str, pages: set[str]) -> bool:
    return any(result.document_id in pages for result in searcher.search(Query(text, FIRST)).results)


@pytest.mark.parametrize("edits", [1, 2])
def test_misspelled_questions_find_the_right_page_nine_times_in_ten_as_often(
    clinic: Searcher, edits: int
) -> None:
    rng = random.Random(edits)
    lexical = clinic.generation.collections["default"].lexical
    right = wrong = 0
    for text, pages in judged():
        typed = misspelled(text, edits, rng, lexical)
        if typed is not None:
            right += is_found(clinic, text, pages)
            wrong += is_found(clinic, typed, pages)
    assert right >= 70
    assert wrong >= 0.9 * right  # .97 to .99


def test_nothing_is_suggested_where_the_spelling_is_right(clinic: Searcher) -> None:
    suggested = [text for text, _ in judged() if clinic.search(Query(text, 1)).suggestion]
    assert len(suggested) <= 1, suggested  # none; one in Spanish is unanswerable, and not asked here


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("how to deal with anxeity", "how to deal with anxiety"),
        ("Anxeity, and DEPRESION?", "Anxiety, and DEPRESSION?"),
        ("will you tell my parants", "will you tell my parents"),
        ("how to deal with anxiety", None),
        ("can I bring my goat", None),  # a word, though none that the pages have
        ("how do I reset my router", None),  # the pages say "route"
        ("how do I bake sourdough bread", None),  # "baking" is a word; the pages say "take"
        ("tapering off antidepressants", None),  # of the bridge; the pages say "tapping"
        ("I cant afford it, and they arent sure", None),
        ("what do you know about XQZRT-17", None),
        ("¿?", None),
    ],
)
def test_what_is_suggested_keeps_all_else_as_it_was_typed(
    clinic: Searcher, typed: str, suggestion: str | None
) -> None:
    for mode in ("hybrid", "dense", "lexical"):
        assert clinic.search(Query(typed, 1, mode=mode)).suggestion == suggestion  # type: ignore[arg-type]


def test_a_misspelled_question_is_read_as_it_is_spelled(clinic: Searcher) -> None:
    typed, right = clinic.search(Query("trouble with anxeity")), clinic.search(Query("trouble with anxiety"))
    assert [one.passage_id for one in typed.results] == [one.passage_id for one in right.results]
    assert [one.score for one in typed.results] == [one.score for one in right.results]
