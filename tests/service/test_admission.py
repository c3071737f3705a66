from __future__ import annotations

import asyncio
import fcntl
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from index.encoder import OnnxEncoder
from index.search import Searcher
from kb.limits import Limits
from service.app import create_app
from service.knowledge import open_knowledge
from service.live import Live
from service.settings import settings

QUESTION = {"query": "how much does a session cost"}
Asking = Callable[[httpx2.AsyncClient], Coroutine[Any, Any, None]]


@pytest.fixture(scope="module")
def live(practice: Path) -> Iterator[Live]:
    live = Live(open_knowledge(settings(practice)))
    live.start()
    yield live
    live.stop()


def with_client(live: Live, asking: Asking, **limits: object) -> None:
    """Runs it with a client of the service under these limits."""

    async def run() -> None:
        app = create_app(live, Limits(**limits))  # type: ignore[arg-type]
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=20) as client:
            await asking(client)

    asyncio.run(run())


def refused(response: httpx2.Response, status: int) -> None:
    assert response.status_code == status, response.text
    assert response.headers["cache-control"] == "no-store"
    if response.request.url.path == "/":
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert '<p class="told" role="alert">' in response.text
    else:
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["status"] == status
        assert response.json()["request_id"] == response.headers["x-request-id"]
    if status == 503:
        assert 1 <= int(response.headers["retry-after"]) <= 5


