"""`<kb-search>` on a host page, in a real browser."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.service.process import Served
from tests.service.test_page import browser, served

__all__ = ["browser", "served"]  # fixtures

WIDGET = Path(__file__).parents[2] / "service" / "web" / "widget.js"
HOST = """<!DOCTYPE html><html lang="en"><head><title>Host</title>
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline';
           require-trusted-types-for 'script'">
<style>* { all: unset }</style><script src="/widget.js" defer></script></head>
<body><main><h1>Host</h1><kb-search limit="3"></kb-search>
<kb-search collection="hostile"></kb-search></main></body></html>"""


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    opened = browser.new_page()
    opened.route("**/host", lambda route: route.fulfill(body=HOST, content_type="text/html"))
    opened.goto(f"{served.url}/host")
    yield opened
    opened.close()


def ask(page: Page, question: str, box: int = 0) -> None:
    search = page.locator("kb-search").nth(box)
    search.get_by_label("What would you like to know?").fill(question)
    search.get_by_role("button", name="Search").click()
    page.wait_for_function(
        "n => { const s = document.querySelectorAll('kb-search')[n].shadowRoot"
        ".querySelector('[role=status]').textContent; return s && s !== 'Searching…' }",
        arg=box,
    )


def test_a_question_is_answered_in_the_page_and_leaves_no_trace(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    ask(page, "how much does a session cost")
    first = page.locator("kb-search").first
    assert "80 pounds" in first.get_by_role("listitem").first.inner_text()
    assert first.locator("mark").count() >= 1
    assert all("session" not in url for url in [*sent, page.url])
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_what_has_no_answer_is_said_in_words(page: Page) -> None:
    ask(page, "which gearbox oil does a tractor take")
    assert "Nothing here answers that" in page.locator("kb-search").first.get_by_role("status").inner_text()


def test_hostile_documents_are_shown_as_text(page: Page) -> None:
    ask(page, "walruses", box=1)
    assert page.locator("kb-search").nth(1).get_by_role("listitem").count() >= 3
    assert page.evaluate("window.owned") is None
    hrefs = page.locator("kb-search").nth(1).locator("a").evaluate_all("all => all.map(a => a.href)")
    assert all(href.startswith("https://practice.example/") for href in hrefs)


def test_marks_fall_on_the_words_beyond_the_basic_plane(page: Page, served: Served) -> None:
    body = {"title": "Smiles", "text": "😀😀 Crocodiles smile with sixty teeth. 😀"}
    served.client.put("/v1/documents/smiles", params={"collection": "hostile", "wait": "true"}, json=body)
    ask(page, "crocodiles smile teeth", box=1)
    marks = page.locator("kb-search").nth(1).locator("mark").all_inner_texts()
    assert any(mark.endswith("sixty teeth.") for mark in marks), marks


def test_a_failing_service_is_told_and_the_box_goes_on(page: Page) -> None:
    page.route("**/v1/search", lambda route: route.abort())
    ask(page, "fees")
    assert "try again" in page.locator("kb-search").first.get_by_role("status").inner_text()
    page.unroute("**/v1/search")
    page.route(
        "**/v1/search",
        lambda route: route.fulfill(
            status=503,
            content_type="application/problem+json",
            body=json.dumps(
                {
                    "status": 503,
                    "notices": [
                        {
                            "kind": "crisis",
                            "title": "Call 988",
                            "text": "At any time.",
                            "links": [{"label": "Call", "href": "tel:988"}],
                        }
                    ],
                }
            ),
        ),
    )
    ask(page, "i cannot go on")
    notice = page.locator("kb-search").first.get_by_role("region", name="Call 988")
    assert notice.get_by_role("link", name="Call").get_attribute("href") == "tel:988"


def test_it_is_small() -> None:
    assert len(gzip.compress(WIDGET.read_bytes())) <= 10_000
