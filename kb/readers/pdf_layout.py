"""The order in which a page is read: columns and sidebars from where things stand.

A page is cut into bands from top to bottom, a band into the columns that one gutter divides, and
each column again, until what is left is read straight down.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from kb.readers.pdf_geometry import Box, Line, Page, Table
from kb.readers.pdf_regions import Item, gutters_of, item_of, item_of_table

_STRONG = 3  # rows on both sides of a gutter that make it one
_DISPLAY = 1.9  # of the usual size: a title, which stands above the columns wherever it is set
_DEPTH = 12


@dataclass(slots=True)
class Flow:
    """Lines read straight down, or a table. `aside`: in a frame of its own, beside the text."""

    lines: list[Line] = field(default_factory=list)
    table: Table | None = None
    aside: bool = False
    left: float = 0.0
    right: float = 0.0


def reading_order(page: Page, tables: Sequence[Table]) -> list[Flow]:
    """Everything on a page, as it is read."""
    items = [item_of(line) for line in page.lines] + [item_of_table(table) for table in tables]
    if not items:
        return []
    heads = [box for box in page.boxes if _heads_columns(box, items)]
    boxes = [box for box in page.boxes if not any(_belongs_to(box, head) for head in heads)]
    rules = [rule for rule in page.rules if not any(_belongs_to(rule, head) for head in heads)]
    rules = _separators(rules, boxes, items)
    items = _boxed(items, _frames(boxes, page))
    flows = _order(items, rules, page.pictures, aside=False, depth=0)
    for lines in page.turned:
        turned = sorted((item_of(line) for line in lines), key=lambda item: (item.top, item.x0))
        flows.append(_column(turned, aside=True))
    return flows


# --- frames


def _boxed(items: list[Item], frames: Sequence[Box]) -> list[Item]:
    """What stands in a frame or on a tint of its own, put together, the innermost first."""
    for box in sorted(frames, key=lambda box: box.width * box.height):
        inside = [item for item in items if _within_box(item, box)]
        crossing = any(_crosses(item, box) for item in items)
        if crossing or len(inside) < 2 or len(inside) == len(items):
            continue
        taken = {id(item) for item in inside}
        items = [item for item in items if id(item) not in taken]
        items.append(
            Item(
                min(item.x0 for item in inside),
                max(item.x1 for item in inside),
                min(item.top for item in inside),
                max(item.bottom for item in inside),
                median(item.size for item in inside),
                tuple(inside),
            )
        )
    return items


def _heads_columns(box: Box, items: Sequence[Item]) -> bool:
    """The tint of a table's header: divided as what stands close below it is."""
    inside = [item for item in items if _within_box(item, box)]
    gutters = gutters_of(inside) if len(inside) > 1 else []
    if not gutters or box.height > 8 * inside[0].size:
        return False
    reach = box.bottom + 3 * inside[0].size
    below = [i for i in items if box.bottom < i.top < reach and i.x1 > box.x0 and i.x0 < box.x1]
    return len(below) > 1 and len(gutters_of([*inside, *below])) == len(gutters)


def _belongs_to(box: Box, head: Box) -> bool:
    """The header's own tint and rules, and the tint of the columns that hang from it."""
    return head.top - 3 <= box.top <= head.bottom + 3 and box.x0 < head.x1 and box.x1 > head.x0


def _frames(boxes: Sequence[Box], page: Page) -> list[Box]:
    area = page.width * page.height
    boxes = [box for box in boxes if box.height > 18 and box.width > 60]
    boxes = [box for box in boxes if 0.003 * area < box.width * box.height < 0.8 * area]
    return [box for box in boxes if not any(_are_cells(box, other) for other in boxes if other is not box)][
        :200
    ]


def _are_cells(box: Box, other: Box) -> bool:
    """Side by side, edge to edge, of one height: a table's cells."""
    level = abs(box.top - other.top) < 2 and abs(box.bottom - other.bottom) < 2
    return level and (abs(box.x1 - other.x0) < 3 or abs(other.x1 - box.x0) < 3)


def _within_box(item: Item, box: Box) -> bool:
    return (
        box.x0 - 2 <= item.x0
        and item.x1 <= box.x1 + 2
        and box.top - 2 <= (item.top + item.bottom) / 2 <= box.bottom + 2
    )


