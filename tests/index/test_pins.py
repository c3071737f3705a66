"""What the owner wants first, never, and found in any case."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import owner
from index.encoder import OnnxEncoder
from index.owner import Wishes
from index.pins import Pin, Pins
from index.search import Searcher, searcher_of
from index.types import Answer, Filters, Mode, Query
from kb.config import load, parse
from kb.errors import ConfigError
from tests.small import ENCODER, document, filled

MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")
DOCUMENTS = [
    document("fees", "Fees are paid after each visit. Insurance may give back a part of the fees."),
    document("grief", "Grief has no timetable, and nobody has to carry it alone.", tags=("loss",)),
    document("sleep", "Sleep comes more easily when worry has been written down.", tags=("night",)),
    document("worry", "Worry before exams is common. Sleep helps.", tags=("night",), language="de"),
    document("fees", "Fees of another practice.", collection="other"),
    document("grief", "Grief, elsewhere.", collection="other"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wishes")
    filled(folder, DOCUMENTS)
    return folder


def wishing(data: Path, *pins: Pin, **hidden: tuple[str, ...]) -> Searcher:
    return searcher_of(data, ENCODER, wishes=Wishes(pins, hidden))


def ids(answer: Answer) -> list[str]:
    return [result.document_id for result in answer.results]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("group", [True, False])
def test_a_pinned_document_comes_first_to_a_question_with_its_phrase(
    data: Path, mode: Mode, group: bool
) -> None:
    query = Query("sleep and worry", mode=mode, group=group)
    assert ids(wishing(data).search(query))[0] != "grief"
    pinned = wishing(data, Pin("grief", phrases=("sleep ~ worry",)))
    answer = pinned.search(query)
    assert ids(answer)[0] == "grief"
    assert answer.verdict == "answered"
    assert [result.rank for result in answer.results] == list(range(1, len(answer.results) + 1))
    assert len(set(ids(answer))) == len(ids(answer))
    assert "grief" not in ids(pinned.search(Query("sleep, then worry about exams", mode="lexical")))[1:]


@pytest.mark.parametrize("mode", MODES)
def test_a_question_of_the_pin_is_known_again_whatever_its_case_and_points(data: Path, mode: Mode) -> None:
    pinned = wishing(data, Pin("grief", questions=("What are your fees?",)))
    assert ids(pinned.search(Query("what are your FEES", mode=mode)))[0] == "grief"


def test_a_question_that_means_the_same_is_heard_where_there_is_a_vector(data: Path) -> None:
    """The toy reads known words alone: "sleep, please" is (sleep), whose cosine with it is 1."""
    pinned = wishing(data, Pin("grief", questions=("sleep",)))
    assert ids(pinned.search(Query("sleep, please")))[0] == "grief"
    assert ids(pinned.search(Query("sleep, please", mode="lexical")))[0] != "grief"
    assert ids(pinned.search(Query("sleep and fees and worry")))[0] != "grief"  # 1/sqrt(3) is .58


def test_pins_come_in_the_order_that_they_are_written_in(data: Path) -> None:
    pins = [Pin("worry", phrases=("fees",)), Pin("grief", phrases=("fees",)), Pin("worry", phrases=("fee",))]
    assert ids(wishing(data, *pins).search(Query("fees")))[:3] == ["worry", "grief", "fees"]


def test_a_pin_is_for_its_collection_alone(data: Path) -> None:
    pinned = wishing(data, Pin("grief", phrases=("fees",), collection="other"))
    assert ids(pinned.search(Query("fees", collection="other")))[0] == "grief"
    assert ids(pinned.search(Query("fees")))[0] == "fees"


@pytest.mark.parametrize(
    "filters", [Filters(tags=("night",)), Filters(language="de"), Filters(document_id=("sleep", "worry"))]
)
def test_a_pin_does_not_lead_past_a_filter(data: Path, filters: Filters) -> None:
    pinned = wishing(data, Pin("grief", phrases=("sleep",)))
    assert "grief" not in ids(pinned.search(Query("sleep", filters=filters)))


def test_a_pin_of_a_document_that_is_not_there_changes_nothing(data: Path) -> None:
    query = Query("sleep and worry")
    assert wishing(data, Pin("gone", phrases=("sleep",))).search(query) == wishing(data).search(query)


def test_a_run_of_documents_has_the_pinned_one_first(data: Path) -> None:
    pinned = wishing(data, Pin("grief", phrases=("sleep",)))
    assert next(iter(pinned.documents(Query("sleep", limit=100))))[0] == "grief"


@pytest.mark.parametrize("mode", MODES)
def test_a_hidden_document_is_never_found_and_takes_no_place(data: Path, mode: Mode) -> None:
    for limit in (1, 2, 10):
        query = Query("fees, sleep, worry and grief", mode=mode, limit=limit)
        hidden = wishing(data, default=("fees", "sleep")).search(query)
        assert set(ids(hidden)) <= {"grief", "worry"}
        assert len(hidden.results) == min(limit, 2)


def test_a_hidden_document_is_not_found_by_its_name_or_by_a_pin(data: Path) -> None:
    hiding = wishing(data, Pin("fees", phrases=("fees",)), default=("fees",))
    assert ids(hiding.search(Query("fees", filters=Filters(document_id=("fees",))))) == []
    assert "fees" not in ids(hiding.search(Query("fees")))
    assert "fees" not in dict(hiding.documents(Query("fees", limit=100)))
    assert ids(hiding.search(Query("fees", collection="other")))[0] == "fees"


def test_two_questions_of_the_same_meaning_count_as_one_and_others_do_not(encoder: OnnxEncoder) -> None:
    pins = Pins(
        [Pin("fees", ("how much is a session",)), Pin("cancel", ("how do I cancel my appointment",))], encoder
    )

    def first(text: str) -> list[str]:
        return [one.document for one in pins.of(text, encoder.encode_queries([text])[0], "default")]

    assert first("what does a session cost") == ["fees"]
    assert first("I need to cancel tomorrow's appointment") == ["cancel"]
    assert first("how do I know that therapy works") == []
    assert first("do you offer online sessions") == []


SAYS = """
[service]
region = "uk"

