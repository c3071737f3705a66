"""Checks an answer against what the OpenAPI document says of it."""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

Description = dict[str, Any]


def description(client: TestClient) -> Description:
    """The OpenAPI document."""
    found: Description = client.get("/openapi.json").json()
    return found


def operations(document: Description) -> list[tuple[str, str, Description]]:
    """(path, method, operation) of each."""
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def check(document: Description, method: str, path: str, response: Any) -> None:
    """Raises AssertionError where the answer is none that the document describes."""
    operation = operation_of(document, method, path)
    if operation is None:
        assert response.status_code in (400, 403, 404, 405, 413), f"{method} {path}: {response.status_code}"
        return
    said = operation["responses"].get(str(response.status_code))
    assert said is not None, (
        f"{method} {path} does not describe {response.status_code}: {response.text[:300]}"
    )
    if "content" not in said:
        assert response.content == b""
        return
    media = response.headers["content-type"].partition(";")[0]
    assert media in said["content"], f"{method} {path} {response.status_code} does not describe {media}"
    schema = said["content"][media].get("schema", {})
    if media.endswith("json"):
        validate(document, schema, response.json())
    for name, header in said.get("headers", {}).items():
        assert not header.get("required") or name in response.headers, f"{method} {path} lacks {name}"


def validate(document: Description, schema: Description, body: object) -> None:
    """Validates a body by a schema of the document, strictly: no key is left undescribed."""
    whole = {**_strict(schema), "components": _strict(document["components"])}
    Draft202012Validator(whole).validate(body)


def operation_of(document: Description, method: str, path: str) -> Description | None:
    """The operation that a request is one of."""
    for template, methods in document["paths"].items():
        pattern = re.sub(r"\{\w+\}", ".*", template)
        if re.fullmatch(pattern, path, re.DOTALL) and method.lower() in methods:
            found: Description = methods[method.lower()]
            return found
    return None


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(value) for key, value in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        strict.setdefault("additionalProperties", False)
    return strict
