from __future__ import annotations

import gzip
import json
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from service.knowledge import open_knowledge
from service.live import Live
from service.replies import json_reply
from service.settings import settings
from tests import small
from tests.conftest import run_kb, serving
from tests.practice import LINES, QUESTIONS

Json = dict[str, object]


def ask(client: TestClient, query: str, **more: object) -> dict:
    answer = client.post("/v1/search", json={"query": query, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: dict) -> list[str]:
    return [result["document_id"] for result in answer["results"]]


def problem_of(response: object, status: int, field: str | None = None) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail", "request_id"} <= body.keys()
    assert body["request_id"] == response.headers["x-request-id"]
    assert body.get("field") == field
    assert "Traceback" not in response.text
    return body


# -- what is wrong, and how to mend it


@pytest.mark.parametrize(
    ("path", "body", "detail"),
    [
        ("/v1/search", {}, "query: is missing"),
        ("/v1/search", {"query": "fees", "lim": 5}, "lim: there is no such field; did you mean limit?"),
        (
            "/v1/search",
            {"query": "fees", "filters": {"tag": ["fees"]}},
            "filters.tag: there is no such field; did you mean tags?",
        ),
        (
            "/v1/search",
            {"query": "fees", "filters": {"author": "x"}},
            "filters.author: there is no such field; there are tags, language, document_id",
        ),
        ("/v1/search", {"query": "fees", "limit": "5"}, "limit: is to be a whole number"),
        ("/v1/search", {"query": "fees", "mode": "x"}, "mode: is one of 'hybrid', 'dense' or 'lexical'"),
        ("/v1/search", {"query": "fees", "cursor": "x"}, "cursor: is not what an answer's `next` said"),
        ("/v1/search/batch", {"queries": ["fees"]}, "queries.0: is to be a JSON object"),
        ("/v1/search/batch", {"queries": []}, "queries: has at least 1"),
        (
            "/v1/search/batch",
            {"queries": [{"query": "fees", "lim": 5}]},
            "queries.0.lim: there is no such field; did you mean limit?",
        ),
        ("/v1/context", {"query": "fees", "tokens": 0}, "tokens: is at least 1"),
    ],
)
def test_a_mistake_in_a_body_is_told_with_how_to_mend_it(
    client: TestClient, path: str, body: Json, detail: str
) -> None:
    refused = client.post(path, json=body)
    assert problem_of(refused, 422, detail.partition(":")[0])["detail"] == detail


def test_a_packed_body_is_told_to_come_as_it_is(client: TestClient) -> None:
    packed = gzip.compress(b'{"query": "fees"}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    refused = client.post("/v1/search", content=packed, headers=headers)
    assert "Content-Encoding" in str(problem_of(refused, 400)["detail"])


# -- answers


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("how much does a session cost", "site/fees.md"),
        ("can't sleep before exams", "site/guides/sleep.md"),
        ("do you tell my family what I say", "site/confidentiality.md"),
        ("is there parking", "site/waiting room.txt"),
        ("will my insurer pay for it", "note/insurance"),
    ],
)
def test_a_question_in_peoples_own_words_finds_the_page_that_answers(
    client: TestClient, question: str, document: str
) -> None:
    answer = ask(client, question)
    assert ids(answer)[0] == document
    assert answer["verdict"] in ("answered", "related")


@pytest.mark.parametrize("question", [*QUESTIONS, "a diary of feelings", "primera cita"])
@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_every_excerpt_is_the_slice_of_its_document_that_it_says_it_is(
    client: TestClient, question: str, mode: str
) -> None:
    for result in ask(client, question, mode=mode)["results"]:
        text = client.get(f"/v1/documents/{quote(result['document_id'])}").json()["text"]
        for one in (result, *result["more"]):
            said = one["attribution"]
            excerpt = one["excerpt"]
            assert text[said["start"] : said["end"]] == excerpt["text"]
            end = 0
            for left, right in excerpt["marks"]:
                assert end <= left < right <= len(excerpt["text"])
                end = right


