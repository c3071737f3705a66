from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from kb.errors import StorageFull
from kb.keys import Keys
from kb.limits import Limits
from tests.conftest import serving
from tests.service.described import check, description, validate
from tests.service.process import Served
from tests.service.test_server import soon

PATH = "/v1/documents"


def lines(count: int, text: str = "Owls sing at night in garden {}.") -> list[dict[str, object]]:
    return [{"_id": f"owl/{n}", "title": "Owls", "text": text.format(n)} for n in range(count)]


def jsonl(documents: list[dict[str, object]]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in documents)


def send(client: TestClient | httpx2.Client, content: object, query: str = "") -> list[dict[str, object]]:
    response = client.post(PATH + query, content=content)  # type: ignore[arg-type]
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in response.text.splitlines()]


def test_a_line_of_result_for_each_line_and_all_is_found(writing: TestClient) -> None:
    results = send(writing, jsonl(lines(20)), "?wait=true")
    assert [one["line"] for one in results] == list(range(1, 21))
    assert [one["id"] for one in results] == [f"owl/{n}" for n in range(20)]
    assert {one["change"] for one in results} == {"added"}
    document = description(writing)
    for one in results:
        validate(document, {"$ref": "#/components/schemas/BulkLineBody"}, one)
    found = writing.post("/v1/search", json={"query": "owls in garden 7"}).json()
    assert found["results"][0]["document_id"].startswith("owl/")
    assert found["generation"] >= results[-1]["sequence"]  # type: ignore[operator]


