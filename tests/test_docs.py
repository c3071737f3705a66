"""The documentation: its examples run as they stand, its pages are whole and load nothing from elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult
from playwright.sync_api import expect, sync_playwright

from kb.keys import Keys
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.clients.test_javascript import CLIENT, NODE
from tests.conftest import KB, ROOT
from tests.service.process import Served
from tools import api_page

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(python|sh|js)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN = [
    pytest.param(language, code, id=f"{page.stem}-{number}")
    for page in sorted(DOCS.glob("*.md"))
    if page.name != "api.md"
    for number, (language, code) in enumerate(BLOCK.findall(page.read_text()), 1)
]


@pytest.fixture(scope="module")
def folder(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the pages name: `site`, and the knowledge base `notes`."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(practice, folder / "notes")
    shutil.copytree(practice / "site", folder / "site")
    return folder


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    home = shutil.copytree(folder / "notes", folder / "served")
    with Served(home) as served:
        yield served


@pytest.fixture(scope="module")
def keyed(folder: Path) -> Iterator[tuple[Served, str]]:
    """A service that asks for a key, and one that searches."""
    home = Path(shutil.copytree(folder / "notes", folder / "keyed"))
    token = Keys(home / ".kb").create("search", "default")[1]
    with Served(home) as served:
        yield served, token


@pytest.mark.parametrize(("language", "code"), RUN)
def test_an_example_runs(
    language: str, code: str, folder: Path, served: Served, keyed: tuple[Served, str], tmp_path: Path
) -> None:
    asked, token = keyed if "KB_KEY" in code else (served, "")
    code = code.replace("http://127.0.0.1:8000", asked.url)
    if language == "js":
        if NODE is None:
            pytest.skip("there is no node here")
        code = code.replace('"kb-client"', repr((CLIENT / "index.js").as_uri()))
        command = [NODE, "--input-type=module", "--eval", code]
    elif language == "python":
        command = [sys.executable, "-c", code]
    else:
        code = code.replace("curl -s", "curl -sS --fail-with-body")
        command = ["bash", "-euo", "pipefail", "-c", code]
    where = folder
    if "kb init" in code:
        where = tmp_path
        shutil.copytree(folder / "site", where / "site")
    environment = {
        **os.environ,
        "PATH": f"{KB.parent}:{os.environ['PATH']}",
        "KB_HOME": str(folder / "notes"),
        "KB_KEY": token,
        "HAYSTACK_TELEMETRY_ENABLED": "False",
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "clients" / "python"))),
    }
    ran = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip()


def test_the_configuration_of_a_client_on_stdio_starts_a_server_that_answers(folder: Path) -> None:
    (written,) = re.findall(r"^```json\n(.*?)^```$", (DOCS / "mcp.md").read_text(), re.MULTILINE | re.DOTALL)
    (server,) = json.loads(written.replace("/srv/clinic", str(folder / "notes")))["mcpServers"].values()
    assert server["command"] == KB.name

    async def ask() -> CallToolResult:
        async with Client(StdioServerParameters(command=str(KB), args=server["args"])) as client:
            return await client.call_tool("search", {"query": "can't sleep before exams"})

    found = asyncio.run(ask())
    assert found.structured_content is not None
    assert found.structured_content["verdict"] == "answered"


@pytest.mark.parametrize("page", [DOCS / "box.md", ROOT / "README.md"], ids=["box", "README"])
def test_the_lines_for_a_site_make_a_box_that_answers(page: Path, served: Served) -> None:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    (lines, *_) = re.findall(r"^```html\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL)
    site = f"<!DOCTYPE html><title>A site</title>{lines.replace('https://kb.example', served.url)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        visitor = browser.new_page()
        visitor.route(f"{served.url}/site", lambda route: route.fulfill(content_type="text/html", body=site))
        visitor.goto(f"{served.url}/site")
        box = visitor.locator("kb-search")
        box.get_by_role("combobox").fill("how much does a session cost")
        box.get_by_role("combobox").press("Enter")
        expect(box).to_contain_text("80 pounds")
        browser.close()


def test_the_python_and_javascript_pages_print_a_result_in_five_lines() -> None:
    for language, page in (("python", "python.md"), ("js", "javascript.md")):
        first = next(code for said, code in BLOCK.findall((DOCS / page).read_text()) if said == language)
        assert len([line for line in first.splitlines() if line.strip()]) <= 5


def test_what_is_to_be_installed_is_of_the_checkout() -> None:
    """Packages of these names that an index has are not ours."""
    strangers = re.compile(r"(pip|npm) install '?(kb|kb-client)\b")
    told = [ROOT / "README.md", *DOCS.glob("*.md"), *(ROOT / "deploy").iterdir()]
    told += [path for name in ("clients", "service", "index", "kb") for path in (ROOT / name).rglob("*.py")]
    told += (ROOT / "clients").glob("*/README.md")
    assert [path.name for path in told if path.is_file() and strangers.search(path.read_text())] == []


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built of a copy; a link that leads nowhere ends the build."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(DOCS, folder / "docs")
    shutil.copy(ROOT / "zensical.toml", folder)
    (folder / "docs" / "api.md").write_text(api_page.text())
    zensical = Path(sys.executable).with_name("zensical")
    command = [zensical, "build", "--clean", "--strict"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return folder / "build" / "docs"


class _Page(HTMLParser):
    """What a page loads, where it leads, and the places in it that a link can name."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.places: set[str] = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.places.add(said.get("id", ""))
        if tag == "a":
            self.leads.append(said.get("href", ""))
        elif tag == "link" and said.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(said.get("href", ""))
        elif tag in ("script", "img", "iframe", "source"):
            self.loads.append(said.get("src", ""))


