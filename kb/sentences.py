"""Where sentences begin and end.

nupunkt (a Punkt model: Kiss & Strunk, Unsupervised Multilingual Sentence Boundary Detection, 2006)
decides inside a line; a line break always ends a sentence, so that list items and table rows stand
alone. What the model gets wrong on real pages is mended here: "e.g. this", "see pg. 40", ordinary
words that it takes for abbreviations ("how it works. Nevertheless"), and scripts that write no space
after their full stop.
"""

from __future__ import annotations

import re
from functools import lru_cache

Range = tuple[int, int]

# Abbreviations that are followed by a number or a name and never end a sentence there.
_LEADS_ON = re.compile(
    r"(?:^|[\s(\[])(?:e\.g|i\.e|cf|pg|pp|p|no|nos|fig|figs|vol|ch|sec|approx|ca|dr|mr|mrs|ms|prof|st|vs|tel|ext"
    r"|b\.i\.d|t\.i\.d)\.\s*$",
    re.IGNORECASE,
)
# A whole lower-case word, a stop, a capital: a sentence ends, unless the word is a short form.
_PLAIN_END = re.compile(r"(?<![\w.])([a-z]{4,})[.!?][\"”’)\]]*(\s+)(?=[\"“‘(\[]?[A-Z])")
_SHORT_FORMS = frozenset(
    (
        "approx",
        "appt",
        "assoc",
        "corp",
        "dept",
        "govt",
        "hosp",
        "intl",
        "mins",
        "natl",
        "prof",
        "resp",
        "secs",
    )
)
_CJK_STOP = re.compile(r"[。！？｡]+[」』）】”’]*")
_LINE = re.compile(r"[^\n]+")


def sentences(text: str) -> list[Range]:
    """The sentences of a text: ranges without the white space around them, in order."""
    found: list[Range] = []
    for line in _LINE.finditer(text):
        found.extend(_of_line(line.group(), line.start()))
    return found


def _of_line(line: str, offset: int) -> list[Range]:
    found: list[Range] = []
    for start, end in _joined(line, _split(line)):
        piece = line[start:end]
        stripped = piece.strip()
        if stripped:
            left = start + piece.index(stripped)
            found.append((offset + left, offset + left + len(stripped)))
    return found


def _split(line: str) -> list[Range]:
    """Contiguous ranges that cover the line."""
    if _CJK_STOP.search(line):
        ends = [match.end() for match in _CJK_STOP.finditer(line)]
        ends = [end for end in ends if end < len(line)] + [len(line)]
        return list(zip([0, *ends], ends, strict=False))
    return _model_spans(line)


def _joined(line: str, spans: list[Range]) -> list[Range]:
    joined: list[Range] = []
    for start, end in spans:
        if joined and _goes_on(line[joined[-1][0] : joined[-1][1]], line[start:end].lstrip()):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _goes_on(before: str, after: str) -> bool:
    if not after or not before.strip():
        return True
    first = after[0]
    if first.islower() and not before.rstrip().endswith(("!", "?", "!”", "?”", '!"', '?"')):
        return True
    if first in ")]},;:" or (first in "”’\"'" and (len(after) == 1 or after[1] in " .,;)")):
        return True
    if re.fullmatch(r"\s*(?:\d{1,3}[.)]|[-•*–])\s*", before):  # a list item's marker
        return True
    return bool(_LEADS_ON.search(before))


@lru_cache(maxsize=4096)
def _cached_spans(line: str) -> tuple[Range, ...]:
    import nupunkt  # 30 ms to import and as much to load; a query whose passages are short needs none

    return tuple(nupunkt.sent_spans(line))


# Where a sentence might end.
_STOP = re.compile(r"[.!?…]\S*\s+")


def _model_spans(line: str) -> list[Range]:
    stops = {match.end() for match in _STOP.finditer(line)}
    plain = {m.end() for m in _PLAIN_END.finditer(line) if m.group(1) not in _SHORT_FORMS}
    if stops <= plain:  # each is beyond doubt; the model, which is slow, could add none
        ends = sorted(stops | {len(line)})
        return list(zip([0, *ends], ends, strict=False))
    return _with_plain_ends(line, list(_cached_spans(line)))


def _with_plain_ends(line: str, spans: list[Range]) -> list[Range]:
    ends = {end for _, end in spans}
    ends.update(m.end() for m in _PLAIN_END.finditer(line) if m.group(1) not in _SHORT_FORMS)
    ordered = sorted(ends)
    return list(zip([0, *ordered], ordered, strict=False))
