"""The part of a passage worth showing, with the sentence that answers and the matched words marked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from index.answers import Holds
from index.characters import parts_a_character
from index.types import Excerpt
from index.words import Analyse, Word, matched
from kb.sentences import Range
from kb.sentences import sentences as sentences_of

WHOLE: Final = 1200  # characters: a passage of 180 words; only longer ones are cut
SHORTEST, LONGEST = 80, 4_000  # what may be asked for
_HEADING: Final = 80  # characters; a longer line says something by itself
_ENDED: Final = re.compile(r"[.!;,…。！]['\"”’)\]]*$")
_ITEM: Final = re.compile(r"[-•*–] |\d{1,3}[.)] |[a-z][.)] ")
_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORT: Final = 40  # characters, which two words seldom have
_BARE: Final = 2  # words: "Yes.", "Of course.", "2. Distress tolerance."; the same up to 5


def excerpt(
    text: str,
    sentences: Sequence[Range],
    start: int,
    weights: Mapping[str, float],
    analyse: Analyse,
    length: int,
    wanted: Sequence[Holds] = (),
) -> Excerpt:
    """The excerpt of a passage `text`, in `sentences`, that begins at `start` of its document.

    `weights` says what each term of the question is worth; a sentence that holds what is `wanted` is worth
    as much as all of them, besides. The excerpt is the passage, or for one longer than `length` the whole
    sentences around the best one that fit; that one, with a heading over it, is shown however long it is.
    """
    spans = _whole(text, _on_borders(text, sentences), length) or [(0, len(text))]
    found = matched(text, weights, analyse)
    scores = _worths(spans, found, weights, wanted, text)
    best = scores.index(max(scores))
    first, last = _window(text, spans, best, length)
    left, right = spans[first][0], spans[last][1]
    marks = [(word.start, word.end) for word in found if left <= word.start and word.end <= right]
    a, b = _without_marker(text, spans[best])  # found by meaning alone, a passage's first sentence says most
    if text[a:b].strip():
        marks = [mark for mark in marks if mark[1] <= a or mark[0] >= b] + [(a, b)]
    return Excerpt(
        text=text[left:right],
        start=start + left,
        end=start + right,
        marks=tuple(sorted((a - left, b - left) for a, b in marks)),
    )


def shortened(shown: Excerpt, length: int) -> Excerpt:
    """The whole sentences of an excerpt around its best one, the longest mark, that fit into `length`
    characters; that one, with what opens it, however long it is."""
    text = shown.text
    spans = _whole(text, _on_borders(text, sentences_of(text)), length) or [(0, len(text))]
    at, _ = max(shown.marks, key=lambda mark: mark[1] - mark[0], default=(0, 0))
    best = next((n for n, (_, end) in enumerate(spans) if at < end), len(spans) - 1)
    first, last = _window(text, spans, best, length)
    left, right = spans[first][0], spans[last][1]
    marks = tuple((a - left, b - left) for a, b in shown.marks if left <= a and b <= right)
    return Excerpt(text[left:right], shown.start + left, shown.start + right, marks)


def _on_borders(text: str, sentences: Sequence[Range]) -> Sequence[Range]:
    """The sentences, none of which parts what is read as one character."""
    if text.isascii():
        return sentences
    whole = ((_next_border(text, start), _next_border(text, end)) for start, end in sentences)
    return [(start, end) for start, end in whole if start < end]


def _next_border(text: str, at: int) -> int:
    while parts_a_character(text, at):
        at += 1
    return at


def _whole(text: str, spans: Sequence[Range], length: int) -> Sequence[Range]:
    """The sentences, but for one of a word or two, which is one with the next of its line where both fit:
    "Yes." answers nothing by itself."""
    whole: list[Range] = []
    for start, end in spans:
        first, last = whole[-1] if whole else (start, end)
        short = whole and last - first < _SHORT and end - first <= length
        if short and _is_bare(text[first:last]) and "\n" not in text[last:start]:
            whole[-1] = (first, end)
        else:
            whole.append((start, end))
    return whole


def _is_bare(sentence: str) -> bool:
    return len(_WORD.findall(sentence)) <= _BARE


def _worths(
    spans: Sequence[Range],
    found: Sequence[Word],
    weights: Mapping[str, float],
    wanted: Sequence[Holds],
    text: str,
) -> list[float]:
    """What each sentence is worth, by the words of the question that it holds, and by what is wanted."""
    held: dict[int, set[str]] = {}
    n = 0
    for at, _, term in found:
        while n < len(spans) and spans[n][1] <= at:
            n += 1
        if n < len(spans) and spans[n][0] <= at:
            held.setdefault(n, set()).add(term)
    worths = [0.0] * len(spans)
    for n, terms in held.items():
        worths[n] = _worth(text[slice(*spans[n])], terms, weights)
    if not wanted:
        return worths
    whole = sum(weights.values()) or 1.0
    return [
        worth + whole * any(holds(text[start:end]) for holds in wanted)
        for worth, (start, end) in zip(worths, spans, strict=True)
    ]


def _worth(sentence: str, held: set[str], weights: Mapping[str, float]) -> float:
    """Each matched term once. A sentence of many other words says it less plainly, one of next to no
    words ("See our fees.") says little, and a question seldom answers one."""
    words = sentence.count(" ") + 1
    worth = sum(weights[term] for term in sorted(held)) / (1 + words / 80) * min(1.0, (words + 2) / 8)
    return worth * 0.7 if sentence.endswith("?") else worth


def _window(text: str, spans: Sequence[Range], best: int, length: int) -> tuple[int, int]:
    """First and last sentence to show: what opens the list that the best one is in, then what follows it,
    then what leads up to it. What opens something is never shown without it, nor the first of that
    without what opens it."""
    if len(text) <= length:
        return 0, len(spans) - 1
    opens = [_opens(text, spans, n) for n in range(len(spans))]

    def whole(first: int, last: int) -> tuple[int, int]:
        while first > 0 and opens[first - 1]:
            first -= 1
        while last + 1 < len(spans) and opens[last]:
            last += 1
        return first, last

    def fits(part: tuple[int, int]) -> bool:
        return spans[part[1]][1] - spans[part[0]][0] <= length

    shown = whole(best, best)
    opening = whole(_opening(text, spans, best), shown[1])
    if fits(opening):
        shown = opening
    while True:
        first, last = shown
        after = whole(first, last + 1) if last + 1 < len(spans) else None
        before = whole(first - 1, last) if first > 0 else None
        if after is not None and fits(after):
            shown = after
        elif before is not None and fits(before):
            shown = before
        else:
            return shown


def _opens(text: str, spans: Sequence[Range], n: int) -> bool:
    """Whether a sentence is a line that says little without the next: a heading, a question with its answer
    below, what ends with a colon."""
    if n + 1 == len(spans) or "\n" not in text[spans[n][1] : spans[n + 1][0]]:
        return False
    line = text[slice(*spans[n])].rstrip()
    if line.endswith(":"):
        return True
    alone = n == 0 or "\n" in text[spans[n - 1][1] : spans[n][0]]
    return alone and len(line) <= _HEADING and not _ENDED.search(line) and not _in_rows(line)


def _opening(text: str, spans: Sequence[Range], best: int) -> int:
    """The sentence before the list or table that the best one is in, or its first row; else the best."""
    first = best
    while first > 0 and _in_rows(text[slice(*spans[first])]) and _in_rows(text[slice(*spans[first - 1])]):
        first -= 1
    opened = first > 0 and _ITEM.match(text[slice(*spans[first])]) and _opens(text, spans, first - 1)
    return first - 1 if opened else first


def _in_rows(line: str) -> bool:
    """Whether it is an item of a list or a row of a table."""
    return _ITEM.match(line) is not None or " | " in line


def _without_marker(text: str, span: Range) -> Range:
    """A list item's dash is no part of what it says."""
    start, end = span
    while start < end and text[start] in "-•* \t" and not parts_a_character(text, start + 1):
        start += 1
    return (start, end) if start < end else span
