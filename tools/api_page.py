"""Writes docs/api.md, the API reference, from the service's OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.reference import meaning, name_of, type_of
from tools.openapi import document

PAGE = Path(__file__).parents[1] / "docs" / "api.md"
_HEAD = "# API reference\n\nMade from the OpenAPI document, which a running service has at `/openapi.json`."


def text() -> str:
    """The page: each operation with what it takes, an example, and what it can be answered; then each body,
    field by field."""
    described = document()
    parts = [_HEAD]
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            parts.append("\n".join(_operation(method.upper(), path, operation)))
    parts.append("## Bodies")
    for name, schema in described["components"]["schemas"].items():
        if schema.get("properties"):
            parts.append("\n".join(_body(name, schema)))
    return "\n\n".join(parts) + "\n"


def _operation(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"## {method} {path}\n\n{operation['description']}"
    scopes = [scope for way in operation.get("security", []) for scope in way.get("key", [])]
    if scopes:
        yield f"\nScope: `{scopes[0]}`."
    if operation.get("parameters"):
        yield "\n| parameter | in | what it is |\n|---|---|---|"
        for one in operation["parameters"]:
            yield f"| `{one['name']}` | {one['in']} | {_cell(meaning(one))} |"
    for title, said in (("Request", operation.get("requestBody")), ("Answer", operation["responses"]["200"])):
        for content in (said or {}).get("content", {}).values():
            name = name_of(content["schema"])
            body = f" ([{name}](#{name.lower()}))" if name else ""
            yield f"\n{title}{body}:\n\n```json\n{_example(content.get('example'))}\n```"
    yield "\n| status | meaning |\n|---|---|"
    for status, response in operation["responses"].items():
        yield f"| {status} | {_cell(response['description'])} |"


def _body(name: str, schema: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}\n\n{schema.get('description', '')}"
    yield "\n| field | type | meaning |\n|---|---|---|"
    for field, part in schema["properties"].items():
        needed = ", required" if field in schema.get("required", []) else ""
        yield f"| `{field}` | {_cell(type_of(part))}{needed} | {_cell(meaning(part))} |"


def _example(example: object) -> str:
    return example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, indent=2)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


if __name__ == "__main__":
    PAGE.write_text(text())
