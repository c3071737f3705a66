"""Tables on a PDF page: by their rules, or by cells that stand under one another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from kb.readers.pdf_geometry import Box, Line, Page, Table, is_bullet
from kb.readers.pdf_regions import gutters_of, item_of

_REMEMBERED = 6  # rows that the next must fit; all of them would take time with their square
_CELL_WORDS = 12  # a table whose cells say more is two columns of text
_AMOUNT = re.compile(r"[$£€¥+\-–−~<>≤≥(]{0,2}\s?\d|free\b|yes\b|no\b|n/?a\b|[–—-]$", re.IGNORECASE)


def tables_of(page: Page) -> list[Table]:
    """The tables on a page; their lines are taken off it."""
    tables: list[Table] = []
    for area in _ruled_areas(page):
        inside = [line for line in page.lines if _within(line, area)]
        table = _ruled_table(inside, area, page)
        if table is not None:
            header = _beyond(page.lines, table, above=True)
            footer = _beyond(page.lines, table, above=False)
            table.rows[:0] = [_cells(header, table.columns)] if header else []
            table.rows += [_cells(footer, table.columns)] if footer else []
            tables.append(table)
            taken = {id(line) for line in (*inside, *header, *footer)}
            page.lines = [line for line in page.lines if id(line) not in taken]
    for rows in _aligned_rows(page.lines):
        rows = _with_ruled_header(rows, page)
        tables.append(_table_of_rows(rows, page.number))
        taken = {id(line) for row in rows for line in row}
        page.lines = [line for line in page.lines if id(line) not in taken]
    return tables


def continue_table(page: Page, before: Table) -> Table | None:
    """The rows at the top of a page that belong to the table that ends the page before it."""
    taken: list[list[Line]] = []
    for row in _by_height(page.lines):
        close = not taken or row[0].y - taken[-1][0].y < 3.2 * row[0].size
        if len(row) < 2 or not close or not all(_in_one_column(line, before.columns) for line in row):
            break
        taken.append(row)
    if not taken:
        return None
    gone = {id(line) for row in taken for line in row}
    page.lines = [line for line in page.lines if id(line) not in gone]
    return _table_of_rows(taken, page.number, before.columns)


def _in_one_column(line: Line, columns: Sequence[tuple[float, float]]) -> bool:
    """Starts, ends or is centred where a column does, and reaches into no other."""
    under = [column for column in columns if line.x0 < column[1] and line.x1 > column[0]]
    if len(under) != 1:
        return False
    left, right = under[0]
    slack = line.size
    offsets = (line.x0 - left, line.x1 - right, (line.x0 + line.x1 - left - right) / 2)
    return min(map(abs, offsets)) < slack


def _ruled_areas(page: Page) -> list[Box]:
    """Stacks of at least four rules (three rows) of one extent."""
    edges = [rule for rule in page.rules if rule.width > 5]
    edges += [Box(b.x0, y, b.x1, y) for b in page.boxes for y in (b.top, b.bottom)]
    stacks: list[list[Box]] = []
    for rule in _collinear(edges):
        for stack in stacks:
            if abs(stack[-1].x0 - rule.x0) < 4 and abs(stack[-1].x1 - rule.x1) < 4:
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    areas = [Box(s[0].x0, s[0].top, s[0].x1, s[-1].bottom) for s in stacks if len(s) >= 4 and s[0].width > 80]
    return sorted(areas, key=lambda area: area.top)


def _collinear(edges: Sequence[Box]) -> list[Box]:
    """Pieces of rules put together, each height once, from the top."""
    rows: list[list[Box]] = []
    for edge in sorted(edges, key=lambda edge: edge.top):
        if rows and edge.top - rows[-1][0].top < 2.5:
            rows[-1].append(edge)
        else:
            rows.append([edge])
    whole: list[Box] = []
    for row in rows:
        row.sort(key=lambda edge: edge.x0)
        x0, x1 = row[0].x0, row[0].x1
        for edge in row[1:]:
            if edge.x0 > x1 + 4:
                whole.append(Box(x0, row[0].top, x1, row[0].top))
                x0 = edge.x0
            x1 = max(x1, edge.x1)
        whole.append(Box(x0, row[0].top, x1, row[0].top))
    return whole


def _ruled_table(lines: Sequence[Line], area: Box, page: Page) -> Table | None:
    if len(lines) < 4:
        return None
    edges = [rule for rule in page.rules if rule.width > 5]
    edges += [Box(b.x0, y, b.x1, y) for b in page.boxes for y in (b.top, b.bottom)]
    heights = [e.top for e in _collinear(edges) if e.x0 <= area.x0 + 4 and e.x1 >= area.x1 - 4]
    heights = [y for y in heights if area.top - 1 <= y <= area.bottom + 1]
    bands = [
        [line for line in lines if top - 1 <= (line.top + line.bottom) / 2 < bottom]
        for top, bottom in pairwise(heights)
    ]
    bands = [band for band in bands if band]
    columns = _columns(bands)
    if len(bands) < 3 or len(columns) < 2:
        return None
    rows = [_cells(band, columns) for band in bands]
    filled = [cell for row in rows for cell in row if cell]
    wordy = sum(len(cell.split()) > 2 * _CELL_WORDS for cell in filled)
    bullets = sum(bool(line.marker) and is_bullet(line.marker) for line in lines)
    broad = sum(sum(bool(cell) for cell in row) >= 2 for row in rows)
    if wordy > 0.2 * len(filled) or bullets > 0.3 * len(lines) or broad < 0.6 * len(rows):
        return None
    return _table(rows, page.number, area, lines, columns)


def _beyond(lines: Sequence[Line], table: Table, *, above: bool) -> list[Line]:
    """The row that stands outside a table's outermost rule: a header, a last row without a rule below it."""
    edge = table.bounds.top if above else table.bounds.bottom
    rows: list[list[Line]] = []
    reached = edge
    for row in sorted(_by_height(lines), key=lambda row: abs(row[0].y - edge)):
        y = row[0].y
        if y > edge if above else y < edge:
            continue
        near = abs(y - reached) < (3.0 if not rows else 1.5) * row[0].size
        if not near or not all(_is_under(line, table.columns) for line in row):
            break
        rows.append(row)
        reached = y
    return [line for row in rows for line in row] if any(len(row) > 1 for row in rows) else []


