"""Small charts as SVG: marks on a plane, drawn by hand, in the colours of the page that holds them.

Everything but the marks is text in the page's ink; a series is told by its label or its place as well as
by its colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

from markupsafe import Markup

_LABEL: Final = 40  # characters


@dataclass(frozen=True, slots=True)
class Point:
    """A mark with its whiskers; `size` is its radius, `note` what is told of it, `series` its colour."""

    x: float
    y: float
    label: str = ""
    note: str = ""
    series: int = 0
    size: float = 5
    x_span: tuple[float, float] | None = None
    y_span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Axis:
    """What is on an axis, and from where to where."""

    title: str
    low: float
    high: float
    marks: Sequence[float]

    def at(self, value: float, start: float, length: float) -> float:
        """Where a value is, on a line from `start`; beyond the axis, at its end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return start + share * length


def axis(title: str, values: Sequence[float], low: float | None = None, high: float | None = None) -> Axis:
    """An axis that holds these values, with round marks; `low` and `high` are ends that are given."""
    first = min(values) if low is None else low
    last = max(values) if high is None else high
    step = _round_step((last - first) or abs(last) or 1.0)
    first = round(floor(first / step + 1e-9) * step, 10) if low is None else low
    last = round(ceil(last / step - 1e-9) * step, 10) if high is None else high
    if last <= first:
        last = first + step
    count = floor((last - first) / step + 1e-9)
    return Axis(title, first, last, [round(first + number * step, 10) for number in range(count + 1)])


def rows(title: str, across: Axis, points: Sequence[Point]) -> Markup:
    """A row a point, with its whisker: how systems compare by one measure."""
    longest = max((len(_cut(point.label)) for point in points), default=0)
    left, width, high = max(170.0, 16 + 7.2 * longest), 430.0, 34.0
    bottom = high * len(points) + 8
    parts = [*_across(across, left, width, 0, bottom)]
    for number, point in enumerate(points):
        y = 8 + high * (number + 0.5)
        x = across.at(point.x, left, width)
        parts.append(_text(left - 12, y + 4, _cut(point.label), "end"))
        if point.x_span:
            start, end = (across.at(value, left, width) for value in point.x_span)
            parts.append(_line(start, y, end, y, f"whisker s{point.series}"))
        parts.append(_dot(x, y, point))
        parts.append(_text(x, y - 9, f"{point.x:.3f}", "middle", "value"))
    return _svg(title, left + width + 20, bottom + 44, parts)


def plane(title: str, across: Axis, up: Axis, points: Sequence[Point], diagonal: bool = False) -> Markup:
    """Points by two measures; the diagonal is where both are the same."""
    left, top, width, height = 62.0, 14.0, (300.0 if diagonal else 500.0), (300.0 if diagonal else 260.0)
    bottom = top + height
    parts = [*_across(across, left, width, top, bottom), *_up(up, left, width, bottom, height)]
    if diagonal:
        parts.append(_line(left, bottom, left + width, top, "diagonal"))
    for point in points:
        x, y = across.at(point.x, left, width), up.at(point.y, bottom, -height)
        if point.x_span:
            start, end = (across.at(value, left, width) for value in point.x_span)
            parts.append(_line(start, y, end, y, f"whisker s{point.series}"))
        if point.y_span:
            start, end = (up.at(value, bottom, -height) for value in point.y_span)
            parts.append(_line(x, start, x, end, f"whisker s{point.series}"))
        parts.append(_dot(x, y, point))
        if point.label:
            late = x > left + width * 0.8
            below = 18 if point.series % 2 else -8  # so that neighbours do not write on each other
            parts.append(_text(x - 8 if late else x + 8, y + below, point.label, "end" if late else "start"))
    return _svg(title, left + width + 24, bottom + 44, parts)


def _across(axis: Axis, left: float, width: float, top: float, bottom: float) -> Iterator[Markup]:
    for mark in axis.marks:
        x = axis.at(mark, left, width)
        yield _line(x, top, x, bottom, "grid")
        yield _text(x, bottom + 18, f"{mark:g}", "middle", "tick")
    yield _text(left + width / 2, bottom + 38, axis.title, "middle", "axis")


def _up(axis: Axis, left: float, width: float, bottom: float, height: float) -> Iterator[Markup]:
    for mark in axis.marks:
        y = axis.at(mark, bottom, -height)
        yield _line(left, y, left + width, y, "grid")
        yield _text(left - 8, y + 4, f"{mark:g}", "end", "tick")
    middle = bottom - height / 2
    yield Markup(
        '<text class="axis" text-anchor="middle" transform="translate(16 {}) rotate(-90)">{}</text>'
    ).format(_short(middle), axis.title)


def _dot(x: float, y: float, point: Point) -> Markup:
    told = point.note or point.label
    return Markup('<circle class="s{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>').format(
        point.series, _short(x), _short(y), _short(point.size), told
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(
        kind, _short(x1), _short(y1), _short(x2), _short(y2)
    )


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        kind, _short(x), _short(y), anchor, text
    )


def _svg(title: str, width: float, height: float, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg role="img" aria-label="{}" viewBox="0 0 {} {}" style="max-width:{}px">{}</svg>'
    ).format(title, _short(width), _short(height), _short(width), Markup("").join(parts))


def _cut(label: str) -> str:
    """The end of a long one, which is a path's telling part."""
    return label if len(label) <= _LABEL else f"…{label[1 - _LABEL :]}"


def _round_step(span: float) -> float:
    """1, 2 or 5 times a power of ten: about five marks."""
    rough = span / 5
    power = 10.0 ** floor(log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * 0.999)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
