"""What was asked is found nowhere afterwards: not in a log, a file, a metric, a header or an address."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from index.search import Searcher
from tests.conftest import Run
from tests.practice import QUESTIONS
from tests.service.process import Served

CANARY = "zanzibarcanary"
ASKED = f"why does my {CANARY} keep me from sleeping"
HOSTILE = (
    "\r\nforged: line \x1b[31mred\x1b[0m \u202egnippilf\u202c ${jndi:ldap://example/x}",
    '"}\n{"event": "forged"}',
    "\u2028\u2029\x00\x07 {question} %s %(x)s",
)


@pytest.fixture(scope="module")
def served(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("private") / "home"
    with Served(Path(shutil.copytree(practice, home))) as served:
        yield served


LOGGED = {"event", "level", "timestamp", "request_id", "method", "route", "status", "ms"}


def doors(client: httpx2.Client, text: str) -> Iterator[httpx2.Response]:
    """The question through every door, in every place where a body or a header can hold it."""

    def post(path: str, **body: object) -> httpx2.Response:
        return client.post(path, **body)  # type: ignore[arg-type]

    for mode in ("hybrid", "dense", "lexical"):
        yield post("/v1/search", json={"query": text, "mode": mode})
    yield post("/v1/search", json={"query": text * 40})
    yield post("/v1/search", json={"query": text, "limit": 0})
    yield post("/v1/search", json={"query": text, "limit": text})
    yield post("/v1/search", json={"query": [text]})
    yield post("/v1/search", json={text: text})
    yield post("/v1/search", json={"query": "fees", "collection": text})
    yield post("/v1/search", json={"query": "fees", "filters": {"tags": [text], "language": text}})
    yield post("/v1/search", json={"query": "fees", "filters": {"document_id": [text]}})
    yield post("/v1/search", json={"query": "fees", "mode": text})
    yield post("/v1/search", content=f'{{"query": "{text}"'.encode())
    yield post("/v1/search", content=text.encode(), headers={"content-type": "text/plain"})
    yield post("/v1/search", content=text.encode() * 1_000)
    yield post("/v1/search/batch", json={"queries": [{"query": text}, {"query": text * 40}]})
    yield post("/v1/search/batch", json={"queries": [{"query": text, "limit": text}]})
    yield post("/v1/suggest", json={"prefix": text})
    yield post("/v1/suggest", json={"prefix": text, "collection": text})
    yield post("/", data={"q": text})
    yield post("/", data={"q": text * 40})
    yield post("/", data={"q": text, "collection": text})
    yield post("/", data={f"f{n}": text for n in range(50)})
    yield post("/nowhere", content=text.encode())
    headers = {"x-request-id": f"{text}"[:60].encode(), "user-agent": text.encode(), "referer": text.encode()}
    safe = {name: value.translate(None, bytes(range(32))) for name, value in headers.items()}
    yield client.post("/v1/search", json={"query": text}, headers=safe)
    yield client.post("/nowhere", headers=safe)


def test_the_question_is_in_no_log_file_metric_header_or_address(served: Served) -> None:
    answers = list(doors(served.client, ASKED))
    assert {200, 400, 404, 413, 422} <= {answer.status_code for answer in answers}
    for answer in answers:
        assert CANARY not in str(answer.headers)
        assert CANARY not in str(answer.url)
    raw(served.port, f"POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Length: {CANARY}\r\n\r\n")
    raw(served.port, f"{CANARY} / HTTP/1.1\r\nHost: x\r\n\r\n")
    raw(served.port, f"POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n{CANARY}")
    time.sleep(0.2)
    assert CANARY not in served.client.get("/metrics").text
    assert CANARY not in json.dumps(served.log)
    assert len(served.log) >= len(answers)
    files = [path for path in served.home.rglob("*") if path.is_file()]
    assert len(files) > 8
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []


def raw(port: int, sent: str) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(sent.encode())
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        connection.recv(1000)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_every_log_line_is_one_json_object_whatever_comes_in(served: Served, hostile: str) -> None:
    before = len(served.log)
    for answer in doors(served.client, hostile):
        assert answer.status_code < 500
    served.client.get("/%0d%0aforged%1b[31m?q=%0a{}")
    served.client.request("M_GET", "/")
    served.client.put(
        "/v1/documents/%0d%0aforged", json={"text": hostile + "x", "metadata": {"author": hostile}}
    )
    time.sleep(0.2)
    for entry in served.log[before:]:
        assert entry["event"] == "request"
        assert entry.keys() == {
            "event",
            "level",
            "timestamp",
            "request_id",
            "method",
            "route",
            "status",
            "ms",
        }
        assert entry["request_id"].isascii()
        assert entry["method"] in {"GET", "POST", "PUT", "?"}
        assert entry["route"] == "none" or entry["route"].startswith("/")


def test_a_defect_is_told_without_the_question_and_with_its_place(
    client: object, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object, query: object, until: object = None) -> object:  # noqa: ARG001
        raise ZeroDivisionError(f"while answering {query}")

    monkeypatch.setattr(Searcher, "search", fail)
    for path, body in (("/v1/search", {"json": {"query": ASKED}}), ("/", {"data": {"q": ASKED}})):
        answer = client.post(path, **body)  # type: ignore[attr-defined]
        assert answer.status_code == 500
        assert CANARY not in answer.text
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
    logged = "".join(capfd.readouterr())
    assert CANARY not in logged
    assert "ZeroDivisionError" in logged
    assert "fail:" in logged


LIBRARY = """
import asyncio, logging, threading, sys, warnings
from service.logs import configure
configure()
word = sys.argv[1]
logging.getLogger("some.library").error("could not do %s\\nTraceback", word)
try:
    raise ValueError(word)
