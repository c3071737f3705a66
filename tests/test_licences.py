"""What a user installs is under licences that ask nothing of what it is built into."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)==", re.MULTILINE)
COPYLEFT = re.compile(r"\bA?GPL|\bGNU (?!Lesser|Library)", re.IGNORECASE)


def licences(name: str) -> str:
    """All that a distribution says of its licence, in one line."""
    said = metadata(name)
    written = said.get("License-Expression") or (said.get("License") or "").partition("\n")[0]
    classes = [one for one in said.get_all("Classifier") or [] if one.startswith("License ::")]
    return " ".join([written, *classes])


def installed(names: list[str]) -> dict[str, str]:
    """Those that are installed here: some are for other systems."""
    found = {}
    for name in names:
        try:
            found[name] = licences(name)
        except PackageNotFoundError:
            continue
    return found


@pytest.mark.parametrize("file", ["serve.txt", "prepare.txt"])
def test_no_package_that_a_user_installs_is_under_a_gpl_and_each_says_its_licence(file: str) -> None:
    names = PINNED.findall((ROOT / "requirements" / file).read_text())
    found = installed(names)
    assert len(found) > 0.9 * len(names)
    assert {name: said for name, said in found.items() if COPYLEFT.search(said) or not said.strip()} == {}


@pytest.mark.parametrize(
    ("said", "caught"),
    [
        ("GPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU Affero General Public License v3", True),
        ("AGPLv3", True),
        ("Apache-2.0", False),
        ("MIT License :: OSI Approved :: MIT License", False),
        ("LGPL-2.1", False),
    ],
)
def test_a_gpl_is_known_however_it_is_written(said: str, caught: bool) -> None:
    assert bool(COPYLEFT.search(said)) is caught
