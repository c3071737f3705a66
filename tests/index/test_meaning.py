"""Crises heard by meaning, where the rules have no words for them: every phrasing judged by the others."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.encoder import OnnxEncoder
from index.meaning import Meaning, fit, meaning_of, phrasings
from index.notices import NoticeMatcher, crisis_rule
from tests.index.toy import ToyEncoder

FRESH = "j"  # the batch that was written after the rules, and that no rule was made for
MENDED = "l"  # what was needlessly noticed before it was added: without it five of its 26 still are


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notices")


@pytest.fixture(scope="module")
def meaning(encoder: OnnxEncoder, folder: Path) -> Meaning:
    return meaning_of(encoder, folder)


def shares(meaning: Meaning, batch: str | None) -> tuple[float, float, float, float]:
    """Crises heard by rules, and by rules and meaning; harmless ones noticed by rules, and by both."""
    said = phrasings()
    _, left_out = fit(meaning.phrasings, said)
    matcher = NoticeMatcher([crisis_rule("us")])
    held = np.array([batch in (None, one.batch) for one in said])
    crisis = np.array([one.crisis for one in said])
    ruled = np.array([bool(matcher.matches(one.text)) for one in said])
    senses = [meaning.sense_of(score) for score in left_out]
    both = np.array([bool(matcher.matches(x.text, sense)) for x, sense in zip(said, senses, strict=True)])

    def share(noticed: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
        return float(noticed[held & of].mean()) if (held & of).any() else float("nan")

    return share(ruled, crisis), share(both, crisis), share(ruled, ~crisis), share(both, ~crisis)


def test_of_phrasings_that_no_rule_was_made_for_meaning_hears_most_of_what_the_rules_miss(
    meaning: Meaning,
) -> None:
    by_rules, by_both, _, needless = shares(meaning, FRESH)
    assert by_rules < 0.9  # .842: this is what a fresh list does to rules
    assert by_both >= 0.98
    assert needless <= 0.10


def test_over_all_batches_few_crises_are_missed_and_few_harmless_ones_noticed(meaning: Meaning) -> None:
    _, by_both, _, needless = shares(meaning, None)
    assert by_both >= 0.99
    assert needless <= 0.06


@pytest.mark.parametrize("batch", sorted({one.batch for one in phrasings() if not one.crisis} - {MENDED}))
def test_no_batch_of_harmless_phrasings_is_noticed_more_than_once_in_ten(
    meaning: Meaning, batch: str
) -> None:
    assert shares(meaning, batch)[3] <= 0.10


def test_what_has_no_words_of_a_crisis_is_heard(meaning: Meaning, encoder: OnnxEncoder) -> None:
    calling = encoder.encode_queries(
        ["i have nothing left to be here for", "the world would be fine minus me"]
    )
    usual = encoder.encode_queries(["how much is a session", "can't sleep before exams", "do you take Aetna"])
    assert {meaning.sense(vector) for vector in calling} == {"crisis"}
    assert "crisis" not in {meaning.sense(vector) for vector in usual}


def test_words_that_may_mean_something_else_are_not_believed_of_what_is_plainly_harmless(
    meaning: Meaning, encoder: OnnxEncoder
) -> None:
    rules = NoticeMatcher([crisis_rule("us")])
    text = "crisis at work deadline"  # among the phrasings, so that it is surely known
    sense = meaning.sense(encoder.encode_queries([text])[0])
    assert sense == "harmless"
    assert rules.matches(text)
    assert not rules.matches(text, sense)


@pytest.mark.parametrize("text", ["suicide", "i want to die", "how to kill myself", "cutting myself again"])
def test_what_is_said_outright_is_believed_whatever_it_seems_to_mean(text: str) -> None:
    assert NoticeMatcher([crisis_rule("us")]).matches(text, "harmless")


def test_it_is_learnt_once_and_then_read(meaning: Meaning, encoder: OnnxEncoder, folder: Path) -> None:
    started = time.perf_counter()
    again = meaning_of(encoder, folder)
    assert time.perf_counter() - started < 0.5
    assert (again.crisis, again.harmless) == pytest.approx((meaning.crisis, meaning.harmless))
    vector = encoder.encode_queries(["I can't go on"])[0]
    assert again.score(vector) == pytest.approx(meaning.score(vector), abs=1e-6)


@pytest.mark.parametrize("damage", [lambda b: b[:-1], lambda b: b[:40] + b"\x00\x01" + b[42:], lambda _: b""])
def test_a_file_that_is_not_whole_is_made_again(tmp_path: Path, damage: object) -> None:
    toy = ToyEncoder(("die", "kill", "session"))
    kept = meaning_of(toy, tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))  # type: ignore[operator]
    assert meaning_of(toy, tmp_path).crisis == kept.crisis
    assert file.read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_no_reason_not_to_hear(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert meaning_of(ToyEncoder(("die",)), tmp_path / "file" / "below").phrasings.shape[1] == 2


def test_a_question_takes_next_to_no_time(meaning: Meaning, encoder: OnnxEncoder) -> None:
    vector = encoder.encode_queries(["how much is a session"])[0]
    times = []
    for _ in range(50):
        started = time.perf_counter()
        meaning.sense(vector)
        times.append(time.perf_counter() - started)
    assert sorted(times)[10] < 0.0005  # about 0.0001 on an idle machine