except ValueError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application\\n")
warnings.warn(f"odd: {word}")
def work():
    raise KeyError(word)
thread = threading.Thread(target=work); thread.start(); thread.join()
async def lose():
    async def lost():
        raise ValueError(word)
    asyncio.ensure_future(lost())
    await asyncio.sleep(0.01)
asyncio.run(lose())
import gc; gc.collect()
"""


def test_what_libraries_and_threads_say_is_logged_without_what_they_were_given() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", LIBRARY, CANARY], cwd=root, capture_output=True, text=True, timeout=30
    )
    entries = [json.loads(line) for line in done.stderr.splitlines()]
    assert CANARY not in done.stderr
    assert [entry.get("kind") for entry in entries] == [
        None,
        "ValueError",
        "UserWarning",
        "KeyError",
        "ValueError",
    ]
    assert entries[0]["message"] == "could not do %s"


def test_the_command_keeps_no_trace_of_the_question(kb: Run, home: Path) -> None:
    assert kb("search", ASKED, home=home).returncode == 0
    (home / "queries.jsonl").write_text(json.dumps({"_id": "1", "text": ASKED * 20}))
    done = kb("search", "--queries", "queries.jsonl", "--run", "run", home=home)
    assert CANARY not in done.stderr + done.stdout
    written = [path for path in (home / ".kb").rglob("*") if path.is_file()]
    assert [path for path in written if CANARY.encode() in path.read_bytes()] == []


def test_the_control_a_word_that_is_kept_is_noticed(kb: Run, home: Path) -> None:
    (home / "note.txt").write_text(f"A note about a {CANARY} that sings at night.")
    assert kb("ingest", "note.txt", home=home).returncode == 0
    written = [path for path in (home / ".kb").rglob("*") if path.is_file()]
    assert [path for path in written if CANARY.encode() in path.read_bytes()] != []


def test_the_page_keeps_the_question_out_of_addresses_and_stores(client: object) -> None:
    for question in QUESTIONS:
        page = client.post("/", data={"q": question})  # type: ignore[attr-defined]
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert 'method="post" action="/"' in page.text
        assert "set-cookie" not in page.headers
