"""Ingests that are broken off, and gone on with.

    python -m tests.resume --n 1000 [--control forgetful]

An ingest of a folder dies at a random file or commit, again and again until one comes to its end. What it
wrote must be what an undisturbed one writes, and nothing that was committed may be embedded again. The
control knows nothing of what was committed, and must be caught.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kb.ingest
from kb.catalogue import Catalogue
from kb.ingest import ingest
from kb.lock import writing
from kb.passages import embedded_text
from kb.storage import FILE_NAME
from tests import small
from tests.small import ENCODER, in_child, writer

_FILES, _DEAD = 16, 9
_TOPICS = ("sleep", "exams", "fees", "grief", "worry", "insurance")


@dataclass(slots=True)
class Tally:
    """What a run saw; `failures` says each thing that must not be."""

    crawls: int = 0
    broken_off: int = 0
    embedded_again: int = 0
    failures: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        head = (
            f"{self.crawls} ingests, broken off {self.broken_off} times, {self.embedded_again} embedded again"
        )
        return "\n".join([head, *self.failures[:10]])


def resume(n: int, seed: int = 0, control: str | None = None) -> Tally:
    """`n` ingests of a folder, each broken off until it comes to its end."""
    chance, tally = random.Random(seed), Tally()
    with tempfile.TemporaryDirectory(prefix="kb-resume-", dir=small.quick_folder()) as name:
        site = Path(name) / "site"
        site.mkdir()
        for number in range(_FILES):
            (site / f"page-{number:02}.md").write_text(_page(number), "utf-8")
        undisturbed = Path(name) / "undisturbed"
        assert in_child(lambda: _ingest(undisturbed, site, None)) == 0
        want = _content(undisturbed)
        for crawl in range(n):
            _go_on(Path(name) / f"crawl-{crawl}", site, chance, control, want, tally)
    return tally


def _page(number: int) -> str:
    sections = [
        f"## {topic}\n\n"
        + " ".join(f"Page {number} says of {topic} what matters, point {n}." for n in range(9))
        for topic in random.Random(number).sample(_TOPICS, 3)
    ]
    return f"# Page {number}\n\n" + "\n\n".join(sections) + "\n"


def _go_on(
    data: Path, site: Path, chance: random.Random, control: str | None, want: list[Any], tally: Tally
) -> None:
    tally.crawls += 1
    code = _DEAD
    while code == _DEAD:
        committed = _committed(data)
        step = chance.randrange(_FILES + 2)
        code = in_child(lambda: _ingest(data, site, step, control))  # noqa: B023
        again = committed & set(json.loads((data / "embedded").read_text()))
        tally.embedded_again += len(again)
        if again:
            tally.failures.append(f"embedded again: {sorted(again)[0]!r}")
        tally.broken_off += code == _DEAD
    if code:
        tally.failures.append(f"an ingest ended with {code}")
    elif _content(data) != want:
        tally.failures.append("it wrote something else than an undisturbed ingest")


def _ingest(data: Path, site: Path, dies_at: int | None, control: str | None = None) -> None:
    vars(kb.ingest)["_BATCH_PASSAGES"] = 5  # a commit every other page
    steps = iter(range(10_000))

    def progress(*_: object) -> None:
        if next(steps) == dies_at:
            _note_embedded(data)
            os._exit(_DEAD)

    if control == "forgetful":
        for name, nothing in (("file", None), ("digest", None), ("vectors", {})):
            setattr(Catalogue, name, lambda *_, nothing=nothing: nothing)
    ENCODER.passages.clear()
    with writing(data), writer(data) as catalogue:
        ingest(catalogue, ENCODER, [site], progress=progress)
    _note_embedded(data)


def _note_embedded(data: Path) -> None:
    (data / "embedded").write_text(json.dumps(ENCODER.passages))


def _committed(data: Path) -> set[str]:
    """The texts whose vectors are kept."""
    if not data.exists():
        return set()
    with Catalogue(data / FILE_NAME) as catalogue:
        return {
            embedded_text(passage.context, document.text[passage.start : passage.end])
            for document, passages in catalogue.documents()
            for passage, _ in passages
        }


def _content(data: Path) -> list[Any]:
    """All that an ingest writes, but for when."""
    with Catalogue(data / FILE_NAME) as catalogue:
        return [(*held, catalogue.file(held[0].collection, held[0].id)) for held in catalogue.documents()]


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every ingest came to the same; with `--control`, 0 where some did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.resume", description=__doc__)
    parser.add_argument("--n", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--control", choices=("forgetful",), default=None)
    given = parser.parse_args(arguments)
    tally = resume(given.n, given.seed, given.control)
    print(tally)
    return int(bool(tally.failures) != bool(given.control))


if __name__ == "__main__":
    sys.exit(main())
