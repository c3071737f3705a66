"""`<kb-search>` on pages of other people's sites, in a real browser."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect
from playwright.sync_api import Error as PlaywrightError

from kb.keys import Keys
from tests.browser import hosts
from tests.browser.conftest import Open, fulfil
from tests.conftest import ROOT
from tests.service.process import Served
from tests.site import Sent, serving

QUESTION = "how much does a session cost"
NOTICE = {
    "kind": "crisis",
    "title": "Call 988",
    "text": "At any time.",
    "links": [{"label": "Call", "href": "tel:988"}],
}


TYPED = """(input, [text, isComposing]) => {
  input.value = text; input.dispatchEvent(new InputEvent('input', { isComposing, bubbles: true })); }"""


def box(page: Page, number: int = 0) -> Locator:
    return page.locator("kb-search").nth(number)


def type_into(page: Page, text: str, number: int = 0) -> Locator:
    """Types letter by letter; gives the input."""
    typed = box(page, number).get_by_role("combobox")
    typed.press_sequentially(text)
    return typed


def ask(page: Page, question: str, number: int = 0) -> None:
    box(page, number).get_by_label("What would you like to know?").fill(question)
    box(page, number).get_by_role("button", name="Search", exact=True).click()
    expect(box(page, number).locator("[part~=results]")).not_to_be_empty()
    expect(box(page, number).locator("[part~=results][aria-busy]")).to_have_count(0)


# -- answers


def test_a_question_is_answered_in_the_page_and_leaves_no_trace(host: Open) -> None:
    page = host()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    ask(page, QUESTION)
    assert "80 pounds" in box(page).get_by_role("listitem").first.inner_text()
    assert box(page).locator("mark").count() >= 1
    assert all("session" not in url for url in [*sent, page.url])
    assert page.context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_a_result_is_read_like_a_page_of_a_book(host: Open) -> None:
    page = host()
    ask(page, QUESTION)
    first = box(page).get_by_role("listitem").first
    link = first.get_by_role("link", name="Fees")
    assert (link.get_attribute("href") or "").startswith(
        "https://practice.example/fees#single-sessions:~:text="
    )
    assert link.get_attribute("rel") == "noreferrer"
    assert link.get_attribute("target") == "_top"
    assert first.locator("[part=place]").first.inner_text() == "Single sessions · February 1, 2026"
    assert first.locator("[part=mark]").first.inner_text().startswith("A session of 50 minutes")
    more = first.locator("details")
    assert more.get_attribute("open") is None
    assert more.locator("summary").inner_text() == "2 more from this page"
    assert box(page).get_by_role("status").inner_text().endswith("3 results")


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        (hosts.CALM, {"query": QUESTION, "limit": 3, "excerpt_length": 320}),
        (hosts.DIALOG, {"query": QUESTION, "limit": 8, "excerpt_length": 320}),
        (hosts.PAGE, {"query": QUESTION, "limit": 10}),
    ],
)
def test_where_there_is_little_room_excerpts_are_short_and_on_a_page_they_are_passages(
    host: Open, where: hosts.Host, wanted: dict[str, object]
) -> None:
    page = host(where)
    sent: list[object] = []
    page.on("request", lambda asked: sent.append(asked.post_data_json) if "search" in asked.url else None)
    if where is hosts.DIALOG:
        page.get_by_role("button", name="Search this site").click()
    page.get_by_role("combobox").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(box(page).get_by_role("listitem").first).to_be_visible()
    assert sent == [wanted]


@pytest.mark.parametrize(
    ("said", "asked"), [("100", 50), ("50", 50), ("-1", 1), ("2.5", 5), ("many", 5), ("", 5)]
)
def test_a_limit_that_the_service_does_not_take_is_brought_into_its_bounds(
    host: Open, said: str, asked: int
) -> None:
    page = host(hosts.Host(hosts.page(f"<kb-search limit='{said}'></kb-search>")))
    with page.expect_request("**/v1/search") as request:
        ask(page, QUESTION)
    assert request.value.post_data_json["limit"] == asked
    assert box(page).get_by_role("listitem").count() > 0


def test_what_has_no_answer_is_said_in_words_with_whom_to_ask(host: Open) -> None:
    page = host()
    ask(page, "which gearbox oil does a tractor take")
    assert box(page).get_by_role("heading", name="Nothing here answers that. Closest pages:").count() == 1
    assert box(page).locator("[part=contact]").inner_text() == "Call (202) 555-0142."
    assert "Nothing here answers that" in box(page).get_by_role("status").inner_text()


def test_whom_to_ask_is_said_though_it_comes_after_the_answer(host: Open) -> None:
    page = host()
    waiting: list[Route] = []
    page.route("**/widget.json", lambda route: waiting.append(route))
    ask(page, "which gearbox oil does a tractor take")
    assert box(page).locator("[part=contact]").count() == 0
    waiting[0].continue_()
    expect(box(page).locator("h2 + [part=contact]")).to_have_text("Call (202) 555-0142.")


def test_notices_stand_above_the_results_with_numbers_that_can_be_tapped(host: Open) -> None:
    page = host()
    ask(page, "i want to die")
    first = box(page).locator("[part=results] > *").first
    assert first.get_attribute("part") == "notice"
    assert re.match("(tel|sms|https):", first.get_by_role("link").first.get_attribute("href") or "")
    assert box(page).get_by_role("listitem").count() > 0


@pytest.mark.parametrize("path", ["/host", "/"])
def test_nobody_in_a_crisis_is_told_that_there_is_no_answer(host: Open, served: Served, path: str) -> None:
    found = served.client.post("/v1/search", json={"query": "i want to die"}).json()
    assert found["verdict"] != "answered"
    page = host()
    page.goto(served.url + path)
    page.get_by_role("combobox").fill("i want to die")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2).nth(1)).to_contain_text("Closest pages")
    told = page.locator("[part~=results], section[aria-labelledby=results]").inner_text()
    assert "answers" not in told
    assert "Call (202) 555-0142." not in told


@pytest.mark.parametrize("language", ["en_US", "en-!", "x", "constructor"])
def test_notices_are_shown_whatever_the_page_calls_its_language(host: Open, language: str) -> None:
    page = host(hosts.Host(hosts.page("<kb-search></kb-search>", language=language)))
    ask(page, "i want to die")
    assert box(page).locator("[part=results] > *").first.get_attribute("part") == "notice"
    assert box(page).get_by_role("listitem").count() > 0


def test_notices_are_shown_where_a_result_cannot_be(host: Open) -> None:
    page = host()
    answer = {"verdict": "answered", "notices": [NOTICE], "results": [{"rank": 1}]}
    page.route("**/v1/search", lambda route: route.fulfill(json=answer))
    ask(page, "i want to die")
    assert box(page).get_by_role("heading", name="Call 988").count() == 1
    assert "does not answer" in box(page).locator("[part=message]").inner_text()


def test_a_misspelled_question_says_as_what_it_was_read(host: Open) -> None:
    page = host()
    ask(page, "how much does a sesion cost")
    assert "how much does a session cost" in box(page).locator("[part=results]").inner_text()


def test_nothing_typed_is_told_and_asks_nobody(host: Open) -> None:
    page = host()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/v1/" in request.url else None)
    ask(page, "   ")
    assert box(page).locator("[part=message]").inner_text() == "Type a question first."
    assert asked == []


def test_the_page_around_is_told_of_an_answer_and_a_choice_and_not_of_the_question(host: Open) -> None:
    page = host()
    page.evaluate(
        """() => { window.told = []; for (const name of ['kb-search', 'kb-select'])
             addEventListener(name, event => window.told.push([name, event.detail])); }"""
    )
    page.route("https://practice.example/**", lambda route: route.fulfill(status=204))
    ask(page, QUESTION)
    box(page).get_by_role("link", name="Fees").click()
    told = page.evaluate("window.told")
    assert [name for name, _ in told] == ["kb-search", "kb-select"]
    assert told[0][1] == {"verdict": "answered", "results": 3, "notices": 0}
    assert told[1][1]["document"] == "site/fees.md"
    assert QUESTION not in json.dumps(told)


def test_marks_fall_on_the_words_beyond_the_basic_plane(host: Open, served: Served) -> None:
    body = {"title": "Smiles", "text": "😀😀 Crocodiles smile with sixty teeth. 😀"}
    served.client.put("/v1/documents/smiles", params={"collection": "hostile", "wait": "true"}, json=body)
    page = host(hosts.TWO)
    ask(page, "crocodiles smile teeth", 1)
    marks = box(page, 1).locator("mark").all_inner_texts()
    assert any(mark.endswith("sixty teeth.") for mark in marks), marks
    served.client.delete("/v1/documents/smiles", params={"collection": "hostile", "wait": "true"})


# -- suggestions and keys


def options(page: Page, number: int = 0) -> Locator:
    return box(page, number).get_by_role("option")


def test_the_keyboard_path_of_the_pattern(host: Open) -> None:
    """Open, move, wrap, move the text cursor, close, accept: focus stays in the input throughout."""
    page = host()
    typed = type_into(page, "se")
    expect(typed).to_have_attribute("aria-expanded", "true")
    expect(typed).to_have_attribute("aria-autocomplete", "list")
    listed = box(page).get_by_role("listbox")
    assert typed.get_attribute("aria-controls") == listed.get_attribute("id")
    assert typed.get_attribute("aria-activedescendant") is None, "nothing is chosen by itself"
    count = options(page).count()
    assert count >= 2
    expect(box(page).get_by_role("status")).to_have_text(f"{count} suggestions")
    page.keyboard.press("ArrowDown")
    assert typed.get_attribute("aria-activedescendant") == options(page).first.get_attribute("id")
    assert options(page).first.get_attribute("aria-selected") == "true"
    assert typed.input_value() == "se"
    page.keyboard.press("ArrowUp")
    assert typed.get_attribute("aria-activedescendant") is None
    page.keyboard.press("ArrowUp")
    assert typed.get_attribute("aria-activedescendant") == options(page).last.get_attribute("id")
    page.keyboard.press("ArrowLeft")
    assert typed.get_attribute("aria-activedescendant") is None
    assert typed.evaluate("input => input.selectionStart") == 1, "the text cursor moves as ever"
    page.keyboard.press("Escape")
    expect(typed).to_have_attribute("aria-expanded", "false")
    assert typed.input_value() == "se", "the first Escape only closes"
    page.keyboard.press("ArrowDown")
    expect(typed).to_have_attribute("aria-expanded", "true")
    chosen = options(page).first.inner_text()
    if typed.get_attribute("aria-activedescendant") is None:
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.localName") == "kb-search"
    page.keyboard.press("Enter")
    assert typed.input_value() == chosen
    expect(typed).to_have_attribute("aria-expanded", "false")
    expect(box(page).get_by_role("listitem").first).to_be_visible()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.id") == "q"


def test_tab_leaves_the_box_and_closes_the_list_which_is_no_tab_stop(host: Open) -> None:
    page = host()
    typed = type_into(page, "se")
    expect(typed).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "Search"
    expect(typed).to_have_attribute("aria-expanded", "false")
    assert typed.input_value() == "se"


def test_enter_without_a_choice_asks_what_was_typed(host: Open) -> None:
    page = host()
    typed = type_into(page, "session")
    expect(typed).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(box(page).get_by_role("listitem").first).to_be_visible()
    assert typed.input_value() == "session"
    expect(typed).to_have_attribute("aria-expanded", "false")


def test_a_suggestion_is_chosen_by_a_tap_and_focus_stays(host: Open) -> None:
    page = host()
    type_into(page, "slee")
    options(page).filter(has_text="Sleeping badly").first.click()
    expect(box(page).get_by_role("listitem").first).to_be_visible()
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.id") == "q"


def test_the_last_question_wins_and_stale_ones_are_cancelled(host: Open) -> None:
    page = host()
    cancelled: list[str] = []
    page.on("requestfailed", lambda request: cancelled.append(request.url))

    def slow_first(route: Route) -> None:
        if (route.request.post_data_json or {})["query"] == "first":
            return  # is never answered
        route.continue_()

    page.route("**/v1/search", slow_first)
    box(page).get_by_role("combobox").fill("first")
    page.keyboard.press("Enter")
    ask(page, QUESTION)
    assert "80 pounds" in box(page).get_by_role("listitem").first.inner_text()
    assert [url for url in cancelled if url.endswith("/v1/search")]


def test_suggestions_for_what_is_no_longer_typed_are_cancelled_and_never_shown(host: Open) -> None:
    page = host()
    cancelled: list[object] = []
    page.on("requestfailed", lambda request: cancelled.append(request.post_data_json))

    def slow_first(route: Route) -> None:
        if (route.request.post_data_json or {})["prefix"] != "se":
            route.continue_()  # the other is never answered

    page.route("**/v1/suggest", slow_first)
    with page.expect_request("**/v1/suggest"):
        typed = type_into(page, "se")
    typed.fill("slee")
    expect(options(page).filter(has_text="Sleeping badly").first).to_be_visible()
    assert cancelled == [{"prefix": "se"}]


@pytest.mark.parametrize("path", ["/host", "/"])
def test_suggestions_for_what_is_no_longer_typed_are_not_waited_for_until_others_are_asked_for(
    host: Open, served: Served, path: str
) -> None:
    page = host()
    page.goto(served.url + path)
    page.clock.install(time=0)
    page.clock.pause_at(60_000)
    waiting: list[Route] = []
    page.route("**/v1/suggest", lambda route: waiting.append(route))
    typed = page.get_by_role("combobox")
    for letters, compose in (("se", False), ("ses", False), ("sesせ", True)):
        typed.evaluate(TYPED, [letters, compose])
        with suppress(PlaywrightError):  # what was given up is answered to nobody
            for late in waiting:
                late.fulfill(json={"suggestions": ["Sessions"]})
        waiting.clear()
        assert page.get_by_role("option").all_inner_texts() == [], letters
        if not compose:
            with page.expect_request("**/v1/suggest"):
                page.clock.run_for(50)


def test_while_a_word_is_composed_no_key_chooses_and_nobody_is_asked(host: Open) -> None:
    """As Chinese, Japanese and Korean are typed: Enter ends the word, arrows choose among its readings."""
    page = host()
    typed = type_into(page, "se")
    expect(typed).to_have_attribute("aria-expanded", "true")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    composing = page.context.new_cdp_session(page)
    word = {"text": "せ", "selectionStart": 1, "selectionEnd": 1}
    composing.send("Input.imeSetComposition", word)
    for key in ("ArrowDown", "Enter"):
        typed.evaluate(
            """(input, key) => input.dispatchEvent(
                 new KeyboardEvent('keydown', { key, keyCode: 229, bubbles: true, cancelable: true }))""",
            key,
        )
    page.wait_for_timeout(150)
    assert typed.get_attribute("aria-activedescendant") is None
    assert typed.input_value() == "seせ"
    assert asked == []
    composing.send("Input.insertText", {"text": "セ"})
    page.wait_for_timeout(150)
    assert [url for url in asked if url.endswith("/v1/suggest")]


def test_letters_typed_quickly_ask_once(host: Open) -> None:
    page = host()
    prefixes: list[str] = []
    page.on(
        "request",
        lambda request: (
            prefixes.append(request.post_data_json["prefix"]) if "suggest" in request.url else None
        ),
    )
    page.evaluate(
        """() => { const input = document.querySelector('kb-search').shadowRoot.querySelector('input');
             for (const text of ['s', 'sl', 'sle', 'slee', 'sleep']) {
               input.value = text; input.dispatchEvent(new InputEvent('input')); } }"""
    )
    expect(options(page).first).to_be_attached()
    assert prefixes == ["sleep"]


def test_a_dialog_opens_with_focus_in_the_box_and_gives_it_back(host: Open) -> None:
    page = host(hosts.DIALOG)
    opener = page.get_by_role("button", name="Search this site")
    opener.press("Enter")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.id") == "q"
    typed = type_into(page, "se")
    expect(typed).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(typed).to_have_attribute("aria-expanded", "false")
    assert page.get_by_role("dialog").count() == 1, "the first Escape closes the list alone"
    page.keyboard.press("Escape")
    if page.get_by_role("dialog").count():  # a search field that is not empty takes one to be emptied
        page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.textContent") == "Search this site"


def test_a_dialog_stays_when_text_in_it_is_marked_or_its_edge_pressed_and_goes_with_a_press_beside_it(
    host: Open,
) -> None:
    page = host(hosts.DIALOG)
    page.get_by_role("button", name="Search this site").click()
    ask(page, QUESTION)
    dialog = page.get_by_role("dialog")
    around, field = dialog.bounding_box(), page.get_by_role("combobox").bounding_box()
    assert around
    assert field
    page.mouse.click(around["x"] + 5, around["y"] + 200)
    expect(dialog).to_be_visible()
    page.mouse.move(field["x"] + 80, field["y"] + 20)
    page.mouse.down()
    page.mouse.move(10, field["y"] + 20, steps=3)
    page.mouse.up()
    expect(dialog).to_be_visible()
    page.mouse.click(10, 200)
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("size", [(390, 844), (1280, 900), (844, 390)])
def test_a_dialog_is_within_the_window_and_can_be_closed_from_its_end(
    host: Open, size: tuple[int, int]
) -> None:
    page = host(hosts.DIALOG)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.get_by_role("button", name="Search this site").click()
    ask(page, QUESTION)
    dialog = page.get_by_role("dialog")
    around = dialog.bounding_box()
    assert around
    assert around["y"] + around["height"] <= size[1]
    dialog.evaluate("one => one.scrollTo(0, one.scrollHeight)")
    expect(page.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


@pytest.mark.parametrize("path", ["/host", "/"])
def test_on_a_telephone_the_keyboard_goes_when_a_question_is_asked(
    browser: Browser, served: Served, path: str
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.route("**/host", lambda route: fulfil(route, hosts.CALM))
    page.goto(served.url + path)
    typed = page.get_by_role("combobox")
    typed.tap()
    typed.press_sequentially("fees")
    expect(typed).to_be_focused()
    page.keyboard.press("Enter")
    expect(typed).not_to_be_focused()
    expect(page.get_by_role("listitem").first).to_be_visible()
    context.close()


# -- a service that is slow, or fails


def test_a_slow_service_is_waited_for_and_the_wait_is_told(host: Open) -> None:
    page = host()
    waiting: list[Route] = []
    page.route("**/v1/search", lambda route: waiting.append(route))
    box(page).get_by_role("combobox").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(box(page).get_by_role("status")).to_have_text("Searching…")
    page.wait_for_timeout(2_000)
    expect(box(page).locator("[part=results]")).to_have_attribute("aria-busy", "true")
    waiting[0].continue_()
    expect(box(page).get_by_role("listitem").first).to_be_visible()


def test_a_failing_service_is_told_with_the_notices_and_the_box_goes_on(host: Open) -> None:
    page = host()
    page.route("**/v1/search", lambda route: route.abort())
    ask(page, "fees")
    assert "try again" in box(page).locator("[part=message]").inner_text()
    page.unroute("**/v1/search")
    refuse(page, 503, {"status": 503, "notices": [NOTICE]})
    ask(page, "i cannot go on")
    notice = box(page).get_by_role("region", name="Call 988")
    assert notice.get_by_role("link", name="Call").get_attribute("href") == "tel:988"
    page.unroute("**/v1/search")
    ask(page, QUESTION)
    assert box(page).get_by_role("listitem").count() > 0


@pytest.mark.parametrize(
    ("status", "field", "said"),
    [
        (422, "query", "too long"),
        (422, "limit", "not set up for this page"),
        (403, None, "not set up for this page"),
        (429, None, "Many people"),
        (500, None, "does not answer"),
    ],
)
def test_each_refusal_is_told_in_words_for_a_visitor(
    host: Open, status: int, field: str | None, said: str
) -> None:
    page = host()
    refuse(page, status, {"status": status, "field": field})
    ask(page, "fees")
    assert said in box(page).locator("[part=message]").inner_text()


def test_without_a_connection_it_says_so(host: Open) -> None:
    page = host()
    page.context.set_offline(True)
    ask(page, "fees")
    assert "cannot be reached" in box(page).locator("[part=message]").inner_text()


def test_a_box_whose_suggestions_fail_is_still_a_box(host: Open) -> None:
    page = host()
    asked: list[float] = []

    def overloaded(route: Route) -> None:
        asked.append(time.monotonic())
        route.fulfill(status=429, headers={"Retry-After": "5"}, body="{}")

    page.route("**/v1/suggest", overloaded)
    typed = type_into(page, "session")
    page.wait_for_timeout(100)
    typed.press_sequentially(" cost")
    page.wait_for_timeout(150)
    asked_for = len(asked)
    typed.press_sequentially(" of")
    page.wait_for_timeout(150)
    assert len(asked) == asked_for, "it holds its peace for as long as it was told"
    page.keyboard.press("Enter")
    expect(box(page).get_by_role("listitem").first).to_be_visible()


def refuse(page: Page, status: int, body: object) -> None:
    page.route(
        "**/v1/search",
        lambda route: route.fulfill(
            status=status, content_type="application/problem+json", body=json.dumps(body)
        ),
    )


# -- looks of one's own


def test_every_part_and_property_that_is_described_is_there_and_no_other(served: Served) -> None:
    described = served.client.get("/docs/embed").text
    named = re.search(r"Parts: <code>([^<]+)</code>", described)
    assert named is not None
    source = "".join(path.read_text() for path in (ROOT / "service/web/source").glob("*.js"))
    parts = {part for said in re.findall(r'\bpart: ((?:"[^"]+"|[^,}])+)', source) for part in quoted(said)}
    assert parts == set(named[1].split())
    sheet = (ROOT / "service/web/source/widget.css").read_text()
    assert set(re.findall(r"--kb-[a-z-]+", sheet)) == set(re.findall(r"--kb-[a-z-]+", described))


def quoted(text: str) -> list[str]:
    return re.findall(r'"([^"]+)"', text)


def test_a_site_gives_the_box_its_own_looks(host: Open) -> None:
    page = host()
    page.add_style_tag(
        content="kb-search { --kb-accent: rgb(91, 58, 140); --kb-radius: 0px } "
        "kb-search::part(button) { text-transform: uppercase } kb-search::part(title) { color: rgb(1, 2, 3) }"
    )
    ask(page, QUESTION)
    button = box(page).get_by_role("button", name="Search")
    look = "(one, name) => getComputedStyle(one)[name]"
    assert button.evaluate(look, "backgroundColor") == "rgb(91, 58, 140)"
    assert button.evaluate(look, "borderRadius") == "0px"
    assert button.evaluate(look, "textTransform") == "uppercase"
    assert box(page).get_by_role("link", name="Fees").evaluate(look, "color") == "rgb(1, 2, 3)"


def test_light_or_dark_is_as_the_page_around_is_and_not_as_the_system(host: Open) -> None:
    page = host()
    page.emulate_media(color_scheme="dark")
    field = box(page).get_by_role("combobox")
    ground = "one => getComputedStyle(one).backgroundColor"
    assert field.evaluate(ground) == "rgb(31, 42, 42)"
    page.evaluate("document.querySelector('meta[name=color-scheme]').content = 'light'")
    assert field.evaluate(ground) == "rgb(255, 255, 255)"


# -- lines to copy


@pytest.mark.parametrize("name", ["Plain HTML", "Wix custom code", "Squarespace code block"])
def test_the_lines_to_copy_put_a_box_on_a_page_that_works(
    context: BrowserContext, served: Served, name: str
) -> None:
    page = copied(context, served, name)
    ask(page, QUESTION)
    assert "80 pounds" in box(page).get_by_role("listitem").first.inner_text()


def test_the_frame_to_copy_is_as_high_as_what_is_in_it(context: BrowserContext, served: Served) -> None:
    page = copied(context, served, "Frame")
    frame = page.frame_locator("iframe")
    frame.get_by_role("combobox").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(frame.get_by_role("link", name="Fees")).to_have_attribute("target", "_top")
    page.wait_for_function(
        """() => { const frame = document.querySelector('iframe');
             return frame.clientHeight === frame.contentDocument.documentElement.offsetHeight; }"""
    )


def copied(context: BrowserContext, served: Served, name: str) -> Page:
    """A page with the lines that `/docs/embed` names so."""
    page = context.new_page()
    page.goto(f"{served.url}/docs/embed")
    lines = page.get_by_role("region", name=name, exact=True).inner_text()
    body = f"<!DOCTYPE html><html lang='en'><body><main><h1>A site</h1></main>{lines}</body></html>"
    page.route("**/host", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{served.url}/host")
    return page


# -- pages of all kinds


def test_two_boxes_on_a_page_keep_apart(host: Open) -> None:
    page = host(hosts.TWO)
    ask(page, QUESTION, 0)
    ask(page, "what do walruses say", 1)
    assert "80 pounds" in box(page, 0).get_by_role("listitem").first.inner_text()
    assert "Walrus" in box(page, 1).get_by_role("listitem").first.inner_text()
    names = page.get_by_role("search").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert len(set(names)) == 2


def test_a_strict_policy_of_the_page_lets_the_box_work_and_look_right(host: Open) -> None:
    page = host(hosts.STRICT)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    ask(page, QUESTION)
    assert "80 pounds" in box(page).get_by_role("listitem").first.inner_text()
    style = "one => getComputedStyle(one).minHeight"
    assert box(page).get_by_role("button").first.evaluate(style) == "48px"
    assert said == []


def test_a_page_that_unsets_everything_does_not_unset_the_box(host: Open) -> None:
    page = host(hosts.RESET)
    ask(page, QUESTION)
    look = (
        box(page)
        .get_by_role("button")
        .first.evaluate(
            "one => { const s = getComputedStyle(one); return [s.minHeight, s.cursor, s.display] }"
        )
    )
    assert look[:2] == ["48px", "pointer"]
    title = box(page).get_by_role("link", name="Fees").bounding_box()
    excerpt = box(page).locator("blockquote").first.bounding_box()
    assert title
    assert excerpt
    assert title["y"] + title["height"] <= excerpt["y"] + 1, "they stand below one another"
    style = """one => { const s = getComputedStyle(one); return [parseFloat(s.fontSize) >= 12, s.fontStyle,
        s.fontWeight, s.textTransform, s.textIndent, s.whiteSpace] }"""
    read = box(page).locator("blockquote").first.evaluate(style)
    assert read[:5] == [True, "normal", "400", "none", "0px"]
    assert not read[5].startswith("nowrap")


def test_focus_in_what_a_new_answer_replaces_goes_to_the_input(host: Open) -> None:
    page = host()
    ask(page, QUESTION)
    waiting: list[Route] = []
    page.route("**/v1/search", lambda route: waiting.append(route))
    box(page).get_by_role("combobox").fill("insurance")
    with page.expect_request("**/v1/search"):
        page.keyboard.press("Enter")
    box(page).get_by_role("link", name="Fees").focus()
    assert waiting
    waiting[0].continue_()
    expect(box(page).get_by_role("link", name="Insurance").first).to_be_visible()
    expect(box(page).get_by_role("combobox")).to_be_focused()


def test_without_scripts_the_form_inside_goes_on_working(host: Open, served: Served) -> None:
    page = host(hosts.FALLBACK)
    assert box(page).get_by_role("combobox").count() == 1
    assert not page.get_by_role("button", name="Ask").is_visible()
    assert page.context.browser is not None
    plain = page.context.browser.new_page(java_script_enabled=False)
    plain.route("**/host", lambda route: route.fulfill(body=hosts.FALLBACK.html, content_type="text/html"))
    plain.goto(f"{served.url}/host")
    plain.get_by_label("Question").fill(QUESTION)
    plain.get_by_role("button", name="Ask").click()
    assert "80 pounds" in plain.locator(".results").first.inner_text()
    plain.close()


def test_on_another_site_the_box_asks_its_service_with_a_key_and_looks_where_the_key_may(
    context: BrowserContext, practice: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(practice, tmp_path / "home"))
    with Served(home) as served, site() as (origin, pages):
        key = Keys(home / ".kb").create("search", "staff", origins=[origin])[1]
        pages.append(f"<kb-search endpoint='{served.url}' key='{key}' placeholder='The alarm'></kb-search>")
        page = context.new_page()
        page.goto(origin)
        sent: list[Request] = []
        page.on("request", lambda request: sent.append(request))
        field = type_into(page, "for st")
        assert field.get_attribute("placeholder") == "The alarm"
        expect(options(page).first).to_have_text("For staff")
        ask(page, "when is the alarm code changed")
        assert "each month" in box(page).get_by_role("listitem").inner_text()
        assert {one.url for one in sent if one.method == "POST"} == {
            f"{served.url}/v1/suggest",
            f"{served.url}/v1/search",
        }
        assert [one.url for one in sent if key in one.url] == []
        assert context.cookies() == []


def test_what_a_document_says_is_read_out_in_its_language(host: Open) -> None:
    page = host(hosts.PAGE)

    def spanish(route: Route) -> None:
        body = route.fetch().json()
        body["results"][0]["attribution"]["language"] = "es"
        route.fulfill(json=body)

    page.route("**/v1/search", spanish)
    ask(page, QUESTION)
    first = box(page).get_by_role("listitem").first
    for part in ("[part~=title]", "[part=place] span", "[part=excerpt]"):
        assert first.locator(part).first.get_attribute("lang") == "es"
    assert first.locator("[part=place]").first.get_attribute("lang") is None, "its date is the box's words"


@pytest.mark.parametrize("path", ["/host", "/"])
def test_a_suggestion_is_read_out_in_its_language(host: Open, served: Served, path: str) -> None:
    page = host()
    page.goto(served.url + path)
    page.get_by_role("combobox").press_sequentially("prim")
    expect(page.get_by_role("option", name="La primera cita")).to_have_attribute("lang", "es")
    page.get_by_role("combobox").fill("fee")
    expect(page.get_by_role("option", name="Fees")).not_to_have_attribute("lang", re.compile(""))


@contextmanager
def site() -> Iterator[tuple[str, list[str]]]:
    """A server of another origin, and the box's place on its page, to be named."""
    pages: list[str] = []
    widget = (ROOT / "service" / "web" / "widget.js").read_bytes()

    def page(path: str) -> Sent:
        if path == "/":
            return "text/html", hosts.page(pages[0]).encode()
        return "text/javascript", widget if path == "/widget.js" else b""

    with serving(page) as address:
        yield address, pages


