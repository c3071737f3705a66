"""`kb keys`, as a command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.keys import Keys
from tests.conftest import Run
from tests.service.test_cli import told


@pytest.mark.parametrize("expires", ["999999w", "0d", "2001-01-01"])
def test_a_lifetime_that_no_key_has_is_refused_and_no_key_is_made(home: Path, kb: Run, expires: str) -> None:
    refused = kb("keys", "create", "--scope", "search", "--expires", expires, home=home)
    told(refused, 2, f"--expires {expires}")
    assert Keys(home / ".kb").all() == []


def test_a_key_that_is_kept_with_an_absurd_end_is_listed_and_rotated(home: Path, kb: Run) -> None:
    key, _ = Keys(home / ".kb").create("search", "default", expires=2**62)
    listed = kb("keys", "list", home=home)
    told(listed, 0)
    assert f"{key.id}  search in default  active  until 9999-12-31T23:59:59Z" in listed.stdout
    body = json.loads(kb("keys", "list", "--json", home=home).stdout)
    assert body["keys"][0]["expires"] == "9999-12-31T23:59:59Z"
    told(kb("keys", "rotate", key.id, "--overlap", "999999w", home=home), 2, "--overlap")
    told(kb("keys", "rotate", key.id, home=home), 0)
