from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from service.templates import address
from tests.browser.hostile import FEW
from tests.service.process import Served


def ask(page: Page, question: str) -> None:
    page.fill("#q", question)
    with page.expect_navigation():
        page.press("#q", "Enter")


# -- without scripts


def test_without_scripts_a_question_is_asked_and_answered_and_stands_in_no_address(
    browser: Browser, served: Served
) -> None:
    context = browser.new_context(java_script_enabled=False)
    requests: list[str] = []
    context.on("request", lambda request: requests.append(f"{request.method} {request.url}"))
    page = context.new_page()
    page.goto(served.url)
    assert page.locator("h1").inner_text() == "Search the practice"
    ask(page, "how much does a session cost")
    assert page.url == f"{served.url}/"
    assert page.input_value("#q") == "how much does a session cost"
    first = page.locator(".results > li").first
    assert first.locator("h3").inner_text() == "Fees"
    assert first.locator("h3 a").get_attribute("href").startswith("https://practice.example/fees#")  # type: ignore[union-attr]
    assert "Single sessions" in first.locator(".place").first.inner_text()
    assert (
        first.locator("blockquote mark:not(.word)").first.inner_text().startswith("A session of 50 minutes")
    )
    assert first.locator("details summary").inner_text().endswith("more from this page")
    assert {request for request in requests if not request.startswith(("GET ", "POST "))} == set()
    assert all(request.split(" ", 1)[1].startswith(served.url + "/") for request in requests), requests
    assert not any("session" in request for request in requests)
    assert context.cookies() == []
    context.close()


def test_the_best_sentence_is_marked_more_strongly_than_words_elsewhere(
    browser: Browser, served: Served
) -> None:
    page = browser.new_page()
    page.goto(served.url)
    ask(page, "which session do I pay by card")
    grounds = page.evaluate(
        """() => [...document.querySelectorAll('.results mark')].map(mark => {
             const look = getComputedStyle(mark);
             return [mark.className, look.backgroundColor, look.textDecorationLine]; })"""
    )
    sentences = [ground for name, ground, _ in grounds if name == ""]
    words = [ground for name, ground, _ in grounds if name == "word"]
    assert sentences
    assert words
    assert set(words) == {"rgba(0, 0, 0, 0)"}
    assert set(words).isdisjoint(sentences)
    assert {line for _, _, line in grounds} == {"underline"}, "colour alone would not do"
    page.close()


def test_a_question_that_cannot_be_asked_is_told_in_words_for_a_visitor(
    browser: Browser, served: Served
) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(served.url)
    ask(page, "   ")
    assert page.locator("[role=alert]").inner_text() == "Type a question first."
    page.eval_on_selector("#q", "box => box.removeAttribute('maxlength')")
    ask(page, "x" * 600)
    assert "too long" in page.locator("[role=alert]").inner_text()
    page.close()


def test_the_box_is_reached_and_used_by_keyboard_alone(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    page.goto(served.url)
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("can't sleep before exams")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".results h3").first.inner_text() == "Sleeping badly"
    page.keyboard.press("Tab")
    reached = page.evaluate("document.activeElement.tagName")
    assert reached in ("A", "BUTTON", "INPUT")
    page.close()