def test_offsets_count_code_points_where_characters_are_astral(client: TestClient) -> None:
    first = ask(client, "a diary of feelings")["results"][0]
    assert first["document_id"] == "note/emoji 😀 astral"
    text = next(line["text"] for line in LINES if line["_id"] == first["document_id"])
    said = first["attribution"]
    assert text[said["start"] : said["end"]] == first["excerpt"]["text"]
    marked = [first["excerpt"]["text"][left:right] for left, right in first["excerpt"]["marks"]]
    assert any("diary of feelings helps" in mark for mark in marked)


def test_an_answer_says_all_that_the_source_said_of_itself(client: TestClient) -> None:
    first = ask(client, "how much does a session cost")["results"][0]
    said = first["attribution"]
    assert said["title"] == "Fees"
    assert said["source"] == "site/fees.md"
    assert said["url"] == "https://practice.example/fees"
    assert said["link"].startswith("https://practice.example/fees#")
    assert ":~:text=A%20session%20of%2050" in said["link"]
    assert said["headings"][-1] == "Single sessions"
    assert said["author"] == "The practice"
    assert said["published"] == "2026-02-01"
    assert said["licence"] == "CC BY 4.0"
    assert said["page"] is None


def test_a_document_without_an_address_has_no_link(client: TestClient) -> None:
    said = ask(client, "is there parking")["results"][0]["attribution"]
    assert said["url"] is None
    assert said["link"] is None


def test_scores_are_chances_and_ranks_count_from_one(client: TestClient) -> None:
    results = ask(client, "how much does a session cost")["results"]
    assert [result["rank"] for result in results] == list(range(1, len(results) + 1))
    assert all(0 <= result["score"] <= 1 for result in results)


def test_a_document_stands_once_with_up_to_two_further_passages(client: TestClient) -> None:
    answer = ask(client, "session fee cancel couples insurance")
    assert len(set(ids(answer))) == len(ids(answer))
    fees = next(result for result in answer["results"] if result["document_id"] == "site/fees.md")
    assert 1 <= len(fees["more"]) <= 2
    passages = [fees["passage_id"], *(one["passage_id"] for one in fees["more"])]
    assert len(set(passages)) == len(passages)


def test_ungrouped_every_passage_is_a_result_of_its_own(client: TestClient) -> None:
    answer = ask(client, "session fee cancel couples insurance", group=False)
    assert ids(answer).count("site/fees.md") > 1
    assert all(result["more"] == [] for result in answer["results"])


def test_limit_is_how_many_results_come(client: TestClient) -> None:
    assert len(ask(client, "session", limit=1)["results"]) == 1
    assert len(ask(client, "session", limit=3)["results"]) == 3


def test_the_same_question_has_the_same_answer(client: TestClient) -> None:
    first, second = (ask(client, "how much does a session cost") for _ in range(2))
    assert {**first, "took_ms": 0} == {**second, "took_ms": 0}


def test_an_answer_says_what_it_was_made_from(client: TestClient) -> None:
    answer = ask(client, "is there parking")
    assert answer["generation"] == client.get("/health/ready").json()["generation"]
    assert answer["degraded"] is False
    assert answer["took_ms"] >= 0
    assert answer["notices"] == []


# -- filters and collections


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        ({"tags": ["fees"]}, {"site/fees.md", "note/insurance"}),
        ({"tags": ["sleep", "privacy"]}, {"site/guides/sleep.md", "site/confidentiality.md"}),
        ({"language": "es"}, {"note/primera"}),
        ({"document_id": ["note/insurance"]}, {"note/insurance"}),
        ({"tags": ["fees"], "document_id": ["site/fees.md", "note/primera"]}, {"site/fees.md"}),
        ({"tags": ["no such tag"]}, set()),
    ],
)
def test_filters_hold_in_every_mode(client: TestClient, mode: str, filters: Json, allowed: set[str]) -> None:
    found = set(ids(ask(client, "session fee insurance sleep primera cita tell", mode=mode, filters=filters)))
    assert found <= allowed
    if mode != "lexical":
        assert found == allowed


def test_a_language_holds_its_regions(client: TestClient) -> None:
    assert "note/insurance" in ids(ask(client, "insurance", filters={"language": "en"}))


def test_nothing_of_another_collection_is_found(client: TestClient) -> None:
    assert "staff-1" not in ids(ask(client, "what is the alarm code"))
    assert ids(ask(client, "what is the alarm code", collection="staff")) == ["staff-1"]


