"""The HTML reader, on pages written as the usual builders write them, and on what is sent to hurt it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from kb.errors import LimitError, ReadError
from kb.limits import Limits
from kb.readers.blocks import Block, Kind
from kb.readers.html import blocks_from, read
from kb.types import Document

_SHARED = Path(__file__).parents[4] / "shared"
_LIMITS = Limits()


def page(html: str | bytes, name: str = "site/page.html") -> Document:
    data = html.encode() if isinstance(html, str) else html
    (document,) = read(data, name, _LIMITS)
    assert isinstance(document, Document)
    return document


def body(html: str) -> Document:
    return page(f"<html><body><main>{html}</main></body></html>")


def blocks(html: str) -> list[Block]:
    return blocks_from(html, _LIMITS)


def texts(html: str) -> list[str]:
    return [block.text for block in blocks(html)]


def under(document: Document, heading: str) -> str:
    """The text whose innermost heading is this one."""
    return "\n\n".join(
        document.text[s.start : s.end] for s in document.sections if s.headings and s.headings[-1] == heading
    )


def path_of(document: Document, words: str) -> tuple[str, ...]:
    return next(s.headings for s in document.sections if words in document.text[s.start : s.end])


def anchor_of(document: Document, words: str) -> str | None:
    return next(s.anchor for s in document.sections if words in document.text[s.start : s.end])


# Pages as builders make them

_WIX = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>How we help with worry | Example Harbour Clinic</title>
<meta property="og:title" content="How we help with worry"><meta property="og:site_name" content="Example Harbour Clinic">
<link rel="canonical" href="https://harbour.example/post/worry">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"BlogPosting",
"headline":"How we help with worry","datePublished":"2024-03-05T09:00:00.000Z","dateModified":"2024-06-01T10:00:00.000Z",
"author":{"@type":"Person","name":"Dr. Example Adeyemi, PsyD"},"publisher":{"@type":"Organization","name":"Example Harbour Clinic"}}
</script></head><body>
<div id="SCROLL_TO_TOP" tabindex="-1">top of page</div>
<div id="SITE_CONTAINER"><div id="site-root"><div id="masterPage">
<button id="SKIP_TO_CONTENT_BTN">Skip to Main Content</button>
<header id="SITE_HEADER"><div data-testid="richTextElement"><h1 class="font_0"><a href="https://harbour.example">Example
Harbour Clinic</a></h1></div><nav aria-label="Site"><ul><li><a href="/">Home</a></li><li><a href="/fees">Fees</a></li>
<li><a href="/blog">Blog</a></li></ul></nav><a href="tel:5550100">Call 555 0100</a></header>
<main id="PAGES_CONTAINER"><div id="SITE_PAGES"><div class="blog-header-component"><nav><a href="/blog">All Posts</a></nav>
<button>Search</button></div>
<article data-hook="post"><div data-hook="post-header"><ul><li><span data-hook="user-name">Dr. Example Adeyemi</span></li>
<li><span data-hook="time-ago" title="Mar 5, 2024">Mar 5, 2024</span></li>
<li><span data-hook="time-to-read">3 min read</span></li></ul>
<p>Updated: Jun 1, 2024</p></div>
<h1 data-hook="post-title"><span>How we help with worry</span></h1>
<div data-hook="post-description"><div class="rich-content">
<p><span>Worry is a</span><span> habit of the </span><strong>m</strong>ind that can be un<em>learned</em>.\u200b</p>
<h2 id="viewer-abc12"><span>What a first session is like</span></h2>
<ol><li><p>We listen for <b>fifty</b> minutes.</p></li><li><p>We agree on a plan.</p></li></ol>
<ul><li><p>Bring your questions</p></li><li><p>Bring your insurance card</p></li></ul>
<h2>Fees</h2><table><tr><td><b>Service</b></td><td><b>Fee</b></td></tr><tr><td>First session</td><td>$180</td></tr>
<tr><td>Follow-up</td><td>$140</td></tr></table>
<h2>Common questions</h2>
<div class="faq"><div role="button" tabindex="0" aria-expanded="false" aria-controls="faq-1"><span>Do you take insurance?</span></div>
<div id="faq-1" role="region" style="display:none"><p>We accept most plans and can bill yours directly.</p></div>
<div role="button" tabindex="0" aria-expanded="false" aria-controls="faq-2"><span>Can I come in the evening?</span></div>
<div id="faq-2" role="region" hidden><p>Yes, on Tuesdays until 8 pm.</p></div></div>
</div></div>
<div data-hook="post-footer"><ul class="tags"><li><a href="/t/worry">worry</a></li></ul>
<div data-hook="post-main-actions__social">Share</div><span>11 views</span><span>0 comments</span>
<button aria-label="Like">1 like. Post not marked as liked</button></div></article>
<section data-hook="recent-posts"><h2>Recent Posts</h2><a href="/post/2">See All</a>
<article><a href="/post/sleep"><h3>Sleeping through the night</h3><p>Seven habits that help.</p></a></article></section>
<section data-hook="comments-section"><h2>Comments</h2><p>A visitor: this clinic saved my marriage and I cannot thank them enough for it.</p>
<p>Write a comment...</p></section>
</div></main>
<footer id="SITE_FOOTER"><p>12 Example Quay, Exampletown</p><p>&copy; 2024 Example Harbour Clinic. Proudly created with Wix.com</p></footer>
</div></div></div>
<div class="consent-banner-root" role="dialog" aria-label="Cookie banner"><p>We use cookies to give you the best experience.</p>
<button>Accept All</button></div>
<div id="SCROLL_TO_BOTTOM" tabindex="-1">bottom of page</div></body></html>"""