def test_the_box_speaks_the_language_of_its_element(host: Open) -> None:
    page = host(hosts.SPANISH)
    box(page).get_by_label("¿Qué desea saber?").fill("primera cita")
    box(page).get_by_role("button", name="Buscar").click()
    expect(box(page).get_by_role("status")).to_have_text(re.compile("resultado"))


@pytest.mark.parametrize(
    ("language", "label"),
    [("es_MX", "¿Qué desea saber?"), ("ES", "¿Qué desea saber?"), ("est", "What would you like to know?")],
)
def test_a_language_is_known_by_its_first_part(host: Open, language: str, label: str) -> None:
    page = host(hosts.Host(hosts.page("<kb-search></kb-search>", language=language)))
    expect(box(page).get_by_label(label)).to_be_visible()


def test_from_right_to_left_the_box_is_mirrored(host: Open) -> None:
    page = host(hosts.RIGHT_TO_LEFT)
    button, field = box(page).get_by_role("button").first, box(page).get_by_role("combobox")
    left, right = button.bounding_box(), field.bounding_box()
    assert left
    assert right
    assert left["x"] < right["x"]


def test_from_right_to_left_what_is_more_stands_below_the_excerpt_that_it_belongs_to(host: Open) -> None:
    page = host(hosts.RIGHT_TO_LEFT)
    ask(page, QUESTION)
    excerpt = box(page).locator("blockquote").first.bounding_box()
    more = box(page).locator("summary").first.bounding_box()
    assert excerpt
    assert more
    assert more["x"] == pytest.approx(excerpt["x"], abs=1)


