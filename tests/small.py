"""A knowledge base small enough to be made, broken and mended a thousand times."""

from __future__ import annotations

import hashlib
import os
import shutil
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


def become_nobody() -> None:
    """From now on this process may write what anyone may: root may write everywhere."""
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


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


def make_in_place(catalogue: Catalogue, data: Path) -> str:
    """What must not be done: an index written where it is read. The harnesses' negative control.

    The writer's steps and syncs are those of `make`; only the folder of its own and the rename are missing.
    """
    place = data / "generations" / "1-in-place"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    manifest = generation._Maker(catalogue, STAMP, data, 1_000).fill(place)
    seal = hashlib.sha256(manifest.encoded()).hexdigest()
    (data / "CURRENT").write_bytes(generation._pointer(place.name, seal))
    return place.name
