"""Figures against arithmetic written out, and against trec_eval's own code."""

from __future__ import annotations

import subprocess
import sys
from math import log2
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, R, nDCG

from index.evaluate import (
    Bin,
    calibration_error,
    compare,
    interval,
    measure,
    ndcg,
    per_question,
    read_judgements,
    read_queries,
    read_query_file,
    read_run,
    recall,
    reciprocal_rank,
    reliability,
    roc_auc,
    write_run,
)
from kb.errors import KnowledgeBaseError

FEES = {"fees.html": 2, "insurance.html": 1, "parking.html": 0}


# -- one question


def test_ndcg_discounts_a_grade_by_the_logarithm_of_its_rank() -> None:
    found = ["parking.html", "fees.html", "team.html", "insurance.html"]
    gained = 2 / log2(3) + 1 / log2(5)
    best = 2 / log2(2) + 1 / log2(3)
    assert ndcg(found, FEES) == pytest.approx(gained / best)


def test_ndcg_of_the_best_order_is_1() -> None:
    assert ndcg(["fees.html", "insurance.html"], FEES) == 1.0


def test_a_grade_is_its_own_gain_and_not_a_power_of_two() -> None:
    assert ndcg(["insurance.html", "fees.html"], FEES) == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))


def test_a_grade_below_zero_is_no_loss() -> None:
    assert ndcg(["spam.html", "fees.html"], {"fees.html": 1, "spam.html": -2}) == pytest.approx(1 / log2(3))


def test_what_comes_eleventh_counts_for_nothing() -> None:
    found = [f"page-{n}.html" for n in range(10)] + ["fees.html"]
    assert (ndcg(found, FEES), recall(found, FEES), reciprocal_rank(found, FEES)) == (0.0, 0.0, 0.0)


def test_the_best_possible_gain_is_of_ten_documents() -> None:
    grades = {f"page-{n}.html": 1 for n in range(30)}
    assert ndcg([f"page-{n}.html" for n in range(10)], grades) == 1.0
    assert recall([f"page-{n}.html" for n in range(10)], grades) == pytest.approx(10 / 30)


def test_recall_counts_relevant_documents_whatever_their_grade() -> None:
    assert recall(["insurance.html", "parking.html"], FEES) == 1 / 2


def test_the_reciprocal_rank_is_that_of_the_first_relevant_document() -> None:
    assert reciprocal_rank(["parking.html", "team.html", "insurance.html", "fees.html"], FEES) == 1 / 3


# -- all questions


def test_a_question_without_results_counts_as_0() -> None:
    judgements = {"q1": {"fees.html": 1}, "q2": {"fees.html": 1}}
    run = {"q1": [("fees.html", 0.9)]}
    assert measure(judgements, run)["ndcg@10"].mean == 1 / 2


def test_a_question_that_nothing_answers_is_not_measured() -> None:
    judgements = {"q1": {"fees.html": 1}, "q2": {"fees.html": 0}}
    run = {"q1": [("fees.html", 0.9)], "q2": [("fees.html", 0.9)], "q3": [("fees.html", 0.9)]}
    assert per_question(judgements, run)["mrr@10"] == {"q1": 1.0}


@given(
    st.dictionaries(
        st.sampled_from("abcdef"),
        st.tuples(
            st.dictionaries(st.integers(0, 30), st.integers(0, 3), min_size=1),
            st.lists(st.integers(0, 30), unique=True, max_size=25),
        ),
        min_size=1,
    )
)
def test_the_figures_are_those_of_trec_eval(drawn: dict[str, tuple[dict[int, int], list[int]]]) -> None:
    judgements = {
        query: {f"d{n}": grade for n, grade in grades.items()} for query, (grades, _) in drawn.items()
    }
    run = {
        query: [(f"d{n}", 1.0 - rank / 100) for rank, n in enumerate(found)]
        for query, (_, found) in drawn.items()
    }
    expected = {
        (metric.query_id, str(metric.measure)): metric.value
        for metric in ir_measures.iter_calc(
            [nDCG @ 10, R @ 10, RR @ 10], judgements, {query: dict(ranking) for query, ranking in run.items()}
        )
    }
    names = {"ndcg@10": "nDCG@10", "recall@10": "R@10", "mrr@10": "RR@10"}
    for name, values in per_question(judgements, run).items():
        for query, value in values.items():
            assert value == pytest.approx(expected.get((query, names[name]), 0.0))


# -- intervals and tests


