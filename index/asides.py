"""Passages that tell where a page has what it says from: they are full of its words, and answer nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from index.readings import plain_tokens

# What such a section is headed, in the languages that are asked most, and beside which words.
_LISTS: Final = frozenset(
    """sources references bibliography citations cited footnotes quellen quellenangaben literaturverzeichnis
    einzelnachweise fuentes referencias bibliografia bibliographie fonti""".split()
)
_BESIDE: Final = frozenset("and our the list of works for this page article y und et e de".split())
_KNOWN: Final = _LISTS | _BESIDE
_LONGEST: Final = 80  # characters of such a heading
# What their score counts: enough less that what the page itself says comes first, of whatever it is about.
_WORTH: Final = 0.75
_FILE: Final = "asides.npy"


@lru_cache(maxsize=4096)
def lists_sources(heading: str) -> bool:
    """Whether a section with that heading is a list of sources."""
    said = set(plain_tokens(heading)) if len(heading) <= _LONGEST else set()
    return not said.isdisjoint(_LISTS) and said <= _KNOWN


def write(contexts: Sequence[str], folder: Path) -> None:
    """Writes which passages list sources, by their titles and headings, one a line; the nth is position n."""
    places = [n for n, context in enumerate(contexts) if lists_sources(context.rpartition("\n")[2])]
    np.save(folder / _FILE, np.array(places, np.int64))


def read(folder: Path) -> frozenset[int]:
    """The positions that `write` wrote; none where an earlier version made the folder."""
    path = folder / _FILE
    return frozenset(np.load(path, allow_pickle=False).tolist()) if path.exists() else frozenset()


def worth(position: int, asides: frozenset[int]) -> float:
    """What a passage's score is multiplied by."""
    return _WORTH if position in asides else 1.0
