from __future__ import annotations

from collections.abc import Sequence

from index.context import assemble
from index.types import Excerpt, Result
from kb.types import Attribution

TEXT = "Fees are 80 pounds. They are due after each visit.\n\nCancelling\n\nTell us two days before."


def count(texts: Sequence[str]) -> list[int]:
    """A token a word, and two more, as models have them."""
    return [len(text.split()) + 2 for text in texts]


def result(
    rank: int,
    start: int,
    end: int,
    *,
    id: str = "fees",
    text: str = TEXT,
    score: float = 0.5,
    marks: tuple[tuple[int, int], ...] = (),
) -> Result:
    shown = Excerpt(text[start:end], start, end, marks)
    return Result(rank, score, id, f"p{rank}", shown, Attribution("Fees", id), ("Prices",), None, None)


def test_neighbours_are_joined_with_what_stands_between_them() -> None:
    found = assemble([result(1, 0, 19, score=0.9), result(2, 20, 50)], {"fees": TEXT}, count, 100)
    (block,) = found.blocks
    assert block.text == TEXT[0:50]
    assert block.best.score == 0.9
    assert found.text == f"[1] Fees › Prices\n{TEXT[0:50]}"
    assert found.tokens == len(found.text.split())


def test_a_document_is_in_reading_order_and_the_best_document_first() -> None:
    far = TEXT + " " * 200
    late = len(far)
    far += "Late words."
    results = [
        result(1, late, len(far), text=far, score=0.9),
        result(2, 0, 5, id="other", text="Other words", score=0.8),
        result(3, 0, 19, text=far),
    ]
    found = assemble(results, {"fees": far, "other": "Other words"}, count, 100)
    assert [(one.mark, one.best.document_id, one.start) for one in found.blocks] == [
        (1, "fees", 0),
        (2, "fees", late),
        (3, "other", 0),
    ]


def test_the_same_words_are_given_once() -> None:
    results = [result(1, 0, 19), result(2, 0, 19, id="copy"), result(3, 0, 8)]
    found = assemble(results, {"fees": TEXT, "copy": TEXT}, count, 100)
    assert [(one.best.document_id, one.text) for one in found.blocks] == [("fees", TEXT[0:19])]


def test_what_does_not_fit_is_passed_over_for_what_does() -> None:
    results = [result(1, 0, 19), result(2, 0, 50, id="long"), result(3, 20, 24, id="short")]
    texts = {"fees": TEXT, "long": TEXT, "short": TEXT}
    found = assemble(results, texts, count, 14)  # 4 of each head, 4 and 1 words
    assert [one.best.document_id for one in found.blocks] == ["fees", "short"]
    assert found.tokens == 13
    assert assemble(results, texts, count, 3).blocks == ()
    assert assemble(results, texts, count, 3).text == ""


def test_the_best_passage_is_cut_to_sentences_rather_than_passed_over_for_worse_ones() -> None:
    best = result(1, 0, len(TEXT), score=0.9, marks=((20, 50),))
    worse = result(2, 0, 5, id="other", text="Other words", score=0.1)
    texts = {"fees": TEXT, "other": "Other words"}
    found = assemble([best, worse], texts, count, 12)  # 4 of the head; 16 words, of which 6 answer
    (block,) = found.blocks
    assert (block.text, block.start, block.end) == ("They are due after each visit.", 20, 50)
    assert block.best.excerpt.text == TEXT[0 : len(TEXT)]
    assert found.tokens <= 12


def test_where_not_even_the_best_sentence_fits_nothing_worse_is_given_for_it() -> None:
    best = result(1, 0, len(TEXT), score=0.9, marks=((20, 50),))
    worse = result(2, 0, 5, id="other", text="Other words", score=0.1)
    found = assemble([best, worse], {"fees": TEXT, "other": "Other words"}, count, 9)
    assert (found.blocks, found.text, found.tokens) == ((), "", 0)


def test_a_text_that_has_changed_since_joins_nothing() -> None:
    found = assemble([result(1, 0, 19), result(2, 20, 50)], {"fees": "x" * 60}, count, 100)
    assert [one.text for one in found.blocks] == [TEXT[0:19], TEXT[20:50]]


def test_a_budget_holds_whatever_is_found() -> None:
    results = [result(n, n * 3, n * 3 + 20, id=f"d{n % 3}") for n in range(20)]
    for budget in range(1, 120, 7):
        assert assemble(results, {}, count, budget).tokens <= budget
