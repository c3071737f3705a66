from __future__ import annotations

import asyncio
import json
import shutil
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
import uvicorn

from index.models import DESCRIPTION, find
from service import server
from tests.conftest import Run
from tests.service.process import Served, free_port
from tests.service.test_cli import damage, told


@pytest.fixture
def served(home: Path) -> Iterator[Served]:
    with Served(home) as served:
        yield served


def ask(client: httpx2.Client, query: str = "how much does a session cost") -> httpx2.Response:
    return client.post("/v1/search", json={"query": query})


def soon(holds: Callable[[], bool], seconds: float) -> float:
    """Waits until it holds; gives the seconds that took."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - started


def test_the_command_serves_the_same_answers(served: Served, kb: Run, home: Path) -> None:
    over_http = ask(served.client).json()
    on_terminal = json.loads(kb("search", "how much does a session cost", "--json", home=home).stdout)
    assert {**over_http, "took_ms": 0} == {**on_terminal, "took_ms": 0}
    assert served.client.get("/").status_code == 200
    assert "server" not in ask(served.client).headers
    served.process.terminate()
    assert served.ended().count("\n") == len(served.log) == 4
    assert served.process.returncode == 0


def test_what_another_process_writes_is_taken_up_within_a_second_and_no_request_fails(
    served: Served, kb: Run, home: Path
) -> None:
    failures: list[str] = []
    answered = 0
    over = threading.Event()

    def go_on_asking() -> None:
        nonlocal answered
        with httpx2.Client(base_url=served.url, timeout=20) as client:
            while not over.is_set():
                response = ask(client, "do owls sing at night")
                answered += 1
                if response.status_code != 200 or not response.json()["results"]:
                    failures.append(response.text)

    asking = [threading.Thread(target=go_on_asking) for _ in range(2)]
    for thread in asking:
        thread.start()
    for number in range(3):
        (home / f"owls-{number}.txt").write_text(f"Owls sing at night in garden number {number}.")
        report = json.loads(kb("ingest", f"owls-{number}.txt", "--json", home=home).stdout)
        soon(lambda sequence=report["generation"]: ask(served.client).json()["generation"] >= sequence, 1.0)
        assert ask(served.client, f"owls in garden number {number}").json()["results"]
    kb("index", home=home)
    kb("remove", "owls-0.txt", home=home)
    over.set()
    for thread in asking:
        thread.join()
    assert failures == []
    assert answered > 20


def test_an_answer_is_not_kept_back_by_the_network(served: Served) -> None:
    """Head and body of an answer go out at once: a kept connection that waits for an acknowledgement
    between them takes 40 ms."""
    served.client.get("/health/live")
    seconds = []
    for _ in range(9):
        started = time.monotonic()
        served.client.get("/health/live")
        seconds.append(time.monotonic() - started)
    assert statistics.median(seconds) < 0.03


def test_an_answers_head_goes_out_with_its_body_and_a_head_alone_at_once() -> None:
    sent: list[bytes] = []

    class Recording(asyncio.Transport):
        def write(self, data: bytes | bytearray | memoryview) -> None:
            sent.append(bytes(data))

        def close(self) -> None:
            sent.append(b"closed")

    async def writing() -> None:
        together = server._Together(Recording(), asyncio.get_running_loop())
        together.write(b"head ")
        together.write(b"body")
        assert sent == [b"head body"]
        together.write(b"head alone")
        await asyncio.sleep(0)
        assert sent[1:] == [b"head alone"]
        together.write(b"last")
        together.close()
        assert sent[2:] == [b"last", b"closed"]

    asyncio.run(writing())


# -- stopping


def test_sigterm_under_load_drops_nothing_says_so_first_and_ends_in_time(served: Served) -> None:
    """The askers are as a balancer is: one that is told that its connection ends opens no other."""
    dropped: list[str] = []
    answered = [0] * 4

    def go_on_asking(number: int) -> None:
        with httpx2.Client(base_url=served.url, timeout=20) as client:
            while True:
                try:
                    response = ask(client)
                except httpx2.HTTPError as error:
                    dropped.append(repr(error))
                    return
                if response.status_code != 200:
                    dropped.append(response.text)
                answered[number] += 1
                if response.headers.get("connection") == "close":
                    return

    asking = [threading.Thread(target=go_on_asking, args=(number,)) for number in range(4)]
    for thread in asking:
        thread.start()
    soon(lambda: min(answered) > 5, 10)
    started = time.monotonic()
    served.process.send_signal(signal.SIGTERM)
    soon(lambda: httpx2.get(f"{served.url}/health/ready").status_code == 503, 0.9)
    assert httpx2.get(f"{served.url}/health/live").status_code == 200
    for thread in asking:
        thread.join(20)
    served.ended()
    assert time.monotonic() - started < 10
    assert dropped == []
    assert served.process.returncode == 0


def test_a_request_that_is_half_here_when_sigterm_comes_is_answered(served: Served) -> None:
    body = json.dumps({"query": "how much does a session cost"}).encode()
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        head = f"Host: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(b"POST /v1/search HTTP/1.1\r\n" + head.encode() + body[:7])
        time.sleep(0.1)
        served.process.send_signal(signal.SIGTERM)
        time.sleep(1.5)
        connection.sendall(body[7:])
        connection.settimeout(10)
        assert connection.recv(100_000).startswith(b"HTTP/1.1 200 OK")
    served.ended()
    assert served.process.returncode == 0


def test_an_interrupt_ends_it_at_once(served: Served) -> None:
    started = time.monotonic()
    served.process.send_signal(signal.SIGINT)
    assert "Traceback" not in served.ended()
    assert time.monotonic() - started < 3
    assert served.process.returncode == 130


# -- readiness


def test_before_there_is_an_index_it_lives_says_why_it_is_not_ready_and_becomes_so(
    kb: Run, practice: Path, tmp_path: Path
) -> None:
    (tmp_path / "kb.toml").write_text("")
    shutil.copy(practice / "notes.jsonl", tmp_path)
    with Served(tmp_path) as served:
        client = served.client
        assert client.get("/health/live").status_code == 200
        for response in (client.get("/health/ready"), ask(client), client.get("/v1/collections")):
            assert response.status_code == 503
            assert 1 <= int(response.headers["retry-after"]) <= 5
            assert "kb ingest" in response.json()["detail"]
        page = client.post("/", data={"q": "fees"})
        assert page.status_code == 503
        assert "being prepared" in page.text
        told(kb("ingest", "notes.jsonl", home=tmp_path), 0)
        soon(lambda: client.get("/health/ready").status_code == 200, 1.0)
        assert ask(client, "insurance").json()["results"]


def test_an_empty_knowledge_base_takes_its_first_document_over_http(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text("")
    with Served(tmp_path) as served:
        put = served.client.put("/v1/documents/owls?wait=true", json={"text": "Owls sing at night."})
        assert put.status_code == 200
        assert ask(served.client, "do owls sing").json()["results"][0]["document_id"] == "owls"


def test_a_write_that_was_not_published_before_a_kill_is_published_after_it(home: Path) -> None:
    with Served(home) as served:
        # Stopped while the next generation is made: the document is committed, and in no index.
        sequence = served.client.put("/v1/documents/owls", json={"text": "Owls sing."}).json()["sequence"]
        served.process.kill()
        served.process.wait()
    with Served(home) as served:
        soon(lambda: served.client.get("/health/ready").json()["generation"] >= sequence, 2.0)
        assert ask(served.client, "do owls sing").json()["results"][0]["document_id"] == "owls"


def test_an_index_that_is_damaged_while_it_is_served_goes_on_answering(home: Path) -> None:
    with Served(home) as served:
        before = ask(served.client).json()["results"]
        (home / ".kb" / "CURRENT").write_text("damaged")
        time.sleep(0.6)
        assert ask(served.client).json()["results"] == before
        put = served.client.put("/v1/documents/owls?wait=true", json={"text": "Owls sing."})
        assert put.status_code == 200, "a write makes a new generation, which mends it"
        assert [entry["kind"] for entry in served.log if entry["event"] == "background"] == ["Damaged"]


# -- what it does not start with


def test_a_damaged_index_is_not_served_and_the_command_that_mends_it_is_named(kb: Run, home: Path) -> None:
    damage(home)
    told(kb("serve", "--port", free_port(), home=home), 3, "damaged", "kb index")


def test_a_damaged_catalogue_is_not_served(kb: Run, home: Path) -> None:
    for file in (home / ".kb").iterdir():
        if file.is_file() and file.read_bytes()[:6] == b"SQLite":
            file.write_bytes(b"nothing of the sort" * 1000)
    done = kb("serve", "--port", free_port(), home=home)
    told(done, 3)
    assert len(done.stderr.splitlines()) == 1


def test_an_index_of_another_model_is_not_served_and_the_command_that_mends_it_is_named(
    kb: Run, home: Path, tmp_path: Path
) -> None:
    models = another_model(tmp_path / "models")
    told(kb("serve", "--port", free_port(), home=home, environment=models), 3, "another model", "kb index")
    told(kb("search", "fees", home=home, environment=models), 3, "another model", "kb index")
    told(kb("index", home=home, environment=models), 0)
    told(kb("search", "fees", home=home, environment=models), 0)
    told(kb("verify", home=home, environment=models), 0)


def another_model(cache: Path) -> dict[str, str]:
    """A cache whose model of the default's name has a window of its own, and so another fingerprint."""
    import hashlib

    prepared = find("all-MiniLM-L6-v2", Path.home() / ".cache" / "kb" / "models").folder
    folder = Path(shutil.copytree(prepared, cache / prepared.name))
    description = json.loads((folder / DESCRIPTION).read_text())
    description["model"]["window"] = 64
    encoded = json.dumps(description["model"], sort_keys=True).encode()
    description["sha256"] = hashlib.sha256(encoded).hexdigest()
    (folder / DESCRIPTION).write_text(json.dumps(description))
    return {"KB_MODELS": str(cache)}


