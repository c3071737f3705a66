"""`/docs`: the OpenAPI document as a page to read, made here, without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from jinja2 import Environment, Template
from markupsafe import Markup, escape
from starlette.responses import Response

from service.describe import described

router = APIRouter(include_in_schema=False)

_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Referrer-Policy": "no-referrer",
}
_CODE = re.compile(r"`([^`]+)`")


@router.get("/docs")
async def reference(request: Request) -> Response:
    """The API, an operation after the other."""
    app: FastAPI = request.app
    document = described(app)
    page = _template().render(document=document, groups=_groups(document))
    return Response(page, headers=_HEADERS, media_type="text/html")


@router.get("/docs.css")
async def style() -> Response:
    """The page's looks."""
    return Response(_web("docs.css"), headers={"Cache-Control": "max-age=3600"}, media_type="text/css")


def _groups(document: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations by tag, in the document's order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            entry = {"path": path, "method": method.upper(), "anchor": f"{method}{_slug(path)}", **operation}
            found.setdefault(operation["tags"][0], []).append(entry)
    return found


def _slug(path: str) -> str:
    return re.sub(r"[^a-z]+", "-", path.lower()).rstrip("-") or "-page"


def _pretty(example: object) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2, ensure_ascii=False)


def _with_code(text: str) -> Markup:
    """A description with its code as code."""
    parts = _CODE.split(text)
    marked = [
        Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(parts)
    ]
    return Markup("").join(marked)


def type_of(schema: Mapping[str, Any]) -> str:
    """A schema's type in a few words."""
    if "$ref" in schema:
        return name_of(schema)
    if "anyOf" in schema:
        return " or ".join(type_of(one) for one in schema["anyOf"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(one) for one in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def meaning(part: Mapping[str, Any]) -> str:
    """What a field or a parameter is, and what it is where it is not said."""
    default = part.get("default", part.get("schema", {}).get("default"))
    said = str(part.get("description", ""))
    return said if default in (None, "", [], {}) else f"{said} Default: `{json.dumps(default)}`."


def name_of(schema: Mapping[str, Any]) -> str:
    """Of the body that a schema refers to; empty where it is described in its place."""
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _access(operation: Mapping[str, Any]) -> str:
    """What an operation needs."""
    security = operation["security"]
    if not security:
        return "no key"
    scope = security[0]["key"][0]
    return f"{scope} key, but none is asked for at present" if {} in security else f"{scope} key"


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        pretty=_pretty, code=_with_code, type=type_of, name=name_of, meaning=meaning, access=_access
    )
    return environment.from_string(_web("docs.html"))


@cache
def _web(name: str) -> str:
    return (files("service") / "web" / name).read_text("utf-8")
