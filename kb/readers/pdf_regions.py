"""Things that take up room on a page, and the white strips between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from kb.readers.pdf_geometry import Line, Table

_GUTTER = 0.8  # of the size of what it divides


@dataclass(frozen=True, slots=True)
class Item:
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    content: Line | Table | tuple[Item, ...]

    @property
    def is_heading_like(self) -> bool:
        return isinstance(self.content, Line) and self.content.bold


def item_of(line: Line) -> Item:
    return Item(line.left, line.x1, line.top, line.bottom, line.size, line)


def item_of_table(table: Table) -> Item:
    area = table.bounds
    return Item(area.x0, area.x1, area.top, area.bottom, 10.0, table)


def gutters_of(items: Sequence[Item]) -> list[tuple[float, float]]:
    """The upright white strips that divide all of these."""
    width = _GUTTER * median(item.size for item in items)
    gutters: list[tuple[float, float]] = []
    edge: float | None = None
    for item in sorted(items, key=lambda item: item.x0):
        if edge is not None and item.x0 - edge >= width:
            gutters.append((edge, item.x0))
        edge = item.x1 if edge is None else max(edge, item.x1)
    return gutters
