"""Pages as the service makes them where it takes more than asking: with all on them that an owner may have
to look at, and for a visitor who is turned away."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.testclient import TestClient

from kb.limits import Limits
from service.app import create_app
from tests.conftest import run_kb, serving

_LEAFLETS = 60  # more than a page lists
_TOOK = {8: 12, 18: 41, 45: 23, 90: 6, 180: 2}  # answers, by their milliseconds
_MISSED = {"Sleeping badly": 4, "Fees": 2, "(nothing near)": 7}  # a day, by topic
_BROKEN = {
    "2019 brochure (old).pdf": b"%PDF-1.4 and no more",
    "intake/anamnesis-form-for-new-patients-and-their-families-2024-final-v3.docx": b"no archive",
    "empty.txt": b"",
}
_OWNERS = """unanswered_topics = true

[[must_find]]
question = "how much does a session cost"
document = "site/fees.md"

[[must_find]]
question = "how long do I have to wait for a first appointment"
document = "site/waiting list.md"
"""


@dataclass(frozen=True, slots=True)
class Made:
    """Pages of a service, as text."""

    explained: str
    checked: str
    turned_away: str


def made(practice: Path, home: Path, question: str) -> Made:
    """`home` is where a copy of the practice's knowledge base may stand."""
    shutil.copytree(practice, home)
    _fill(home)
    owned = serving(home, peer="127.0.0.1")
    with owned as client:
        for milliseconds, answers in _TOOK.items():
            for _ in range(answers):
                owned.live.times.add(milliseconds / 1000)
        explained = client.post("/admin", data={"q": question}).text
        checked = client.post("/admin", data={"check": "1"}).text
        full = create_app(owned.live, Limits(concurrency=0, queue=0))
        busy = TestClient(full, base_url="http://127.0.0.1").post("/", data={"q": question})
    assert busy.status_code == 503
    return Made(explained, checked, busy.text)


def _fill(home: Path) -> None:
    with (home / "kb.toml").open("a") as config:
        config.write(_OWNERS)
    for name, content in _BROKEN.items():
        path = home / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    run_kb("ingest", "scans", home=home)
    refused = home / ".kb" / "refused.json"
    kept = json.loads(refused.read_text())
    refused.write_text(json.dumps({key: {**one, "at": "2026-11-02T09:00:00"} for key, one in kept.items()}))
    lines = [
        {"_id": f"web/leaflet-{n:02}", "title": f"Leaflet {n}", "text": f"Leaflet {n} is about good sleep."}
        for n in range(1, _LEAFLETS + 1)
    ]
    (home / "leaflets.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    done = run_kb("ingest", "leaflets.jsonl", home=home)
    assert done.returncode == 0, done.stderr
    (home / ".kb" / "unanswered").mkdir()
    for ago in range(1, 13):
        day = (datetime.now(UTC) - timedelta(ago)).date().isoformat()
        rows = [["default", title, count] for title, count in _MISSED.items()]
        (home / ".kb" / "unanswered" / f"{day}-0a1b2c3d.json").write_text(json.dumps(rows))
