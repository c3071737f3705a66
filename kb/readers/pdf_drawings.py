"""What is drawn on a PDF page beside its text: rules, frames, tints, pictures, bullets."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2.raw as pdfium

from kb.readers.pdf_geometry import Box, Frame, Line, Page

_OBJECTS = 20_000  # a page with more is a drawing; its rules and boxes say nothing


def add_drawings(page: Page, raw: Any, frame: Frame) -> None:
    """Puts the drawings on the page, and the bullets that are drawn to their lines."""
    counter = [0]
    dots: list[Box] = []
    for kind, box in _drawings(raw, frame, (1, 0, 0, 1, 0, 0), 0, counter):
        if kind == "picture":
            page.pictures.append(box)
        elif _is_dot(box):
            dots.append(box)
        elif box.height <= 3:
            page.rules.append(box)
        elif box.width > 3:
            page.boxes.append(box)
    if counter[0] > _OBJECTS:
        page.rules, page.boxes, dots = [], [], []
    _set_bullets(page.lines, dots[:2000])


def _is_dot(box: Box) -> bool:
    return 1.5 <= box.width <= 8 and 1.5 <= box.height <= 8 and abs(box.width - box.height) < 1


def _set_bullets(lines: Sequence[Line], dots: Sequence[Box]) -> None:
    """Browsers draw the bullets of a list; they do not write them."""
    for line in lines:
        if line.marker:
            continue
        for dot in dots:
            level = line.y - 0.75 * line.size < (dot.top + dot.bottom) / 2 < line.y
            if level and 0 < line.x0 - dot.x1 < 2 * line.size and dot.width < 0.7 * line.size:
                line.marker, line.marker_x = "•", dot.x0
                break


_Matrix = tuple[float, float, float, float, float, float]


def _drawings(
    container: Any, frame: Frame, outer: _Matrix, depth: int, counter: list[int]
) -> Iterator[tuple[str, Box]]:
    is_page = depth == 0
    count = pdfium.FPDFPage_CountObjects(container) if is_page else pdfium.FPDFFormObj_CountObjects(container)
    for index in range(count):
        counter[0] += 1
        if counter[0] > _OBJECTS:
            return
        item = (
            pdfium.FPDFPage_GetObject(container, index)
            if is_page
            else pdfium.FPDFFormObj_GetObject(container, index)
        )
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < 4:
            yield from _drawings(item, frame, _times(_matrix(item), outer), depth + 1, counter)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            yield "picture", _bounds(item, frame, outer)
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and _is_drawn(item):
            box = _bounds(item, frame, outer)
            if box.height <= 3 or box.width <= 3 or _is_dot(box) or _is_rectangle(item):
                yield "path", box


def _bounds(item: Any, frame: Frame, outer: _Matrix) -> Box:
    values = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(item, *values)
    left, bottom, right, top = (value.value for value in values)
    corners = [_apply(outer, x, y) for x, y in ((left, bottom), (right, top))]
    return frame.box(*corners[0], *corners[1])


def _matrix(item: Any) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(item, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _apply(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _times(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    oa, ob, oc, od, _, _ = outer
    x, y = _apply(outer, e, f)
    return a * oa + b * oc, a * ob + b * od, c * oa + d * oc, c * ob + d * od, x, y


def _is_drawn(path: Any) -> bool:
    """Stroked, or filled with something that is not the white of the page."""
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, mode, stroke)
    if stroke.value:
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    return bool(mode.value) and alpha.value > 0 and min(red.value, green.value, blue.value) < 250


def _is_rectangle(path: Any) -> bool:
    """Sides along the axes; corners may be round."""
    count = pdfium.FPDFPath_CountSegments(path)
    if not 4 <= count <= 18:
        return False
    previous: tuple[float, float] | None = None
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        x, y = ctypes.c_float(), ctypes.c_float()
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if previous is not None and kind != pdfium.FPDF_SEGMENT_MOVETO:
            dx, dy = abs(x.value - previous[0]), abs(y.value - previous[1])
            if kind == pdfium.FPDF_SEGMENT_LINETO and min(dx, dy) > 1:
                return False
            if kind == pdfium.FPDF_SEGMENT_BEZIERTO and max(dx, dy) > 20:
                return False
        previous = x.value, y.value
    return True
