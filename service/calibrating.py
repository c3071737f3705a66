"""Fitting scores and verdicts to the owner's own judged questions: `kb eval DIR --calibrate`."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final

from index.calibration import Judged, fit
from index.evaluate import calibration_error, reliability
from index.reranking import UNFITTED
from index.types import Mode, Query
from index.verdict import SHIPPED, Asked, Calibration, Standing
from kb.errors import QueryError
from service.bodies import Json
from service.judge import Evaluation

_LEAST_QUESTIONS: Final = 50  # with fewer, seven numbers fit the questions rather than the documents
_LEAST_ANSWERABLE: Final = 25
_LEAST_UNANSWERABLE: Final = 10  # with fewer, no threshold can be told from another
_FOLDS: Final = 5
_RESULTS: Final = 10
_FALSE_ANSWERS, _FALSE_NONES = 0.05, 0.05  # shares that the thresholds are set for, as the shipped ones are


@dataclass(frozen=True, slots=True)
class Measured:
    """How far scores are from what came true (expected calibration error, 10 bins), and the shares of
    unanswerable questions told `answered` (None where there are none) and of answerable ones told so, and
    told `none`."""

    error: float
    false_answers: float | None
    answers: float
    false_nones: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """A mode's calibration and what it was fitted to; `before` is what the shipped one does on the same
    questions, `after` what those do that are fitted without the fifth of the questions they are tried on."""

    calibration: Calibration
    answerable: int
    unanswerable: int
    thresholds: bool  # fitted too; else verdicts are given as often as before
    before: Measured
    after: Measured

    @property
    def better(self) -> bool:
        """Whether its scores are nearer to what came true than the shipped calibration's."""
        return self.after.error < self.before.error


@dataclass(frozen=True, slots=True)
class _Question:
    answerable: bool
    judged: tuple[Judged, ...]


def calibrate(evaluation: Evaluation) -> dict[Mode, Fitted]:
    """Fits each mode that was tried. Raises QueryError where the questions are too few."""
    known = len(evaluation.questions)
    unanswerable = len(evaluation.unanswerable)
    if known < _LEAST_QUESTIONS or known - unanswerable < _LEAST_ANSWERABLE:
        raise QueryError(
            f"{evaluation.folder} has {known - unanswerable} questions with a relevant document and "
            f"{unanswerable} known to have none. To calibrate takes {_LEAST_QUESTIONS} questions, of which "
            f"{_LEAST_ANSWERABLE} have one; the calibration stays as it is"
        )
    fitted = {mode: _fitted(_questions(evaluation, mode), SHIPPED[mode]) for mode in evaluation.modes}
    for mode, one in fitted.items():
        if not all(map(math.isfinite, asdict(one.calibration).values())):
            raise QueryError(f"no calibration of {mode} fits these questions; it stays as it is")
    return fitted


def calibrate_reranker(evaluation: Evaluation) -> Fitted | None:
    """The same for a reranker's numbers, by the passages that it read; None without one, or where it could
    read too few in its time to tell."""
    if evaluation.searcher.reranker is None or "hybrid" not in evaluation.modes:
        return None
    try:
        return _fitted(_questions(evaluation, "hybrid", reranked=True), UNFITTED)
    except QueryError:
        return None


def calibration_lines(fitted: Mapping[str, Fitted]) -> Iterator[str]:
    """What calibrating changed, to read."""
    one = next(iter(fitted.values()))
    yield (
        f"calibrated on {one.answerable} questions with an answer and {one.unanswerable} without; after: "
        f"as measured in {_FOLDS} folds, each fitted without the questions it is measured on"
    )
    yield (
        f"{'mode':8} {'calibration error':>20} {'unanswerable answered':>24} {'answerable answered':>24} "
        f"{'answerable told none':>24}"
    )
    for mode, each in fitted.items():
        before, after = each.before, each.after
        cells = [f"{f'{before.error:.3f} → {after.error:.3f}':>20}"] + [
            f"{f'{_share(old)} → {_share(new)}':>24}"
            for old, new in (
                (before.false_answers, after.false_answers),
                (before.answers, after.answers),
                (before.false_nones, after.false_nones),
            )
        ]
        yield f"{mode:8} {' '.join(cells)}" + ("" if each.better else "  not better: the shipped one stays")
    kept = [mode for mode, each in fitted.items() if not each.thresholds]
    if one.unanswerable < _LEAST_UNANSWERABLE:
        yield (
            "Verdicts are given as often as before: to fit them too takes "
            f'{_LEAST_UNANSWERABLE} questions that nothing answers ("answerable": false in their metadata).'
        )
    elif kept:
        yield (
            f"Verdicts of {', '.join(kept)} are given as often as before: fitted ones would tell more than "
            f"{_FALSE_ANSWERS:.0%} of the unanswerable questions that they are answered."
        )


def calibration_body(fitted: Fitted) -> Json:
    """The same as JSON, for one mode."""
    body = asdict(fitted)
    numbers = body.pop("calibration")
    return {"numbers": numbers, **body, "kept": fitted.better}


