"""The parts that a knowledge base's `kb.toml` names, opened; for every door alike."""

from __future__ import annotations

import os
from pathlib import Path

from index import calibrations
from index.encoder import OnnxEncoder, open_encoder
from index.meaning import Meaning, meaning_of
from index.models import find
from index.reranking import Reranking
from index.types import Encoder
from kb.config import Config


def models_folder() -> Path:
    """Where prepared models are kept, shared by all of a user's knowledge bases: KB_MODELS, else the user's
    cache folder."""
    named = os.environ.get("KB_MODELS")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kb" / "models"


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def from_home(config: Config, name: str) -> str:
    """A model's name; a folder's counts from the knowledge base's own folder."""
    folder = config.home / name
    return str(folder) if folder.is_dir() else name


def model_name(config: Config) -> str:
    """The configured model."""
    return from_home(config, config.model.name)


def configured_encoder(config: Config, models: Path) -> OnnxEncoder:
    """The configured model's, as it was last prepared in `models`. Raises NotReady."""
    return open_encoder(find(model_name(config), models).folder)


def configured_meaning(config: Config, models: Path, encoder: Encoder) -> Meaning | None:
    """What hears a crisis that has no words of the notice's; None where the owner does without."""
    if not config.service.crisis_notice:
        return None
    return meaning_of(encoder, models / "notices")


def configured_reranking(config: Config, models: Path) -> Reranking | None:
    """What reads the best passages again, where the owner has asked for it; none is prepared."""
    said = config.search
    if said.reranker is None:
        return None
    from index.reranker import open_reranker  # imported by those alone who have one

    prepared = find(from_home(config, said.reranker), models, task="reranker")
    return Reranking(
        open_reranker(prepared.folder, processors()),
        said.rerank_passages,
        said.rerank_seconds,
        calibrations.read_reranker(config.data, prepared.fingerprint),
    )
