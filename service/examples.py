"""An example for each operation, put together from the examples of its parts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

Schema = dict[str, Any]


def example_of(schema: Schema, components: Schema) -> Any:
    """A value that the schema describes: of its own example, else of its parts'."""
    if "$ref" in schema:
        return example_of(components[schema["$ref"].rpartition("/")[2]], components)
    if schema.get("examples"):
        return schema["examples"][0]
    if isinstance(schema.get("default"), bool):
        return schema["default"]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example_of(schema["anyOf"][0], components)
    if schema.get("type") == "object":
        parts = schema.get("properties", {})
        needed = schema.get("required", [])
        shown = {name: part for name, part in parts.items() if name in needed or _shown(part)}
        return {name: example_of(part, components) for name, part in shown.items()}
    if schema.get("type") == "array":
        return [example_of(schema["items"], components)]
    return {"boolean": False, "integer": 1, "number": 1.0, "string": "…"}.get(schema.get("type", ""))


def add(document: Schema) -> None:
    """Gives every body of every operation of an OpenAPI document an example."""
    components = document["components"]["schemas"]
    for path in document["paths"].values():
        for operation in path.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content.setdefault("example", example_of(content["schema"], components))
            for status, response in operation["responses"].items():
                for content in response.get("content", {}).values():
                    example = example_of(content["schema"], components)
                    if int(status) >= 400:
                        needed = _required(content["schema"], components)
                        held = {name: value for name, value in example.items() if name in needed}
                        example = held | _problem(int(status), response["description"])
                    content.setdefault("example", example)


def _shown(part: Schema) -> bool:
    """Whether a part that may be left out is worth an example: one that shows nothing is not."""
    return bool(part.get("examples", [None])[0]) or "default" in part


def _required(schema: Schema, components: Schema) -> list[str]:
    """The fields that a body always has."""
    if "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    return list(schema.get("required", []))


def _problem(status: int, description: str) -> Schema:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": description,
        "request_id": "0f3a9c1e5b7d4a26",
    }
