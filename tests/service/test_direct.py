"""What pydantic reads at once the framework reads the same; that it is read at all is tested with the API."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from service import schemas
from service.direct import DirectRoute
from service.routes import router

ODD = [
    '"x"', '""', '"5"', '"hybrid"', '"\\ud800"', '"a\\u0000b"', "5", "-0", "5.0", "5.5", "1e2", "1e400",
    "NaN", "Infinity", "12345678901234567890123", "true", "false", "null", "[]", "[1]", '["a"]', "[null]",
    '[["a"]]', "{}", '{"tags": ["a"]}', '{"tags": "a"}', '{"language": 5}', '{"document_id": ["a", 1]}',
    '{"tag": ["a"]}', '[{"query": "a", "limit": 2}, {"query": "b", "group": false}]',
]  # fmt: skip
WHOLE = {"query": '"q"', "prefix": '"p"', "queries": '[{"query": "q"}]'}


@pytest.mark.parametrize("model", [schemas.SearchRequest, schemas.BatchRequest, schemas.SuggestRequest])
def test_what_is_read_at_once_is_read_as_the_framework_reads_it(model: type[BaseModel]) -> None:
    taken = 0
    for field in model.model_fields:
        for odd in ODD:
            fields = {name: value for name, value in WHOLE.items() if name in model.model_fields} | {
                field: odd
            }
            body = "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"
            try:
                read = model.model_validate_json(body)
            except ValidationError:
                continue
            taken += 1
            assert read == TypeAdapter(model).validate_python(json.loads(body)), body
    assert taken


def test_endpoints_with_a_body_alone_are_read_at_once() -> None:
    routes = [route for route in router.routes if isinstance(route, DirectRoute)]
    direct = {route.path for route in routes if route.is_direct}
    assert direct == {"/v1/search", "/v1/search/batch", "/v1/suggest"}
