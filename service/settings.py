"""The environment: read here; but where models are kept, an application without the service asks too
(`index.opening`)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from index.opening import models_folder
from kb import config
from kb.errors import NotReady


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the knowledge base is, and where prepared models are kept (shared by all of a user's)."""

    home: Path
    models: Path

    @property
    def data(self) -> Path:
        """The folder that the program writes."""
        return self.home / ".kb"


def settings(home: Path | None) -> Settings:
    """From `--home`, else KB_HOME's, else the nearest knowledge base at or above the current folder.

    The nearest one goes before KB_HOME, as with git. Models are kept in KB_MODELS, else in the user's
    cache folder.
    """
    return Settings(home=_home(home), models=models_folder())


def _home(home: Path | None) -> Path:
    if home is not None:
        return home.resolve()
    try:
        return config.find_home(Path.cwd())
    except NotReady:
        named = os.environ.get("KB_HOME")
        if named:
            return Path(named).resolve()
        raise
