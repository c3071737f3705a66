"""A thousand strings that would do something as markup, in every place where words of others are shown."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect
from selectolax.lexbor import LexborHTMLParser

from index.types import Answer, Excerpt, Link, Notice, Result
from kb.config import ServiceConfig
from kb.types import Attribution
from service import templates
from service.bodies import answer_body
from tests.browser import hosts
from tests.browser.conftest import fulfil
from tests.browser.hostile import FEW, strings
from tests.service.process import Served

STRINGS = list(strings())
A_PAGE = 50
MADE = (
    "script:not([src='/page.js'], [src='/widget.js']), img, svg, object, embed, base, style, main form form"
)
SAFE = ("http:", "https:", "tel:", "sms:", "mailto:")
HREFS = """() => [document, ...[...document.querySelectorAll('kb-search')].map(one => one.shadowRoot)]
  .flatMap(root => [...root.querySelectorAll('a[href]')].map(link => link.protocol))"""

# Each asks one text after another, waits for the answer, and gives what stands in the field then.
ASKED_IN_THE_BOX = """async texts => {
  const root = document.querySelector('kb-search').shadowRoot, shown = root.querySelector('[part=results]');
  const held = [];
  for (const text of texts) {
    const answered = new Promise(done => {
      const watch = new MutationObserver(() => shown.hasAttribute('aria-busy') || done(watch.disconnect()));
      watch.observe(shown, { attributeFilter: ['aria-busy'] });
    });
    root.querySelector('input').value = text;
    root.querySelector('form').requestSubmit();
    await answered;
    held.push(shown.querySelector('h2') ? root.querySelector('input').value : null);
  }
  return held;
}"""
ASKED_IN_THE_PAGE = """async texts => {
  const form = document.querySelector('form[role=search]'), held = [];
  for (const text of texts) {
    const answered = new Promise(done => {
      const watch = new MutationObserver(() => form.hasAttribute('aria-busy') || done(watch.disconnect()));
      watch.observe(form, { attributeFilter: ['aria-busy'] });
    });
    form.elements.q.value = text;
    form.requestSubmit();
    await answered;
    held.push(document.querySelector('#results') ? form.elements.q.value : null);
  }
  return held;
}"""
ASKED_BY_A_FORM = """async texts => {
  const form = document.querySelector('form'), frames = [...document.querySelectorAll('iframe')];
  const held = texts.map(() => null);
  await Promise.all(frames.map(async (frame, first) => {
    for (let at = first; at < texts.length; at += frames.length) {
      const answered = new Promise(done => { frame.onload = done; });
      form.target = frame.name;
      form.elements.q.value = texts[at];
      form.submit();
      await answered;
      const there = frame.contentDocument;
      if (there.querySelector('#results')) held[at] = there.querySelector('#q').value;
    }
  }));
  return held;
}"""
FORM = (
    "<!DOCTYPE html><html lang='en'><link rel='icon' href='/icon.svg'><form method='post' action='/'>"
    "<input name='q'></form><iframe name='one'></iframe><iframe name='other'></iframe></html>"
)


def result(text: str, rank: int) -> Result:
    said = Attribution(text, text, url=text, author=text, published=text, licence=text, language=text)
    marks = ((0, max(1, len(text) // 2)),)
    more = Result(rank, 0.5, text, "b", Excerpt(text, 0, len(text), marks), said, (text,), text, None)
    return Result(
        rank, 0.5, text, "a", Excerpt(text, 0, len(text), marks), said, (text, text), text, 1, (more,)
    )


def answer(texts: Sequence[str]) -> Answer:
    notices = tuple(Notice(text, text, text, (Link(text, text),)) for text in texts[:3])
    return Answer("related", notices, tuple(map(result, texts, itertools.count(1))), texts[0], 1)


class Watched:
    """A page of which every request, dialog and violation is kept."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.page = context.new_page()
        self.troubles: list[str] = []
        self._origin = origin
        context.on("request", lambda request: self._request(request.url))
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda message: self.troubles.append(message.text))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def check(self) -> None:
        assert [frame.evaluate("window.owned") for frame in self.page.frames if frame.url] == [None] * len(
            self.page.frames
        )
        assert self.troubles == []
        assert set(self.page.evaluate(HREFS)) <= set(SAFE)

    def _request(self, url: str) -> None:
        if not url.startswith(self._origin + "/"):
            self.troubles.append(url)

    def _dialog(self, dialog: object) -> None:
        self.troubles.append(str(dialog))
        dialog.dismiss()  # type: ignore[attr-defined]


@pytest.fixture(params=["with the policy", "without it"])
def watched(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Watched]:
    """Without the policy the escaping alone must hold."""
    context = browser.new_context(bypass_csp=request.param == "without it")
    yield Watched(context, served.url)
    context.close()


def batches() -> Iterator[list[str]]:
    for first in range(0, len(STRINGS), A_PAGE):
        yield STRINGS[first : first + A_PAGE]


def test_there_are_a_thousand() -> None:
    assert len(STRINGS) >= 1_000


