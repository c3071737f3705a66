"""For everyone: axe on every state, trees as a screen reader has them, targets, zoom."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import hosts, states
from tests.browser.conftest import Open, fulfil
from tests.browser.made import Made
from tests.service.process import Served

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900)}
TREES = Path(__file__).with_name("trees")
VIOLATIONS = """async () => (await axe.run({ resultTypes: ['violations'] })).violations.map(
  one => `${one.id}: ${one.nodes.map(node => node.target).join(' ')}`)"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Targets of less than 24 by 24 pixels that stand in no line of text.
SMALL = """() => {
  const roots = [document, ...[...document.querySelectorAll('kb-search')].map(one => one.shadowRoot)];
  const targets = 'a, button, input, summary, select, [role=option]';
  const all = roots.flatMap(root => [...root.querySelectorAll(targets)]);
  return all.filter(one => one.type !== 'hidden' && one.checkVisibility()).map(one => {
    const box = one.getBoundingClientRect(); return [one.textContent.trim(), box.width, box.height];
  }).filter(([, width, height]) => width < 24 || height < 24);
}"""


@pytest.fixture
def open_to_checks(browser: Browser) -> Iterator[BrowserContext]:
    """A context whose pages let the checker's own script in."""
    context = browser.new_context(bypass_csp=True)
    context.set_default_timeout(15_000)
    yield context
    context.close()


def all_states(context: BrowserContext, served: Served, pages: Made) -> Iterator[tuple[str, Page]]:
    def host(page: hosts.Host = hosts.CALM) -> Page:
        opened = context.new_page()
        opened.route("**/host", lambda route: fulfil(route, page))
        opened.goto(f"{served.url}/host")
        return opened

    yield from states.of_the_box(host)
    yield from states.of_the_pages(context.new_page(), served.url, pages)


def test_no_state_has_a_violation_on_a_phone_a_tablet_or_a_desktop_light_or_dark(
    open_to_checks: BrowserContext, served: Served, pages: Made
) -> None:
    found: list[str] = []
    checked = 0
    for name, page in all_states(open_to_checks, served, pages):
        page.evaluate(AXE_SCRIPT)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                found += [f"{name}, {size}, {scheme}: {one}" for one in page.evaluate(VIOLATIONS)]
                checked += 1
    assert found == []
    assert checked == 2 * len(SIZES) * 37


def test_the_control_a_violation_is_found(open_to_checks: BrowserContext, served: Served) -> None:
    page = open_to_checks.new_page()
    page.goto(served.url)
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(VIOLATIONS) != []


def test_no_state_scrolls_sideways_at_320_pixels_or_400_percent_nor_has_small_targets(
    open_to_checks: BrowserContext, served: Served, pages: Made
) -> None:
    """A window of 1280 by 1024 pixels has 320 by 256 at 400 %."""
    troubles: list[str] = []
    for name, page in all_states(open_to_checks, served, pages):
        page.set_viewport_size({"width": 320, "height": 256})
        if page.evaluate(SIDEWAYS) > 0:
            troubles.append(f"{name} scrolls sideways")
        troubles += [f"{name}: {small} is small" for small in page.evaluate(SMALL)]
    assert troubles == []


# Lists without markers are none to VoiceOver, unless they say that they are.
UNSAID = """() => [document, ...[...document.querySelectorAll('kb-search')].map(one => one.shadowRoot)]
  .flatMap(root => [...root.querySelectorAll('ol, ul')])
  .filter(one => getComputedStyle(one).listStyleType === 'none' && !one.getAttribute('role'))
  .map(one => one.className || one.part.value)"""


def test_every_list_is_one_to_every_screen_reader(
    open_to_checks: BrowserContext, served: Served, pages: Made
) -> None:
    found: set[tuple[str, str]] = set()
    for name, page in all_states(open_to_checks, served, pages):
        found |= {(name, one) for one in page.evaluate(UNSAID)}
    assert found == set()


def test_words_of_the_box_are_read_in_the_language_that_they_are_in(host: Open) -> None:
    page = host(hosts.Host(hosts.page("<kb-search mode='dialog'></kb-search>", language="fr")))
    page.get_by_role("button", name="Search this site").click()
    spoken = "one => (one.closest('[lang]') || {}).lang"
    for name in ("Search this site", "Close", "Search"):
        button = page.locator("kb-search").get_by_text(name, exact=True)
        assert button.evaluate(spoken) == "en", name
    assert page.get_by_role("dialog").evaluate(spoken) == "en"


def test_text_twice_as_large_and_spaced_loses_nothing(host: Open) -> None:
    page = host()
    page.set_viewport_size({"width": 390, "height": 844})
    page.add_style_tag(
        content="html { font-size: 200% } * { letter-spacing: .12em; word-spacing: .16em; line-height: 1.5 }"
    )
    page.get_by_role("combobox").fill(states.ANSWERED)
    page.keyboard.press("Enter")
    expect(page.locator("kb-search").get_by_role("listitem").first).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0


@pytest.mark.parametrize(
    "name", ["box: suggestions", "box: answered, with more", "box: crisis", "/: answered", "/: error"]
)
def test_a_screen_reader_has_the_tree_that_was_reviewed(
    open_to_checks: BrowserContext, served: Served, pages: Made, name: str
) -> None:
    """The trees stand in `trees/`; KB_TREES=write writes them anew, to be read before they are kept."""
    page = next(page for state, page in all_states(open_to_checks, served, pages) if state == name)
    tree = page.locator("kb-search" if name.startswith("box") else "body").aria_snapshot() + "\n"
    path = TREES / f"{name.replace(': ', '-').replace(', ', '-').replace(' ', '-').replace('/', 'page')}.yml"
    if os.environ.get("KB_TREES") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(tree, "utf-8")
    assert tree == path.read_text("utf-8")
