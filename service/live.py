"""A knowledge base that is being served: it takes up new generations by itself, and takes writes."""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import structlog

from index import generation
from index.encoder import OnnxEncoder
from index.notices import NoticeMatcher
from index.opening import processors
from index.search import Searcher
from index.types import Notice
from kb import ingest
from kb.errors import KnowledgeBaseError, ModelMismatch, NotFound, NotReady, StorageFull, WriterBusy
from kb.types import Document
from service.knowledge import Knowledge, Writer
from service.memory import let_go
from service.suggesting import Suggesting
from service.times import Times
from service.unanswered import NOTHING_NEAR, Unanswered

_LOOK_EVERY = 0.25  # seconds; a new generation is to be taken up within one
_WAIT_FOR_WRITER = 10.0  # seconds that a write waits for another one to end
_LAST_WORK = 2.0  # seconds that each thread has to end in


Check = Callable[[str | None], None]


class Live:
    """The searcher of the moment, and a thread that publishes what was written."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge
        self.suggesting = Suggesting(knowledge)
        self.times = Times()
        self.unanswered = (
            Unanswered(knowledge.data, self._topics) if knowledge.config.service.unanswered_topics else None
        )
        self._searcher: Searcher | None = None
        self._encoder: OnnxEncoder | None = None  # the searcher's, shared with what is written
        self._why: KnowledgeBaseError = NotReady("The index is being opened; try again in a moment.")
        self._draining = threading.Event()
        self._stopping = threading.Event()
        self._dirty = threading.Event()
        self._writing = threading.Lock()
        self._published = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._told: dict[str, str] = {}
        self.writes: Counter[str] = Counter()  # since the start, by what was done
        self._notices = NoticeMatcher([])
        self._log = structlog.get_logger()

    def start(self) -> None:
        """Opens the index. Raises what keeps it from being opened, but for its not being there yet."""
        try:
            self.knowledge.catalogue().close()
            self._open(self.knowledge.encoder())
        except NotReady as error:
            if any(generation.kept(self.knowledge.data)):
                raise
            self._why = error
        self._notices = self.knowledge.notices()
        self._publish_if_behind()
        for work in (self._take_up, self._publish):
            thread = threading.Thread(target=work, name=work.__name__.strip("_"), daemon=True)
            thread.start()
            self._threads.append(thread)

    def drain(self) -> None:
        """Says to those who ask that the service is about to stop; it goes on answering."""
        self._draining.set()
        with self._published:
            self._published.notify_all()

    def stop(self) -> None:
        """Lets the threads finish what they are at, if that is soon: what is left is made up for later."""
        self._draining.set()
        self._stopping.set()
        self._dirty.set()
        for thread in self._threads:
            thread.join(_LAST_WORK)

    @property
    def searcher(self) -> Searcher:
        """What answers now; raises NotReady, saying why, while nothing can."""
        if self._searcher is None:
            raise self._why
        return self._searcher

    def notices(self, question: str) -> tuple[Notice, ...]:
        """What a question calls for, whether it can be answered or not: by its words, and by what it means
        where a model is at hand."""
        text = question[: 4 * self.knowledge.config.limits.query_characters]
        return self._notices.matches(text) if self._searcher is None else self._searcher.notices(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """How long texts are to the model that answers, its special tokens too. Raises NotReady."""
        if self._encoder is None:
            raise self._why
        return self._encoder.count_tokens(texts)

    @property
    def draining(self) -> bool:
        """Whether the service is about to stop."""
        return self._draining.is_set()

    @property
    def full(self) -> bool:
        """Whether the disk is so full that no documents are taken."""
        usage = shutil.disk_usage(self.knowledge.settings.home)
        return usage.used > self.knowledge.config.limits.disk_watermark * (usage.used + usage.free)

    @property
    def writable(self) -> bool:
        """Whether documents are taken: there is room, and the knowledge base's folder may be written."""
        return not self.full and os.access(self.knowledge.data, os.W_OK)

    # -- writes

    def put(self, document: Document, check: Check | None = None) -> tuple[int, str]:
        """Commits a document; gives the sequence, and whether it was added, updated or unchanged.

        `check` is given the digest of the version that is held, or None, and raises what keeps it from
        being replaced.
        """
        self._check_room()
        with self._writer() as writer:
            if check is not None:
                check(writer.catalogue.digest(document.collection, document.id))
            (change,) = ingest.put(writer.catalogue, writer.encoder, [document]).changes
            sequence = writer.catalogue.sequence
        self.writes[change] += 1
        self.publish_soon(sequence)
        return sequence, change

    def put_many(self, documents: Sequence[Document]) -> tuple[int, list[str]]:
        """The same for several, on all processors; `publish_soon` is for the caller to call, since an
        index that is made after every few hundred documents would cost more than they do."""
        self._check_room()
        with self._writer() as writer:
            encoder = writer.encoder
            if isinstance(encoder, OnnxEncoder):
                encoder = encoder.on(processors())
            changes = ingest.put(writer.catalogue, encoder, documents).changes
            sequence = writer.catalogue.sequence
        self.writes.update(changes)
        return sequence, changes

    def publish_soon(self, sequence: int) -> None:
        """Has an index made, unless what answers is as new as this commit."""
        if self._answers_from() < sequence:
            self._dirty.set()

    def remove(self, collection: str, document_id: str, check: Check | None = None) -> int:
        """Commits a removal; gives the sequence. Raises NotFound. `check` as for `put`."""
        with self._writer() as writer:
            held = writer.catalogue.digest(collection, document_id)
            if held is None:
                raise NotFound(f"There is no document {document_id} in {collection}")
            if check is not None:
                check(held)
            sequence = writer.catalogue.commit(removed=[(collection, document_id)])
        self.writes["removed"] += 1
        self._dirty.set()
        return sequence

    def _check_room(self) -> None:
        if self.full:
            raise StorageFull("The disk is nearly full; no documents are taken until there is room.")

    def wait_for(self, sequence: int, seconds: float) -> bool:
        """Waits until answers are made from this sequence or a later one; False when time runs out, or
        the service is about to stop."""

        def settled() -> bool:
            return self._answers_from() >= sequence or self.draining

        with self._published:
            self._published.wait_for(settled, seconds)
            return self._answers_from() >= sequence

    @contextmanager
    def _writer(self) -> Iterator[Writer]:
        """The writer's lock, of this process's threads first. Raises WriterBusy."""
        if not self._writing.acquire(timeout=_WAIT_FOR_WRITER):
            raise WriterBusy("Another document is being written. Try again when it is done.")
        try:
            with self.knowledge.writer(_WAIT_FOR_WRITER, self._encoder) as writer:
                self._check_model()
                yield writer
        finally:
            self._writing.release()

    def _check_model(self) -> None:
        """What another process has just indexed with a new model is not indexed again with the old one."""
        with suppress(NotReady):
            made_with = generation.read_current(self.knowledge.data).model.fingerprint
            if self._encoder is not None and self._encoder.fingerprint != made_with:
                raise WriterBusy("The index has just been made with another model. Try again.")

    def _answers_from(self) -> int:
        return -1 if self._searcher is None else self._searcher.generation.manifest.sequence

    # -- threads

    def _publish_if_behind(self) -> None:
        """A service that was killed between a commit and its generation makes up for it."""
        if self._searcher is not None:
            with self.knowledge.catalogue() as catalogue:
                if self._answers_from() < catalogue.sequence:
                    self._dirty.set()

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
            with self._writer() as writer:
                writer.publish()
        except (WriterBusy, StorageFull):
            self._stopping.wait(1.0)
            self._dirty.set()
            raise
        self._look()

    def _take_up(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY):
            self._attempt(self._look)
            if self.unanswered is not None:
                self._attempt(self.unanswered.turn)

    def _topics(self) -> list[tuple[str, str]]:
        """What an unanswered question may be about: every title, and nothing."""
        with self.knowledge.catalogue() as catalogue:
            titles = catalogue.titles()
        return [*titles, *((collection, NOTHING_NEAR) for collection in {name for name, _ in titles})]

    def _look(self) -> None:
        """Takes up what is current, with the model that it was made with."""
        before = None if self._searcher is None else self._searcher.generation
        with self._published:
            try:
                if self._searcher is None:
                    self._open(self.knowledge.serving_encoder())
                else:
                    self._searcher.refresh()
            except ModelMismatch:
                self._open(self.knowledge.serving_encoder())
            except NotReady as error:
                self._why = error  # what answered before goes on answering
                raise
            self._published.notify_all()
        now = self.searcher.generation
        self.suggesting.renew(now)
        if before is not None and before is not now:
            del before  # or it would be held on to
            let_go()

    def _open(self, encoder: OnnxEncoder) -> None:
        self._searcher = self.knowledge.searcher(encoder)
        collections = self._searcher.generation.collections
        for name in collections if len(collections) == 1 else ("default",):
            collections.get(name)  # so that the first question does not wait for it
        self._encoder = encoder

    def _attempt(self, work: Callable[[], None]) -> None:
        """A thread that died would leave the service on an old index for ever. A trouble that lasts is
        told once, without its own words, which may hold a document's."""
        name = work.__name__.strip("_")
        try:
            work()
        except Exception as error:
            kind = type(error).__name__
            if self._told.get(name) != kind and not (self._searcher is None and type(error) is NotReady):
                self._log.error("background", work=name, kind=kind)
            self._told[name] = kind
        else:
            self._told.pop(name, None)
