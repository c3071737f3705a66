"""A knowledge base that is being served: it takes up new generations by itself, and takes writes."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from index.search import Searcher
from kb import ingest
from kb.errors import KnowledgeBaseError, ModelMismatch, NotFound, NotReady, StorageFull, WriterBusy
from kb.types import Document
from service.knowledge import Knowledge

_LOOK_EVERY = 0.25  # seconds; a new generation is to be taken up within one
_WAIT_FOR_WRITER = 10.0  # seconds that a write waits for another process's to end


class Live:
    """The searcher of the moment, and a thread that publishes what was written."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self._searcher: Searcher | None = None
        self._why: KnowledgeBaseError = NotReady("The index is being opened; try again in a moment.")
        self._stopping = threading.Event()
        self._dirty = threading.Event()
        self._writing = threading.Lock()
        self._published = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._log = structlog.get_logger()

    def start(self) -> None:
        """Opens the index. Raises what keeps it from being opened, but for its not being there yet."""
        with suppress(NotReady):
            self.knowledge.catalogue().close()
            self._searcher = self.knowledge.searcher()
        for work in (self._take_up, self._publish):
            thread = threading.Thread(target=work, name=work.__name__.strip("_"), daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Lets the threads finish what they are at."""
        self._stopping.set()
        self._dirty.set()
        for thread in self._threads:
            thread.join(5)

    @property
    def searcher(self) -> Searcher:
        """What answers now; raises NotReady, saying why, while nothing can."""
        if self._searcher is None:
            raise self._why
        return self._searcher

    # -- writes

    def put(self, document: Document) -> tuple[int, str]:
        """Commits a document; gives the sequence, and whether it was added, updated or unchanged."""
        self._room()
        with self._writing, self.knowledge.writer(_WAIT_FOR_WRITER) as writer:
            report = ingest.put(writer.catalogue, writer.encoder, [document])
            sequence = writer.catalogue.sequence
        if not report.unchanged:
            self._dirty.set()
        change = "added" if report.added else "updated" if report.updated else "unchanged"
        return sequence, change

    def remove(self, collection: str, document_id: str) -> int:
        """Commits a removal; gives the sequence. Raises NotFound."""
        with self._writing, self.knowledge.writer(_WAIT_FOR_WRITER) as writer:
            if writer.catalogue.digest(collection, document_id) is None:
                raise NotFound(f"There is no document {document_id} in {collection}")
            sequence = writer.catalogue.commit(removed=[(collection, document_id)])
        self._dirty.set()
        return sequence

    def wait_for(self, sequence: int, seconds: float) -> bool:
        """Waits until answers are made from this sequence or a later one; False when time runs out."""
        with self._published:
            return self._published.wait_for(lambda: self._answers_from() >= sequence, seconds)

    def _answers_from(self) -> int:
        return -1 if self._searcher is None else self._searcher.generation.manifest.sequence

    def _room(self) -> None:
        usage = shutil.disk_usage(self.knowledge.settings.home)
        if usage.used > self.knowledge.config.limits.disk_watermark * (usage.used + usage.free):
            raise StorageFull("The disk is nearly full; no documents are taken until there is room.")

    # -- threads

    def _publish(self) -> None:
        """Makes one generation of all that was written while the last one was made."""
        while not self._stopping.is_set():
            self._dirty.wait()
            self._dirty.clear()
            if self._stopping.is_set():
                return
            self._attempt(self._make_generation)

    def _make_generation(self) -> None:
        try:
            with self._writing, self.knowledge.writer(_WAIT_FOR_WRITER) as writer:
                writer.publish()
        except (WriterBusy, StorageFull):
            self._stopping.wait(1.0)
            self._dirty.set()
            raise
        self._look()

    def _take_up(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY):
            self._attempt(self._look)

    def _look(self) -> None:
        """Takes up what is current, with the model that it was made with."""
        with self._published:
            try:
                if self._searcher is None:
                    self._searcher = self.knowledge.serving_searcher()
                else:
                    self._searcher.refresh()
            except ModelMismatch:
                self._searcher = self.knowledge.serving_searcher()
            except NotReady as error:
                self._why = error  # what answered before goes on answering
                raise
            self._published.notify_all()

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except NotReady:
            return
        except Exception as error:
            # A thread that died would leave the service on an old index for ever.
            self._log.error("background", work=work.__name__, kind=type(error).__name__, at=time.time())