_WORDPRESS = """<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8">
<title>Grief counselling - Example Valley Counselling</title>
<meta name="author" content="admin"><meta name="keywords" content="grief, loss">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
{"@type":"Article","@id":"https://valley.example/grief/#article","headline":"Grief counselling",
"author":{"@id":"https://valley.example/#/schema/person/1"},"datePublished":"2023-01-09T08:00:00+00:00","keywords":["Bereavement"]},
{"@type":"WebSite","name":"Example Valley Counselling"},
{"@type":"Person","@id":"https://valley.example/#/schema/person/1","name":"Example Okafor, LCSW"}]}</script>
<link rel="canonical" href="https://valley.example/grief/"></head>
<body class="post-template-default single right-sidebar social-anxiety no-footer">
<a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<div id="page" class="site"><header id="masthead" class="site-header"><p class="site-title"><a href="/">Example Valley Counselling</a></p>
<p class="site-description">A quiet place to talk, in the middle of the valley since 1999</p>
<nav id="site-navigation" class="main-navigation"><button class="menu-toggle">Menu</button><ul id="primary-menu"><li><a href="/">Home</a></li>
<li><a href="/about/">About</a></li></ul></nav></header>
<p id="breadcrumbs"><a href="/">Home</a> &raquo; <strong>Grief</strong></p>
<div id="content" class="site-content"><div id="primary" class="content-area"><main id="main" class="site-main">
<article id="post-7" class="post hentry category-grief"><header class="entry-header"><h1 class="entry-title">Grief counselling</h1>
<div class="entry-meta">Posted on <time class="entry-date published" datetime="2023-01-09">January 9, 2023</time> by
<span class="byline"><a href="/author/admin">admin</a></span> | 2 Comments</div></header>
<div class="entry-content"><p>Grief has no timetable, and yours is not too long.</p>
<div class="sharedaddy"><h3 class="sd-title">Share this:</h3><ul><li><a href="#">Facebook</a></li><li><a href="#">Twitter</a></li></ul></div>
<h2 id="groups">Groups</h2><p>Our group meets on Thursdays at 6:30&nbsp;pm in the Example Hall.<br>
12 Example Lane<br>Exampletown</p>
<aside class="wp-block-group note"><p>If you cannot keep yourself safe, call the crisis line on 988 now, at any hour of the day.</p></aside>
<h3>What to bring</h3><ul><li>Yourself<ul><li>A photograph, if you like</li></ul></li><li>Nothing else</li></ul>
<h2>Social anxiety after a loss</h2><div class="social-anxiety"><p>Being among people can feel strange for a while.</p></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3><em>Related</em></h3><p><a href="/a">Losing a parent</a></p></div></div>
<footer class="entry-footer"><span class="cat-links">Posted in <a href="/c/grief">Grief</a></span></footer></article>
<nav class="post-navigation"><a href="/p">Previous post</a> <a href="/n">Next post</a></nav>
<div class="author-box"><p>About admin</p></div>
<div id="comments" class="comments-area"><h2 class="comments-title">2 thoughts on &ldquo;Grief counselling&rdquo;</h2>
<ol class="comment-list"><li><p>My late husband would have liked this article very much, thank you for writing it.</p></li></ol>
<div id="respond"><h3>Leave a Reply</h3><form><label for="c">Comment</label><textarea id="c"></textarea>
<p class="comment-notes">Your email address will not be published.</p></form></div></div>
</main></div><aside id="secondary" class="widget-area"><section class="widget"><h2>Recent Posts</h2><ul><li><a href="/x">Hello world</a></li></ul></section>
<section class="widget"><h2>Archives</h2><ul><li><a href="/2023">January 2023</a></li></ul></section>
<section class="widget"><h2>Subscribe</h2><p>Get our newsletter with tips for a calmer life, every month.</p></section></aside></div>
<footer id="colophon" class="site-footer"><div class="site-info">Proudly powered by WordPress</div></footer></div>
<div id="cookie-notice"><span>We use cookies to ensure that we give you the best experience on our website.</span><a href="#">Ok</a></div>
</body></html>"""

