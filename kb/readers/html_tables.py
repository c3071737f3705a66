"""Tables of data as a header line and rows; tables that only lay a page out are told apart."""

from __future__ import annotations

import re

from kb.readers.blocks import Block, Kind
from kb.readers.dom import Element
from kb.readers.encoding import clean

_LAYOUT_CELL = 300  # characters; cells of data are shorter


def blocks_of_table(table: Element) -> list[Block] | None:
    """Its caption, header and rows; None for a table of layout, which is to be read as text."""
    rows = _rows(table)
    if not _is_data(table, rows):
        return None
    caption = next(table.find("caption"), None)
    blocks = [Block(clean(caption.text()))] if caption is not None else []
    grid = _grid(rows)
    header = _header_rows(rows)
    if header:
        columns = zip(*grid[:header], strict=True)
        titles = (" ".join(dict.fromkeys(filter(None, column))) for column in columns)
        blocks.append(Block(" | ".join(titles), Kind.HEADER))
    lines = (" | ".join(cells) for cells in grid[header:])
    return [*blocks, *(Block(line, Kind.ROW) for line in lines if line.strip(" |"))]


def _rows(table: Element) -> list[list[Element]]:
    """The rows that are the table's own, not those of a table in it."""
    rows: list[list[Element]] = []
    waiting: list[Element] = [table]
    while waiting:
        element = waiting.pop()
        if element.tag == "tr":
            rows.append([c for c in element.nodes if isinstance(c, Element) and c.tag in ("td", "th")])
        elif element.tag in ("table", "thead", "tbody", "tfoot"):
            inner = [c for c in element.nodes if isinstance(c, Element) and (c.tag != "table")]
            waiting.extend(reversed(inner))
    return [row for row in rows if row]


def _is_data(table: Element, rows: list[list[Element]]) -> bool:
    if not rows or table.get("role") in ("presentation", "none"):
        return False
    cells = [cell for row in rows for cell in row]
    if any(cell.has("table", "form", "h1", "h2", "h3") for cell in cells):
        return False
    if any(cell.tag == "th" for cell in cells) or table.has("caption"):
        return True
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    return all(cell.size <= _LAYOUT_CELL for cell in cells)


def _grid(rows: list[list[Element]]) -> list[list[str]]:
    """The cells' texts, each row as wide as the widest; a cell over several rows is said in each."""
    hanging: dict[int, tuple[int, str]] = {}
    grid: list[list[str]] = []
    for row in rows:
        cells: list[str] = []
        waiting = list(row)
        while waiting or len(cells) in hanging:
            place = len(cells)
            if place in hanging:
                left, text = hanging.pop(place)
                if left > 1:
                    hanging[place] = (left - 1, text)
                cells.append(text)
                continue
            cell = waiting.pop(0)
            text = clean(cell.text())
            rowspan = _span(cell, "rowspan")
            for across in range(_span(cell, "colspan")):
                if rowspan > 1:
                    hanging[place + across] = (rowspan - 1, text if across == 0 else "")
                cells.append(text if across == 0 else "")
        grid.append(cells)
    width = max(map(len, grid))
    for cells in grid:
        cells.extend([""] * (width - len(cells)))
    used = [column for column in range(width) if any(cells[column] for cells in grid)]
    return [[cells[column] for column in used] for cells in grid]


def _span(cell: Element, name: str) -> int:
    said = cell.get(name)
    return max(1, min(int(said), 50)) if re.fullmatch(r"\d{1,4}", said) else 1


def _header_rows(rows: list[list[Element]]) -> int:
    """How many rows at the top say what the columns hold."""
    heads = 0
    for row in rows:
        in_head = row[0].parent is not None and row[0].parent.parent is not None
        in_head = in_head and row[0].parent.parent.tag == "thead"  # type: ignore[union-attr]
        if not in_head and not all(cell.tag == "th" for cell in row):
            break
        heads += 1
    if heads == len(rows):
        return min(heads, 1) if heads > 1 else 0
    if heads == 0 and len(rows) > 2 and _all_bold(rows[0]) and not any(map(_all_bold, rows[1:])):
        return 1
    return heads


def _all_bold(row: list[Element]) -> bool:
    filled = [cell for cell in row if cell.size]
    bold = (sum(b.size for b in cell.find("b", "strong")) >= cell.size for cell in filled)
    return len(filled) > 1 and all(bold)
