"""Dify's external knowledge API, as its documentation has the requests."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient


def asked(client: TestClient, query: str, condition: object = None, **setting: object) -> Any:
    body = {
        "knowledge_id": "default",
        "query": query,
        "retrieval_setting": {"top_k": 3, "score_threshold": 0.0, **setting},
        **({"metadata_condition": condition} if condition else {}),
    }
    return client.post("/retrieval", json=body, headers={"Authorization": "Bearer anything"})


def condition(*conditions: tuple[str, str, object]) -> dict[str, object]:
    keys = ("name", "comparison_operator", "value")
    return {
        "logical_operator": "and",
        "conditions": [dict(zip(keys, one, strict=True)) for one in conditions],
    }


def test_records_are_the_results(client: TestClient) -> None:
    records = asked(client, "can't sleep before exams").json()["records"]
    results = client.post("/v1/search", json={"query": "can't sleep before exams", "limit": 3}).json()[
        "results"
    ]
    assert [(one["content"], one["score"], one["title"]) for one in records] == [
        (one["excerpt"]["text"], one["score"], one["attribution"]["title"]) for one in results
    ]
    assert [one["metadata"]["link"] for one in records] == [one["attribution"]["link"] for one in results]
    assert {one["metadata"]["verdict"] for one in records} == {"answered"}


def test_a_threshold_leaves_out_what_is_below_it(client: TestClient) -> None:
    every = asked(client, "can't sleep before exams").json()["records"]
    among = asked(client, "can't sleep before exams", score_threshold=every[0]["score"]).json()["records"]
    assert among == every[:1]


def test_conditions_are_filters(client: TestClient) -> None:
    fees = asked(client, "receipt", condition(("tags", "contains", "fees"))).json()["records"]
    assert {one["metadata"]["document_id"] for one in fees} == {"site/fees.md", "note/insurance"}
    spanish = asked(client, "cita", condition(("language", "is", "es"))).json()["records"]
    assert {one["metadata"]["document_id"] for one in spanish} == {"note/primera"}
    one = asked(client, "fees", condition(("document_id", "in", ["site/fees.md"]))).json()["records"]
    assert [record["metadata"]["document_id"] for record in one] == ["site/fees.md"]


@pytest.mark.parametrize(
    "refused",
    [
        condition(("category", "is", "fees")),
        condition(("tags", "not contains", "fees")),
        condition(("tags", "is", "fees"), ("tags", "is", "money")),
        {"logical_operator": "or", "conditions": []},
    ],
)
def test_a_condition_that_no_filter_can_say_is_refused_rather_than_ignored(
    client: TestClient, refused: object
) -> None:
    response = asked(client, "fees", refused)
    assert response.status_code == 422
    assert response.json()["field"].startswith("metadata_condition")


def test_a_crisis_comes_first_and_whatever_the_threshold(client: TestClient) -> None:
    records = asked(client, "I want to kill myself", score_threshold=1.0).json()["records"]
    assert records[0]["metadata"]["notice"]["kind"] == "crisis"
    assert "https://findahelpline.com" in records[0]["content"]
    assert records[0]["score"] == 1.0


def test_a_knowledge_that_is_not_there_has_difys_code(client: TestClient) -> None:
    body = {"knowledge_id": "nowhere", "query": "end my life", "retrieval_setting": {"top_k": 3}}
    response = client.post("/retrieval", json=body)
    assert response.status_code == 404
    assert response.json()["error_code"] == 2001
    assert response.json()["notices"][0]["kind"] == "crisis"


def test_more_than_may_be_asked_for_is_refused(client: TestClient) -> None:
    assert asked(client, "fees", top_k=51).json()["field"] == "retrieval_setting.top_k"
    assert asked(client, "fees", top_k=0).status_code == 422
    assert asked(client, "  ").json()["field"] == "query"


@pytest.mark.parametrize("setting", [{"top_k": "5"}, {"top_k": True}, {"score_threshold": False}])
def test_what_is_no_number_is_refused_and_not_taken_for_one(client: TestClient, setting: object) -> None:
    assert asked(client, "fees", **setting).status_code == 422  # type: ignore[arg-type]
