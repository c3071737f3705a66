"""How an evaluation reads as a page: `kb eval --html`, one file that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import sqrt
from pathlib import Path
from typing import Final

from jinja2 import DictLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from index.evaluate import MEASURES, Bin, Interval, calibration_error
from index.types import Mode
from kb.errors import KnowledgeBaseError
from service.charts import Point, axis, plane, rows
from service.comparison import LABELS, SORTED_BY, Contest, places, words
from service.judge import Evaluation, Judged, by_set, reliability, verdicts

_SHOWN: Final = 25  # gains and losses of each contest; --per-question tells them all
_COLOURS: Final = 6  # as many as the page has
_SURE: Final = 1.96  # standard deviations that hold 95 %


@dataclass(frozen=True, slots=True)
class _System:
    """A mode or a saved run, with its measures; a saved run has no latency."""

    name: str
    measured: Mapping[str, Interval]
    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True, slots=True)
class _Scores:
    """A mode's scores against what came true."""

    mode: Mode
    bins: Sequence[Bin]
    chart: Markup

    @property
    def error(self) -> float:
        return calibration_error(self.bins)


def write_report(path: Path, evaluation: Evaluation, judged: Judged, met: Sequence[Contest]) -> Path:
    """Writes the page; gives its path."""
    systems = _systems(judged, met)
    page = _template().render(
        name=evaluation.folder.resolve().name,
        manifest=evaluation.searcher.generation.manifest,
        answerable=len(evaluation.questions) - len(evaluation.unanswerable),
        unanswerable=len(evaluation.unanswerable),
        labels=LABELS,
        systems=systems,
        qualities=[_quality(measure, systems) for measure in MEASURES],
        sets=_sets(evaluation),
        latency=_latency(systems),
        scores=[_scores(evaluation, mode) for mode in evaluation.modes],
        verdicts={mode: verdicts(evaluation, mode) for mode in evaluation.modes},
        met=met,
        by=SORTED_BY,
        shown=_SHOWN,
        words=lambda question: words(evaluation, question),
        places=places,
    )
    try:
        path.write_text(page, "utf-8", errors="replace")
    except OSError as error:
        raise KnowledgeBaseError(f"{path} cannot be written: {error.strerror}") from None
    return path


def _systems(judged: Judged, met: Sequence[Contest]) -> list[_System]:
    """Every mode, then every saved run."""
    modes = [
        _System(
            mode,
            {name: Interval(**_numbers(body[name])) for name in MEASURES},
            **{name: _number(body[f"{name}_ms"]) for name in ("p50", "p95")},
        )
        for mode, body in judged.items()
    ]
    return [*modes, *(_System(one.theirs, one.measured) for one in met if one.theirs not in judged)]


def _quality(measure: str, systems: Sequence[_System]) -> Markup:
    """A row a system: its mean and interval."""
    spans = [one.measured[measure] for one in systems]
    across = axis(LABELS[measure], [end for one in spans for end in (one.low, one.high)])
    points = [
        Point(
            span.mean,
            0,
            one.name,
            f"{one.name}: {span.mean:.3f}, {span.low:.3f} to {span.high:.3f}",
            number % _COLOURS,
            x_span=(span.low, span.high),
        )
        for number, (one, span) in enumerate(zip(systems, spans, strict=True))
    ]
    return rows(f"{LABELS[measure]} by system, with 95 % intervals", across, points)


def _sets(evaluation: Evaluation) -> Markup | None:
    """A row a set and mode; None where there is one set alone."""
    spans = [
        (name, mode, number, span)
        for number, mode in enumerate(evaluation.modes)
        for name, span in by_set(evaluation, mode, SORTED_BY).items()
    ]
    if len({name for name, *_ in spans}) < 2:
        return None
    across = axis(LABELS[SORTED_BY], [end for *_, span in spans for end in (span.low, span.high)])
    points = [
        Point(
            span.mean,
            0,
            f"{name}, {mode}",
            f"{name}, {mode}: {span.mean:.3f}, {span.low:.3f} to {span.high:.3f}",
            number,
            x_span=(span.low, span.high),
        )
        for name, mode, number, span in sorted(spans, key=lambda row: (row[0], row[2]))
    ]
    return rows(f"{LABELS[SORTED_BY]} by set, with 95 % intervals", across, points)


def _latency(systems: Sequence[_System]) -> Markup:
    """nDCG@10 against the time of a search; the whisker to the right ends where 95 % of searches do."""
    points, times, spans = [], [], []
    for number, one in enumerate(systems):
        if one.p50 is None or one.p95 is None:
            continue
        span = one.measured[SORTED_BY]
        times.append(one.p95)
        spans += [span.low, span.high]
        note = f"{one.name}: {one.p50:.1f} ms, 95 % within {one.p95:.1f} ms; nDCG@10 {span.mean:.3f}"
        points.append(
            Point(
                one.p50,
                span.mean,
                one.name,
                note,
                number,
                x_span=(one.p50, one.p95),
                y_span=(span.low, span.high),
            )
        )
    across = axis("milliseconds a search: the median, and up to the 95th percentile", times, low=0.0)
    return plane("nDCG@10 against latency", across, axis("nDCG@10", spans), points)


def _scores(evaluation: Evaluation, mode: Mode) -> _Scores:
    """The reliability diagram: on the diagonal, a score is the chance that it says."""
    bins = reliability(evaluation, mode)
    number = list(evaluation.modes).index(mode)
    most = max((one.count for one in bins), default=1)
    points = [
        Point(
            one.predicted,
            one.observed,
            note=f"{one.count} results scored {one.predicted:.2f}; {one.observed:.0%} were right",
            series=number,
            size=3 + 6 * sqrt(one.count / most),
            y_span=_wilson(one.observed, one.count),
        )
        for one in bins
    ]
    said, came = (axis(title, [], 0.0, 1.0) for title in ("score", "share that was right"))
    return _Scores(mode, bins, plane(f"Reliability of the score, {mode}", said, came, points, diagonal=True))


def _wilson(share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    square = _SURE**2 / count
    middle = (share + square / 2) / (1 + square)
    half = _SURE / (1 + square) * sqrt(share * (1 - share) / count + square / (4 * count))
    return middle - half, middle + half


def _numbers(value: object) -> dict[str, float]:
    assert isinstance(value, dict)
    return value


def _number(value: object) -> float:
    assert isinstance(value, float | int)
    return float(value)


@cache
def _template() -> Template:
    source = (files("service") / "web" / "report.html").read_text("utf-8")
    loader = DictLoader({"report.html": source})
    environment = Environment(
        autoescape=True, loader=loader, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html")