_SQUARESPACE = """<!doctype html><html lang="en-GB"><head><title>Fees &mdash; Example Grove Therapy</title>
<meta property="og:site_name" content="Example Grove Therapy"><meta property="og:title" content="Fees &mdash; Example Grove Therapy">
<meta property="og:url" content="https://grove.example/fees"></head><body id="collection-1">
<div id="siteWrapper" class="site-wrapper">
<div class="sqs-announcement-bar-dropzone"><div class="sqs-announcement-bar">New: evening sessions!</div></div>
<header id="header" class="header theme-col--primary"><a class="header-skip-link" href="#page">Skip to Content</a>
<div class="header-title-logo"><a href="/">Example Grove Therapy</a></div>
<div class="header-nav"><nav class="header-nav-list"><div><a href="/fees">Fees</a></div><div><a href="/contact">Contact</a></div></nav></div>
<div class="header-actions"><a class="btn" href="/book">Book now</a></div></header>
<main id="page" class="container"><article class="sections" id="sections">
<section id="fees-section" class="page-section"><div class="content-wrapper"><div class="sqs-block html-block"><div class="sqs-html-content">
<h1 style="white-space:pre-wrap;">Fees</h1><p>A session costs &pound;70. Concessions from &pound;45.</p></div></div>
<div class="sqs-block accordion-block"><ul class="accordion-items-container">
<li class="accordion-item"><h4 class="accordion-item__title-wrapper"><button class="accordion-item__click-target" aria-expanded="false" aria-controls="d-0">
<span class="accordion-item__title">How do I pay?</span><div class="accordion-icon-container"><div class="plus">+</div></div></button></h4>
<div class="accordion-item__dropdown" id="d-0" aria-hidden="true"><div class="accordion-item__description"><p>By card or bank transfer.</p></div></div></li>
<li class="accordion-item"><h4 class="accordion-item__title-wrapper"><button class="accordion-item__click-target" aria-expanded="false" aria-controls="d-1">
<span class="accordion-item__title">What if I must cancel?</span></button></h4>
<div class="accordion-item__dropdown" id="d-1" aria-hidden="true"><div><p>Tell us 48 hours before.</p></div></div></li></ul></div>
<div class="sqs-block button-block"><a class="sqs-block-button-element" href="/contact">Get in touch</a></div></div></section>
<section class="page-section"><div class="sqs-block newsletter-block"><h2>Sign up</h2><form><label>Email</label><button>Sign Up</button></form></div></section>
</article></main>
<footer class="sections" id="footer-sections"><section><p>Example Grove Therapy, 3 Example Grove</p><p>Back to Top</p></section></footer>
</div><div class="sqs-cookie-banner-v2"><p>By using this website, you agree to our use of cookies.</p><button>Accept</button></div></body></html>"""


def test_a_post_on_wix_is_its_text_and_nothing_else() -> None:
    assert page(_WIX).text == (
        "How we help with worry\n\n"
        "Worry is a habit of the mind that can be unlearned.\n\n"
        "What a first session is like\n\n"
        "1. We listen for fifty minutes.\n2. We agree on a plan.\n- Bring your questions\n- Bring your insurance card\n\n"
        "Fees\n\n"
        "Service | Fee\nFirst session | $180\nFollow-up | $140\n\n"
        "Common questions\n\n"
        "Do you take insurance?\n\nWe accept most plans and can bill yours directly.\n\n"
        "Can I come in the evening?\n\nYes, on Tuesdays until 8 pm."
    )


