from __future__ import annotations

from pathlib import Path

from bench.calibrate import LeftOut
from bench.notices import Heard
from bench.quality import SetQuality
from bench.report import write_quality
from index.evaluate import Bin

MEASURED = SetQuality(
    "practice", documents=9, passages=20, questions=4, refused=(), bins=(Bin(0.9, 1.0, 4, 0.93, 1.0),),
    calibration_error=0.07,
)  # fmt: skip


def rows(path: Path) -> list[list[str]]:
    """The cells of every table's lines."""
    lines = [line for line in path.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_report_tells_what_a_calibration_does_on_the_set_that_it_was_fitted_without(
    tmp_path: Path,
) -> None:
    left_out = [
        LeftOut("practice", 0.02, auc=0.975, false_answers=0.04, answers=0.6, false_nones=0.1),
        LeftOut("library", 0.05),
    ]
    path = write_quality([MEASURED], tmp_path, left_out)
    assert ["practice", "0.020", "0.975", "4%", "10%"] in rows(path)
    assert ["library", "0.050", "", "", ""] in rows(path)
    assert "the error is 0.035 on average and 0.050 at most" in path.read_text()


def test_the_report_tells_how_many_crises_are_heard_and_how_much_that_is_harmless(tmp_path: Path) -> None:
    heard = Heard(200, 100, 180, 3, missed=("a", "b"), needless=("c", "d", "e", "f"))
    path = write_quality([MEASURED], tmp_path, heard={"unseen": heard})
    assert ["unseen", "200", "90.0%", "99.0%", "100", "3.0%", "4.0%"] in rows(path)


def test_a_report_of_parts_leaves_out_what_was_not_measured(tmp_path: Path) -> None:
    text = write_quality([MEASURED], tmp_path).read_text()
    assert "Crises" not in text
    assert "left out" not in text
