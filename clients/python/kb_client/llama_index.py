"""A LlamaIndex retriever: `pip install './clients/python[llama-index]'` in a checkout."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from kb_client.source import Source, metadata
from kb_client.types import Answer, Mode

# What a model reads of a node beside its text; the rest is for programs.
_READ = ("title", "headings", "link", "published", "notices")


class KbRetriever(BaseRetriever):
    """Nodes that answer a question, from the service at `url` or the knowledge base in the folder `home`.
    A node's text is a verbatim excerpt; its metadata say where it is from, and hold the answer's `verdict`
    and `notices`, which are to be shown first."""

    def __init__(
        self,
        url: str | None = None,
        key: str | None = None,
        *,
        home: str | None = None,
        limit: int = 10,
        collection: str | None = None,
        mode: Mode = "hybrid",
        filters: dict[str, Any] | None = None,
        **others: Any,
    ) -> None:
        super().__init__(**others)
        self._source = Source(url, key, home, limit, collection, mode, filters)

    def answer(self, query: str) -> Answer:
        """The whole answer, for what a list of nodes cannot say."""
        return self._source.search(query)

    async def aanswer(self, query: str) -> Answer:
        """The same, awaited."""
        return await self._source.search_async(query)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(self.answer(query_bundle.query_str))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(await self.aanswer(query_bundle.query_str))


def _nodes(answer: Answer) -> list[NodeWithScore]:
    return [
        NodeWithScore(
            node=_node(result.passage_id, result.excerpt.text, metadata(answer, result)),
            score=result.score,
        )
        for result in answer.results
    ]


def _node(id: str, text: str, known: dict[str, Any]) -> TextNode:
    hidden = [key for key in known if key not in _READ]
    return TextNode(
        id_=id,
        text=text,
        metadata=known,
        excluded_embed_metadata_keys=list(known),
        excluded_llm_metadata_keys=hidden,
    )
