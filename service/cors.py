"""Which pages of other origins may read answers (Fetch standard, CORS protocol)."""

from __future__ import annotations

from collections.abc import Iterable

from kb.config import Config

Header = tuple[bytes, bytes]

_KEPT = b"7200"  # seconds that a preflight is remembered: the most that Chromium does
_METHODS = b"GET, POST, PUT, DELETE"
_ASKED = b"authorization, content-type, if-match, if-none-match, x-request-id"
_SHOWN = b"ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID"


class Origins:
    """The origins that `kb.toml` names, by collection."""

    def __init__(self, config: Config) -> None:
        everywhere = frozenset(config.service.origins)
        self._everywhere = everywhere
        self._of = {one.name: everywhere.union(one.origins) for one in config.collection}
        self.any = everywhere.union(*self._of.values())

    def of(self, collection: str) -> frozenset[str]:
        """Those whose pages may read answers from this collection."""
        return self._of.get(collection, self._everywhere)


def is_own(origin: str, host: str) -> bool:
    """Whether a page of this origin is one of the service's own, by what it was asked at."""
    return origin.partition("://")[2] == host.lower()


def preflight(origin: str, allowed: bool) -> list[Header]:
    """The headers of the answer to a browser that asks whether it may ask."""
    vary = b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
    if not allowed:
        return [(b"vary", vary)]
    return [
        (b"vary", vary),
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _ASKED),
        (b"access-control-max-age", _KEPT),
    ]


def readable(headers: Iterable[Header], origin: str | None) -> list[Header]:
    """An answer's headers, so that pages of this origin, if there is one, may read it."""
    found = list(headers)
    if any(name == b"access-control-allow-origin" for name, _ in found):
        return found  # what is for everyone says so itself
    found.append((b"vary", b"Origin"))
    if origin is not None:
        found.append((b"access-control-allow-origin", origin.encode("latin-1")))
        found.append((b"access-control-expose-headers", _SHOWN))
    return found
