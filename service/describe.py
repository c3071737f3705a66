"""The OpenAPI document: what FastAPI writes, made to say what is really taken and sent."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from index.excerpt import LONGEST, SHORTEST
from kb.limits import Limits
from kb.readers.jsonl import ID_CHARACTERS, TITLE_CHARACTERS
from service import examples
from service.access import SCOPE_OF, Need, need_of
from service.gate import Doorkeeper
from service.schemas import DocumentRequest

_LEFT, _POLICY = '"key";r=599;t=0', '"key";q=600;w=60'
_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "A key that `kb keys create` made, of the scope that is named here or one above it: "
    "search, ingest, admin. It is for one collection. On its own machine a service without keys asks for "
    "none, and one with keys for none where `admin` is named; where the owner opens search to everyone, "
    "search needs none.",
}
_PROBLEM = "application/problem+json"
_SCHEMAS = "#/components/schemas/"
_NOT_BLANK = r"[^\s\x1c-\x1f\x85]"  # all that str.strip takes off, whoever reads the expression
_SHOWN = r"^[^\s\x00-\x1f\x7f-\x9f\u2028\u2029]+$"  # ids may also have spaces inside


def described(app: FastAPI) -> dict[str, Any]:
    """The document as it holds now: whether a key is asked for depends on whether there are any. It is made
    once for either."""
    keeper: Doorkeeper = app.state.keeper
    free = Need.ADMIN if keeper.is_open else Need.PUBLIC if keeper.public else Need.NOTHING
    made: dict[Need, dict[str, Any]] = app.state.described
    if free not in made:
        made[free] = _described(app, app.state.limits, free)
    return made[free]


def _described(app: FastAPI, limits: Limits, free: Need) -> dict[str, Any]:
    document: dict[str, Any] = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    document["components"]["securitySchemes"] = {"key": {**_KEY}}
    for template, path in document["paths"].items():
        for method, operation in path.items():
            operation["security"] = _security(need_of(method.upper(), template), free)
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    _is_problem(response, status)
    _add_document_request(document)
    _add_bulk_request(document)
    _add_limits(document, limits)
    _add_links(document)
    examples.add(document)
    return document


def _is_problem(response: dict[str, Any], status: str) -> None:
    """Errors have a media type of their own; those that pass say when to try again."""
    response["content"] = {_PROBLEM: next(iter(response["content"].values()))}
    if status in ("429", "503"):
        response["headers"] = {"Retry-After": _header("Seconds after which to try again.", 3, "integer")}
    if status == "429":
        response["headers"]["RateLimit"] = _header("What is left (r), and when more is (t).", _LEFT)
        response["headers"]["RateLimit-Policy"] = _header("How many (q) in how many seconds (w).", _POLICY)
    if status == "401":
        response["headers"] = {"WWW-Authenticate": _header("How to ask.", 'Bearer realm="kb"')}


def _header(description: str, example: object, type_: str = "string") -> dict[str, Any]:
    schema = {"type": type_, "examples": [example]}
    return {"description": description, "required": True, "schema": schema}


def _security(need: Need, free: Need) -> list[dict[str, list[str]]]:
    """Any one of them lets a request in; the empty one is for who has no key, who may do what is `free`, and,
    on the service's own machine, what the owner may."""
    if need is Need.NOTHING:
        return []
    with_key = {"key": [SCOPE_OF[need]]}
    return [with_key, {}] if need <= free or need is Need.ADMIN else [with_key]


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


def _add_bulk_request(document: dict[str, Any]) -> None:
    """A stream is a text of many lines; what a line is, its example shows."""
    description = "A document a line, as JSON: `_id`, and what a document's body has."
    lines = {
        "schema": {"type": "string", "minLength": 1, "pattern": _NOT_BLANK, "description": description},
        "example": '{"_id": "fees", "title": "Fees", "text": "A session is 80 pounds."}\n',
    }
    operation = document["paths"]["/v1/documents"]["post"]
    operation["responses"]["200"]["content"]["application/x-ndjson"]["schema"].pop("type")
    operation["requestBody"] = {
        "required": True,
        "description": description,
        "content": {"text/plain": lines},
    }


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
        "RetrievalRequest": {"query": question},
        "RetrievalSetting": {"top_k": {"minimum": 1, "maximum": limits.results}},
        "BatchRequest": {"queries": {"maxItems": limits.batch_queries}},
        "SuggestRequest": {"prefix": {"minLength": 1, "maxLength": limits.query_characters}},
        "ContextRequest": {"query": question},
        "DocumentRequest": {
            "text": {"minLength": 1, "maxLength": limits.characters, "pattern": _NOT_BLANK},
        },
    }
    for name, fields in additions.items():
        for field, rules in fields.items():
            document["components"]["schemas"][name]["properties"][field].update(rules)
    for name in ("TagsCondition", "DocumentCondition"):
        document["components"]["schemas"][name]["properties"]["value"]["anyOf"][1].update(values)
    length = document["components"]["schemas"]["SearchRequest"]["properties"]["excerpt_length"]
    length["anyOf"][0].update(minimum=SHORTEST, maximum=LONGEST)
    title = document["components"]["schemas"]["DocumentRequest"]["properties"]["title"]
    title["anyOf"][0]["maxLength"] = TITLE_CHARACTERS


def _add_links(document: dict[str, Any]) -> None:
    """What may be asked next with what an answer says."""
    paths = document["paths"]
    one = paths["/v1/documents/{document_id}"]
    named = {"document_id": "$response.body#/id", "collection": "$response.body#/collection"}
    for status in ("200", "202"):
        one["put"]["responses"][status]["links"] = {
            "read": {"operationId": one["get"]["operationId"], "parameters": named},
            "remove": {"operationId": one["delete"]["operationId"], "parameters": named},
        }
    paths["/v1/search"]["post"]["responses"]["200"]["links"] = {
        "read": {
            "operationId": one["get"]["operationId"],
            "parameters": {"document_id": "$response.body#/results/0/document_id"},
        }
    }
