"""The numbers and bullets that Word shows before list items; the text itself does not hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has counted."""

    _levels: dict[str, dict[int, _Level]] = field(default_factory=dict)  # by list
    _sequences: dict[str, str] = field(default_factory=dict)  # lists that count on together
    _counts: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any) -> Numbering:
        numbering = cls()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError, ValueError):
            return numbering
        abstract = {a.get(_W + "abstractNumId"): a for a in root.findall(_W + "abstractNum")}
        for number in root.findall(_W + "num"):
            identity = number.get(_W + "numId") or ""
            named = number.find(_W + "abstractNumId")
            pattern = named.get(_W + "val") if named is not None else None
            levels = _levels(abstract[pattern]) if pattern in abstract else {}
            overrides = number.findall(_W + "lvlOverride")
            for override in overrides:
                levels.update(_overridden(override, levels))
            numbering._levels[identity] = levels
            numbering._sequences[identity] = identity if overrides else f"abstract {pattern}"
        return numbering

    def marker(self, identity: str, depth: int) -> str | None:
        """What stands before the next item of a list: `-`, `2.`, `b)`; None where the list shows nothing."""
        levels = self._levels.get(identity, {})
        level = levels.get(depth)
        if level is None or level.form == "bullet":
            return "-"
        if level.form == "none":
            return None
        sequence = self._sequences[identity]
        self._counts[sequence, depth] = self._counts.get((sequence, depth), level.start - 1) + 1
        for deeper in range(depth + 1, 9):
            self._counts.pop((sequence, deeper), None)

        def place(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = levels.get(at, level)
            return _written(self._counts.get((sequence, at), other.start), other.form)

        return _PLACE.sub(place, level.text).strip() or None


def _levels(pattern: Any) -> dict[int, _Level]:
    return {_value(level, None, "ilvl", 0): _level(level) for level in pattern.findall(_W + "lvl")}


def _overridden(override: Any, levels: dict[int, _Level]) -> dict[int, _Level]:
    depth = _value(override, None, "ilvl", 0)
    whole = override.find(_W + "lvl")
    level = _level(whole) if whole is not None else levels.get(depth)
    if level is None:
        return {}
    return {depth: _Level(level.form, level.text, _value(override, "startOverride", "val", level.start))}


def _level(element: Any) -> _Level:
    form, text = element.find(_W + "numFmt"), element.find(_W + "lvlText")
    return _Level(
        form.get(_W + "val", "decimal") if form is not None else "decimal",
        text.get(_W + "val", "") if text is not None else "",
        _value(element, "start", "val", 1),
    )


def _value(element: Any, child: str | None, attribute: str, default: int) -> int:
    holder = element.find(_W + child) if child else element
    value = holder.get(_W + attribute) if holder is not None else None
    return int(value) if value and value.isdigit() else default


def _written(number: int, form: str) -> str:
    match form:
        case "lowerLetter":
            return _letters(number)
        case "upperLetter":
            return _letters(number).upper()
        case "lowerRoman":
            return _roman(number)
        case "upperRoman":
            return _roman(number).upper()
        case "decimalZero":
            return f"{number:02}"
    return str(number)


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number < 1000 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    for value, letters in _ROMAN:
        written += letters * (number // value)
        number %= value
    return written
