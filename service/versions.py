"""A document's version as HTTP tells it: `ETag`, and the conditions that name one (RFC 9110, 13.1)."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.datastructures import Headers

from kb.errors import Changed
from service.compression import PACKED

_TAG = re.compile(r'(W/)?"([^"]*)"')
_DIGITS = 32  # of the digest, hexadecimal: 128 bits


def tag(digest: str) -> str:
    """The strong tag of the version with this digest."""
    return f'"{digest[:_DIGITS]}"'


def check_read(version: str, if_none_match: str | None) -> bool:
    """Whether a reader who has these versions is to be sent this one."""
    return if_none_match is None or not _names(if_none_match, version, weakly=True)


def check_write(headers: Headers) -> Callable[[str | None], None] | None:
    """What raises Changed where the version that is held, by its digest, is not one that the conditions in
    these headers are for; None where there are none."""
    if_match, if_none_match = _said(headers, "if-match"), _said(headers, "if-none-match")
    if if_match is None and if_none_match is None:
        return None

    def check(digest: str | None) -> None:
        held = None if digest is None else tag(digest)
        if if_match is not None and (held is None or not _names(if_match, held)):
            raise Changed("the document is not the version that If-Match names")
        if if_none_match is not None and held is not None and _names(if_none_match, held):
            raise Changed("there is such a document already, of a version that If-None-Match names")

    return check


def _said(headers: Headers, name: str) -> str | None:
    """A list, which may stand on several lines (RFC 9110, 5.3)."""
    lines = headers.getlist(name)
    return ", ".join(lines) if lines else None


def _names(said: str, version: str, weakly: bool = False) -> bool:
    """Whether a list of tags, or `*`, names a version; that of a packed answer names what was packed."""
    if said.strip() == "*":
        return True
    wanted = version.strip('"')
    return any(
        opaque.removesuffix(PACKED) == wanted and (weakly or not weak) for weak, opaque in _TAG.findall(said)
    )
