"""Every state that the box and the pages can be in, for checks that hold in all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from playwright.sync_api import Page, Route, expect

from tests.browser import hosts
from tests.browser.conftest import Open
from tests.browser.made import Made

ANSWERED, NOTHING, CRISIS = (
    "how much does a session cost",
    "which gearbox oil does a tractor take",
    "i want to die",
)
QUESTIONS = re.compile(r"/v1/search$|:\d+/(embed)?(\?.*)?$")  # where they are sent


def of_the_box(host: Open) -> Iterator[tuple[str, Page]]:
    """The box in each of its states; each page is closed when the next is asked for."""
    for name, set_up in BOX.items():
        page = host(hosts.DIALOG if "dialog" in name else hosts.CALM)
        set_up(page)
        yield f"box: {name}", page
        page.close()


def of_the_pages(page: Page, url: str, made: Made) -> Iterator[tuple[str, Page]]:
    """The pages, one after another."""
    for path in ("/", "/embed"):
        for name, set_up in PAGE.items():
            page.goto(url + path)
            set_up(page, made)
            yield f"{path}: {name}", page
            page.unroute_all()
    page.goto(f"{url}/docs/embed")
    expect(page.get_by_role("combobox")).to_be_visible()
    yield "/docs/embed", page
    page.goto(f"{url}/admin")
    yield "/admin", page
    for name, text in (("explained", made.explained), ("checked", made.checked)):
        owners(page, url, text)
        yield f"/admin: {name}", page
        page.unroute_all()


def owners(page: Page, url: str, text: str) -> None:
    """Opens the owner's page as it was made."""
    page.route("**/admin", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(f"{url}/admin")


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


def _offline(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'onLine', { value: false })")
    page.route(QUESTIONS, lambda route: route.abort("internetdisconnected"))
    _ask(page, "fees")


# -- of the box


def _waiting(page: Page) -> None:
    page.route(QUESTIONS, lambda _: None)  # is never answered
    _ask(page, "fees")
    expect(page.locator("[part=message]")).to_be_visible()


def _failing(page: Page) -> None:
    def refuse(route: Route) -> None:
        links = [{"label": "Call 988", "href": "tel:988"}]
        notice = {"kind": "crisis", "title": "Call 988", "text": "At any time.", "links": links}
        body = json.dumps({"status": 503, "notices": [notice]})
        route.fulfill(status=503, content_type="application/problem+json", body=body)

    page.route(QUESTIONS, refuse)
    _ask(page, "fees")
    expect(page.locator("[part=message]")).to_contain_text("does not answer")


def _unreached(page: Page) -> None:
    _offline(page)
    expect(page.locator("[part=message]")).to_contain_text("Is this device connected")


def _one(page: Page) -> None:
    page.evaluate("document.querySelector('kb-search').setAttribute('limit', '1')")
    _asked(ANSWERED)(page)


def _empty_handed(page: Page) -> None:
    page.evaluate("document.querySelector('kb-search').setAttribute('collection', 'drafts')")
    page.get_by_role("combobox").focus()
    _ask(page, ANSWERED)
    expect(page.locator("[part=contact]")).to_be_visible()


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
    "no results": _empty_handed,
    "crisis": _asked(CRISIS),
    "waiting": _waiting,
    "failing": _failing,
    "offline": _unreached,
    "dialog": _dialog,
}


# -- of the page


def _answered(question: str) -> Callable[[Page, Made], None]:
    def set_up(page: Page, _: Made) -> None:
        _ask(page, question)
        expect(page.locator(".results > li").first).to_be_visible()

    return set_up


def _page_empty_handed(page: Page, _: Made) -> None:
    page.goto(f"{page.url}?collection=drafts")
    _ask(page, ANSWERED)
    expect(page.get_by_role("heading", name="No results")).to_be_visible()


def _told(page: Page, words: str) -> None:
    expect(page.get_by_role("alert")).to_contain_text(words)


def _page_error(page: Page, _: Made) -> None:
    _ask(page, " ")
    _told(page, "Type a question first")


def _page_waiting(page: Page, _: Made) -> None:
    page.route(QUESTIONS, lambda _: None)  # is never answered
    _ask(page, "fees")
    expect(page.get_by_role("button")).to_have_text("Searching…")


def _page_failing(page: Page, _: Made) -> None:
    page.route(QUESTIONS, lambda route: route.fulfill(status=502, body="no page"))
    _ask(page, "fees")
    _told(page, "does not answer")


def _page_offline(page: Page, _: Made) -> None:
    _offline(page)
    _told(page, "Is this device connected")


def _turned_away(page: Page, made: Made) -> None:
    page.route(
        QUESTIONS, lambda route: route.fulfill(status=503, body=made.turned_away, content_type="text/html")
    )
    _ask(page, "fees")
    _told(page, "try again in a moment")


PAGE: dict[str, Callable[[Page, Made], None]] = {
    "empty": lambda page, _: expect(page.get_by_role("combobox")).to_be_visible(),
    "suggestions": lambda page, _: _suggesting(page),
    "answered": _answered(ANSWERED),
    "nothing": _answered(NOTHING),
    "no results": _page_empty_handed,
    "crisis": _answered(CRISIS),
    "error": _page_error,
    "waiting": _page_waiting,
    "failing": _page_failing,
    "offline": _page_offline,
    "turned away": _turned_away,
}
