"""The threads that search."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref

import pytest

from service.turns import Turns

OTHERS = 3


def test_questions_that_come_together_are_searched_one_after_another_by_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("service.turns._PATIENCE", 60.0)  # however slow the machine
    at_work, most = 0, 0
    lock = threading.Lock()

    def search() -> int:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.0005)
        with lock:
            at_work -= 1
        return threading.get_ident()

    async def asking() -> list[int]:
        turns = Turns[int](8)
        return await asyncio.gather(*(turns.begin(search) for _ in range(8)))

    threads = asyncio.run(asking())
    assert len(set(threads)) == 1
    assert most == 1


def test_nobody_waits_for_a_question_that_takes_long() -> None:
    slow = threading.Event()

    async def asking() -> None:
        turns = Turns[bool](OTHERS)
        first = turns.begin(lambda: slow.wait(10))
        quick = [turns.begin(lambda: True) for _ in range(OTHERS + 2)]
        assert all(await asyncio.wait_for(asyncio.gather(*quick), 5))
        assert not first.done()
        slow.set()
        assert await first

    asyncio.run(asking())


def test_what_was_begun_beside_a_slow_one_is_done_once() -> None:
    slow = threading.Event()
    done: list[int] = []

    async def asking() -> None:
        turns = Turns[bool | None](OTHERS)
        first = turns.begin(lambda: slow.wait(10))
        await asyncio.gather(*(turns.begin(lambda n=n: done.append(n)) for n in range(5)))  # type: ignore[misc]
        slow.set()
        await first
        await turns.begin(lambda: None)  # the first thread has come past them by now

    asyncio.run(asking())
    assert sorted(done) == list(range(5))


def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    slow, begun = threading.Event(), threading.Event()

    async def asking() -> None:
        turns = Turns[bool | None](OTHERS)
        first = turns.begin(lambda: slow.wait(10))
        given_up = turns.begin(begun.set)
        given_up.cancel()
        await asyncio.sleep(0.1)
        slow.set()
        await first
        await turns.begin(lambda: None)

    asyncio.run(asking())
    assert not begun.is_set()


class Found:
    """What a search gives."""


def test_a_thread_that_hangs_keeps_little_of_what_others_gave_meanwhile() -> None:
    hangs = threading.Event()

    async def asking() -> int:
        turns = Turns[Found | bool](OTHERS)
        first = turns.begin(lambda: hangs.wait(10))
        given = weakref.WeakSet[Found | bool]()
        for _ in range(5 * OTHERS):
            given.add(await turns.begin(Found))
        gc.collect()
        kept = len(given)
        hangs.set()
        await first
        return kept

    assert asyncio.run(asking()) <= OTHERS


class Panic(BaseException):
    """What a library in Rust raises where it cannot go on."""


@pytest.mark.parametrize("error", [ValueError("no such collection"), Panic("index out of range")])
def test_who_asked_is_told_what_went_wrong(error: BaseException) -> None:
    def fail() -> None:
        raise error

    async def asking() -> None:
        turns = Turns[None](OTHERS)
        with pytest.raises(type(error), match=str(error)):
            await turns.begin(fail)
        await turns.begin(lambda: None)  # and the thread goes on

    asyncio.run(asking())
