"""A knowledge base opened in an application's own process, by its folder alone."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from index.search import open_searcher
from index.types import Query
from kb.errors import ConfigError, NotReady
from service.bodies import answer_body
from tests.conftest import ROOT, Run, serving
from tests.practice import QUESTIONS

OWNER = """
[[notice]]
kind = "info"
title = "Closed in August"
text = "We call back in September."
triggers = ["parking"]

[[pin]]
document = "confidentiality.md"
phrases = ["parking"]
"""


@pytest.mark.parametrize("question", [*QUESTIONS, "I want to end my life", "what is the capital of Peru"])
def test_it_answers_as_the_service_does(practice: Path, client: TestClient, question: str) -> None:
    served = client.post("/v1/search", json={"query": question}).json()
    assert answer_body(open_searcher(practice).search(question), served["took_ms"]) == served


def test_the_owners_wishes_hold(home: Path) -> None:
    with (home / "kb.toml").open("a") as config:
        config.write(OWNER.replace("confidentiality.md", "site/confidentiality.md"))
    answer = open_searcher(home).search("is there parking")
    assert [notice.title for notice in answer.notices] == ["Closed in August"]
    assert answer.results[0].document_id == "site/confidentiality.md"
    with serving(home) as client:
        served = client.post("/v1/search", json={"query": "is there parking"}).json()
    assert answer_body(answer, served["took_ms"]) == served


def test_threads_share_one_searcher(practice: Path) -> None:
    searcher = open_searcher(str(practice))
    alone = [searcher.search(question) for question in QUESTIONS]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(searcher.search, QUESTIONS * 8)) == alone * 8


def test_what_is_ingested_later_is_taken_up(home: Path, kb: Run) -> None:
    searcher = open_searcher(home)
    assert not searcher.refresh()
    (home / "site" / "bicycles.md").write_text(
        "# Bicycles\n\nBicycles may be locked to the rack in the yard.\n"
    )
    assert kb("ingest", "site", home=home).returncode == 0
    assert searcher.refresh()
    assert (
        searcher.search(Query("where can I lock my bicycle", limit=1)).results[0].document_id
        == "site/bicycles.md"
    )


def test_what_is_missing_or_wrong_is_told_with_what_mends_it(tmp_path: Path, home: Path) -> None:
    with pytest.raises(NotReady, match="kb init"):
        open_searcher(tmp_path)
    with pytest.raises(NotReady, match="kb index"):
        open_searcher(home, models=tmp_path)
    (home / "kb.toml").write_text('[serach]\nmode = "dense"\n')
    with pytest.raises(ConfigError, match="search"):
        open_searcher(home)


def test_the_three_documented_lines_run(practice: Path) -> None:
    """As they stand in the docstring, in a process that imports nothing else, and no web framework."""
    lines = [
        line.strip("\n")[8:]
        for line in (open_searcher.__doc__ or "").splitlines()
        if line.startswith(" " * 8)
    ]
    code = "\n".join(["import json, sys", "from index.search import open_searcher", *lines])
    code = code.replace('"clinic"', repr(str(practice)))
    code += (
        '\nprint(json.dumps(sorted({"fastapi", "starlette", "torch"} & set(sys.modules))), file=sys.stderr)'
    )
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert len(lines) == 3
    assert "Sleeping badly" in ran.stdout
    assert json.loads(ran.stderr) == []
