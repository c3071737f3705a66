"""What was found, as it is shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from index.answers import Holds, wanted
from index.excerpt import excerpt
from index.lexical import analyse
from index.links import Links, link
from index.types import Excerpt, Question, Result
from kb.catalogue import StoredPassage
from kb.types import Attribution

# What a word of the question counts in a sentence that stands below a heading with that word: all that
# stands there is about it, so the other words tell which sentence answers. Of 129 questions on three sites
# whose answering sentence is known 100 have it marked, at 1.0 97; 0.2 to 0.5 make a difference of one.
_SAID_ABOVE: Final = 0.3
_REMEMBERED: Final = 8_192  # links, of half a kilobyte


class Found(NamedTuple):
    """A passage that will be shown, where it stands in the index, and the chance that it answers."""

    position: int
    chance: float
    stored: StoredPassage


@dataclass(frozen=True, slots=True)
class _Asked:
    """What excerpts are made by: what each term is worth, what else answers, the most characters; and the
    links of the collection."""

    weights: dict[str, float]
    wanted: tuple[Holds, ...]
    length: int
    links: Links


def results(
    found: Sequence[Found], question: Question, group: bool, length: int, links: Links
) -> list[Result]:
    """A result a passage; or, grouped, one a document: its best passage, with the further ones as `more`.
    Excerpts have at most `length` characters, but for a sentence that is longer. `links` are those that were
    made for the collection."""
    asked = _Asked(question.weights, wanted(question.text), length, links)
    return _grouped(found, asked) if group else _each(found, asked)


def _grouped(found: Sequence[Found], asked: _Asked) -> list[Result]:
    groups: dict[str, list[Found]] = {}
    for one in found:
        groups.setdefault(one.stored.passage.document_id, []).append(one)
    return [
        _result(rank, first, asked, tuple(_result(rank, one, asked) for one in more))
        for rank, (first, *more) in enumerate(groups.values(), 1)
    ]


def _each(found: Sequence[Found], asked: _Asked) -> list[Result]:
    return [_result(rank, one, asked) for rank, one in enumerate(found, 1)]


def _result(rank: int, found: Found, asked: _Asked, more: tuple[Result, ...] = ()) -> Result:
    stored = found.stored
    passage = stored.passage
    below = _below((stored.attribution.title, *stored.section.headings)[-1], asked.weights)
    shown = excerpt(stored.text, passage.sentences, passage.start, below, analyse, asked.length, asked.wanted)
    page = bisect_right(stored.pages, shown.start) or None
    return Result(
        rank=rank,
        score=round(found.chance, 6),
        document_id=passage.document_id,
        passage_id=passage.id,
        excerpt=shown,
        attribution=_titled(stored.attribution, passage.document_id),
        headings=stored.section.headings,
        link=_link(stored, shown, page, asked.links),
        page=page,
        more=more,
    )


def _link(stored: StoredPassage, shown: Excerpt, page: int | None, links: Links) -> str | None:
    """To the sentence that answers, or its first line; made once for each."""
    start, end = max(shown.marks, key=lambda mark: mark[1] - mark[0], default=(0, len(shown.text)))
    place = (stored.key, shown.start, start, end)
    found = links.get(place, "")
    if found == "":
        landing = shown.text[start:end].split("\n")[0]
        before = stored.before + stored.text[: shown.start - stored.passage.start + start]
        if len(links) >= _REMEMBERED:
            links.clear()
        links[place] = found = link(stored.attribution.url, stored.section.anchor, page, landing, before)
    return found


def _below(heading: str, weights: dict[str, float]) -> dict[str, float]:
    """What the words of the question are worth in the sentences below a heading."""
    said = weights.keys() & set(analyse(heading))
    return {**weights, **{term: weights[term] * _SAID_ABOVE for term in said}} if said else weights


def _titled(attribution: Attribution, document_id: str) -> Attribution:
    """A document that nobody gave a title is shown by its id."""
    return attribution if attribution.title else replace(attribution, title=document_id)
