"""What was measured, as tables to read, charts to look at, and raw numbers to reckon with."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import altair as alt
import vl_convert

from bench.calibrate import LeftOut
from bench.notices import Heard
from bench.quality import BASELINES, MODES, SetQuality
from bench.sets import ROOT
from bench.speed import Figure
from index.evaluate import MEASURES, Interval
from index.verdict import SHIPPED

RESULTS: Final = ROOT / "bench" / "results"
_LABELS: Final = {"ndcg@10": "nDCG@10", "recall@10": "Recall@10", "mrr@10": "MRR@10"}
_SYSTEMS: Final = (*MODES, *BASELINES)
_LIBRARIES: Final = ("faiss-cpu", "tantivy", "onnxruntime", "torch", "sentence-transformers", "bm25s")
_PALETTE: Final = {
    "dense": "#9ecae1",
    "lexical": "#a1d99b",
    "hybrid": "#08519c",
    "fp32 dense": "#bdbdbd",
    "bm25s": "#969696",
    "RRF": "#525252",
}


def write_quality(
    sets: Sequence[SetQuality],
    folder: Path = RESULTS,
    left_out: Sequence[LeftOut] = (),
    heard: Mapping[str, Heard] | None = None,
) -> Path:
    """Writes quality.md, quality.json and the charts; gives the Markdown's path. `left_out` is what the map
    from evidence to chances does when fitted without a set, `heard` what is heard of each list of
    phrasings."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Quality", "", _machine(), ""]
    judged = [one for one in sets if one.measures]
    if judged:
        lines += _measures(judged)
        lines += ["", "![nDCG@10 by set](quality.svg)", "", *_comparisons(judged)]
        _draw(_ndcg_chart(judged), folder / "quality.svg")
    lines += _spans(sets) + _bridges(sets) + _folds(sets) + _answerability(sets) + _calibration(sets)
    lines += _left_out(left_out) + _heard(heard or {}) + _misspelled(sets) + _refused(sets)
    _draw(_reliability_chart(sets), folder / "reliability.svg")
    if any(one.answerability for one in sets):
        _draw(_errors_chart(sets), folder / "errors.svg")
    _write_json(folder / "quality.json", [asdict(one) for one in sets])
    return _write(folder / "quality.md", lines)