[[notice]]
kind = "info"
title = "Closed in August"
text = "Leave a message."
triggers = ["opening (hours|times)"]
unless = ["happy hour"]
links = [{ label = "Leave one", href = "/contact" }]
reviewed = 2026-07-01

[[pin]]
document = "site/fees.html"
questions = ["how much is it"]

[[hide]]
document = "site/old.html"

[[hide]]
document = "site/older.html"

[[synonym]]
words = ["listening hour", "session", "talking time"]
"""


def test_what_the_owner_says_reaches_the_search(tmp_path: Path) -> None:
    config = parse(SAYS, tmp_path)
    owner.check(config)
    notices = owner.notices(config)
    assert [n.title for n in notices.matches("your opening times")] == ["Closed in August"]
    assert {link.href for link in notices.matches("suicidal")[0].links} >= {"tel:999"}
    said = owner.wishes(config)
    assert said.pins == (Pin("site/fees.html", ("how much is it",)),)
    assert said.hidden == {"default": ("site/old.html", "site/older.html")}
    expansions = owner.bridge(config).expansions(["my", "listening", "hour"])
    own = next(one for one in expansions if one.phrase == "listening hour")
    assert own.same
    assert set(own.terms) == {"session", "talking time"}


def test_the_crisis_notice_is_always_there_unless_the_owner_does_without(tmp_path: Path) -> None:
    assert owner.notices(parse("", tmp_path)).matches("suicidal")
    without = parse("[service]\ncrisis_notice = false", tmp_path)
    assert not owner.notices(without).matches("suicidal")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('"opening (hours|times)"', '"opening (hours|times"', 9),
        ('"happy hour"', '"happy ~"', 10),
        ('questions = ["how much is it"]', 'phrases = ["[fees]"]', 16),
        ('"talking time"', '"?!"', 25),
    ],
)
def test_a_phrase_that_cannot_be_meant_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    (tmp_path / "kb.toml").write_text(SAYS.replace(old, new))
    with pytest.raises(ConfigError, match=rf"kb\.toml, line {line}: "):
        owner.check(load(tmp_path))