def test_collections_are_listed_with_their_sizes(client: TestClient) -> None:
    listed = {one["name"]: one for one in client.get("/v1/collections").json()["collections"]}
    assert listed["staff"] == {"name": "staff", "documents": 1, "passages": 1}
    assert listed["default"]["documents"] == 7
    assert listed["default"]["passages"] >= 7


# -- batches


def test_a_batch_has_the_answers_of_its_questions_in_their_order(client: TestClient) -> None:
    queries = [{"query": question, "limit": 3} for question in QUESTIONS]
    answers = client.post("/v1/search/batch", json={"queries": queries}).json()["answers"]
    for query, answer in zip(queries, answers, strict=True):
        assert {**answer, "took_ms": 0} == {**ask(client, **query), "took_ms": 0}


def test_a_batch_may_be_as_large_as_its_limit_and_no_larger(client: TestClient) -> None:
    queries = [{"query": "is there parking", "mode": "lexical"}] * 50
    assert len(client.post("/v1/search/batch", json={"queries": queries}).json()["answers"]) == 50
    problem_of(client.post("/v1/search/batch", json={"queries": [*queries, *queries[:1]]}), 422, "queries")
    problem_of(client.post("/v1/search/batch", json={"queries": []}), 422, "queries")


def test_one_bad_question_of_a_batch_is_named(client: TestClient) -> None:
    queries = [{"query": "is there parking"}, {"query": "is there parking", "limit": "ten"}]
    problem_of(client.post("/v1/search/batch", json={"queries": queries}), 422, "queries.1.limit")
    for wrong, field in (({"query": " "}, "query"), ({"query": "is there parking", "limit": 999}, "limit")):
        batch = {"queries": [{"query": "is there parking"}, wrong]}
        problem_of(client.post("/v1/search/batch", json=batch), 422, f"queries.1.{field}")


# -- what is refused


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"query": ""}, "query"),
        ({"query": " \n\t"}, "query"),
        ({"query": "x" * 513}, "query"),
        ({"query": None}, "query"),
        ({"query": 7}, "query"),
        ({"query": ["fees"]}, "query"),
        ({}, "query"),
        ({"query": "fees", "limit": 0}, "limit"),
        ({"query": "fees", "limit": -1}, "limit"),
        ({"query": "fees", "limit": 51}, "limit"),
        ({"query": "fees", "limit": 10_000}, "limit"),
        ({"query": "fees", "limit": 1.5}, "limit"),
        ({"query": "fees", "limit": "10"}, "limit"),
        ({"query": "fees", "limit": True}, "limit"),
        ({"query": "fees", "mode": "fuzzy"}, "mode"),
        ({"query": "fees", "group": "yes"}, "group"),
        ({"query": "fees", "collection": 1}, "collection"),
        ({"query": "fees", "filters": {"tags": "fees"}}, "filters.tags"),
        ({"query": "fees", "filters": {"tags": ["x"] * 17}}, "filters"),
        ({"query": "fees", "filters": {"document_id": ["x"] * 17, "tags": ["x"]}}, "filters"),
        ({"query": "fees", "filters": {"tag": ["fees"]}}, "filters.tag"),
        ({"query": "fees", "filter": {}}, "filter"),
        ({"query": "fees", "querry": "fees"}, "querry"),
    ],
)
def test_what_is_out_of_limits_is_refused_with_its_field(client: TestClient, body: Json, field: str) -> None:
    problem_of(client.post("/v1/search", json=body), 422, field)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"what is this",
        b"[1, 2]",
        b'"fees"',
        b"null",
        b"17",
        b"\xff\xfe{}",
        b'{"query": fees}',
        b"[" * 9_000,
    ],
)
def test_what_is_not_a_json_object_is_400(client: TestClient, body: bytes) -> None:
    response = client.post("/v1/search", content=body, headers={"content-type": "application/json"})
    problem_of(response, 400)


