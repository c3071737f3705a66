"""What the opening and closing lines of a text say about it: who wrote it, when, where it is from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.readers.chrome import may_be_chrome
from kb.readers.dates import iso_date

_OPENING, _CLOSING = 30, 6  # lines that are looked at; a menu may come first
_PROSE = 150  # characters of a line that ends the opening
_FIELD = re.compile(
    r"(title|(?:written |posted |reviewed )?by|author|published(?: on| at)?|posted(?: on)?"
    r"|date(?: published)?"
    r"|(?:last |date )?(?:updated|modified|reviewed|revised)(?: on)?"
    r"|url|source|link|canonical|licen[cs]e)"
    r"(\s*:\s*|\s+)(\S.{0,300})",
    re.IGNORECASE,
)
_UPDATED_AT_END = re.compile(
    r".{0,80}\b(?:updated|modified|reviewed|revised)(?: on)?:?\s+(\S.{3,40}?)\.?", re.IGNORECASE
)
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_NAME = re.compile(
    r"(?:(?:Dr|Mr|Mrs|Ms|Prof)\.? )?[^\W\d_a-z][\w.'’-]*(?: [^\W\d_a-z][\w.'’-]*){1,3}(?:, [\w. ,]{2,40})?"
)
_READING_TIME = re.compile(r"\d+[\s-]*min(?:ute)?s?[\s-]*read", re.IGNORECASE)


@dataclass(slots=True)
class Byline:
    """What was said, as an attribution has it."""

    title: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    url: str | None = None
    licence: str | None = None


def byline_of(lines: Sequence[str]) -> tuple[Byline, list[str]]:
    """The byline, and the lines with those that it was taken from made empty."""
    byline = Byline()
    kept = list(lines)
    spoken = [i for i, line in enumerate(lines) if line.strip()]
    opening = spoken[: next((n for n, i in enumerate(spoken) if len(lines[i]) > _PROSE), _OPENING)][:_OPENING]
    for i in dict.fromkeys([*opening, *spoken[-_CLOSING:]]):
        if _take(lines[i].strip(), byline, opening=i in opening):
            kept[i] = ""
    _take_name_above_date(lines, opening, byline, kept)
    if byline.modified is None:  # "Example Clinic, updated 17 August 2026": more than a date, so it stays
        closing = (_UPDATED_AT_END.fullmatch(lines[i].strip()) for i in spoken[-_CLOSING:])
        byline.modified = next((date for last in closing if last and (date := iso_date(last[1]))), None)
    return byline, kept


def _take(line: str, byline: Byline, *, opening: bool) -> bool:
    """Whether the line was one of the byline, and nothing else."""
    if opening and (date := iso_date(line)) and not line.isdigit() and byline.published is None:
        byline.published = date
        return True
    if opening and byline.url is None and _URL.fullmatch(line):
        byline.url = line
        return True
    field = _FIELD.fullmatch(line)
    if field is None:
        return False
    return _take_field(field[1].lower(), ":" in field[2], field[3].strip(), byline, opening)


def _take_field(key: str, colon: bool, value: str, byline: Byline, opening: bool) -> bool:
    attribute, said = None, None
    if key in ("url", "source", "link", "canonical"):
        attribute, said = "url", value if colon and _URL.fullmatch(value) else None
    elif key.startswith("licen"):
        attribute, said = "licence", value if colon and len(value) <= 120 else None
    elif key == "title":
        attribute, said = "title", value if colon and opening else None
    elif key == "author" or key.endswith("by"):
        named = _NAME.fullmatch(value) and opening and (colon or key != "author")
        attribute, said = "author", value if named else None
    elif "updated" in key or "modified" in key or "reviewed" in key or "revised" in key:
        attribute, said = "modified", iso_date(value)
    else:
        attribute, said = "published", iso_date(value)
    if said is None or getattr(byline, attribute) is not None:
        return False
    setattr(byline, attribute, said)
    return True


def _take_name_above_date(
    lines: Sequence[str], opening: Sequence[int], byline: Byline, kept: list[str]
) -> None:
    """Blogs set the author's bare name above the date and the reading time, and the title above it."""
    if byline.author is not None:
        return
    words = set(re.findall(r"\b[a-z]{3,}\b", "\n".join(lines)))
    for place, above in enumerate(opening):
        name = lines[above].strip()
        under = [lines[i].strip() for i in opening[place + 1 : place + 3]]
        timed = any(_READING_TIME.fullmatch(line) for line in under)
        dated = under and iso_date(under[0]) and not under[0].isdigit()
        if (timed or (dated and place > 0)) and _is_name(name, words):
            byline.author = name
            kept[above] = ""
            before = lines[opening[place - 1]].strip() if place else ""
            if byline.title is None and before and not may_be_chrome(before):
                byline.title = before
            return


def _is_name(line: str, words: set[str]) -> bool:
    """Whether a line of two to four capitalised words is a person; a title's are words of its text too."""
    given = re.sub(r"^(?:Dr|Mr|Mrs|Ms|Prof)\.? ", "", line).split(" ")[0].lower()
    return len(line) <= 60 and bool(_NAME.fullmatch(line)) and given not in words and not may_be_chrome(line)
