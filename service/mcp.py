"""The knowledge base for a language model's client (MCP): three tools that read, none that write.

`serve` is a process of its own on stdio, whose stdout is the protocol's: nothing else may print there.
`service.mcp_http` is the same at `/mcp`. Needs the `mcp` extra.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from anyio import to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from index.search import Searcher
from index.types import Notice, Query
from kb.catalogue import Catalogue
from kb.errors import KnowledgeBaseError, NotFound
from kb.types import Passage
from service import schemas
from service.access import EVERYONE, Caller
from service.bodies import Json, answer_body, attribution_body
from service.incoming import whole
from service.knowledge import Knowledge

Answer = Callable[[Context, Query], Awaitable[Json]]
WhoAsks = Callable[[Context], Caller]
Notices = Callable[[str], Sequence[Notice]]

_READS = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
_PART = 20_000  # characters of a document that one call gives
_AROUND = 2_000  # characters before and after a passage that are read with it

_INSTRUCTIONS = (
    "Searches a knowledge base and gives verbatim excerpts with their source. Quote only what an excerpt "
    "says, and name its title and link. When `verdict` is `none`, the knowledge base has no answer: say so "
    "rather than answer from elsewhere. Show `notices` to the person, word for word, before anything else. "
    "To see what stands around an excerpt, call `read` with the result's `document_id` and `passage_id`."
)

Collection = Annotated[
    str | None,
    Field(description="Where to look, if not in the usual place; `collections` names them.", min_length=1),
]


class PartBody(BaseModel):
    """A part of a document."""

    document_id: str = Field(description="The document's id.")
    collection: str = Field(description="Its collection.")
    text: str = Field(description="The text, verbatim.")
    start: int = Field(description="Where the part begins in the document, in code points.")
    end: int = Field(description="Where it ends.")
    length: int = Field(description="How long the whole document is.")
    next: int | None = Field(description="The `start` to read on from; null at the document's end.")
    attribution: schemas.DocumentAttributionBody = Field(description="Who says it, where and when.")


def serve(knowledge: Knowledge) -> None:
    """Answers on stdin and stdout until stdin ends."""
    searcher = knowledge.searcher()

    async def answer(context: Context, query: Query) -> Json:  # noqa: ARG001
        return await to_thread.run_sync(_asked, searcher, query)

    make_server(knowledge, answer, lambda _: EVERYONE, knowledge.notices().matches).run("stdio")


def make_server(knowledge: Knowledge, answer: Answer, who: WhoAsks, notices: Notices) -> MCPServer:
    """The server with its tools; `notices` are what a question calls for that cannot be answered."""

    def meant(context: Context, named: str | None) -> str:
        return who(context).collection(named or "", named is not None)

    server: MCPServer = MCPServer(
        "kb", title="Knowledge base search", instructions=_INSTRUCTIONS, log_level="ERROR"
    )

    @server.tool(title="Search", annotations=_READS)
    async def search(
        context: Context,
        query: Annotated[
            str,
            Field(
                description="The question as the person asked it, in whole words rather than keywords; at "
                "most 512 characters.",
                examples=["can't sleep before exams"],
            ),
        ],
        limit: Annotated[int, Field(description="How many documents, the best first.", ge=1, le=50)] = 5,
        collection: Collection = None,
    ) -> Annotated[CallToolResult, schemas.AnswerBody]:
        """Find what the knowledge base says to a question: ranked, verbatim excerpts, each with title,
        headings, page and link. `score` is the chance, 0 to 1, that an excerpt answers. `verdict` says
        whether the question is answered, only related passages were found, or there is nothing.
        """
        question = whole(query)
        try:
            return _result(await answer(context, Query(question, limit, meant(context, collection))))
        except KnowledgeBaseError as error:
            raise ToolError(_with_notices(error, notices(question))) from None

    @server.tool(title="Read", annotations=_READS)
    def read(
        context: Context,
        document_id: Annotated[str, Field(description="A result's `document_id`.", min_length=1)],
        passage_id: Annotated[
            str | None,
            Field(description="A result's `passage_id`: reads the part around it rather than from `start`."),
        ] = None,
        start: Annotated[int, Field(description="Where to begin, in code points.", ge=0)] = 0,
        collection: Collection = None,
    ) -> Annotated[CallToolResult, PartBody]:
        """Read a document that was found: up to 20,000 characters from `start`, or with `passage_id` the
        part around that passage. `next` is where to read on.
        """
        try:
            with knowledge.catalogue() as catalogue:
                place = meant(context, collection)
                return _result(_part(catalogue, place, document_id, passage_id, start))
        except KnowledgeBaseError as error:
            raise ToolError(str(error)) from None

    @server.tool(title="Collections", annotations=_READS)
    def collections(context: Context) -> Annotated[CallToolResult, schemas.CollectionsBody]:
        """Name the collections that can be searched, with how much each holds. Most knowledge bases have
        one, `default`, and need no call of this."""
        try:
            with knowledge.catalogue() as catalogue:
                counted = who(context).sees(catalogue.collections())
        except KnowledgeBaseError as error:
            raise ToolError(str(error)) from None
        held = [{"name": name, "documents": n, "passages": m} for name, (n, m) in counted.items()]
        return _result({"collections": held})

    return server


def _asked(searcher: Searcher, query: Query) -> Json:
    started = time.perf_counter()
    searcher.refresh()
    answer = searcher.search(query)
    return answer_body(answer, (time.perf_counter() - started) * 1000)


def _part(
    catalogue: Catalogue, collection: str, document_id: str, passage_id: str | None, start: int
) -> Json:
    document = catalogue.document(collection, document_id)
    if document is None:
        raise NotFound(f"There is no document {document_id} in {collection}")
    end = start + _PART
    if passage_id is not None:
        start, end = _around(catalogue.passages_of(collection, document_id), passage_id)
    start, end = min(start, len(document.text)), min(end, len(document.text))
    return {
        "document_id": document.id,
        "collection": document.collection,
        "text": document.text[start:end],
        "start": start,
        "end": end,
        "length": len(document.text),
        "next": end if end < len(document.text) else None,
        "attribution": attribution_body(document.attribution),
    }


def _around(passages: Sequence[Passage], passage_id: str) -> tuple[int, int]:
    """The run of whole passages near the one that was found."""
    found = next((one for one in passages if one.id == passage_id), None)
    if found is None:
        raise NotFound(f"The document has no passage {passage_id}; it may have changed. Search again")
    near = [one for one in passages if one.start >= found.start - _AROUND and one.end <= found.end + _AROUND]
    return near[0].start, near[-1].end


def _with_notices(error: KnowledgeBaseError, notices: Sequence[Notice]) -> str:
    """What a question calls for is said where it cannot be answered, too."""
    lines = [str(error)]
    for notice in notices:
        links = ", ".join(f"{link.label} ({link.href})" for link in notice.links)
        lines.append(f"{notice.title}. {notice.text} {links}".rstrip())
    return "\n".join(lines)


def _result(body: Json) -> CallToolResult:
    """The body as a client's program reads it, and as text for a model that is shown text alone."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return CallToolResult(content=[TextContent(text=text)], structured_content=body)
