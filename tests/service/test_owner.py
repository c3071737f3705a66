"""The owner's say and the crisis notice, at every door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.knowledge import open_knowledge
from service.live import Live
from service.settings import settings
from tests.conftest import Run, serving
from tests.service.process import Served

CRISIS = "i want to kill myself"
INDIRECT = "nobody would cry at my grave"  # which no rule has words for
SAYS = """
[service]
region = "us"

[[notice]]
kind = "info"
title = "New fees from March"
text = "A session is 85 pounds from then on."
triggers = ["fees", "~ cost ~"]

[[pin]]
document = "site/guides/sleep.md"
questions = ["how do I rest before a test"]
phrases = ["insomnia"]

[[hide]]
document = "site/confidentiality.md"

[[must_find]]
question = "can't sleep before exams"
document = "site/guides/sleep.md"
"""


@pytest.fixture(scope="module")
def us(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client on this machine of the practice's service, in the US."""
    import shutil

    home = tmp_path_factory.mktemp("owner") / "home"
    shutil.copytree(practice, home)
    (home / "kb.toml").write_text(SAYS.replace('"~ cost ~"', '"cost"'))
    live = Live(open_knowledge(settings(home)))
    live.start()
    with TestClient(create_app(live), client=("127.0.0.1", 50000), base_url="http://127.0.0.1") as client:
        yield client
    live.stop()


def numbers(body: dict[str, object]) -> set[str]:
    notices = body.get("notices", [])
    assert isinstance(notices, list)
    return {link["href"] for notice in notices for link in notice["links"]}


@pytest.mark.parametrize("question", [CRISIS, INDIRECT])
def test_the_answer_the_batch_and_the_page_have_the_crisis_notice(us: TestClient, question: str) -> None:
    assert "tel:988" in numbers(us.post("/v1/search", json={"query": question}).json())
    usual = {"query": "how much is a session"}
    first, second = us.post("/v1/search/batch", json={"queries": [usual, {"query": question}]}).json()[
        "answers"
    ]
    assert numbers(first) == set()
    assert "tel:988" in numbers(second)
    assert 'href="tel:988"' in us.post("/", data={"q": question}).text
    assert 'href="tel:988"' not in us.post("/", data={"q": "how much is a session"}).text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"query": CRISIS, "collection": "nowhere"}, 404),
        ({"query": CRISIS, "limit": 1000}, 422),
        ({"query": CRISIS, "limit": "many"}, 422),
        ({"query": CRISIS, "surprise": 1}, 422),
        ({"query": CRISIS + " and more" * 200}, 422),
        ({"query": CRISIS, "filters": {"tags": ["x"] * 40}}, 422),
    ],
)
def test_a_question_that_cannot_be_answered_has_it_in_the_problem(
    us: TestClient, body: dict[str, object], status: int
) -> None:
    answered = us.post("/v1/search", json=body)
    assert answered.status_code == status
    assert answered.headers["content-type"] == "application/problem+json"
    assert "tel:988" in numbers(answered.json())
    usual = us.post("/v1/search", json={**body, "query": "how much" + " and more" * 200})
    assert usual.status_code in (404, 422)
    assert "notices" not in usual.json()


def test_a_batch_that_cannot_be_answered_has_it_too(us: TestClient) -> None:
    queries = [{"query": "fees"}, {"query": CRISIS, "collection": "nowhere"}]
    answered = us.post("/v1/search/batch", json={"queries": queries})
    assert answered.status_code == 404
    assert "tel:988" in numbers(answered.json())


def test_without_an_index_the_service_and_its_page_still_say_whom_to_call(tmp_path: Path) -> None:
    (tmp_path / "kb.toml").write_text('[service]\nregion = "uk"\n')
    with serving(tmp_path) as client:
        answered = client.post("/v1/search", json={"query": CRISIS})
        assert answered.status_code == 503
        assert "Retry-After" in answered.headers
        assert "tel:999" in numbers(answered.json())
        page = client.post("/", data={"q": CRISIS})
        assert page.status_code == 503
        assert 'href="tel:999"' in page.text
        assert "notices" not in client.post("/v1/search", json={"query": "fees"}).json()


def test_without_an_index_the_command_says_whom_to_call(tmp_path: Path, kb: Run) -> None:
    (tmp_path / "kb.toml").write_text('[service]\nregion = "us"\n')
    done = kb("search", CRISIS, home=tmp_path)
    assert done.returncode == 3
    assert "988" in done.stderr
    assert "988" not in kb("search", "fees", home=tmp_path).stderr


def test_the_owner_can_do_without_the_crisis_notice(home: Path) -> None:
    (home / "kb.toml").write_text("[service]\ncrisis_notice = false\n")
    with serving(home) as client:
        assert client.post("/v1/search", json={"query": CRISIS}).json()["notices"] == []


def test_the_owners_notice_pin_and_hide_are_heeded(us: TestClient) -> None:
    assert [
        n["title"] for n in us.post("/v1/search", json={"query": "what are your fees"}).json()["notices"]
    ] == ["New fees from March"]
    for question in ("insomnia, and what it costs", "How do I rest before a test?"):
        assert (
            us.post("/v1/search", json={"query": question}).json()["results"][0]["document_id"]
            == "site/guides/sleep.md"
        )
    for question in ("who will know what I tell you", "confidentiality"):
        found = us.post("/v1/search", json={"query": question, "limit": 50}).json()["results"]
        assert "site/confidentiality.md" not in {result["document_id"] for result in found}


