"""Running headers, footers and page numbers, found by what repeats where, and taken away."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median

from kb.readers.pdf_geometry import Line, Page, Table

_MARGIN = 0.12  # of a page's height, above and below, in which furniture stands
_PAGES = 0.6  # of the pages that say the same in the same place
_APART = 1.8  # times its size: furniture stands clear of the text
_BLOCK = 0.06  # of a page's height: what goes on for longer is text, not a header of several lines
_DRIFT = 0.02  # of a page's height, between one page and the next
_PARITY = 6  # pages from which left and right pages may have headers of their own
_DIGITS = re.compile(r"\d+")
_NUMERAL = re.compile(
    r"[\s|•·–—-]*(?P<word>page|seite|p\.)?\s*(?P<number>\d{1,4})(?:\s*(?:/|of|von)\s*\d{1,4})?[\s|•·–—-]*",
    re.IGNORECASE,
)


def drop_furniture(pages: Sequence[Page], tables: Sequence[Sequence[Table]]) -> None:
    """Takes it off the pages; `tables` holds those of each page, which a caption may stand close above."""
    gone: set[int] = set()
    for at_top in (True, False):
        candidates = [_margin(page, found, at_top) for page, found in zip(pages, tables, strict=True)]
        gone |= _repeated(pages, candidates)
        gone |= {id(line) for page in pages for line in page.lines if _is_page_number(line, page)}
    for page, found in zip(pages, tables, strict=True):
        kept = [line for line in page.lines if id(line) not in gone]
        if not kept and page.lines and not found:
            kept = [_innermost(page)]  # the page says little, but it says it
        page.lines = kept


def _innermost(page: Page) -> Line:
    return max(page.lines, key=lambda line: min(line.y, page.height - line.y))


def _margin(page: Page, tables: Sequence[Table], at_top: bool) -> list[Line]:
    """The lines in a margin, the outermost first."""
    edge = _MARGIN * page.height
    lines = [line for line in page.lines if (line.y < edge if at_top else line.y > page.height - edge)]
    if at_top:
        lines = [line for line in lines if not any(_captions(line, table) for table in tables)]
    return sorted(lines, key=lambda line: line.y if at_top else -line.y)


def _captions(line: Line, table: Table) -> bool:
    return 0 <= table.bounds.top - line.y < 4 * line.size


def _repeated(pages: Sequence[Page], candidates: Sequence[Sequence[Line]]) -> set[int]:
    found: set[int] = set()
    for among in _runs(len(pages)):
        if len(among) < 2:
            continue
        said: dict[str, list[tuple[int, Line]]] = defaultdict(list)
        for index in among:
            for line in candidates[index]:
                said[_masked(line)].append((index, line))
        for places in said.values():
            found |= _in_one_place(pages, places, len(among))
    return found


def _runs(count: int) -> list[list[int]]:
    everywhere = list(range(count))
    return [everywhere, everywhere[::2], everywhere[1::2]] if count >= _PARITY else [everywhere]


def _masked(line: Line) -> str:
    return _DIGITS.sub("#", line.text.casefold())


def _in_one_place(pages: Sequence[Page], places: Sequence[tuple[int, Line]], count: int) -> set[int]:
    height = pages[places[0][0]].height
    gaps = [_gap_inwards(line, pages[index]) for index, line in places]
    if median(gaps) < _APART * median(line.size for _, line in places):
        return set()
    level = _close_to_median(places, lambda line: line.y, _DRIFT * height)
    level = _close_to_median(level, lambda line: line.size, 0.15 * median(line.size for _, line in places))
    on = {index for index, _ in level}
    return {id(line) for _, line in level} if len(on) >= max(2, _PAGES * count) else set()


def _gap_inwards(line: Line, page: Page) -> float:
    """How far the next line towards the middle of the page is, furniture of several lines counted as one."""
    at_top = line.y < page.height / 2
    distances = sorted(
        other.y - line.y if at_top else line.y - other.y
        for other in page.lines
        if (other.y > line.y + 1 if at_top else other.y < line.y - 1)
    )
    reach = 0.0
    for distance in distances:
        if distance - reach >= _APART * line.size:
            return distance - reach
        reach = distance
        if reach > _BLOCK * page.height:
            return 0.0
    return page.height


def _close_to_median(
    places: Sequence[tuple[int, Line]], measure: Callable[[Line], float], tolerance: float
) -> list[tuple[int, Line]]:
    if not places:
        return []
    middle = median(measure(line) for _, line in places)
    return [(index, line) for index, line in places if abs(measure(line) - middle) <= tolerance]


def _is_page_number(line: Line, page: Page) -> bool:
    match = _NUMERAL.fullmatch(line.text)
    if not match or any(other is not line and abs(other.y - line.y) < 2 for other in page.lines):
        return False
    outermost = line.y < 0.08 * page.height or line.y > 0.92 * page.height
    return outermost and (bool(match["word"]) or int(match["number"]) == page.number)
