"""Another model and a reranker, by configuration, in a real service; small ones, made by the tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from index import calibrations
from index.opening import configured_reranking
from kb.config import DEFAULT_MODEL, load, write_model
from service.knowledge import open_knowledge
from service.settings import settings
from tests.conftest import ROOT, Run, serving
from tests.service.process import Served
from tests.service.test_eval import write_set

QUESTION = {"query": "how much does a session cost"}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of a second model (`plain`) and of a cross-encoder (`rereading`), and in `cache` both of them
    prepared, and the default one."""
    folder = tmp_path_factory.mktemp("tiny")
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.index.tiny_model", str(folder), "--cache"]
    subprocess.run(command, cwd=ROOT, env=offline, check=True, stdout=subprocess.DEVNULL)
    for one in (Path.home() / ".cache" / "kb" / "models").iterdir():
        if one.name.startswith((DEFAULT_MODEL, "notices")):
            shutil.copytree(one, folder / "cache" / one.name)
    return folder


@pytest.fixture(autouse=True)
def models(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_MODELS", str(tiny / "cache"))


def status(kb: Run, home: Path) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = json.loads(kb("status", "--json", home=home).stdout)
    return told


@pytest.mark.timeout(600)  # making and preparing the models is in it
def test_a_model_is_changed_under_a_running_service_and_changed_back(kb: Run, home: Path, tiny: Path) -> None:
    said = (home / "kb.toml").read_text() + "[limits]\nsearch_deadline = 30.0\n"  # on however busy a machine
    (home / "kb.toml").write_text(said)
    before = status(kb, home)["model"]
    with Served(home) as served:
        first = served.client.post("/v1/search", json=QUESTION).json()
        seen: list[tuple[int, float]] = []
        stop = threading.Event()

        def ask() -> None:
            while not stop.wait(0.2):
                answer = served.client.post("/v1/search", json=QUESTION)
                body = answer.json()
                seen.append((answer.status_code, body["results"][0]["score"]))

        asking = threading.Thread(target=ask)
        asking.start()
        changed = kb("index", "--model", tiny / "plain", home=home)
        assert changed.returncode == 0, changed.stderr
        after = status(kb, home)["model"]
        assert after["fingerprint"] != before["fingerprint"]
        assert load(home).model.name == after["name"] == str(tiny / "plain")
        assert f"not fitted to {tiny / 'plain'}" in kb("status", home=home).stdout
        other = wait_until_answered_otherwise(served, first)
        assert kb("search", "fees", home=home).returncode == 0
        # one command back, and nothing is embedded again
        back = kb("index", "--model", "all-MiniLM-L6-v2", home=home)
        assert back.returncode == 0, back.stderr
        assert status(kb, home)["model"]["fingerprint"] == before["fingerprint"]
        again = wait_until_answered_otherwise(served, other)
        stop.set()
        asking.join()
        assert {code for code, _ in seen} == {200}
        assert {score for _, score in seen} <= {one["results"][0]["score"] for one in (first, other, again)}
        assert [(one["passage_id"], one["score"]) for one in again["results"]] == [
            (one["passage_id"], one["score"]) for one in first["results"]
        ]
    assert load(home).model.name == "all-MiniLM-L6-v2"
    assert "not fitted" not in kb("status", home=home).stdout
    assert said.strip() in (home / "kb.toml").read_text()
    assert kb("verify", home=home).returncode == 0


def wait_until_answered_otherwise(
    served: Served, than: dict[str, object]
) -> dict[str, list[dict[str, object]]]:
    for _ in range(100):
        body: dict[str, list[dict[str, object]]] = served.client.post("/v1/search", json=QUESTION).json()
        if body["results"] != than["results"]:
            return body
        time.sleep(0.1)
    raise AssertionError("the service did not take up the new index")


def test_a_model_that_cannot_be_prepared_changes_neither_the_index_nor_kb_toml(kb: Run, home: Path) -> None:
    said = (home / "kb.toml").read_text()
    done = kb("index", "--model", home / "nowhere", home=home)
    assert done.returncode == 1
    assert "no model folder" in done.stderr
    assert (home / "kb.toml").read_text() == said
    assert kb("search", "fees", home=home).returncode == 0


@pytest.fixture
def rereading(home: Path, tiny: Path) -> Path:
    """A knowledge base with a reranker."""
    with (home / "kb.toml").open("a") as file:
        file.write(f'\n[search]\nreranker = "{tiny / "rereading"}"\n')
    return home


def test_a_configured_reranker_reads_the_best_passages_at_every_door(kb: Run, rereading: Path) -> None:
    printed: subprocess.CompletedProcess[str] = kb("search", "--json", QUESTION["query"], home=rereading)
    told = kb("explain", QUESTION["query"], home=rereading).stdout
    assert "reread      the first" in told
    assert "    reread rank 1, " in told
    assert json.loads(kb("status", "--json", home=rereading).stdout)["reranker"].endswith("/rereading")
    with serving(rereading) as client:
        body = client.post("/v1/search", json=QUESTION).json()
    answer = json.loads(printed.stdout)
    assert [one["passage_id"] for one in body["results"]] == [one["passage_id"] for one in answer["results"]]
    scores = [one["score"] for one in body["results"]]
    assert scores == sorted(scores, reverse=True)


def test_a_reranker_that_is_not_prepared_is_named_with_the_command_that_prepares_it(
    kb: Run, home: Path, tiny: Path
) -> None:
    shutil.copytree(tiny / "rereading", home / "reranker")
    with (home / "kb.toml").open("a") as file:
        file.write('\n[search]\nreranker = "reranker"\n')
    done = kb("search", "fees", home=home)
    assert done.returncode == 3
    assert "The reranker" in done.stderr
    assert "Run: kb index" in done.stderr


def test_a_reranker_is_calibrated_on_the_owners_questions(kb: Run, rereading: Path, tmp_path: Path) -> None:
    assert "scores and verdicts are not fitted to" in kb("status", home=rereading).stdout
    judged = write_set(tmp_path / "judged")
    done = kb("eval", judged, "--mode", "hybrid", "--calibrate", "--json", home=rereading)
    assert done.returncode == 0, done.stderr
    fitted = json.loads(done.stdout)["hybrid"]["reranker_calibration"]
    assert fitted["kept"]
    assert fitted["after"]["error"] < fitted["before"]["error"]
    knowledge = open_knowledge(settings(rereading))
    reranking = configured_reranking(knowledge.config, knowledge.settings.models)
    assert reranking is not None
    assert asdict(reranking.calibration) == fitted["numbers"]
    assert "not fitted" not in kb("status", home=rereading).stdout


def test_a_fitted_calibration_of_the_reranker_is_kept_for_that_reranker(rereading: Path) -> None:
    knowledge = open_knowledge(settings(rereading))
    reranking = configured_reranking(knowledge.config, knowledge.settings.models)
    assert reranking is not None
    fitted = calibrations.read_reranker(knowledge.data, "another")
    calibrations.write_reranker(knowledge.data, reranking.fingerprint, fitted)
    assert calibrations.read_reranker(knowledge.data, reranking.fingerprint) == fitted
    changed = calibrations.Calibration(-1.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0, answered=0.7, related=0.2)
    calibrations.write_reranker(knowledge.data, reranking.fingerprint, changed)
    reread = configured_reranking(knowledge.config, knowledge.settings.models)
    assert reread is not None
    assert reread.calibration == changed
    assert calibrations.read_reranker(knowledge.data, "another") == fitted


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[model]\nname = "m"\n'),
        ('[service]\ntitle = "x"\n', '[service]\ntitle = "x"\n\n[model]\nname = "m"\n'),
        ('[model]\n# ours\nname = "a" # old\n\n[search]\n', '[model]\n# ours\nname = "m"# old\n\n[search]\n'),
        ("[model]\n[search]\n", '[model]\nname = "m"\n[search]\n'),
    ],
)
def test_only_the_models_name_is_changed_in_kb_toml(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "kb.toml").write_text(before)
    write_model(tmp_path, "m")
    assert (tmp_path / "kb.toml").read_text() == after


def test_how_kb_toml_is_written_stays_as_it_was(tmp_path: Path) -> None:
    elsewhere = tmp_path / "shared.toml"
    elsewhere.write_bytes(b'\xef\xbb\xbf[service]\r\ntitle = "x"\r\n')
    (tmp_path / "kb.toml").symlink_to(elsewhere)
    write_model(tmp_path, "m")
    assert (tmp_path / "kb.toml").is_symlink()
    assert elsewhere.read_bytes() == (
        b'\xef\xbb\xbf[service]\r\ntitle = "x"\r\n\r\n[model]\r\nname = "m"\r\n'
    )
    assert load(tmp_path).model.name == "m"
