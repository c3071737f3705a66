from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder import OnnxEncoder
from index.fusion import WEIGHTS, evidence, familiarity, fuse, shares
from index.readings import plain_tokens


def test_the_score_is_the_cosine_and_the_weighted_lexical_evidence() -> None:
    """A cosine of .52, two thirds of the strength, all of the words, none of them in a heading."""
    lexical = 0.3 * 2 / 3 + 0.3 * 1 + 0.2 * 0
    assert fuse(0.52, lexical) == pytest.approx(0.52 + 0.2 + 0.3)


def test_what_fits_as_well_as_can_be_has_a_score_of_1_8() -> None:
    most = WEIGHTS.strength + WEIGHTS.coverage + WEIGHTS.headings
    assert fuse(1.0, most) == pytest.approx(1.8)


def test_what_has_nothing_to_do_with_a_question_has_a_score_of_0() -> None:
    assert fuse(0.0, 0.0) == 0


def test_found_by_both_is_above_found_as_well_by_one() -> None:
    assert fuse(0.6, 0.4) > max(fuse(0.6, 0.0), fuse(0.0, 0.4))


def test_meaning_and_words_can_make_up_for_one_another() -> None:
    assert fuse(0.6, 0.1) == pytest.approx(fuse(0.4, 0.3))


def known(encoder: OnnxEncoder, text: str) -> float:
    words = plain_tokens(text)
    tokens, nothing = encoder.count_tokens([" ".join(words), ""])
    return familiarity(tokens - nothing, len(words))


@pytest.mark.parametrize("text", ["Can't I sleep before exams?", "how much is a session", "grief"])
def test_a_model_is_taken_at_its_word_about_words_that_it_knows(encoder: OnnxEncoder, text: str) -> None:
    assert known(encoder, text) == 1


@pytest.mark.parametrize("text", ["¿Cuánto cuesta una sesión?", "Was kostet eine Sitzung?", "gabapentin"])
def test_and_less_so_about_words_that_it_has_to_spell(encoder: OnnxEncoder, text: str) -> None:
    assert 0.5 <= known(encoder, text) < 0.9


def test_what_has_no_words_is_taken_as_it_is() -> None:
    assert familiarity(0, 0) == 1


@pytest.mark.parametrize("familiar", [0.5, 0.8, 1.0])
def test_the_less_meaning_weighs_the_more_words_do(familiar: float) -> None:
    of_meaning, of_words = shares(familiar)
    assert of_meaning == pytest.approx(familiar * of_words)
    assert fuse(1.0, 0.8, familiar) == pytest.approx(1.8)


@pytest.mark.parametrize("familiar", [0.5, 1.0])
@pytest.mark.parametrize(
    ("cosine", "lexical", "both"), [(0.6, 0.72, 0.6), (0.6, 0.2, 0.25), (0.3, 0.0, 0.0), (-0.1, 0.4, 0.0)]
)
def test_what_meaning_and_words_both_say_is_not_counted_twice(
    cosine: float, lexical: float, both: float, familiar: float
) -> None:
    fused = fuse(cosine, lexical, familiar)
    assert evidence(fused, cosine, familiar) == pytest.approx(fused - 0.6 * both)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.5, 1))
def test_yet_the_more_either_says_the_more_speaks_for_it(
    less: float, more: float, few: float, many: float, familiar: float
) -> None:
    (less, more), (few, many) = sorted((less, more)), sorted((few, many))

    def told(cosine: float, lexical: float) -> float:
        return evidence(fuse(cosine, lexical, familiar), cosine, familiar)

    assert told(less, few) <= told(more, few) + 1e-9
    assert told(less, few) <= told(less, many) + 1e-9