def test_a_collections_page_suggests_and_answers_from_it(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    for path in ("/", "/embed"):
        page.goto(f"{served.url}{path}?collection=hostile")
        page.locator("#q").press_sequentially("walrus 3")
        expect(page.get_by_role("option").first).to_contain_text("Walrus 3")
        page.keyboard.press("Enter")
        expect(page.locator(".results > li").first).to_contain_text("Walrus")
    page.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_speaks_the_language_of_the_visitor(browser: Browser, served: Served, scripts: bool) -> None:
    context = browser.new_context(locale="es-MX", java_script_enabled=scripts)
    page = context.new_page()
    page.goto(served.url)
    field, button = page.get_by_label("¿Qué desea saber?"), page.get_by_role("button", name="Buscar")
    field.fill("which gearbox oil does a tractor take")
    button.click()
    expect(page.get_by_text("Páginas más cercanas:")).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_have_text("Aquí nada responde a eso")
    assert page.locator("html").get_attribute("lang") == "es"
    field.fill(" ")
    button.click()
    expect(page.get_by_role("alert")).to_have_text("Escriba primero una pregunta.")
    context.close()


def test_a_frame_speaks_the_language_of_its_site(browser: Browser, served: Served) -> None:
    page = browser.new_page(locale="en-US", java_script_enabled=False)
    page.goto(f"{served.url}/embed?collection=default&lang=es")
    for question, told in (("how much does a session cost", "resultado"), ("zzz", "cercanas")):
        page.get_by_label("¿Qué desea saber?").fill(question)
        page.get_by_role("button", name="Buscar").click()
        expect(page.get_by_role("main")).to_contain_text(told)
    page.close()


@pytest.mark.parametrize(
    ("status", "said"), [(429, "Many people are searching"), (502, "does not answer just now")]
)
def test_with_scripts_a_refusal_that_is_no_page_is_told_in_words(
    browser: Browser, served: Served, status: int, said: str
) -> None:
    page = browser.new_page()
    page.goto(served.url)
    page.route("**/", lambda route: route.fulfill(status=status, json={"status": status}))
    page.fill("#q", "fees")
    page.press("#q", "Enter")
    assert said in page.locator("[role=alert]").inner_text()
    page.close()


# -- accessibility


def test_an_answer_that_does_not_come_is_not_waited_for_for_ever(browser: Browser, served: Served) -> None:
    page = browser.new_page()
    page.goto(served.url)
    page.route(served.url + "/", lambda _: None)  # is never answered
    page.fill("#q", "fees")
    page.press("#q", "Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not answer just now", timeout=14_000)
    expect(page.get_by_role("button")).to_have_text("Search")
    page.close()


def test_the_control_a_violation_is_found(browser: Browser, served: Served) -> None:
    page = browser.new_page(bypass_csp=True)
    page.goto(served.url)
    page.evaluate("document.querySelector('label').remove()")
    assert Axe().run(page).violations_count > 0
    page.close()


def test_what_a_document_says_is_read_out_in_its_language(browser: Browser, served: Served) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(served.url)
    page.eval_on_selector(
        "form",
        """form => { const box = document.createElement('input'); box.name = 'collection';
                     box.value = 'hostile'; form.append(box); }""",
    )
    ask(page, "what do walruses say to everyone")
    first = page.locator(".results > li").first
    assert first.locator("h3 a, blockquote").evaluate_all("all => all.map(one => one.lang)") == ["en", "en"]
    page.close()


# -- hostile words


@pytest.mark.parametrize("bypass", [False, True])
def test_hostile_words_in_any_place_are_shown_and_do_nothing(
    browser: Browser, served: Served, bypass: bool
) -> None:
    """With the page's own policy, and without it: then the escaping alone must hold."""
    context = browser.new_context(bypass_csp=bypass)
    page = context.new_page()
    troubles: list[str] = []
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on("request", lambda request: troubles.append(request.url) if "/x" in request.url[-2:] else None)
    page.on("console", lambda message: troubles.append(message.text) if bypass is False else None)
    page.goto(served.url)
    page.eval_on_selector(
        "form",
        """form => { const box = document.createElement('input'); box.name = 'collection';
                     box.value = 'hostile'; form.append(box); }""",
    )
    ask(page, "what do walruses say to everyone")
    shown = page.locator(".results > li")
    assert shown.count() == len(FEW)
    text = page.locator(".results").first.inner_text()
    for payload in FEW:
        assert payload in text
    for payload in FEW:
        page.goto(served.url)
        ask(page, payload)
        assert page.input_value("#q") == payload
        assert page.locator('script:not([src="/page.js"]), img, svg, iframe, main object').count() == 0
        assert page.evaluate("window.owned") is None
    hrefs = page.eval_on_selector_all("a", "links => links.map(link => link.protocol)")
    assert set(hrefs) <= {"https:", "http:"}
    assert troubles == []
    context.close()


def test_the_control_words_that_are_not_escaped_do_something(browser: Browser, served: Served) -> None:
    page = browser.new_page(bypass_csp=True)
    page.goto(served.url)
    page.evaluate("payload => { document.querySelector('main').innerHTML = payload }", FEW[1])
    page.wait_for_function("window.owned === 1", timeout=3000)
    page.close()


@pytest.mark.parametrize(
    ("link", "stands"),
    [
        ("https://practice.example/fees", True),
        ("http://practice.example", True),
        ("/fees#single", True),
        ("tel:988", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
        ("//other.example/x", False),
        ("/\\other.example/x", False),
        ("", False),
        (None, False),
    ],
)
def test_only_addresses_that_lead_somewhere_become_links(link: str | None, stands: bool) -> None:
    assert (address(link) is not None) == stands