def test_the_interval_of_equal_values_is_that_value() -> None:
    assert interval([0.25] * 9) == interval([0.25])
    assert interval([0.25]).low == interval([0.25]).high == 0.25


def test_an_interval_is_near_the_normal_one_for_many_questions() -> None:
    values = np.random.default_rng(1).random(400)
    found, error = interval(values), 1.96 * values.std() / 20
    assert found.mean == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - error, abs=0.003)
    assert found.high == pytest.approx(values.mean() + error, abs=0.003)


def test_an_interval_is_the_same_every_time() -> None:
    values = np.random.default_rng(2).random(50)
    assert interval(values) == interval(values)


def test_of_three_questions_all_better_a_quarter_of_the_swaps_is_as_extreme() -> None:
    found = compare({"a": 1.0, "b": 0.8, "c": 0.5}, {"a": 0.5, "b": 0.6, "c": 0.4})
    assert found.p_value == 2 / 8
    assert found.difference.mean == pytest.approx((0.5 + 0.2 + 0.1) / 3)


def test_gains_and_losses_are_listed_the_largest_first() -> None:
    found = compare({"a": 1.0, "b": 0.25, "c": 0.5, "d": 1.0}, {"a": 0.5, "b": 1.0, "c": 0.5, "d": 0.0})
    assert found.gains == (("d", 1.0), ("a", 0.5))
    assert found.losses == (("b", -0.75),)


def test_the_same_run_twice_does_not_differ() -> None:
    assert compare({"a": 0.5}, {"a": 0.5}).p_value == 1.0


def test_a_clear_difference_over_many_questions_is_seen_and_noise_is_not() -> None:
    rng = np.random.default_rng(3)
    base = rng.random(200)
    better = dict(enumerate(base + 0.05 + rng.normal(0, 0.1, 200)))
    noise = dict(enumerate(base + rng.normal(0, 0.1, 200)))
    plain = {str(n): value for n, value in enumerate(base)}
    assert compare({str(n): value for n, value in better.items()}, plain).p_value < 0.001
    assert compare({str(n): value for n, value in noise.items()}, plain).p_value > 0.05


def test_runs_over_other_questions_cannot_be_compared() -> None:
    with pytest.raises(KnowledgeBaseError, match="same questions"):
        compare({"a": 1.0}, {"b": 1.0})


def test_roc_auc_counts_the_pairs_in_the_right_order_and_ties_half() -> None:
    # 0.9 is above all three; 0.5 is above 0.2, level with 0.5, below 0.7
    assert roc_auc([0.9, 0.5], [0.7, 0.5, 0.2]) == (3 + 1.5) / 6


def test_roc_auc_needs_both_kinds() -> None:
    with pytest.raises(KnowledgeBaseError, match="both kinds"):
        roc_auc([0.9], [])


def test_calibration_is_how_far_bins_are_from_what_came_true() -> None:
    bins = reliability([0.95, 0.85, 0.9, 0.1, 1.0], [True, False, True, False, True])
    assert [(one.low, one.count, one.observed) for one in bins] == [
        (0.1, 1, 0.0),
        (0.8, 1, 0.0),
        (0.9, 3, 1.0),
    ]
    assert bins[2].predicted == pytest.approx((0.95 + 0.9 + 1.0) / 3)
    assert calibration_error(bins) == pytest.approx((0.1 + 0.85 + 3 * (1 - 0.95)) / 5)


def test_a_forecast_that_comes_true_as_often_as_it_says_has_no_error() -> None:
    assert calibration_error([Bin(0.5, 0.6, 4, 0.5, 0.5), Bin(0.9, 1.0, 10, 0.9, 0.9)]) == 0.0


# -- files


def test_a_beir_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "can\'t sleep before exams", "metadata": {"collection": "site"}}\n\n'
        '{"_id": 7, "text": "how much is it"}\n'
    )
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tsite/my page.html\t2\n7\tfees\t0\n")
    queries = read_queries(tmp_path)
    assert [(query.id, query.text) for query in queries] == [
        ("q1", "can't sleep before exams"),
        ("7", "how much is it"),
    ]
    assert queries[0].metadata == {"collection": "site"}
    assert read_judgements(tmp_path) == {"q1": {"site/my page.html": 2}, "7": {"fees": 0}}


def test_judgements_are_found_where_beir_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\r\nq1\td1\t1\r\n")
    assert read_judgements(tmp_path) == {"q1": {"d1": 1}}