@pytest.mark.parametrize(
    ("kind", "encoding"),
    [
        ("application/json; charset=utf-8", "utf-8"),
        ("APPLICATION/JSON", "utf-8"),
        ("application/vnd.kb+json", "utf-8"),
        ("application/json", "utf-8-sig"),
        ("application/json", "utf-16"),
    ],
)
def test_a_body_is_read_the_same_however_it_is_labelled_and_encoded(
    client: TestClient, kind: str, encoding: str
) -> None:
    asked = {"query": "wie viel kostet das – fees?", "limit": 3, "filters": {"tags": ["fees", "price"]}}
    content = json.dumps(asked, ensure_ascii=False).encode(encoding)
    response = client.post("/v1/search", content=content, headers={"content-type": kind})
    assert {**response.json(), "took_ms": 0} == {**client.post("/v1/search", json=asked).json(), "took_ms": 0}


def test_what_json_can_say_and_few_libraries_write_is_answered_too() -> None:
    reply = json_reply({"whole": 2**70, "half": "a \ud800 b"})
    assert json.loads(bytes(reply.body)) == {"whole": 2**70, "half": "a ? b"}
    assert bytes(json_reply({"é": [1.5, None, True]}).body) == '{"é":[1.5,null,true]}'.encode()


def test_json_that_does_not_say_that_it_is_json_is_told_how_to(client: TestClient) -> None:
    response = client.post("/v1/search", content=b'{"query": "fees"}', headers={"content-type": "text/plain"})
    assert "Content-Type" in problem_of(response, 400)["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "x",
        "x" * 512,
        "the of and",
        "😀🧠🌙",
        "睡眠 時間",
        "сколько стоит",
        "كم السعر",
        '"fees" AND (sleep OR -exams) title:fees*',
        "\"'`;--/*",
        "fees~2^9 [a TO b] {x}",
        "\u202efees",
        "a\u0301" * 100,
        "fees\x00fees",
        "\ud800",
        "fees " * 100,
        "\r\n\r\n",
    ],
)
@pytest.mark.parametrize("mode", ["hybrid", "lexical"])
def test_no_words_are_too_odd_to_be_answered(client: TestClient, query: str, mode: str) -> None:
    content = json.dumps({"query": query, "mode": mode})  # \ud800 as an escape: JSON can say it
    response = client.post("/v1/search", content=content, headers={"content-type": "application/json"})
    assert response.status_code == (200 if query.strip() else 422), response.text
    response.content.decode("utf-8")


@pytest.mark.parametrize("path", ["/v1/search", "/v1/suggest"])
def test_an_unknown_collection_is_404(client: TestClient, path: str) -> None:
    body = {"query": "fees"} if path == "/v1/search" else {"prefix": "fe"}
    assert "nowhere" in problem_of(client.post(path, json={**body, "collection": "nowhere"}), 404)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/search", 405),
        ("DELETE", "/v1/search", 405),
        ("POST", "/v1/documents/x", 405),
        ("PATCH", "/v1/collections", 405),
        ("POST", "/health/live", 405),
    ],
)
def test_a_wrong_address_or_method_is_a_problem_too(
    client: TestClient, method: str, path: str, status: int
) -> None:
    response = client.request(method, path)
    problem_of(response, status)
    assert ("allow" in response.headers) == (status == 405)


def test_a_callers_own_request_id_is_kept_when_it_is_a_plain_one(client: TestClient) -> None:
    kept = client.get("/nowhere", headers={"x-request-id": "from-the-caller_1"})
    assert kept.json()["request_id"] == kept.headers["x-request-id"] == "from-the-caller_1"
    for odd in ("x", "a b c d e f g", "<script>alert(1)</script>", "é" * 10, "a" * 65):
        other = client.get("/nowhere", headers={"x-request-id": odd.encode()})
        assert other.headers["x-request-id"] != odd


def test_suggestions_are_a_list_for_any_prefix_within_limits(client: TestClient) -> None:
    assert isinstance(client.post("/v1/suggest", json={"prefix": "fe"}).json()["suggestions"], list)
    problem_of(client.post("/v1/suggest", json={"prefix": ""}), 422, "prefix")
    problem_of(client.post("/v1/suggest", json={"prefix": "x" * 513}), 422, "prefix")


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/health/live", "application/json"),
        ("/health/ready", "application/json"),
        ("/v1/collections", "application/json"),
        ("/openapi.json", "application/json"),
        ("/metrics", "text/plain"),
        ("/", "text/html"),
        ("/style.css", "text/css"),
    ],
)
def test_every_answer_has_its_media_type_and_is_not_sniffed(
    client: TestClient, path: str, media: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media)
    assert response.headers.get_list("x-content-type-options") == ["nosniff"]