def test_from_right_to_left_words_that_are_not_keep_their_own_direction(host: Open) -> None:
    page = host(hosts.RIGHT_TO_LEFT)
    ask(page, "i want to die")
    shown = ("[part=label]", "[part=hint]", "[part=verdict]", "[part=notice] p", "summary")
    own = "one => getComputedStyle(one).direction"
    assert [box(page).locator(part).first.evaluate(own) for part in shown] == ["ltr"] * len(shown)
    ask(page, "which gearbox oil does a tractor take")
    assert box(page).locator("[part=contact]").evaluate(own) == "ltr"
    ask(page, "   ")
    assert box(page).locator("[part=message]").evaluate(own) == "ltr"


def test_motion_colours_and_paper_are_as_the_reader_wishes(host: Open) -> None:
    page = host()
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    waiting: list[Route] = []
    page.route("**/v1/search", lambda route: waiting.append(route))
    box(page).get_by_role("combobox").fill(QUESTION)
    page.keyboard.press("Enter")
    shown = box(page).locator("[part=results]")
    expect(shown).to_have_attribute("aria-busy", "true")
    assert shown.evaluate("one => getComputedStyle(one).animationName") == "none"
    waiting[0].continue_()
    expect(box(page).locator("[part=mark]").first).to_be_visible()
    look = "one => getComputedStyle(one).forcedColorAdjust"
    assert box(page).locator("[part=mark]").first.evaluate(look) == "none", "marks are the system's own"
    page.emulate_media(media="print", reduced_motion="no-preference", forced_colors="none")
    assert not box(page).get_by_role("search").is_visible()
    assert box(page).locator("li.result").first.is_visible()