def _crosses(item: Item, box: Box) -> bool:
    beside = item.x1 < box.x0 + 2 or item.x0 > box.x1 - 2
    middle = (item.top + item.bottom) / 2
    return not beside and box.top < middle < box.bottom and not _within_box(item, box)


# --- bands and columns


def _separators(rules: Sequence[Box], boxes: Sequence[Box], items: Sequence[Item]) -> list[Box]:
    """Rules that divide, not those that underline a few words."""
    edges = [Box(box.x0, edge, box.x1, edge) for box in boxes for edge in (box.top, box.bottom)]
    rules = [rule for rule in (*rules, *edges) if rule.width >= 60]
    return [rule for rule in rules if not any(_underlines(rule, item) for item in items)][:500]


def _underlines(rule: Box, item: Item) -> bool:
    close = item.bottom - 1 <= rule.top <= item.bottom + 0.4 * item.size
    return close and item.x0 - 2 <= rule.x0 and rule.x1 <= item.x1 + 2


def _order(
    items: Sequence[Item], rules: Sequence[Box], pictures: Sequence[Box], *, aside: bool, depth: int
) -> list[Flow]:
    flows: list[Flow] = []
    for band in _bands(_strips(items), rules, pictures):
        gutters = gutters_of(band) if depth < _DEPTH else []
        if not gutters:
            flows.extend(_down(band, rules, pictures, aside=aside, depth=depth))
            continue
        edges = [float("-inf"), *((a + b) / 2 for a, b in gutters), float("inf")]
        for left, right in pairwise(edges):
            column = [item for item in band if left < (item.x0 + item.x1) / 2 < right]
            flows.extend(_order(column, rules, pictures, aside=aside, depth=depth + 1))
    return flows


def _down(
    items: Sequence[Item], rules: Sequence[Box], pictures: Sequence[Box], *, aside: bool, depth: int
) -> list[Flow]:
    """A column, from top to bottom, its frames and tables in their places."""
    flows: list[Flow] = []
    run: list[Item] = []
    for item in sorted(items, key=lambda item: (item.bottom, item.x0)):
        if isinstance(item.content, Line):
            run.append(item)
            continue
        if run:
            flows.append(_column(run, aside=aside))
            run = []
        if isinstance(item.content, Table):
            flows.append(Flow(table=item.content, aside=aside, left=item.x0, right=item.x1))
        else:
            flows.extend(_order(item.content, rules, pictures, aside=True, depth=depth + 1))
    if run:
        flows.append(_column(run, aside=aside))
    return flows


def _column(items: Sequence[Item], *, aside: bool) -> Flow:
    lines: list[Line] = []
    for item in items:
        line = item.content
        if not isinstance(line, Line):
            continue
        if (
            lines
            and abs(lines[-1].y - line.y) < 0.3 * line.size
            and line.x0 > lines[-1].x0
            and not line.marker
        ):
            last = lines[-1]
            lines[-1] = Line(last.words + line.words, last.page, last.marker, last.marker_x)
        else:
            lines.append(line)
    left = min(item.x0 for item in items)
    return Flow(lines, aside=aside, left=left, right=max(item.x1 for item in items))


def _strips(items: Sequence[Item]) -> list[list[Item]]:
    """Rows of what overlaps in height."""
    strips: list[list[Item]] = []
    bottom = float("-inf")
    for item in sorted(items, key=lambda item: (item.top, item.x0)):
        if strips and item.top < bottom:
            strips[-1].append(item)
        else:
            strips.append([item])
        bottom = max(bottom, item.bottom) if len(strips[-1]) > 1 else item.bottom
    return strips


def _bands(strips: Sequence[list[Item]], rules: Sequence[Box], pictures: Sequence[Box]) -> list[list[Item]]:
    bands: list[list[list[Item]]] = []
    usual = median(item.size for strip in strips for item in strip) if strips else 0.0
    shouted = False
    for position, strip in enumerate(strips):
        was_shouted = shouted
        shouted = len(strip) == 1 and strip[0].size > _DISPLAY * usual
        if not bands or shouted != was_shouted:
            bands.append([strip])
            continue
        band = bands[-1]
        divided = bool(gutters_of(_flat(band)))
        if divided:
            together = _continues(band, strip, strips[position + 1 :], rules, pictures)
        elif gutters_of(strip):
            pulled = _pulled_back(band, strip, rules)
            del band[len(band) - len(pulled) :]
            if not band:
                bands.pop()
            bands.append([*pulled, strip])
            continue
        else:
            together = not gutters_of(_flat([*band, strip]))
        if together:
            band.append(strip)
        else:
            bands.append([strip])
    return [_flat(band) for band in bands]


