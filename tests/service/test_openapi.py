from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from tests.practice import QUESTIONS
from tests.service.described import Description, check, description, operations, validate

TAKES_NO_TURN = ("/health/live", "/health/ready", "/metrics")


@pytest.fixture(scope="module")
def document(client: TestClient) -> Description:
    return description(client)


def fields(document: Description) -> Iterator[tuple[str, Description]]:
    for name, schema in document["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            yield f"{name}.{field}", said


def test_every_reference_leads_somewhere(document: Description) -> None:
    def walk(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    for reference in set(walk(document)):
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]


def test_every_schema_is_one_and_is_described(document: Description) -> None:
    for name, schema in document["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description"), f"{name} is not described"
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_field_is_described_and_has_an_example(document: Description) -> None:
    for name, said in fields(document):
        assert said.get("description"), f"{name} is not described"
        shown = said.get("examples") or said.get("enum") or said.get("const") or "$ref" in said
        holds_described = "$ref" in said.get("items", {})
        is_flag = said.get("type") == "boolean"
        assert shown or holds_described or is_flag, f"{name} has no example"


def test_every_example_is_valid(document: Description) -> None:
    for name, said in fields(document):
        for example in said.get("examples", []):
            try:
                validate(document, said, example)
            except Exception as error:
                raise AssertionError(f"{name}: {error}") from None


def test_every_operation_and_parameter_is_described(document: Description) -> None:
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        assert operation.get("description"), f"{where} is not described"
        assert operation.get("tags"), f"{where} has no tag"
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), f"{where}: {parameter['name']} is not described"
        for status, response in operation["responses"].items():
            assert response.get("description"), f"{where} {status} is not described"


def test_what_is_read_and_written_names_its_version(document: Description) -> None:
    path = document["paths"]["/v1/documents/{document_id}"]
    assert all("ETag" in path[method]["responses"]["200"]["headers"] for method in ("get", "put"))


def test_every_operation_declares_the_errors_it_can_give(document: Description) -> None:
    for path, method, operation in operations(document):
        declared = set(operation["responses"])
        where = f"{method} {path}"
        if path not in TAKES_NO_TURN:
            assert {"408", "413", "503"} <= declared, where
        if operation.get("parameters"):
            assert "422" in declared, where
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            assert {"400", "422"} <= declared, where
        for status in declared:
            content = operation["responses"][status].get("content", {})
            assert content or status == "304", f"{where} {status}"
            if int(status) >= 400:
                assert list(content) == ["application/problem+json"], f"{where} {status}"


def test_the_paths_are_those_of_the_contract(document: Description) -> None:
    assert {(method, path) for path, method, _ in operations(document)} == {
        ("post", "/v1/search"),
        ("post", "/v1/search/batch"),
        ("post", "/v1/suggest"),
        ("get", "/v1/collections"),
        ("get", "/v1/documents"),
        ("get", "/v1/documents/{document_id}"),
        ("put", "/v1/documents/{document_id}"),
        ("delete", "/v1/documents/{document_id}"),
        ("post", "/v1/documents"),
        ("get", "/v1/changes"),
        ("post", "/v1/context"),
        ("post", "/v1/citations/check"),
        ("post", "/retrieval"),
        ("get", "/health/live"),
        ("get", "/health/ready"),
        ("get", "/metrics"),
    }


def test_every_operation_has_an_example_of_what_is_sent_and_of_each_answer(document: Description) -> None:
    for path, method, operation in operations(document):
        bodies = [*operation["responses"].values(), operation.get("requestBody", {})]
        for content in (one for body in bodies for one in body.get("content", {}).values()):
            where = f"{method} {path}: {content.get('example')}"
            assert content.get("example") not in (None, {}, ""), where
            validate(document, content["schema"], content["example"])


