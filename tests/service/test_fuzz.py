"""Requests that nobody would write by hand: none may end in a defect, none in an answer not described.

`KB_FUZZ=20000 pytest tests/service/test_fuzz.py` makes a longer run, `KB_FUZZ_SEED` another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
import schemathesis.specs.openapi.schemas  # now, for Python 3.11 can fail to parse beside a running thread
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from service.app import create_app
from service.knowledge import open_knowledge
from service.live import Live
from service.settings import settings
from tests.practice import FILES, LINES
from tests.service.described import check

REQUESTS = int(os.environ.get("KB_FUZZ", "2000"))
SEED = int(os.environ.get("KB_FUZZ_SEED", "7"))
EXAMPLES = 15  # of schemathesis, an operation
DEADLINE = 2.0


@pytest.fixture(scope="module")
def live(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    home = Path(shutil.copytree(practice, tmp_path_factory.mktemp("fuzz") / "home"))
    live = Live(open_knowledge(settings(home)))
    live.start()
    yield live
    live.stop()


# -- mutated requests


class Mutator:
    """Good requests, and what becomes of them when a few things go wrong."""

    PATHS = (
        "/v1/search",
        "/v1/search",
        "/v1/search",
        "/v1/search/batch",
        "/v1/suggest",
        "/v1/collections",
        "/v1/documents",
        "/v1/documents/site/fees.md",
        "/v1/documents/fuzz",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/openapi.json",
        "/",
        "/style.css",
        "/nowhere",
    )
    METHODS = ("POST", "POST", "POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
    WORDS = (
        *" ".join(FILES.values()).split()[:200],
        "the",
        "?",
        '"',
        "'",
        "\\",
        "\x00",
        "\ud800",
        "\U0001f600",
        "e\u0301\u0301\u0301",
        "\u202e",
        "\u200d",
        "AND",
        "OR",
        "NOT",
        "title:x",
        "fees~9",
        "fee*",
        "[a TO b]",
        "../..",
        "%00",
        "${x}",
        "\r\n",
        "ﬃ",
        "İ",
        "ß",
        "x" * 600,
    )
    VALUES: tuple[Any, ...] = (
        None,
        True,
        0,
        -1,
        1,
        50,
        51,
        10**30,
        1.5,
        float("nan"),
        float("inf"),
        -0.0,
        "",
        "default",
        "staff",
        "dense",
        [],
        [[]],
        {},
        {"tags": ["fees"]},
        {"language": "en"},
        {"document_id": [str(line["_id"]) for line in LINES] * 5},
        {"": None},
    )

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def request(self) -> dict[str, Any]:
        pick = self.random
        path = pick.choice(self.PATHS)
        content = self._content(path)
        headers = {"content-type": "application/json"}
        if pick.random() < 0.1:
            headers["content-type"] = pick.choice(
                (
                    "text/plain",
                    "",
                    "application/x-www-form-urlencoded",
                    "application/json; charset=utf-16",
                    "*/*",
                )
            )
        if pick.random() < 0.05:
            headers[
                pick.choice(("x-request-id", "accept", "content-encoding", "range", "expect", "host"))
            ] = pick.choice(("gzip", "bytes=0-", "100-continue", "a" * 64, "\x7f" * 8, "évil")).encode()  # type: ignore[assignment]
        return {
            "method": pick.choice(self.METHODS) if pick.random() < 0.3 else self._method(path),
            "url": path + self._query(),
            "content": content,
            "headers": headers,
        }

    def _method(self, path: str) -> str:
        if path.startswith("/v1/documents/"):
            return self.random.choice(("GET", "PUT", "DELETE"))
        return "POST" if path.startswith(("/v1/search", "/v1/suggest")) or path == "/" else "GET"

    def _query(self) -> str:
        if self.random.random() < 0.8:
            return ""
        key = self.random.choice(("collection", "after", "limit", "wait", "q", "%ff", ""))
        value = self.random.choice(
            ("default", "staff", "nowhere", "0", "5", "-1", "true", "%00", "%ff", "é", "a" * 999)
        )
        return f"?{key}={value}"

    def _content(self, path: str) -> bytes:
        body = self._body(path)
        for _ in range(self.random.choice((0, 0, 1, 1, 2, 4))):
            self._spoil(body)
        content = json.dumps(body, ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")
        return self._damaged(content) if self.random.random() < 0.15 else content

    def _body(self, path: str) -> dict[str, Any]:
        if path.startswith("/v1/documents"):
            return {"title": self._text(), "text": self._text(), "metadata": {"tags": [self._text()], "k": 1}}
        if path == "/v1/search/batch":
            return {"queries": [self._question() for _ in range(self.random.choice((0, 1, 2, 51)))]}
        return {"prefix": self._text()} if path == "/v1/suggest" else self._question()

    def _question(self) -> dict[str, Any]:
        question: dict[str, Any] = {"query": self._text()}
        if self.random.random() < 0.5:
            question["limit"] = self.random.randint(1, 50)
            question["mode"] = self.random.choice(("hybrid", "dense", "lexical"))
            question["filters"] = {
                "tags": [self._text()],
                "language": self.random.choice((None, "en", "tlh")),
            }
        return question

    def _text(self) -> str:
        return " ".join(self.random.choices(self.WORDS, k=self.random.choice((1, 3, 8, 40))))

    def _spoil(self, body: dict[str, Any]) -> None:
        known = [*body, "collection", "group", "mode", "limit", "filters", "_id", self._text()]
        body[self.random.choice(known)] = self.random.choice((*self.VALUES, self._text()))

    def _damaged(self, content: bytes) -> bytes:
        damaged = bytearray(content)
        how = self.random.randrange(4)
        if how == 0 and damaged:
            damaged[self.random.randrange(len(damaged))] ^= 1 << self.random.randrange(8)
        elif how == 1:
            del damaged[self.random.randrange(len(damaged) + 1) :]
        elif how == 2:
            damaged *= self.random.choice((2, 300))
        else:
            damaged = bytearray(b"[" * self.random.choice((10, 5_000)) + damaged)
        return bytes(damaged)


def test_no_request_is_a_defect_and_every_answer_is_described_and_in_time(live: Live) -> None:
    mutator = Mutator(SEED)
    seen: dict[int, int] = {}

    async def run() -> None:
        app = create_app(live)
        document = app.openapi()
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
            for number in range(REQUESTS):
                request = mutator.request()
                started = time.monotonic()
                response = await client.request(**request)
                seconds = time.monotonic() - started
                path = request["url"].partition("?")[0]
                told = f"seed {SEED}, request {number}: {request}\n{response.text[:500]}"
                assert response.status_code < 500 or response.status_code == 503, told
                assert seconds < DEADLINE or "batch" in path, told
                seen[response.status_code] = seen.get(response.status_code, 0) + 1
                if request["method"] != "HEAD" and path not in ("/", "/style.css", "/openapi.json"):
                    check(document, request["method"], path, response)

    asyncio.run(run())
    assert {200, 400, 404, 405, 413, 422} <= seen.keys(), seen
    assert 503 not in seen


def test_the_control_an_answer_that_is_not_described_is_noticed(live: Live) -> None:
    document = create_app(live).openapi()
    teapot = httpx2.Response(418, json={})
    with pytest.raises(AssertionError, match="does not describe 418"):
        check(document, "POST", "/v1/search", teapot)


# -- what the description allows and forbids


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_answers_to_what_the_description_allows_and_forbids_are_as_described(
    live: Live, mode: GenerationMode
) -> None:
    api = schemathesis.openapi.from_asgi("/openapi.json", create_app(live))
    operations = [result.ok() for result in api.get_all_operations()]
    assert len(operations) == 16
    for operation in operations:

        @hypothesis_settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def is_answered_as_described(case: Any) -> None:
            case.call_and_validate()

        with contextlib.suppress(Unsatisfiable):  # an operation that takes nothing can be asked nothing wrong
            is_answered_as_described()