def test_judgements_may_come_without_a_header(tmp_path: Path) -> None:
    (tmp_path / "qrels.tsv").write_text("q1\td1\t1\nq1\td2\t0\n")
    assert read_judgements(tmp_path) == {"q1": {"d1": 1, "d2": 0}}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"_id": "q1", "text": "fees"}\n{"_id": "q1", "text": "fee"}', r':2: the id "q1" is there twice'),
        ('{"_id": "q1"}', ":1: the question has no text"),
        ('{"text": "fees"}', ":1: the question has no _id"),
        ("fees", ":1: this is not JSON"),
        ("[1]", ":1: this is not a JSON object"),
        ('{"_id": "q1", "text": "fees", "metadata": 1}', ":1: metadata is not an object"),
        ("\n", "holds no question"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_with_its_line(
    tmp_path: Path, content: str, reason: str
) -> None:
    path = tmp_path / "queries.jsonl"
    path.write_text(content)
    with pytest.raises(KnowledgeBaseError, match=reason):
        read_query_file(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("query-id\tcorpus-id\tscore\nq1\td1\thigh\n", r':2: the grade "high" is not a whole number'),
        ("query-id\tcorpus-id\tscore\nq1 d1 1\n", ":2: a line is question, document and grade"),
        ("query-id\tcorpus-id\tscore\n", "holds no judgement"),
    ],
)
def test_what_is_wrong_with_a_judgement_is_said_with_its_line(
    tmp_path: Path, content: str, reason: str
) -> None:
    (tmp_path / "qrels.tsv").write_text(content)
    with pytest.raises(KnowledgeBaseError, match=reason):
        read_judgements(tmp_path)


def test_a_folder_without_judgements_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match=r"neither qrels\.tsv nor qrels/test\.tsv"):
        read_judgements(tmp_path)


def test_a_file_that_is_not_there_or_not_text_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match="cannot be read: No such file"):
        read_queries(tmp_path)
    (tmp_path / "queries.jsonl").write_bytes(b'{"_id": "q1", "text": "caf\xe9"}')
    with pytest.raises(KnowledgeBaseError, match="not UTF-8"):
        read_queries(tmp_path)


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = {"q1": [("fees.html", 0.5), ("insurance.html", 0.25)], "q2": [("team.html", 31.5)]}
    write_run(tmp_path / "out.trec", run, "hybrid")
    assert (tmp_path / "out.trec").read_text().splitlines()[1] == "q1 Q0 insurance.html 2 0.2500000 hybrid"
    assert read_run(tmp_path / "out.trec") == run


def test_a_written_run_keeps_its_order_where_scores_do_not_say_it(tmp_path: Path) -> None:
    run = {"q1": [("a", 0.5), ("c", 0.5), ("b", 0.9), ("d", 0.1)]}
    write_run(tmp_path / "out.trec", run, "hybrid")
    assert [document for document, _ in read_run(tmp_path / "out.trec")["q1"]] == ["a", "c", "b", "d"]
    rows = [line.split() for line in (tmp_path / "out.trec").read_text().splitlines()]
    scored = {"q1": {row[2]: float(row[4]) for row in rows}}
    assert ir_measures.calc_aggregate([RR @ 10], {"q1": {"b": 1}}, scored)[RR @ 10] == pytest.approx(1 / 3)


def test_an_id_with_a_space_stays_one_column(tmp_path: Path) -> None:
    write_run(tmp_path / "out.trec", {"q1": [("site/my page.html", 1.0)]}, "hybrid")
    assert len((tmp_path / "out.trec").read_text().split()) == 6
    assert read_run(tmp_path / "out.trec") == {"q1": [("site/my page.html", 1.0)]}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("q1 Q0 d1 1 0.5\n", ":1: a line is question, Q0, document, rank, score and tag"),
        ("q1 Q0 d1 1 much kb\n", r':1: the score "much" is not a number'),
        ("q1 Q0 d1 1 0.5 kb\nq1 Q0 d1 2 0.4 kb\n", ":2: d1 is there twice for q1"),
        ("", "holds no result"),
    ],
)
def test_what_is_wrong_with_a_run_is_said_with_its_line(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "out.trec").write_text(content)
    with pytest.raises(KnowledgeBaseError, match=reason):
        read_run(tmp_path / "out.trec")


def test_measuring_loads_no_index_and_no_model() -> None:
    heavy = (
        "{'faiss', 'tantivy', 'onnxruntime', 'tokenizers', 'torch', 'transformers', 'sentence_transformers'}"
    )
    program = f"import sys, index.evaluate; sys.exit(bool({heavy} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