def test_every_link_leads_somewhere_and_nothing_comes_from_elsewhere(built: Path) -> None:
    pages = {path.name: _Page(path) for path in built.glob("*.html")}
    assert {"index.html", "api.html", "owner.html", "upgrading.html"} <= set(pages)
    for name, page in pages.items():
        for address in page.loads:
            assert not urlsplit(address).netloc, f"{name} loads {address}"
            assert not address or (built / unquote(urlsplit(address).path.lstrip("/"))).exists(), address
        if name == "404.html":
            continue
        for address in page.leads:
            said = urlsplit(address)
            if said.netloc or said.scheme:
                assert said.hostname == "127.0.0.1", f"{name} leads to {address}"
                continue
            target = (
                pages.get(Path(said.path).name or name)
                if said.path not in (".", "./")
                else pages["index.html"]
            )
            assert target is not None, f"{name} leads to {address}"
            assert unquote(said.fragment) in {*target.places, "__top", ""}, f"{name} leads to {address}"


def test_its_styles_load_nothing_from_elsewhere(built: Path) -> None:
    for style in built.rglob("*.css"):
        for address in re.findall(r"url\(['\"]?([^'\")]*)|@import\s+['\"]([^'\"]*)", style.read_text()):
            assert not urlsplit("".join(address)).netloc, f"{style.name} loads {address}"


def test_the_reference_has_every_operation() -> None:
    text = api_page.text()
    for path, methods in api_page.document()["paths"].items():
        for method in methods:
            assert f"## {method.upper()} {path}\n" in text


def test_the_reference_says_what_every_field_is_and_leads_there() -> None:
    text = api_page.text()
    for name, schema in api_page.document()["components"]["schemas"].items():
        if schema.get("properties"):
            (part,) = re.findall(rf"^### {name}\n(.*?)(?=^### |\Z)", text, re.MULTILINE | re.DOTALL)
            for field, said in schema["properties"].items():
                (row,) = [line for line in part.splitlines() if line.startswith(f"| `{field}` |")]
                assert " ".join(said["description"].replace("|", "\\|").split()) in row
    assert "Request ([SearchRequest](#searchrequest)):" in text
    assert "| `limit` | query | How many. Default: `100`. |" in text
