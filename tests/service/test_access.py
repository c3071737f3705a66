from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.routing import iter_route_contexts
from httpx2 import Response
from selectolax.lexbor import LexborHTMLParser
from starlette.testclient import TestClient

from kb.keys import SCOPES, Keys, Rate
from service.access import NEEDS, Need, need_of
from tests.conftest import Run, serving
from tests.service.described import Description, check, description, operations
from tests.service.process import Served, free_port
from tests.service.test_cli import told

ORIGIN = "https://clinic.example"
NOTE = "The annex's own note: the canary key hangs beside the door."


@pytest.fixture(scope="module")
def tenants(practice: Path, tmp_path_factory: pytest.TempPathFactory, kb: Run) -> Path:
    """A knowledge base with a second collection, whose keys see nothing of the first."""
    import shutil

    home = Path(shutil.copytree(practice, tmp_path_factory.mktemp("tenants") / "home"))
    (home / "note.txt").write_text(NOTE)
    told(kb("ingest", "note.txt", "--collection", "annex", home=home), 0)
    return home


@pytest.fixture(scope="module")
def tokens(tenants: Path) -> dict[str, str]:
    """A key of each scope for `default`, one for the annex, and one for a page."""
    keys, rate = Keys(tenants / ".kb"), Rate(100_000, 60)
    made = {scope: keys.create(scope, "default", rate=rate)[1] for scope in SCOPES}
    made["annex"] = keys.create("ingest", "annex", rate=rate)[1]
    made["page"] = keys.create("search", "default", origins=[ORIGIN])[1]
    return made


@pytest.fixture(scope="module")
def closed(tenants: Path, tokens: dict[str, str]) -> Iterator[TestClient]:
    """The service as it is at an address for everyone, with keys."""
    assert tokens
    with serving(tenants, near_only=False) as client:
        yield client


def bearing(token: str | None, **more: str) -> dict[str, str]:
    return more if token is None else {"Authorization": f"Bearer {token}", **more}


def asked(client: TestClient, method: str, path: str, headers: dict[str, str]) -> int:
    """The status of a request that asks for nothing in particular: what it is refused for is who asks."""
    return client.request(method, path.replace("{document_id}", "nothing"), headers=headers).status_code


# -- the matrix


def matrix() -> list[tuple[str, str | None, Need]]:
    return [
        ("nobody", None, Need.NOTHING),
        ("search", "search", Need.SEARCH),
        ("ingest", "ingest", Need.INGEST),
        ("admin", "admin", Need.ADMIN),
    ]


@pytest.mark.parametrize(("who", "scope", "may"), matrix(), ids=[one[0] for one in matrix()])
def test_each_scope_reaches_what_it_is_for_and_nothing_else(
    closed: TestClient, tokens: dict[str, str], who: str, scope: str | None, may: Need
) -> None:
    token = None if scope is None else tokens[scope]
    for path, method, _ in operations(description(closed)):
        status = asked(closed, method.upper(), path, bearing(token))
        if may >= need_of(method.upper(), path):
            assert status not in (401, 403), f"{who} {method} {path}"
        else:
            assert status == (401 if token is None else 403), f"{who} {method} {path}"


def test_every_endpoint_declares_what_it_needs(closed: TestClient) -> None:
    for path, method, operation in operations(description(closed)):
        assert (method.upper(), path) in NEEDS, f"{method} {path}"
        need = need_of(method.upper(), path)
        assert (operation["security"] == []) == (need is Need.NOTHING), f"{method} {path}"
    routes = list(iter_route_contexts(closed.app.routes))  # type: ignore[attr-defined]
    found = {(method, str(one.path).replace(":path", "")) for one in routes for method in one.methods or ()}
    assert found == NEEDS.keys()


def test_the_control_an_endpoint_that_declares_nothing_is_closed_but_to_who_has_a_key() -> None:
    assert need_of("GET", "/v1/forgotten") is Need.ADMIN
    assert need_of("PATCH", "/v1/search") is Need.ADMIN


def test_the_description_names_the_keys(closed: TestClient) -> None:
    document: Description = description(closed)
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert document["paths"]["/v1/search"]["post"]["security"] == [{"key": ["search"]}]
    assert document["paths"]["/v1/documents/{document_id}"]["put"]["security"] == [{"key": ["ingest"]}]


