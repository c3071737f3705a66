"""What a question wants, and whether a sentence holds it."""

from __future__ import annotations

import pytest

from index.answers import wanted
from index.excerpt import WHOLE, excerpt
from index.lexical import analyse
from kb.sentences import sentences


def holds(question: str, sentence: str) -> bool:
    return any(one(sentence) for one in wanted(question))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("how much does it cost", "Individual session | 50 minutes | $150"),
        ("couples counselling price", "A session is 80 pounds."),
        ("fees", "Sessions are priced at R350."),
        ("was sind die kosten", "Eine Stunde kostet 120 €."),
        ("phone number", "(202) 555-0142, weekdays from 9 am to 5 pm."),
        ("how can i call you", "Ring 020 7946 0018 at any time."),
        ("what is your e-mail", "Write to hello@clinic.example."),
        ("when are you open", "Friday | 8 am – 5 pm"),
        ("opening hours", "Von 9:30 bis 17 Uhr"),
        ("how long does it take", "Many need between 12 and 20 sessions."),
        ("how often do i come", "Most people come every other week."),
    ],
)
def test_a_sentence_of_the_form_that_is_asked_for_holds_it(question: str, sentence: str) -> None:
    assert holds(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("how much does it cost", "It costs the same online."),
        ("phone number", "Dial 711 and ask for our number."),
        ("phone number", "Changed on 2026-11-27, in room 12 of 14."),
        ("when are you open", "We are open to all questions."),
        ("how long does it take", "It depends on what you come for."),
        ("do you charge for a first call", "A session is $150."),  # which is answered by yes or no
        ("what if i can't afford the price", "A session is $150."),
        ("can't sleep", "Sleep 8 hours, from 10 pm, for $5: 020 7946 0018."),
    ],
)
def test_other_sentences_and_other_questions_do_not(question: str, sentence: str) -> None:
    assert not holds(question, sentence)


def test_the_sentence_that_holds_it_is_marked_though_it_has_none_of_the_questions_words() -> None:
    text = "Online sessions cost the same as others. An hour is $150."
    shown = excerpt(
        text,
        sentences(text),
        0,
        {"cost": 2.0, "session": 1.0},
        analyse,
        WHOLE,
        wanted("how much is a session"),
    )
    marked = [text[start:end] for start, end in shown.marks]
    assert max(marked, key=len) == "An hour is $150."