def write_speed(figures: Sequence[Figure], folder: Path = RESULTS) -> Path:
    """Writes speed.md, speed.json and the chart; gives the Markdown's path."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = ["# Speed", "", _machine(), "", "Medians; in brackets the least and the most of the repeats.", ""]
    lines += _table(("what", "ours", "baseline", "times better", "held to", "holds"), map(_row, figures))
    if any(figure.ratio for figure in figures):
        lines += ["", "![Times better than the baseline](speed.svg)"]
        _draw(_ratio_chart(figures), folder / "speed.svg")
    raw = [{**asdict(one), "median": one.median, "ratio": one.ratio, "holds": one.holds} for one in figures]
    _write_json(folder / "speed.json", raw)
    return _write(folder / "speed.md", lines)


# -- quality


def _measures(sets: Sequence[SetQuality]) -> list[str]:
    lines = [
        "Means with their 95 % bootstrap intervals. `dense`, `lexical` and `hybrid` are ours. The baseline, "
        "on the same passages: all-MiniLM-L6-v2 by sentence-transformers in fp32 with FAISS IndexFlatIP "
        "(`fp32 dense`), bm25s with a stemmer (`bm25s`), and their reciprocal rank fusion with equal weights "
        "(`RRF`). Documents are ranked by their best passage.",
    ]
    for measure in MEASURES:
        systems = [system for system in _SYSTEMS if any(system in one.measures for one in sets)]
        rows = []
        for one in sets:
            best = max(value[measure].mean for value in one.measures.values())
            cells = [_cell(one.measures.get(system, {}).get(measure), best) for system in systems]
            rows.append((one.name, str(_judged(one)), f"{one.passages:,}", *cells))
        lines += ["", f"## {_LABELS[measure]}", ""]
        lines += _table(("set", "questions", "passages", *systems), rows)
    return lines


def _judged(one: SetQuality) -> int:
    """Questions that the means are of."""
    return max((found.questions for found in one.comparisons.values()), default=0)


def _cell(interval: Interval | None, best: float) -> str:
    if interval is None:
        return ""
    mean = f"{interval.mean:.3f}"
    mean = f"**{mean}**" if interval.mean >= best - 0.0005 else mean
    return f"{mean} ({interval.low:.3f}–{interval.high:.3f})"


def _comparisons(sets: Sequence[SetQuality]) -> list[str]:
    rows = [
        (
            one.name,
            pair,
            f"{found.difference.mean:+.3f} ({found.difference.low:+.3f} to {found.difference.high:+.3f})",
            f"{found.p_value:.4f}",
            str(len(found.gains)),
            str(len(found.losses)),
        )
        for one in sets
        for pair, found in one.comparisons.items()
    ]
    head = ("set", "nDCG@10 of", "difference", "p", "questions gained", "lost")
    return ["## Paired tests", "", "p by a randomisation test, two-sided.", "", *_table(head, rows)]


def _misspelled(sets: Sequence[SetQuality]) -> list[str]:
    rows = [
        (
            one.name,
            _share(one.misspelled.typed, one.misspelled.questions),
            _share(one.misspelled.one, one.misspelled.typed),
            _share(one.misspelled.two, one.misspelled.typed),
        )
        for one in sets
        if one.misspelled is not None
    ]
    if not rows:
        return []
    head = ("set", "as typed", "one slip, of those", "two slips, of those")
    told = (
        "Questions with a right page among the first five: as they are typed, and with their rarest word "
        "misspelled by one slip of the finger or by two. Held to 90 %."
    )
    return ["", "## Misspelled words", "", told, "", *_table(head, rows)]


def _spans(sets: Sequence[SetQuality]) -> list[str]:
    rows = [
        (
            one.name,
            _share(one.spans.extracted, one.spans.questions),
            _share(one.spans.found, one.spans.questions),
            _share(one.spans.marked, one.spans.held),
            _share(one.spans.first_sentence, one.spans.held),
            _share(one.spans.word_overlap, one.spans.held),
            ", ".join(one.spans.missed)
            if len(one.spans.missed) <= 12
            else f"{len(one.spans.missed)} questions",
        )
        for one in sets
        if one.spans is not None
    ]
    if not rows:
        return []
    chrome = [
        f"Page furniture in the article's passages: {one.chrome}."
        for one in sets
        if one.name == "psychotherapy"
    ]
    head = (
        "set",
        "the right page's text holds the answer's words",
        "the first result's excerpt does, under the right heading",
        "the marked sentence does, where a passage shown of a right page does",
        "its first sentence would",
        "its sentence with the most words of the question would",
        "missed",
    )
    return ["", "## Words of the answer", "", *_table(head, rows), "", *chrome]


def _bridges(sets: Sequence[SetQuality]) -> list[str]:
    rows = [
        (
            one.name,
            f"{one.bridged.recall:.3f} ({one.bridged.recall - one.bridged.recall_without:+.3f})",
            f"{one.bridged.ndcg:.3f} ({one.bridged.ndcg - one.bridged.ndcg_without:+.3f})",
            str(one.bridged.changed),
        )
        for one in sets
        if one.bridged is not None
    ]
    if not rows:
        return []
    head = ("set", "recall@5", "nDCG@10", "questions whose results are other ones")
    said = "Hybrid with the bridge from lay to clinical words, and in brackets what it adds."
    return ["", "## Lay words", "", said, "", *_table(head, rows)]


def _folds(sets: Sequence[SetQuality]) -> list[str]:
    rows = [
        (one.name, _share(one.folded.in_sight, one.folded.found), f"{one.folded.shown:.1f}")
        for one in sets
        if one.folded is not None
    ]
    if not rows:
        return []
    head = ("set", "right page in sight", "results shown")
    said = "Of the questions with a right page among the first ten, those with one in sight."
    return ["", "## What is folded", "", said, "", *_table(head, rows)]


def _answerability(sets: Sequence[SetQuality]) -> list[str]:
    found = [(one.name, one.answerability) for one in sets if one.answerability is not None]
    if not found:
        return []
    systems = [system for system in _SYSTEMS if system in found[0][1].auc]
    auc = [(name, *(f"{kinds.auc[system]:.3f}" for system in systems)) for name, kinds in found]
    shares = [
        (
            name,
            _share(kinds.unanswerable_verdicts["answered"], kinds.unanswerable),
            _share(kinds.answerable_verdicts["none"], kinds.answerable),
            _share(kinds.answerable_verdicts["answered"], kinds.answerable),
        )
        for name, kinds in found
    ]
    told = ("set", "unanswerable told `answered`", "answerable told `none`", "answerable told `answered`")
    return [
        "",
        "## Whether there is an answer",
        "",
        "ROC AUC of the best score, questions with an answer against questions without.",
        "",
        *_table(("set", *systems), auc),
        "",
        *_table(told, shares),
        "",
        "![Errors by threshold](errors.svg)",
    ]


def _calibration(sets: Sequence[SetQuality]) -> list[str]:
    rows = [
        (one.name, f"{one.calibration_error:.3f}", str(sum(each.count for each in one.bins)))
        for one in sets
        if one.calibration_error is not None
    ]
    return [
        "",
        "## The score as a chance",
        "",
        "Expected calibration error of the first result's score, 10 bins. A result that is right but not "
        "judged counts as wrong, so sets with few judgements look overconfident.",
        "",
        *_table(("set", "error", "questions"), rows),
        "",
        "![Reliability by set](reliability.svg)",
    ]


def _left_out(found: Sequence[LeftOut]) -> list[str]:
    if not found:
        return []
    rows = [(one.name, f"{one.calibration_error:.3f}", *_told(one)) for one in found]
    errors = [one.calibration_error for one in found]
    return [
        "",
        "Over the first ten results' scores, with the map and its thresholds fitted on the other sets alone, "
        f"the error is {sum(errors) / len(errors):.3f} on average and {max(errors):.3f} at most. Held to "
        ".05.",
        "",
        *_table(
            ("set left out", "error", "AUC", "unanswerable told `answered`", "answerable told `none`"), rows
        ),
    ]


def _told(one: LeftOut) -> tuple[str, str, str]:
    if one.auc is None:
        return "", "", ""
    return f"{one.auc:.3f}", f"{one.false_answers:.0%}", f"{one.false_nones:.0%}"


def _heard(lists: Mapping[str, Heard]) -> list[str]:
    if not lists:
        return []
    rows = [
        (
            name,
            str(one.crises),
            f"{one.crises_by_rules / one.crises:.1%}",
            f"{1 - len(one.missed) / one.crises:.1%}",
            str(one.harmless),
            f"{one.harmless_by_rules / one.harmless:.1%}",
            f"{len(one.needless) / one.harmless:.1%}",
        )
        for name, one in lists.items()
    ]
    heard = ("by rules", "by rules and meaning")
    return [
        "",
        "## Crises heard",
        "",
        "Phrasings that call for the crisis notice and get it, and harmless ones that do. Held to at least "
        "98 % and at most 10 % on a list that nothing was made for.",
        "",
        *_table(("list", "crises", *heard, "harmless", *heard), rows),
    ]


def _refused(sets: Sequence[SetQuality]) -> list[str]:
    rows = [(one.name, str(len(one.refused)), "; ".join(one.refused[:3])) for one in sets if one.refused]
    return ["", "## Sources refused", "", *_table(("set", "refused", "such as"), rows)] if rows else []


# -- speed


def _row(figure: Figure) -> tuple[str, ...]:
    held = [] if figure.at_most is None else [f"at most {figure.at_most:g} {figure.unit}".strip()]
    if figure.times_better is not None:
        held.append(f"{figure.times_better:g} times better")
    holds = {True: "yes", False: "**no**", None: ""}[figure.holds]
    ratio = "" if figure.ratio is None else f"{figure.ratio:.1f}"
    return (
        figure.name,
        _spread(figure.ours, figure.unit),
        _spread(figure.baseline, figure.unit),
        ratio,
        ", ".join(held),
        holds,
    )


def _spread(values: Sequence[float], unit: str) -> str:
    if not values:
        return ""
    middle = f"{_number(_median(values))} {unit}".strip()
    return f"{middle} ({_number(min(values))}–{_number(max(values))})" if len(values) > 1 else middle


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 or value == 0 else f"{value:.3g}"


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


# -- charts


def _ndcg_chart(sets: Sequence[SetQuality]) -> alt.LayerChart:
    rows = [
        {"set": one.name, "system": system, **asdict(values["ndcg@10"])}
        for one in sets
        for system, values in one.measures.items()
    ]
    scale = alt.Scale(domain=list(_PALETTE), range=list(_PALETTE.values()))
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("set:N", title=None, sort=[one.name for one in sets]),
        yOffset=alt.YOffset("system:N", sort=list(_SYSTEMS)),
        color=alt.Color("system:N", scale=scale, sort=list(_SYSTEMS), title=None),
    )
    span = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title="nDCG@10, mean and 95 % interval", scale=alt.Scale(zero=False)), x2="high:Q"
    )
    point = base.mark_point(filled=True, size=45, opacity=1).encode(x="mean:Q")
    chart: alt.LayerChart = (span + point).properties(width=560, height=alt.Step(11))
    return chart


def _reliability_chart(sets: Sequence[SetQuality]) -> alt.LayerChart:
    rows = [{"set": one.name, **asdict(each)} for one in sets for each in one.bins]
    line = alt.Chart(alt.InlineData(values=[{"x": 0, "y": 0}, {"x": 1, "y": 1}]))
    diagonal = line.mark_line(color="#bbb", strokeDash=[4, 4]).encode(x="x:Q", y="y:Q")
    points = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=alt.OverlayMarkDef(filled=True))
        .encode(
            x=alt.X("predicted:Q", title="score of the first result", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("observed:Q", title="share that answers", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("set:N", title=None, sort=[one.name for one in sets]),
        )
    )
    chart: alt.LayerChart = (diagonal + points).properties(width=420, height=360)
    return chart


def _errors_chart(sets: Sequence[SetQuality]) -> alt.LayerChart:
    """What every threshold would do; the dashed lines are the shipped ones, of `related` and `answered`."""
    rows = [
        {"set": one.name, "threshold": at, "kind": kind, "share": share}
        for one in sets
        if (told := one.answerability) is not None
        for at in (n / 100 for n in range(101))
        for kind, share in (
            ("unanswerable, at or above it", _share_from(told.unanswerable_scores, at)),
            ("answerable, below it", 1 - _share_from(told.answerable_scores, at)),
        )
    ]
    shipped = SHIPPED["hybrid"]
    rules = alt.InlineData(values=[{"at": shipped.related}, {"at": shipped.answered}])
    dashed = alt.Chart(rules).mark_rule(color="#999", strokeDash=[4, 4]).encode(x="at:Q")
    lines = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line()
        .encode(
            x=alt.X("threshold:Q", title="threshold of the best score", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("share:Q", title="share of the questions", scale=alt.Scale(domain=[0, 1])),
            color=alt.Color("set:N", title=None),
            strokeDash=alt.StrokeDash("kind:N", title=None, legend=alt.Legend(labelLimit=300)),
        )
    )
    chart: alt.LayerChart = (dashed + lines).properties(width=420, height=360)
    return chart


def _share_from(scores: Sequence[float], threshold: float) -> float:
    return sum(score >= threshold for score in scores) / len(scores)


def _ratio_chart(figures: Iterable[Figure]) -> alt.LayerChart:
    rows = [{"what": figure.name, "ratio": round(figure.ratio, 1)} for figure in figures if figure.ratio]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("what:N", title=None, sort=[str(row["what"]) for row in rows], axis=alt.Axis(labelLimit=400)),
        x=alt.X("ratio:Q", title="times better than the baseline"),
    )
    labels = base.mark_text(dx=4, align="left").encode(text="ratio:Q")
    chart: alt.LayerChart = (base.mark_bar(color="#08519c") + labels).properties(
        width=460, height=alt.Step(22)
    )
    return chart


def _draw(chart: alt.LayerChart, path: Path) -> None:
    path.write_text(vl_convert.vegalite_to_svg(chart.to_dict()), "utf-8")


# -- writing


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else ""


def _machine() -> str:
    """What the figures were taken on, without a name of the machine."""
    said = "; ".join(f"{key} {value}" for key, value in _environment().items())
    return f"Measured on: {said}."


def _environment() -> dict[str, str]:
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    libraries = {name: version(name) for name in _LIBRARIES}
    return {
        "processor": processor,
        "cores": str(len(os.sched_getaffinity(0))),
        "Python": platform.python_version(),
        **libraries,
    }


def _write(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines).rstrip() + "\n", "utf-8")
    return path


def _write_json(path: Path, results: list[Mapping[str, Any]] | list[dict[str, Any]]) -> None:
    content = {"environment": _environment(), "results": results}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
