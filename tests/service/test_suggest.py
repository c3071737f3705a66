"""`POST /v1/suggest`: the knowledge base's own phrases, as it is now."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from tests.conftest import serving


def suggested(client: TestClient, typed: str, collection: str = "default") -> list[str]:
    answer = client.post("/v1/suggest", json={"prefix": typed, "collection": collection})
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["suggestions"]
    return found


def test_titles_and_headings_are_suggested(client: TestClient) -> None:
    assert suggested(client, "sle")[0] == "Sleeping badly"
    assert "Before an exam" in suggested(client, "exam")


def test_a_collection_suggests_only_its_own(client: TestClient) -> None:
    assert suggested(client, "for st") == []
    assert suggested(client, "for st", "staff") == ["For staff"]
    assert client.post("/v1/suggest", json={"prefix": "a", "collection": "none"}).status_code == 404


def test_each_has_the_language_that_its_document_says_it_is_in(client: TestClient) -> None:
    for typed, text, language in (("prim", "La primera cita", "es"), ("insur", "Insurance", "en-gb")):
        found = client.post("/v1/suggest", json={"prefix": typed}).json()
        assert (found["suggestions"][0], found["languages"][0]) == (text, language)
    found = client.post("/v1/suggest", json={"prefix": "sle"}).json()
    assert found["languages"] == [None] * len(found["suggestions"])


def test_what_is_written_is_suggested_and_what_is_removed_no_longer(writing: TestClient) -> None:
    assert suggested(writing, "walr") == []
    body = {"title": "Walruses", "text": "They like it cold."}
    writing.put("/v1/documents/walrus", params={"wait": "true"}, json=body)
    assert suggested(writing, "walr") == ["Walruses"]
    writing.delete("/v1/documents/walrus", params={"wait": "true"})
    assert suggested(writing, "walr") == []


def test_the_owner_can_do_without_and_what_is_hidden_is_not_suggested(home: Path) -> None:
    config = (home / "kb.toml").read_text()
    (home / "kb.toml").write_text(config + '\n[[hide]]\ndocument = "site/fees.md"\n')
    with serving(home) as client:
        assert "Fees" not in suggested(client, "fees")
        assert suggested(client, "sle") != []
    (home / "kb.toml").write_text(config.replace("[service]", "[service]\nsuggestions = false"))
    with serving(home) as client:
        assert suggested(client, "sle") == []
