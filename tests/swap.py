"""Readers that ask while the index is replaced under them.

    python -m tests.swap --readers 8 --swaps 1000 [--control live]

Every round a writer brings all documents to a new version and makes a generation. A reply must be of
one version, the one that its generation was made from. The control puts its replies together from
what the catalogue holds at the moment, and must be caught.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.generation import oldest_kept_sequence
from index.search import Searcher
from index.types import Query
from kb.catalogue import Catalogue
from kb.ingest import put
from kb.lock import writing
from kb.storage import FILE_NAME
from tests import small
from tests.small import ENCODER, note, version_of, writer

_IDS = [f"note-{number:02}" for number in range(12)]
_QUESTIONS = ("sleep and worry", "fees and insurance", "version", "grief")


@dataclass(slots=True)
class Tally:
    """What the readers saw. `short` replies are those of a generation that was let go of meanwhile."""

    swaps: int = 0
    replies: int = 0
    taken_up: int = 0
    short: int = 0
    failures: list[str] = field(default_factory=list)
    descriptors: tuple[int, int] = (0, 0)  # before, after
    maps: tuple[int, int] = (0, 0)
    threads: tuple[int, int] = (0, 0)

    def __str__(self) -> str:
        head = (
            f"{self.swaps} swaps, {self.taken_up} taken up, {self.replies} replies, {self.short} short, "
            f"{len(self.failures)} failures; descriptors {self.descriptors}, deleted files mapped "
            f"{self.maps}, threads {self.threads}"
        )
        return "\n".join([head, *self.failures[:10]])


def swap(readers: int, swaps: int, control: str | None = None) -> Tally:
    """Asks from `readers` threads until the writer has replaced the index `swaps` times."""
    tally = Tally()
    with tempfile.TemporaryDirectory(
        prefix="kb-swap-", dir=small.quick_folder(), ignore_cleanup_errors=True
    ) as name:
        data = Path(name) / ".kb"
        small.filled(data, [note(id) for id in _IDS])
        with writing(data), writer(data) as catalogue:
            _exercise(data, catalogue, readers, 2, control, Tally())  # what is opened once and for all
            before = _held()
            _exercise(data, catalogue, readers, swaps, control, tally)
            after = _held()
    tally.descriptors, tally.maps, tally.threads = zip(before, after, strict=True)
    for what, (then, now) in (
        ("descriptors", tally.descriptors),
        ("deleted files mapped", tally.maps),
        ("threads", tally.threads),
    ):
        if now > then:
            tally.failures.append(f"{what}: {then} before, {now} after")
    return tally


def _exercise(
    data: Path, catalogue: Catalogue, readers: int, swaps: int, control: str | None, tally: Tally
) -> None:
    with Catalogue(data / FILE_NAME) as read:
        searcher, done = Searcher(data, read, ENCODER), threading.Event()
        counts = [Tally() for _ in range(readers)]
        threads = [
            threading.Thread(target=_ask, args=(searcher, read, done, control, count)) for count in counts
        ]
        for thread in threads:
            thread.start()
        try:
            for version in range(1, swaps + 1):
                put(catalogue, ENCODER, [note(id, catalogue.sequence + 1) for id in _IDS])
                small.make(catalogue, data)
                catalogue.forget_before(oldest_kept_sequence(data))
                tally.swaps = version
        finally:
            done.set()
            for thread in threads:
                thread.join()
        for count in counts:
            tally.replies += count.replies
            tally.taken_up += count.taken_up
            tally.short += count.short
            tally.failures += count.failures


def _ask(
    searcher: Searcher, catalogue: Catalogue, done: threading.Event, control: str | None, tally: Tally
) -> None:
    number = 0
    while not done.is_set():
        number += 1
        try:
            tally.taken_up += searcher.refresh()
            answer = searcher.search(Query(_QUESTIONS[number % len(_QUESTIONS)], limit=len(_IDS)))
            texts = [result.excerpt.text for result in answer.results]
            if control == "live":
                held = (catalogue.document("default", result.document_id) for result in answer.results)
                texts = [document.text for document in held if document is not None]
        except Exception as error:
            tally.failures.append(repr(error))
            continue
        tally.replies += 1
        tally.short += len(texts) < len(_IDS)
        versions = {version_of(text) for text in texts}
        if not versions <= {_version_at(answer.generation)}:
            tally.failures.append(f"generation {answer.generation} answers with versions {versions}")


def _version_at(sequence: int) -> int:
    """Each round is one commit, and writes the number of it; before the first it is 0."""
    return sequence if sequence > 1 else 0


def _held() -> tuple[int, int, int]:
    """Open descriptors, mappings of files that are gone, and threads, once what ends has ended."""
    gc.collect()
    time.sleep(1.2)  # tantivy's watchers of files look twice a second whether they are still wanted
    maps = Path("/proc/self/maps").read_text().splitlines()
    gone = sum(line.endswith("(deleted)") and "kb-swap-" in line for line in maps)
    descriptors, threads = (sum(1 for _ in Path(f"/proc/self/{kind}").iterdir()) for kind in ("fd", "task"))
    return descriptors, gone, threads


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where every reply held; with `--control`, 0 where some did not."""
    parser = argparse.ArgumentParser(prog="python -m tests.swap", description=__doc__)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--swaps", type=int, default=100)
    parser.add_argument("--control", choices=("live",), default=None)
    given = parser.parse_args(arguments)
    tally = swap(given.readers, given.swaps, given.control)
    print(tally)
    return int(bool(tally.failures) != bool(given.control))


if __name__ == "__main__":
    sys.exit(main())
