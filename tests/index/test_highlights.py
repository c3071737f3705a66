"""Links to the example clinic's pages, followed in Chromium: the words that were shown are highlighted."""

from __future__ import annotations

import base64
import json
import random
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

from index.generation import ModelStamp, make
from index.search import searcher_of
from index.types import Query, Result
from kb.ingest import ingest
from tests.index.toy import ToyEncoder
from tests.site import Sent, serving
from tests.small import writer

CLINIC = Path(__file__).parents[2] / "examples" / "clinic"
URL = "https://clinic.example/"
CHROMIUM = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
SAMPLE, FLOOR = 40, 0.95
NEAR = 10  # pixels: a highlight is as high as its line's font, a range's box as high as its line

# What a browser highlights is painted in a colour that no page has, and looked for in a picture.
PAINT = b"<style>::target-text { background: #f0f !important; color: #f0f !important }</style>"
PAINTED = """async picture => {
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,' + picture)).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const pixels = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
  let top = Infinity, bottom = -1;
  for (let at = 0; at < pixels.length; at += 4) {
    if (pixels[at] > 240 && pixels[at + 1] < 20 && pixels[at + 2] > 240) {
      const line = Math.floor(at / 4 / bitmap.width);
      top = Math.min(top, line);
      bottom = Math.max(bottom, line + 1);
    }
  }
  return bottom < 0 ? null : [top, bottom];
}"""
# Where the words stand after the section's anchor, by their letters and digits alone.
EXPECTED = """([words, anchor]) => {
  const letters = /[\\p{L}\\p{N}]/u, found = [];
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  for (let node; node = walker.nextNode();)
    for (let at = 0; at < node.data.length; at++)
      if (letters.test(node.data[at])) found.push([node, at]);
  const section = anchor && document.getElementById(anchor);
  const inside = node => section.contains(node)
    || section.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const from = section ? found.findIndex(([node]) => inside(node)) : 0;
  const all = found.map(([node, at]) => node.data[at].toLowerCase()[0]).join('');
  const wanted = [...words.toLowerCase()].filter(one => letters.test(one)).join('');
  const first = all.indexOf(wanted, from);
  if (first < 0) return null;
  const range = document.createRange();
  range.setStart(...found[first]);
  const [node, at] = found[first + wanted.length - 1];
  range.setEnd(node, at + 1);
  const boxes = [...range.getClientRects()].filter(box => box.width && box.height);
  const top = Math.min(...boxes.map(box => box.top)), bottom = Math.max(...boxes.map(box => box.bottom));
  return [top + scrollY, bottom + scrollY];
}"""


@dataclass(frozen=True, slots=True)
class Landing:
    """A link, and the words that it is to show."""

    link: str
    words: str

    @property
    def anchor(self) -> str:
        return unquote(urlsplit(self.link).fragment.partition(":~:")[0])


@pytest.fixture(scope="module")
def landings(tmp_path_factory: pytest.TempPathFactory) -> list[Landing]:
    """What the judged questions find on the clinic's HTML pages, by their words."""
    data = tmp_path_factory.mktemp("highlights") / ".kb"
    encoder = ToyEncoder(("sleep", "fees", "grief"), window=256)
    with writer(data) as catalogue:
        ingest(catalogue, encoder, [CLINIC / "site"], url=URL)
        make(catalogue, ModelStamp("toy", encoder.fingerprint, encoder.dimensions), data)
    searcher = searcher_of(data, encoder)
    questions = [json.loads(line)["text"] for line in (CLINIC / "queries.jsonl").read_text().splitlines()]
    answers = [searcher.search(Query(text, limit=5, mode="lexical")) for text in questions]
    found = [
        landing(one) for answer in answers for one in answer.results if one.document_id.endswith(".html")
    ]
    return list(dict.fromkeys(found))


def landing(result: Result) -> Landing:
    assert result.link is not None
    start, end = max(result.excerpt.marks, key=lambda mark: mark[1] - mark[0])
    words = result.excerpt.text[start:end].split("\n")[0]
    return Landing(result.link, re.sub(r"^(?:[-•*–]|\d{1,3}[.)])\s+", "", words))


def painted(path: str) -> Sent | None:
    """The clinic's page of a path, with paint."""
    file = CLINIC / "site" / path.lstrip("/")
    page = file / "index.html" if file.is_dir() else file
    if page.suffix != ".html" or not page.is_file():
        return None
    return "text/html; charset=utf-8", page.read_bytes() + PAINT


class Reader:
    """Follows links to the clinic, and sees what is highlighted."""

    def __init__(self, page: Page, eye: Page, origin: str) -> None:
        self._page, self._eye, self._origin = page, eye, origin

    def highlighted(self, link: str) -> tuple[float, float] | None:
        """Top and bottom of what is highlighted, from the top of the page."""
        self._page.goto("about:blank")
        self._page.goto(link.replace(URL, self._origin))
        for wait in (50, 400):  # the search for the words begins after the page is there
            self._page.wait_for_timeout(wait)
            picture = base64.b64encode(self._page.screenshot(full_page=True)).decode()
            found = self._eye.evaluate(PAINTED, picture)
            if found:
                return found[0], found[1]
        return None

    def lands(self, landing: Landing) -> bool:
        """Whether the words, all of them and no more, are highlighted."""
        found = self.highlighted(landing.link)
        wanted = self._page.evaluate(EXPECTED, [landing.words, landing.anchor])
        assert wanted is not None, f"{landing.words} is not on the page"
        return found is not None and all(abs(a - b) <= NEAR for a, b in zip(found, wanted, strict=True))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    with serving(painted) as origin, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        page = browser.new_page(viewport={"width": 500, "height": 700})
        yield Reader(page, browser.new_page(), f"{origin}/")
        browser.close()


def test_links_highlight_the_words_that_were_shown(reader: Reader, landings: list[Landing]) -> None:
    assert len(landings) > 100
    sample = random.Random(1).sample(landings, SAMPLE)
    missed = [landing for landing in sample if not reader.lands(landing)]
    assert len(missed) <= SAMPLE * (1 - FLOOR), missed


WORDS = "You will not be wasting anyone's time."


@pytest.mark.parametrize(
    ("fragment", "lands"),
    [
        ("#:~:text=You%20will%20not%20be%20wasting%20anyone%27s%20time.", True),
        ("#:~:text=Stay%20with%20the%20person", False),
        ("#:~:text=Stay%20with%20the%20person,day%20and%20night", False),
        ("#:~:text=No%20such%20words%20stand%20here", False),
        ("", False),
    ],
)
def test_the_reader_sees_which_words_are_highlighted(reader: Reader, fragment: str, lands: bool) -> None:
    assert reader.lands(Landing(f"{URL}help-now.html{fragment}", WORDS)) is lands
