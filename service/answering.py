"""A question answered in time, by words alone where there is no time for more."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, replace

from anyio import to_thread

from index.types import Answer, Query
from kb.errors import QueryError, TooLate
from kb.limits import Limits
from service.bodies import Json, answer_body
from service.live import Live
from service.turns import Turns

_FOR_WORDS = 0.25  # the share of the deadline that is kept for an answer by words alone
_FOR_EXCERPTS = 0.1  # seconds that are kept for what is done with the passages when a reranker has done
_OVERDUE = 4  # searches that nobody waits for any more, beyond which no more are begun


class Answering:
    """Asks the live searcher, in threads, within the deadline."""

    def __init__(self, live: Live, limits: Limits) -> None:
        self._live, self._limits = live, limits
        self._lock = threading.Lock()
        self._running = 0
        self._turns = Turns[Answer](2 * (limits.concurrency + _OVERDUE))

    async def answer(self, query: Query, until: float) -> Answer:
        """The answer, by `until` on the event loop's clock. Where the whole takes longer it is made by
        words alone, and marked as degraded. Raises TooLate."""
        started = time.perf_counter()
        answer = await self._answer(query, until)
        self._live.times.add(time.perf_counter() - started)
        return answer

    def noted(self, query: Query, answer: Answer) -> Answer:
        """The answer, counted among those that visitors were given."""
        if self._live.unanswered is not None:
            self._live.unanswered.note(query.collection, answer)
        return answer

    async def _answer(self, query: Query, until: float) -> Answer:
        if query.mode != "lexical":
            for_words = self._limits.search_deadline * _FOR_WORDS
            answer = await self._whole(query, until - for_words)
            if answer is not None:
                return answer
            if query.cursor is not None:  # of the whole ranking, and no place in that of the words
                raise TooLate("the page took too long; try again")
        words = replace(query, mode="lexical")
        left = until - asyncio.get_running_loop().time()
        answer = await self._by(until, lambda: self._live.searcher.search(words, time.monotonic() + left))
        if answer is None:
            raise TooLate("the answer took too long; try again")
        degraded = query.mode != "lexical"
        return replace(answer, degraded=degraded, next=None if degraded else answer.next)

    async def body(self, query: Query, until: float, explain: bool = False) -> Json:
        """The answer as a body, with the time it took, and with why if that is asked for."""
        started = time.perf_counter()
        answer = await self.answer(query, until)
        body = answer_body(answer, (time.perf_counter() - started) * 1000)
        if not explain:
            self.noted(query, answer)
            return body
        answered = replace(query, mode="lexical") if answer.degraded else query
        told = await to_thread.run_sync(lambda: self._live.searcher.explain(answered))
        return {**body, "explain": asdict(told)}

    async def bodies(self, queries: list[Query], until: float, explained: list[bool]) -> list[Json]:
        """The answers to a batch, each within a deadline of its own; after one that took too long, the
        others are answered by words alone. A QueryError says which it is about."""
        answers: list[Json] = []
        slow = False
        for number, (query, explain) in enumerate(zip(queries, explained, strict=True)):
            words = slow and query.mode != "lexical"
            asked = replace(query, mode="lexical") if words else query
            try:
                body = await self.body(asked, until, explain)
            except QueryError as error:
                field = f"queries.{number}.{error.field}"
                raise QueryError(f"queries.{number}: {error}", field) from None
            answers.append({**body, "degraded": True} if words else body)
            slow = slow or bool(body["degraded"])
            until = asyncio.get_running_loop().time() + self._limits.search_deadline
        return answers

    async def _whole(self, query: Query, until: float) -> Answer | None:
        """None when it takes too long, or so many before it did that it need not be tried."""
        if self._running >= self._limits.concurrency + _OVERDUE:
            return None
        left = until - asyncio.get_running_loop().time()
        by = time.monotonic() + left - _FOR_EXCERPTS
        return await self._by(until, lambda: self._counted(query, by))

    def _counted(self, query: Query, by: float) -> Answer:
        with self._lock:
            self._running += 1
        try:
            return self._live.searcher.search(query, by)
        finally:
            with self._lock:
                self._running -= 1

    async def _by(self, until: float, work: Callable[[], Answer]) -> Answer | None:
        """What the work gives, or None when it takes longer; it then ends unheard."""
        try:
            async with asyncio.timeout_at(until) as limit:
                return await self._turns.begin(work)
        except TimeoutError:
            if not limit.expired():
                raise
            return None
