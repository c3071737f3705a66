"""What stands on a PDF page: words and lines, rules and boxes, tables; and how its space is turned.

All coordinates are points from the page's top left corner as it is shown, y downwards.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

HYPHEN = "\x02"  # pdfium's mark for a hyphen at the end of a line

BULLET = re.compile(r"[•●∙·▪■□◦○‣▸►▶➢➤✓✔❖◆♦*–—o\-\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf02d]")


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a space between them. `y` is the baseline."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool
    colour: int
    mark: int  # of the marked content it stands in, -1 for none


@dataclass(slots=True)
class Line:
    """Words on one baseline, close enough to be read on."""

    words: list[Word]
    page: int
    marker: str = ""  # the bullet or number that opens a list item
    marker_x: float = 0.0
    _weighed: tuple[list[Word], int, Word] | None = None

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return max(word.x1 for word in self.words)

    @property
    def y(self) -> float:
        return self.words[0].y if len(self.words) == 1 else self._main.y

    @property
    def size(self) -> float:
        return self._main.size

    @property
    def colour(self) -> int:
        return self._main.colour

    @property
    def mark(self) -> int:
        return self._main.mark

    @property
    def bold(self) -> bool:
        letters = sum(len(word.text) for word in self.words)
        return sum(len(word.text) for word in self.words if word.bold) >= 0.9 * letters

    @property
    def left(self) -> float:
        return self.marker_x if self.marker else self.x0

    # What a line takes up when rows are told apart: less than its height, as leading can be tight.
    @property
    def top(self) -> float:
        return self.y - 0.6 * self.size

    @property
    def bottom(self) -> float:
        return self.y + 0.1 * self.size

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def _main(self) -> Word:
        """The longest word, whose looks are the line's; kept, as it is asked for a hundred times."""
        kept = self._weighed
        if kept is None or kept[0] is not self.words or kept[1] != len(self.words):
            longest = max(self.words, key=lambda word: len(word.text))
            kept = self._weighed = (self.words, len(self.words), longest)
        return kept[2]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle that is drawn: a frame, a tint, a rule where it is thin, or a picture."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(slots=True)
class Page:
    """One page, as it is shown."""

    number: int
    width: float
    height: float
    lines: list[Line] = field(default_factory=list)
    turned: list[list[Line]] = field(default_factory=list)  # text set sideways, a list a direction
    rules: list[Box] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    headings: dict[int, int] = field(default_factory=dict)  # marked content -> tagged heading level


@dataclass(slots=True)
class Table:
    """Rows of cells, top to bottom; an empty cell is an empty string."""

    rows: list[list[str]]
    page: int
    bounds: Box
    size: float
    bold: bool
    columns: list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Frame:
    """From a page's own space to what is shown: cropped, turned, y downwards."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int  # degrees, clockwise

    @classmethod
    def of(cls, page: Any) -> Frame:
        left, bottom, right, top = page.get_cropbox()
        return cls(left, bottom, right, top, page.get_rotation())

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.turn in (90, 270) else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.turn in (90, 270) else self.top - self.bottom

    def point(self, x: float, y: float) -> tuple[float, float]:
        match self.turn:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
        return x - self.left, self.top - y

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        xa, ya = self.point(left, bottom)
        xb, yb = self.point(right, top)
        return Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))

    def direction(self, a: float, b: float) -> int:
        """Quarter turns clockwise of text whose own x axis is (a, b)."""
        dx, dy = {90: (b, a), 180: (-a, b), 270: (-b, -a)}.get(self.turn, (a, -b))
        if abs(dx) >= abs(dy):
            return 0 if dx >= 0 else 2
        return 1 if dy > 0 else 3

    def upright(self, direction: int, x: float, y: float) -> tuple[float, float]:
        """A shown point, turned with its text so that the text runs to the right."""
        match direction:
            case 1:
                return y, self.width - x
            case 2:
                return self.width - x, self.height - y
            case 3:
                return self.height - y, x
        return x, y


def is_bullet(marker: str) -> bool:
    """A bullet, not a number or a letter."""
    return bool(BULLET.fullmatch(marker))
