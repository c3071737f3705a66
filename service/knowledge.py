"""A knowledge base with its parts put together: what the commands and the service both open.

Reading needs a prepared model and a generation. Writing takes the writer's lock, commits to the
catalogue, and makes a new generation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from index import generation, owner
from index.encoder import OnnxEncoder, open_encoder
from index.generation import ModelStamp
from index.meaning import Meaning
from index.models import PreparedModel, find, prepare
from index.notices import NoticeMatcher
from index.opening import configured_encoder, configured_meaning, from_home, model_name, processors
from index.search import Searcher, configured_searcher
from index.types import Encoder, Vectors
from kb import ingest, refusals
from kb.catalogue import Catalogue
from kb.config import Config, ModelConfig, load, write_model
from kb.errors import NotReady
from kb.ingest import IngestReport, Progress
from kb.lock import writing
from kb.storage import FILE_NAME
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One knowledge base: its configuration and where its parts are."""

    settings: Settings
    config: Config

    @property
    def data(self) -> Path:
        """The folder that the program writes."""
        return self.settings.data

    def with_model(self, name: str) -> Knowledge:
        """The same with another model, which kb.toml does not name yet."""
        return replace(self, config=replace(self.config, model=ModelConfig(name)))

    def keep_model(self) -> None:
        """Writes the model's name into kb.toml."""
        write_model(self.settings.home, self.config.model.name)

    @property
    def reranker_name(self) -> str | None:
        """The configured reranker; a folder's name counts from the knowledge base's own folder."""
        name = self.config.search.reranker
        return None if name is None else from_home(self.config, name)

    def encoder(self) -> OnnxEncoder:
        """The configured model's; none is prepared."""
        return configured_encoder(self.config, self.settings.models)

    def serving_encoder(self) -> OnnxEncoder:
        """That of the model that the index was made with, whatever the configuration now says: for a
        service that goes on while the model is changed."""
        stamp = generation.read_current(self.data).model
        return open_encoder(find(stamp.name, self.settings.models, stamp.fingerprint).folder)

    def notices(self) -> NoticeMatcher:
        """The region's crisis notice and the owner's own."""
        return owner.notices(self.config)

    def searcher(self, encoder: OnnxEncoder | None = None) -> Searcher:
        """Opens what answers questions; nothing is written to the knowledge base."""
        return configured_searcher(self.config, self.settings.models, encoder)

    def meaning(self, encoder: Encoder) -> Meaning | None:
        """What hears a crisis that has no words of the notice's; None where the owner does without."""
        return configured_meaning(self.config, self.settings.models, encoder)

    def catalogue(self) -> Catalogue:
        """The catalogue, to be read."""
        return Catalogue(self.data / FILE_NAME)

    @contextmanager
    def writer(self, wait: float = 0.0, encoder: OnnxEncoder | None = None) -> Iterator[Writer]:
        """Holds the writer's lock; without an `encoder` the configured model is prepared if need be.

        Raises WriterBusy when another process holds the lock after `wait` seconds.
        """
        with writing(self.data, wait), Catalogue(self.data / FILE_NAME, write=True) as catalogue:
            if encoder is not None:
                yield Writer(self, catalogue, encoder.model, encoder)
                return
            model = prepare(model_name(self.config), self.settings.models)
            if self.reranker_name is not None:
                prepare(self.reranker_name, self.settings.models, "reranker")
            yield Writer(self, catalogue, model, _OpenedWhenNeeded(model))


@dataclass(frozen=True, slots=True)
class Writer:
    """What the holder of the writer's lock can do."""

    knowledge: Knowledge
    catalogue: Catalogue
    model: PreparedModel
    encoder: Encoder

    def ingest(
        self,
        sources: Sequence[Path],
        *,
        collection: str,
        url: str | None = None,
        keep_missing: bool = False,
        prune: bool = False,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Takes files and folders into the catalogue; `publish` makes them findable."""
        report = ingest.ingest(
            self.catalogue,
            self.encoder,
            sources,
            collection=collection,
            url=url,
            limits=self.knowledge.config.limits,
            home=self.knowledge.settings.home,
            keep_missing=keep_missing,
            prune=prune,
            progress=progress,
        )
        refusals.keep(self.knowledge.data, collection, sources, report.refused)
        return report

    def publish(self, *, anew: bool = False, progress: Progress | None = None) -> int:
        """Makes a generation of what the catalogue holds, where the current one is another or damaged.

        Gives the sequence that is now answered from. `anew` makes one in any case.
        """
        stamp = ModelStamp(self.model.name, self.model.fingerprint, self.model.dimensions)
        sequence = self.catalogue.sequence
        if anew or not generation.is_current(self.knowledge.data, sequence, stamp):
            ingest.recut(self.catalogue, self.encoder, progress)
            sequence = self.catalogue.sequence
            generation.make(self.catalogue, stamp, self.knowledge.data)
            self.catalogue.forget_before(generation.oldest_kept_sequence(self.knowledge.data))
        self.knowledge.meaning(self.encoder)  # so that no question waits for it
        return sequence


class _OpenedWhenNeeded:
    """A prepared model's encoder, opened for the first text: a run that finds nothing new needs none."""

    def __init__(self, model: PreparedModel) -> None:
        self._model = model

    @property
    def fingerprint(self) -> str:
        return self._model.fingerprint

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    @property
    def window(self) -> int:
        return self._model.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.encode_passages(texts)

    @cached_property
    def _encoder(self) -> OnnxEncoder:
        return open_encoder(self._model.folder, processors())


def open_knowledge(settings: Settings) -> Knowledge:
    """The knowledge base in `settings.home`; raises NotReady where there is none."""
    if not settings.home.is_dir():
        raise NotReady(f"There is no folder {settings.home}. Run: kb init {settings.home}")
    config = load(settings.home)
    owner.check(config)
    return Knowledge(settings, config)
