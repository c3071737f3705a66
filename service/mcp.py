"""The knowledge base as an MCP server on stdio: three tools that read, none that write.

Needs the `mcp` extra. stdout is the protocol's; nothing else may print there.
"""

from __future__ import annotations

import time
from typing import Annotated

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from index.search import Searcher
from index.types import Query
from kb.errors import KnowledgeBaseError
from service.bodies import Json, answer_body, attribution_body
from service.incoming import whole
from service.knowledge import Knowledge

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False, idempotent_hint=True)
_PART = 20_000  # characters of a document that one call gives

_INSTRUCTIONS = (
    "Searches a knowledge base and gives verbatim excerpts with their source. Quote only what an excerpt "
    "says, and name its title and link. When `verdict` is `none`, the knowledge base has no answer: say so. "
    "Show `notices` to the person before anything else."
)

Collection = Annotated[str, Field(description="Where to look; `collections` names them.")]


def serve(knowledge: Knowledge) -> None:
    """Answers on stdin and stdout until stdin ends."""
    make_server(knowledge, knowledge.searcher()).run("stdio")


def make_server(knowledge: Knowledge, searcher: Searcher) -> MCPServer:
    """The server with its tools."""
    server: MCPServer = MCPServer(
        "kb", title="Knowledge base search", instructions=_INSTRUCTIONS, log_level="ERROR"
    )

    @server.tool(title="Search", annotations=_READS)
    def search(
        query: Annotated[
            str, Field(description="The question, in the person's own words; at most 512 characters.")
        ],
        limit: Annotated[int, Field(description="How many documents.", ge=1, le=50)] = 5,
        collection: Collection = "default",
    ) -> Json:
        """Ranked, verbatim excerpts that answer a question, each with title, headings, page and link."""
        started = time.perf_counter()
        try:
            searcher.refresh()
            answer = searcher.search(Query(whole(query), limit, collection))
        except KnowledgeBaseError as error:
            raise ToolError(str(error)) from None
        return answer_body(answer, (time.perf_counter() - started) * 1000)

    @server.tool(title="Read", annotations=_READS)
    def read(
        document_id: Annotated[str, Field(description="A result's `document_id`.")],
        collection: Collection = "default",
        start: Annotated[int, Field(description="Where to begin, in code points.", ge=0)] = 0,
    ) -> Json:
        """A document's text from `start` on, up to 20,000 characters; `next` is where to go on, or null."""
        try:
            with knowledge.catalogue() as catalogue:
                document = catalogue.document(collection, document_id)
        except KnowledgeBaseError as error:
            raise ToolError(str(error)) from None
        if document is None:
            raise ToolError(f"There is no document {document_id} in {collection}")
        end = min(start + _PART, len(document.text))
        return {
            "document_id": document.id,
            "text": document.text[start:end],
            "start": start,
            "end": end,
            "next": end if end < len(document.text) else None,
            "attribution": attribution_body(document.attribution),
        }

    @server.tool(title="Collections", annotations=_READS)
    def collections() -> Json:
        """The collections that can be searched, with how many documents each holds."""
        try:
            with knowledge.catalogue() as catalogue:
                counted = catalogue.collections()
        except KnowledgeBaseError as error:
            raise ToolError(str(error)) from None
        return {"collections": [{"name": name, "documents": held[0]} for name, held in counted.items()]}

    return server