@pytest.fixture
def slow_encoder(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Makes every question take that long to encode."""
    encode = OnnxEncoder.encode_queries

    def set_seconds(seconds: float) -> None:
        def encode_slowly(self: OnnxEncoder, texts: list[str]) -> object:
            time.sleep(seconds)
            return encode(self, texts)

        monkeypatch.setattr(OnnxEncoder, "encode_queries", encode_slowly)

    return set_seconds


async def timed(asked: Coroutine[Any, Any, httpx2.Response]) -> tuple[httpx2.Response, float]:
    started = time.monotonic()
    return await asked, time.monotonic() - started


# -- the queue


def test_beyond_those_who_work_and_wait_everyone_is_told_at_once_when_to_come_back(
    live: Live, slow_encoder: Callable[[float], None]
) -> None:
    slow_encoder(0.3)

    async def asking(client: httpx2.AsyncClient) -> None:
        together = [timed(client.post("/v1/search", json=QUESTION)) for _ in range(12)]
        answers = await asyncio.gather(*together)
        assert [response.status_code for response, _ in answers] == [200] * 5 + [503] * 7
        for response, seconds in answers[5:]:
            refused(response, 503)
            assert seconds < 0.15
            (notice,) = response.json()["notices"]  # unasked, since nobody read what was asked
            assert notice["kind"] == "crisis"
        assert len({response.headers["retry-after"] for response, _ in answers[5:]}) > 1, "spread"
        response, _ = await timed(client.post("/v1/search", json=QUESTION))
        assert response.status_code == 200, "back to normal"

    with_client(live, asking, concurrency=2, queue=3)


def test_a_visitor_without_scripts_is_told_in_the_page_to_come_back(
    live: Live, slow_encoder: Callable[[float], None]
) -> None:
    slow_encoder(0.3)

    async def asking(client: httpx2.AsyncClient) -> None:
        answers = await asyncio.gather(*(client.post("/", data={"q": "fees"}) for _ in range(3)))
        assert [response.status_code for response in answers] == [200, 200, 503]
        refused(answers[2], 503)
        assert "try again in a moment" in answers[2].text
        assert "Find a helpline in your country" in answers[2].text

    with_client(live, asking, concurrency=1, queue=1)


def test_health_and_metrics_are_answered_while_everyone_else_waits(
    live: Live, slow_encoder: Callable[[float], None]
) -> None:
    slow_encoder(0.5)

    async def asking(client: httpx2.AsyncClient) -> None:
        waiting = [asyncio.create_task(client.post("/v1/search", json=QUESTION)) for _ in range(4)]
        await asyncio.sleep(0.1)
        for path in ("/health/live", "/health/ready", "/metrics"):
            response, seconds = await timed(client.get(path))
            assert response.status_code == 200
            assert seconds < 0.1
        await asyncio.gather(*waiting)

    with_client(live, asking, concurrency=1, queue=1)


def test_writes_that_wait_keep_nobody_from_asking(home: Path) -> None:
    live = Live(open_knowledge(settings(home)))
    live.start()

    async def asking(client: httpx2.AsyncClient) -> None:
        with (home / ".kb" / "writer.lock").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            put = client.put
            writes = [asyncio.create_task(put(f"/v1/documents/{n}", json={"text": "owls"})) for n in range(8)]
            await asyncio.sleep(0.1)
            for _ in range(5):
                response, seconds = await timed(client.post("/v1/search", json=QUESTION))
                assert response.status_code == 200
                assert seconds < 0.5
        written = await asyncio.gather(*writes)
        assert {response.status_code for response in written} <= {200, 503}

    with_client(live, asking, concurrency=2, queue=8)
    live.stop()


# -- bodies


async def trickle(parts: int, part: bytes, pause: float) -> AsyncIterator[bytes]:
    for _ in range(parts):
        yield part
        await asyncio.sleep(pause)


@pytest.mark.parametrize("path", ["/v1/search", "/v1/search/batch", "/v1/suggest", "/", "/nowhere"])
def test_a_body_that_does_not_arrive_is_408_and_holds_no_place(live: Live, path: str) -> None:
    async def asking(client: httpx2.AsyncClient) -> None:
        slow = [asyncio.create_task(client.post(path, content=trickle(100, b" ", 0.05))) for _ in range(8)]
        await asyncio.sleep(0.1)
        response, seconds = await timed(client.post("/v1/search", json=QUESTION))
        assert response.status_code == 200
        assert seconds < 0.2
        for response in await asyncio.gather(*slow):
            refused(response, 408)

    with_client(live, asking, concurrency=1, queue=1, body_deadline=0.3)


@pytest.mark.parametrize(
    ("method", "path", "largest"),
    [
        ("POST", "/v1/search", 1_000),
        ("POST", "/v1/suggest", 1_000),
        ("POST", "/", 1_000),
        ("POST", "/v1/search/batch", 50_000),
        ("PUT", "/v1/documents/x", 5_000),
        ("GET", "/v1/documents", 5_000),
    ],
)
def test_a_body_that_is_too_large_is_413_whether_it_says_its_size_or_not(
    live: Live, method: str, path: str, largest: int
) -> None:
    async def asking(client: httpx2.AsyncClient) -> None:
        read = 0

        async def chunks() -> AsyncIterator[bytes]:
            nonlocal read
            for _ in range(1_000):
                read += 512
                yield b" " * 512

        refused(await client.request(method, path, content=b" " * (largest + 1)), 413)
        refused(await client.request(method, path, content=chunks()), 413)
        assert read <= largest + 1_024, "what is too large is not read to its end"
        allowed = await client.request(method, path, content=b" " * largest)
        assert allowed.status_code != 413

    with_client(live, asking, search_body=1_000, upload_body=5_000)


@pytest.mark.parametrize("declared", ["9" * 5_000, "99999999999", "-1", "ten", "", "1, 2"])
def test_a_declared_size_may_be_any_nonsense(live: Live, declared: str) -> None:
    async def asking(client: httpx2.AsyncClient) -> None:
        response = await client.post(
            "/v1/search", content=json.dumps(QUESTION).encode(), headers={"content-length": declared}
        )
        assert response.status_code in (200, 400, 413)

    with_client(live, asking)


def test_the_bodies_that_arrive_at_once_are_bounded_together(live: Live) -> None:
    async def asking(client: httpx2.AsyncClient) -> None:
        uploads = [client.put("/v1/documents/x", content=trickle(10, b" " * 100, 0.02)) for _ in range(8)]
        statuses = sorted(response.status_code for response in await asyncio.gather(*uploads))
        assert statuses[0] == 400, "blanks are no JSON"
        assert statuses[-1] == 503
        alone = await client.put("/v1/documents/x", content=trickle(10, b" " * 100, 0.0))
        assert alone.status_code == 400, "the room is given back"

    with_client(live, asking, upload_body=1_000, search_body=10, concurrency=8)


def test_one_who_goes_away_before_the_end_of_the_body_is_answered_nothing(live: Live) -> None:
    app = create_app(live, Limits())
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/search", "headers": [], "query_string": b""}
    asyncio.run(app({**scope, "asgi": {"version": "3.0"}, "root_path": ""}, receive, send))
    assert sent == []


# -- the deadline


def without_time(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "took_ms": 0, "degraded": None}


@pytest.mark.parametrize("mode", ["hybrid", "dense"])
def test_a_slow_encoder_gives_an_answer_by_words_in_time_and_says_so(
    live: Live, slow_encoder: Callable[[float], None], mode: str
) -> None:
    slow_encoder(2.0)

    async def asking(client: httpx2.AsyncClient) -> None:
        response, seconds = await timed(client.post("/v1/search", json={**QUESTION, "mode": mode}))
        assert response.status_code == 200
        assert seconds <= 0.4 + 0.1
        assert response.json()["degraded"] is True
        words = (await client.post("/v1/search", json={**QUESTION, "mode": "lexical"})).json()
        assert words["degraded"] is False, "what was asked for by words is whole"
        assert without_time(response.json()) == without_time(words)

    with_client(live, asking, search_deadline=0.4)


def test_the_time_of_waiting_for_a_turn_counts(live: Live, slow_encoder: Callable[[float], None]) -> None:
    slow_encoder(0.25)

    async def asking(client: httpx2.AsyncClient) -> None:
        together = [timed(client.post("/v1/search", json=QUESTION)) for _ in range(6)]
        for response, seconds in await asyncio.gather(*together):
            assert response.status_code in (200, 503)
            assert seconds <= 0.6 + 0.1

    with_client(live, asking, search_deadline=0.6, concurrency=1, queue=10)


def test_a_slow_index_is_503_in_time(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Searcher.search

    def search_slowly(self: Searcher, query: object, *until: float) -> object:
        time.sleep(1.5)
        return search(self, query, *until)  # type: ignore[arg-type]

    monkeypatch.setattr(Searcher, "search", search_slowly)

    async def asking(client: httpx2.AsyncClient) -> None:
        for path, body in (("/v1/search", {"json": QUESTION}), ("/", {"data": {"q": "fees"}})):
            response, seconds = await timed(client.post(path, **body))
            assert response.status_code == 503
            assert seconds <= 0.4 + 0.1
            assert 1 <= int(response.headers["retry-after"]) <= 5

    with_client(live, asking, search_deadline=0.4)


def test_an_encoder_that_hangs_costs_few_threads_and_soon_no_time(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hang(*_: object) -> object:
        released.wait(20)
        raise RuntimeError("the encoder was let go")

    monkeypatch.setattr(OnnxEncoder, "encode_queries", hang)

    async def asking(client: httpx2.AsyncClient) -> None:
        before = threading.active_count()
        for _ in range(3):
            together = [client.post("/v1/search", json=QUESTION) for _ in range(4)]
            assert all(response.json()["degraded"] for response in await asyncio.gather(*together))
        assert threading.active_count() - before <= 2 + 4 + 4
        response, seconds = await timed(client.post("/v1/search", json=QUESTION))
        assert response.json()["degraded"]
        assert seconds < 0.1
        released.set()

    try:
        with_client(live, asking, search_deadline=0.6, concurrency=2)
    finally:
        released.set()


def test_after_one_of_a_batch_that_took_too_long_the_rest_is_answered_by_words(
    live: Live, slow_encoder: Callable[[float], None]
) -> None:
    slow_encoder(1.0)

    async def asking(client: httpx2.AsyncClient) -> None:
        batch = {"queries": [QUESTION] * 20}
        response, seconds = await timed(client.post("/v1/search/batch", json=batch))
        assert [answer["degraded"] for answer in response.json()["answers"]] == [True] * 20
        assert seconds < 1.5

    with_client(live, asking, search_deadline=0.4)


def test_the_control_without_a_deadline_the_slow_answer_is_late(
    live: Live, slow_encoder: Callable[[float], None]
) -> None:
    slow_encoder(1.0)

    async def asking(client: httpx2.AsyncClient) -> None:
        response, seconds = await timed(client.post("/v1/search", json=QUESTION))
        assert response.json()["degraded"] is False
        assert seconds > 0.9

    with_client(live, asking, search_deadline=60.0)
