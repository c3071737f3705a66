"""What a question's words become in a collection that has some of them and not others."""

from __future__ import annotations

import numpy as np
import pytest

from index import lexical
from index.bridge import Bridge, BridgeEntry
from index.lexical import LexicalIndex, LexicalRow, analyse
from index.question import completed, other_names, says_nothing, settled, understand, with_names
from index.types import Group, Question

TEXTS = (
    "Insomnia is treated in six sessions.",
    "Fees are paid after each session, by card.",
    "Counselling for couples and for families.",
    "Grief has no timetable. Anxiety passes sooner in company.",
    "You can pay by card. Nobody sleeps before an exam.",
)
BRIDGE = Bridge(
    [
        BridgeEntry(("can't sleep", "sleepless"), ("insomnia", "sleep disorder")),
        BridgeEntry(("shrink",), ("psychiatrist", "counselling")),
        BridgeEntry(("how much",), ("fees",)),
        BridgeEntry(("heartbroken over my wife",), ("grief",)),
        BridgeEntry(("sooner by card", "sooner in company"), ("grief",)),
        BridgeEntry(("paid by card",), ("grief",), whole=True),
        BridgeEntry(("counseling",), ("counselling",), same=True),
        BridgeEntry(("session",), ("appointment", "fees"), same=True),
    ]
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    folder = tmp_path_factory.mktemp("question")
    lexical.write([LexicalRow("", text, str(n), "en", ()) for n, text in enumerate(TEXTS)], folder)
    return LexicalIndex(folder)


def asked(index: LexicalIndex, text: str, at_most: int = 32) -> Question:
    return understand(text, index, BRIDGE, at_most, None)


def group(index: LexicalIndex, text: str, word: str) -> Group:
    """The group of the question that holds a word."""
    stem = analyse(word)[0]
    (found,) = [one for one in asked(index, text).groups if stem in {term.stem for term in one.terms}]
    return found


def names(one: Group) -> list[tuple[str, float]]:
    return [(" ".join(term.plain for term in other.terms), other.worth) for other in one.alternatives]


# -- groups


def test_each_word_is_a_group_in_the_order_of_the_question(index: LexicalIndex) -> None:
    groups = asked(index, "Fees for couples").groups
    assert [[term.plain for term in one.terms] for one in groups] == [["fees"], ["for"], ["couples"]]


def test_a_group_weighs_what_its_telling_words_do(index: LexicalIndex) -> None:
    fees, function, couples = asked(index, "fees for couples").groups
    assert fees.weight == index.rarity("fees", "fee")
    assert function.weight == 0
    assert couples.weight == index.rarity("couples", "coupl")
    assert asked(index, "fees for couples").weight == pytest.approx(fees.weight + couples.weight)


def test_a_word_with_an_apostrophe_is_one_group(index: LexicalIndex) -> None:
    (only,) = asked(index, "insurer's").groups
    assert [term.plain for term in only.terms] == ["insurer", "s"]


def test_words_that_the_bridge_knows_together_are_one_group(index: LexicalIndex) -> None:
    found = group(index, "shrink heartbroken over my wife", "heartbroken")
    assert [term.plain for term in found.terms] == ["heartbroken", "over", "my", "wife"]


def test_a_saying_is_called_otherwise_though_its_words_stand_together_on_a_page(index: LexicalIndex) -> None:
    assert names(group(index, "paid by card", "paid")) == [("grief", pytest.approx(0.5))]
    assert names(group(index, "paid with my card", "paid")) == []


def test_a_word_said_twice_counts_once(index: LexicalIndex) -> None:
    assert asked(index, "fees fees FEES").groups == asked(index, "fees").groups


def test_a_question_of_function_words_alone_is_asked_with_them(index: LexicalIndex) -> None:
    question = asked(index, "is it in")
    assert [term.tells for one in question.groups for term in one.terms] == [True, True, True]
    assert question.weight > 0
    assert asked(index, "is it in six").groups[0].weight == 0


@pytest.mark.parametrize("text", ["", "?!", "🙂", "\ud800", "_ __"])
def test_a_question_without_words_has_no_groups(index: LexicalIndex, text: str) -> None:
    question = asked(index, text)
    assert (question.groups, question.weight, question.unknown, question.weights) == ((), 0, 0, {})


@pytest.mark.parametrize(
    ("text", "nothing"),
    [("the the the", True), ("what do you do?", True), ("what is grief", False), ("how much", False)],
)
def test_words_that_every_question_has_say_nothing(index: LexicalIndex, text: str, nothing: bool) -> None:
    assert says_nothing(asked(index, text)) is nothing


def test_only_the_first_words_are_read(index: LexicalIndex) -> None:
    groups = asked(index, "fees couples grief insomnia", at_most=2).groups
    assert [one.terms[0].plain for one in groups] == ["fees", "couples"]


# -- other names


def test_another_name_is_asked_for_where_the_collection_does_not_use_the_words(index: LexicalIndex) -> None:
    assert names(group(index, "do you have a shrink", "shrink")) == [("counselling", 0.5)]


def test_where_the_collection_uses_the_words_it_is_asked_for_by_them_alone(index: LexicalIndex) -> None:
    """`sleep` is on a page, so `insomnia` is not needed."""
    assert names(group(index, "I can't sleep", "sleep")) == []


def test_words_that_no_passage_has_together_are_not_used_though_each_is_by_itself(
    index: LexicalIndex,
) -> None:
    assert names(group(index, "sooner by card", "sooner")) == [("grief", pytest.approx(0.5))]
    assert names(group(index, "sooner in company", "sooner")) == []


def test_a_name_that_the_collection_does_not_have_is_left_out(index: LexicalIndex) -> None:
    assert names(group(index, "sleepless", "sleepless")) == [("insomnia", 0.5)]


def test_a_name_that_means_the_same_is_asked_for_in_any_case(index: LexicalIndex) -> None:
    assert ("fees", 1.0) in names(group(index, "a session", "session"))
    assert ("counselling", 1.0) in names(group(index, "counseling", "counseling"))


def test_words_that_say_nothing_weigh_what_they_mean(index: LexicalIndex) -> None:
    found = group(index, "how much", "much")
    assert names(found) == [("fees", 0.5)]
    assert found.weight > 0


def test_a_name_that_the_question_says_itself_is_not_said_again(index: LexicalIndex) -> None:
    assert names(group(index, "shrink or counselling", "shrink")) == []


# -- mended spelling


def test_a_slip_of_the_finger_is_asked_for_as_it_was_meant(index: LexicalIndex) -> None:
    assert names(group(index, "anxeity", "anxeity")) == [("anxiety", 0.9)]
    assert names(group(index, "counsallng", "counsallng")) == [("counselling", 0.7)]


def test_a_word_that_the_collection_has_is_not_mended(index: LexicalIndex) -> None:
    assert names(group(index, "card", "card")) == []


def test_a_function_word_is_not_mended(index: LexicalIndex) -> None:
    assert names(group(index, "fees from", "from")) == []


def test_a_word_that_is_no_slip_is_asked_for_as_it_was_typed(index: LexicalIndex) -> None:
    """`anxeity` is no word; that `cards` were one that nobody uses here, only its reader can know."""
    question = asked(index, "anxeity")
    assert settled(question, lambda word: word != "anxeity") == question
    as_typed = settled(question, lambda _: True)
    assert as_typed.groups[0].alternatives == ()
    assert (question.unknown, as_typed.unknown) == (0, 1)
    bridged = asked(index, "shrink counsallng")
    assert names(settled(bridged, lambda _: True).groups[0]) == [("counselling", 0.5)]


# -- what it is worth


def test_the_unknown_share_is_that_of_words_without_any_name_here(index: LexicalIndex) -> None:
    unknown, known = index.rarity("gearbox", "gearbox"), index.rarity("fees", "fee")
    assert asked(index, "fees").unknown == 0
    assert asked(index, "gearbox").unknown == 1
    assert asked(index, "gearbox fees").unknown == pytest.approx(unknown / (unknown + known))
    assert asked(index, "anxeity").unknown == 0
    assert asked(index, "the fees of the").unknown == 0


def test_weights_mark_typed_words_fully_and_other_names_by_their_worth(index: LexicalIndex) -> None:
    weights = asked(index, "the fees of a shrink").weights
    assert set(weights) == {"fee", "shrink", "counsel"}
    assert weights["fee"] == index.rarity("fees", "fee")
    assert weights["counsel"] == pytest.approx(0.5 * index.rarity("shrink", "shrink"))


def test_a_name_is_worth_its_part_of_the_words_that_it_stands_for(index: LexicalIndex) -> None:
    question = asked(index, "heartbroken over my wife")
    (said,) = question.groups
    assert question.weights["grief"] == pytest.approx(said.alternatives[0].terms[0].rarity)  # its own at most
    assert said.alternatives[0].worth * said.weight > question.weights["grief"]


def test_the_words_of_a_name_share_what_it_is_worth(index: LexicalIndex) -> None:
    bridge = Bridge([BridgeEntry(("=pip",), ("grief has no timetable",))])
    question = understand("pip", index, bridge, 32, None)
    (said,) = question.groups
    (name,) = said.alternatives
    telling = [term for term in name.terms if term.tells]
    assert len(telling) > 1
    assert sum(question.weights[term.stem] for term in telling) == pytest.approx(name.worth * said.weight)


def test_the_same_question_is_understood_the_same_way(index: LexicalIndex) -> None:
    text = "how much is a session with a shrink, I can't sleep"
    assert asked(index, text) == asked(index, text)


# -- unfinished words


def test_an_unfinished_word_stands_for_what_it_may_become(index: LexicalIndex) -> None:
    assert names(group(index, "counsel for us", "counsel")) == []  # a stem that the collection has
    assert names(group(index, "inso", "inso")) == [("insomnia", 0.8)]


def test_a_slip_goes_before_an_unfinished_word(index: LexicalIndex) -> None:
    assert names(group(index, "grie", "grie")) == [("grief", 0.9)]


def test_the_encoder_reads_the_finished_word(index: LexicalIndex) -> None:
    assert completed(asked(index, "Inso, before an exam?")) == "insomnia, before an exam?"
    assert completed(asked(index, "Grie, before an exam?")) == "Grie, before an exam?"


# -- other names, for the model


def test_the_model_is_told_the_other_names_of_words_that_the_collection_does_not_use(
    index: LexicalIndex,
) -> None:
    assert other_names(asked(index, "do you have a shrink")) == ("counselling",)
    assert other_names(asked(index, "I can't sleep, how is the counseling")) == ()


def test_a_vector_with_names_is_a_unit_vector_nearer_to_what_was_typed() -> None:
    typed, named = np.array([1, 0], np.float32), np.array([0, 1], np.float32)
    between = with_names(typed, named)
    assert np.linalg.norm(between) == pytest.approx(1)
    assert between @ typed > between @ named > 0
