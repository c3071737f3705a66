"""Pages of a ranking: where one ends, and a cursor that the next begins at.

A cursor is for one question and one state of its collection; what is written to others does not end it, nor
can it be told from it. It holds a mark of the state, a place, and a keyed hash of the two and of all that was
asked, so that no word of the question can be had from it; the key is a hash of the collection and its model,
the same for every process that has them open, and told to nobody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import replace

from index.generation import Collection, Generation
from index.ranking import documents_of
from index.results import Found
from index.types import Query, Ranking, Result
from kb.errors import QueryError, Stale

_MARK = 8  # bytes
_PLACE = struct.Struct(f">{_MARK}sI")
_HASH = 12  # bytes


def place_of(query: Query, generation: Generation) -> int:
    """How many results come before the page that is asked for. Raises QueryError for what is no cursor,
    Stale for one of another state of the collection or another question."""
    if query.cursor is None:
        return 0
    try:
        held = base64.b64decode(query.cursor.encode("ascii"), b"-_", validate=True)
        mark, place = _PLACE.unpack_from(held)
    except (binascii.Error, struct.error, ValueError):
        raise QueryError("this is no cursor that was given here", "cursor") from None
    if mark != _mark(generation.state(query.collection)):
        raise Stale("the collection has changed since the cursor was given; begin with the first page")
    if query.cursor != _cursor(query, generation, place):
        raise Stale("the cursor was given to another question, or to one that was asked otherwise")
    return int(place)


def cursor_after(
    query: Query, generation: Generation, collection: Collection, ranking: Ranking, end: int
) -> str | None:
    """What asks for the page that begins after `end` results; None where there is none."""
    if len(ranking) <= end:
        return None
    if query.group and len(set(documents_of(collection, ranking))) <= end:
        return None
    return _cursor(query, generation, end)


def page(found: Sequence[Found], place: int, group: bool) -> list[Found]:
    """What was found, without the results before a place."""
    if place == 0 or not group:
        return list(found[place:])
    documents = list(dict.fromkeys(one.stored.passage.document_id for one in found))
    shown = set(documents[place:])
    return [one for one in found if one.stored.passage.document_id in shown]


def ranked_from(results: Sequence[Result], place: int) -> tuple[Result, ...]:
    """A page's results, ranked after those before it."""
    if place == 0:
        return tuple(results)
    return tuple(
        replace(
            one,
            rank=one.rank + place,
            more=tuple(replace(further, rank=further.rank + place) for further in one.more),
        )
        for one in results
    )


def _cursor(query: Query, generation: Generation, place: int) -> str:
    state = generation.state(query.collection)
    asked = (query.text, query.limit, query.collection, query.mode, query.filters, query.group)
    placed = _PLACE.pack(_mark(state), place)
    said = repr(asked).encode("utf-8", "surrogatepass") + placed
    digest = hashlib.blake2b(said, key=state, digest_size=_HASH).digest()
    return base64.b64encode(placed + digest, b"-_").decode("ascii")


def _mark(state: bytes) -> bytes:
    return hashlib.blake2b(key=state, digest_size=_MARK).digest()