def _questions(evaluation: Evaluation, mode: Mode, reranked: bool = False) -> list[_Question]:
    """One kind of questions after the other, so that every fifth of them is a fifth of both."""
    found = []
    for name, one in evaluation.questions.items():
        query = Query(one.text, _RESULTS, evaluation.places[name], mode)
        asked, standings = evaluation.searcher.standings(query, reranked)
        judged = [
            Judged(standing, asked, evaluation.relevant(name, document)) for document, standing in standings
        ]
        found.append(_Question(name not in evaluation.unanswerable, tuple(judged)))
    return sorted(found, key=lambda question: question.answerable)


def _fitted(questions: Sequence[_Question], shipped: Calibration) -> Fitted:
    """With thresholds of its own where there are questions enough, and where those do what they are for."""
    unanswerable = sum(not question.answerable for question in questions)
    if unanswerable >= _LEAST_UNANSWERABLE:
        fitted = _tried(questions, shipped, unanswerable, thresholds=True)
        allowed = max(fitted.before.false_answers or 0.0, _FALSE_ANSWERS)
        if (fitted.after.false_answers or 0.0) <= allowed:
            return fitted
    return _tried(questions, shipped, unanswerable, thresholds=False)


def _tried(
    questions: Sequence[_Question], shipped: Calibration, unanswerable: int, thresholds: bool
) -> Fitted:
    folds = []
    for fold in range(_FOLDS):
        others = [question for number, question in enumerate(questions) if number % _FOLDS != fold]
        folds.append((questions[fold::_FOLDS], _fit(others, shipped, thresholds)))
    return Fitted(
        _fit(questions, shipped, thresholds),
        len(questions) - unanswerable,
        unanswerable,
        thresholds,
        before=_measured([(questions, shipped)]),
        after=_measured(folds),
    )


def _fit(questions: Sequence[_Question], shipped: Calibration, thresholds: bool) -> Calibration:
    """What the questions tell; of what they cannot, the shipped calibration's."""
    judged = [one for question in questions for one in question.judged]
    if not any(one.relevant for one in judged):
        raise QueryError("no judged document is found by any question; the calibration stays as it is")
    fitted = fit({"own": judged}, answered=shipped.answered, related=shipped.related, near=shipped)
    if not thresholds:
        return _same_verdicts(questions, shipped, fitted)
    no, yes = (_best(questions, fitted, answerable) for answerable in (False, True))
    answered = min(1.0, _above(no, _FALSE_ANSWERS))
    related = max(0.0, -_above([-chance for chance in yes], _FALSE_NONES))
    return replace(fitted, answered=answered, related=min(related, answered))


def _same_verdicts(questions: Sequence[_Question], shipped: Calibration, fitted: Calibration) -> Calibration:
    """With thresholds at the scores at which the shipped ones stand, question by question; the median. The
    same numbers would not do: on another scale they are other scores. But no more of these questions are
    above one than were: words that nothing here has may count less in the fitted map."""
    asked = [question.judged[0].asked for question in questions if question.judged]
    before, now = ([_chance(one, each) for one in questions] for each in (shipped, fitted))

    def moved(threshold: float) -> float:
        same = statistics.median(
            fitted.chance(_first(_score_at(threshold, shipped, one)), one) for one in asked
        )
        return max(same, _above_most(now, sum(chance >= threshold for chance in before)))

    return replace(fitted, answered=moved(shipped.answered), related=moved(shipped.related))


def _above_most(values: Sequence[float], count: int) -> float:
    """The least that at most `count` of the values reach."""
    left = sorted(values, reverse=True)[count:]
    return math.nextafter(left[0], 1.0) if left else 0.0


def _score_at(threshold: float, calibration: Calibration, asked: Asked) -> float:
    """The score from which on a first result has at least this chance: its logit is linear in the score."""
    none, one = (_logit(calibration.chance(_first(score), asked)) for score in (0.0, 1.0))
    return (_logit(threshold) - none) / (one - none)


def _first(score: float) -> Standing:
    return Standing(score, score, 0)


def _logit(chance: float) -> float:
    return math.log(chance / (1 - chance))


def _best(questions: Sequence[_Question], calibration: Calibration, answerable: bool) -> list[float]:
    return [_chance(one, calibration) for one in questions if one.answerable is answerable]


def _chance(question: _Question, calibration: Calibration) -> float:
    first = question.judged[:1]
    return calibration.chance(first[0].standing, first[0].asked) if first else 0.0


def _above(values: Sequence[float], share: float) -> float:
    """A hair more than the value that another of the kind is above with at most this chance; of values too
    few to tell, the highest (as in conformal prediction: Vovk, Gammerman & Shafer 2005)."""
    place = max(0, int(share * (len(values) + 1)) - 1)
    return sorted(values, reverse=True)[place] + 1e-3


def _measured(parts: Sequence[tuple[Sequence[_Question], Calibration]]) -> Measured:
    """Over all parts together, each with the calibration it is tried with."""
    told = [
        (calibration.chance(one.standing, one.asked), one.relevant)
        for questions, calibration in parts
        for question in questions
        for one in question.judged
    ]
    verdicts = [
        (question.answerable, calibration.verdict([_chance(question, calibration)]))
        for questions, calibration in parts
        for question in questions
    ]
    yes = [verdict for answerable, verdict in verdicts if answerable]
    no = [verdict for answerable, verdict in verdicts if not answerable]
    return Measured(
        calibration_error(reliability([chance for chance, _ in told], [outcome for _, outcome in told])),
        no.count("answered") / len(no) if no else None,
        yes.count("answered") / len(yes),
        yes.count("none") / len(yes),
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"
