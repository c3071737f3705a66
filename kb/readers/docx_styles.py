"""The styles of a Word document: which paragraphs are headings, lists, bold, large."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from kb.readers.properties import language_tag

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)  # Word writes the English name in every language
_CHAIN = 12  # styles that build on one another
_DEFAULT_SIZE = 10.0  # points, where nothing says


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style with what it takes over from those that it builds on."""

    name: str = "Normal"
    outline: int = 0  # 1 the outermost, 0 for text
    numbering: tuple[str, int] | None = None
    bold: bool = False
    size: float | None = None
    is_title: bool = False


@dataclass(slots=True)
class Styles:
    """All styles of a document, by id."""

    size: float = _DEFAULT_SIZE  # of its ordinary text, in points
    language: str | None = None
    _elements: dict[str, Any] = field(default_factory=dict)
    _default: str = ""
    _known: dict[str, Style] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> Styles:
        styles = cls()
        try:
            root = document.part._styles_part.element
        except (KeyError, AttributeError, ValueError):
            return styles
        for element in root.iter(_W + "style"):
            identity = element.get(_W + "styleId") or ""
            styles._elements[identity] = element
            if element.get(_W + "type") == "paragraph" and element.get(_W + "default") in ("1", "true", "on"):
                styles._default = identity
        defaults = root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr")
        ordinary = styles._style(styles._default).size
        styles.size = ordinary or _size(defaults) or _DEFAULT_SIZE
        language = defaults.find(_W + "lang") if defaults is not None else None
        styles.language = language_tag(language.get(_W + "val")) if language is not None else None
        return styles

    def of_paragraph(self, paragraph: Any) -> Style:
        named = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return self._style(named.get(_W + "val") if named is not None else self._default)

    def outline_level(self, paragraph: Any, style: Style) -> int:
        """1 to 9 for a heading, 0 for text; the paragraph's own word comes before its style's."""
        own = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        return _outline(own) if own is not None else style.outline

    def numbering(self, paragraph: Any, style: Style) -> tuple[str, int] | None:
        """A list item's list and depth; None for what is in no list."""
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        if own is None:
            return style.numbering
        return _numbering(own, style.numbering)

    def is_bold(self, run: Any, style: Style) -> bool:
        own = run.find(_W + "b") if run is not None else None
        if own is not None:
            return own.get(_W + "val", "true") not in ("0", "false", "off")
        named = run.find(_W + "rStyle") if run is not None else None
        if named is not None and self._style(named.get(_W + "val")).bold:
            return True
        return style.bold

    def run_size(self, run: Any, style: Style) -> float:
        return _size(run) or style.size or self.size

    def _style(self, identity: str | None) -> Style:
        known = self._known.get(identity or "")
        if known is None:
            known = self._known[identity or ""] = self._resolved(identity or "")
        return known

    def _resolved(self, identity: str) -> Style:
        """The nearest word on each matter along the chain of styles."""
        name = ""
        outline: int | None = None
        numbering: tuple[str, int] | None = None
        bold: bool | None = None
        size: float | None = None
        title = False
        element = self._elements.get(identity)
        for _ in range(_CHAIN):
            if element is None:
                break
            named = element.find(_W + "name")
            said = named.get(_W + "val", "") if named is not None else ""
            name = name or said
            title = title or said.lower() == "title"
            own = element.find(f"{_W}pPr/{_W}outlineLvl")
            heading = _HEADING.fullmatch(said)
            if outline is None and (own is not None or heading):
                outline = _outline(own) if own is not None else int(heading[1]) if heading else 0
            listed = element.find(f"{_W}pPr/{_W}numPr")
            if numbering is None and listed is not None:
                numbering = _numbering(listed, None)
            properties = element.find(_W + "rPr")
            switch = properties.find(_W + "b") if properties is not None else None
            if bold is None and switch is not None:
                bold = switch.get(_W + "val", "true") not in ("0", "false", "off")
            size = size or _size(properties)
            based = element.find(_W + "basedOn")
            element = self._elements.get(based.get(_W + "val")) if based is not None else None
        return Style(name or "Normal", outline or 0, numbering, bool(bold), size, title)


def _outline(element: Any) -> int:
    value = element.get(_W + "val") or ""
    return int(value) + 1 if value.isdigit() and int(value) < 9 else 0


def _numbering(element: Any, inherited: tuple[str, int] | None) -> tuple[str, int] | None:
    listed, depth = element.find(_W + "numId"), element.find(_W + "ilvl")
    identity = listed.get(_W + "val") if listed is not None else inherited[0] if inherited else None
    if not identity or identity == "0":
        return None
    said = depth.get(_W + "val") if depth is not None else None
    return identity, int(said) if said and said.isdigit() else inherited[1] if inherited else 0


def _size(properties: Any) -> float | None:
    element = properties.find(_W + "sz") if properties is not None else None
    value = element.get(_W + "val") if element is not None else None
    try:
        return float(value) / 2 if value else None
    except ValueError:
        return None
