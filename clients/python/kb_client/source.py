"""Where a framework's retriever asks, and how: a service by its address, or a folder in this process."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kb_client.async_client import AsyncClient
from kb_client.client import Client
from kb_client.in_process import InProcess
from kb_client.types import Answer, Json, Mode, Result


@dataclass(frozen=True)
class Source:
    """One of `url` (with a `key` where the service asks for one) and `home`; the rest goes with every
    question."""

    url: str | None = None
    key: str | None = field(default=None, repr=False)
    home: str | None = None
    limit: int = 10
    collection: str | None = None
    mode: Mode = "hybrid"
    filters: Json | None = None

    def __post_init__(self) -> None:
        if (self.url is None) == (self.home is None):
            raise ValueError("name a service's url, or a knowledge base's folder as home")

    def search(self, query: str) -> Answer:
        """The whole answer. Raises KbError."""
        return self._asked.search(query, **self._with)

    async def search_async(self, query: str) -> Answer:
        """The same, awaited; connections are of one event loop, so that each question has its own."""
        if self.url is None:
            return await asyncio.to_thread(self.search, query)
        async with AsyncClient(self.url, self.key) as client:
            return await client.search(query, **self._with)

    @cached_property
    def _asked(self) -> Client | InProcess:
        return Client(self.url, self.key) if self.url is not None else InProcess(self.home or "")

    @property
    def _with(self) -> dict[str, Any]:
        return {
            "limit": self.limit,
            "collection": self.collection,
            "mode": self.mode,
            "filters": self.filters,
        }


def metadata(answer: Answer, result: Result) -> dict[str, Any]:
    """All that is known of a result but its text, flat and as JSON: rank and score, ids, marks, the
    attribution's fields (`title`, `link`, `headings`, …), and what the answer says as a whole (`verdict`,
    `notices`, …)."""
    body = answer.body["results"][result.rank - 1]
    said = {key: value for key, value in answer.body.items() if key not in ("results", "took_ms", "explain")}
    found = {key: value for key, value in body.items() if key not in ("excerpt", "attribution")}
    return {**said, **found, **body["attribution"], "marks": body["excerpt"]["marks"]}