def test_why_is_told_on_this_machine_alone(us: TestClient, client: TestClient) -> None:
    asked = {"query": "insomnia", "explain": True}
    body = us.post("/v1/search", json=asked).json()
    assert body["explain"]["pinned"] == [
        {"document": "site/guides/sleep.md", "by": "insomnia", "cosine": None}
    ]
    assert [one["passage_id"] for one in body["explain"]["results"]] == [
        one["passage_id"] for one in body["results"]
    ]
    assert "explain" not in us.post("/v1/search", json={"query": "insomnia"}).json()
    for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        refused = us.post("/v1/search", json=asked, headers={header: "203.0.113.9"})
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"
    assert client.post("/v1/search", json=asked).status_code == 403  # from another address
    (answer,) = us.post("/v1/search/batch", json={"queries": [asked]}).json()["answers"]
    assert answer["explain"]["question"] == "insomnia"
    assert client.post("/v1/search/batch", json={"queries": [asked]}).status_code == 403


def test_the_command_tells_why_as_text_and_as_json(practice: Path, kb: Run) -> None:
    text = kb("explain", "can't sleep before exms", home=practice)
    assert text.returncode == 0, text.stderr
    assert "read as     can't sleep before exams" in text.stdout
    assert "score" in text.stdout
    assert "verdict" in text.stdout
    told = json.loads(kb("explain", "can't sleep before exams", "--json", home=practice).stdout)
    assert told["results"][0]["document_id"] == "site/guides/sleep.md"
    assert told["results"][0]["dense"]["rank"] == 1
    assert kb("explain", "", home=practice).returncode == 2


def test_what_must_be_found_is_checked(home: Path, kb: Run) -> None:
    (home / "kb.toml").write_text(SAYS.replace('"~ cost ~"', '"cost"'))
    done = kb("eval", "--must-find", home=home)
    assert (done.returncode, done.stdout) == (0, "1 of 1 found\n")
    with (home / "kb.toml").open("a") as file:
        file.write('[[must_find]]\nquestion = "fees"\ndocument = "site/gone.md"\n')
        file.write('[[must_find]]\nquestion = "fees"\ndocument = "site/fees.md"\ncollection = "none"\n')
    broken = kb("eval", "--must-find", home=home)
    assert broken.returncode == 1
    assert broken.stdout == "1 of 3 found\n"
    assert "site/gone.md is not among the first 5" in broken.stderr
    assert "no collection named none" in broken.stderr
    checked = json.loads(kb("eval", "--must-find", "--json", home=home).stdout)
    assert (checked["checked"], len(checked["missed"])) == (3, 2)
    assert kb("eval", home=home).returncode == 2


def test_a_phrase_that_cannot_be_meant_stops_every_command_with_its_line(tmp_path: Path, kb: Run) -> None:
    (tmp_path / "kb.toml").write_text(SAYS)
    done = kb("serve", home=tmp_path)
    assert done.returncode == 2
    assert "kb.toml, line 9: [[notice]] New fees from March: the phrase '~ cost ~'" in done.stderr


def test_a_suggestion_is_shown_on_the_page(us: TestClient) -> None:
    body = us.post("/v1/search", json={"query": "can't sleep before exms"}).json()
    assert body["suggestion"] == "can't sleep before exams"
    assert (
        "Showing what was found for “can&#39;t sleep before exams”"
        in us.post("/", data={"q": "can't sleep before exms"}).text
    )


def test_a_phrase_that_cannot_be_meant_is_told_with_the_included_file_and_its_line(
    kb: Run, home: Path
) -> None:
    (home / "kb.toml").write_text('include = ["pins.toml"]\n')
    (home / "pins.toml").write_text('[[pin]]\ndocument = "site/fees.md"\nphrases = ["(price"]\n')
    done = kb("search", "fees", home=home)
    assert done.returncode == 2
    assert "pins.toml, line 3: " in done.stderr


def test_what_a_file_beside_says_must_be_found_is_checked(kb: Run, home: Path) -> None:
    (home / "kb.toml").write_text('include = ["found.toml"]\n')
    (home / "found.toml").write_text('[[must_find]]\nquestion = "fees"\ndocument = "site/gone.md"\n')
    done = kb("eval", "--must-find", home=home)
    assert done.returncode == 1
    assert "site/gone.md" in done.stderr


def test_a_notice_that_nobody_has_reviewed_for_a_year_is_told(kb: Run, home: Path) -> None:
    notice = '[[notice]]\nkind = "info"\ntitle = "{0}"\ntext = "t"\ntriggers = ["x"]\nreviewed = {1}\n'
    today = date.today()
    old, new = today - timedelta(days=366), today - timedelta(days=300)
    (home / "kb.toml").write_text(notice.format("Old", old) + notice.format("New", new))
    told = kb("status", home=home).stdout
    assert f"[[notice]] Old: last reviewed on {old}" in told
    assert "[[notice]] New" not in told
    with Served(home) as served:
        served.client.post("/v1/search", json={"query": "fees"})
        warned = [str(line) for line in served.log if line.get("level") == "warning"]
    assert any("[[notice]] Old: last reviewed" in line for line in warned)
    assert not any("[[notice]] New" in line for line in warned)


def test_a_pin_or_a_hide_of_a_document_that_is_not_there_is_told_with_its_line(kb: Run, home: Path) -> None:
    (home / "kb.toml").write_text(
        '[[pin]]\ndocument = "site/fees.md"\nphrases = ["x"]\n\n[[hide]]\ndocument = "site/feees.md"\n'
    )
    line = "kb.toml, line 6: [[hide]]: there is no document site/feees.md in default"
    done = kb("ingest", "site", home=home)
    assert [told for told in done.stderr.splitlines() if told.endswith(line)]
    assert "[[pin]]" not in done.stderr
    assert line in kb("status", home=home).stdout
    with Served(home) as served:
        served.process.terminate()
        assert line in served.ended()
