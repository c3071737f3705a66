"""How an explanation reads on a terminal: `kb explain`."""

from __future__ import annotations

from collections.abc import Iterator

from index.explain import Explanation, Leg, Standing


def lines(told: Explanation) -> Iterator[str]:
    """The explanation as lines of text, from the question to the results."""
    yield f"question    {told.question}"
    if told.read_as != told.question:
        yield f"read as     {told.read_as}"
    yield f"asked of    {told.collection}, {told.mode}, generation {told.generation}"
    yield from _words(told)
    yield from _owner(told)
    judged = told.judged
    yield (
        f"verdict     {judged.verdict}: the best chance is {judged.best:.3f}; answered from "
        f"{judged.answered_from:.3f}, related from {judged.related_from:.3f}; {judged.unknown:.0%} of the "
        f"question is in words that none of the {judged.passages} passages has, and its mean cosine to them "
        f"is {judged.background:.3f}"
    )
    if judged.reranked:
        yield f"reread      the first {judged.reranked} passages, which decides their order and their chances"
    for one in told.results:
        yield from _result(one)


def _words(told: Explanation) -> Iterator[str]:
    for one in told.words:
        also = ", ".join(f"{name.words} ×{name.worth:g}" for name in one.also)
        yield (
            f"word        {one.words}: weight {one.weight:.2f}"
            + ("" if one.known or not one.weight else ", not in the collection")
            + (f"; also {also}" if also else "")
        )


def _owner(told: Explanation) -> Iterator[str]:
    for notice in told.notices:
        why = "by meaning" if notice.by_meaning else "said: " + " · ".join(notice.triggers)
        yield f"notice      {notice.title} ({notice.kind}; {why})"
    if told.crisis:
        yield (
            f"crisis      {told.crisis.score:.3f} by meaning; heard above {told.crisis.threshold:.3f}, "
            f"and doubtful words not below {told.crisis.harmless:.3f}"
        )
    for pin in told.pinned:
        near = "" if pin.cosine is None else f", cosine {pin.cosine:.3f}"
        shown = any(one.document_id == pin.document for one in told.results)
        yield f"pinned      {pin.document} by {pin.by!r}{near}" + ("" if shown else ": not in what was asked")
    for document in told.hidden:
        yield f"hidden      {document}"


def _result(one: Standing) -> Iterator[str]:
    place = " › ".join(dict.fromkeys([one.title, *one.headings]))
    yield f"\n{one.rank:2}. {one.document_id}  chance {one.chance:.3f}" + ("  pinned" if one.pinned else "")
    yield f"    {place}"
    yield (
        f"    score {one.score:.3f} = cosine {one.parts.cosine:.3f} + strength {one.parts.strength:.3f} "
        f"+ coverage {one.parts.coverage:.3f} + headings {one.parts.headings:.3f}"
    )
    yield f"    by meaning {_leg(one.dense)}; by words {_leg(one.lexical)}"
    if one.reranker:
        yield f"    reread {_leg(one.reranker)}"


def _leg(leg: Leg) -> str:
    return f"{f'rank {leg.rank}' if leg.rank else 'not found'}, {leg.score:.3f}"
