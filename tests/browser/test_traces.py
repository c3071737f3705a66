"""What was asked, through box, page, suggestions and errors, is found nowhere afterwards: not in logs, files,
metrics, addresses, history, cookies, storage or referrers, nor in what the browser keeps on the disk."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import hosts
from tests.browser.conftest import ARGUMENTS, CHROMIUM, fulfil
from tests.service.process import Served

CANARY = "zanzibarcanary"
ASKED = f"how much does a {CANARY} session cost"
STORES = """async () => JSON.stringify([
  {...localStorage}, {...sessionStorage}, document.cookie, history.state, location.href, document.referrer,
  document.title, (await indexedDB.databases()).length, (await caches.keys()).length, window.name,
])"""


@dataclass(slots=True)
class Visit:
    """What a browser was seen to send, by address and referrer."""

    addresses: list[str] = field(default_factory=list)
    referrers: list[str] = field(default_factory=list)
    origins: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self._request(request.url, request.headers))
        context.on("console", lambda message: self.said.append(message.text))

    def _request(self, url: str, headers: dict[str, str]) -> None:
        self.addresses.append(url)
        self.referrers.append(headers.get("referer", ""))
        self.origins.add("/".join(url.split("/")[:3]))


def visit(context: BrowserContext, served: Served) -> Visit:
    """Asks the canary in every way that there is."""
    seen = Visit()
    seen.watch(context)
    context.route("https://practice.example/**", lambda route: route.fulfill(body="<title>Fees</title>"))
    page = context.pages[0] if context.pages else context.new_page()
    page.route("**/host", lambda route: fulfil(route, hosts.TWO))
    page.goto(f"{served.url}/host")
    box = page.locator("kb-search").first
    box.get_by_role("combobox").press_sequentially(CANARY)
    page.wait_for_timeout(150)
    box.get_by_role("combobox").fill(ASKED)
    page.keyboard.press("Enter")
    expect(box.get_by_role("listitem").first).to_be_visible()
    assert CANARY not in page.evaluate(STORES)
    box.get_by_role("link", name="Fees").first.click()
    expect(page).to_have_title("Fees")
    assert page.evaluate("document.referrer") == ""
    page.go_back()
    assert CANARY not in page.evaluate(STORES)
    box.get_by_role("combobox").evaluate("one => one.removeAttribute('maxlength')")
    box.get_by_role("combobox").fill(ASKED * 20)
    page.keyboard.press("Enter")
    expect(box.locator("[part=message]")).to_be_visible()
    in_the_page(page, served)
    return seen


def in_the_page(page: Page, served: Served) -> None:
    for path in ("/", "/embed"):
        page.goto(served.url + path)
        page.locator("#q").press_sequentially(CANARY)
        page.wait_for_timeout(150)
        for question in (ASKED, ASKED * 20):
            page.eval_on_selector("#q", "one => one.removeAttribute('maxlength')")
            page.fill("#q", question)
            with page.expect_navigation():
                page.press("#q", "Enter")
            assert CANARY not in page.url
            assert CANARY not in page.title()
            assert CANARY not in page.evaluate(STORES)
    page.goto("about:blank")


def test_the_question_is_found_nowhere(served: Served, browser: Browser, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    profile = tmp_path / "profile"
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ARGUMENTS, headless=True
    )
    seen = visit(context, served)
    assert len(seen.addresses) > 10
    assert [url for url in seen.addresses if CANARY in url] == []
    assert [referrer for referrer in seen.referrers if CANARY in referrer] == []
    assert seen.origins <= {served.url, "https://practice.example"}
    assert context.cookies() == []
    context.close()
    kept = [path for path in profile.rglob("*") if path.is_file()]
    assert any(path.name == "History" for path in kept)
    assert [path.name for path in kept if CANARY.encode() in path.read_bytes()] == []
    in_the_service(served)


def asked_without_scripts(
    served: Served, browser: Browser, profile: Path, *, form: str | None = None
) -> list[str]:
    """The files of a browser's profile that hold the canary, asked on the page or by `form`."""
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ARGUMENTS, headless=True, java_script_enabled=False
    )
    page = context.pages[0]
    if form is not None:
        page.route("**/host", lambda route: route.fulfill(body=form, content_type="text/html"))
    for path in ("/", "/embed") if form is None else ("/host",):
        page.goto(served.url + path)
        for question in (ASKED, f"{ASKED} {ASKED}"):
            page.fill("[name=q]", question)
            with page.expect_navigation():
                page.press("[name=q]", "Enter")
            assert CANARY in page.input_value("#q")
    page.goto("about:blank")
    context.close()
    kept = [path for path in profile.rglob("*") if path.is_file()]
    assert any(path.name == "History" for path in kept)
    return [path.name for path in kept if CANARY.encode() in path.read_bytes()]


