"""The OpenAPI document: what FastAPI writes, made to say what is really taken and sent."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from index.excerpt import LONGEST, SHORTEST
from kb.limits import Limits
from kb.readers.jsonl import ID_CHARACTERS, TITLE_CHARACTERS
from service.schemas import DocumentRequest

_PROBLEM = "application/problem+json"
_SCHEMAS = "#/components/schemas/"
_NOT_BLANK = r"\S"
_SHOWN = r"^[^\s\x00-\x1f\x7f-\x9f\u2028\u2029]+$"  # ids may also have spaces inside


def described(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _described(app, app.state.limits)
    return app.openapi_schema


def _described(app: FastAPI, limits: Limits) -> dict[str, Any]:
    document: dict[str, Any] = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    _is_problem(response, status)
    _add_document_request(document)
    _add_limits(document, limits)
    return document


def _is_problem(response: dict[str, Any], status: str) -> None:
    """Errors have a media type of their own; those that pass say when to try again."""
    response["content"] = {_PROBLEM: response["content"].pop("application/json")}
    if status == "503":
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds after which to try again.",
                "required": True,
                "schema": {"type": "integer", "minimum": 1, "maximum": 5, "examples": [3]},
            }
        }


def _add_document_request(document: dict[str, Any]) -> None:
    """A document is read as a line of JSONL is, and not by its model, which only describes it."""
    schema = DocumentRequest.model_json_schema(ref_template=_SCHEMAS + "{model}")
    schemas = document["components"]["schemas"]
    schemas.update(schema.pop("$defs"), DocumentRequest=schema)
    write = document["paths"]["/v1/documents/{document_id}"]["put"]
    write["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": f"{_SCHEMAS}DocumentRequest"}}},
    }
    for parameter in write["parameters"]:
        if parameter["name"] == "document_id":
            parameter["schema"].update(minLength=1, maxLength=ID_CHARACTERS, pattern=_SHOWN)


def _add_limits(document: dict[str, Any], limits: Limits) -> None:
    """What the searcher refuses, with the limits that the owner has set."""
    question: dict[str, object] = {
        "minLength": 1,
        "maxLength": limits.query_characters,
        "pattern": _NOT_BLANK,
    }
    values: dict[str, object] = {"maxItems": limits.filter_values}
    additions: dict[str, dict[str, dict[str, object]]] = {
        "SearchRequest": {
            "query": question,
            "limit": {"minimum": 1, "maximum": limits.results},
        },
        "SearchFilters": {"tags": values, "document_id": values},
        "BatchRequest": {"queries": {"maxItems": limits.batch_queries}},
        "SuggestRequest": {"prefix": {"minLength": 1, "maxLength": limits.query_characters}},
        "DocumentRequest": {
            "text": {"minLength": 1, "maxLength": limits.characters, "pattern": _NOT_BLANK},
        },
    }
    for name, fields in additions.items():
        for field, rules in fields.items():
            document["components"]["schemas"][name]["properties"][field].update(rules)
    length = document["components"]["schemas"]["SearchRequest"]["properties"]["excerpt_length"]
    length["anyOf"][0].update(minimum=SHORTEST, maximum=LONGEST)
    title = document["components"]["schemas"]["DocumentRequest"]["properties"]["title"]
    title["anyOf"][0]["maxLength"] = TITLE_CHARACTERS
