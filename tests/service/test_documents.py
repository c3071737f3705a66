from __future__ import annotations

import gzip
import hashlib
import json

import pytest
from starlette.testclient import TestClient

from kb.keys import Keys
from tests.conftest import serving
from tests.service.described import check, description
from tests.service.test_server import soon

OWLS = "/v1/documents/owls"
BODY = {"title": "Owls", "text": "Owls sing at night."}


def test_a_document_has_a_version_and_is_not_sent_to_who_has_it(writing: TestClient) -> None:
    written = writing.put(OWLS, json=BODY).headers["etag"]
    read = writing.get(OWLS)
    assert read.headers["etag"] == written
    for said in (written, f'"other", W/{written}', "*", f'{written[:-1]}-gzip"'):
        unchanged = writing.get(OWLS, headers={"If-None-Match": said})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == written
        check(description(writing), "GET", OWLS, unchanged)
    assert writing.get(OWLS, headers={"If-None-Match": '"other"'}).status_code == 200
    writing.put(OWLS, json={**BODY, "text": "Owls sleep by day."})
    assert writing.get(OWLS, headers={"If-None-Match": written}).status_code == 200


def test_a_write_that_was_meant_for_another_version_is_not_made(writing: TestClient) -> None:
    first = writing.put(OWLS, json=BODY, headers={"If-None-Match": "*"})
    assert first.status_code == 200
    again = writing.put(OWLS, json=BODY, headers={"If-None-Match": "*"})
    assert again.status_code == 412
    check(description(writing), "PUT", OWLS, again)
    mine = first.headers["etag"]
    second = writing.put(OWLS, json={"text": "Owls hunt."}, headers={"If-Match": mine})
    assert second.status_code == 200
    assert second.headers["etag"] != mine
    for method, body in (("PUT", {"text": "Mine."}), ("DELETE", None)):
        for said in (mine, f"W/{second.headers['etag']}", "nonsense"):
            late = writing.request(method, OWLS, json=body, headers={"If-Match": said})
            assert late.status_code == 412, said
    assert writing.get(OWLS).json()["text"] == "Owls hunt."
    assert writing.delete(OWLS, headers={"If-Match": second.headers["etag"]}).status_code == 200
    assert writing.put(OWLS, json=BODY, headers={"If-Match": "*"}).status_code == 412


def test_versions_that_are_named_on_several_lines_are_all_heard(writing: TestClient) -> None:
    held = writing.put(OWLS, json=BODY).headers["etag"]
    several = [("If-None-Match", '"another"'), ("If-None-Match", held)]
    assert writing.put(OWLS, json={"text": "Mine."}, headers=several).status_code == 412
    several = [("If-Match", '"another"'), ("If-Match", held)]
    assert writing.delete(OWLS, headers=several).status_code == 200


def test_a_program_keeps_in_step_by_the_changes(writing: TestClient) -> None:
    mine: dict[str, str] = {}  # mark -> text
    after = 0

    def keep_in_step() -> None:
        nonlocal after
        while True:
            page = writing.get(f"/v1/changes?after={after}&limit=3").json()
            for one in page["changes"]:
                if one["change"] == "removed":
                    mine.pop(one["mark"], None)
                else:
                    assert one["mark"] == hashlib.sha256(one["id"].encode()).hexdigest()[:32]
                    mine[one["mark"]] = writing.get(f"/v1/documents/{one['id']}").json()["text"]
            after = page["next"]
            if not page["more"]:
                return

    keep_in_step()
    writing.put(OWLS, json=BODY)
    writing.put("/v1/documents/mice", json={"text": "Mice."})
    keep_in_step()
    writing.put(OWLS, json={"text": "Owls hunt."})
    writing.delete("/v1/documents/mice?wait=true")
    writing.put("/v1/documents/bats?wait=true", json={"text": "Bats."})
    writing.put("/v1/documents/cats?wait=true", json={"text": "Cats."})
    keep_in_step()
    listed = writing.get("/v1/documents?limit=1000").json()["documents"]
    texts = [writing.get(f"/v1/documents/{one['id']}").json()["text"] for one in listed]
    assert sorted(mine.values()) == sorted(texts)


def test_changes_are_of_the_keys_collection_alone(home: object) -> None:
    with serving(home) as client:  # type: ignore[arg-type]
        client.put(f"{OWLS}?collection=annex", json=BODY)
        _, token = Keys(home / ".kb").create("search", "annex")  # type: ignore[operator]
        client.headers["Authorization"] = f"Bearer {token}"
        soon(lambda: client.get("/v1/changes?collection=default").status_code == 404, 1)
        assert [one["id"] for one in client.get("/v1/changes").json()["changes"]] == ["owls"]


