"""Whether a knowledge base is as it was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index import generation
from kb.catalogue import Catalogue
from kb.errors import KnowledgeBaseError, NotReady


def flaws(catalogue: Catalogue, data: Path) -> Iterator[str]:
    """Everything in the `.kb` folder that is not as it was written, a line each."""
    try:
        yield from (f"The catalogue: {line}" for line in catalogue.damage())
    except KnowledgeBaseError as error:
        yield str(error)
        return
    try:
        current, digest = generation.current(data)
    except NotReady as error:
        yield str(error)
        current, digest = "", ""
    for name, path in generation.kept(data):
        try:
            generation.check(path, digest if name == current else None)
        except KnowledgeBaseError as error:
            yield str(error)
        else:
            if name == current:
                yield from _lost(catalogue, data, path)
    if current and not (data / "generations" / current).is_dir():
        yield f"The index {current} is not there. Run: kb index"


def _lost(catalogue: Catalogue, data: Path, path: Path) -> Iterator[str]:
    """What the index was made from and the catalogue no longer has."""
    made_from = generation.read_current(data).sequence
    if made_from > catalogue.sequence:
        yield (
            f"The catalogue is at {catalogue.sequence}, its index was made from {made_from}: writes are "
            "lost. Restore the catalogue from a backup, or ingest the sources again."
        )
    for keys in path.glob("*/passages.npy"):
        wanted = [int(key) for key in np.load(keys, allow_pickle=False)]
        held = sum(
            len(catalogue.passages(wanted[first : first + 5_000])) for first in range(0, len(wanted), 5_000)
        )
        if held != len(wanted):
            lost = len(wanted) - held
            yield f"{lost} passages of the index {path.name} are not in the catalogue. Run: kb index"