def test_without_scripts_too_the_browser_keeps_nothing_of_it(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    assert asked_without_scripts(served, browser, tmp_path / "profile") == []
    in_the_service(served)


def test_a_form_on_a_site_of_ones_own_leaves_nothing_either(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    shown = served.client.get("/docs/embed").text
    form = html.unescape(shown[shown.index("&lt;form") : shown.index("&lt;/form&gt;")])
    assert asked_without_scripts(served, browser, tmp_path / "profile", form=form) == []


def test_the_control_a_plain_form_is_kept(served: Served, browser: Browser, tmp_path: Path) -> None:
    form = "<form method='post' action='/'><input name='q'></form>"
    assert asked_without_scripts(served, browser, tmp_path / "profile", form=form) != []


def in_the_service(served: Served) -> None:
    assert CANARY not in served.client.get("/metrics").text
    assert CANARY not in json.dumps(served.log)
    files = [path for path in served.home.rglob("*") if path.is_file()]
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []


def test_the_control_a_word_that_the_browser_keeps_is_found(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    context = browser.browser_type.launch_persistent_context(
        profile, executable_path=CHROMIUM, args=ARGUMENTS, headless=True
    )
    context.pages[0].goto(f"{served.url}/health/live?q={CANARY}")
    context.close()
    kept = [path for path in profile.rglob("*") if path.is_file()]
    assert [path.name for path in kept if CANARY.encode() in path.read_bytes()] != []


FIELDS = """() => [document, ...[...document.querySelectorAll('kb-search')].map(one => one.shadowRoot)]
  .flatMap(root => [...root.querySelectorAll('[name=q]')])
  .map(one => [one.spellcheck, one.getAttribute('writingsuggestions'), one.autocomplete])"""


def test_no_field_lets_the_browser_send_what_is_typed_to_be_checked_or_completed(
    context: BrowserContext, served: Served
) -> None:
    """Some browsers have spelling checked, and sentences completed, by their maker's servers."""
    page = context.new_page()
    page.goto(f"{served.url}/docs/embed")
    copied = page.get_by_role("region", name="With a form for browsers without scripts").inner_text()
    plain = copied[copied.index("<form") : copied.index("</kb-search>")]
    page.route("**/plain", lambda route: route.fulfill(body=plain, content_type="text/html"))
    page.route("**/host", lambda route: fulfil(route, hosts.CALM))
    for path in ("/docs/embed", "/host", "/", "/embed", "/admin", "/plain"):
        page.goto(served.url + path)
        assert page.evaluate(FIELDS) == [[False, "false", "off"]], path


def test_letters_typed_are_no_events_of_the_page_around(context: BrowserContext, served: Served) -> None:
    page = context.new_page()
    page.route("**/host", lambda route: fulfil(route, hosts.CALM))
    page.goto(f"{served.url}/host")
    page.evaluate(
        """() => { window.heard = [];
             const hear = event => window.heard.push(event.data || event.key || event.type);
             for (const name of ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'compositionupdate',
               'paste']) document.addEventListener(name, hear); }"""
    )
    field = page.get_by_role("combobox")
    field.press_sequentially("fees")
    field.evaluate(
        """one => { for (const event of [
             new CompositionEvent('compositionupdate', { data: 'fe', bubbles: true, composed: true }),
             new ClipboardEvent('paste', { bubbles: true, composed: true }),
           ]) one.dispatchEvent(event); }"""
    )
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    heard = page.evaluate("window.heard")
    assert set(heard) == {"Escape"}, "a dialog of the page's own still hears that it is to close"


def test_the_budget_nobody_else_is_asked_nothing_is_kept_and_the_console_is_quiet(
    context: BrowserContext, served: Served
) -> None:
    seen = Visit()
    seen.watch(context)
    page = context.new_page()
    page.route("**/host", lambda route: fulfil(route, hosts.STRICT))
    for path in ("/host", "/", "/docs/embed", "/embed", "/admin"):
        page.goto(served.url + path)
    page.goto(f"{served.url}/host")
    page.get_by_role("combobox").first.fill("fees")
    page.keyboard.press("Enter")
    expect(page.get_by_role("listitem").first).to_be_visible()
    assert seen.origins == {served.url}
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert seen.said == []