def _flat(strips: Iterable[Sequence[Item]]) -> list[Item]:
    return [item for strip in strips for item in strip]


def _continues(
    band: Sequence[Sequence[Item]],
    strip: Sequence[Item],
    following: Sequence[Sequence[Item]],
    rules: Sequence[Box],
    pictures: Sequence[Box],
) -> bool:
    """Whether the columns of a band go on in the strip below it."""
    items = _flat(band)
    kept = gutters_of([*items, *strip])
    gutters = gutters_of(items)
    strong = [gutter for gutter in gutters if _support(band, gutter) >= _STRONG]
    for gutter in strong or gutters[:1]:
        if not any(a < gutter[1] and b > gutter[0] for a, b in kept):
            return False
    if not kept or _ruled_off(items, strip, rules, kept):
        return False
    return not _opens_section(items, strip, following, kept, pictures)


def _support(band: Sequence[Sequence[Item]], gutter: tuple[float, float]) -> int:
    left = sum(any(item.x1 <= gutter[0] + 1 for item in strip) for strip in band)
    right = sum(any(item.x0 >= gutter[1] - 1 for item in strip) for strip in band)
    return min(left, right)


def _ruled_off(
    above: Sequence[Item],
    below: Sequence[Item],
    rules: Sequence[Box],
    gutters: Sequence[tuple[float, float]],
) -> bool:
    top = max(item.bottom for item in above) - 1
    bottom = min(item.top for item in below) + 1
    between = [rule for rule in rules if top <= rule.top <= bottom]
    return bool(between) and all(
        any(rule.x0 < a - 15 and rule.x1 > b + 15 for rule in between) for a, b in gutters
    )


def _opens_section(
    above: Sequence[Item],
    strip: Sequence[Item],
    following: Sequence[Sequence[Item]],
    gutters: Sequence[tuple[float, float]],
    pictures: Sequence[Box],
) -> bool:
    """A heading in the left column, clear of both columns above it, before columns or full lines again."""
    left, right = gutters[0]
    if not all(item.is_heading_like and item.x1 <= left + 1 for item in strip):
        return False
    left_ends = [item.bottom for item in above if item.x1 <= left + 1]
    right_ends = [item.bottom for item in above if item.x0 >= right - 1]
    if not left_ends or not right_ends:
        return False
    top = min(item.top for item in strip)
    body = median(item.size for item in above)
    if top - max(left_ends) < 0.9 * body or top - max(right_ends) < 0.9 * body:
        return False
    for below in following:
        if any(item.x0 < left and item.x1 > right for item in below):
            return True
        resumed = [item.top for item in below if item.x0 >= right - 1]
        if resumed:
            size = max(item.size for item in strip)
            beside = [p for p in pictures if p.x1 > right and p.height > size]
            return not any(p.top < min(resumed) and p.bottom > max(right_ends) for p in beside)
    return False


def _pulled_back(band: Sequence[list[Item]], strip: Sequence[Item], rules: Sequence[Box]) -> list[list[Item]]:
    """The strips just above a divided one that already belong to one of its columns."""
    pulled: list[list[Item]] = []
    for above in reversed(band):
        together = [*above, *_flat(pulled), *strip]
        gutters = gutters_of(together)
        if not gutters or _ruled_off(above, _flat(pulled) or strip, rules, gutters):
            break
        pulled.insert(0, above)
    rest = list(band[: len(band) - len(pulled)])
    while pulled and rest and _is_next_line(rest[-1], pulled[0]):
        rest.append(pulled.pop(0))
    return pulled


def _is_next_line(above: Sequence[Item], below: Sequence[Item]) -> bool:
    """Set as close as the lines of a paragraph are."""
    size = median(item.size for item in above)
    same = abs(size - median(item.size for item in below)) < 0.6
    gap = min(item.top for item in below) - max(item.bottom for item in above)
    return same and gap < 0.75 * size