def test_the_attribution_of_a_post_on_wix_is_from_its_json_ld() -> None:
    attribution = page(_WIX, "post/worry.html").attribution
    assert attribution.title == "How we help with worry"
    assert attribution.source == "post/worry.html"
    assert attribution.url == "https://harbour.example/post/worry"
    assert attribution.author == "Dr. Example Adeyemi, PsyD"
    assert attribution.published == "2024-03-05T09:00:00.000Z"
    assert attribution.modified == "2024-06-01T10:00:00.000Z"
    assert attribution.language == "en"


def test_a_post_on_wordpress_loses_its_sidebar_comments_and_sharing() -> None:
    assert page(_WORDPRESS).text == (
        "Grief counselling\n\n"
        "Grief has no timetable, and yours is not too long.\n\n"
        "Groups\n\n"
        "Our group meets on Thursdays at 6:30 pm in the Example Hall.\n12 Example Lane\nExampletown\n\n"
        "If you cannot keep yourself safe, call the crisis line on 988 now, at any hour of the day.\n\n"
        "What to bring\n\n- Yourself\n- A photograph, if you like\n- Nothing else\n\n"
        "Social anxiety after a loss\n\nBeing among people can feel strange for a while."
    )


def test_the_author_on_wordpress_is_the_person_not_the_account() -> None:
    document = page(_WORDPRESS)
    assert document.attribution.author == "Example Okafor, LCSW"
    assert document.attribution.title == "Grief counselling"
    assert document.tags == ("grief", "loss", "Bereavement")


def test_a_page_on_squarespace_keeps_its_folded_answers() -> None:
    document = page(_SQUARESPACE)
    assert document.text == (
        "Fees\n\nA session costs £70. Concessions from £45.\n\n"
        "How do I pay?\n\nBy card or bank transfer.\n\n"
        "What if I must cancel?\n\nTell us 48 hours before."
    )
    assert path_of(document, "48 hours") == ("Fees", "What if I must cancel?")
    assert anchor_of(document, "A session costs") == "fees-section"
    assert document.attribution.title == "Fees"
    assert document.attribution.url == "https://grove.example/fees"
    assert document.attribution.language == "en-gb"


def test_an_old_page_of_tables_fonts_and_open_tags_is_read() -> None:
    document = page(
        """<HTML><HEAD><TITLE>Example Practice</TITLE></HEAD><BODY BGCOLOR=white>
<table width=760><tr><td colspan=2><font size=6>Example Practice</font></td></tr>
<tr><td valign=top><a href=index.html>Home</a><br><a href=about.html>About</a><br><a href=fees.html>Fees</a><br></td>
<td><h2>Office hours<p>Monday to Friday, 9 to 5. Ring the upper bell.<p>Closed on <b>public</b> holidays.
<a name=where></a><h2>Where we are</h2><p>5 Example Road, beside the library, on the second floor.
<p><font color="#ffffff">cheap pills cheap pills</font></td></tr></table></BODY></HTML>"""
    )
    assert "Monday to Friday, 9 to 5. Ring the upper bell." in document.text
    assert "Closed on public holidays." in document.text
    assert path_of(document, "5 Example Road") == ("Where we are",)
    assert anchor_of(document, "5 Example Road") == "where"
    assert "About" not in document.text
    assert "pills" not in document.text
    assert document.tables == ()


def test_a_hero_in_the_header_stays_and_its_menu_goes() -> None:
    document = page(
        """<body><header class="hero"><nav><a href="/">Home</a><a href="/fees">Fees</a></nav><h1>Counselling in Exampletown</h1>
<p>Warm, practical help for adults and couples, in person and online.</p></header>
<section><h2>Services</h2><p>Individual sessions of fifty minutes, weekly or every other week.</p></section></body>"""
    )
    assert document.text.startswith("Counselling in Exampletown\n\nWarm, practical help")
    assert "Home" not in document.text


