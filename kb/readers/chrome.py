"""The lines of a copied web page that are the page's own furniture, not what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_NETWORKS = (
    r"(?:facebook|twitter|x|linked ?in|instagram|pinterest|whatsapp|tumblr|reddit|youtube|tiktok|threads"
    r"|mastodon|bluesky|telegram|messenger|e-?mail|social media)"
)
_COUNT = r"(?:[\d.,]+ ?[km]?|no) ?(?:views?|comments?|likes?|shares?|reactions?)"
# Whole lines that no article has for content, whatever stands around them.
_CHROME = re.compile(
    "|".join(
        (
            r"(?:top|bottom|end) of (?:the )?page",
            r"(?:back|scroll|return|go) to (?:the )?top",
            r"skip (?:to|past) (?:the )?(?:main |page )?(?:content|navigation|nav|menu|main|footer|search)",
            r"(?:toggle|open|close|main|mobile) (?:navigation|menu|nav)",
            r"use tab to navigate through the menu items\.?",
            rf"{_COUNT}(?: ?[|·•-]? ?{_COUNT})*",
            r"(?:[\d.,]+ likes?\. ?)?post (?:not )?marked as (?:not )?liked",
            r"\d+[ -]?min(?:ute)?s?[ -]read(?:ing time)?",
            r"(?:estimated )?read(?:ing)? time:? (?:about )?\d+ ?min(?:ute)?s?\.?",
            r"share:?|sharing is caring!?",
            rf"share this(?: \w+)?:?(?: (?:on|via|with) .{{1,40}})?|share (?:on|via|to) {_NETWORKS}",
            rf"(?:follow|find|like|connect with|join) us on {_NETWORKS}.{{0,40}}|follow us:?",
            r"(?:tweet|pin|like|e?mail|print) this(?: (?:page|post|article))?|link copied!?",
            r"(?:read|show|see|view) (?:more|less|all)(?: posts?| articles?)? ?[.…»>→]*",
            r"continue reading ?[.…»>→]*",
            r"(?:[«<←‹] ?)?(?:previous|next|older|newer) (?:post|article|page|entry|entries)s?(?: ?[»>→›])?",
            r"comments(?: \(\d+\))?|comments are (?:closed|off).{0,80}",
            r"(?:leave|write|add|post) a (?:comment|reply) ?(?:\.\.\.|…)?(?: ?cancel reply)?|post comment",
            r"commenting (?:on this post )?(?:isn['’]t|is not) available.{0,80}",
            r"your email address will not be published.{0,80}|required fields are marked.{0,10}",
            r"save my name, email.{0,100}",
            r"(?:accept|reject|allow|decline|refuse) (?:all )?(?:optional |additional |necessary )?cookies",
            r"(?:accept|reject|allow|decline) all",
            r"(?:cookies?|privacy|consent) (?:settings|preferences)",
            r"(?:manage|customi[sz]e|change) (?:cookies?|consent|preferences)(?: settings| preferences)?",
            r"(?:log ?in|sign ?in) ?(?:/|\||or) ?(?:sign ?up|register|join)",
            r"subscribe(?: now| here| today| to (?:our|the|my) (?:newsletter|blog|mailing list))?!?",
            r"(?:©|\(c\) ?\d{4}|copyright (?:©|\(c\)|\d{4})).{0,150}|all rights reserved\.?",
            r"(?:proudly )?(?:powered|created|built|made) (?:by|with) "
            r"(?:wix|wordpress|squarespace|weebly|ghost|webflow|shopify|godaddy).{0,40}",
            r"photo (?:by|credit:?) .{1,60} on (?:unsplash|pexels|pixabay)\.?",
            r"advertisement|sponsored(?: content)?|loading ?(?:\.\.\.|…)",
            r"(?:#[\w-]+[ ,]*){2,}",
            r"home(?:page)?|submit|all posts|home ?[>»/›→|•·].{0,120}",
            r"[«»<>←→‹›|•·*_=~ -]+",
        )
    ),
    re.IGNORECASE,
)
# Words that are chrome in company: a row of share buttons, a menu.
_SOCIAL = re.compile(rf"{_NETWORKS}|print|tweet|pin|like|rss|copy|copy link(?: to clipboard)?", re.IGNORECASE)
_MENU = re.compile(
    r"(?:home|about|contact)(?: (?:us|me))?|blog|news|(?:our )?services|faqs?|resources|gallery|shop|cart"
    r"|testimonials|reviews|search|menu|close|more|log ?in|sign ?(?:in|up)|register|donate|(?:our )?team"
    r"|book (?:now|online|an appointment)|meet the team|privacy(?: policy)?|site ?map|accessibility|careers"
    r"|terms(?: (?:of (?:use|service)|& conditions|and conditions))?|events|locations?"
    r"|accept|agree|i agree|got it!?|ok(?:ay)?|decline|reject|dismiss",
    re.IGNORECASE,
)
_MENU_ROW = 3
_COOKIE_BANNER = re.compile(
    r"\b(?:we|this (?:web)?site|our (?:web)?site|(?:web)?site) (?:also )?(?:use|uses|using) cookies\b"
    r"|\bby (?:continuing|clicking|using|browsing)\b.{0,120}\bcookies\b"
    r"|\bcookies\b.{0,120}\b(?:best|better|your) (?:browsing |user )?experience\b",
    re.IGNORECASE,
)
_ABOUT_COOKIES = re.compile(r"cookie|privacy|data protection|gdpr", re.IGNORECASE)
_AT_THE_EDGE = 6  # a banner comes first or last in a copy
_OTHER_POSTS = re.compile(
    r"(?:recent|related|similar|latest|more|other|popular) (?:posts?|articles?|stories|reading)"
    r"|you (?:may|might) also (?:like|enjoy|be interested in)|keep reading",
    re.IGNORECASE,
)
_LONGEST = 400  # no line longer than this is looked at


def without_chrome(lines: Sequence[str]) -> list[str]:
    """The lines, chrome made empty so that what it stood between stays apart."""
    spoken = [i for i, line in enumerate(lines) if line.strip()]
    texts = [lines[i].strip() for i in spoken]
    chrome = {i for i, t in enumerate(texts) if len(t) <= _LONGEST and _CHROME.fullmatch(t) and not _rule(t)}
    chrome |= _rows_of_buttons(texts, chrome)
    chrome |= _cookie_banner(texts, chrome)
    chrome |= _other_posts(texts, chrome)
    chrome |= _doubled_captions(texts, chrome)
    drop = {spoken[i] for i in chrome}
    return ["" if i in drop else line for i, line in enumerate(lines)]


def may_be_chrome(line: str) -> bool:
    """Whether the line, by itself, could be chrome: a word of a menu is, but only among others."""
    return any(chrome.fullmatch(line[:_LONGEST]) for chrome in (_CHROME, _SOCIAL, _MENU))


def _rule(text: str) -> bool:
    """Whether it may be the line below a heading; left to who knows what stands above it."""
    return len(set(text)) == 1 and text[0] in "=-_~*"


def _cookie_banner(texts: Sequence[str], chrome: set[int]) -> set[int]:
    said = [i for i in range(len(texts)) if i not in chrome]
    if any(_ABOUT_COOKIES.search(texts[i]) for i in said[:3] if len(texts[i]) < 50):
        return set()  # a page about cookies means what it says of them
    edges = {*said[:_AT_THE_EDGE], *said[-_AT_THE_EDGE:]}
    return {i for i in edges if len(texts[i]) <= _LONGEST and _COOKIE_BANNER.search(texts[i])}


def _rows_of_buttons(texts: Sequence[str], chrome: set[int]) -> set[int]:
    found: set[int] = set()
    row: list[int] = []
    for i in range(len(texts) + 1):
        if i < len(texts) and (_SOCIAL.fullmatch(texts[i]) or _MENU.fullmatch(texts[i])):
            row.append(i)
            continue
        social = [j for j in row if _SOCIAL.fullmatch(texts[j])]
        touches = bool(row) and not chrome.isdisjoint((row[0] - 1, i))
        if len(row) >= _MENU_ROW or len(social) > 1 or (social and touches):
            found.update(row)
        row = []
    return found


def _other_posts(texts: Sequence[str], chrome: set[int]) -> set[int]:
    """ "Recent Posts" and the titles below it, where nothing but titles comes after."""
    for i, text in enumerate(texts):
        if i > len(texts) // 2 and _OTHER_POSTS.fullmatch(text):
            rest = [t for j, t in enumerate(texts[i + 1 :], i + 1) if j not in chrome]
            if all(len(t) < 150 for t in rest):
                return set(range(i, len(texts)))
    return set()


def _doubled_captions(texts: Sequence[str], chrome: set[int]) -> set[int]:
    """A picture's caption, which a copy gives twice; a title or a question given twice is kept once."""
    said = [i for i in range(len(texts)) if i not in chrome]
    found: set[int] = set()
    for place, (first, second) in enumerate(pairwise(said)):
        if texts[first] != texts[second] or len(texts[first]) > 150 or not texts[first][0].isalnum():
            continue
        found.add(second)
        if place > 0 and texts[first][-1] not in ".?!:":
            found.add(first)
    return found
