"""Results that are much less likely to help than the best are folded, in the page as in the box."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from index.types import Answer, Attribution, Excerpt, Result
from service.bodies import answer_body
from service.templates import likely
from tests.browser import hosts
from tests.browser.conftest import Open
from tests.browser.states import ANSWERED
from tests.service.process import Served

CASES = {
    "none": ([], 0),
    "three, the last two unlikely": ([0.9, 0.001, 0.001], 3),
    "two are unlikely": ([0.97, 0.07, 0.05, 0.04, 0.029, 0.02], 4),
    "all are as unlikely as the first": ([0.02, 0.01, 0.005, 0.004, 0.003, 0.002], 6),
    "only one is unlikely": ([0.97, 0.07, 0.05, 0.02], 4),
    "a likelier one comes after unlikely ones": ([0.9, 0.1, 0.1, 0.001, 0.3, 0.001, 0.001], 5),
    "what is pinned first is not the likeliest": ([0.001, 0.9, 0.2, 0.01, 0.01], 3),
}
case = pytest.mark.parametrize(("scores", "shown"), CASES.values(), ids=CASES)


def answer(scores: list[float]) -> Answer:
    def result(rank: int, score: float) -> Result:
        said = Attribution(f"Page {rank}", f"page-{rank}.md", url="https://practice.example/")
        return Result(rank, score, f"page-{rank}", "a", Excerpt("Words.", 0, 6, ()), said, (), None, None)

    results = tuple(result(rank, score) for rank, score in enumerate(scores, 1))
    return Answer("answered", (), results, None, 1)


@case
def test_the_page_shows_what_is_likely_and_three_at_least(scores: list[float], shown: int) -> None:
    assert likely(answer(scores).results) == shown


@case
def test_the_box_shows_the_same(host: Open, scores: list[float], shown: int) -> None:
    page = host(hosts.PAGE)
    body = json.dumps(answer_body(answer(scores), 1.0))
    page.route("**/v1/search", lambda route: route.fulfill(content_type="application/json", body=body))
    ask(page)
    box = page.locator("kb-search")
    expect(box.locator("[part=verdict]")).to_contain_text(f"{shown} results" if scores else "No results")
    expect(box.get_by_role("listitem")).to_have_count(shown)
    folded = box.locator("[part=rest] li")
    expect(folded).to_have_count(len(scores) - shown)
    if shown < len(scores):
        box.get_by_text(f"{len(scores) - shown} more pages, less likely to help").click()
        expect(folded.last).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_folded_in_the_page_is_there_to_open(browser: Browser, served: Served, scripts: bool) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(served.url)
    ask(page)
    found = served.client.post("/v1/search", json={"query": ANSWERED}).json()["results"]
    titles = [one["attribution"]["title"] for one in found]
    shown = page.get_by_role("heading", level=3)
    expect(shown.first).to_be_visible()
    seen = shown.all_inner_texts()
    assert 3 <= len(seen) < len(titles)
    assert page.get_by_role("heading", level=2).inner_text() == f"{len(seen)} results"
    page.get_by_text(f"{len(titles) - len(seen)} more pages, less likely to help").focus()
    page.keyboard.press("Enter")
    assert shown.all_inner_texts() == titles
    context.close()


def ask(page: Page) -> None:
    page.get_by_role("combobox").or_(page.get_by_role("searchbox")).fill(ANSWERED)
    page.keyboard.press("Enter")
