"""The parts that a knowledge base's `kb.toml` names, opened; for every door alike."""

from __future__ import annotations

import os
from pathlib import Path

from index.encoder import OnnxEncoder, open_encoder
from index.meaning import Meaning, meaning_of
from index.models import find
from index.types import Encoder
from kb.config import Config


def models_folder() -> Path:
    """Where prepared models are kept, shared by all of a user's knowledge bases: KB_MODELS, else the user's
    cache folder."""
    named = os.environ.get("KB_MODELS")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kb" / "models"


def model_name(config: Config) -> str:
    """The configured model; a folder's name counts from the knowledge base's own folder."""
    folder = config.home / config.model.name
    return str(folder) if folder.is_dir() else config.model.name


def configured_encoder(config: Config, models: Path) -> OnnxEncoder:
    """The configured model's, as it was last prepared in `models`. Raises NotReady."""
    return open_encoder(find(model_name(config), models).folder)


def configured_meaning(config: Config, models: Path, encoder: Encoder) -> Meaning | None:
    """What hears a crisis that has no words of the notice's; None where the owner does without."""
    if not config.service.crisis_notice:
        return None
    return meaning_of(encoder, models / "notices")