def test_answers_are_not_to_be_stored(client: TestClient) -> None:
    answer = client.post("/v1/search", json={"query": "fees"})
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/v1/documents/site/fees.md").headers["cache-control"] == "no-store"
    assert client.get("/").headers["cache-control"] == "no-store"


# -- documents


def test_documents_are_paged_in_order_and_each_comes_once(client: TestClient) -> None:
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = client.get("/v1/documents", params={"after": after, "limit": 3}).json()
        assert len(page["documents"]) <= 3
        seen += [one["id"] for one in page["documents"]]
        after = page["next"]
    assert seen == sorted(set(seen))
    assert len(seen) == 7
    assert "staff-1" not in seen


def test_a_listed_document_says_its_title_and_address(client: TestClient) -> None:
    listed = {one["id"]: one for one in client.get("/v1/documents").json()["documents"]}
    assert listed["site/fees.md"] == {
        "id": "site/fees.md",
        "title": "Fees",
        "url": "https://practice.example/fees",
    }


@pytest.mark.parametrize("limit", ["0", "1001", "ten"])
def test_a_page_has_its_limits(client: TestClient, limit: str) -> None:
    problem_of(client.get("/v1/documents", params={"limit": limit}), 422, "limit")


def test_a_collection_has_a_name(writing: TestClient) -> None:
    response = writing.put("/v1/documents/owls?collection=", json={"text": "Owls."})
    problem_of(response, 422, "collection")


def test_the_documents_of_an_unknown_collection_are_404(client: TestClient) -> None:
    problem_of(client.get("/v1/documents", params={"collection": "nowhere"}), 404)
    assert client.get("/v1/documents", params={"after": "zzz"}).json() == {"documents": [], "next": None}


@pytest.mark.parametrize(
    "path", ["site/guides/sleep.md", "site%2Fguides%2Fsleep.md", "site/waiting%20room.txt"]
)
def test_an_id_may_have_its_slashes_plain_or_encoded(client: TestClient, path: str) -> None:
    assert client.get(f"/v1/documents/{path}").status_code == 200


@pytest.mark.parametrize(
    "path", ["no-such", "site", "..%2F..%2Fetc%2Fpasswd", "%00", "%ff", "x" * 5_000, "", "site/fees.md/"]
)
def test_an_unknown_document_is_404(client: TestClient, path: str) -> None:
    problem_of(client.get(f"/v1/documents/{path}"), 404)


def test_a_document_keeps_what_its_source_said_beyond_what_is_known(client: TestClient) -> None:
    document = client.get("/v1/documents/" + quote("note/emoji 😀 astral")).json()
    assert document["metadata"] == {"mood": {"kept": True}}
    assert document["attribution"]["author"] == "A. Writer"


# -- writes


@pytest.mark.parametrize("path", ["leaflets/new%20one/é%2F%3F.txt", "plain", "a/b/c"])
def test_a_document_that_was_waited_for_is_found_at_once_and_when_removed_no_longer(
    writing: TestClient, path: str
) -> None:
    body = {"title": "Owls", "text": "Owls in the attic sing at midnight 🦉.", "metadata": {"tags": ["owls"]}}
    put = writing.put(f"/v1/documents/{path}?wait=true", json=body)
    assert put.status_code == 200
    assert put.json()["change"] == "added"
    answer = ask(writing, "owls in the attic")
    assert answer["generation"] >= put.json()["sequence"]
    first = answer["results"][0]
    assert first["document_id"] == put.json()["id"]
    assert first["excerpt"]["text"] == body["text"]
    assert writing.get(f"/v1/documents/{path}").json()["text"] == body["text"]
    removed = writing.delete(f"/v1/documents/{path}?wait=true").json()
    assert removed["change"] == "removed"
    assert removed["sequence"] > put.json()["sequence"]
    assert first["document_id"] not in ids(ask(writing, "owls in the attic"))
    problem_of(writing.get(f"/v1/documents/{path}"), 404)
    problem_of(writing.delete(f"/v1/documents/{path}"), 404)


