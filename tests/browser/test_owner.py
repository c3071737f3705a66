"""`/admin` from another machine: a browser asks the owner for the key itself, and keeps it from all else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from kb.keys import Keys
from tests.service.process import Served

FROM_ELSEWHERE = {"X-Forwarded-For": "203.0.113.7"}


@pytest.fixture(scope="module")
def clinic(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    """A service, and its owner's key."""
    home = Path(shutil.copytree(practice, tmp_path_factory.mktemp("owner") / "home"))
    key = Keys(home / ".kb").create("admin", "default")[1]
    with Served(home) as served:
        yield served, key


def test_the_owner_signs_in_and_no_key_stands_in_an_address_or_is_stored(
    browser: Browser, clinic: tuple[Served, str]
) -> None:
    served, key = clinic
    context = browser.new_context(
        http_credentials={"username": "", "password": key}, extra_http_headers=FROM_ELSEWHERE
    )
    sent: list[Request] = []
    context.on("request", lambda request: sent.append(request))
    page = context.new_page()
    page.goto(f"{served.url}/admin")
    page.get_by_label("A question, and why it is answered as it is").fill("how much is a session")
    page.get_by_role("button", name="Explain").click()
    expect(page.get_by_role("region", name="Explanation")).to_contain_text("site/fees.md  chance")
    assert [one.url for one in sent if key in one.url] == []
    assert key not in page.content()
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    context.close()


@pytest.mark.parametrize("password", [None, "kb_0_wrong"])
def test_nobody_else_sees_the_page(
    browser: Browser, clinic: tuple[Served, str], password: str | None
) -> None:
    served, _ = clinic
    credentials = {"username": "", "password": password} if password else None
    context = browser.new_context(http_credentials=credentials, extra_http_headers=FROM_ELSEWHERE)  # type: ignore[arg-type]
    page = context.new_page()
    answered = page.request.get(f"{served.url}/admin")
    assert answered.status == 401
    assert "passages" not in answered.text()
    context.close()
