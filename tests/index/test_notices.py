"""The notices that questions call for: the crisis notice above all, by lists of our own writing."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.notices import NoticeMatcher, NoticeRule, crisis_rule, explain, regions
from index.types import Link, Notice
from kb.errors import ConfigError

DATA = Path(__file__).parents[2] / "index"
CRISIS = NoticeMatcher([crisis_rule("us")])
FEES = Notice("info", "Our fees", "From 60 a session.", (Link("Fees", "/fees"),))
GIFTS = Notice("info", "Gift cards", "We sell gift cards.")


def phrasings(name: str) -> list[str]:
    lines = (DATA / f"{name}_phrasings.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def noticed(text: str) -> bool:
    return bool(CRISIS.matches(text))


def owner(*triggers: str, unless: tuple[str, ...] = ()) -> NoticeMatcher:
    return NoticeMatcher([NoticeRule(FEES, triggers, unless)])


def test_the_lists_are_long_and_say_each_thing_once() -> None:
    for name in ("crisis", "harmless"):
        texts = phrasings(name)
        assert len(texts) >= 300
        assert len(set(texts)) == len(texts)


def test_ninety_nine_of_a_hundred_crisis_phrasings_are_noticed() -> None:
    texts = phrasings("crisis")
    missed = [text for text in texts if not noticed(text)]
    assert len(missed) <= 0.01 * len(texts), missed


def test_at_most_three_of_a_hundred_harmless_phrasings_are_noticed() -> None:
    texts = phrasings("harmless")
    needless = [text for text in texts if noticed(text)]
    assert len(needless) <= 0.03 * len(texts), needless


@pytest.mark.parametrize(
    "text",
    [
        "I'm not suicidal",
        "i dont want to die",
        "I would never kill myself",
        "it's not that I want to hurt myself",
    ],
)
def test_a_negation_is_noticed_like_the_thing_itself(text: str) -> None:
    assert noticed(text)


@pytest.mark.parametrize(
    ("outright", "harmless"),
    [
        ("我不想活了怎么办", "我晚上睡不着怎么办"),
        ("もう消えてしまいたい", "夜なかなか眠れない"),
        ("죽고 싶어요", "밤에 잠을 못 자요"),
        ("не хочу больше жить", "сколько стоит приём"),
        ("мене б'є чоловік", "скільки коштує прийом"),
        ("لا أريد أن أعيش", "كم سعر الجلسة"),
        ("خودکشی", "هزینه جلسه چقدر است"),
        ("אני רוצה למות", "כמה עולה פגישה"),
        ("मैं मरना चाहता हूँ", "शुल्क कितना है"),
        ("marna chahta hu", "kitna paisa lagta hai"),
        ("ฉันคิดฆ่าตัวตาย", "ค่าบริการเท่าไร"),
        ("tôi muốn chết", "tôi không ngủ được"),
        ("ölmek istiyorum", "seans ücreti ne kadar"),
        ("nie chcę żyć", "ile kosztuje wizyta"),
        ("θέλω να πεθάνω", "πόσο κοστίζει"),
        ("gusto ko nang mamatay", "magkano ang bayad"),
        ("jag vill inte leva längre", "vad kostar det"),
        ("haluan kuolla", "paljonko se maksaa"),
        ("quiero morir", "cuánto cuesta"),
    ],
)
def test_a_crisis_said_outright_is_noticed_in_the_languages_that_many_speak(
    outright: str, harmless: str
) -> None:
    assert noticed(outright)
    assert not noticed(harmless)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("what happens if I cancel late", False),
        ("what happens when I'm late for a session", False),
        ("what happens to my deposit if I cancel", False),
        ("what happens if I miss a session and can't pay", False),
        ("what happens to my kids if I'm not here", True),
        ("what will happen to my dog when I'm gone", True),
        ("who will look after the cat if I die", True),
    ],
)
def test_what_becomes_of_others_is_a_crisis_and_what_becomes_of_a_booking_is_none(
    text: str, heard: bool
) -> None:
    assert bool(noticed(text)) is heard


@pytest.mark.parametrize(
    "disguise",
    [
        "kill myself",
        "KILL MYSELF",
        "k1ll mys3lf",
        "k!ll myself",
        "ki11 myself",
        "k*ll myself",
        "kiII myself",
        "k i l l  m y s e l f",
        "k.i.l.l myself",
        "kiiiilllll myselffff",
        "killmyself",
        "#killmyself",
        "kill my self",
        "kil myslef",
        "ki\u200bll my\u00adself",
        "\uff4b\uff49\uff4c\uff4c myself",
        "k\u0456ll mys\u0435lf",
        "kíll mysélf",
    ],
)
def test_a_disguise_is_seen_through(disguise: str) -> None:
    assert noticed(f"i want to {disguise}")


@pytest.mark.parametrize(
    "word", "sucide suicde suiside sucidal suicidle suisidal suicyde sucidall su1cide".split()
)
def test_suicide_is_known_however_it_is_spelled(word: str) -> None:
    assert noticed(word)


@pytest.mark.parametrize("word", ["succeed", "seaside", "decide", "subside", "society", "suite", "rating"])
def test_a_word_that_only_looks_alike_is_left_alone(word: str) -> None:
    assert not noticed(word)


@pytest.mark.parametrize("apostrophe", ["'", "’", "`", "´", ""])
def test_any_apostrophe_or_none_makes_no_difference(apostrophe: str) -> None:
    assert noticed(f"I don{apostrophe}t want to be here anymore")


def test_the_german_article_is_no_wish_to_die() -> None:
    assert not noticed("Ich will die Therapie beginnen, was kostet die Sitzung?")
    assert noticed("Ich will sterben")


@pytest.mark.parametrize(
    ("text", "crisis"),
    [
        ("what would happen if I stopped therapy", False),
        ("what happens if I take all of these at once", True),
        ("what would happen if I just jumped", True),
        ("who cares if I die", True),
    ],
)
def test_what_would_happen_tells_a_question_from_a_crisis(text: str, crisis: bool) -> None:
    assert noticed(text) is crisis


def test_what_excuses_a_word_does_not_excuse_the_rest() -> None:
    assert not noticed("killing time before suicide squad")
    assert noticed("killing time until I kill myself")


def test_a_misspelling_never_excuses() -> None:
    assert noticed("i want to commit sucide")
    assert not noticed("I want to succeed")


def test_every_region_has_a_calm_notice_with_links_that_can_be_tapped() -> None:
    assert set(regions()) == {"us", "uk", "generic"}
    for region in regions():
        notice = crisis_rule(region).notice
        assert notice.kind == "crisis"
        assert notice.title.split()[0] == "Call"
        assert "!" not in notice.title + notice.text
        assert "\n" not in notice.text
        assert all(link.href.startswith(("tel:", "sms:", "https://")) for link in notice.links)
    assert {"tel:988", "sms:988"} <= {link.href for link in crisis_rule("us").notice.links}
    assert {"tel:999", "tel:111", "tel:116123"} <= {link.href for link in crisis_rule("uk").notice.links}


def test_an_unknown_region_is_told_with_those_that_are_known() -> None:
    with pytest.raises(ConfigError, match=r"'mars'.*us, uk, generic"):
        crisis_rule("mars")


def test_the_triggers_that_were_heard_can_be_told() -> None:
    rule = crisis_rule("us")
    assert explain(rule, "how much is a session") == ()
    heard = explain(rule, "I want to kill myself")
    assert "{kill} ~2 {self}" in heard


def test_plain_words_are_heard_in_all_their_forms_and_in_order() -> None:
    matcher = owner("fees", "gift card")
    for text in ("What are your fees?", "is there a fee", "do you sell GIFT CARDS", "gift-card", "the fee's"):
        assert matcher.matches(text) == (FEES,)
    for text in ("coffee", "a card as a gift", "feel", ""):
        assert matcher.matches(text) == ()


def test_a_word_of_the_owner_may_be_misspelled_when_it_is_long_enough() -> None:
    assert owner("cancellation").matches("cancelation policy")
    assert not owner("fees").matches("feed")


def test_an_exact_word_is_heard_in_no_other_form() -> None:
    assert owner("=end").matches("the end")
    assert not owner("=end").matches("it ended")


def test_alternatives_options_gaps_and_borders() -> None:
    matcher = owner("(buy|give [away]) ~2 (card|gift voucher)", "^ hello $", "take ~ pills")
    for text in ("buy a gift card", "give card", "give away a gift voucher", "hello", "take a few of pills"):
        assert matcher.matches(text), text
    for text in ("buy one or two more cards", "hello there", "say hello", "take one two three four pills"):
        assert not matcher.matches(text), text


def test_an_unless_of_one_rule_is_nothing_to_another() -> None:
    first = NoticeRule(FEES, ("fee",), unless=("fee paying school",))
    second = NoticeRule(GIFTS, ("fee",))
    assert NoticeMatcher([first, second]).matches("fee paying school") == (GIFTS,)
    assert NoticeMatcher([first, second]).matches("school fees") == (FEES, GIFTS)
    assert NoticeMatcher([second, first]).matches("school fees") == (GIFTS, FEES)


def test_a_notice_of_two_rules_is_shown_once() -> None:
    rules = [NoticeRule(FEES, ("fee",)), NoticeRule(FEES, ("price",))]
    assert NoticeMatcher(rules).matches("price and fees") == (FEES,)


@pytest.mark.parametrize(
    ("trigger", "message"),
    [
        ("", "has no words"),
        ("?!", "has no words"),
        ("(a|b", r"lacks a \)"),
        ("a)", r"has a \)"),
        ("a | b", r"has a \|"),
        ("~ pills", "not between words"),
        ("pills ~2", "not between words"),
        ("{nobody}", "set {nobody}"),
        ("[fees]", "left out"),
    ],
)
def test_a_trigger_that_cannot_be_meant_is_told(trigger: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        owner(trigger)


def test_a_set_within_itself_is_told() -> None:
    with pytest.raises(ConfigError, match=r"set {a}"):
        NoticeMatcher([NoticeRule(FEES, ("{a}",), sets={"a": ("x", "{a}")})])


@given(st.text(max_size=512))
def test_no_text_is_too_strange(text: str) -> None:
    CRISIS.matches(text)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_crisis_is_noticed_whatever_stands_around_it(before: str, after: str) -> None:
    assert noticed(f"{before}\n. suicidal . \n{after}")


@pytest.mark.parametrize(
    "piece",
    ["want to ", "i ", "not ", "s*****e ", "k1ll3d$ ", "iwanttoliv ", "a", "!", "i just want to not be "],
)
def test_no_question_takes_long(piece: str) -> None:
    question = (piece * 512)[:512]
    CRISIS.matches(question)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        CRISIS.matches(question)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.05  # about 0.005 for the worst of these


def test_loading_the_notices_loads_nothing_heavy() -> None:
    code = (
        "import sys, index.notices, index.bridge; "
        "print([m for m in ('torch', 'transformers', 'faiss', 'tantivy', 'onnxruntime') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
