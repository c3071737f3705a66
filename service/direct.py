"""A route that reads a well-formed body at once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from inspect import signature
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

_JSON = "application/json"


class DirectRoute(APIRoute):
    """For an endpoint that is given the request and its JSON body and nothing else.

    pydantic reads the body's bytes itself. The framework parses them, solves dependencies that there are none
    of, and validates, which takes a tenth of a millisecond longer. What pydantic does not take goes that way,
    which takes a little more (a half of a surrogate pair, UTF-16), and says what is wrong.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint, as the router calls it."""
        usual, endpoint = super().get_route_handler(), self.endpoint
        model = None if self.body_field is None else self.body_field.field_info.annotation
        alone = tuple(signature(endpoint).parameters) == ("request", "body")
        if not (alone and isinstance(model, type) and issubclass(model, BaseModel)):
            return usual

        async def direct(request: Request) -> Response:
            if request.headers.get("content-type") != _JSON:
                return await usual(request)
            try:
                body = model.model_validate_json(await request.body())
            except ValidationError:
                return await usual(request)
            answered: Response = await endpoint(request, body)
            return answered

        return direct
