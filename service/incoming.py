"""Text as it comes in, from a request or a command line."""

from __future__ import annotations


def whole(text: str) -> str:
    """The text with what is no character replaced: half a surrogate pair, which JSON can say and a shell
    can hand over, but neither an encoder nor an index takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
