"""Every state that the box and the pages can be in, for checks that hold in all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, Route, expect

from tests.browser import hosts
from tests.browser.conftest import Open

ANSWERED, NOTHING, CRISIS = (
    "how much does a session cost",
    "which gearbox oil does a tractor take",
    "i want to die",
)


def of_the_box(host: Open) -> Iterator[tuple[str, Page]]:
    """The box in each of its states; each page is closed when the next is asked for."""
    for name, set_up in BOX.items():
        page = host(hosts.DIALOG if "dialog" in name else hosts.CALM)
        set_up(page)
        yield f"box: {name}", page
        page.close()


def of_the_pages(page: Page, url: str) -> Iterator[tuple[str, Page]]:
    """The pages, one after another."""
    for path in ("/", "/embed"):
        page.goto(url + path)
        yield f"{path}: empty", page
        page.locator("#q").press_sequentially("se")
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        yield f"{path}: suggestions", page
        for name, question in (
            ("answered", ANSWERED),
            ("nothing", NOTHING),
            ("crisis", CRISIS),
            ("error", " "),
        ):
            page.goto(url + path)
            page.fill("#q", question)
            with page.expect_navigation():
                page.press("#q", "Enter")
            yield f"{path}: {name}", page
    page.goto(f"{url}/docs/embed")
    expect(page.get_by_role("combobox")).to_be_visible()
    yield "/docs/embed", page
    page.goto(f"{url}/admin")
    page.fill("#q", ANSWERED)
    with page.expect_navigation():
        page.press("#q", "Enter")
    expect(page.get_by_role("region", name="Explanation")).to_be_visible()
    yield "/admin", page


def _ask(page: Page, question: str) -> None:
    page.get_by_role("combobox").fill(question)
    page.keyboard.press("Enter")


def _asked(question: str) -> Callable[[Page], None]:
    def set_up(page: Page) -> None:
        _ask(page, question)
        expect(page.locator("kb-search").get_by_role("listitem").first).to_be_visible()

    return set_up


def _suggesting(page: Page) -> None:
    page.get_by_role("combobox").press_sequentially("se")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def _waiting(page: Page) -> None:
    page.route("**/v1/search", lambda _: None)  # is never answered
    _ask(page, "fees")
    expect(page.locator("[part=message]")).to_be_visible()


def _failing(page: Page) -> None:
    def refuse(route: Route) -> None:
        links = [{"label": "Call 988", "href": "tel:988"}]
        notice = {"kind": "crisis", "title": "Call 988", "text": "At any time.", "links": links}
        body = json.dumps({"status": 503, "notices": [notice]})
        route.fulfill(status=503, content_type="application/problem+json", body=body)

    page.route("**/v1/search", refuse)
    _ask(page, "fees")
    expect(page.locator("[part=message]")).to_contain_text("does not answer")


def _offline(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false })")
    page.route("**/v1/search", lambda route: route.abort("internetdisconnected"))
    _ask(page, "fees")
    expect(page.locator("[part=message]")).to_contain_text("Is this device connected")


def _one(page: Page) -> None:
    page.evaluate("document.querySelector('kb-search').setAttribute('limit', '1')")
    _asked(ANSWERED)(page)


def _opened(page: Page) -> None:
    page.locator("kb-search details").first.evaluate("one => { one.open = true }")


def _more(page: Page) -> None:
    _asked(ANSWERED)(page)
    _opened(page)


def _dialog(page: Page) -> None:
    page.get_by_role("button", name="Search this site").click()
    _more(page)


BOX: dict[str, Callable[[Page], None]] = {
    "empty": lambda page: expect(page.get_by_role("combobox")).to_be_visible(),
    "suggestions": _suggesting,
    "answered, with more": _more,
    "one result": _one,
    "nothing": _asked(NOTHING),
    "crisis": _asked(CRISIS),
    "waiting": _waiting,
    "failing": _failing,
    "offline": _offline,
    "dialog": _dialog,
}
