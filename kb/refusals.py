"""What the last ingest of each source refused, kept beside the catalogue for its owner to look at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kb.types import Refusal

_FILE = "refused.json"


@dataclass(frozen=True, slots=True)
class Refused:
    """What one ingest refused, and when it was, ISO 8601."""

    at: str
    collection: str
    refusals: tuple[Refusal, ...]


def keep(data: Path, collection: str, sources: Sequence[Path], refusals: Sequence[Refusal]) -> None:
    """Replaces what was kept of the same sources."""
    kept = _read(data)
    key = "\n".join([collection, *map(str, sources)])
    if not refusals and key not in kept:
        return
    kept.pop(key, None)
    if refusals:
        told = [[refusal.source, refusal.reason] for refusal in refusals]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept[key] = {"at": now, "collection": collection, "refused": told}
    new = data / f"{_FILE}.new"
    new.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8", "surrogateescape")
    new.rename(data / _FILE)


def kept(data: Path) -> list[Refused]:
    """What is kept, the latest first."""
    found = [
        Refused(
            str(one["at"]),
            str(one["collection"]),
            tuple(Refusal(s, r) for s, r in one["refused"]),  # type: ignore[attr-defined]
        )
        for one in _read(data).values()
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _read(data: Path) -> dict[str, dict[str, object]]:
    try:
        found: dict[str, dict[str, object]] = json.loads((data / _FILE).read_text("utf-8", "surrogateescape"))
    except (
        OSError,
        ValueError,
    ):  # nothing was refused so far; or the file, which is only told from, is broken
        return {}
    return found
