"""The Python client, both ways, against a real service; and against one that refuses."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from kb_client import AsyncClient, Client, KbError, Refused, Written

from tests.conftest import ROOT
from tests.practice import QUESTIONS
from tests.service.process import Served, free_port

README = ROOT / "clients" / "python" / "README.md"
LINES = [
    {"_id": "a/1 ü", "title": "Bicycles", "text": "Bicycles may be locked to the rack in the yard."},
    {"_id": "a/2", "text": " "},
    {"_id": "a/3", "text": "The kettle is in the kitchen.", "metadata": {"tags": ["tea"]}},
]


@pytest.fixture(scope="module")
def served(practice: Path) -> Iterator[Served]:
    with Served(practice) as served:
        yield served


@pytest.fixture
def writable(home: Path) -> Iterator[Served]:
    with Served(home) as served:
        yield served


class Refusing:
    """A server that gives these answers in turn, (status, headers, body), each after so many `seconds`."""

    def __init__(self, *answers: tuple[int, dict[str, str], Any], seconds: float = 0.0) -> None:
        given = iter(answers)
        self.asked: list[tuple[str, float]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:
                self.bodies.append(handler.body())
                self.asked.append((handler.path, time.monotonic()))
                self.headers.append(dict(handler.headers))
                status, headers, body = next(given)
                time.sleep(seconds)
                content = json.dumps(body).encode() + b"\n"
                handler.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    handler.send_header(name, value)
                handler.end_headers()
                handler.wfile.write(content)

            do_GET = do_PUT = do_DELETE = do_POST

            def body(handler) -> bytes:
                if handler.headers.get("Transfer-Encoding") != "chunked":
                    return handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
                parts = []
                while size := int(handler.rfile.readline(), 16):
                    parts.append(handler.rfile.read(size))
                    handler.rfile.readline()
                handler.rfile.readline()
                return b"".join(parts)

            def log_message(handler, *_: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Refusing:
        threading.Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


ANSWER = {
    "verdict": "none",
    "notices": [],
    "results": [],
    "suggestion": None,
    "generation": 1,
    "took_ms": 0.1,
    "degraded": False,
    "later": "a key that this version does not know",
}
BUSY = {
    "title": "Service Unavailable",
    "status": 503,
    "detail": "too many requests at once",
    "request_id": "r" * 16,
}


def test_a_search_gives_what_the_service_gives(served: Served) -> None:
    for question in QUESTIONS:
        body = served.client.post("/v1/search", json={"query": question}).json()
        with Client(served.url) as kb:
            answer = kb.search(question)
        assert {**answer.body, "took_ms": 0} == {**body, "took_ms": 0}
        first = answer.results[0]
        text = served.client.get(f"/v1/documents/{first.document_id}").json()["text"]
        assert text[first.attribution.start : first.attribution.end] == first.excerpt.text


def test_a_batch_is_asked_in_parts_and_keeps_its_order(served: Served) -> None:
    queries = [QUESTIONS[n % len(QUESTIONS)] for n in range(53)]
    with Client(served.url, collection="default") as kb:
        answers = list(kb.search_many([*queries, {"query": "is there parking", "limit": 1}], limit=3))
    alone = dict.fromkeys(QUESTIONS)
    assert len(answers) == 54
    assert len(answers[-1].results) == 1
    for text, answer in zip(queries, answers, strict=False):
        alone[text] = alone[text] or answer.results  # type: ignore[assignment]
        assert alone[text] == answer.results


def test_a_query_of_many_says_only_what_is_other_than_the_calls_and_the_clients() -> None:
    queries = [
        "fees",
        {"query": "parking"},
        {"query": "lift", "limit": 1},
        {"query": "tea", "collection": "staff"},
    ]
    answers = (200, {}, {"answers": [ANSWER] * 4})
    with Refusing(answers, answers) as server, Client(server.url, collection="site") as kb:
        list(kb.search_many(queries, limit=3))
        list(kb.search_many(queries, collection="board"))
    first, second = (
        [(one["collection"], one["limit"]) for one in json.loads(body)["queries"]] for body in server.bodies
    )
    assert first == [("site", 3), ("site", 3), ("site", 1), ("staff", 3)]
    assert second == [("board", 10), ("board", 10), ("board", 1), ("staff", 10)]


def test_documents_are_written_listed_read_and_removed(writable: Served) -> None:
    with Client(writable.url) as kb:
        taken = list(kb.put_many(LINES, wait=True))
        assert [type(one) for one in taken] == [Written, Refused, Written]
        assert isinstance(taken[1], Refused)
        assert taken[1].id == "a/2"
        assert kb.search("where do I lock my bicycle").results[0].document_id == "a/1 ü"
        assert kb.document("a/1 ü").text == LINES[0]["text"]
        ids = [one.id for one in kb.documents(page=2)]
        assert {"a/1 ü", "a/3", "site/fees.md"} <= set(ids)
        assert len(ids) == len(set(ids))
        assert kb.put("a/3", "The kettle is on the shelf.", title="Kettle", wait=True).change == "updated"
        assert kb.delete("a/1 ü", wait=True).change == "removed"
        with pytest.raises(KbError) as gone:
            kb.document("a/1 ü")
        assert gone.value.status == 404
        assert "default" in [one.name for one in kb.collections()]
        assert kb.ready()
        assert isinstance(kb.suggest("fe"), list)


def test_many_documents_go_in_one_stream(writable: Served) -> None:
    many = ({"_id": f"many/{n}", "text": f"Leaflet number {n} is about owls."} for n in range(600))
    with Client(writable.url) as kb:
        taken = list(kb.put_many(many, wait=True))
        assert [one.id for one in taken] == [f"many/{n}" for n in range(600)]
        assert kb.search("leaflet number 599").results
        again = list(kb.put_many([{"_id": "many/7", "text": "Leaflet number 7 is about owls."}]))
        assert [one.change for one in again if isinstance(one, Written)] == ["unchanged"]


def test_pages_follow_one_another(served: Served) -> None:
    with Client(served.url) as kb:
        first = kb.search("session", limit=2)
        second = kb.search("session", limit=2, cursor=first.next)
    assert [one.rank for one in (*first.results, *second.results)] == [1, 2, 3, 4]


def test_a_model_is_given_a_context_and_its_answer_is_checked(served: Served) -> None:
    question = "how much does a session cost"
    body = served.client.post("/v1/context", json={"query": question, "tokens": 400}).json()
    with Client(served.url, collection="default") as kb:
        context = kb.context(question, 400)
        assert (context.verdict, context.text, context.tokens) == ("answered", body["text"], body["tokens"])
        assert [(one.mark, one.text) for one in context.passages] == [
            (one["mark"], one["text"]) for one in body["passages"]
        ]
        words = context.passages[0].text.split("\n")[0].strip('"')
        sound = kb.check_citations(f"It says “{words}” [1].", context.passages)
        assert sound.sound
        assert sound.quotes[0].found_in[0] == 1
        made_up = kb.check_citations("It says “pigs can fly” [99].", context.passages)
        assert (made_up.sound, made_up.marks[0].exists, made_up.quotes[0].held) == (False, False, False)
        assert kb.context("I want to kill myself").notices[0].kind == "crisis"
        shorter = kb.search(question, excerpt_length=80).results[0].excerpt.text
        assert len(shorter) < len(kb.search(question).results[0].excerpt.text)


def test_a_write_may_be_held_to_a_version(writable: Served) -> None:
    with Client(writable.url) as kb:
        first = kb.put("v/1", "Owls sleep by day.", if_none_match="*")
        assert first.version == kb.document("v/1").version
        second = kb.put("v/1", "Owls hunt at night.", if_match=first.version)
        for late in (
            lambda: kb.put("v/1", "Owls are birds.", if_match=first.version),
            lambda: kb.put("v/1", "Owls are birds.", if_none_match="*"),
            lambda: kb.delete("v/1", if_match=first.version),
        ):
            with pytest.raises(KbError) as refused:
                late()
            assert refused.value.status == 412
        long = kb.put("v/2", "Owls hunt at night. " * 200)  # comes packed, of the same version
        assert kb.document("v/2").version == long.version
        assert kb.delete("v/1", if_match=second.version).change == "removed"


def test_changes_are_gone_through_a_page_at_a_time(writable: Served) -> None:
    with Client(writable.url) as kb:
        seen = [one.sequence for one in kb.changes()][-1]
        kb.put("c/1", "Owls sleep by day.")
        kb.put("c/2", "Owls hunt at night.")
        kb.delete("c/1")
        found = list(kb.changes(seen, page=1))
        assert [(one.id, one.change) for one in found] == [("c/2", "added"), ("c/1", "removed")]
        assert list(kb.changes(found[-1].sequence)) == []
        with pytest.raises(KbError) as ahead:
            list(kb.changes(10**9))
        assert ahead.value.status == 409


def test_the_same_is_awaited(writable: Served) -> None:
    async def run() -> None:
        async with AsyncClient(writable.url) as kb:
            assert [type(one) async for one in kb.put_many(LINES, wait=True)] == [Written, Refused, Written]
            context = await kb.context("can't sleep before exams", 300)
            assert (await kb.check_citations("So it is [1].", context.passages)).sound
            several = await asyncio.gather(*map(kb.search, QUESTIONS))
            batch = [one async for one in kb.search_many(QUESTIONS)]
            assert [one.results for one in several] == [one.results for one in batch]
            assert (await kb.document("a/3")).tags == ("tea",)
            assert "a/3" in [one.id async for one in kb.documents(page=3)]
            assert (await kb.delete("a/3")).change == "removed"
            assert [one.name for one in await kb.collections()] == ["default", "staff"]
            written = await kb.put("a/9", "Owls sleep by day.", if_none_match="*")
            assert (await kb.document("a/9")).version == written.version
            assert "a/9" in [one.id async for one in kb.changes(written.sequence - 1)]
            assert (await kb.delete("a/9", if_match=written.version)).change == "removed"
            assert await kb.ready()
            assert isinstance(await kb.suggest("fe"), list)
            with pytest.raises(KbError):
                await kb.search(" ")

    asyncio.run(run())


def test_a_refusal_says_what_where_and_whom_to_call(served: Served) -> None:
    with Client(served.url) as kb, pytest.raises(KbError) as refused:
        kb.search("I want to kill myself", limit=0)
    assert refused.value.status == 422
    assert refused.value.field == "limit"
    assert len(refused.value.request_id or "") == 16
    assert refused.value.notices[0].kind == "crisis"


def test_a_key_goes_in_the_header_alone() -> None:
    with Refusing((200, {}, ANSWER)) as server, Client(server.url, key="k-secret") as kb:
        kb.search("fees")
    assert server.headers[0]["Authorization"] == "Bearer k-secret"
    assert "secret" not in server.asked[0][0]


def test_who_is_turned_away_comes_back_when_told() -> None:
    with Refusing((503, {"Retry-After": "1"}, BUSY), (200, {}, ANSWER)) as server:
        with Client(server.url) as kb:
            assert kb.search("fees").verdict == "none"
        assert server.asked[1][1] - server.asked[0][1] >= 1.0


@pytest.mark.parametrize(
    "form", ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y"]
)
def test_who_is_turned_away_until_a_date_comes_back_then(form: str) -> None:
    then = datetime.now(UTC) + timedelta(seconds=2)
    with Refusing((503, {"Retry-After": then.strftime(form)}, BUSY), (200, {}, ANSWER)) as server:
        with Client(server.url) as kb:
            assert kb.search("fees").verdict == "none"
        assert 0.9 <= server.asked[1][1] - server.asked[0][1] <= 2.5


def test_a_date_that_is_past_or_none_at_all_keeps_nobody_waiting() -> None:
    for said in (
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "soon",
        "²",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
    ):
        with Refusing((503, {"Retry-After": said}, BUSY), (200, {}, ANSWER)) as server:
            with Client(server.url) as kb:
                kb.search("fees")
            assert server.asked[1][1] - server.asked[0][1] < 0.9


def test_who_is_awaited_comes_back_when_told() -> None:
    async def run(url: str) -> str:
        async with AsyncClient(url) as kb:
            return (await kb.search("fees")).verdict

    with Refusing((429, {"Retry-After": "1"}, BUSY), (200, {}, ANSWER)) as server:
        assert asyncio.run(run(server.url)) == "none"
        assert server.asked[1][1] - server.asked[0][1] >= 1.0


def test_it_comes_back_no_more_often_than_it_may() -> None:
    with Refusing(*[(503, {"Retry-After": "0"}, BUSY)] * 3) as server, Client(server.url, retries=2) as kb:
        with pytest.raises(KbError, match="too many requests"):
            kb.search("fees")
        assert len(server.asked) == 3


def test_what_cannot_get_better_is_not_asked_again() -> None:
    far = (503, {"Retry-After": "3600"}, BUSY)
    far_date = (503, {"Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT"}, BUSY)
    for answer in (far, far_date, (422, {}, {"detail": "limit"}), (200, {}, ["not an object"])):
        with Refusing(answer) as server, Client(server.url) as kb:
            with pytest.raises(KbError):
                kb.search("fees")
            assert len(server.asked) == 1


def test_a_service_that_is_not_there_is_told_without_the_question() -> None:
    with Client(f"http://127.0.0.1:{free_port()}", retries=1) as kb:
        with pytest.raises(KbError) as missing:
            kb.search("a private worry")
        assert missing.value.status == 0
        assert "worry" not in str(missing.value)
        assert not kb.ready()


def put_both_ways(url: str, documents: Callable[[], Iterable[dict[str, str]]], **options: int) -> list[Any]:
    """What each client gives for these documents: its results, or its error."""

    async def awaited() -> list[Any]:
        async with AsyncClient(url, **options) as kb:  # type: ignore[arg-type]
            return [one async for one in kb.put_many(documents())]

    def waited() -> list[Any]:
        with Client(url, **options) as kb:  # type: ignore[arg-type]
            return list(kb.put_many(documents()))

    given: list[Any] = []
    for way in (waited, lambda: asyncio.run(awaited())):
        try:
            given.append(way())
        except KbError as error:
            given.append(error)
    return given


LEAFLET = {"_id": "a", "text": "Owls are about at night."}
ADDED = (200, {}, {"line": 1, "id": "a", "sequence": 7, "change": "added"})
AT_ONCE = (503, {"Retry-After": "0"}, BUSY)


def test_a_write_that_is_waited_for_may_take_as_long_as_the_service_waits() -> None:
    """Longer than another answer may; not for ever."""
    body = {"id": "a", "collection": "default", "sequence": 7, "change": "added"}
    with Refusing((200, {}, body), (200, {}, body), (200, {}, body), seconds=0.5) as server:
        with Client(server.url, timeout=0.2, retries=0) as kb:
            assert kb.put("a", "Bicycles.", wait=True).sequence == 7
            with pytest.raises(KbError, match="gave no answer"):
                kb.put("a", "Bicycles.")

        async def removed() -> Written:
            async with AsyncClient(server.url, timeout=0.2, retries=0) as kb:
                return await kb.delete("a", wait=True)

        assert asyncio.run(removed()).sequence == 7


def test_nothing_is_sent_until_the_results_are_gone_through() -> None:
    with Refusing(ADDED) as server, Client(server.url) as kb:
        results = kb.put_many([LEAFLET])
        assert not server.asked
        assert list(results) == [Written("a", "", 7, "added")]


def test_many_documents_that_meet_no_service_are_a_kb_error() -> None:
    for error in put_both_ways(f"http://127.0.0.1:{free_port()}", lambda: iter([LEAFLET]), retries=1):
        assert isinstance(error, KbError)
        assert error.status == 0


def test_many_documents_that_are_turned_away_are_sent_again() -> None:
    with Refusing(AT_ONCE, ADDED, AT_ONCE, ADDED) as server:
        given = put_both_ways(server.url, lambda: [LEAFLET])
    assert given == [[Written("a", "", 7, "added")]] * 2
    assert [json.loads(body) for body in server.bodies] == [LEAFLET] * 4


def test_many_documents_come_back_no_more_often_than_they_may() -> None:
    with Refusing(*[AT_ONCE] * 6) as server:
        for error in put_both_ways(server.url, lambda: [LEAFLET], retries=2):
            assert error.status == 503
        assert len(server.asked) == 6


def test_documents_that_are_gone_through_only_once_are_not_sent_again_in_part() -> None:
    with Refusing(AT_ONCE, AT_ONCE) as server:
        for error in put_both_ways(server.url, lambda: iter([LEAFLET])):
            assert error.status == 503
        assert len(server.asked) == 2


def test_what_is_told_before_a_stream_breaks_is_kept_and_not_asked_for_again() -> None:
    status, _, result = ADDED
    broken = (status, {"Content-Length": "500"}, result)
    with Refusing(broken) as server, Client(server.url) as kb:
        results = kb.put_many([LEAFLET])
        assert next(results) == Written("a", "", 7, "added")
        with pytest.raises(KbError) as end:
            next(results)
        assert end.value.status == 0
        assert len(server.asked) == 1


def test_the_lines_of_the_readme_print_a_result(served: Served) -> None:
    code = README.read_text().split("```python\n")[1].split("```")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 5
    code = code.replace("http://127.0.0.1:8000", served.url)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Sleeping badly" in ran.stdout


def test_it_needs_nothing_of_the_service(tmp_path: Path) -> None:
    ours = {"kb", "index", "service", "fastapi", "numpy"}
    code = f"import kb_client, sys; print(sorted({ours} & set(sys.modules)))"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
