"""What is wrong with a request's body or parameters, in words that tell how to mend it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

_WORDS = {
    "missing": "is missing",
    "model_attributes_type": "is to be a JSON object",
    "model_type": "is to be a JSON object",
    "dict_type": "is to be a JSON object",
    "list_type": "is to be a list",
    "string_type": "is to be a string",
    "int_type": "is to be a whole number",
    "int_from_float": "is to be a whole number",
    "int_parsing": "is to be a whole number",
    "bool_type": "is to be true or false",
    "bool_parsing": "is to be true or false",
    "too_short": "has at least {min_length}",
    "too_long": "has at most {max_length}",
    "string_too_short": "has at least {min_length} characters",
    "string_too_long": "has at most {max_length} characters",
    "greater_than_equal": "is at least {ge}",
    "less_than_equal": "is at most {le}",
    "literal_error": "is one of {expected}",
}
_SAID_BY_ANSWER = {"cursor": "is not what an answer's `next` said"}


def words(error: Mapping[str, Any], model: type[BaseModel] | None) -> str:
    """Of an error as pydantic tells it, in a body of this model; after the name of what it is about."""
    kind, place = error["type"], error["loc"]
    if kind == "extra_forbidden" and model is not None:
        return _unknown(str(place[-1]), _fields(model, place[1:-1]))
    if kind == "string_pattern_mismatch" and place[-1] in _SAID_BY_ANSWER:
        return _SAID_BY_ANSWER[place[-1]]
    said = _WORDS.get(kind)
    return str(error["msg"]) if said is None else said.format(**error.get("ctx", {}))


def _unknown(name: str, fields: Sequence[str]) -> str:
    near = get_close_matches(name, fields, 1)
    if near:
        return f"there is no such field; did you mean {near[0]}?"
    return f"there is no such field; there are {', '.join(fields)}" if fields else "there is no such field"


def _fields(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """Those that there are at a place in a body; none where that is no model's."""
    for part in place:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = None if field is None else next(iter(get_args(field.annotation)), field.annotation)
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)
