from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.service.described import check, description

ASKED = {"query": "how much does a session cost", "tokens": 400}


def test_a_context_is_verbatim_fits_and_cites(client: TestClient) -> None:
    response = client.post("/v1/context", json=ASKED)
    check(description(client), "POST", "/v1/context", response)
    body = response.json()
    assert body["verdict"] == "answered"
    assert 0 < body["tokens"] <= 400
    for number, one in enumerate(body["passages"], 1):
        assert one["mark"] == number
        assert f"[{number}] {one['attribution']['title']}" in body["text"]
        assert one["text"] in body["text"]
        document = client.get(f"/v1/documents/{one['document_id']}").json()
        assert document["text"][one["start"] : one["end"]] == one["text"]
    texts = [one["text"] for one in body["passages"]]
    assert len(set(texts)) == len(texts)


def test_a_smaller_budget_gives_less_and_none_gives_nothing(client: TestClient) -> None:
    lengths = [
        client.post("/v1/context", json={**ASKED, "tokens": n}).json()["tokens"] for n in (5, 100, 2000)
    ]
    assert lengths == sorted(lengths)
    assert lengths[0] == 0
    assert lengths[1] <= 100 < lengths[2]


@pytest.mark.parametrize("tokens", [10, 20, 30, 40, 60, 80])
def test_a_small_budget_holds_what_answers_best_or_nothing(client: TestClient, tokens: int) -> None:
    for query in ("how much does a session cost", "can't sleep before exams", "is there parking"):
        best = client.post("/v1/search", json={"query": query, "group": False}).json()["results"][0]
        body = client.post("/v1/context", json={"query": query, "tokens": tokens}).json()
        assert body["tokens"] <= tokens
        if body["passages"]:
            assert best["document_id"] in [one["document_id"] for one in body["passages"]]
            assert max(one["score"] for one in body["passages"]) == best["score"]


def test_a_context_has_the_notices(client: TestClient) -> None:
    body = client.post("/v1/context", json={"query": "I want to kill myself", "tokens": 300}).json()
    assert body["notices"][0]["kind"] == "crisis"
    refused = client.post("/v1/context", json={"query": "I want to kill myself", "tokens": 0})
    assert refused.status_code == 422
    assert refused.json()["notices"]


def test_an_answer_is_checked_against_its_context(client: TestClient) -> None:
    context = client.post("/v1/context", json=ASKED).json()
    passages = context["passages"]  # as they are given
    words = " ".join(context["passages"][0]["text"].split()[:5]).strip('"“”')
    answer = f"It says “{words}” [1], and “pigs can fly” [1]; see also [99]."
    response = client.post("/v1/citations/check", json={"answer": answer, "passages": passages})
    check(description(client), "POST", "/v1/citations/check", response)
    body = response.json()
    assert not body["sound"]
    assert [one["held"] for one in body["quotes"]] == [True, False]
    assert [(one["mark"], one["exists"]) for one in body["marks"]] == [(1, True), (1, True), (99, False)]


@pytest.mark.parametrize(
    ("passages", "status"),
    [
        ([{"mark": 1, "document_id": "nothing", "start": 0, "end": 5}], 404),
        ([{"mark": 1, "document_id": "site/fees.md", "start": 5, "end": 5}], 404),
        ([{"mark": 1, "document_id": "site/fees.md", "start": 0, "end": 300_000}], 404),
        ([{"mark": 1, "document_id": "site/fees.md", "start": 0, "end": 5}] * 2, 422),
    ],
)
def test_passages_that_there_are_none_of_are_told(
    client: TestClient, passages: list[dict[str, object]], status: int
) -> None:
    response = client.post("/v1/citations/check", json={"answer": "So [1].", "passages": passages})
    assert response.status_code == status
    beyond = passages[0]["document_id"] != "nothing" and status == 404
    assert ("ask for the context again" in response.json()["detail"]) == beyond
    check(description(client), "POST", "/v1/citations/check", response)


def test_as_many_passages_as_may_be_have_room_whatever_their_ids(client: TestClient) -> None:
    passages = [{"mark": n, "document_id": f"{n}/{'p' * 500}", "start": 0, "end": 1} for n in range(1, 101)]
    response = client.post("/v1/citations/check", json={"answer": "So [1]. " * 500, "passages": passages})
    assert response.status_code == 404, response.text


# -- pages


def pages(client: TestClient, **asked: object) -> list[dict[str, object]]:
    found = [client.post("/v1/search", json=asked).json()]
    while found[-1]["next"]:
        found.append(client.post("/v1/search", json={**asked, "cursor": found[-1]["next"]}).json())
        assert len(found) < 100
    return found


@pytest.mark.parametrize("group", [True, False])
@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_pages_together_are_the_whole_ranking(client: TestClient, mode: str, group: bool) -> None:
    asked = {"query": "the cost of a session, cancelling, parking, sleep", "mode": mode, "group": group}
    whole = client.post("/v1/search", json={**asked, "limit": 50}).json()
    parts = pages(client, **asked, limit=3)
    assert len(parts) > 1
    assert [one for part in parts for one in part["results"]] == whole["results"]  # type: ignore[attr-defined]
    assert {part["verdict"] for part in parts} == {whole["verdict"]}
    assert whole["next"] is None


def test_a_cursor_is_of_one_question(client: TestClient) -> None:
    asked = {"query": "how much does a session cost", "limit": 2}
    cursor = client.post("/v1/search", json=asked).json()["next"]
    others = (
        {"query": "sleep"},
        {"limit": 3},
        {"mode": "dense"},
        {"cursor": cursor[:-2] + "AA"},
        {"group": False},
    )
    for other in others:
        refused = client.post("/v1/search", json={**asked, "cursor": cursor, **other})
        assert refused.status_code == 409, other
    for none in ("", "nonsense", cursor + "A", "é" * 32):
        refused = client.post("/v1/search", json={**asked, "cursor": none})
        assert (refused.status_code, refused.json()["field"]) == (422, "cursor"), none


def test_a_cursor_says_nothing_of_the_question(client: TestClient) -> None:
    import base64

    cursors = {
        client.post("/v1/search", json={"query": query, "limit": 2}).json()["next"]
        for query in ("how much does a session cost", "what does a session cost")
    }
    assert len(cursors) == 2
    for cursor in cursors:
        held = base64.urlsafe_b64decode(cursor)
        assert len(held) == 24
        assert b"session" not in held


def test_a_cursor_ends_when_its_collection_changes_and_not_when_another_does(writing: TestClient) -> None:
    asked = {"query": "how much does a session cost", "limit": 2}
    cursor = writing.post("/v1/search", json=asked).json()["next"]
    before = writing.post("/v1/search", json={**asked, "cursor": cursor}).json()
    writing.put("/v1/documents/owls?collection=staff&wait=true", json={"text": "Owls."})
    after = writing.post("/v1/search", json={**asked, "cursor": cursor}).json()
    assert after["generation"] > before["generation"]
    assert (after["results"], after["next"]) == (before["results"], before["next"])
    writing.put("/v1/documents/owls?wait=true", json={"text": "Owls."})
    stale = writing.post("/v1/search", json={**asked, "cursor": cursor})
    assert stale.status_code == 409
    check(description(writing), "POST", "/v1/search", stale)
