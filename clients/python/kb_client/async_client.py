"""The client for programs that do something else meanwhile; as `kb_client.client`, to be awaited."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from itertools import islice
from types import TracebackType
from typing import TypeVar

import httpx2

from kb_client import requests, types
from kb_client.errors import KbError
from kb_client.requests import Request
from kb_client.types import Json, Mode

T = TypeVar("T")


class AsyncClient:
    """A service at `url`, for the tasks of one event loop. Close it, or use it in an `async with`.

    `key` is what `kb keys create` printed; `collection` is where every call looks unless it says otherwise
    (without either the service's `default`, or the key's own). `timeout` is in seconds; a write that
    is waited for has longer. `retries` is how often a request that was turned away, or met no service, is
    tried again.
    """

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        collection: str | None = None,
        timeout: float = 10.0,
        retries: int = 3,
    ) -> None:
        self._http = httpx2.AsyncClient(base_url=url, headers=requests.headers(key), timeout=timeout)
        self._collection, self._retries = collection, retries

    async def search(
        self,
        query: str,
        *,
        limit: int = 10,
        collection: str | None = None,
        mode: Mode = "hybrid",
        filters: Json | None = None,
        group: bool = True,
        cursor: str | None = None,
        excerpt_length: int | None = None,
    ) -> types.Answer:
        """Ask a question. `filters`: `tags`, `language`, `document_id`; all that are given must hold.
        `cursor` is an answer's `next`, for the page after it; `excerpt_length` the most characters of an
        excerpt, 80 to 4000."""
        return await self._send(
            requests.search(query, limit, self._in(collection), mode, filters, group, cursor, excerpt_length)
        )

    async def search_many(
        self, queries: Iterable[str | Json], *, limit: int = 10, collection: str | None = None
    ) -> AsyncIterator[types.Answer]:
        """Ask many questions, some in each request; the answers come in their order. A query is a text, or
        the body of a search request: what that says goes before `limit` and `collection`."""
        asked = (requests.question(one, limit, self._in(collection)) for one in queries)
        while several := list(islice(asked, requests.BATCH)):
            for one in await self._send(requests.batch(several)):
                yield one

    async def context(
        self,
        query: str,
        tokens: int = 1000,
        *,
        collection: str | None = None,
        mode: Mode = "hybrid",
        filters: Json | None = None,
    ) -> types.Context:
        """What a language model is to answer from: the passages that fit into so many tokens, with marks."""
        return await self._send(requests.context(query, tokens, self._in(collection), mode, filters))

    async def check_citations(
        self, answer: str, passages: Iterable[types.ContextPassage], *, collection: str | None = None
    ) -> types.Checked:
        """Whether an answer cites and quotes what stands in the `passages` of the context it is from."""
        return await self._send(requests.check(answer, passages, self._in(collection)))

    async def document(self, document_id: str, *, collection: str | None = None) -> types.Document:
        """A document with its whole text."""
        return await self._send(requests.document(document_id, self._in(collection)))

    async def documents(
        self, *, collection: str | None = None, page: int = 100
    ) -> AsyncIterator[types.Listed]:
        """A collection's documents by their ids, fetched a page at a time."""
        after: str | None = ""
        while after is not None:
            listed, after = await self._send(requests.page(self._in(collection), after, page))
            for one in listed:
                yield one

    async def put(
        self,
        document_id: str,
        text: str,
        *,
        title: str | None = None,
        metadata: Json | None = None,
        collection: str | None = None,
        wait: bool = False,
        if_match: str | None = None,
        if_none_match: str | None = None,
    ) -> types.Written:
        """Write a document: new, or in place of the one with this id. `wait`: until it can be found.
        `if_match` is the `version` that alone may be replaced; `if_none_match="*"`: only where there is none.
        Else it is a KbError with status 412."""
        return await self._send(
            requests.put(
                document_id, text, title, metadata, self._in(collection), wait, if_match, if_none_match
            )
        )

    async def put_many(
        self, documents: Iterable[Json], *, collection: str | None = None, wait: bool = False
    ) -> AsyncIterator[types.Written | types.Refused]:
        """Write many documents in one stream, each `{"_id", "text", "title", "metadata"}` as in a JSONL file,
        in as much memory as a few hundred of them take. Nothing is sent until the results are gone through:
        take them in an `async for`. One that is refused is told in its place, and the rest goes
        on. `wait`: until they can be found.

        A stream is tried again, as other requests are, until its first result is told; a generator only while
        nothing is taken from it. What breaks later may be sent again: what is unchanged costs little.
        """
        bulk = requests.Bulk(documents, self._in(collection), wait)
        for attempt in range(self._retries + 1):
            response: httpx2.Response | None = None
            lost: Exception | None = None
            try:
                async with self._stream(bulk) as response:
                    if response.status_code < 400:
                        async for line in response.aiter_lines():
                            yield bulk.result(line)
                        return
                    await response.aread()
            except httpx2.TransportError as error:
                response, lost = requests.lost(error)
            seconds = bulk.seconds_to_wait(response, attempt)
            if seconds is None or attempt == self._retries:
                break
            await asyncio.sleep(seconds)
        if response is None:
            raise requests.unreachable(lost) from lost
        requests.result_of(requests.ready(), response)

    async def delete(
        self,
        document_id: str,
        *,
        collection: str | None = None,
        wait: bool = False,
        if_match: str | None = None,
    ) -> types.Written:
        """Remove a document. `wait`: until it is found no more. `if_match`: only this `version` of it."""
        return await self._send(requests.delete(document_id, self._in(collection), wait, if_match))

    async def changes(
        self, after: int = 0, *, collection: str | None = None, page: int = 100
    ) -> AsyncIterator[types.Change]:
        """What was added, updated and removed after a commit, in order, fetched a page at a time. Keep the
        last one's `sequence`, and ask with it as `after` when you come again. A KbError with status 409 or
        410: begin anew, after 0."""
        more = True
        while more:
            found, after, more = await self._send(requests.changes(self._in(collection), after, page))
            for one in found:
                yield one

    async def collections(self) -> list[types.Collection]:
        """The collections and their sizes."""
        return await self._send(requests.collections())

    async def suggest(self, prefix: str, *, collection: str | None = None) -> list[str]:
        """What someone who typed this may be about to ask."""
        return await self._send(requests.suggest(prefix, self._in(collection)))

    async def ready(self) -> bool:
        """Whether the service can answer now; it is asked once."""
        try:
            return requests.result_of(requests.ready(), await self._http.get("/health/ready"))
        except (KbError, httpx2.TransportError):
            return False

    async def close(self) -> None:
        """Ends the kept connections."""
        await self._http.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _in(self, collection: str | None) -> str | None:
        return self._collection if collection is None else collection

    def _stream(self, bulk: requests.Bulk) -> AbstractAsyncContextManager[httpx2.Response]:
        return self._http.stream(
            "POST",
            bulk.path,
            content=_awaited(bulk.lines()),
            params=bulk.params,
            headers=bulk.headers,
            timeout=None,
        )

    async def _send(self, request: Request[T]) -> T:
        for attempt in range(self._retries + 1):
            response, lost = await self._try(request)
            seconds = requests.seconds_to_wait(response, attempt)
            if seconds is None or attempt == self._retries:
                break
            await asyncio.sleep(seconds)
        if response is None:
            raise requests.unreachable(lost) from lost
        return requests.result_of(request, response)

    async def _try(self, request: Request[T]) -> tuple[httpx2.Response | None, Exception | None]:
        try:
            sent = await self._http.request(
                request.method,
                request.path,
                json=request.body,
                params=request.params or None,
                headers=request.headers,
                timeout=requests.patience(request, self._http.timeout),
            )
        except httpx2.TransportError as error:
            return requests.lost(error)
        return sent, None


async def _awaited(lines: Iterator[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line