def test_a_page_without_main_or_nav_loses_its_rows_of_links() -> None:
    document = page(
        """<body><div class="box"><a href="a.html">Home</a> <a href="b.html">About us</a> <a href="c.html">Fees</a></div>
<div><h1>Parking</h1><p>There are three spaces behind the house, and the bus stops at the door.</p></div>
<div><a href="a.html">Home</a> | <a href="d.html">Privacy</a> | <a href="e.html">Terms</a></div><p>© 2024 Example</p></body>"""
    )
    assert document.text == (
        "Parking\n\nThere are three spaces behind the house, and the bus stops at the door."
    )


def test_a_cookie_dialog_that_nothing_names_goes_and_a_policy_on_cookies_stays() -> None:
    document = page(
        """<body><div class="x1"><p>This site uses cookies to measure its visits.</p><button>Accept</button></div>
<main><h1>Cookie policy</h1><p>We use cookies to remember your language. Nothing else is kept, and nobody is told.</p></main></body>"""
    )
    assert document.text.startswith("Cookie policy")
    assert "remember your language" in document.text
    assert "measure its visits" not in document.text


def test_a_contact_form_goes_and_the_address_beside_it_stays() -> None:
    document = body(
        """<h1>Contact</h1><form><label for="n">Name</label><input id="n"><label>Message <textarea></textarea></label>
<p>We answer within one working day.</p><button type="submit">Send</button></form>
<address>5 Example Road<br>Exampletown</address><p><a href="tel:5550100">555 0100</a></p>"""
    )
    assert document.text == (
        "Contact\n\nWe answer within one working day.\n\n5 Example Road\nExampletown\n\n555 0100"
    )


# Hidden text


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="display:none">secret</p>',
        "<p hidden>secret</p>",
        '<span aria-hidden="true">secret</span>',
        '<p style="visibility: hidden">secret</p>',
        '<p style="font-size:0px">secret</p>',
        '<p style="position:absolute; left:-9999px">secret</p>',
        '<p style="color:#fff;background:#ffffff">secret</p>',
        '<div style="background-color: rgb(255,255,255)"><p style="color:white">secret</p></div>',
        '<p class="sr-only">secret</p>',
        "<template><p>secret</p></template>",
        "<noscript>secret</noscript>",
        "<!-- secret -->",
    ],
)
def test_hidden_text_is_not_read(hidden: str) -> None:
    assert "secret" not in body(f"<h1>Fees</h1><p>A session costs 70.</p>{hidden}<p>Ask us.</p>").text


@pytest.mark.parametrize(
    "folded",
    [
        "<details><summary>How long?</summary><p>Fifty minutes.</p></details>",
        '<button aria-controls="a1">How long?</button><div id="a1" style="display:none">Fifty minutes.</div>',
        '<div class="faq-question">How long?</div><div class="faq-answer" hidden>Fifty minutes.</div>',
        '<h3>How long?</h3><div style="display:none">Fifty minutes.</div>',
        '<h3><button aria-expanded="false">How long? <span>+</span></button></h3><div aria-hidden="true">Fifty minutes.</div>',
        '<dl><dt><button>How long?</button></dt><dd hidden="until-found">Fifty minutes.</dd></dl>',
        '<div class="card-header"><a data-toggle="collapse" href="#c1">How long?</a></div><div id="c1" class="collapse">'
        "Fifty minutes.</div>",
        '<div class="et_pb_toggle"><h5 class="et_pb_toggle_title">How long?</h5><div class="et_pb_toggle_content">'
        "Fifty minutes.</div></div>",
        '<div class="elementor-tab-title" role="button" aria-controls="e1" aria-expanded="false"><a>How long?</a></div>'
        '<div id="e1" class="elementor-tab-content" hidden>Fifty minutes.</div>',
    ],
)
def test_a_folded_answer_is_read_under_its_question(folded: str) -> None:
    document = body(f"<h2>Questions</h2><p>Ask away.</p>{folded}")
    assert path_of(document, "Fifty minutes.") == ("Questions", "How long?")


def test_panels_behind_tabs_are_read_under_the_tabs_labels() -> None:
    document = body(
        """<h2>Fees</h2><ul role="tablist"><li><button role="tab" id="t1" aria-controls="p1">Adults</button></li>
<li><button role="tab" id="t2" aria-controls="p2">Children</button></li></ul>
<div role="tabpanel" id="p1"><p>Adults pay 70.</p></div><div role="tabpanel" id="p2" hidden><p>Children pay 40.</p></div>"""
    )
    assert path_of(document, "Children pay 40.") == ("Fees", "Children")
    assert anchor_of(document, "Children pay 40.") == "p2"
    assert document.text.count("Adults") == 2


