"""What comes in, from a request or a command line: its text, and where from."""

from __future__ import annotations

import ipaddress


def whole(text: str) -> str:
    """The text with what is no character replaced: half a surrogate pair, which JSON can say and a shell
    can hand over, but neither an encoder nor an index takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def is_loopback(host: str) -> bool:
    """Whether an address, or a host's name, is this machine's own."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
