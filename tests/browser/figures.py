"""`python -m tests.browser.figures`: what the search box weighs, how long it takes, and where its links land.

For a quiet machine. Prints JSON; ends with 1 where a figure is worse than it has to be.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import itertools
import json
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from playwright.sync_api import Browser, Page, sync_playwright

from index.generation import ModelStamp, make
from index.search import Searcher, searcher_of
from index.types import Query
from kb.errors import KnowledgeBaseError
from kb.ingest import ingest
from tests.browser import hosts
from tests.browser.conftest import ARGUMENTS, CHROMIUM, fulfil
from tests.conftest import ROOT, run_kb
from tests.index.test_highlights import EXPECTED, NEAR, PAINT, PAINTED, Landing, landing
from tests.index.toy import ToyEncoder
from tests.service.process import Served
from tests.site import Sent, serving
from tests.small import writer

CLINIC = ROOT / "examples" / "clinic"
VA = ROOT.parent / "shared" / "pages" / "va-2018"
VA_QUESTIONS = ROOT.parent / "shared" / "eval" / "vagov-anchors" / "queries.jsonl"
MOST = {"widget_gzip_bytes": 10_000, "suggestions_p95_ms": 100, "results_p95_ms": 150}
LEAST = 0.95  # of links
TYPED = (
    "anx",
    "sleep",
    "how mu",
    "fees",
    "child",
    "medic",
    "panic",
    "group",
    "confid",
    "trauma",
    "what",
    "my par",
)

# From the event to the frame in which what it asked for is painted, in milliseconds. Suggestions that come
# before the box has asked (it waits 40 ms for the next letter) are for an earlier letter.
WATCH = """() => {
  const host = document.querySelector('kb-search'), root = host.shadowRoot;
  const list = root.querySelector('[role=listbox]'), shown = root.querySelector('[part=results]');
  window.took = { suggestions: [], results: [] };
  let since = {};
  const painted = name => requestAnimationFrame(() => setTimeout(() => {
    const took = performance.now() - since[name];
    if (!since[name] || (name === 'suggestions' && took < 40)) return;
    window.took[name].push(took);
    since[name] = 0;
  }));
  root.addEventListener('input', event => { since.suggestions = event.timeStamp; }, true);
  root.addEventListener('submit', event => { since.results = event.timeStamp; }, true);
  new MutationObserver(() => { if (list.childElementCount) painted('suggestions'); })
    .observe(list, { childList: true });
  new MutationObserver(() => { if (shown.querySelector('ol')) painted('results'); })
    .observe(shown, { childList: true });
}"""


def main() -> int:
    """0, or 1 where a figure is not reached."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.figures", description=__doc__)
    parser.add_argument("--links", type=int, default=200, help="how many links are followed")
    parser.add_argument("--times", type=int, default=100, help="how often the box is used")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        figures: dict[str, Any] = {
            "widget_gzip_bytes": len(gzip.compress((ROOT / "service/web/widget.js").read_bytes())),
            **_times(browser, options.times),
            "links": _links(browser, options.links),
        }
        browser.close()
    print(json.dumps(figures, indent=1, ensure_ascii=False))
    missed = [name for name, most in MOST.items() if figures[name] > most]
    missed += [name for name in ("origins", "cookies", "stored", "console_errors") if figures[name]]
    missed += ["links"] if figures["links"]["share"] < LEAST else []
    for name in missed:
        print(f"{name} is not what it has to be", file=sys.stderr)
    return 1 if missed else 0


# -- times, and who else is asked


def _times(browser: Browser, times: int) -> dict[str, Any]:
    questions = [json.loads(line)["text"] for line in (CLINIC / "queries.jsonl").read_text().splitlines()]
    with _served() as served:
        context = browser.new_context()
        page = context.new_page()
        origins: set[str] = set()
        said: list[str] = []
        context.on("request", lambda request: origins.add("/".join(request.url.split("/")[:3])))
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.route("**/host", lambda route: fulfil(route, hosts.CALM))
        page.goto(f"{served.url}/host")
        page.evaluate(WATCH)
        for number in range(times):
            _type(page, TYPED[number % len(TYPED)])
            _ask(page, questions[number % len(questions)])
        took = page.evaluate("window.took")
        stored = page.evaluate("localStorage.length + sessionStorage.length")
        found = {
            "suggestions_p50_ms": _at(0.5, took["suggestions"]),
            "suggestions_p95_ms": _at(0.95, took["suggestions"]),
            "results_p50_ms": _at(0.5, took["results"]),
            "results_p95_ms": _at(0.95, took["results"]),
            "measured": {name: len(values) for name, values in took.items()},
            "origins": sorted(origins - {served.url}),
            "cookies": len(context.cookies()),
            "stored": stored,
            "console_errors": said,
        }
        context.close()
    return found


