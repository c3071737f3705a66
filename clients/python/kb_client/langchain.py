"""A LangChain retriever: `pip install './clients/python[langchain]'` in a checkout."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import SecretStr

from kb_client.source import Source, metadata
from kb_client.types import Answer, Mode


class KbRetriever(BaseRetriever):
    """Documents that answer a question, from the service at `url` or the knowledge base in the folder
    `home`. A document's `page_content` is a verbatim excerpt; its metadata say where it is from, and hold
    the answer's `verdict` and `notices`, which are to be shown first."""

    url: str | None = None
    key: SecretStr | None = None
    home: str | None = None
    limit: int = 10
    collection: str | None = None
    mode: Mode = "hybrid"
    filters: dict[str, Any] | None = None

    def answer(self, query: str) -> Answer:
        """The whole answer, for what a list of documents cannot say."""
        return self._source.search(query)

    async def aanswer(self, query: str) -> Answer:
        """The same, awaited."""
        return await self._source.search_async(query)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        return _documents(self.answer(query))

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,  # noqa: ARG002
    ) -> list[Document]:
        return _documents(await self.aanswer(query))

    @cached_property
    def _source(self) -> Source:
        key = None if self.key is None else self.key.get_secret_value()
        return Source(self.url, key, self.home, self.limit, self.collection, self.mode, self.filters)


def _documents(answer: Answer) -> list[Document]:
    return [
        Document(page_content=result.excerpt.text, id=result.passage_id, metadata=metadata(answer, result))
        for result in answer.results
    ]