# Words


def test_markup_inside_a_word_does_not_split_it_and_two_links_are_two_words() -> None:
    assert texts("<p><b>W</b>ord<i>s</i> and <a href=a>one</a><a href=b>two</a></p>") == ["Words and one two"]


def test_entities_and_invisible_characters_are_resolved() -> None:
    assert texts("<p>Fish &amp; chips&nbsp;&mdash; caf&eacute; co&shy;op a\u200bb &#8206;x&#x202e;y</p>") == [
        "Fish & chips — café coop ab xy"
    ]


def test_a_break_is_a_line_and_two_are_a_paragraph() -> None:
    assert texts("<p>5 Example Road<br>Exampletown<br><br>Ring twice.</p>") == [
        "5 Example Road\nExampletown",
        "Ring twice.",
    ]


@pytest.mark.parametrize(
    ("declared", "encoding"), [("windows-1252", "cp1252"), ("utf-8", "utf-8"), ("iso-8859-1", "cp1252")]
)
def test_the_declared_encoding_is_used(declared: str, encoding: str) -> None:
    html = f'<html><head><meta charset="{declared}"></head><body><p>Café “Ruhe” — 70 € a session</p></body></html>'
    assert page(html.encode(encoding)).text == "Café “Ruhe” — 70 € a session"


# Lists, tables, headings


def test_ordered_lists_keep_their_numbers_and_nested_items_their_order() -> None:
    assert texts("<ol start=3><li>Call<ul><li>by phone</li></ul></li><li>Come</li></ol>") == [
        "3. Call",
        "- by phone",
        "4. Come",
    ]


def test_short_definitions_stand_on_one_line_and_long_ones_below_a_heading() -> None:
    assert texts("<dl><dt>Monday:</dt><dd>9 to 5</dd><dt>Tuesday</dt><dd>closed</dd></dl>") == [
        "- Monday: 9 to 5",
        "- Tuesday: closed",
    ]
    long = blocks(f"<dl><dt>Do you see children?</dt><dd>{'Yes, we do. ' * 12}</dd></dl>")
    assert (long[0].kind, long[0].text) == (Kind.HEADING, "Do you see children?")


def test_a_table_has_a_header_and_rows_and_a_cell_over_rows_is_said_in_each() -> None:
    document = body(
        """<h2>Fees</h2><table><thead><tr><th>Who</th><th>Length</th><th>Fee</th></tr></thead><tbody>
<tr><td rowspan=2>Adults</td><td>50 min</td><td>$140</td></tr><tr><td>80 min</td><td>$200</td></tr></tbody></table>"""
    )
    (table,) = document.tables
    assert document.text[table.start : table.body].strip() == "Who | Length | Fee"
    assert document.text[table.body : table.end] == "Adults | 50 min | $140\nAdults | 80 min | $200"


def test_a_layout_table_is_unrolled_as_text() -> None:
    found = blocks(
        "<table><tr><td><h2>Fees</h2><p>A session costs 70.</p></td><td><p>Ask us.</p></td></tr></table>"
    )
    assert [(b.kind, b.text) for b in found] == [
        (Kind.HEADING, "Fees"),
        (Kind.PARAGRAPH, "A session costs 70."),
        (Kind.PARAGRAPH, "Ask us."),
    ]


def test_a_line_in_bold_over_a_paragraph_is_a_heading() -> None:
    document = body(
        "<h1>Prices</h1><p>A session costs 70.</p><p><strong>Working hours:</strong></p><p>8 to 6.</p>"
    )
    assert path_of(document, "8 to 6.") == ("Prices", "Working hours:")


def test_headings_nest_by_their_level() -> None:
    document = body("<h1>A</h1><p>1</p><h2>B</h2><p>2</p><h3>C</h3><p>3</p><h2>D</h2><p>4</p>")
    assert [s.headings for s in document.sections] == [("A",), ("A", "B"), ("A", "B", "C"), ("A", "D")]


