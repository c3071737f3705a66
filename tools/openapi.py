"""Prints the service's OpenAPI document, with the default limits: what the clients' types are made from."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from service.app import create_app
from service.knowledge import open_knowledge
from service.live import Live
from service.settings import settings


def document() -> dict[str, Any]:
    """The document of a service over an empty knowledge base."""
    with TemporaryDirectory() as home:
        (Path(home) / "kb.toml").touch()
        return create_app(Live(open_knowledge(settings(Path(home))))).openapi()


def text() -> str:
    """The same as a file holds it."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