def test_what_is_refused_is_refused_as_described(closed: TestClient, tokens: dict[str, str]) -> None:
    document = description(closed)
    for headers in ({}, bearing("kb_0_wrong"), bearing(tokens["search"])):
        for path, method in (("/v1/documents/x", "PUT"), ("/metrics", "GET")):
            response = closed.request(method, path, headers=headers)
            check(document, method, path, response)
            assert response.headers["www-authenticate"].startswith('Bearer realm="kb"')


def test_a_key_is_taken_from_the_header_alone(closed: TestClient, tokens: dict[str, str]) -> None:
    key = tokens["search"]
    body = {"query": "fees", "key": key}
    assert closed.post(f"/v1/search?key={key}&access_token={key}", json=body).status_code == 401
    closed.cookies.set("key", key)
    assert closed.post("/v1/search", json={"query": "fees"}).status_code == 401
    closed.cookies.clear()
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {key}"}
        assert closed.post("/v1/search", json={"query": "fees"}, headers=headers).status_code == 200
    assert closed.get("/", headers={"Authorization": f"Basic {key}"}).status_code == 401


# -- the owner's page, from a browser


def signed_in(password: str, name: str = "", **more: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}", **more}


def test_a_browser_is_asked_for_the_admin_key_as_a_password(tenants: Path, tokens: dict[str, str]) -> None:
    with serving(tenants, near_only=False, peer="203.0.113.7") as client:
        for method in ("GET", "POST"):
            for headers in ({}, signed_in("kb_0_wrong"), signed_in(tokens["search"]), signed_in("")):
                refused = client.request(method, "/admin", headers=headers)
                assert refused.status_code == 401
                assert refused.headers["www-authenticate"] == 'Basic realm="kb", charset="UTF-8"'
        for name in ("", "owner", "Jürgen"):
            assert "passages" in client.get("/admin", headers=signed_in(tokens["admin"], name)).text
        explained = client.post("/admin", data={"q": "fees"}, headers=signed_in(tokens["admin"]))
        assert "site/fees.md  chance" in explained.text


@pytest.mark.parametrize(
    "said", ["Basic", "Basic ", "Basic %%%", "Basic /w==", "Basic bm9jb2xvbg==", "Digest x"]
)
def test_what_is_no_password_signs_nobody_in(closed: TestClient, said: str) -> None:
    refused = closed.get("/admin", headers={"Authorization": said, "X-Forwarded-For": "203.0.113.7"})
    assert refused.status_code == 401


def test_a_browsers_password_opens_nothing_but_the_owners_page(
    closed: TestClient, tokens: dict[str, str]
) -> None:
    """A browser sends it along to every address of the service, also where a page of another site asks."""
    for (method, path), need in NEEDS.items():
        if need > Need.NOTHING and path != "/admin":
            headers = signed_in(tokens["admin"], **{"X-Forwarded-For": "203.0.113.7"})
            assert asked(closed, method, path, headers) == 401, (method, path)


def test_no_page_of_another_site_uses_a_browsers_password(tenants: Path, tokens: dict[str, str]) -> None:
    config = tenants / "kb.toml"
    before = config.read_text()
    config.write_text(before.replace("[service]", f'[service]\norigins = ["{ORIGIN}"]'))
    try:
        with serving(tenants, near_only=False) as client:
            for origin, status in ((ORIGIN, 403), ("null", 403), ("http://127.0.0.1", 200)):
                headers = signed_in(tokens["admin"], Origin=origin, Host="127.0.0.1")
                assert client.post("/admin", data={"q": "fees"}, headers=headers).status_code == status
            assert client.post("/admin", headers=bearing(tokens["admin"], Origin=ORIGIN)).status_code == 200
    finally:
        config.write_text(before)


def test_who_guesses_at_the_password_is_held_to_the_rate_of_an_address(tenants: Path) -> None:
    with serving(tenants, near_only=False, peer="203.0.113.7") as client:
        seen = [client.get("/admin", headers=signed_in(f"kb_0_{n}")).status_code for n in range(61)]
        assert seen == [401] * 60 + [429]


