"""What visitors could not find: counted by topic, noised, shown late, and never by what was asked."""

from __future__ import annotations

import json
import math
import statistics
from datetime import date, timedelta
from pathlib import Path

import pytest

from index.types import Answer, Excerpt, Result
from kb.types import Attribution
from service import unanswered
from service.unanswered import DAYS_WANTED, EPSILON, NOTHING_NEAR, Topic, Unanswered, noise

TITLES: list[Topic] = [("default", title) for title in ("Fees", "Sleep", "Grief", NOTHING_NEAR)]


class Days:
    """A calendar that is turned by hand."""

    def __init__(self) -> None:
        self.today = date(2026, 11, 1)

    def __call__(self) -> date:
        return self.today

    def turn(self) -> None:
        self.today += timedelta(1)


def answer(title: str, verdict: str = "related", score: float = 0.4) -> Answer:
    result = Result(
        1,
        score,
        "x",
        "y",
        Excerpt("text", 0, 4, ()),
        Attribution(title, "x"),
        headings=(),
        link=None,
        page=None,
    )
    return Answer(verdict, (), (result,), None, 1)  # type: ignore[arg-type]


def counted(data: Path, days: int, a_day: int, title: str = "Fees") -> Unanswered:
    calendar = Days()
    counts = Unanswered(data, lambda: TITLES, calendar)
    for _ in range(days):
        for _ in range(a_day):
            counts.note("default", answer(title))
        calendar.turn()
        counts.turn()
    return counts


def test_a_topic_that_was_missed_on_many_days_is_shown_with_about_how_often(tmp_path: Path) -> None:
    shown = counted(tmp_path, days=20, a_day=6).missed()
    assert [one.title for one in shown] == ["Fees"]
    assert abs(shown[0].about - 120) < 40
    assert shown[0].days >= 15


def test_a_topic_that_was_missed_on_few_days_is_not_shown_however_often(tmp_path: Path) -> None:
    assert counted(tmp_path, days=DAYS_WANTED - 1, a_day=500).missed() == []


def test_days_that_several_processes_counted_are_days_once(tmp_path: Path) -> None:
    for _ in range(2):
        counts = counted(tmp_path, days=DAYS_WANTED - 1, a_day=500)
    assert counts.days == DAYS_WANTED - 1
    assert counts.missed() == []


def test_what_nobody_missed_is_not_shown(tmp_path: Path) -> None:
    assert counted(tmp_path, days=30, a_day=0).missed() == []


def test_answers_are_not_counted_nor_those_made_in_a_hurry(tmp_path: Path) -> None:
    calendar = Days()
    counts = Unanswered(tmp_path, lambda: TITLES, calendar)
    for _ in range(20):
        for _ in range(50):
            counts.note("default", answer("Fees", "answered"))
        calendar.turn()
        counts.turn()
    assert counts.missed() == []


def test_what_is_far_from_everything_has_a_topic_of_its_own(tmp_path: Path) -> None:
    calendar = Days()
    counts = Unanswered(tmp_path, lambda: TITLES, calendar)
    for _ in range(20):
        for _ in range(6):
            counts.note("default", answer("Fees", "none", 0.02))
        calendar.turn()
        counts.turn()
    assert [one.title for one in counts.missed()] == [NOTHING_NEAR]


def test_the_disk_has_noised_counts_of_every_title_and_nothing_else(tmp_path: Path) -> None:
    counted(tmp_path, days=1, a_day=3)
    files = list((tmp_path / "unanswered").iterdir())
    assert len(files) == 1
    rows = json.loads(files[0].read_text())
    assert [(collection, title) for collection, title, _ in rows] == sorted(TITLES)
    assert all(isinstance(count, int) for *_, count in rows)


def test_counts_of_the_day_are_in_memory_alone(tmp_path: Path) -> None:
    counts = Unanswered(tmp_path, lambda: TITLES, Days())
    counts.note("default", answer("Fees"))
    assert list(tmp_path.rglob("*.json")) == []


def test_who_asks_when_a_day_ends_is_answered_though_it_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "unanswered").write_text("a file where the folder should be")
    calendar = Days()
    counts = Unanswered(tmp_path, lambda: TITLES, calendar)
    counts.note("default", answer("Fees"))
    calendar.turn()
    counts.note("default", answer("Fees"))
    with pytest.raises(OSError, match="unanswered"):  # which is logged where days are turned
        counts.turn()


def test_a_title_that_is_no_longer_there_is_not_written(tmp_path: Path) -> None:
    counted(tmp_path, days=1, a_day=3, title="A page that was removed")
    assert "removed" not in next((tmp_path / "unanswered").iterdir()).read_text()


def test_old_days_are_let_go_of(tmp_path: Path) -> None:
    calendar = Days()
    counts = Unanswered(tmp_path, lambda: TITLES, calendar)
    for _ in range(unanswered.KEPT_DAYS + 20):
        calendar.turn()
        counts.turn()
    assert counts.days <= unanswered.KEPT_DAYS + 1


def test_the_noise_is_that_of_epsilon() -> None:
    """Over 20,000 draws: no bias, the deviation of the two-sided geometric distribution, and neighbours'
    chances within a factor of e^epsilon."""
    drawn = [noise() for _ in range(20_000)]
    goes_on = math.exp(-EPSILON)
    deviation = math.sqrt(2 * goes_on) / (1 - goes_on)
    assert abs(statistics.fmean(drawn)) < 5 * deviation / math.sqrt(len(drawn))
    assert statistics.pstdev(drawn) == pytest.approx(deviation, rel=0.05)
    for value in range(3):
        ratio = drawn.count(value) / drawn.count(value + 1)
        assert ratio == pytest.approx(math.exp(EPSILON), rel=0.15)


def test_the_control_without_noise_a_single_question_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unanswered, "noise", lambda: 0)
    counted(tmp_path, days=1, a_day=1)
    assert ["default", "Fees", 1] in json.loads(next((tmp_path / "unanswered").iterdir()).read_text())
