"""One service and one browser for all of these tests, and pages of other sites to put the box on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.browser.hostile import FEW
from tests.browser.hosts import CALM, Host
from tests.browser.made import Made, made
from tests.service.process import Served

CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
ARGUMENTS = ["--no-sandbox", "--disable-background-networking"]


@pytest.fixture(scope="session")
def served(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = Path(shutil.copytree(practice, tmp_path_factory.mktemp("browser") / "home"))
    with (home / "kb.toml").open("a") as config:  # a collection in which nothing is ever found
        config.write('[[hide]]\ndocument = "draft"\ncollection = "drafts"\n')
    with Served(home) as served:
        served.client.put("/v1/documents/draft?collection=drafts", json={"text": "A session will cost more."})
        for number, payload in enumerate(FEW):
            body = {
                "title": f"Walrus {number} {payload}",
                "text": f"Walruses of kind {number} say {payload} to everyone.\n\n{payload}",
                "metadata": {
                    "url": f"https://practice.example/{payload}",
                    "author": payload,
                    "language": "en",
                    "collection": "hostile",
                },
            }
            path = f"/v1/documents/{quote(f'walrus {number} {payload}', safe='')}"
            wait = "true" if number == len(FEW) - 1 else "false"
            put = served.client.put(path, params={"collection": "hostile", "wait": wait}, json=body)
            assert put.status_code == 200, put.text
        yield served


@pytest.fixture(scope="session")
def pages(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(practice, tmp_path_factory.mktemp("made") / "home", "how much does a session cost")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(15_000)
    yield context
    context.close()


Open = Callable[..., Page]


@pytest.fixture
def host(context: BrowserContext, served: Served) -> Open:
    """Opens a page of the service's own origin that holds the box."""

    def open_page(page: Host = CALM) -> Page:
        opened = context.new_page()
        opened.route("**/host", lambda route: fulfil(route, page))
        opened.goto(f"{served.url}/host")
        return opened

    return open_page


def fulfil(route: Route, page: Host) -> None:
    headers = {"content-security-policy": page.policy} if page.policy else {}
    route.fulfill(body=page.html, content_type="text/html; charset=utf-8", headers=headers)
