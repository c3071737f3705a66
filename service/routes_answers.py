"""For answers that a language model writes: what it is given, and whether it cited what it was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from index.citations import check
from index.context import Block, assemble
from index.types import Query
from kb.catalogue import Catalogue
from kb.errors import NotFound, QueryError
from service import schemas
from service.access import meant
from service.bodies import Json, attribution_body, notice_body
from service.live import Live
from service.replies import ASKED, answering_of, json_reply, live_of, responses

router = APIRouter(tags=["answers"])

_CHARACTERS = 200_000  # of passages that an answer is checked against: some 50,000 tokens
_PASSAGES = 50  # that are looked at; more do not fit what a model reads with care


@router.post("/v1/context", responses=responses(schemas.ContextBody, *ASKED))
async def context(request: Request, body: schemas.ContextRequest) -> Response:
    """The passages that answer a question and fit into so many tokens, each with a mark to cite it by.

    `text` is all of it as a model can be given it. No words are given twice; passages of one document come
    in its order, neighbours as one. Of the best passage, where it is too long, there are the sentences around
    the one that answers; where not even these fit, `passages` is empty: ask with more `tokens`. Tokens are
    counted by the tokenizer of the search's own model, which another model's may differ from by a tenth or
    so. Show the notices before what the model says.
    """
    request.state.questions = [body.query]
    collection = meant(request, body.collection, body.names_collection)
    live = live_of(request)
    limit = min(_PASSAGES, live.knowledge.config.limits.results)
    query = Query(body.query, limit, collection, body.mode, body.filters.to_filters(), group=False)
    answer = await answering_of(request).answer(query, request.state.until)

    def assembled() -> Json:
        with live.knowledge.catalogue() as catalogue:
            texts = _texts(catalogue, collection, [one.document_id for one in answer.results])
        found = assemble(answer.results, texts, live.count_tokens, body.tokens)
        return {
            "verdict": answer.verdict,
            "notices": [notice_body(notice) for notice in answer.notices],
            "passages": [_block(block) for block in found.blocks],
            "text": found.text,
            "tokens": found.tokens,
            "collection": collection,
            "generation": answer.generation,
            "degraded": answer.degraded,
        }

    return json_reply(await run_in_threadpool(assembled))


@router.post("/v1/citations/check", responses=responses(schemas.CheckedBody, *ASKED))
async def citations_check(request: Request, body: schemas.CheckRequest) -> Response:
    """Which marks of a written answer exist, and which quoted words really stand in the source.

    `passages` are those of the context that it was written from. It is not told whether the answer follows
    from them.
    """
    collection = meant(request, body.collection, body.names_collection)

    def checked(live: Live) -> Json:
        with live.knowledge.catalogue() as catalogue:
            sources = _sources(catalogue, collection, body.passages)
        found = check(body.answer, sources)
        return {
            "sound": found.sound,
            "marks": [asdict(one) for one in found.marks],
            "quotes": [asdict(one) for one in found.quotes],
            "unused": list(found.unused),
        }

    return json_reply(await run_in_threadpool(checked, live_of(request)))


def _sources(
    catalogue: Catalogue, collection: str, passages: Sequence[schemas.CitedPassage]
) -> dict[int, str]:
    """The passages' words by their marks. Each document is read once, and held alone."""
    slices: dict[int, str] = {}
    room = _CHARACTERS
    for id in dict.fromkeys(one.document_id for one in passages):
        document = catalogue.document(collection, id)
        if document is None:
            raise NotFound(f"There is no document {id} in {collection}")
        for one in passages:
            if one.document_id != id:
                continue
            if not 0 <= one.start < one.end <= len(document.text):
                raise NotFound(
                    f"passage {one.mark} is no part of its document, which may have changed since; ask for "
                    "the context again"
                )
            room -= one.end - one.start
            if room < 0:
                raise QueryError(
                    f"the passages have more than {_CHARACTERS:,} characters together", "passages"
                )
            slices[one.mark] = document.text[one.start : one.end]
    if len(slices) < len(passages):
        raise QueryError("two passages have the same mark", "passages")
    return {one.mark: slices[one.mark] for one in passages}


def _texts(catalogue: Catalogue, collection: str, ids: list[str]) -> dict[str, str]:
    found = {id: catalogue.document(collection, id) for id in dict.fromkeys(ids)}
    return {id: document.text for id, document in found.items() if document is not None}


def _block(block: Block) -> Json:
    best = block.best
    return {
        "mark": block.mark,
        "document_id": best.document_id,
        "score": best.score,
        "text": block.text,
        "start": block.start,
        "end": block.end,
        "attribution": {
            **attribution_body(best.attribution),
            "link": best.link,
            "headings": list(best.headings),
            "page": best.page,
        },
    }