# -- collections


def test_the_collection_is_the_keys(closed: TestClient, tokens: dict[str, str]) -> None:
    search = closed.post("/v1/search", json={"query": "where is the key"}, headers=bearing(tokens["annex"]))
    assert [one["document_id"] for one in search.json()["results"]] == ["note.txt"]
    listed = closed.get("/v1/documents", headers=bearing(tokens["annex"])).json()["documents"]
    assert [one["id"] for one in listed] == ["note.txt"]
    collections = closed.get("/v1/collections", headers=bearing(tokens["annex"])).json()["collections"]
    assert [one["name"] for one in collections] == ["annex"]


def surfaces() -> list[tuple[str, Callable[[TestClient, str, dict[str, str]], object]]]:
    """Everything that can be asked of a collection by its name."""

    def post(path: str, body: Callable[[str], object]) -> Callable[..., object]:
        return lambda client, name, headers: client.post(path, json=body(name), headers=headers)

    def get(path: str) -> Callable[..., object]:
        return lambda client, name, headers: client.get(path.format(name), headers=headers)

    def put(client: TestClient, name: str, headers: dict[str, str]) -> object:
        return client.put(f"/v1/documents/x?collection={name}", json={"text": "x"}, headers=headers)

    def delete(client: TestClient, name: str, headers: dict[str, str]) -> object:
        return client.delete(f"/v1/documents/note.txt?collection={name}", headers=headers)

    return [
        ("search", post("/v1/search", lambda name: {"query": "canary", "collection": name})),
        ("batch", post("/v1/search/batch", lambda n: {"queries": [{"query": "key", "collection": n}]})),
        ("suggest", post("/v1/suggest", lambda name: {"prefix": "ca", "collection": name})),
        ("documents", get("/v1/documents?collection={}")),
        ("document", get("/v1/documents/note.txt?collection={}")),
        ("put", put),
        ("delete", delete),
    ]


@pytest.mark.parametrize(("name", "ask"), surfaces(), ids=[one[0] for one in surfaces()])
def test_another_collection_is_not_there_as_one_that_does_not_exist_is_not(
    closed: TestClient, tokens: dict[str, str], name: str, ask: Callable[..., object]
) -> None:
    def without(response: object, named: str) -> tuple[object, ...]:
        body = response.json()  # type: ignore[attr-defined]
        assert body.pop("request_id")
        headers = dict(response.headers)  # type: ignore[attr-defined]
        for varying in ("x-request-id", "ratelimit", "content-length"):
            headers.pop(varying)
        return json.dumps(body).replace(named, "?"), headers

    headers = bearing(tokens["ingest"])
    hidden, missing = ask(closed, "annex", headers), ask(closed, "nowhere", headers)
    assert hidden.status_code == 404, name  # type: ignore[attr-defined]
    assert without(hidden, "annex") == without(missing, "nowhere")
    assert "canary" not in hidden.text  # type: ignore[attr-defined]


def test_the_control_its_own_key_finds_it(closed: TestClient, tokens: dict[str, str]) -> None:
    found = closed.get("/v1/documents/note.txt", headers=bearing(tokens["annex"]))
    assert "canary" in found.text


def test_a_document_of_another_collection_is_not_found_by_its_id(
    closed: TestClient, tokens: dict[str, str]
) -> None:
    hidden = closed.get("/v1/documents/note.txt", headers=bearing(tokens["search"]))
    assert hidden.status_code == 404
    assert "canary" not in hidden.text


# -- who needs a key


def test_on_its_own_machine_without_keys_it_is_open(client: TestClient) -> None:
    assert client.post("/v1/search", json={"query": "fees"}).status_code == 200
    assert client.get("/metrics").status_code == 200


def test_with_the_first_key_it_is_closed_within_a_second_and_stays_so(home: Path) -> None:
    with serving(home) as client:
        assert client.get("/v1/collections").status_code == 200
        key, token = Keys(home / ".kb").create("search", "default")
        deadline = time.monotonic() + 1
        while client.get("/v1/collections").status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert client.get("/v1/collections", headers=bearing(token)).status_code == 200
        Keys(home / ".kb").revoke(key.id)
        deadline = time.monotonic() + 1
        while client.get("/v1/collections", headers=bearing(token)).status_code == 200:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert client.get("/v1/collections").status_code == 401


