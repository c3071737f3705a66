"""A question's whole way, through a real catalogue and a real generation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from index.bridge import Bridge
from index.question import understand
from index.ranking import rank, worded
from index.search import Searcher, searcher_of
from index.types import Answer, Filters, Mode, Query, Result, Vectors
from index.verdict import SHIPPED
from kb.errors import ModelMismatch, NotFound, QueryError
from kb.limits import Limits
from kb.types import Document
from tests import small
from tests.index.toy import ToyEncoder
from tests.small import ENCODER, document, filled, note, writer

MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")
LONG = document(
    "long",
    "\n\n".join(
        f"Part {n} of our fees. What a visit costs depends on its length and on who comes. " * 4
        for n in range(6)
    ),
)
CLINIC = (
    document("cost", "Fees are paid after each visit. The fees for couples are higher."),
    document("grief", "Grief has no timetable, and nobody has to carry it alone.", tags=("loss",)),
    document("sleep", "Sleep comes when worry is written down before bed.", tags=("night", "worry")),
    document(
        "exams", "Worry before exams is common. Sleep helps more than one more chapter.", tags=("worry",)
    ),
    document("gebühren", "Die Gebühren werden nach jedem Besuch bezahlt; fees auf Englisch.", language="de"),
    document("elsewhere", "Fees of another practice.", collection="other"),
)


def opened(data: Path, documents: Sequence[Document] = CLINIC) -> Searcher:
    filled(data, documents)
    return searcher_of(data, ENCODER)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return opened(tmp_path_factory.mktemp("clinic"), [*CLINIC, LONG])


def ids(answer: Answer) -> list[str]:
    return [result.document_id for result in answer.results]


def every(results: Sequence[Result]) -> list[Result]:
    return [one for result in results for one in (result, *result.more)]


# -- what is found


@pytest.mark.parametrize("mode", MODES)
def test_questions_asked_together_have_the_answers_that_they_have_alone(clinic: Searcher, mode: Mode) -> None:
    texts = ["fees for couples", "sleep before exams", "grief and worry", "what do visits cost"] * 5
    alone = [clinic.search(Query(text, mode=mode)) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: clinic.search(Query(text, mode=mode)), texts)) == alone


def test_a_ranking_is_the_same_with_the_words_looked_for_beforehand(clinic: Searcher) -> None:
    collection, query = clinic.generation.collections["default"], Query("worry and fees", limit=2)
    vector = ENCODER.encode_queries([query.text])[0]
    question = understand(query.text, collection.lexical, Bridge([]), 32, vector)
    before = worded(collection, question, query)
    assert rank(collection, question, query, before) == rank(collection, question, query)
    assert before.keys() < {hit.position for hit in rank(collection, question, query)}


def test_what_meaning_finds_has_the_words_that_it_would_be_found_by(
    clinic: Searcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection, query = clinic.generation.collections["default"], Query("worry and fees", limit=1)
    vector = ENCODER.encode_queries([query.text])[0]
    question = understand(query.text, collection.lexical, Bridge([]), 32, vector)
    whole = rank(collection, question, query).by_position()
    words = worded(collection, question, query)
    monkeypatch.setattr("index.ranking.candidates", lambda _: 1)
    ranked = rank(collection, question, query, words).by_position()
    assert len(words) > 1
    assert set(ranked) == {next(iter(words)), collection.retrieve_dense(question, 1, Filters())[0].position}
    assert ranked == {position: whole[position] for position in ranked}


def test_words_that_say_nothing_are_no_evidence_that_a_passage_answers(clinic: Searcher) -> None:
    answer = clinic.search(Query("is the for and"))
    assert answer.verdict != "answered"
    assert all(result.score < 0.5 for result in answer.results)
    assert ids(clinic.search(Query("is the for and", mode="lexical")))


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_finds_what_was_asked_for_first(clinic: Searcher, mode: Mode) -> None:
    first = clinic.search(Query("sleep before exams and worry", mode=mode)).results[0]
    assert first.document_id in {"exams", "sleep"}
    assert clinic.search(Query("grief", mode=mode)).results[0].document_id == "grief"


@pytest.mark.parametrize("text", ["fees", "worry before exams", "sleep and grief", "what does a visit cost"])
def test_no_score_is_above_that_of_a_better_result(clinic: Searcher, text: str) -> None:
    for mode in MODES:
        results = clinic.search(Query(text, mode=mode)).results
        scores = [one.score for one in results]
        assert scores == sorted(scores, reverse=True)
        for one in results:
            assert [one.score, *(more.score for more in one.more)] == sorted(
                (one.score, *(more.score for more in one.more)), reverse=True
            )


def test_a_page_that_says_the_same_takes_nothing_from_the_first(tmp_path: Path) -> None:
    text = "Grief has no timetable, and nobody has to carry it alone."
    searcher = opened(tmp_path, [document("one", text), document("two", text), *CLINIC[2:4]])
    first, second = searcher.search(Query("grief", limit=2)).results
    asked, ((_, standing), *_) = searcher.standings(Query("grief"))
    assert first.score == pytest.approx(SHIPPED["hybrid"].chance(standing, asked), abs=1e-6)
    assert first.score > second.score


def test_the_lexical_mode_asks_no_model(tmp_path: Path) -> None:
    class Silent(ToyEncoder):
        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            raise AssertionError(texts)

    filled(tmp_path, CLINIC)
    searcher = searcher_of(tmp_path, Silent(ENCODER.words))
    assert ids(searcher.search(Query("grief", mode="lexical"))) == ["grief"]


def test_the_lexical_mode_finds_only_passages_that_have_a_word(clinic: Searcher) -> None:
    assert set(ids(clinic.search(Query("exams", mode="lexical")))) == {"exams"}


def test_hybrid_finds_by_meaning_what_has_no_word_of_the_question(tmp_path: Path) -> None:
    class Meaning(ToyEncoder):
        """Knows that to be tired is to want for sleep."""

        def encode_queries(self, texts: Sequence[str]) -> Vectors:
            return super().encode_queries([text.replace("tired", "sleep") for text in texts])

    filled(tmp_path, CLINIC)
    searcher = searcher_of(tmp_path, Meaning(ENCODER.words))
    assert ids(searcher.search(Query("tired", mode="lexical"))) == []
    assert searcher.search(Query("tired")).results[0].document_id == "sleep"


def test_every_excerpt_is_an_exact_slice_of_its_document(clinic: Searcher) -> None:
    texts = {one.id: one.text for one in (*CLINIC, LONG)}
    found = every(clinic.search(Query("fees, sleep, grief and worry", limit=50)).results)
    assert len(found) > 6
    for one in found:
        assert texts[one.document_id][one.excerpt.start : one.excerpt.end] == one.excerpt.text


def test_a_result_says_who_says_it_and_under_which_heading(clinic: Searcher) -> None:
    first = clinic.search(Query("grief")).results[0]
    assert first.attribution == CLINIC[1].attribution
    assert (first.headings, first.page, first.link) == (("About",), None, None)


def test_a_document_without_a_title_is_shown_by_its_id(tmp_path: Path) -> None:
    titled = document("corpus-17", "Grief has no timetable.")
    untitled = replace(titled, attribution=replace(titled.attribution, title=""))
    first = opened(tmp_path, [untitled]).search(Query("grief")).results[0]
    assert first.attribution.title == "corpus-17"


def test_a_link_is_to_the_words_and_not_to_an_earlier_place_that_has_them(tmp_path: Path) -> None:
    said = "Please ring us before you come."
    text = f"{said} {'Rooms are on the ground floor. ' * 80}For grief: {said}"
    page = document("page", text)
    page = replace(page, attribution=replace(page.attribution, url="https://clinic.example/page"))
    first = opened(tmp_path, [page]).search(Query("grief please ring us before you come")).results[0]
    assert first.excerpt.end == len(text)
    assert first.link == (
        "https://clinic.example/page#:~:text="
        "on%20the%20ground%20floor.-,For%20grief,us%20before%20you%20come."
    )


def test_the_answer_says_which_generation_it_is_from(tmp_path: Path) -> None:
    searcher = opened(tmp_path)
    answer = searcher.search(Query("fees"))
    assert answer.generation == searcher.generation.manifest.sequence == 1


# -- groups, limits, order


def test_a_document_is_one_result_with_up_to_two_further_passages(clinic: Searcher) -> None:
    answer = clinic.search(Query("what are the fees"))
    assert len(set(ids(answer))) == len(answer.results)
    (long,) = [result for result in answer.results if result.document_id == "long"]
    assert len(long.more) == 2
    assert len({long.passage_id, *(one.passage_id for one in long.more)}) == 3
    assert {one.rank for one in long.more} == {long.rank}
    assert all(one.document_id == "long" and not one.more for one in long.more)
    assert [long.score, *(one.score for one in long.more)] == sorted(
        [long.score, *(one.score for one in long.more)], reverse=True
    )


def test_ungrouped_every_passage_is_a_result_of_its_own(clinic: Searcher) -> None:
    answer = clinic.search(Query("what are the fees", group=False, limit=20))
    assert ids(answer).count("long") > 3
    assert not any(result.more for result in answer.results)
    assert [result.rank for result in answer.results] == list(range(1, len(answer.results) + 1))


@pytest.mark.parametrize("group", [True, False])
@pytest.mark.parametrize("mode", MODES)
def test_a_shorter_answer_is_the_beginning_of_a_longer_one(clinic: Searcher, mode: Mode, group: bool) -> None:
    whole = clinic.search(Query("fees and sleep", limit=50, mode=mode, group=group)).results
    for limit in (1, 2, 3):
        part = clinic.search(Query("fees and sleep", limit=limit, mode=mode, group=group)).results
        assert [one.passage_id for one in part] == [one.passage_id for one in whole[:limit]]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("question", ["fees", "sleep and worry before exams", "grief", "insurance", "zzz"])
def test_scores_are_chances_that_fall_with_the_rank(clinic: Searcher, mode: Mode, question: str) -> None:
    for group in (True, False):
        scores = [one.score for one in clinic.search(Query(question, 50, mode=mode, group=group)).results]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 and math.isfinite(score) for score in scores)


@pytest.mark.parametrize("mode", MODES)
def test_equals_come_by_document_id_and_then_by_place(tmp_path: Path, mode: Mode) -> None:
    same = [document(name, "Fees are paid after each visit.") for name in ("c", "a", "é", "b", "B")]
    filled(tmp_path, [replace(one, attribution=replace(one.attribution, title="Fees")) for one in same])
    searcher = searcher_of(tmp_path, ENCODER)
    first = ids(searcher.search(Query("fees", mode=mode)))
    assert first == ["B", "a", "b", "c", "é"]
    assert all(ids(searcher.search(Query("fees", mode=mode))) == first for _ in range(3))


def test_the_same_question_twice_has_the_same_answer(clinic: Searcher) -> None:
    query = Query("what does a visit cost", limit=50)
    assert clinic.search(query) == clinic.search(query)


def test_documents_come_as_the_results_do(clinic: Searcher) -> None:
    for mode in MODES:
        query = Query("fees and sleep", limit=50, mode=mode)
        assert [name for name, _ in clinic.documents(query)] == ids(clinic.search(query))


def test_evaluation_may_ask_for_more_documents_than_a_request(clinic: Searcher) -> None:
    assert len(clinic.documents(Query("fees and sleep", limit=1000))) == len(CLINIC)


# -- filters and collections


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(tags=("worry",)), {"sleep", "exams"}),
        (Filters(tags=("loss", "night")), {"grief", "sleep"}),
        (Filters(language="de"), {"gebühren"}),
        (Filters(document_id=("cost", "grief")), {"cost", "grief"}),
        (Filters(tags=("worry",), document_id=("exams", "cost")), {"exams"}),
    ],
)
def test_filters_hold_in_every_mode(
    clinic: Searcher, mode: Mode, filters: Filters, allowed: set[str]
) -> None:
    for group in (True, False):
        query = Query("fees, grief, sleep and exams", 50, mode=mode, filters=filters, group=group)
        assert set(ids(clinic.search(query))) == allowed


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "filters",
    [Filters(tags=("nobody's",)), Filters(document_id=("missing",)), Filters(language="fi")],
)
def test_filters_that_nothing_passes_find_nothing(clinic: Searcher, mode: Mode, filters: Filters) -> None:
    answer = clinic.search(Query("fees", mode=mode, filters=filters))
    assert (answer.results, answer.verdict) == ((), "none")


@pytest.mark.parametrize("mode", MODES)
def test_a_filter_acts_inside_the_retrievers_and_not_on_what_they_found(tmp_path: Path, mode: Mode) -> None:
    """The one that is wanted is behind 300 better ones, more than any retriever gives."""
    better = [document(f"fees-{n:03}", f"Fees, fees and fees, {n}.") for n in range(300)]
    wanted = document("wanted", "Grief, worry, exams, sleep, insurance and some fees.", tags=("wanted",))
    searcher = opened(tmp_path, [*better, wanted])
    assert "wanted" not in ids(searcher.search(Query("fees", 50, mode=mode)))
    for filters in (Filters(tags=("wanted",)), Filters(document_id=("wanted",))):
        assert ids(searcher.search(Query("fees", mode=mode, filters=filters))) == ["wanted"]


@pytest.mark.parametrize("mode", MODES)
def test_collections_do_not_see_one_another(clinic: Searcher, mode: Mode) -> None:
    assert "elsewhere" not in ids(clinic.search(Query("fees", 50, mode=mode)))
    assert ids(clinic.search(Query("fees", 50, "other", mode))) == ["elsewhere"]


@pytest.mark.parametrize("name", ["nowhere", "", "Default", "../default", "\ud800"])
def test_an_unknown_collection_is_refused_by_name(clinic: Searcher, name: str) -> None:
    with pytest.raises(NotFound, match="There is no collection"):
        clinic.search(Query("fees", collection=name))


# -- verdicts


@pytest.mark.parametrize("mode", MODES)
def test_a_question_that_nothing_answers_has_the_verdict_none(clinic: Searcher, mode: Mode) -> None:
    assert clinic.search(Query("tractor gearbox oil", mode=mode)).verdict == "none"


def test_a_question_in_a_passages_own_words_is_answered(clinic: Searcher) -> None:
    asked = Query("Grief has no timetable, and nobody has to carry it alone")
    assert clinic.search(asked).verdict == "answered"


# -- what people type


@pytest.mark.parametrize(
    "text",
    [
        "x", "fees" + " and sleep" * 50 + " and fee", "a" * 512, "é" * 512, "fees " * 102 + "fe",
        "what is it that you do and how", "the", "?", "!!!", "🙂", "👩‍👩‍👧 🇩🇪 ❤️", "١٢٣", "Горе и сон",
        "悲しみ 眠れない", "חרדה", "ความเศร้า", "\u0301\u0301", "\u200b", "\ufeff", "\x00", "fees\x00sleep",
        "\u202efees", '"fees', 'fees AND (sleep OR "', "NOT fees", "+fees -sleep", "fees~2^9", "text:fees",
        "[a TO z]", "\\",
        "'; DROP TABLE documents; --", "%s %d {} {0}", "fees\n\tsleep", "\ud800", "\ud800 fees",
        "fees \udfff\ud83d sleep", "don\ud800't", "＂ｆｅｅｓ＂",
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", MODES)
def test_whatever_is_typed_has_an_answer(clinic: Searcher, mode: Mode, text: str) -> None:
    answer = clinic.search(Query(text, mode=mode))
    assert answer.verdict in {"answered", "related", "none"}
    for one in every(answer.results):
        one.excerpt.text.encode()
        assert 0 <= one.score <= 1


@pytest.mark.parametrize(
    "filters",
    [Filters(tags=("\ud800",)), Filters(language="\udfff"), Filters(document_id=("\ud800", "cost"))],
)
@pytest.mark.parametrize("mode", MODES)
def test_half_a_surrogate_pair_in_a_filter_is_refused(clinic: Searcher, mode: Mode, filters: Filters) -> None:
    with pytest.raises(QueryError, match="no character") as caught:
        clinic.search(Query("fees", mode=mode, filters=filters))
    assert caught.value.field == "filters"


def test_a_question_beside_half_a_surrogate_pair_is_understood(clinic: Searcher) -> None:
    assert clinic.search(Query("\ud800 grief \udfff")).results[0].document_id == "grief"


@pytest.mark.parametrize("text", ["", " ", "\n\t\u3000\u00a0"])
def test_an_empty_question_is_refused(clinic: Searcher, text: str) -> None:
    with pytest.raises(QueryError, match="the question is empty") as caught:
        clinic.search(Query(text))
    assert caught.value.field == "query"


def test_512_characters_are_taken_and_one_more_is_refused(clinic: Searcher) -> None:
    assert clinic.search(Query("fees".ljust(512, "."))).results
    with pytest.raises(QueryError, match="longer than 512 characters"):
        clinic.search(Query("fees".ljust(513, ".")))


@pytest.mark.parametrize("limit", [0, -1, 51])
def test_a_limit_is_from_1_to_50(clinic: Searcher, limit: int) -> None:
    with pytest.raises(QueryError, match="from 1 to 50") as caught:
        clinic.search(Query("fees", limit))
    assert caught.value.field == "limit"


def test_filters_hold_so_many_values_and_no_more(clinic: Searcher) -> None:
    sixteen = tuple(f"tag {n}" for n in range(16))
    clinic.search(Query("fees", filters=Filters(tags=sixteen, document_id=sixteen)))
    for filters in (Filters(tags=(*sixteen, "one more")), Filters(document_id=(*sixteen, "one more"))):
        with pytest.raises(QueryError, match="more than 16 values") as caught:
            clinic.search(Query("fees", filters=filters))
        assert caught.value.field == "filters"


def test_limits_are_those_that_the_owner_set(tmp_path: Path) -> None:
    filled(tmp_path, CLINIC)
    searcher = searcher_of(tmp_path, ENCODER, Limits(query_characters=5, results=2))
    assert len(searcher.search(Query("fees", 2)).results) <= 2
    for query in (Query("sleepy"), Query("fees", 3)):
        with pytest.raises(QueryError):
            searcher.search(query)


# -- generations


def test_a_new_generation_is_taken_up_on_refresh_and_not_before(tmp_path: Path) -> None:
    searcher = opened(tmp_path, [note("a")])
    assert searcher.refresh() is False
    filled(tmp_path, [document("new", "Insurance may give back a part.")])
    assert "new" not in ids(searcher.search(Query("insurance")))
    assert searcher.refresh() is True
    answer = searcher.search(Query("insurance"))
    assert (answer.results[0].document_id, answer.generation) == ("new", 2)
    assert searcher.refresh() is False


def test_an_index_of_another_model_is_refused_with_the_command_that_mends_it(tmp_path: Path) -> None:
    filled(tmp_path, CLINIC)
    with pytest.raises(
        ModelMismatch, match=r"built with toy \(7 dimensions\).*\(2 dimensions\).*Run: kb index"
    ):
        searcher_of(tmp_path, ToyEncoder(("other",)))


def test_passages_that_are_gone_from_the_catalogue_are_found_in_the_newer_generation(tmp_path: Path) -> None:
    searcher = opened(tmp_path, [note("a", 0), note("b", 0)])
    with writer(tmp_path) as catalogue:
        small.put(catalogue, ENCODER, [note("a", 1), note("b", 1)])
        small.make(catalogue, tmp_path)
        catalogue.forget_before(catalogue.sequence)
    answer = searcher.search(Query("version"))
    assert {small.version_of(one.excerpt.text) for one in answer.results} == {1}
    assert (len(answer.results), answer.generation) == (2, 2)


def test_where_there_is_no_newer_generation_what_is_left_is_the_answer(tmp_path: Path) -> None:
    searcher = opened(tmp_path, [note("a", 0), note("b", 0)])
    with writer(tmp_path) as catalogue:
        small.put(catalogue, ENCODER, [note("a", 1)])
        catalogue.forget_before(catalogue.sequence)
    answer = searcher.search(Query("version"))
    assert [(one.document_id, one.rank) for one in answer.results] == [("b", 1)]


def test_a_newer_generation_that_cannot_be_opened_is_no_reason_not_to_answer(tmp_path: Path) -> None:
    searcher = opened(tmp_path, [note("a", 0), note("b", 0)])
    with writer(tmp_path) as catalogue:
        small.put(catalogue, ENCODER, [note("a", 1)])
        catalogue.forget_before(catalogue.sequence)
    (tmp_path / "CURRENT").write_bytes(b"not what was written")
    assert ids(searcher.search(Query("version"))) == ["b"]
