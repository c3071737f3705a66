"""A knowledge base's folder asked in this process, with the client's types. Needs the `kb` package."""

from __future__ import annotations

import time
from pathlib import Path

from kb_client import types
from kb_client.errors import KbError
from kb_client.types import Json, Mode


class InProcess:
    """The knowledge base in the folder `home`; threads may share it. It searches as `Client` does, takes up
    what was ingested since, and needs no service."""

    def __init__(self, home: str | Path) -> None:
        from index.search import open_searcher

        self._home = Path(home)
        self._searcher = open_searcher(self._home)

    def search(
        self,
        query: str,
        *,
        limit: int = 10,
        collection: str | None = None,
        mode: Mode = "hybrid",
        filters: Json | None = None,
        group: bool = True,
    ) -> types.Answer:
        """Ask a question; as `Client.search`. Raises KbError."""
        from index.types import Filters, Query
        from kb.errors import KnowledgeBaseError
        from service.bodies import answer_body
        from service.incoming import whole

        held = filters or {}
        among = Filters(tuple(held.get("tags", ())), held.get("language"), tuple(held.get("document_id", ())))
        asked = Query(whole(query), limit, collection or "default", mode, among, group)
        started = time.perf_counter()
        try:
            self._searcher.refresh()
            answer = self._searcher.search(asked)
        except KnowledgeBaseError as error:
            raise self._refused(error, query) from None
        return types.answer(answer_body(answer, (time.perf_counter() - started) * 1000))

    def _refused(self, error: Exception, query: str) -> KbError:
        """As the service would say it, with whom to call."""
        from index import owner
        from kb.config import load
        from service.bodies import notice_body
        from service.problems import status_of

        called_for = owner.notices(load(self._home)).matches(query[:4096])
        body = {
            "detail": str(error),
            "field": getattr(error, "field", None),
            "notices": [notice_body(notice) for notice in called_for],
        }
        return KbError(status_of(error), body)
