"""The OpenAPI document: what FastAPI writes, made to say what is really sent."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service.schemas import DocumentRequest

_PROBLEM = "application/problem+json"


def described(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        app.openapi_schema = _described(app)
    return app.openapi_schema


def _described(app: FastAPI) -> dict[str, Any]:
    document: dict[str, Any] = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    _is_problem(response, status)
    writes = document["paths"]["/v1/documents/{document_id}"]["put"]
    writes["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DocumentRequest"}}},
    }
    document["components"]["schemas"]["DocumentRequest"] = DocumentRequest.model_json_schema()
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