def test_that_it_is_open_to_whoever_is_on_this_machine_is_said(served: Served) -> None:
    soon(lambda: len(served.log) > 0, 2)
    assert "no key" in served.log[0]["event"]
    assert served.log[0]["level"] == "warning"


def test_that_everyone_may_search_is_said(home: Path) -> None:
    config = home / "kb.toml"
    config.write_text(config.read_text().replace("[service]", "[service]\npublic_search = true"))
    with Served(home, host="0.0.0.0") as served:
        soon(lambda: len(served.log) > 0, 2)
        assert "public_search" in served.log[0]["event"]
        assert ask(served.client).status_code == 200
        assert served.client.put("/v1/documents/x", json={"text": "x"}).status_code == 401


# -- slow and broken clients


@pytest.fixture
def short(client: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A service that waits 0.5 s for the head of a request; gives its port."""
    monkeypatch.setattr(server, "_HEADERS", 0.5)
    port = free_port()
    app = client.app  # type: ignore[attr-defined]
    running = uvicorn.Server(
        uvicorn.Config(app, port=port, http=server._Protocol, log_config=None, lifespan="off")
    )
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    soon(lambda: running.started, 5)
    yield port
    running.should_exit = True
    thread.join(10)


def test_connections_on_which_no_request_arrives_are_closed_and_keep_nobody_waiting(short: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", short)) for _ in range(100)]
    for number, connection in enumerate(slow):
        connection.sendall((b"", b"GET / HTTP/1.1\r\n", b"POST /v1/sea")[number % 3])
    with httpx2.Client(base_url=f"http://127.0.0.1:{short}") as client:
        for _ in range(20):
            started = time.monotonic()
            assert ask(client).status_code == 200
            assert time.monotonic() - started < 1
    time.sleep(0.6)
    for connection in slow:
        connection.settimeout(1)
        assert connection.recv(1000) == b""
        connection.close()


def test_a_trickled_head_does_not_buy_more_time(short: int) -> None:
    with socket.create_connection(("127.0.0.1", short)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")

        def is_closed() -> bool:
            try:
                connection.sendall(b"X: y\r\n")
            except OSError:
                return True
            return False

        soon(is_closed, 2)


def test_a_connection_that_is_kept_is_not_closed_while_it_is_used(short: int) -> None:
    with httpx2.Client(base_url=f"http://127.0.0.1:{short}") as client:
        for _ in range(4):
            assert ask(client).status_code == 200
            time.sleep(0.3)


@pytest.mark.parametrize(
    "sent",
    [
        b"nothing of the sort\r\n\r\n",
        b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{",
        b"POST /v1/search HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/search HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 1000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_request_harms_nobody(short: int, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", short)) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(2)
        try:
            got = connection.recv(1000)
        except ConnectionResetError:
            got = b""
        assert not got.startswith(b"HTTP/1.1 5")
    assert httpx2.get(f"http://127.0.0.1:{short}/health/live").status_code == 200


def answered(served: Served, sent: bytes) -> tuple[bytes, dict[str, object]]:
    """The head of what comes back, and the problem."""
    with socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.settimeout(10)
        connection.sendall(sent)
        head, _, body = connection.recv(100_000).partition(b"\r\n\r\n")
        with suppress(ConnectionResetError):  # where more was sent than was read
            assert connection.recv(1) == b""  # the connection ends
    return head, json.loads(body)


def test_what_is_no_request_is_told_so_by_a_problem(served: Served) -> None:
    head, problem = answered(served, b"ask: how much\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"content-type: application/problem+json" in head
    assert problem["detail"] == "this is no HTTP request"


def test_the_head_of_a_request_has_an_end(served: Served) -> None:
    line = b"X-Filler: " + b"x" * 1000 + b"\r\n"
    head, problem = answered(served, b"GET / HTTP/1.1\r\nHost: x\r\n" + line * 300)
    assert head.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
    assert problem["detail"] == "the head of the request is larger than 65536 bytes"


def test_a_head_is_answered_as_a_get_without_its_body(served: Served) -> None:
    for path in ("/", "/health/live", "/health/ready"):
        head, get = served.client.head(path), served.client.get(path)
        assert (head.status_code, head.content, get.status_code) == (200, b"", 200), path
        for name in ("content-type", "content-length"):
            assert head.headers[name] == get.headers[name]
