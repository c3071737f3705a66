"""Acronyms that the documents explain, and questions that use either form."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from index import acronyms
from index.acronyms import Acronym, Acronyms, find
from index.bridge import Bridge
from index.fusion import WEIGHTS
from index.generation import current, open_current
from index.question import understand
from index.types import Filters
from tests.small import document, filled


def pairs(*texts: str) -> list[tuple[str, str]]:
    return [(one.short, one.long) for one in find(texts)]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We offer cognitive behavioural therapy (CBT) to adults.", "cbt", "cognitive behavioural therapy"),
        ("EMDR (eye movement desensitisation and reprocessing) helps.", "emdr",
         "eye movement desensitisation and reprocessing"),
        ("Acceptance and Commitment Therapy (ACT) is newer.", "act", "acceptance and commitment therapy"),
        ("People with obsessive-compulsive disorder (OCD) wash.", "ocd", "obsessive compulsive disorder"),
        ("Ask about selective serotonin reuptake inhibitors (SSRIs).", "ssri",
         "selective serotonin reuptake inhibitors"),
        ("The on the job training (OJT) lasts a year.", "ojt", "on the job training"),
        ("A general practitioner (GP, your family doctor) can refer you.", "gp", "general practitioner"),
        ("the body mass index ( BMI ) is", "bmi", "body mass index"),
        ("Attention deficit hyperactivity disorder (“ADHD”) in adults", "adhd",
         "attention deficit hyperactivity disorder"),
    ],
)  # fmt: skip
def test_an_acronym_is_learnt_where_it_is_explained(text: str, short: str, long: str) -> None:
    assert pairs(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "Call us (202) 555-0142.",
        "A session (50 minutes) costs $140.",
        "See the fees (below) and ask (we answer).",
        "Our therapists (see Team) are licensed.",
        "Photograph: Reuters (RTR)",
        "We treat anxiety (CBT).",
        "Therapy (T) helps.",
        "(CBT) (CBT) ((CBT",
        "kilogram (kg)",
        "",
    ],
)
def test_what_explains_no_acronym_teaches_none(text: str) -> None:
    assert pairs(text) == []


def test_a_word_that_is_oftener_a_word_is_an_acronym_in_capitals_alone() -> None:
    held = Acronyms(
        find(["Acceptance and commitment therapy (ACT) helps. We act on what you say, and act soon.",
              "Post-traumatic stress disorder (PTSD). PTSD is common; some write ptsd."])
    )  # fmt: skip
    assert [one.terms for one in held.expansions(["is", "ACT", "for", "me"])] == [
        ("acceptance and commitment therapy",)
    ]
    assert held.expansions(["how", "do", "you", "act"]) == []
    assert [one.terms for one in held.expansions(["ptsd"])] == [("post traumatic stress disorder",)]


def test_the_long_form_leads_to_the_short_in_other_inflections_too() -> None:
    held = Acronyms([Acronym("cbt", "cognitive behavioural therapy", False)])
    (one,) = held.expansions("do cognitive behavioural therapies work".split())
    assert (one.terms, one.start, one.end, one.same) == (("cbt",), 1, 4, True)
    (plural,) = held.expansions(["CBTs"])
    assert plural.terms == ("cognitive behavioural therapy",)


def test_the_same_texts_give_the_same_bytes_in_any_order_and_no_more_than_is_useful(tmp_path: Path) -> None:
    words = "alpha bravo charlie delta echo foxtrot golf hotel india".split()
    rng = random.Random(0)
    texts = []
    for _ in range(3_000):
        three = [rng.choice(words) + rng.choice("abcdefg") for _ in range(4)]
        texts.append(f"It is {' '.join(three)} ({''.join(word[0] for word in three).upper()}).")
    for folder, order in (("a", texts), ("b", texts[::-1])):
        (tmp_path / folder).mkdir()
        acronyms.write(order, tmp_path / folder)
    first = (tmp_path / "a" / acronyms.FILE_NAME).read_bytes()
    assert first == (tmp_path / "b" / acronyms.FILE_NAME).read_bytes()
    assert len(find(texts)) <= 1_000
    assert len(first) < 100_000


def test_a_question_with_either_form_finds_the_page_with_the_other(tmp_path: Path) -> None:
    filled(
        tmp_path,
        [
            document("what", "Cognitive behavioural therapy (CBT) looks at thoughts and habits."),
            document("cbt", "Our CBT groups meet on Mondays."),
            document("long", "Cognitive behavioural therapy is offered online."),
            document("other", "Sleep comes when worry is written down."),
        ],
    )
    held = open_current(tmp_path).collections["default"]

    def found(text: str) -> set[str]:
        asked = understand(text, held.lexical, Bridge([]), 32, None, held.acronyms)
        hits = held.lexical.retrieve(asked, 10, Filters(), WEIGHTS)
        return {held.document_ids[int(held.document_of[hit.position])] for hit in hits}

    assert found("cbt") == found("CBT") == {"what", "cbt", "long"}
    assert found("cognitive behavioural therapy") == {"what", "cbt", "long"}
    (group,) = understand("cbt", held.lexical, Bridge([]), 32, None, held.acronyms).groups
    assert [one.worth for one in group.alternatives] == [0.5]
    name, _ = current(tmp_path)
    assert (tmp_path / "generations" / name / "0" / acronyms.FILE_NAME).is_file()
    assert f"0/{acronyms.FILE_NAME}" in open_current(tmp_path).manifest.files


def test_a_very_long_line_of_parentheses_is_read_in_good_time() -> None:
    assert pairs("word (" * 50_000) == []
    assert pairs("(A" * 100_000 + ")") == []
