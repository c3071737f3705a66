"""Fits the shipped calibration on the development sets, and says how good it is on sets left out.

`python -m bench.calibrate` prints the numbers that stand in `index/verdict.py`.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.ours import Model, make, open_model
from bench.sets import load
from index.calibration import Judged, fit
from index.evaluate import calibration_error, reliability, roc_auc
from index.search import Searcher
from index.types import Mode, Query
from index.verdict import Calibration, falling

_SETS: Final = (
    "example-clinic",
    "clinic-pages",
    "medquad",
    "counsel-chat",
    "scifact-train",
    "vagov-anchors",
    "no-answer",
)
_WITH_UNANSWERABLE: Final = ("example-clinic", "clinic-pages", "no-answer")
_RESULTS = 10
_FALSE_ANSWERS, _FALSE_NONES = 0.05, 0.05  # shares that the thresholds are set for


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a map does on a set that it was not fitted on: the error over the first ten results' chances;
    where the set has unanswerable questions, how many of them are told `answered`, and how many of the
    answerable ones are told `answered` and `none`, as shares."""

    name: str
    calibration_error: float
    auc: float | None = None
    false_answers: float = 0.0
    answers: float = 0.0
    false_nones: float = 0.0


@dataclass(frozen=True, slots=True)
class _Question:
    answerable: bool
    judged: tuple[Judged, ...]


def main() -> None:
    """Fits each mode's map, prints it, and prints what it does on each set when fitted without it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--build", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    for mode, sets in _asked(
        ("hybrid", "dense", "lexical"), open_model(), options.shared, options.build
    ).items():
        print(f'    "{mode}": {_with_thresholds(_fit(sets), sets)},')
        for one in _left_out(sets):
            print(_line(one))


def measure(model: Model, shared: Path, build: Path) -> list[LeftOut]:
    """What the map for searches by words and meaning does on each set when it is fitted on the others."""
    return _left_out(_asked(("hybrid",), model, shared, build)["hybrid"])


def _asked(
    modes: Sequence[Mode], model: Model, shared: Path, build: Path
) -> dict[Mode, dict[str, list[_Question]]]:
    asked: dict[Mode, dict[str, list[_Question]]] = {mode: {} for mode in modes}
    for name in _SETS:
        dataset = load(name, shared, build)
        searcher = make(dataset, model, build).searcher
        for mode, sets in asked.items():
            sets[name] = [
                _ask(
                    searcher,
                    Query(query.text, _RESULTS, dataset.collection_of(query), mode),
                    dataset.judgements.get(query.id, {}),
                )
                for query in dataset.queries
            ]
    return asked


def _ask(searcher: Searcher, query: Query, relevant: Mapping[str, int]) -> _Question:
    asked, standings = searcher.standings(query)
    judged = tuple(Judged(one, asked, relevant.get(document, 0) > 0) for document, one in standings)
    return _Question(bool(relevant), judged)


def _fit(sets: Mapping[str, Sequence[_Question]]) -> Calibration:
    judged = {name: [one for question in held for one in question.judged] for name, held in sets.items()}
    return fit(judged, answered=1.0, related=0.0)


def _with_thresholds(calibration: Calibration, sets: Mapping[str, Sequence[_Question]]) -> Calibration:
    """The lowest `answered` that no set has too many unanswerable questions above; the highest `related`
    that no set has too many answerable questions below."""
    answered, related = 0.0, 1.0
    for name in _WITH_UNANSWERABLE:
        if name in sets:
            for_no, for_yes = (_best(sets[name], calibration, answerable) for answerable in (False, True))
            answered = max(answered, _from_top(for_no, _FALSE_ANSWERS))
            related = min(related, _from_top([-chance for chance in for_yes], _FALSE_NONES) * -1)
    return replace(calibration, answered=round(answered, 3), related=round(min(related, answered), 3))


def _best(questions: Sequence[_Question], calibration: Calibration, answerable: bool) -> list[float]:
    asked = [question for question in questions if question.answerable is answerable]
    return [_chances(question, calibration)[0] if question.judged else 0.0 for question in asked]


def _chances(question: _Question, calibration: Calibration) -> list[float]:
    return falling([calibration.chance(one.standing, one.asked) for one in question.judged])


def _from_top(values: Sequence[float], share: float) -> float:
    """A hair more than the value that another of the kind is above with at most this chance; of values too
    few to tell, the highest (as in conformal prediction: Vovk, Gammerman & Shafer 2005)."""
    place = max(0, int(share * (len(values) + 1)) - 1)
    return sorted(values, reverse=True)[place] + 1e-3


def _left_out(sets: Mapping[str, list[_Question]]) -> list[LeftOut]:
    found = []
    for name, questions in sets.items():
        others = {other: held for other, held in sets.items() if other != name}
        found.append(_judge(name, questions, _with_thresholds(_fit(others), others)))
    return found


def _judge(name: str, questions: Sequence[_Question], calibration: Calibration) -> LeftOut:
    judged = [one for question in questions for one in question.judged]
    chances = [chance for question in questions for chance in _chances(question, calibration)]
    error = calibration_error(reliability(chances, [one.relevant for one in judged]))
    yes, no = (_best(questions, calibration, answerable) for answerable in (True, False))
    if not no:
        return LeftOut(name, error)
    return LeftOut(
        name,
        error,
        auc=roc_auc(yes, no),
        false_answers=sum(chance >= calibration.answered for chance in no) / len(no),
        answers=sum(chance >= calibration.answered for chance in yes) / len(yes),
        false_nones=sum(chance < calibration.related for chance in yes) / len(yes),
    )


def _line(one: LeftOut) -> str:
    line = f"#     left out {one.name}: calibration error {one.calibration_error:.3f}"
    if one.auc is None:
        return line
    return (
        f"{line}, AUC {one.auc:.3f}; unanswerable told answered {one.false_answers:.0%}, "
        f"answerable told answered {one.answers:.0%}, told none {one.false_nones:.0%}"
    )


if __name__ == "__main__":
    main()
