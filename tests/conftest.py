from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.knowledge import open_knowledge
from service.live import Live
from service.settings import settings
from tests.practice import CONFIG, FILES, LINES

ROOT = Path(__file__).parents[1]
KB = Path(sys.executable).with_name("kb")


@pytest.fixture(scope="session")
def shared() -> Path:
    """What is at hand beside the repository; a test that uses it skips where it is not."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("there is no shared folder beside the repository")
    return folder


Run = Callable[..., subprocess.CompletedProcess[str]]


def run_kb(
    *arguments: str | Path, home: Path | None = None, **options: object
) -> subprocess.CompletedProcess[str]:
    """Runs the real command in a process of its own, in the folder `home`."""
    environment = {name: value for name, value in os.environ.items() if name != "KB_HOME"}
    environment |= {"COLUMNS": "100", **(options.pop("environment", None) or {})}  # type: ignore[dict-item]
    return subprocess.run(
        [KB, *map(str, arguments)],
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        **options,  # type: ignore[call-overload]
    )


@pytest.fixture(scope="session")
def kb() -> Run:
    """The real command; gives the finished process."""
    return run_kb


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small practice's knowledge base, ingested by the real command; not to be written to."""
    home = tmp_path_factory.mktemp("practice")
    (home / "kb.toml").write_text(CONFIG)
    for name, text in FILES.items():
        path = home / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (home / "notes.jsonl").write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in LINES))
    done = run_kb("ingest", "site", "notes.jsonl", home=home)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(practice: Path, tmp_path: Path) -> Path:
    """A copy of the practice's knowledge base, to be written to."""
    return Path(shutil.copytree(practice, tmp_path / "home"))


@pytest.fixture(scope="session")
def client(practice: Path) -> Iterator[TestClient]:
    """The service over the practice's knowledge base, in this process; not to be written through."""
    with serving(practice) as client:
        yield client


@pytest.fixture
def writing(home: Path) -> Iterator[TestClient]:
    """The same over a copy, to be written through."""
    with serving(home) as client:
        yield client


class serving:
    """A client of the service over the knowledge base in `home`, which is stopped at the end."""

    def __init__(self, home: Path, near_only: bool = True, peer: str = "testclient") -> None:
        self.live = Live(open_knowledge(settings(home)))
        self._near_only, self._peer = near_only, peer

    def __enter__(self) -> TestClient:
        self.live.start()
        app = create_app(self.live, near_only=self._near_only)
        self._client = TestClient(app, base_url="http://127.0.0.1", client=(self._peer, 50000))
        return self._client.__enter__()

    def __exit__(self, *_: object) -> None:
        self._client.__exit__()
        self.live.stop()