def _is_under(line: Line, columns: Sequence[tuple[float, float]]) -> bool:
    return sum(line.x0 < right and line.x1 > left for left, right in columns) == 1


def _by_height(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines on one height together, from the top, each row from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.y, line.x0)):
        if rows and abs(rows[-1][0].y - line.y) < 0.3 * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda line: line.x0)
    return rows


def _columns(bands: Sequence[Sequence[Line]]) -> list[tuple[float, float]]:
    """The columns' extents; a row that spans them says nothing of them."""
    items = [item_of(line) for band in bands if len(band) > 1 for line in band]
    if not items:
        return []
    widest = max(item.x1 for item in items) - min(item.x0 for item in items)
    narrow = [item for item in items if item.x1 - item.x0 < 0.7 * widest] or items
    edges = gutters_of(narrow)
    starts = [min(item.x0 for item in narrow), *(b for _, b in edges)]
    ends = [*(a for a, _ in edges), max(item.x1 for item in narrow)]
    return list(zip(starts, ends, strict=True))


def _cells(lines: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[str]:
    cells: list[list[Line]] = [[] for _ in columns]
    for line in sorted(lines, key=lambda line: (round(line.y), line.x0)):
        middle = (
            line.x0 if line.x1 - line.x0 > 1.5 * (columns[0][1] - columns[0][0]) else (line.x0 + line.x1) / 2
        )
        nearest = min(range(len(columns)), key=lambda n: max(columns[n][0] - middle, middle - columns[n][1]))
        cells[nearest].append(line)
    return [" ".join(_marked(line) for line in cell) for cell in cells]


def _marked(line: Line) -> str:
    return line.text if not line.marker or is_bullet(line.marker) else f"{line.marker} {line.text}"


def _aligned_rows(lines: Sequence[Line]) -> list[list[list[Line]]]:
    """Runs of at least three rows whose short cells stand under one another, without rules."""
    runs: list[list[list[Line]]] = []
    run: list[list[Line]] = []
    for row in [*_by_height(lines), []]:
        if run and _wraps(run, row):
            run[-1] = [*run[-1], *row]
            continue
        if len(row) >= 2 and (not run or _fits_below(run, row)):
            run.append(row)
            continue
        if _is_table(run):
            runs.append(run)
        run = [row] if len(row) >= 2 else []
    return runs


def _wraps(run: Sequence[Sequence[Line]], row: Sequence[Line]) -> bool:
    """The second line of a cell, set closer below its first than rows are."""
    if len(row) != 1:
        return False
    line = row[0]
    pitch = 1.45 * line.size
    if len(run) > 1:
        pitch = min(pitch, 0.85 * (run[-1][0].y - run[-2][0].y))
    return any(
        abs(line.x0 - cell.x0) < 2 and 0 < line.y - cell.y < pitch and abs(line.size - cell.size) < 0.5
        for cell in run[-1]
    )


def _fits_below(run: Sequence[Sequence[Line]], row: Sequence[Line]) -> bool:
    last = run[-1]
    close = row[0].y - last[0].y < 3.2 * max(last[0].size, row[0].size)
    near = run[-_REMEMBERED:]
    columns = len(gutters_of([item_of(line) for above in near for line in above]))
    together = len(gutters_of([item_of(line) for above in (*near, row) for line in above]))
    return close and together >= 1 and together >= columns


def _is_table(rows: Sequence[Sequence[Line]]) -> bool:
    if len(rows) < 3:
        return False
    cells = [line for row in rows for line in row]
    if any(line.marker and is_bullet(line.marker) for line in cells):
        return False
    words = [len(line.words) for line in cells]
    columns = _columns(rows)
    if len(columns) < 2:
        return False
    later = [line for row in rows[1:] for line in row if line.x0 >= columns[1][0] - 2] or cells
    amounts = sum(bool(_AMOUNT.match(line.text)) for line in later) / len(later)
    if len(columns) == 2:
        return amounts >= 0.6 and median(words) <= 8
    return median(words) <= 3 or (amounts >= 0.5 and median(words) <= 6)


def _with_ruled_header(rows: list[list[Line]], page: Page) -> list[list[Line]]:
    """All the lines between the two rules that enclose a table's header are its first row."""
    items = [item_of(line) for row in rows for line in row]
    x0, x1 = min(item.x0 for item in items), max(item.x1 for item in items)
    first, last = rows[0][0], rows[-1][0]
    across = [r.top for r in _collinear(page.rules) if r.x0 <= x0 + 4 and r.x1 >= x1 - 4]
    lower = next((y for y in across if first.y - 8 * first.size < y < last.y and y > first.top), None)
    upper = [y for y in across if lower is not None and lower - 8 * first.size < y < lower - 2]
    if lower is None or not upper:
        return rows
    header = [
        line for line in page.lines if max(upper) < line.y < lower and x0 - 4 <= line.x0 and line.x1 <= x1 + 4
    ]
    body = [row for row in rows if row[0].y > lower]
    return [header, *body] if len(header) > 1 and len(body) > 1 else rows


def _table_of_rows(
    rows: Sequence[Sequence[Line]], page: int, columns: list[tuple[float, float]] | None = None
) -> Table:
    columns = columns or _columns(rows)
    lines = [line for row in rows for line in row]
    items = [item_of(line) for line in lines]
    bounds = Box(
        min(item.x0 for item in items),
        min(item.top for item in items),
        max(item.x1 for item in items),
        max(item.bottom for item in items),
    )
    return _table([_cells(row, columns) for row in rows], page, bounds, lines, columns)


def _table(
    rows: list[list[str]],
    page: int,
    bounds: Box,
    lines: Sequence[Line],
    columns: list[tuple[float, float]],
) -> Table:
    bold = sum(line.bold for line in lines) > 0.5 * len(lines)
    return Table(rows, page, bounds, median(line.size for line in lines), bold, columns)


def _within(line: Line, area: Box) -> bool:
    middle = (line.top + line.bottom) / 2
    return area.top - 1 <= middle <= area.bottom + 1 and area.x0 - 3 <= line.x0 and line.x1 <= area.x1 + 3
