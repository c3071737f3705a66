"""What comes in, from a request or a command line: its text, and where from."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

_OF_PROXIES = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def whole(text: str) -> str:
    """The text with what is no character replaced: half a surrogate pair, which JSON can say and a shell
    can hand over, but neither an encoder nor an index takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Whether an address, or a host's name, is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_near(peer: str, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this machine: not through a proxy on it, and not from a browser that
    was led to believe that another site's name is this machine's."""
    return is_loopback(peer) and not is_passed_on(headers) and is_loopback(_asked_by(headers))


def is_by_own_name(headers: Mapping[str, str]) -> bool:
    """Whether a request asks by a name that may be this machine's own: one of its loopback's, or one without
    a dot, which no site has; not as a page does whose own name was pointed at this machine."""
    name = _asked_by(headers)
    return is_loopback(name) or not {".", ":"}.intersection(name)


def _asked_by(headers: Mapping[str, str]) -> str:
    host = headers.get("host", "").lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def is_passed_on(headers: Mapping[str, str]) -> bool:
    """Whether a request says that it came through a proxy."""
    return any(header in headers for header in _OF_PROXIES)
