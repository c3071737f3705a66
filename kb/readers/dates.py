"""Dates as people and machines write them, as ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime

_ISO = re.compile(
    r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?)?)?)?", re.IGNORECASE
)
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)\b", re.IGNORECASE)
# Only what can be meant in one way: 3/4/2020 is a day in March here and in April there.
_WRITTEN = ("%Y/%m/%d", "%Y%m%d", "%B %d %Y", "%b %d %Y", "%d %B %Y", "%d %b %Y", "%B %Y", "%b %Y")


def iso_date(value: object) -> str | None:
    """The date or date-time as ISO 8601, no more exact than it was said; None where it is not plain."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
        return str(value)
    if not isinstance(value, str) or len(value) > 64:
        return None
    text = " ".join(value.split())
    if _ISO.fullmatch(text):
        return _iso(text)
    text = _ORDINAL.sub("", text).replace(",", " ").replace(".", " ")
    for form in _WRITTEN:
        try:
            written = datetime.strptime(" ".join(text.split()), form)
        except ValueError:
            continue
        return written.strftime("%Y-%m-%d" if "%d" in form else "%Y-%m")
    return None


def _iso(text: str) -> str | None:
    day, _, time = text.upper().replace(" ", "T", 1).partition("T")
    padded = day + "-01-01"[len(day) - 4 :] if len(day) < 10 else day
    try:
        date.fromisoformat(padded)
        if time:
            time = time.replace(" ", "")
            datetime.fromisoformat(f"{day}T{time}")
    except ValueError:
        return None
    return f"{day}T{time}" if time else day
