"""The quick gate: small sets against floors that only rise."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.quality import SetQuality
from bench.sets import EXAMPLE, ROOT

FLOORS: Final = ROOT / "bench" / "floors.toml"
SETS: Final = (EXAMPLE, "psychotherapy", "clinic-pages")
_SLACK: Final = 0.01  # below what is measured: another processor rounds another way, and two results swap

_HEAD: Final = """\
# What `python -m bench gate` holds the small sets to. Floors only rise: `python -m bench gate --raise`
# lifts them to what is measured, less 0.01, and lowers none.
"""

Floors = Mapping[str, Mapping[str, float]]


def figures(one: SetQuality) -> dict[str, float]:
    """What a set is held to; each is a share or a mean from 0 to 1, higher is better."""
    found: dict[str, float] = {}
    for mode in ("hybrid", "dense", "lexical"):
        if mode in one.measures:
            found[f"{mode}-ndcg"] = one.measures[mode]["ndcg@10"].mean
    if "hybrid" in one.measures:
        found["hybrid-recall"] = one.measures["hybrid"]["recall@10"].mean
    if one.spans is not None:
        found["spans-extracted"] = one.spans.extracted / one.spans.questions
        found["spans-found"] = one.spans.found / one.spans.questions
        found["spans-marked"] = one.spans.marked / max(1, one.spans.held)
    if one.answerability is not None:
        told = one.answerability
        found["answerable-auc"] = told.auc["hybrid"]
        found["unanswerable-not-told-answered"] = (
            1 - told.unanswerable_verdicts["answered"] / told.unanswerable
        )
        found["answerable-not-told-none"] = 1 - told.answerable_verdicts["none"] / told.answerable
    if one.folded is not None:
        found["right-pages-not-folded"] = one.folded.in_sight / max(1, one.folded.found)
    if one.misspelled is not None:
        slips = one.misspelled
        found["misspelled-once-of-typed"] = slips.one / max(1, slips.typed)
        found["misspelled-twice-of-typed"] = slips.two / max(1, slips.typed)
    if one.name == "psychotherapy":
        found["passages-without-furniture"] = 1 - min(1.0, one.chrome / one.passages)
    return found


def broken(one: SetQuality, floors: Floors) -> list[str]:
    """What is below its floor, a line each."""
    measured = figures(one)
    held = floors.get(one.name, {})
    lines = [f"{one.name}: {name} has a floor and is not measured" for name in held if name not in measured]
    return lines + [
        f"{one.name}: {name} is {measured[name]:.3f}, below its floor of {floor:.3f}"
        for name, floor in held.items()
        if name in measured and measured[name] < floor
    ]


def read_floors(path: Path = FLOORS) -> dict[str, dict[str, float]]:
    """Set -> figure -> floor."""
    return tomllib.loads(path.read_text("utf-8"))


def raised(floors: Floors, sets: list[SetQuality]) -> dict[str, dict[str, float]]:
    """The floors with those of these sets lifted to what was measured; none is lowered."""
    lifted = {name: dict(held) for name, held in floors.items()}
    for one in sets:
        held = lifted.setdefault(one.name, {})
        for name, value in figures(one).items():
            floor = value if value == 1 else max(0.0, math.floor((value - _SLACK) * 1000) / 1000)
            held[name] = max(held.get(name, 0.0), floor)
    return lifted


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    """Writes the file that is reviewed."""
    parts = [_HEAD]
    for name, held in floors.items():
        parts.append(f"\n[{name}]\n" + "".join(f"{figure} = {floor:g}\n" for figure, floor in held.items()))
    path.write_text("".join(parts), "utf-8")
