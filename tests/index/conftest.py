from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.encoder import OnnxEncoder, open_encoder
from index.models import DEFAULT, prepare


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """The default model, prepared; the cache outlives the session, since preparing takes ten seconds."""
    return prepare(DEFAULT, Path.home() / ".cache" / "kb" / "models").folder


@pytest.fixture(scope="session")
def encoder(model_folder: Path) -> OnnxEncoder:
    return open_encoder(model_folder, threads=2)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `tests.index.tiny_model` leaves: small models, prepared, and what their originals answer."""
    folder = tmp_path_factory.mktemp("workshop")
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    root = Path(__file__).parents[2]
    command = [sys.executable, "-W", "ignore", "-m", "tests.index.tiny_model", str(folder)]
    subprocess.run(command, cwd=root, env=offline, check=True, stdout=subprocess.DEVNULL)
    return folder
