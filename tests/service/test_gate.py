from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kb.keys import SCOPES, Keys
from service.access import NEEDS, Need
from tests.conftest import serving
from tests.service.described import check, description

REBOUND = {"Host": "evil.example", "Origin": "http://evil.example"}


def asked(client: TestClient, method: str, path: str, headers: dict[str, str]) -> int:
    """The status of a request that asks for nothing in particular."""
    return client.request(method, path.replace("{document_id}", "nothing"), headers=headers).status_code


def public(home: Path) -> Path:
    """The same knowledge base, which everyone may search."""
    config = home / "kb.toml"
    config.write_text(config.read_text().replace("[service]", "[service]\npublic_search = true"))
    return home


# -- an open service, asked by another name


def test_a_site_whose_name_was_pointed_at_this_machine_neither_reads_nor_writes(writing: TestClient) -> None:
    refused = writing.put("/v1/documents/evil", json={"text": "evil"}, headers=REBOUND)
    assert refused.status_code == 403
    assert "evil.example" not in refused.text
    assert "kb keys create" in refused.json()["detail"]
    assert "public_search" in refused.json()["detail"]
    assert writing.get("/v1/documents/evil").status_code == 404
    check(description(writing), "PUT", "/v1/documents/evil", refused)
    for (method, path), need in NEEDS.items():
        for headers in (REBOUND, {"Host": "evil.example:8000"}, {**REBOUND, "X-Forwarded-For": "127.0.0.1"}):
            refusal = asked(writing, method, path, headers) == 403
            assert refusal == (need > Need.NOTHING), (method, path, headers)


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8000", "localhost", "LocalHost:8000", "[::1]:8000", "127.8.8.8", "clinic", ""]
)
def test_an_open_service_answers_to_every_name_of_this_machine(client: TestClient, host: str) -> None:
    assert client.get("/v1/collections", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["localhost.evil.example", "127.0.0.1.evil.example", "[::2]"])
def test_what_only_looks_like_this_machine_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/v1/collections", headers={"Host": host}).status_code == 403


def test_by_another_name_everyone_searches_where_that_is_public_and_nobody_writes(home: Path) -> None:
    with serving(public(home)) as client:
        found = client.post("/v1/search", json={"query": "fees"}, headers=REBOUND)
        assert found.json()["results"]
        assert client.put("/v1/documents/x", json={"text": "x"}, headers=REBOUND).status_code == 401
        assert client.put("/v1/documents/x", json={"text": "x"}).status_code == 200


def test_a_proxy_on_this_machine_that_asks_by_its_name_is_answered(client: TestClient) -> None:
    headers = {"X-Forwarded-For": "203.0.113.7"}
    assert client.get("/v1/collections", headers=headers).status_code == 200


# -- behind a proxy that ends TLS


@pytest.mark.parametrize(
    ("proxies", "said", "scheme"),
    [
        ('["127.0.0.0/8"]', "https", "https"),
        ('["127.0.0.0/8"]', " HTTPS ", "https"),
        ('["127.0.0.0/8"]', "http", "http"),
        ('["127.0.0.0/8"]', "javascript", "http"),
        ('["127.0.0.0/8"]', "https, http", "http"),
        ('["10.0.0.0/8"]', "https", "http"),
        ("[]", "https", "http"),
    ],
)
def test_the_lines_to_copy_are_https_where_a_proxy_that_is_trusted_says_so(
    home: Path, proxies: str, said: str, scheme: str
) -> None:
    more = f"[service]\nopensearch = true\nproxies = {proxies}"
    config = home / "kb.toml"
    config.write_text(config.read_text().replace("[service]", more))
    headers = {"Host": "kb.example", "X-Forwarded-Proto": said}
    with serving(home, peer="127.0.0.1") as client:
        assert f"{scheme}://kb.example/widget.js" in client.get("/docs/embed", headers=headers).text
        described = client.get("/opensearch.xml", headers=headers).text
        assert f'template="{scheme}://kb.example/"' in described


# -- what there is not


@pytest.mark.parametrize("scope", SCOPES)
def test_who_has_a_key_is_told_that_there_is_no_such_address_or_method(home: Path, scope: str) -> None:
    _, token = Keys(home / ".kb").create(scope, "default")
    bearing = {"Authorization": f"Bearer {token}"}
    with serving(home, near_only=False) as client:
        for method, path, allowed in (
            ("GET", "/v1/search", "POST"),
            ("PATCH", "/v1/documents/x", "DELETE, GET, PUT"),
            ("GET", "/mcp", "POST"),
            ("DELETE", "/mcp", "POST"),
            ("POST", "/health/live", "GET, HEAD"),
        ):
            assert asked(client, method, path, {}) == 401, (method, path)
            told = client.request(method, path, headers=bearing)
            assert (told.status_code, told.headers["allow"]) == (405, allowed), (method, path)
        for method, path in (("POST", "/v1/serach"), ("GET", "/v1/search/"), ("GET", "/admin/x")):
            assert asked(client, method, path, {}) == 401, (method, path)
            assert asked(client, method, path, bearing) == 404, (method, path)
