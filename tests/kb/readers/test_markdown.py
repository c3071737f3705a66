from pathlib import Path

import pytest

from kb.limits import Limits
from kb.readers.read import read
from kb.types import Document, Refusal

PAGES = Path(__file__).parents[4] / "shared" / "pages" / "va-2018" / "pages"


def item(text: str, name: str = "site/what-it-costs.md") -> Document | Refusal:
    (found,) = read(text.encode(), name, Limits())
    return found


def document(text: str, name: str = "site/what-it-costs.md") -> Document:
    found = item(text, name)
    assert isinstance(found, Document), found
    return found


def outline(text: str) -> list[tuple[tuple[str, ...], str | None]]:
    return [(section.headings, section.anchor) for section in document(text).sections]


def test_front_matter_is_the_attribution_and_no_text() -> None:
    found = document(
        """---
title: What it costs
author: [Jane Example, John Example]
date: 2021-03-03
lastmod: 3 April 2022
tags: fees, insurance
lang: en_GB
license: CC-BY-4.0
canonical: https://example.org/fees
order: 3
review: {by: 2025-01-01}
---

Sixty pounds.
"""
    )
    said = found.attribution
    assert found.text == "Sixty pounds."
    assert (said.title, said.author) == ("What it costs", "Jane Example, John Example")
    assert (said.published, said.modified) == ("2021-03-03", "2022-04-03")
    assert (said.language, said.licence, said.url) == ("en-gb", "CC-BY-4.0", "https://example.org/fees")
    assert found.tags == ("fees", "insurance")
    assert found.metadata == {"order": 3, "review": {"by": "2025-01-01"}}


def test_broken_front_matter_gives_what_its_plain_lines_say() -> None:
    found = document("---\ntitle: Fees: what we charge\nauthor: [Jane\n---\nSixty pounds.\n")
    assert found.attribution.title == "Fees: what we charge"
    assert found.text == "Sixty pounds."


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    found = document("---\nSixty pounds.\n\n---\n\nLess for students.\n")
    assert "Sixty pounds." in found.text
    assert "Less for students." in found.text


def test_nor_is_prose_between_two_rules_that_is_no_yaml() -> None:
    found = document('---\nWelcome: we are open: Monday.\nCall "us": now.\n---\n\n# Fees\n\nSixty pounds.\n')
    assert found.text.startswith("Welcome: we are open: Monday.")
    assert 'Call "us": now.' in found.text


def test_keys_may_begin_with_a_capital() -> None:
    found = document("---\nTitle: Fees\nAuthor: A. Writer\nTags: [money]\nRoom: 4\n---\nSixty pounds.\n")
    assert (found.attribution.title, found.attribution.author) == ("Fees", "A. Writer")
    assert (found.tags, found.metadata) == (("money",), {"Room": 4})


def test_a_draft_and_a_page_of_front_matter_alone_are_refused() -> None:
    assert item("---\ntitle: x\ndraft: true\n---\nText.") == Refusal(
        "site/what-it-costs.md", "is marked as a draft in its front matter", withdrawn=True
    )
    assert item("---\ntitle: x\n---\n") == Refusal(
        "site/what-it-costs.md", "has no text below its front matter"
    )


def test_front_matter_that_swells_is_refused() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = item(f"---\n{bomb}---\nText.")
    assert found == Refusal("site/what-it-costs.md", "has front matter that is too large")


def test_headings_nest_and_have_the_anchors_that_a_site_gives_them() -> None:
    text = """Intro.

# What it costs

Sixty pounds.

## Can I *pay* by `card`?

Yes.

Couples
-------

Ninety pounds.

## Couples

Again.

### Cancelling {#late .warning}

Two days.
"""
    assert outline(text) == [
        ((), None),
        (("What it costs",), "what-it-costs"),
        (("What it costs", "Can I pay by card?"), "can-i-pay-by-card"),
        (("What it costs", "Couples"), "couples"),
        (("What it costs", "Couples"), "couples-1"),
        (("What it costs", "Couples", "Cancelling"), "late"),
    ]
    assert document(text).attribution.title == "What it costs"


def test_lists_tables_and_code_are_kept_and_links_are_their_text() -> None:
    text = """- your [card](https://example.org "x")
- a letter
  1. from your doctor
  2. signed

| Service | Fee |
|---------|-----|
| Couples | £90 |

```
ring 01632 960123
```

> [!NOTE]
> Ask *us* ![a calm room](room.jpg) first.
"""
    found = document(text)
    for said in ("- your card\n- a letter", "from your doctor", "ring 01632 960123", "Ask us", "Note:"):
        assert said in found.text
    for markup in ("](", "```", "[!NOTE]", "*", "|--", "room.jpg"):
        assert markup not in found.text
    (table,) = found.tables
    assert found.text[table.start : table.end] == "Service | Fee\nCouples | £90"


def test_a_bold_line_is_no_heading_on_a_page_that_has_headings() -> None:
    text = "# Fees\n\nWe charge by the hour.\n\n**Both must be true. You:**\n\n- are over 18\n- can pay\n"
    assert outline(text) == [(("Fees",), "fees")]


def test_html_in_markdown_is_read_and_markdown_in_html_too() -> None:
    text = """<div class="feature" markdown="1">

### Who can come?

Anybody **over 18**.

</div>

<h4 id="kin">Your family</h4>
They may come <b>with you</b>:
- a [partner](x)
- a friend

<script>alert(1)</script>
<!-- not said -->
"""
    found = document(text)
    assert "Anybody over 18." in found.text
    assert "- a partner\n- a friend" in found.text
    assert found.sections[-1].headings == ("Who can come?", "Your family")
    assert found.sections[-1].anchor == "kin"
    for unsaid in ("alert", "not said", "**", "<b>"):
        assert unsaid not in found.text


def test_indented_html_is_no_code() -> None:
    found = document("<ul>\n\n    <li>your card</li>\n\n    <li>a letter</li>\n\n</ul>\n")
    assert "<li>" not in found.text
    assert "your card" in found.text


def test_what_other_tools_read_is_no_text() -> None:
    found = document("{% include banner.html %}\n\n::: warning\nTwo days.\n:::\n\nPay here.\n{: .button}\n")
    assert found.text == "Two days.\n\nPay here."


def test_a_page_without_a_title_is_named_by_its_file_or_folder() -> None:
    assert document("Sixty pounds.").attribution.title == "What it costs"
    assert document("Sixty pounds.", "site/what-it-costs/index.md").attribution.title == "What it costs"


@pytest.mark.skipif(not PAGES.exists(), reason="the government pages are not here")
def test_every_government_page_is_read_or_says_that_it_has_no_text() -> None:
    reasons: list[str] = []
    for path in sorted(PAGES.rglob("*.md")):
        (found,) = read(path.read_bytes(), path.relative_to(PAGES.parent).as_posix(), Limits())
        if isinstance(found, Refusal):
            reasons.append(found.reason)
            continue
        assert found.attribution.title
        for markup in ("</", "](/", "**", "<div", "<br"):
            assert markup not in found.text, path
    assert set(reasons) == {"has no text below its front matter"}
    assert len(reasons) < 140
