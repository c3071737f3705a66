"""`kb keys`: made, listed, ended, replaced."""

from __future__ import annotations

from datetime import UTC, datetime

from kb.keys import Key
from service.bodies import Json

_LAST = int(datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp())  # what comes after has no date


def key_body(key: Key, now: float) -> Json:
    """A key in `kb keys list --json`; what it is used as is nowhere kept."""
    return {
        "id": key.id,
        "scope": key.scope,
        "collection": key.collection,
        "origins": list(key.origins),
        "rate": None if key.rate is None else str(key.rate),
        "note": key.note,
        "created": _moment(key.created),
        "expires": _moment(key.expires),
        "revoked": _moment(key.revoked),
        "replaces": key.replaces,
        "state": key.state(now),
    }


def key_line(key: Key, now: float) -> str:
    """The same for a person."""
    parts = [key.id, f"{key.scope} in {key.collection}", key.state(now)]
    if key.expires is not None and key.state(now) == "active":
        parts.append(f"until {_moment(key.expires)}")
    if key.rate is not None:
        parts.append(str(key.rate))
    if key.origins:
        parts.append("for " + ", ".join(key.origins))
    if key.note:
        parts.append(key.note)
    return "  ".join(parts)


def warnings(key: Key) -> list[str]:
    """What the owner should know of a new key."""
    if not key.origins:
        return []
    if key.scope != "search":
        return [
            f"this key may do more than search ({key.scope}): keep it out of pages, where all can read it"
        ]
    return ["a key that stands in a page is no secret: it is held to searching, to these origins and a rate"]


def _moment(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(min(seconds, _LAST), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