def test_at_an_address_for_everyone_it_does_not_start_without_keys(home: Path, kb: Run) -> None:
    for make in (lambda: None, lambda: Keys(home / ".kb").create("search", "a", expires=int(time.time()))):
        make()
        refused = kb("serve", "--host", "0.0.0.0", "--port", str(free_port()), home=home)
        assert refused.returncode == 2
        assert "kb keys create" in refused.stderr
        assert "public_search" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_at_an_address_for_everyone_it_starts_with_a_key_and_asks_for_it(home: Path, kb: Run) -> None:
    made = json.loads(kb("keys", "create", "--scope", "search", "--json", home=home).stdout)
    assert set(made) == {"id", "key"}
    with Served(home, host="0.0.0.0") as served:
        ask = {"query": "how much is a session"}
        assert served.client.post("/v1/search", json=ask).status_code == 401
        found = served.client.post("/v1/search", json=ask, headers=bearing(made["key"]))
        assert found.status_code == 200
        told(kb("keys", "revoke", made["id"], home=home), 0)
        time.sleep(1)
        assert served.client.post("/v1/search", json=ask, headers=bearing(made["key"])).status_code == 401
        assert made["key"] not in json.dumps(served.log)


def test_public_search_opens_search_and_nothing_else(tenants: Path, tokens: dict[str, str]) -> None:
    assert tokens
    config = tenants / "kb.toml"
    before = config.read_text()
    config.write_text(
        f"{before}\n[service]\npublic_search = true\n"
        if "[service]" not in before
        else before.replace("[service]", "[service]\npublic_search = true")
    )
    try:
        with serving(tenants, near_only=False) as client:
            for path, method, _ in operations(description(client)):
                status = asked(client, method.upper(), path, {})
                if need_of(method.upper(), path) <= Need.PUBLIC:
                    assert status not in (401, 403), f"{method} {path}"
                else:
                    assert status == 401, f"{method} {path}"
            security = description(client)["paths"]["/v1/search"]["post"]["security"]
            assert security == [{"key": ["search"]}, {}]
            assert client.get("/").status_code == 200
            assert client.post("/", data={"q": "fees"}).status_code == 200
            assert client.post("/v1/search", json={"query": "fees"}).json()["results"]
            hidden = client.post("/v1/search", json={"query": "key", "collection": "annex"})
            assert hidden.status_code == 404
            assert client.post("/", data={"q": "key", "collection": "annex"}).status_code == 404
            wrong = client.post("/v1/search", json={"query": "fees"}, headers=bearing("kb_0_wrong"))
            assert wrong.status_code == 401
            asks_why = {"query": "fees", "explain": True}
            assert client.post("/v1/search", json=asks_why).status_code == 403
    finally:
        config.write_text(before)


def test_the_owner_on_the_machine_needs_no_key_for_metrics(tenants: Path, tokens: dict[str, str]) -> None:
    assert tokens
    with serving(tenants, peer="127.0.0.1") as client:
        near = {"Host": "127.0.0.1:8000"}
        assert client.get("/metrics", headers=near).status_code == 200
        assert client.get("/metrics", headers={**near, "X-Forwarded-For": "203.0.113.9"}).status_code == 401
        assert client.get("/metrics", headers={"Host": "evil.example"}).status_code == 401
        assert client.get("/v1/collections", headers=near).status_code == 401


def test_metrics_count_the_documents_of_a_keys_own_collection_and_on_the_machine_of_all(
    tenants: Path, tokens: dict[str, str]
) -> None:
    annex = Keys(tenants / ".kb").create("admin", "annex")[1]
    with serving(tenants, near_only=False) as client:
        of = {
            who: client.get("/metrics", headers=bearing(key)).text
            for who, key in (("annex", annex), ("default", tokens["admin"]))
        }
    with serving(tenants, peer="127.0.0.1") as client:
        of["all"] = client.get("/metrics", headers={"Host": "127.0.0.1:8000"}).text
    documents = {
        who: float(re.findall(r"^kb_documents (.*)$", text, re.MULTILINE)[0]) for who, text in of.items()
    }
    assert documents == {"annex": 1, "default": 7, "all": 9}  # one is in a third collection


