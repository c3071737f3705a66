"""Excerpts: exact, marked where they answer, whole sentences."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.characters import parts_a_character
from index.excerpt import excerpt
from index.lexical import analyse
from index.types import Excerpt
from kb.sentences import sentences

FEES = (
    "Every fee is paid after the visit. A first session costs 140 dollars and takes an hour. "
    "You can pay by card, or ask us for an invoice. Is there a lower fee?"
)
LIST = "Bring with you:\n- your insurance card\n- a list of your medicines\n- nothing else, but questions"
TABLE = "Visit | Length | Fee\nFirst session | 75 minutes | $190\nCouples | 80 minutes | $220"


def shown(text: str, question: str, length: int = 1200, start: int = 0) -> Excerpt:
    return excerpt(text, sentences(text), start, weights(question), analyse, length)


def weights(question: str) -> Mapping[str, float]:
    return dict.fromkeys(analyse(question), 1.0)


def marked(one: Excerpt) -> list[str]:
    return [one.text[start:end] for start, end in one.marks]


def best(one: Excerpt) -> str:
    return max(marked(one), key=len)


# -- what is marked


def test_the_sentence_that_answers_is_marked_and_the_matched_words_elsewhere() -> None:
    assert marked(shown(FEES, "first session cost fee")) == [
        "fee",
        "A first session costs 140 dollars and takes an hour.",
        "fee",
    ]


def test_a_question_on_the_page_seldom_answers_one() -> None:
    text = "What is it that a session will cost you? Together a session and its report cost 140 dollars."
    assert best(shown(text, "what does a session cost")) == text[41:]


def test_of_two_sentences_with_the_same_words_the_one_with_fewer_others_says_it_more_plainly() -> None:
    text = (
        f"There is{', as with much else that we do here' * 8}, a fee for it. There is a fee for couples here."
    )
    assert best(shown(text, "fee")) == "There is a fee for couples here."


def test_a_sentence_of_next_to_no_words_says_little() -> None:
    text = "See our fees. Fees for a first session are 140 dollars."
    assert best(shown(text, "fees")) == "Fees for a first session are 140 dollars."


def test_of_equals_the_first_is_marked() -> None:
    assert shown("A fee is due. A fee is due.", "fee").marks[0] == (0, 13)


def test_a_word_said_again_and_again_counts_once() -> None:
    text = "Fees, fees, fees and more fees. The fees for couples are here."
    assert best(shown(text, "fees for couples")) == "The fees for couples are here."


def test_a_rarer_word_decides() -> None:
    text = "We speak about a session. We speak about hypnosis."
    one = excerpt(text, sentences(text), 0, {"session": 1.0, "hypnosi": 5.0}, analyse, 1200)
    assert best(one) == "We speak about hypnosis."


@pytest.mark.parametrize("question", ["grief", ""])
def test_of_what_was_found_by_meaning_alone_the_first_sentence_is_marked(question: str) -> None:
    one = shown(FEES, question, start=7)
    assert one == Excerpt(FEES, 7, 7 + len(FEES), ((0, 34),))


def test_an_item_of_a_list_is_marked_without_its_dash() -> None:
    one = shown(LIST, "list of medicines")
    assert (one.text, best(one)) == (LIST, "a list of your medicines")


def test_a_row_of_a_table_is_marked_as_one() -> None:
    one = shown(TABLE, "how much for couples")
    assert (one.text, best(one)) == (TABLE, "Couples | 80 minutes | $220")


def test_an_item_that_is_a_dash_alone_is_no_trouble() -> None:
    assert shown("-\n- fees\n*", "fees").marks == ((4, 8),)


def test_offsets_count_from_the_documents_beginning() -> None:
    one = shown(FEES, "invoice", start=1000)
    assert (one.start, one.end) == (1000, 1000 + len(FEES))


# -- long passages


def test_a_passage_that_fits_is_shown_whole_with_its_white_space_inside() -> None:
    text = "One fee.\n\n  Two fees.\tThree."
    assert shown(text, "fee").text == text


LONG = " ".join(f"Sentence number {n} is about nothing much at all." for n in range(40))


def test_of_a_long_passage_the_best_sentence_and_what_follows_are_shown() -> None:
    text = LONG.replace("number 25 is about nothing much", "number 25 is about the sliding scale")
    one = shown(text, "sliding scale", 300)
    assert one.text.startswith("Sentence number 25 is about the sliding scale")
    assert one.text.endswith(".")
    assert 200 < len(one.text) <= 300
    assert text[one.start : one.end] == one.text


def test_at_the_end_what_leads_up_to_the_best_sentence_is_shown() -> None:
    text = f"{LONG} The sliding scale comes last."
    one = shown(text, "sliding scale", 300)
    assert one.text.endswith("The sliding scale comes last.")
    assert one.text.startswith("Sentence number ")
    assert len(one.text) > 200


def test_a_window_begins_and_ends_with_sentences() -> None:
    borders = sentences(LONG)
    starts, ends = {start for start, _ in borders}, {end for _, end in borders}
    for number in range(0, 40, 3):
        one = excerpt(LONG, sentences(LONG), 0, {str(number): 1.0}, analyse, 200)
        assert one.start in starts
        assert one.end in ends


def test_a_sentence_longer_than_the_window_is_shown_whole() -> None:
    text = f"Short. {'A long sentence about fees goes on and on, ' * 20}and ends. Short."
    one = shown(text, "fees", 100)
    assert one.text == text[7:-7]


def test_words_outside_the_window_are_not_marked() -> None:
    text = f"A fee. {LONG} A fee and a sliding scale. {LONG}"
    one = shown(text, "sliding scale fee", 200)
    assert marked(one) == ["A fee and a sliding scale."]


# -- a heading with its text, a list that can be read

PAGE = """Paying for sessions
Sessions are paid for after each visit, by card or by bank transfer. We send a receipt for your insurer.