def _type(page: Page, text: str) -> None:
    field = page.get_by_role("combobox")
    field.fill("")
    page.wait_for_timeout(80)
    field.press_sequentially(text, delay=120)  # as quickly as people do
    page.wait_for_timeout(150)


def _ask(page: Page, question: str) -> None:
    page.get_by_role("combobox").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_timeout(250)


def _at(share: float, values: Sequence[float]) -> float:
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 1)


@contextmanager
def _served() -> Iterator[Served]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "clinic"
        shutil.copytree(CLINIC, home, ignore=shutil.ignore_patterns(".kb"))
        done = run_kb("ingest", home=home)
        if done.returncode:
            raise KnowledgeBaseError(done.stderr)
        with Served(home) as served:
            served.client.post("/v1/suggest", json={"prefix": "warm"})
            yield served


# -- links


def _links(browser: Browser, wanted: int) -> dict[str, Any]:
    parts = {"clinic": _followed(browser, CLINIC / "site", CLINIC / "queries.jsonl", wanted // 2)}
    if VA.is_dir():
        parts["va-2018"] = _followed(browser, VA / "pages", VA_QUESTIONS, wanted - wanted // 2)
    followed = sum(len(part) for part in parts.values())
    missed = {name: [one.link for one, lands in part if not lands] for name, part in parts.items()}
    share = 1 - sum(map(len, missed.values())) / followed
    return {
        "followed": {n: len(part) for n, part in parts.items()},
        "share": round(share, 4),
        "missed": missed,
    }


def _followed(browser: Browser, folder: Path, questions: Path, wanted: int) -> list[tuple[Landing, bool]]:
    """A sample of what questions find on a folder's web pages, each link followed on a server here."""
    with tempfile.TemporaryDirectory() as data, _site(folder) as origin:
        searcher = _searcher(folder, Path(data) / ".kb", origin)
        texts = [json.loads(line)["text"] for line in questions.read_text().splitlines()]
        landings: dict[Landing, None] = {}
        for text in texts:
            for result in searcher.search(Query(text, limit=5, mode="lexical")).results:
                if result.document_id.endswith((".html", ".md")) and result.link:
                    found = landing(result)
                    path = result.document_id.partition("/")[2]
                    fragment = urlsplit(found.link).fragment
                    landings[Landing(f"{origin}{path}#{fragment}", found.words)] = None
        sample = random.Random(1).sample(list(landings), min(wanted, len(landings)))
        page = browser.new_page(viewport={"width": 500, "height": 700})
        eye = browser.new_page()
        followed = [(one, _lands(page, eye, one)) for one in sample]
        page.close()
        eye.close()
        return followed


def _searcher(folder: Path, data: Path, origin: str) -> Searcher:
    encoder = ToyEncoder(("sleep", "fees", "grief"), window=256)
    with writer(data) as catalogue:
        ingest(catalogue, encoder, [folder], url=origin)
        make(catalogue, ModelStamp("toy", encoder.fingerprint, encoder.dimensions), data)
    return searcher_of(data, encoder)


def _lands(page: Page, eye: Page, one: Landing) -> bool:
    """Whether the words, all of them and no more, are highlighted."""
    page.goto("about:blank")
    page.goto(one.link)
    for wait in (50, 400):  # the search for the words begins after the page is there
        page.wait_for_timeout(wait)
        picture = base64.b64encode(page.screenshot(full_page=True)).decode()
        painted = eye.evaluate(PAINTED, picture)
        wanted = page.evaluate(EXPECTED, [one.words, one.anchor])
        if painted and wanted and all(abs(a - b) <= NEAR for a, b in zip(painted, wanted, strict=True)):
            return True
    return False


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    """The folder's pages on a server of this machine; Markdown as the page that it stands for."""

    def page(path: str) -> Sent | None:
        file = folder / path.lstrip("/")
        if file.suffix not in (".html", ".md") or not file.is_file():
            return None
        text = file.read_text("utf-8", "replace")
        html = _rendered(text) if file.suffix == ".md" else text
        return "text/html; charset=utf-8", html.encode() + PAINT

    with serving(page) as address:
        yield f"{address}/"


def _rendered(text: str) -> str:
    """A Markdown file as a page: its front matter is none of it, and each heading has GitHub's anchor."""
    body = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = markdown.parse(body)
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            slug = re.sub(r"[^\w\- ]", "", inline.content.strip().lower()).replace(" ", "-")
            opening.attrSet("id", slug)
    rendered = markdown.renderer.render(tokens, markdown.options, {})
    return f"<!DOCTYPE html><html lang='en'><title>Page</title><body><main>{rendered}</main>"


if __name__ == "__main__":
    sys.exit(main())
