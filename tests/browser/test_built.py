"""What is served is made of the readable source beside it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "service" / "web"
BUILT = json.loads((WEB / "built.json").read_text())


def test_what_was_built_is_of_the_source_as_it_is() -> None:
    state = hashlib.sha256()
    sources = sorted((WEB / "source").iterdir(), key=lambda path: path.name)
    for path in (*sources, ROOT / "clients" / "js" / "index.js"):
        state.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes())
    assert state.hexdigest() == BUILT["source"], "run: make widget"


def test_the_integrity_hashes_are_those_of_the_files() -> None:
    for name, integrity in BUILT["integrity"].items():
        digest = hashlib.sha384((WEB / name).read_bytes()).digest()
        assert integrity == f"sha384-{base64.b64encode(digest).decode()}"


def test_building_again_gives_the_same_files(tmp_path: Path) -> None:
    if shutil.which("node") is None or not (ROOT / "node_modules" / "esbuild").is_dir():
        pytest.skip("node or esbuild is not at hand")
    subprocess.run(["node", "tools/build_widget.mjs", str(tmp_path)], cwd=ROOT, check=True)
    for name in (*BUILT["integrity"], "built.json"):
        assert (tmp_path / name).read_bytes() == (WEB / name).read_bytes(), "run: make widget"


def test_it_is_small() -> None:
    assert len(gzip.compress((WEB / "widget.js").read_bytes())) <= 10_000


@pytest.mark.parametrize(
    "word",
    [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "localStorage",
        "cookie",
        "sessionStorage",
        "indexedDB",
        "sendBeacon",
        'setTimeout("',
    ],
)
def test_nothing_is_made_of_markup_and_nothing_is_stored(word: str) -> None:
    for name in BUILT["integrity"]:
        assert word not in (WEB / name).read_text("utf-8")
