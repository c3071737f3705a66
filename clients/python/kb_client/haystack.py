"""A Haystack component: `pip install './clients/python[haystack]'` in a checkout."""

from __future__ import annotations

from typing import Any

from haystack import Document, component, default_from_dict, default_to_dict
from haystack.utils import Secret, deserialize_secrets_inplace

from kb_client.source import Source, metadata
from kb_client.types import Answer, Mode


@component
class KbRetriever:
    """Documents that answer a question, from the service at `url` or the knowledge base in the folder
    `home`. A document's content is a verbatim excerpt; its meta say where it is from, and hold the answer's
    `verdict` and `notices`, which are to be shown first."""

    def __init__(
        self,
        url: str | None = None,
        key: Secret | None = None,
        *,
        home: str | None = None,
        limit: int = 10,
        collection: str | None = None,
        mode: Mode = "hybrid",
        filters: dict[str, Any] | None = None,
    ) -> None:
        self.url, self.key, self.home, self.limit = url, key, home, limit
        self.collection, self.mode, self.filters = collection, mode, filters
        known = None if key is None else key.resolve_value()
        self._source = Source(url, known, home, limit, collection, mode, filters)

    def answer(self, query: str) -> Answer:
        """The whole answer, for what a list of documents cannot say."""
        return self._source.search(query)

    @component.output_types(documents=list[Document])
    def run(self, query: str) -> dict[str, Any]:
        """The documents that are found, the best first."""
        return {"documents": _documents(self.answer(query))}

    @component.output_types(documents=list[Document])
    async def run_async(self, query: str) -> dict[str, Any]:
        """The same, awaited."""
        return {"documents": _documents(await self._source.search_async(query))}

    def to_dict(self) -> dict[str, Any]:
        """For a pipeline that is written down; a key is written as where it is from, never itself."""
        return default_to_dict(
            self,
            url=self.url,
            key=None if self.key is None else self.key.to_dict(),
            home=self.home,
            limit=self.limit,
            collection=self.collection,
            mode=self.mode,
            filters=self.filters,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> KbRetriever:
        """From what `to_dict` wrote."""
        deserialize_secrets_inplace(data["init_parameters"], keys=["key"])
        made: KbRetriever = default_from_dict(cls, data)
        return made


def _documents(answer: Answer) -> list[Document]:
    return [
        Document(
            id=result.passage_id,
            content=result.excerpt.text,
            meta=metadata(answer, result),
            score=result.score,
        )
        for result in answer.results
    ]