@pytest.mark.parametrize(
    "html",
    [
        '<h2 id="fees">Fees</h2>',
        '<h2><a name="fees"></a>Fees</h2>',
        '<a name="fees"></a><h2>Fees</h2>',
        '<section id="fees"><div class="inner"><h2>Fees</h2></div></section>',
        '<div id="fees"></div><h2>Fees</h2>',
        '<section id="fees"><p>What it costs.</p><h2>Fees</h2></section>',
        '<details id="fees"><summary>Fees</summary>A session costs 70.</details>',
    ],
)
def test_a_heading_is_linked_to_by_its_own_id_or_the_one_that_leads_to_it(html: str) -> None:
    document = body(f"<p>Welcome to the practice.</p>{html}<p>A session costs 70.</p>")
    section = next(s for s in document.sections if s.headings == ("Fees",))
    assert section.anchor == "fees"


# What cannot be read


def test_a_page_that_scripts_write_is_refused_with_advice() -> None:
    with pytest.raises(ReadError, match="scripts write it in the browser"):
        page('<html><head><script src="app.js"></script></head><body><div id="root"></div></body></html>')


def test_a_frameset_is_refused_and_its_frames_are_named() -> None:
    with pytest.raises(ReadError, match=r"frame around other pages \(left\.html, main\.html\)"):
        page("<frameset cols=20%,*><frame src=left.html><frame src=main.html></frameset>")


@pytest.mark.parametrize("html", ["<html><body></body></html>", "<p> </p>", "<!-- nothing -->"])
def test_an_empty_page_is_refused(html: str) -> None:
    with pytest.raises(ReadError, match="has no text"):
        page(html)


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div>" * 100_000 + "x", "nested"),
        ("<b>" * 100_000 + "x", "nested"),
        ("<div><table></div></table>" * 60_000, "nested"),
        ("<div>" * 600 + "x", "nested"),
        ("<i></i>" * 250_000, "elements"),
        ("<p>" + "".join(f"<font a={i}>" for i in range(500)) + "<p>x" * 50_000, "elements"),
        ("<p>x</p>" * 1_400_000, "larger"),
    ],
)
def test_what_would_hurt_the_parser_is_refused_at_once(html: str, reason: str) -> None:
    began = time.monotonic()
    with pytest.raises(LimitError, match=reason):
        page(html)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "html",
    [
        "".join(f"<p>Paragraph {i} of a long page.</p>" for i in range(50_000)),
        "<ul>" + "".join(f"<li>Item {i} of a long list" for i in range(50_000)),
        "<table>" + "".join(f"<tr><td>{i}<td>row" for i in range(30_000)) + "</table>",
        "".join(
            f'<div class="related"><h2>Comments</h2><a href=/{i}>x</a></div><p>Text {i}</p>'
            for i in range(9_000)
        ),
        "<p>text</p>" + "<!-- " * 500_000,
        "<p>text</p><a " + "b " * 500_000,
    ],
)
def test_a_long_or_broken_page_is_read_in_seconds(html: str) -> None:
    began = time.monotonic()
    assert page(html).text
    assert time.monotonic() - began < 10


# Real pages


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared folder with real pages is absent")
def test_every_page_that_answers_a_patients_question_still_holds_the_answer() -> None:
    evaluation = _SHARED / "eval" / "clinic-pages"
    right: dict[str, list[str]] = {}
    for line in (evaluation / "qrels.tsv").read_text().splitlines()[1:]:
        query, document_id, score = line.split("\t")
        if score == "2":
            right.setdefault(query, []).append(document_id)
    for line in (evaluation / "queries.jsonl").read_text().splitlines():
        query = json.loads(line)
        if span := query["metadata"].get("span"):
            found = [read_real(document_id).text for document_id in right[query["_id"]]]
            assert any(re.search(span, text) for text in found), query["text"]


@pytest.mark.skipif(not _SHARED.is_dir(), reason="the shared folder with real pages is absent")
def test_real_pages_keep_nothing_of_their_navigation() -> None:
    for path in sorted((_SHARED / "pages" / "adultstherapy.com").rglob("*.html")):
        text = read_real(path.relative_to(_SHARED / "pages").as_posix()).text
        assert "Certified Clinical Trauma Professional (CCTP I) •" not in text
        assert "© Adults Therapy" not in text
        assert "Terms\n- Privacy\n- Sitemap\n\n" not in text


def read_real(name: str) -> Document:
    return page((_SHARED / "pages" / name).read_bytes(), name)