def test_the_examples_say_what_is_really_said(client: TestClient, document: Description) -> None:
    paths = document["paths"]
    for address in ("/health/live", "/health/ready"):
        shown = paths[address]["get"]["responses"]["200"]["content"]["application/json"]["example"]
        told = client.get(address).json()
        assert (shown["status"], shown.keys()) == (told["status"], told.keys())
    asked = paths["/v1/search"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert asked["group"] is True  # as it is where nothing is said


def test_the_requests_of_the_examples_are_taken(writing: TestClient) -> None:
    for path, method, operation in operations(description(writing)):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            sent = (
                content["example"] if isinstance(content["example"], str) else json.dumps(content["example"])
            )
            headers = {"Content-Type": media}
            address = path.replace("{document_id}", "notes/1")
            response = writing.request(method, address, content=sent, headers=headers)
            expected = 404 if "citations" in path else 200  # it cites a document that is not here
            assert response.status_code == expected, f"{method} {path}: {response.text}"


def test_a_request_like_the_examples_is_answered(client: TestClient, document: Description) -> None:
    schema = document["components"]["schemas"]["SearchRequest"]
    body = {name: said["examples"][0] for name, said in schema["properties"].items() if said.get("examples")}
    validate(document, schema, body)
    assert client.post("/v1/search", json=body).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        *(("POST", "/v1/search", {"query": question}) for question in QUESTIONS),
        ("POST", "/v1/search", {"query": "fees", "group": False, "mode": "dense"}),
        ("POST", "/v1/search", {"query": "zzzz", "mode": "lexical"}),
        ("POST", "/v1/search", {"query": ""}),
        ("POST", "/v1/search", {"query": "fees", "collection": "nowhere"}),
        ("POST", "/v1/search", []),
        ("POST", "/v1/search", {"query": "x" * 17_000}),
        ("POST", "/v1/search/batch", {"queries": [{"query": "fees"}, {"query": "sleep"}]}),
        ("POST", "/v1/search/batch", {"queries": []}),
        ("POST", "/v1/suggest", {"prefix": "fe"}),
        ("POST", "/v1/suggest", {}),
        (
            "POST",
            "/retrieval",
            {"knowledge_id": "default", "query": "fees", "retrieval_setting": {"top_k": 2}},
        ),
        ("POST", "/retrieval", {"knowledge_id": "no", "query": "fees", "retrieval_setting": {"top_k": 2}}),
        ("POST", "/retrieval", {"query": "fees"}),
        ("GET", "/v1/collections", None),
        ("GET", "/v1/documents", None),
        ("GET", "/v1/documents?limit=2", None),
        ("GET", "/v1/documents?limit=0", None),
        ("GET", "/v1/documents?collection=nowhere", None),
        ("GET", "/v1/documents/site/fees.md", None),
        ("GET", "/v1/documents/note%2Femoji%20%F0%9F%98%80%20astral", None),
        ("GET", "/v1/documents/nothing", None),
        ("GET", "/v1/changes", None),
        ("POST", "/v1/context", {"query": "how much is a session", "tokens": 300}),
        ("POST", "/v1/context", {"query": "how much is a session", "tokens": 0}),
        ("POST", "/v1/context", {"query": "fees", "tokens": 9, "collection": "nowhere"}),
        ("POST", "/v1/citations/check", {"answer": "So [1].", "passages": []}),
        ("POST", "/v1/search", {"query": "fees", "cursor": "nonsense"}),
        ("GET", "/v1/changes?after=-1", None),
        ("GET", "/v1/changes?after=99999999999999999999", None),
        ("PUT", "/v1/documents/x", {}),
        ("PUT", "/v1/documents/x?wait=perhaps", {"text": "owls"}),
        ("DELETE", "/v1/documents/nothing", None),
        ("GET", "/health/live", None),
        ("GET", "/health/ready", None),
        ("GET", "/metrics", None),
    ],
)
def test_real_answers_are_as_described(
    client: TestClient, document: Description, method: str, path: str, body: object
) -> None:
    response = client.request(method, path, json=body) if body is not None else client.request(method, path)
    check(document, method, path.partition("?")[0], response)


def test_an_address_names_all_methods_that_it_takes(client: TestClient) -> None:
    assert client.patch("/v1/documents/x").headers["allow"] == "DELETE, GET, PUT"
    assert client.patch("/v1/documents").headers["allow"] == "GET, POST"


def test_real_writes_are_answered_as_described(writing: TestClient, document: Description) -> None:
    path = "/v1/documents/owls/in/the/attic"
    for method, query, body in (
        ("PUT", "", {"title": "Owls", "text": "Owls."}),
        ("PUT", "?wait=true", {"text": "Owls and mice."}),
        ("DELETE", "?wait=true", None),
        ("DELETE", "", None),
    ):
        check(document, method, path, writing.request(method, path + query, json=body))


def test_the_control_a_key_that_is_not_described_is_noticed(
    client: TestClient, document: Description
) -> None:
    schema = {"$ref": "#/components/schemas/AnswerBody"}
    answer = client.post("/v1/search", json={"query": "fees"}).json()
    validate(document, schema, answer)
    with pytest.raises(Exception, match="unheard_of"):
        validate(document, schema, {**answer, "unheard_of": 1})