def test_a_document_that_was_not_waited_for_is_found_within_a_second(writing: TestClient) -> None:
    sequence = writing.put("/v1/documents/owls", json={"text": "Owls in the attic."}).json()["sequence"]
    until = time.monotonic() + 1.0
    while ask(writing, "owls in the attic")["generation"] < sequence:
        assert time.monotonic() < until, "not taken up within a second"
        time.sleep(0.02)
    assert ids(ask(writing, "owls in the attic"))[0] == "owls"


def test_a_write_says_what_it_changed(writing: TestClient) -> None:
    def put(text: str) -> dict:
        return writing.put("/v1/documents/owls", json={"text": text}).json()

    first, again, other = put("Owls in the attic."), put("Owls in the attic."), put("Owls in the cellar.")
    assert [one["change"] for one in (first, again, other)] == ["added", "unchanged", "updated"]
    assert first["sequence"] == again["sequence"] < other["sequence"]


def test_an_unchanged_document_that_is_waited_for_does_not_keep_its_sender_waiting(
    writing: TestClient,
) -> None:
    body = {"text": "Owls in the attic."}
    writing.put("/v1/documents/owls", json=body)
    started = time.monotonic()
    assert writing.put("/v1/documents/owls?wait=true", json=body).status_code == 200
    assert time.monotonic() - started < 2


def test_the_same_id_in_two_collections_is_two_documents(writing: TestClient) -> None:
    for collection in ("default", "birds"):
        body = {"text": f"Owls of the collection {collection}."}
        put = writing.put("/v1/documents/owls", params={"collection": collection, "wait": "true"}, json=body)
        assert put.json()["collection"] == collection
    writing.delete("/v1/documents/owls?wait=true")
    assert writing.get("/v1/documents/owls").status_code == 404
    kept = writing.get("/v1/documents/owls", params={"collection": "birds"}).json()
    assert kept["text"] == "Owls of the collection birds."
    assert ids(ask(writing, "owls", collection="birds")) == ["owls"]


def test_many_writes_become_few_generations(writing: TestClient, home: Path) -> None:
    for number in range(20):
        writing.put(f"/v1/documents/owl-{number}", json={"text": f"Owl number {number} sings."})
    last = writing.put("/v1/documents/owl-last?wait=true", json={"text": "The last owl sings."}).json()
    assert ask(writing, "the last owl")["generation"] == last["sequence"]
    assert len(list((home / ".kb" / "generations").iterdir())) <= 2


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, None),
        (b"[]", 400, None),
        (b"owls", 400, None),
        (b'{"text": "owls", "metadata": {"n": NaN}}', 400, None),
        (b'{"text": "\xff"}', 400, None),
        (b"{}", 422, "text"),
        (b'{"text": ""}', 422, "text"),
        (b'{"text": " \\n "}', 422, "text"),
        (b'{"text": 5}', 422, "text"),
        (b'{"text": "owls", "title": 5}', 422, "title"),
        (b'{"text": "owls", "_id": "other"}', 422, "_id"),
        (b'{"text": "owls", "metadata": []}', 422, "metadata"),
        (b'{"text": "owls", "metadata": {"url": "javascript:alert(1)"}}', 422, "metadata.url"),
        (b'{"text": "owls", "metadata": {"tags": "x"}}', 422, "metadata.tags"),
        (b'{"text": "owls", "metadata": {"collection": "other"}}', 422, "metadata.collection"),
    ],
)
def test_a_document_that_cannot_be_kept_is_refused_with_its_field(
    client: TestClient, body: bytes, status: int, field: str | None
) -> None:
    problem_of(client.put("/v1/documents/owls", content=body), status, field)


def test_an_id_that_cannot_be_shown_or_is_too_long_is_refused(client: TestClient) -> None:
    for path in ("%07bell", "x" * 513, "", "%20space"):
        problem_of(client.put(f"/v1/documents/{path}", json={"text": "owls"}), 422, "_id")


