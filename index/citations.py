"""Whether a written answer cites what it was given, and quotes what stands there. Pure.

It checks marks and quotations, which can be told for certain; whether an answer follows from its sources, it
does not say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.errors import QueryError

_MARKS = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_QUOTES = re.compile(r'“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|"([^"]+)"')
_LEFT_OUT = re.compile(r"\s*(?:\[?…\]?|\[?\.\.\.\]?)\s*")
_SAME = str.maketrans(
    {"’": "'", "‘": "'", "–": "-", "—": "-", "\u00a0": " ", "“": '"', "”": '"', "\u00ad": None}
)
_MOST_QUOTES = 200
_FINAL = ".,;:!?"  # may stand inside a quotation, after what is quoted


@dataclass(frozen=True, slots=True)
class Cited:
    """A mark in the answer, where it stands, and whether there is such a source."""

    mark: int
    start: int
    end: int
    exists: bool


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation in the answer, without its quotation marks. `marks` are those that it is cited with,
    `found_in` the sources that it stands in, word for word but for spacing, case of letters, and the shape
    of dashes and quotation marks. `held`: it stands in one that it is cited with; cited with none, in any.
    """

    text: str
    start: int
    end: int
    marks: tuple[int, ...]
    found_in: tuple[int, ...]
    held: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """All marks and quotations of an answer, in order; `unused` are sources that no mark names."""

    marks: tuple[Cited, ...]
    quotes: tuple[Quoted, ...]
    unused: tuple[int, ...]

    @property
    def sound(self) -> bool:
        """Whether every mark exists and every quotation holds."""
        return all(one.exists for one in self.marks) and all(one.held for one in self.quotes)


def check(answer: str, sources: Mapping[int, str]) -> Checked:
    """Checks an answer against the texts that its marks stand for. Positions are code points.

    Takes as long as the quotations times the texts. Raises QueryError beyond 200 quotations.
    """
    if len(_QUOTES.findall(answer)) > _MOST_QUOTES:
        raise QueryError(f"an answer has at most {_MOST_QUOTES} quotations", "answer")
    marks = [
        Cited(int(number), found.start(), found.end(), int(number) in sources)
        for found in _MARKS.finditer(answer)
        for number in re.findall(r"\d+", found[1])
    ]
    plain = {mark: _plain(text) for mark, text in sources.items()}
    quotes = [_quoted(answer, found, marks, plain) for found in _QUOTES.finditer(answer)]
    cited = {one.mark for one in marks}
    return Checked(tuple(marks), tuple(quotes), tuple(mark for mark in sources if mark not in cited))


def _quoted(answer: str, found: re.Match[str], marks: list[Cited], plain: Mapping[int, str]) -> Quoted:
    number = next(n for n in range(1, 5) if found[n] is not None)
    start, end = found.span(number)
    with_marks = _marks_of(answer, found.end(), marks)
    found_in = tuple(mark for mark, text in plain.items() if _stands_in(found[number], text))
    held = bool(set(found_in) & set(with_marks)) if with_marks else bool(found_in)
    return Quoted(found[number], start, end, with_marks, found_in, held)


def _marks_of(answer: str, end: int, marks: list[Cited]) -> tuple[int, ...]:
    """The marks that follow a quotation in its sentence: the next ones, before the next quotation."""
    stop = re.search(r'[“„«"\n]|[.!?](?:\s+(?!\[)|$)', answer[end:])
    until = len(answer) if stop is None else end + stop.end()
    following = [one for one in marks if end <= one.start < until]
    first = following[:1]
    return tuple(
        dict.fromkeys(
            one.mark for one in following if first and not answer[first[0].end : one.start].strip(" [],;")
        )
    )


def _stands_in(quotation: str, text: str) -> bool:
    """Whether all parts of a quotation stand in a text, in order; what is left out may be anything."""
    at = 0
    for part in _LEFT_OUT.split(quotation):
        wanted = _plain(part).rstrip(_FINAL)
        found = text.find(wanted, at) if wanted else at
        if found < 0:
            return False
        at = found + len(wanted)
    return True


def _plain(text: str) -> str:
    return " ".join(text.translate(_SAME).split()).casefold()