def test_an_admin_key_is_told_why(closed: TestClient, tokens: dict[str, str]) -> None:
    asks_why = {"query": "fees", "explain": True}
    assert closed.post("/v1/search", json=asks_why, headers=bearing(tokens["admin"])).json()["explain"]
    assert closed.post("/v1/search", json=asks_why, headers=bearing(tokens["ingest"])).status_code == 403


def test_keys_that_cannot_be_read_close_the_service(home: Path) -> None:
    _, token = Keys(home / ".kb").create("search", "default")
    with serving(home) as client:
        (home / ".kb" / "keys.sqlite").write_bytes(b"damaged" * 1000)
        time.sleep(0.3)
        response = client.get("/v1/collections", headers=bearing(token))
        assert response.status_code == 503
        assert str(home) not in response.text


# -- limits


def test_a_key_is_held_to_its_rate(tenants: Path, closed: TestClient) -> None:
    _, token = Keys(tenants / ".kb").create("search", "default", rate=Rate(3, 60))
    time.sleep(0.3)
    answers = [closed.get("/v1/collections", headers=bearing(token)) for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["ratelimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[0].headers["ratelimit-policy"] == '"key";q=3;w=60'
    assert 50 < int(answers[3].headers["retry-after"]) <= 60
    check(description(closed), "GET", "/v1/collections", answers[3])


def test_who_has_no_key_is_held_to_one_rate_an_address(tenants: Path, tokens: dict[str, str]) -> None:
    assert tokens
    with serving(tenants, near_only=False, peer="203.0.113.7") as client:
        forwarded = ({"X-Forwarded-For": f"198.51.100.{n}"} for n in range(61))
        seen = [client.get("/v1/collections", headers=one).status_code for one in forwarded]
        assert seen == [401] * 60 + [429]
        assert client.get("/health/live").status_code == 200


def test_a_visitor_who_is_turned_away_is_told_in_the_page(tenants: Path, tokens: dict[str, str]) -> None:
    assert tokens
    with serving(tenants, near_only=False, peer="203.0.113.8") as client:
        answers = [client.post(path, data={"q": "fees"}) for path in ("/", "/embed") * 31]
        asked = client.post("/v1/search", json={"query": "fees"})
    closed, busy = answers[0], answers[-1]
    assert (closed.status_code, busy.status_code) == (401, 429)
    assert "This search is not open to everyone." in closed.text
    assert "try again in a moment" in busy.text
    assert closed.headers["www-authenticate"].startswith("Bearer")
    assert 1 <= int(busy.headers["retry-after"]) <= 60
    for page in (closed, busy):
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert asked.headers["content-type"] == "application/problem+json"


def test_who_is_turned_away_asks_the_same_collection_again(tenants: Path, tokens: dict[str, str]) -> None:
    assert tokens
    config = tenants / "kb.toml"
    before = config.read_text()
    config.write_text(
        before.replace("[service]", "[service]\npublic_search = true")
        + '\n[[collection]]\nname = "annex"\npublic = true\n\n[limits]\naddress_requests = 4\n'
    )
    try:
        with serving(tenants, near_only=False, peer="203.0.113.9") as client:
            asked = [form_of(client.get(f"{path}?collection=annex")) for path in ("/", "/embed")]
            answered = [client.post(action, data=data) for action, data in asked]
            turned_away = [client.post(action, data=data) for action, data in asked]
    finally:
        config.write_text(before)
    assert all("canary" in page.text for page in answered)
    assert [page.status_code for page in turned_away] == [429, 429]
    assert [form_of(page) for page in answered] == asked
    assert [form_of(page) for page in turned_away] == asked


def form_of(page: Response) -> tuple[str, dict[str, str]]:
    """Where the form of a page is sent, and with what when one asks for the key."""
    form = LexborHTMLParser(page.text).css_first("form[role=search]")
    assert form is not None
    hidden = {str(one.attributes["name"]): str(one.attributes["value"]) for one in form.css("[type=hidden]")}
    return str(form.attributes["action"]), {"q": "key", **hidden}


# -- pages of other origins


def test_a_pages_key_is_taken_from_its_pages_alone(closed: TestClient, tokens: dict[str, str]) -> None:
    def search(**more: str) -> object:
        return closed.post("/v1/search", json={"query": "fees"}, headers=bearing(tokens["page"], **more))

    allowed = search(Origin=ORIGIN)
    assert allowed.status_code == 200  # type: ignore[attr-defined]
    assert allowed.headers["access-control-allow-origin"] == ORIGIN  # type: ignore[attr-defined]
    assert "Origin" in allowed.headers["vary"]  # type: ignore[attr-defined]
    for more in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": f"{ORIGIN}.evil"}):
        refused = search(**more)
        assert refused.status_code == 403, more  # type: ignore[attr-defined]
        assert "access-control-allow-origin" not in refused.headers  # type: ignore[attr-defined]


def test_a_preflight_is_answered_for_known_origins_and_kept(closed: TestClient) -> None:
    def preflight(origin: str) -> object:
        ask = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return closed.options("/v1/search", headers=ask)

    known = preflight(ORIGIN)
    assert known.status_code == 204  # type: ignore[attr-defined]
    assert known.headers["access-control-allow-origin"] == ORIGIN  # type: ignore[attr-defined]
    assert known.headers["access-control-max-age"] == "7200"  # type: ignore[attr-defined]
    assert "authorization" in known.headers["access-control-allow-headers"]  # type: ignore[attr-defined]
    for origin in ("https://evil.example", "null", "http://clinic.example", f"{ORIGIN}:8443"):
        refused = preflight(origin)
        assert "access-control-allow-origin" not in refused.headers  # type: ignore[attr-defined]
        assert "Origin" in refused.headers["vary"]  # type: ignore[attr-defined]


def test_origins_are_a_collections_own(tenants: Path) -> None:
    config = tenants / "kb.toml"
    before = config.read_text()
    config.write_text(
        f'{before}\n[[collection]]\nname = "default"\norigins = ["https://a.example"]\n'
        '[[collection]]\nname = "annex"\norigins = ["https://b.example"]\n'
    )
    _, token = Keys(tenants / ".kb").create("search", "annex")
    try:
        with serving(tenants, near_only=False) as client:
            for origin, readable in (("https://a.example", False), ("https://b.example", True)):
                headers = bearing(token, Origin=origin)
                response = client.post("/v1/search", json={"query": "key"}, headers=headers)
                assert ("access-control-allow-origin" in response.headers) == readable
                assert response.headers.get("access-control-allow-credentials") is None
    finally:
        config.write_text(before)


def test_the_page_for_frames_names_no_sites_of_a_collection_that_the_asker_does_not_see(
    tenants: Path,
) -> None:
    config = tenants / "kb.toml"
    before = config.read_text()
    config.write_text(
        f'{before}\n[[collection]]\nname = "default"\norigins = ["https://a.example"]\n'
        '[[collection]]\nname = "annex"\norigins = ["https://b.example"]\n'
    )
    _, token = Keys(tenants / ".kb").create("search", "default")
    try:
        with serving(tenants, near_only=False) as client:
            for name, frames in (("annex", "'self'"), ("default", "'self' https://a.example")):
                page = client.get(f"/embed?collection={name}", headers=bearing(token))
                answer = client.post("/embed", data={"q": "x", "collection": name}, headers=bearing(token))
                for one in (page, answer):
                    policy = one.headers["content-security-policy"]
                    assert policy.partition("frame-ancestors ")[2].partition(";")[0] == frames
    finally:
        config.write_text(before)


def test_a_page_of_another_site_writes_nothing_even_where_all_is_open(writing: TestClient) -> None:
    headers = {"Origin": "https://evil.example"}
    refused = writing.put("/v1/documents/x", json={"text": "x"}, headers=headers)
    assert refused.status_code == 403
    own = writing.put("/v1/documents/x", json={"text": "x"}, headers={"Origin": "http://127.0.0.1"})
    assert own.status_code == 200
