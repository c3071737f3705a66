"""The Dockerfile's steps, run where there is no Docker engine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tools" / "image_steps.sh"


@pytest.mark.timeout(1200)
def test_an_image_is_made_in_a_fresh_folder_and_answers_without_torch(tmp_path: Path) -> None:
    made = subprocess.run([str(SCRIPT), str(tmp_path / "image")], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr[-2000:]
    assert "We are open from nine to five" in made.stdout
    assert {"faiss", "mcp", "onnxruntime"} <= (packages := _packages(tmp_path / "image" / "venv"))
    assert not packages & {"torch", "transformers", "sentence_transformers"}


def _packages(venv: Path) -> set[str]:
    """What can be imported; faiss has a helper of its own for torch, named like it, deeper down."""
    return {path.parent.name for path in venv.glob("lib/*/site-packages/*/__init__.py")}


def test_the_script_takes_the_same_steps_as_the_dockerfile() -> None:
    dockerfile, script = (ROOT / "Dockerfile").read_text(), SCRIPT.read_text()
    for step in (
        "tools/torch_cpu.py",
        "requirements/prepare.txt",
        "requirements/serve.txt",
        "prepare_model.py",
    ):
        assert step in dockerfile
        assert step in script
    stages = re.findall(r"^FROM \S+ AS (\w+)", dockerfile, re.MULTILINE)
    assert stages == ["base", "model", "serve"]
    serve = dockerfile.partition("AS serve")[2]
    assert "prepare.txt" not in serve
    assert "USER 65532" in serve
    assert "HEALTHCHECK" in serve