def test_in_the_box_nothing_acts(watched: Watched, served: Served) -> None:
    page = watched.page
    bodies: list[str] = []
    page.route("**/v1/search", lambda route: route.fulfill(content_type="application/json", body=bodies[-1]))
    page.route("**/v1/suggest", lambda route: suggest(route, bodies))
    page.route(
        "**/host",
        lambda route: route.fulfill(
            body=hosts.STRICT.html,
            content_type="text/html",
            headers={"content-security-policy": hosts.STRICT.policy},
        ),
    )
    page.goto(f"{served.url}/host")
    box = page.locator("kb-search").first
    for batch in batches():
        bodies.append(json.dumps(answer_body(answer(batch), 1.0)))
        for typed in batch[:2]:
            box.get_by_role("combobox").fill(typed)
            page.keyboard.press("Enter")
        expect(box.locator("[part=results][aria-busy]")).to_have_count(0)
        expect(box.get_by_role("listitem").filter(has=page.get_by_role("heading"))).to_have_count(len(batch))
        shown = box.locator("blockquote").all_text_contents()
        assert shown[::2] == batch
        box.get_by_role("combobox").fill("xx")
        expect(box.get_by_role("option")).to_have_count(8)
        watched.check()
    assert box.locator("script, img, svg, iframe").count() == 0


def suggest(route: Route, bodies: list[str]) -> None:
    titles = [one["attribution"]["title"] for one in json.loads(bodies[-1])["results"][:8]]
    route.fulfill(
        content_type="application/json", body=json.dumps({"suggestions": titles, "languages": titles})
    )


def test_in_the_page_nothing_acts(watched: Watched, served: Served) -> None:
    page = watched.page
    held: list[list[str]] = []

    def rendered(route: Route) -> None:
        said = render(held[-1][0], answer(held[-1]))
        headers = {k: v for k, v in said.headers.items() if k != "content-length"}
        route.fulfill(body=bytes(said.body), headers=headers)

    page.route("**/rendered", rendered)
    for batch in batches():
        held.append(batch)
        page.goto(f"{served.url}/rendered")
        assert page.locator(".results > li").count() == len(batch)
        assert page.locator(f"{MADE}, iframe").count() == 0
        watched.check()


def render(question: str, found: Answer) -> templates.Response:
    return templates.render(
        "search.html",
        service=ServiceConfig(title=question, contact=question),
        action="/",
        framed=False,
        question=question,
        answer=found,
        heading=templates.heading(found),
        notices=found.notices,
        told=question,
    )


@pytest.mark.parametrize(
    ("watched", "path", "asked"),
    [
        ("with the policy", "/host", ASKED_IN_THE_BOX),
        ("with the policy", "/frames", ASKED_BY_A_FORM),
        ("without it", "/", ASKED_IN_THE_PAGE),
    ],
    ids=["in the box", "by a form", "in the page"],
    indirect=["watched"],
)
def test_each_is_asked_as_a_question_and_nothing_acts(
    watched: Watched, served: Served, path: str, asked: str
) -> None:
    """The service itself answers. What a policy keeps from acting, it tells."""
    page = watched.page
    page.route("**/host", lambda route: fulfil(route, hosts.STRICT))
    page.route("**/frames", lambda route: fulfil(route, hosts.Host(FORM)))
    page.goto(served.url + path)
    for batch in batches():
        held = page.evaluate(asked, batch)
        assert [str(text).replace("\x00", "\ufffd") for text in held] == [
            text.replace("\x00", "\ufffd") for text in batch
        ]
        for frame in page.frames:
            assert frame.locator(MADE).count() == 0
        watched.check()


def test_each_as_a_question_is_the_value_of_the_field_and_nothing_else() -> None:
    found = Answer("none", (), (), None, 1)
    plain = render("plain", found)
    tags = [node.tag for node in LexborHTMLParser(bytes(plain.body)).css("*")]
    for text in STRINGS:
        tree = LexborHTMLParser(bytes(render(text, found).body))
        assert [node.tag for node in tree.css("*")] == tags, text
        field = tree.css_first("#q")
        assert field is not None
        assert field.attributes["value"] == text.replace("\x00", "\ufffd")


@pytest.mark.parametrize("payload", [FEW[0], FEW[1], FEW[4]])
def test_the_control_as_markup_they_act(browser: Browser, served: Served, payload: str) -> None:
    page = browser.new_page(bypass_csp=True)
    page.goto(served.url)
    page.evaluate(
        """payload => { const range = document.createRange();
             document.body.append(range.createContextualFragment(payload)); }""",
        payload,
    )
    page.wait_for_function("window.owned === 1", timeout=3000)
    page.close()


def test_the_control_a_foreign_request_is_noticed(context: BrowserContext, served: Served) -> None:
    watched = Watched(context, served.url)
    watched.page.goto(f"{served.url}/health/live")
    watched.page.evaluate("fetch('https://foreign.example/x').catch(() => 0)")
    watched.page.wait_for_timeout(50)
    assert watched.troubles
