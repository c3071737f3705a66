"""A knowledge base small enough to be made, broken and mended a thousand times."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from index import generation
from index.bridge import Bridge
from index.generation import Collection, ModelStamp
from index.question import understand
from index.types import Filters, Question
from kb.catalogue import Catalogue
from kb.ingest import put
from kb.storage import FILE_NAME
from kb.types import Attribution, Document, Section
from tests.index.toy import ToyEncoder

ENCODER = ToyEncoder(("sleep", "exams", "fees", "grief", "worry", "insurance"))
STAMP = ModelStamp("toy", ENCODER.fingerprint, ENCODER.dimensions)

_SENTENCES = (
    "Sleep comes more easily when worry has been written down before bed.",
    "Fees are paid after each visit, and insurance may give back a part of them.",
    "Grief has no timetable, and nobody has to carry it alone.",
    "Worry before exams is common, and it passes sooner in company.",
)


def note(
    id: str,
    version: int = 0,
    *,
    collection: str = "default",
    language: str | None = "en",
    tags: tuple[str, ...] = (),
) -> Document:
    """A short document that says which version of itself it is."""
    text = f"Version {version} of {id}. {_SENTENCES[(len(id) + version) % len(_SENTENCES)]}"
    return document(id, text, collection=collection, language=language, tags=tags)


def document(
    id: str,
    text: str,
    *,
    collection: str = "default",
    language: str | None = "en",
    tags: tuple[str, ...] = (),
) -> Document:
    """A document of one section."""
    section = Section(("About",), None, 0, len(text))
    attribution = Attribution(f"Note {id}", id, language=language)
    return Document(id, collection, text, (section,), attribution, tags=tags)


def version_of(text: str) -> int:
    """The version that a note says it is."""
    return int(text.split()[1])


@contextmanager
def writer(data: Path) -> Iterator[Catalogue]:
    """The catalogue of a folder, open to be written."""
    data.mkdir(parents=True, exist_ok=True)
    with Catalogue(data / FILE_NAME, write=True) as catalogue:
        yield catalogue


def make(catalogue: Catalogue, data: Path, exact_up_to: int = 1_000) -> str:
    """A generation of the toy's vectors."""
    return generation.make(catalogue, STAMP, data, exact_up_to)


def filled(data: Path, documents: Iterable[Document]) -> str:
    """A knowledge base of these documents, with a generation, closed."""
    with writer(data) as catalogue:
        put(catalogue, ENCODER, list(documents))
        return make(catalogue, data)


def question(text: str, collection: Collection) -> Question:
    """A question made ready for a collection."""
    return understand(text, collection.lexical, Bridge([]), 32, ENCODER.encode_queries([text])[0])


def replies(opened: generation.Generation, catalogue: Catalogue) -> list[tuple[str, str, float]]:
    """(passage id, text, score) of what some questions find, in every collection."""
    found: list[tuple[str, str, float]] = []
    for collection in opened.collections.values():
        for text in ("sleep and worry", "fees", "version of"):
            asked = question(text, collection)
            for retrieve in (collection.retrieve_dense, collection.lexical.retrieve):
                hits = retrieve(asked, 20, Filters())
                stored = catalogue.passages([int(collection.keys[hit.position]) for hit in hits])
                for hit in hits:
                    one = stored.get(int(collection.keys[hit.position]))
                    if one is not None:
                        found.append((one.passage.id, one.text, hit.score))
    return found


def quick_folder() -> Path | None:
    """Where files are quickest: a killed process leaves the same in memory as on a disk."""
    memory = Path("/dev/shm")
    return memory if os.access(memory, os.W_OK) else None


def in_child(work: Callable[[], None], seconds: int = 60) -> int:
    """Runs it in a forked process; gives its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        _finish(work, seconds)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _finish(work: Callable[[], None], seconds: int) -> NoReturn:
    import signal

    code = 1
    try:
        signal.alarm(seconds)  # a hang is a death too
        work()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


class InPlace:
    """What must not be done: index files written where they are read. The harnesses' negative control."""

    def __init__(self, scratch: Path, times: int = 1) -> None:
        self._scratch, self._times = scratch, times

    def make(self, catalogue: Catalogue, data: Path) -> str:
        """Writes over the files of the one folder that there is, without a name of its own.

        It does so again and again, to be at it as long as a large index would be.
        """
        name = make(catalogue, self._scratch)
        for _ in range(self._times):
            self._write(name, data)
        return "1-in-place"

    def _write(self, name: str, data: Path) -> None:
        target = data / "generations" / "1-in-place"
        for source in sorted((self._scratch / "generations" / name).rglob("*")):
            file = target / source.relative_to(self._scratch / "generations" / name)
            if source.is_dir():
                file.mkdir(parents=True, exist_ok=True)
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("wb", buffering=0) as opened:
                    content = source.read_bytes()
                    for first in range(0, len(content), 64):
                        opened.write(content[first : first + 64])
        pointer = (self._scratch / "CURRENT").read_bytes().replace(name.encode(), b"1-in-place")
        (data / "CURRENT").write_bytes(pointer)
