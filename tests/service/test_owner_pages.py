"""`/admin` and `/docs/embed`, through the running service."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run, serving
from tests.service.process import Served


@pytest.fixture(scope="module")
def served(practice: Path, kb: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Path(shutil.copytree(practice, tmp_path_factory.mktemp("owner") / "home"))
    (home / "site" / "scan.pdf").write_text("no pdf")
    with (home / "kb.toml").open("a") as config:
        config.write('unanswered_topics = true\n[[must_find]]\nquestion = "what does a session cost"\n')
        config.write('document = "site/fees.md"\n')
    assert kb("ingest", "site", home=home).returncode == 1
    with Served(home) as served:
        yield served


@pytest.fixture(scope="module")
def here(served: Served) -> str:
    return served.url


def test_the_owner_sees_what_is_indexed_and_what_was_refused_and_why(served: Served) -> None:
    page = served.client.get("/admin").text
    assert "site/fees.md" in page
    assert "site/scan.pdf" in page
    assert "is named .pdf but is no PDF" in page


def test_what_is_mended_is_no_longer_told(served: Served, kb: Run, tmp_path: Path) -> None:
    home = Path(shutil.copytree(served.home, tmp_path / "home"))
    (home / "site" / "scan.pdf").unlink()
    assert kb("ingest", "site", home=home).returncode == 0
    assert json.loads((home / ".kb" / "refused.json").read_text()) == {}


def test_a_question_is_explained_and_stands_in_no_address(served: Served) -> None:
    page = served.client.post("/admin", data={"q": "how much is a session"})
    assert page.status_code == 200
    assert "site/fees.md  chance" in page.text
    assert page.headers["cache-control"] == "no-store"


def test_a_question_that_cannot_be_asked_is_told(served: Served) -> None:
    assert "the question is empty" in served.client.post("/admin", data={"q": " "}).text
    assert "no collection named" in served.client.post("/admin", data={"q": "x", "collection": "no"}).text


def test_what_must_be_found_is_checked(served: Served) -> None:
    assert "1 of 1 are found" in served.client.post("/admin", data={"check": "1"}).text


def test_the_time_that_answers_take_is_told(served: Served) -> None:
    served.client.post("/v1/search", json={"query": "fees"})
    assert re.search(r"\d+ answers? since the service started", served.client.get("/admin").text)


def test_nothing_is_told_of_what_was_not_found_until_days_have_passed(served: Served) -> None:
    served.client.post("/v1/search", json={"query": "which gearbox oil does a tractor take"})
    assert "Nothing yet that can be told" in served.client.get("/admin").text


@pytest.mark.parametrize(
    "headers",
    [{"x-forwarded-for": "10.0.0.1"}, {"forwarded": "for=10.0.0.1"}, {"host": "rebound.example"}],
)
def test_nobody_else_sees_it(served: Served, headers: dict[str, str]) -> None:
    assert served.client.get("/admin", headers=headers).status_code == 403
    assert served.client.post("/admin", data={"q": "x"}, headers=headers).status_code == 403


def snippets(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.DOTALL)]


def test_the_lines_to_copy_name_this_service(served: Served, here: str) -> None:
    page = served.client.get("/docs/embed").text
    found = snippets(page)
    assert f'<script src="{here}/widget.js" defer></script>\n<kb-search></kb-search>' in found
    assert any("add_shortcode" in one for one in found)
    assert any(f"{here}/embed" in one for one in found)
    assert page.count("<script") == 1, "the snippets are shown, not run"


def test_a_title_with_quotes_stays_in_its_attribute(home: Path) -> None:
    config = home / "kb.toml"
    config.write_text(re.sub(r"(?m)^title = .*$", "title = 'The \"<Oak>\" practice'", config.read_text()))
    with serving(home) as client:
        frame = next(one for one in snippets(client.get("/docs/embed").text) if "<iframe" in one)
    assert ' title="The &quot;&lt;Oak&gt;&quot; practice" referrerpolicy=' in frame


def test_the_integrity_hash_is_that_of_the_file(served: Served) -> None:
    page = html.unescape(served.client.get("/docs/embed").text)
    named = re.search(r'integrity="sha384-([^"]+)"', page)
    assert named is not None
    widget = served.client.get("/widget.js").content
    assert base64.b64decode(named[1]) == hashlib.sha384(widget).digest()


def test_a_name_that_is_no_host_is_not_put_into_the_lines(served: Served) -> None:
    page = served.client.get("/docs/embed", headers={"host": '"><script>x'}).text
    assert "&gt;&lt;script" not in page
    assert "https://kb.example/widget.js" in html.unescape(page)


def test_any_site_may_load_the_box_and_its_settings(served: Served) -> None:
    for path in ("/widget.js", "/widget.json"):
        assert served.client.get(path).headers["access-control-allow-origin"] == "*"
    assert served.client.get("/widget.json").json() == {"contact": "Call (202) 555-0142."}


def test_a_browser_is_told_how_to_ask_only_where_the_owner_says_so(served: Served, home: Path) -> None:
    assert served.client.get("/opensearch.xml").status_code == 404
    assert "opensearch" not in served.client.get("/").text
    config = (home / "kb.toml").read_text()
    (home / "kb.toml").write_text(config.replace("[service]", "[service]\nopensearch = true"))
    with serving(home) as client:
        said = client.get("/opensearch.xml").text
        assert 'method="post"' in said
        assert "?q=" not in said
        assert "/opensearch.xml" in client.get("/").text


def test_the_frame_is_for_sites_that_the_owner_names(home: Path) -> None:
    config = (home / "kb.toml").read_text()
    origin = "https://www.example.org"
    (home / "kb.toml").write_text(config.replace("[service]", f'[service]\norigins = ["{origin}"]'))
    with serving(home) as client:
        assert f"frame-ancestors 'self' {origin};" in client.get("/embed").headers["content-security-policy"]
        assert "frame-ancestors 'self';" in client.get("/").headers["content-security-policy"]
        answered = client.post("/embed", data={"q": "how much is a session"})
        assert 'action="/embed"' in answered.text
        assert answered.status_code == 200
