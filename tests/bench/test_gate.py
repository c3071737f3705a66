from __future__ import annotations

from pathlib import Path

import pytest

from bench import gate
from bench.quality import SetQuality, Spans
from index.evaluate import Interval


def quality(ndcg: float, found: int = 10) -> SetQuality:
    return SetQuality(
        name="psychotherapy",
        documents=1,
        passages=8,
        questions=13,
        refused=(),
        measures={"hybrid": {"ndcg@10": Interval(ndcg, 0, 1), "recall@10": Interval(1, 1, 1)}},
        spans=Spans(11, 11, found, 10, 8, ()),
        chrome=2,
    )


def test_a_figure_is_a_share_or_a_mean() -> None:
    assert gate.figures(quality(0.9)) == {
        "hybrid-ndcg": 0.9,
        "hybrid-recall": 1,
        "spans-extracted": 1,
        "spans-found": 10 / 11,
        "spans-marked": 8 / 10,
        "passages-without-furniture": 1 - 2 / 8,
    }


def test_what_is_below_its_floor_breaks_the_gate() -> None:
    assert gate.broken(quality(0.88), {"psychotherapy": {"hybrid-ndcg": 0.89, "spans-found": 0.9}}) == [
        "psychotherapy: hybrid-ndcg is 0.880, below its floor of 0.890"
    ]


def test_a_floor_for_what_is_no_longer_measured_breaks_the_gate() -> None:
    assert gate.broken(quality(1), {"psychotherapy": {"answerable-auc": 0.9}}) == [
        "psychotherapy: answerable-auc has a floor and is not measured"
    ]


def test_a_set_without_floors_passes() -> None:
    assert gate.broken(quality(0.1), {}) == []


def test_floors_rise_to_what_was_measured_less_a_hundredth_and_never_fall() -> None:
    floors = {
        "psychotherapy": {"hybrid-ndcg": 0.95, "spans-found": 0.5},
        "clinic-pages": {"hybrid-ndcg": 0.89},
    }
    lifted = gate.raised(floors, [quality(0.9)])
    assert lifted["psychotherapy"]["hybrid-ndcg"] == 0.95
    assert lifted["psychotherapy"]["spans-found"] == pytest.approx(0.899)  # 10/11 is 0.9090…
    assert lifted["psychotherapy"]["hybrid-recall"] == 1
    assert lifted["clinic-pages"] == {"hybrid-ndcg": 0.89}


def test_floors_are_read_as_they_were_written(tmp_path: Path) -> None:
    floors = {"psychotherapy": {"hybrid-ndcg": 0.899}, "clinic-pages": {"spans-found": 1.0}}
    gate.write_floors(floors, tmp_path / "floors.toml")
    assert gate.read_floors(tmp_path / "floors.toml") == floors


def test_the_floors_in_the_repository_are_of_sets_that_the_gate_measures() -> None:
    assert set(gate.read_floors()) <= set(gate.SETS)
