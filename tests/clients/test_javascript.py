"""The JavaScript client: node's own tests against a real service, its size, and its types of today."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.service.process import Served
from tools import openapi

CLIENT = ROOT / "clients" / "js"
NODE = shutil.which("node")


def ran(command: list[str], **environment: str) -> str:
    done = subprocess.run(
        command, cwd=CLIENT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(NODE is None, reason="there is no node here")
def test_it_works_with_a_real_service(home: Path) -> None:
    with Served(home) as served:
        told = ran([NODE or "", "--test", "--test-reporter=tap"], KB_URL=served.url)
    assert "# fail 0" in told
    assert "# skipped 0" in told


@pytest.mark.skipif(NODE is None, reason="there is no node here")
def test_the_lines_of_the_readme_print_a_result(practice: Path, tmp_path: Path) -> None:
    code = (CLIENT / "README.md").read_text().split("```js\n")[1].split("```")[0]
    assert len([line for line in code.splitlines() if line.strip()]) <= 5
    code = code.replace('"kb-client"', repr((CLIENT / "index.js").as_uri()))
    with Served(practice) as served:
        (tmp_path / "page.mjs").write_text(code.replace("http://127.0.0.1:8000", served.url))
        assert "Sleeping badly" in ran([NODE or "", str(tmp_path / "page.mjs")])


def test_it_is_below_two_kilobytes() -> None:
    """Even with its comments; without them it is a third less."""
    assert len(gzip.compress((CLIENT / "index.js").read_bytes(), 9)) < 2_000


def test_its_types_are_of_the_document_of_today() -> None:
    digest = hashlib.sha256(openapi.text().encode()).hexdigest()
    assert digest in (CLIENT / "api.d.ts").read_text().partition("\n")[0], "Run: make client"


@pytest.mark.skipif(not (CLIENT / "node_modules").is_dir(), reason="make client has not been run")
def test_its_types_hold() -> None:
    ran(["npx", "--no-install", "tsc", "--noEmit"])
