"""Schemathesis with all its phases and checks, as its own command has them, on services as they run.

`KB_FUZZ=20000 pytest tests/service/test_schemathesis.py` makes a longer run, `KB_FUZZ_SEED` another one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kb.keys import Keys, Rate
from tests.service.process import Served

EXAMPLES = max(10, int(os.environ.get("KB_FUZZ", "2000")) // 200)  # an operation and a phase
SEED = os.environ.get("KB_FUZZ_SEED", "7")
OPERATIONS = 16
RATE = Rate(1_000_000, 60)

pytestmark = pytest.mark.timeout(0 if EXAMPLES > 10 else 180)


def examined(service: Served, description: str, *options: str) -> subprocess.CompletedProcess[str]:
    """What Schemathesis says of a service by the description at an address or in a file."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--no-color", "run", description),
            *("--url", service.url, "--phases", "examples,coverage,fuzzing,stateful"),
            *("--max-examples", str(EXAMPLES), "--seed", SEED, "--generation-database", "none"),
            *options,
        ],
        cwd=service.home,
        capture_output=True,
        text=True,
        check=False,
    )


def check_all(done: subprocess.CompletedProcess[str]) -> None:
    """Nothing failed, and that is because everything was tried."""
    said = done.stdout
    assert done.returncode == 0, said + done.stderr
    assert f"Tested: {OPERATIONS}\n" in said
    for phase in ("Examples", "Coverage", "Fuzzing", "Stateful"):
        assert f"✅ {phase}" in said
    links = re.search(r"API Links: +(\d+) covered", said)
    assert links is not None
    assert int(links[1]) > 0, said


def test_an_open_service_does_all_that_its_description_says(home: Path) -> None:
    with Served(home) as service:
        check_all(examined(service, f"{service.url}/openapi.json"))


def test_a_service_with_keys_does_all_that_its_description_says(home: Path) -> None:
    token = Keys(home / ".kb").create("admin", "default", rate=RATE)[1]
    with (home / "kb.toml").open("a") as config:
        config.write(f"\n[limits]\naddress_requests = {RATE.requests}\n")
    with Served(home) as service:
        check_all(examined(service, f"{service.url}/openapi.json", "-H", f"Authorization: Bearer {token}"))


def test_the_control_an_answer_that_the_description_has_forgotten_is_noticed(home: Path) -> None:
    with Served(home) as service:
        description = service.client.get("/openapi.json").json()
        del description["paths"]["/v1/documents/{document_id}"]["get"]["responses"]["404"]
        forgetful = home / "openapi.json"
        forgetful.write_text(json.dumps(description))
        done = examined(service, str(forgetful))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Undocumented status code" in done.stdout
