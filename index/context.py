"""What a language model is given to answer from: the passages that fit, in an order to be read.

Pure: results and texts in, blocks out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index.excerpt import shortened
from index.types import Result

CountTokens = Callable[[Sequence[str]], list[int]]

_GAP = 120  # characters between neighbours that are shown together: a heading, a line of a list


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a document, `text` its slice from `start` to `end`, with the mark that cites it.

    `best` is the result in it that answers best: its score, headings, page and link stand for the block.
    """

    mark: int
    start: int
    end: int
    text: str
    best: Result


@dataclass(frozen=True, slots=True)
class Context:
    """Blocks by document, the one with the best result first, in reading order within it. `text` is all of
    them as they are given to the model, `tokens` how long that is."""

    blocks: tuple[Block, ...]
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    text: str
    best: Result


def assemble(results: Sequence[Result], texts: Mapping[str, str], count: CountTokens, budget: int) -> Context:
    """As many results, best first, as fit into `budget` tokens; one that does not fit is passed over.

    But not the best, which is what the verdict is about: of it there are the sentences that fit around the
    one that answers, and where not even that one does, nothing at all rather than what answers less.

    `results` are single passages. `texts` are their documents' texts by id, for what stands between
    neighbours; a text that has changed since is not used. The same words are given once.
    """
    documents: dict[str, list[_Piece]] = {}
    costs: dict[str, int] = {}
    said: set[str] = set()
    if results and _cost([_piece(results[0])], count) > budget:
        cut = _cut(results[0], count, budget)
        if cut is None:
            return Context((), "", 0)
        documents[cut.best.document_id], costs[cut.best.document_id] = [cut], _cost([cut], count)
    for result in results:
        words = " ".join(result.excerpt.text.split()).casefold()
        if words in said or any(_holds(piece, result) for piece in documents.get(result.document_id, ())):
            continue
        pieces = _joined(documents.get(result.document_id, []), _piece(result), texts)
        cost = _cost(pieces, count)
        if sum(costs.values()) - costs.get(result.document_id, 0) + cost <= budget:
            documents[result.document_id], costs[result.document_id] = pieces, cost
            said.add(words)
    return _written(documents, count)


def _piece(result: Result) -> _Piece:
    shown = result.excerpt
    return _Piece(shown.start, shown.end, shown.text, result)


def _cut(result: Result, count: CountTokens, budget: int) -> _Piece | None:
    """The most of a result's sentences, around its best, that fit; None where that one does not."""
    fits = None
    least, most = 0, len(result.excerpt.text) - 1
    while least <= most:
        length = (least + most) // 2
        shown = shortened(result.excerpt, length)
        piece = _Piece(shown.start, shown.end, shown.text, result)
        if _cost([piece], count) <= budget:
            fits, least = piece, length + 1
        else:
            most = length - 1
    return fits


def _holds(piece: _Piece, result: Result) -> bool:
    return piece.start <= result.excerpt.start and result.excerpt.end <= piece.end


def _joined(pieces: Sequence[_Piece], new: _Piece, texts: Mapping[str, str]) -> list[_Piece]:
    """The pieces of a document with one more, neighbours as one, in reading order."""
    text = texts.get(new.best.document_id, "")
    joined: list[_Piece] = []
    for piece in sorted([*pieces, new], key=lambda one: (one.start, one.end)):
        last = joined[-1] if joined else None
        if last is not None and piece.start - last.end <= _GAP and _are(text, last) and _are(text, piece):
            end = max(last.end, piece.end)
            best = max(last.best, piece.best, key=lambda one: (one.score, -one.rank))
            joined[-1] = _Piece(last.start, end, text[last.start : end], best)
        else:
            joined.append(piece)
    return joined


def _are(text: str, piece: _Piece) -> bool:
    return text[piece.start : piece.end] == piece.text


def _cost(pieces: Sequence[_Piece], count: CountTokens) -> int:
    """The tokens of a document's blocks, with marks of two figures, so that numbering costs no more."""
    (empty, *counted) = count(["", *(_block(99, piece) for piece in pieces)])
    return sum(one - empty for one in counted)


def _written(documents: Mapping[str, Sequence[_Piece]], count: CountTokens) -> Context:
    pieces = [piece for found in documents.values() for piece in found]
    text = "\n\n".join(_block(mark, piece) for mark, piece in enumerate(pieces, 1))
    empty, whole = count(["", text])
    blocks = [Block(mark, one.start, one.end, one.text, one.best) for mark, one in enumerate(pieces, 1)]
    return Context(tuple(blocks), text, whole - empty)


def _block(mark: int, piece: _Piece) -> str:
    """`[2] Fees › Single sessions`, then the words as they stand in the document."""
    title = piece.best.attribution.title
    path = [title, *(one for one in piece.best.headings if one != title)]
    return f"[{mark}] {' › '.join(path)}\n{piece.text}"
