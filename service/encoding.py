"""What goes out, as bytes; apart from `service.bodies`, which the command line needs without a library."""

from __future__ import annotations

import json
from collections.abc import Mapping

import orjson


def encoded(body: Mapping[str, object]) -> bytes:
    """JSON, by orjson, which is five times as fast as the standard library; that writes what orjson does not
    take: a half of a surrogate pair, a whole number beyond 64 bits."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