def test_changes_of_a_collection_that_never_was_are_not_found(writing: TestClient) -> None:
    unknown = writing.get("/v1/changes?collection=nowhere")
    assert unknown.status_code == 404
    assert "nowhere" in unknown.json()["detail"]
    writing.put(f"{OWLS}?collection=annex&wait=true", json=BODY)
    writing.delete(f"{OWLS}?collection=annex&wait=true")
    emptied = writing.get("/v1/changes?collection=annex").json()["changes"]
    assert [(one["id"], one["change"]) for one in emptied] == [("owls", "removed")]


# -- compression


def test_a_long_answer_is_packed_for_who_asks_for_it(client: TestClient) -> None:
    path = "/openapi.json"
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < len(plain.content) / 4
    assert "Accept-Encoding" in packed.headers["vary"]
    assert "content-encoding" not in client.get("/health/live").headers


def test_a_packed_document_has_a_tag_of_its_own_that_writes_take(writing: TestClient) -> None:
    writing.put(OWLS, json={"text": "Owls sing at night. " * 200})
    packed = writing.get(OWLS, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["etag"].endswith('-gzip"')
    assert writing.delete(OWLS, headers={"If-Match": packed.headers["etag"]}).status_code == 200


# -- metrics


@pytest.fixture
def lines(writing: TestClient) -> list[str]:
    writing.put(OWLS, json=BODY)
    writing.post("/v1/search", json={"query": "zebracanary I want to die", "collection": "default"})
    writing.post("/v1/search", json={"query": ""})
    writing.get("/zebracanary/path")
    writing.get("/v1/documents/zebracanary")
    found: list[str] = writing.get("/metrics").text.splitlines()
    return found


def test_metrics_count_by_route_and_say_how_things_stand(lines: list[str]) -> None:
    counted = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert counted['kb_requests_total{method="POST",route="/v1/search",status="200"}'] == "1.0"
    assert counted['kb_requests_total{method="POST",route="/v1/search",status="422"}'] == "1.0"
    assert counted['kb_requests_total{method="GET",route="none",status="404"}'] == "1.0"
    assert counted['kb_writes_total{change="added"}'] == "1.0"
    assert float(counted["kb_resident_bytes"]) > 1e7
    assert float(counted["kb_documents"]) > 5
    assert counted["kb_ready"] == "1.0"
    assert "kb_generation" in counted
    assert counted['kb_refused_total{why="rate"}'] == "0.0"


def test_metrics_tell_nothing_of_what_was_asked_or_found(lines: list[str]) -> None:
    text = "\n".join(lines)
    for word in ("zebracanary", "owls", "default", "crisis", "notice", "verdict"):
        assert word not in text


def test_what_metrics_say_is_read_by_prometheus_own_parser(lines: list[str]) -> None:
    from prometheus_client.parser import text_string_to_metric_families

    families = {one.name for one in text_string_to_metric_families("\n".join(lines) + "\n")}
    assert {"kb_requests", "kb_request_seconds", "kb_requests_inside", "kb_passages"} <= families


# -- tracing


def test_a_span_tells_route_and_status_and_no_words(practice: object) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from service.logs import request_id
    from service.tracing import Traced

    kept = InMemorySpanExporter()
    sending = TracerProvider()
    sending.add_span_processor(SimpleSpanProcessor(kept))
    with serving(practice) as client:  # type: ignore[arg-type]
        inner = client.app

        async def app(scope, receive, send):  # type: ignore[no-untyped-def]
            if scope["type"] == "http":
                request_id(scope)
            await Traced(inner, sending)(scope, receive, send)  # type: ignore[arg-type]

        outside = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        outside.post("/v1/search", json={"query": "zebracanary"}, headers={"traceparent": trace})
        outside.get("/v1/documents/zebracanary?collection=zebracanary")
    first, second = kept.get_finished_spans()
    assert first.name == "POST /v1/search"
    assert first.attributes["http.response.status_code"] == 200  # type: ignore[index]
    assert f"{first.context.trace_id:032x}" == trace.split("-")[1]
    assert second.name == "GET /v1/documents/{document_id:path}"
    assert "zebracanary" not in json.dumps([json.loads(one.to_json()) for one in (first, second)])


def test_an_answer_is_unpacked_by_any_gzip(client: TestClient) -> None:
    with client.stream("GET", "/openapi.json", headers={"Accept-Encoding": "gzip"}) as response:
        assert json.loads(gzip.decompress(b"".join(response.iter_raw())))


# -- the reference


def test_the_reference_shows_every_operation_without_scripts_or_other_origins(client: TestClient) -> None:
    page = client.get("/docs")
    for path, methods in description(client)["paths"].items():
        for method in methods:
            assert f'<span class="method">{method.upper()}</span> {path}' in page.text
    assert "<script" not in page.text
    assert "://" not in page.text.replace("https://clinic.example", "").partition("<main")[0]
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.get("/docs.css").headers["content-type"].startswith("text/css")