def test_the_body_may_say_the_id_that_the_address_says(writing: TestClient) -> None:
    for body in ({"_id": "7", "text": "owls"}, {"id": 7, "text": "owls"}):
        assert writing.put("/v1/documents/7", json=body).status_code == 200


def test_odd_text_is_kept_exactly(writing: TestClient) -> None:
    text = "First line\r\n\r\n\tsecond\u2028third \u202e\u200b 🦉 e\u0301 \x07 end"
    writing.put("/v1/documents/odd?wait=true", json={"text": text})
    assert writing.get("/v1/documents/odd").json()["text"] == text
    result = next(r for r in ask(writing, "third second line")["results"] if r["document_id"] == "odd")
    said = result["attribution"]
    assert text[said["start"] : said["end"]] == result["excerpt"]["text"]


def test_a_write_that_another_process_keeps_waiting_is_told_when_to_come_back(
    writing: TestClient, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    monkeypatch.setattr("service.live._WAIT_FOR_WRITER", 0.1)
    with (home / ".kb" / "writer.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        response = writing.put("/v1/documents/owls", json={"text": "owls"})
    problem_of(response, 503)
    assert 1 <= int(response.headers["retry-after"]) <= 5


def test_a_full_disk_takes_no_documents_and_goes_on_answering(
    writing: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"used": 95, "free": 5})
    monkeypatch.setattr("service.live.shutil.disk_usage", lambda _: usage)
    problem_of(writing.put("/v1/documents/owls", json={"text": "owls"}), 507)
    assert ids(ask(writing, "is there parking"))
    assert writing.get("/health/ready").json()["writable"] is False
    assert writing.delete("/v1/documents/note/insurance").status_code == 200


def test_a_folder_that_may_not_be_written_takes_no_documents() -> None:
    with tempfile.TemporaryDirectory(dir=small.quick_folder()) as name:
        home = Path(name)
        (home / "kb.toml").touch()
        (home / ".kb").mkdir(mode=0o555)
        home.chmod(0o555)
        assert small.in_child(lambda: _not_writable_by_nobody(home)) == 0


def _not_writable_by_nobody(home: Path) -> None:
    small.become_nobody()
    assert not Live(open_knowledge(settings(home))).writable


# -- the length of excerpts


def test_an_excerpt_is_as_short_as_is_asked_for_and_of_whole_sentences(
    client: TestClient, practice: Path
) -> None:
    asked = {"query": "what happens if I cancel late"}
    whole = client.post("/v1/search", json=asked).json()["results"][0]
    short = client.post("/v1/search", json={**asked, "excerpt_length": 80}).json()["results"][0]
    assert short["excerpt"]["text"] in whole["excerpt"]["text"]
    assert len(short["excerpt"]["text"]) < len(whole["excerpt"]["text"])
    assert short["excerpt"]["text"].endswith(".")
    text = client.get(f"/v1/documents/{short['document_id']}").json()["text"]
    said = short["attribution"]
    assert text[said["start"] : said["end"]] == short["excerpt"]["text"]
    both = client.post("/v1/search/batch", json={"queries": [asked, {**asked, "excerpt_length": 80}]}).json()
    assert [answer["results"][0]["excerpt"] for answer in both["answers"]] == [
        whole["excerpt"],
        short["excerpt"],
    ]
    printed = run_kb("search", asked["query"], "--excerpt-length", "80", "--json", home=practice)
    assert json.loads(printed.stdout)["results"][0]["excerpt"] == short["excerpt"]


@pytest.mark.parametrize("length", [0, 79, 4_001, -1])
def test_an_excerpt_length_out_of_limits_is_named(client: TestClient, length: int) -> None:
    answer = client.post("/v1/search", json={"query": "fees", "excerpt_length": length})
    assert answer.status_code == 422
    assert answer.json()["field"] == "excerpt_length"


def test_the_owners_excerpt_length_holds_where_none_is_asked_for(home: Path) -> None:
    with (home / "kb.toml").open("a") as file:
        file.write("\n[search]\nexcerpt_length = 80\n")
    with serving(home) as client:
        body = client.post("/v1/search", json={"query": "what happens if I cancel late"}).json()
        assert len(body["results"][0]["excerpt"]["text"]) < 160
