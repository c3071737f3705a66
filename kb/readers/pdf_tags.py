"""What a PDF's own tags call a heading."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium

_ELEMENTS = 20_000  # of a page's tree; a tree with more, or in a circle, is not followed further


def tagged_headings(raw: Any) -> dict[int, int]:
    """The marked content that the page's own tags call a heading, with its level."""
    tree = pdfium.FPDF_StructTree_GetForPage(raw)
    if not tree:
        return {}
    found: dict[int, int] = {}
    try:
        budget = [_ELEMENTS]
        for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            _collect_headings(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index), 0, 0, found, budget)
    finally:
        pdfium.FPDF_StructTree_Close(tree)
    return found


def _collect_headings(element: Any, level: int, depth: int, found: dict[int, int], budget: list[int]) -> None:
    budget[0] -= 1
    if not element or depth > 60 or budget[0] < 0:
        return
    buffer = ctypes.create_string_buffer(32)
    pdfium.FPDF_StructElement_GetType(element, buffer, 32)
    name = buffer.raw.decode("utf-16-le", "replace").partition("\0")[0]
    if len(name) == 2 and name[0] == "H" and name[1] in "123456":
        level = int(name[1])
    for index in range(max(0, pdfium.FPDF_StructElement_CountChildren(element))):
        mark = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, index)
        if mark >= 0:
            if level:
                found[mark] = level
        else:
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, index)
            _collect_headings(child, level, depth + 1, found, budget)