What if I cancel?
If you cancel less than 24 hours before, half of the fee is due. Illness is no reason to worry.

Bring with you:
- your insurance card
- a list of your medicines
- the letter of your doctor, if you have one

Getting here
The bus stops in front of the door every ten minutes, and there are four spaces behind the house."""


@pytest.mark.parametrize(
    ("question", "length", "text"),
    [
        ("bus stops", 120, PAGE[PAGE.index("Getting") :]),
        ("illness", 40, "Illness is no reason to worry."),
        ("cancel fee half", 85, PAGE[PAGE.index("What if") : PAGE.index(" Illness")]),
        ("what if I cancel", 85, PAGE[PAGE.index("What if") : PAGE.index(" Illness")]),
        ("list of medicines", 80, PAGE[PAGE.index("Bring") : PAGE.index("\n- the letter")]),
        ("letter of the doctor", 120, PAGE[PAGE.index("Bring") : PAGE.index("\n\nGetting")]),
        (
            "letter of the doctor",
            80,
            "- a list of your medicines\n- the letter of your doctor, if you have one",
        ),
        ("bring", 45, "Bring with you:\n- your insurance card"),
    ],
)
def test_a_heading_is_not_cut_off_from_its_text_nor_a_list_from_what_opens_it(
    question: str, length: int, text: str
) -> None:
    assert shown(PAGE, question, length).text == text


def test_a_row_of_a_table_is_shown_with_the_head_of_the_table_where_it_fits() -> None:
    rows = "\n".join(f"Service {n} | {n} minutes | ${n}" for n in range(20, 40))
    one = shown(f"Service | Length | Fee\n{rows}", "service 23", 150)
    assert one.text.startswith("Service | Length | Fee\n")
    assert "Service 23 |" in best(one)


LINES = st.lists(
    st.sampled_from(
        ["Fees", "What does it cost?", "Bring with you:", "- your card", "- a pen and paper", "1. Call us",
         "A session costs 80 dollars.", "You may pay by card. Or in cash.", "Couples | 80 minutes | $220",
         "A long sentence on fees goes on, and on, and on, and says little more than that it does.", ""]
    ),
    min_size=1,
    max_size=25,
).map("\n".join)  # fmt: skip


@given(LINES, st.sampled_from(["fees cost", "card", "session", "pen", "call"]), st.integers(80, 320))
def test_an_excerpt_is_whole_sentences_and_cuts_off_no_heading(text: str, question: str, length: int) -> None:
    one = shown(text, question, length)
    borders = sentences(text) or [(0, len(text))]
    starts, ends = [start for start, _ in borders], [end for _, end in borders]
    assert one.start in (0, *starts)
    assert one.end in (len(text), *ends)
    openers = ("Fees", "What does it cost?", "Bring with you:")
    if len(text) > length:
        shown_lines = one.text.rstrip().splitlines()
        rest = text[one.end :].strip()
        assert not rest or shown_lines[-1] not in openers
        before = text[: one.start].rstrip().splitlines()
        assert not before or before[-1] not in openers
        content = [line for line in shown_lines if line and line not in openers]
        assert len(one.text) <= length or len(content) <= 1
    holds(text, question, length)


# -- exact, whatever is written

UNICODE = st.text(st.characters(codec="utf-8"), max_size=300)
MIXED = st.lists(
    st.sampled_from(
        [
            "fees", "Fees", "re\u0301sume\u0301", "résumé", "हिन्दी", "नमस्ते", "👩‍👩‍👧", "👍🏽", "🇩🇪🇫🇷",
            "1\ufe0f\u20e3", "*\ufe0f\u20e3", "❤\ufe0f", "悲しみ。", "が\u3099。\u3099", "한국어", "ความเศร้า",
            "שָׁלוֹם", "a\u0301.", ".\u0301", "don't", "-", "•", "|", " | ", ". ", "! ", "? ", "e.g. ",
            "\n", "\n- ", "\n\n", " ", "\u00a0", "\u200b", "\u200d",
        ]
    ),
    max_size=60,
).map("".join)  # fmt: skip


def parts_a_flag(text: str, at: int) -> bool:
    """Or two flags that stand together, which nothing here parts either."""
    return 0 < at < len(text) and all("\U0001f1e6" <= one <= "\U0001f1ff" for one in text[at - 1 : at + 1])


def holds(text: str, question: str, length: int) -> None:
    one = shown(text, question, length, start=17)
    assert text[one.start - 17 : one.end - 17] == one.text
    assert all(0 <= start < end <= len(one.text) for start, end in one.marks)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(one.marks))
    for border in itertools.chain(
        (one.start - 17, one.end - 17),
        *((one.start - 17 + start, one.start - 17 + end) for start, end in one.marks),
    ):
        assert not parts_a_character(text, border)
        assert not parts_a_flag(text, border)
        assert border in (0, len(text)) or unicodedata.category(text[border])[0] != "M"


@given(UNICODE, st.integers(1, 400))
def test_any_text_gives_an_exact_slice_with_marks_in_order(text: str, length: int) -> None:
    holds(text, text[:80], length)


@given(
    MIXED,
    st.sampled_from(["fees", "resume re sume", "हिन्दी नमस्ते", "悲しみ が 한국어", "a 1 don't"]),
    st.integers(1, 400),
)
def test_marks_never_part_what_is_read_as_one_character(text: str, question: str, length: int) -> None:
    holds(text, question, length)


@given(MIXED)
def test_a_text_asked_with_its_own_words_has_its_marks_inside(text: str) -> None:
    holds(text, text, 1200)


@pytest.mark.parametrize("text", ["", " ", "\n \n"])
def test_what_says_nothing_has_no_mark(text: str) -> None:
    assert shown(text, "fees") == Excerpt(text, 0, len(text), ())


@pytest.mark.parametrize("text", ["-", "🙂", "\u0301", "\u200d"])
def test_a_single_character_is_shown_as_it_is(text: str) -> None:
    assert shown(text, "fees") == Excerpt(text, 0, 1, ((0, 1),))


@pytest.mark.parametrize(
    ("text", "question", "mark"),
    [
        (
            "The cafe\u0301 is here, cafe\u0301s are there. Nothing. Nobody!",
            "cafe",
            "The cafe\u0301 is here, cafe\u0301s are there.",
        ),
        ("Fees 👍🏽.\nFee 👩‍👩‍👧", "fees", "Fees 👍🏽."),
        ("- *\ufe0f\u20e3 fees", "fees", "*\ufe0f\u20e3 fees"),
    ],
)
def test_accents_emoji_and_keycaps_stay_whole(text: str, question: str, mark: str) -> None:
    assert best(shown(text, question)) == mark


def test_a_word_by_itself_is_marked_with_the_sentence_that_it_opens() -> None:
    one = shown("Bring an ID. Yes. Fees are due at the visit.", "fees", 320)
    assert one.text[slice(*max(one.marks, key=lambda mark: mark[1] - mark[0]))] == (
        "Yes. Fees are due at the visit."
    )


def test_a_word_in_two_forms_counts_once() -> None:
    one = shown("A fee is one of the fees we ask. Fees are due at each visit.", "fees visit", 320)
    assert one.text[slice(*max(one.marks, key=lambda mark: mark[1] - mark[0]))] == (
        "Fees are due at each visit."
    )
