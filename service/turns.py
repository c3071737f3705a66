"""Threads that search: one question after another, and beside that one whatever would wait too long.

One question keeps two processors busy with its own halves, its words and the model, and the rest is done
under Python's lock: several that are searched at once hand that lock to and fro, and all are answered later.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

_T = TypeVar("_T")

_PATIENCE = 0.02  # seconds for those before it, of whom each takes some four thousandths


class Turns(Generic[_T]):
    """Begins each piece of work in the first thread, where what the last one used is at hand; in one of
    `others` when the first has not come to it after `_PATIENCE`, so that nobody waits for a slow one."""

    def __init__(self, others: int) -> None:
        self._most = others  # that wait for the first thread: one that hangs is given no more to keep
        self._first = ThreadPoolExecutor(1, "search")
        self._others = ThreadPoolExecutor(others, "search")
        self._given = 0  # to the first thread; counted by the event loop alone
        self._done = 0  # by it; counted by it alone

    def begin(self, work: Callable[[], _T]) -> asyncio.Future[_T]:
        """What the work will give, on the running event loop. When that is cancelled, the work is not begun
        any more, or ends unheard."""
        loop = asyncio.get_running_loop()
        turn = _Turn(work, loop)
        before = self._given - self._done
        if before >= self._most:
            self._others.submit(turn)
            return turn.made
        if before:
            loop.call_later(_PATIENCE, self._pass_on, turn)
        self._given += 1
        self._first.submit(self._take, turn)
        return turn.made

    def _take(self, turn: _Turn[_T]) -> None:
        try:
            turn()
        finally:
            self._done += 1

    def _pass_on(self, turn: _Turn[_T]) -> None:
        if turn.waits:
            self._others.submit(turn)


class _Turn(Generic[_T]):
    """Work that two threads may come to, and the first to come does."""

    def __init__(self, work: Callable[[], _T], loop: asyncio.AbstractEventLoop) -> None:
        self.made: asyncio.Future[_T] = loop.create_future()
        self._work, self._loop = work, loop
        self._begun = threading.Lock()

    @property
    def waits(self) -> bool:
        """Whether nobody has come to it yet, and somebody still waits for it."""
        return not self._begun.locked() and not self.made.done()

    def __call__(self) -> None:
        if self.made.done() or not self._begun.acquire(blocking=False):
            return
        try:
            made = self._work()
        except BaseException as error:  # of a library in Rust, too, whose panics are no Exception
            self._loop.call_soon_threadsafe(self._fail, error)
        else:
            self._loop.call_soon_threadsafe(self._give, made)

    def _give(self, made: _T) -> None:
        if not self.made.done():
            self.made.set_result(made)

    def _fail(self, error: BaseException) -> None:
        if not self.made.done():
            self.made.set_exception(error)
