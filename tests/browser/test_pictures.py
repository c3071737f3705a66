"""The box and the page as they were looked at and found right: `pictures/`.

They are compared where the browser and its fonts are those that they were made with, and skipped elsewhere.
KB_PICTURES=write makes them anew, to be looked at before they are kept.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import hosts, states
from tests.browser.conftest import fulfil
from tests.browser.made import Made
from tests.service.process import Served

PICTURES = Path(__file__).with_name("pictures")
MADE_WITH = PICTURES / "made_with.json"
WRITE = os.environ.get("KB_PICTURES") == "write"
SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 900)}
SETTLED = 3  # times that it is looked at: a busy machine may still be drawing
QUESTIONS = {"results": states.ANSWERED, "none": states.NOTHING, "notice": states.CRISIS}
COLOURS = 64  # that a picture is kept with
CELL = 8  # pixels: what moves by less is a font's hinting
DIFFERENT, MOST = 24, 0.0005  # of 255, between two cells; share of cells
# How wide the fonts that the pages name draw one line.
FONTS = """() => { const pen = document.createElement('canvas').getContext('2d');
  return ['sans-serif', 'serif', 'monospace', 'ui-serif, Georgia, serif', 'system-ui'].map(family => {
    pen.font = `100px ${family}`;
    return Math.round(pen.measureText('Hamburgefonstiv 0123 \\u{1F600}').width);
  });
}"""


@pytest.fixture(scope="module")
def comparable(browser: Browser) -> None:
    """Skips where pictures look different by the browser or its fonts."""
    page = browser.new_page()
    widths = page.evaluate(FONTS)
    page.close()
    here = {"chromium": browser.version.partition(".")[0], "fonts": widths}
    if WRITE:
        MADE_WITH.write_text(json.dumps(here) + "\n")
    elif json.loads(MADE_WITH.read_text()) != here:
        pytest.skip("this browser, or its fonts, are not those that the pictures were made with")


@pytest.fixture
def still(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-US")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def pictured(page: Page) -> Iterator[tuple[str, Image.Image]]:
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            taken = page.screenshot(full_page=True, animations="disabled")
            yield f"{size}-{scheme}", Image.open(io.BytesIO(taken)).convert("RGB")


def different(one: Image.Image, other: Image.Image) -> float:
    """The share of cells that differ; 1 where the sizes do."""
    if one.size != other.size:
        return 1.0
    cells = [np.asarray(picture.reduce(CELL), np.int16) for picture in (one, other)]
    return float((np.abs(cells[0] - cells[1]).max(axis=2) > DIFFERENT).mean())


@pytest.mark.usefixtures("comparable")
@pytest.mark.parametrize("state", QUESTIONS)
@pytest.mark.parametrize("where", ["box", "page"])
def test_it_looks_as_it_was_found_right(
    still: BrowserContext, served: Served, where: str, state: str
) -> None:
    page = opened(still, served, where)
    page.locator("#q").fill(QUESTIONS[state])
    page.keyboard.press("Enter")
    expect(page.locator("blockquote").first).to_be_visible()
    page.locator("#q").blur()
    assert lasting_changes(page, f"{where}-{state}") == {}


@pytest.mark.usefixtures("comparable")
@pytest.mark.parametrize(
    "state", ["suggestions", "one result", "no results", "waiting", "failing", "offline", "dialog"]
)
def test_the_box_looks_as_it_was_found_right(still: BrowserContext, served: Served, state: str) -> None:
    page = opened(still, served, "box", hosts.DIALOG if state == "dialog" else hosts.CALM)
    states.BOX[state](page)
    if state != "suggestions":  # which are there while one types
        page.locator("#q").blur()
    assert lasting_changes(page, f"box-{state.replace(' ', '-')}") == {}


@pytest.mark.usefixtures("comparable")
@pytest.mark.parametrize("state", ["suggestions", "no results", "waiting", "turned away", "offline"])
def test_the_page_looks_as_it_was_found_right(
    still: BrowserContext, served: Served, pages: Made, state: str
) -> None:
    page = opened(still, served, "page")
    states.PAGE[state](page, pages)
    if state != "suggestions":
        page.locator("#q").blur()
    assert lasting_changes(page, f"page-{state.replace(' ', '-')}") == {}


@pytest.mark.usefixtures("comparable")
@pytest.mark.parametrize("state", ["explained", "checked"])
def test_the_owners_page_looks_as_it_was_found_right(
    still: BrowserContext, served: Served, pages: Made, state: str
) -> None:
    page = still.new_page()
    states.owners(page, served.url, getattr(pages, state))
    assert lasting_changes(page, f"admin-{state}") == {}


def lasting_changes(page: Page, what: str) -> dict[str, float]:
    """What is different however often one looks."""
    for _ in range(SETTLED):
        changed = changes(page, what)
        if not changed:
            break
    return changed


def settled(page: Page) -> tuple[dict[str, Image.Image], dict[str, Image.Image]]:
    """The last two takes of a page, once they are the same, for the first may be of one still being drawn."""
    before, again = {}, dict(pictured(page))
    for _ in range(SETTLED):
        before, again = again, dict(pictured(page))
        if not any(different(picture, again[name]) for name, picture in before.items()):
            break
    return before, again


def changes(page: Page, what: str) -> dict[str, float]:
    """How different each picture is from the one that is kept, where it is."""
    changed: dict[str, float] = {}
    for name, picture in pictured(page):
        path = PICTURES / f"{what}-{name}.png"
        kept = picture.quantize(COLOURS)
        if WRITE:
            kept.save(path, optimize=True)
        share = different(kept.convert("RGB"), Image.open(path).convert("RGB"))
        if share > MOST:
            changed[path.name] = share
    return changed


def opened(context: BrowserContext, served: Served, where: str, host: hosts.Host = hosts.CALM) -> Page:
    page = context.new_page()
    page.route("**/host", lambda route: fulfil(route, host))
    page.goto(f"{served.url}/host" if where == "box" else served.url)
    return page


@pytest.mark.parametrize(
    "flaw",
    [
        "mark { background: none !important }",
        ".result, .results > li { padding: 0 !important }",
        ".notice { display: none }",
        "button { min-width: 0 !important; min-height: 1.5rem; padding: 0 }",
        "blockquote { font-size: .8em }",
    ],
)
def test_the_control_a_flaw_is_seen(still: BrowserContext, served: Served, flaw: str) -> None:
    page = opened(still, served, "page")
    page.fill("#q", QUESTIONS["notice"])
    page.keyboard.press("Enter")
    expect(page.locator("blockquote").first).to_be_visible()
    before, again = settled(page)
    page.evaluate(
        """flaw => { const sheet = new CSSStyleSheet(); sheet.replaceSync(flaw);
             document.adoptedStyleSheets = [sheet]; }""",
        flaw,
    )
    after = dict(pictured(page))
    assert {name for name, picture in before.items() if different(picture, again[name]) > 0} == set()
    assert {name for name, picture in before.items() if different(picture, after[name]) > MOST} == set(before)