def test_sent_again_nothing_is_done_and_nothing_is_embedded(
    writing: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(writing, jsonl(lines(20)))
    monkeypatch.setattr("index.encoder.OnnxEncoder.encode_passages", None)
    results = send(writing, jsonl(lines(20)))
    assert {one["change"] for one in results} == {"unchanged"}
    changed = [*lines(19), {"_id": "owl/19", "text": "Owls sleep by day."}]
    monkeypatch.undo()
    assert [one["change"] for one in send(writing, jsonl(changed))] == ["unchanged"] * 19 + ["updated"]


def test_a_line_that_is_no_document_is_refused_with_its_number_and_the_rest_is_taken(
    writing: TestClient,
) -> None:
    body = b'{"_id": "a", "text": "Owls."}\n\nnot json\n{"_id": "b"}\n'
    body += b'{"_id": "a", "text": "Mice."}\n{"_id": "c", "text": "Bats."}'
    results = send(writing, body)
    assert [(one["line"], one["change"]) for one in results] == [
        (1, "added"),
        (3, "refused"),
        (4, "refused"),
        (5, "refused"),
        (6, "added"),
    ]
    assert "an earlier line has already" in str(results[3]["detail"])
    assert writing.get(f"{PATH}/a").json()["text"] == "Owls."


def test_lines_go_where_they_say_and_a_key_keeps_them_in_its_collection(home: Path) -> None:
    body = (
        b'{"_id": "a", "text": "Owls."}\n{"_id": "b", "text": "Mice.", "metadata": {"collection": "barn"}}\n'
    )
    with serving(home) as client:
        send(client, body)
        assert client.get(f"{PATH}/b?collection=barn").status_code == 200
        _, token = Keys(home / ".kb").create("ingest", "attic")
        client.headers["Authorization"] = f"Bearer {token}"
        soon(lambda: client.get("/v1/documents?collection=barn").status_code == 404, 1)
        assert [one["change"] for one in send(client, body)] == ["added", "refused"]
        assert client.get(f"{PATH}/a").json()["collection"] == "attic"


def test_results_come_while_documents_still_do(home: Path) -> None:
    """A program that waits for each result before it sends the next line is not kept waiting."""
    with Served(home) as served, socket.create_connection(("127.0.0.1", served.port)) as connection:
        connection.settimeout(20)
        head = "POST /v1/documents HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        answered = b""
        for number in range(3):
            line = json.dumps({"_id": f"owl/{number}", "text": f"Owl {number}."}).encode() + b"\n"
            connection.sendall(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            while f'"owl/{number}"'.encode() not in answered:
                answered += connection.recv(65536)
        connection.sendall(b"0\r\n\r\n")
        while not answered.endswith(b"0\r\n\r\n"):
            answered += connection.recv(65536)
        assert answered.count(b'"added"') == 3


def test_through_a_proxy_results_wait_for_the_last_line(home: Path) -> None:
    """Some proxies take no more of a request once its answer has begun."""
    with Served(home) as served, socket.create_connection(("127.0.0.1", served.port)) as connection:
        head = "POST /v1/documents HTTP/1.1\r\nHost: x\r\nVia: 1.1 x\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head.encode())
        for number in range(3):
            line = json.dumps({"_id": f"owl/{number}", "text": f"Owl {number}."}).encode() + b"\n"
            connection.sendall(f"{len(line):x}\r\n".encode() + line + b"\r\n")
            found = f"{served.url}{PATH}/owl/{number}"
            soon(lambda found=found: httpx2.get(found).status_code == 200, 10)  # type: ignore[misc]
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)
        connection.settimeout(20)
        connection.sendall(b"0\r\n\r\n")
        answered = b""
        while not answered.endswith(b"0\r\n\r\n"):
            answered += connection.recv(65536)
        assert answered.count(b'"added"') == 3


def test_a_client_that_reads_nothing_before_all_is_sent_does_not_stand_still(home: Path) -> None:
    """Its results are more than the sockets hold: short lines, all refused."""
    count = 60_000
    with Served(home) as served:
        served.client.timeout = 120
        results = send(served.client, iter([b'{"_id": "a"}\n' * 1000 for _ in range(count // 1000)]))
        assert len(results) == count
        assert {one["change"] for one in results} == {"refused"}


def test_the_rest_of_a_stream_that_broke_off_is_taken_when_it_is_sent_again(home: Path) -> None:
    documents = lines(30)

    def breaking() -> Iterator[bytes]:
        yield jsonl(documents[:20])
        time.sleep(1)
        raise OSError("the line is cut")

    with Served(home) as served:
        with pytest.raises(OSError, match="cut"):
            served.client.post(PATH, content=breaking())
        soon(lambda: served.client.get(f"{PATH}/owl/19").status_code == 200, 10)
        results = send(served.client, jsonl(documents), "?wait=true")
        assert [one["change"] for one in results] == ["unchanged"] * 20 + ["added"] * 10


def test_a_disk_that_is_full_is_told_before_anything_is_taken_and_from_where_on_after(
    writing: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = writing.app.state.live  # type: ignore[attr-defined]
    put_many = live.put_many
    calls = 0

    def full_at_last(documents: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StorageFull("The disk is full")
        return put_many(documents)

    monkeypatch.setattr("service.bulk._LINES", 5)
    monkeypatch.setattr(live, "put_many", full_at_last)
    results = send(writing, jsonl(lines(20)))
    assert [one["change"] for one in results] == ["added"] * 5 + ["failed"]
    assert results[-1]["line"] == 6
    calls = 1
    refused = writing.post(PATH, content=jsonl(lines(3)))
    assert refused.status_code == 507
    check(description(writing), "POST", PATH, refused)


def test_a_body_without_a_line_is_told(writing: TestClient) -> None:
    for nothing in (b"", b"\n \n"):
        response = writing.post(PATH, content=nothing)
        assert response.status_code == 400
        check(description(writing), "POST", PATH, response)


def test_limits_hold(home: Path) -> None:
    with serving(home) as client:
        live = client.app.state.live  # type: ignore[attr-defined]
        client.app.state.limits = Limits(bulk_lines=2, upload_body=1000)  # type: ignore[attr-defined]
        del live
        results = send(client, jsonl(lines(3)))
        assert [one["change"] for one in results] == ["added", "added", "refused"]
        too_long = client.post(PATH, content=b'{"_id": "x", "text": "' + b"x" * 2000)
        assert too_long.status_code == 413


def test_questions_are_answered_while_a_stream_is_written(home: Path) -> None:
    with Served(home) as served:
        sending = threading.Thread(target=lambda: send(served.client, jsonl(lines(600))))
        sending.start()
        with httpx2.Client(base_url=served.url, timeout=20) as other:
            answers = [other.post("/v1/search", json={"query": "fees"}) for _ in range(5)]
            assert {one.status_code for one in answers} == {200}
        sending.join()
