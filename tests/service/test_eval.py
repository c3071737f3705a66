"""`kb eval`: modes and saved runs against each other, the report, and the calibration it fits."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import asdict, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from index import calibrations
from index.evaluate import read_run
from index.search import Searcher
from index.types import Answer, Query
from index.verdict import SHIPPED
from service import calibrating
from service.charts import axis
from service.comparison import contests, read_runs
from service.judge import Evaluation, judge
from service.knowledge import open_knowledge
from service.settings import settings
from tests.conftest import Run

_ANSWERS = {
    "site/fees.md": (
        "how much does a session cost",
        "what does couples therapy cost",
        "do I pay if I cancel late",
        "can I pay by card",
        "do I get a receipt for my insurance",
        "what if I am ill on the day",
        "is a couples session longer",
        "half of the fee for a missed session",
    ),
    "site/guides/sleep.md": (
        "can't sleep before exams",
        "I lie awake at night",
        "when should I see a doctor about sleep",
        "how long does treatment for bad sleep take",
        "what should I write down before bed",
        "should I get up at the same hour",
        "sleeping badly for months",
        "worries keep me awake",
    ),
    "site/confidentiality.md": (
        "do you tell my family what I say",
        "will my employer know that I come",
        "is what I say private",
        "when do you have to tell somebody",
        "can a court make you speak",
        "what if someone is in danger",
        "do you talk with me before you tell others",
        "exceptions to confidentiality",
    ),
    "site/waiting room.txt": (
        "is there parking",
        "which floor is the waiting room on",
        "is there a lift",
        "can I bring my children",
        "where does the bus stop",
        "may I come early",
        "is there tea",
        "how many spaces behind the house",
    ),
    "note/insurance": (
        "how many sessions does my insurer pay for",
        "do insurers pay the fee",
        "does insurance cover a part",
        "ask the insurer",
        "what do most insurers pay",
        "insurance",
    ),
}
_NO_ANSWERS = (
    "how do I change the oil of a tractor",
    "best pizza in town",
    "train times to the coast",
    "how old is the universe",
    "who won the football match",
    "recipe for pancakes",
    "price of a new bicycle",
    "how do volcanoes form",
    "what is the capital of Peru",
    "repair a leaking tap",
    "learn to play the piano",
    "cheap flights in summer",
)
_QUESTIONS = {f"q{n}": (text, page) for n, (text, page) in enumerate(
    (text, page) for page, texts in _ANSWERS.items() for text in texts
)}  # fmt: skip


def write_set(
    folder: Path, unanswerable: tuple[str, ...] = _NO_ANSWERS, openings: tuple[str, ...] = ("",)
) -> Path:
    """Every question is asked with each of the openings."""
    folder.mkdir()
    asked = {
        f"{name}{n or ''}": (opening + text, page)
        for n, opening in enumerate(openings)
        for name, (text, page) in ((f"{name}-" if n else name, one) for name, one in _QUESTIONS.items())
    }
    lines: list[dict[str, object]] = [{"_id": name, "text": text} for name, (text, _) in asked.items()]
    lines += [
        {"_id": f"no{n}", "text": text, "metadata": {"answerable": False}}
        for n, text in enumerate(unanswerable)
    ]
    (folder / "queries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    rows = "".join(f"{name}\t{page}\t1\n" for name, (_, page) in asked.items())
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + rows)
    return folder


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_set(tmp_path_factory.mktemp("sets") / "judged")


@pytest.fixture(scope="module")
def evaluation(practice: Path, judged: Path) -> Evaluation:
    return judge(open_knowledge(settings(practice)), judged, ["hybrid", "lexical"], "default")


@pytest.fixture(scope="module")
def compared(
    kb: Run, practice: Path, judged: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[subprocess.CompletedProcess[str], str]:
    """A comparison of a mode with a saved run of another, with the report it wrote."""
    folder = tmp_path_factory.mktemp("compared")
    kb("eval", judged, "--mode", "lexical", "--save", folder / "words.trec", home=practice)
    done = kb(
        "eval", judged, "--mode", "dense", "--against", "words.trec", "--per-question",
        "--html", "report.html", "--home", practice, home=folder,
    )  # fmt: skip
    return done, (folder / "report.html").read_text()


# -- modes and saved runs


def test_json_has_modes_alone_at_its_top_and_the_comparison_inside_the_first(
    kb: Run, practice: Path, judged: Path, tmp_path: Path
) -> None:
    run = tmp_path / "last week.trec"
    kb("eval", judged, "--mode", "lexical", "--save", run, home=practice)
    done = kb("eval", judged, "--against", run, "--json", "--per-question", home=practice)
    body = json.loads(done.stdout)
    assert list(body) == ["hybrid", "dense", "lexical"]
    for measures in body.values():
        for name in ("ndcg@10", "recall@10", "mrr@10"):
            assert measures[name].keys() == {"mean", "low", "high"}
        assert measures["p50_ms"] <= measures["p95_ms"]
        assert measures["questions"] == len(_QUESTIONS)
        assert sum(measures["verdicts"]["unanswerable"].values()) == len(_NO_ANSWERS)
    against = body["hybrid"]["against"]
    assert list(against) == ["dense", "lexical", str(run)]
    assert against[str(run)] == against["lexical"]
    found = against["lexical"]["ndcg@10"]
    gap = body["hybrid"]["ndcg@10"]["mean"] - body["lexical"]["ndcg@10"]["mean"]
    assert found["difference"]["mean"] == pytest.approx(gap)
    assert found["theirs"] == body["lexical"]["ndcg@10"]
    sizes = [one["difference"] for one in found["gains"]]
    assert sizes == sorted(sizes, reverse=True)
    assert all(one["text"] == _QUESTIONS[one["_id"]][0] for one in found["gains"])


def test_a_saved_run_is_the_mode_that_was_saved(
    kb: Run, practice: Path, judged: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run.trec"
    done = kb("eval", judged, "--mode", "lexical", "--mode", "dense", "--save", run, home=practice)
    assert "the run of lexical" in done.stderr
    again = kb("eval", judged, "--mode", "lexical", "--against", run, "--json", home=practice)
    found = json.loads(again.stdout)["lexical"]["against"][str(run)]["ndcg@10"]
    assert (found["difference"]["mean"], found["p"], found["better"], found["worse"]) == (0.0, 1.0, 0, 0)
    assert {document for ranking in read_run(run).values() for document, _ in ranking} >= set(_ANSWERS)


def test_a_run_that_search_saved_is_compared_by_the_same_documents(
    kb: Run, practice: Path, judged: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run.trec"
    kb("search", "--queries", judged / "queries.jsonl", "--run", run, home=practice)
    assert "waiting%20room" in run.read_text()
    done = kb("eval", judged, "--mode", "hybrid", "--against", run, "--json", home=practice)
    found = json.loads(done.stdout)["hybrid"]["against"][str(run)]["recall@10"]
    assert (found["better"], found["worse"]) == (0, 0)


def test_a_run_called_as_a_mode_is_told_from_it(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lexical").write_text("q0 Q0 site/fees.md 1 0.5 other\n")
    monkeypatch.chdir(tmp_path)
    names = [one.theirs for one in contests(evaluation, read_runs([Path("lexical")]))]
    assert names == ["lexical", str(tmp_path / "lexical")]


def test_a_question_that_a_run_does_not_answer_counts_as_nothing_found(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    (tmp_path / "one.trec").write_text("q0 Q0 site/fees.md 1 0.5 other\n")
    met = contests(evaluation, read_runs([tmp_path / "one.trec"]))[-1]
    assert met.measured["recall@10"].mean == pytest.approx(1 / len(_QUESTIONS))
    assert met.ranks["q1"][1] is None


@pytest.mark.parametrize("content", ["q0 Q0 only four\n", "other Q0 site/fees.md 1 0.5 run\n", ""])
def test_a_run_that_cannot_be_compared_is_told_in_a_line(
    kb: Run, practice: Path, judged: Path, tmp_path: Path, content: str
) -> None:
    (tmp_path / "run.trec").write_text(content)
    done = kb("eval", judged, "--mode", "lexical", "--against", tmp_path / "run.trec", home=practice)
    assert done.returncode in (1, 2)
    assert "run.trec" in done.stderr
    assert "Traceback" not in done.stderr


def test_gains_and_losses_are_told_with_the_words_of_the_question(
    compared: tuple[subprocess.CompletedProcess[str], str],
) -> None:
    done, _ = compared
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    better = lines.index(next(line for line in lines if line.startswith("dense better than words.trec: ")))
    count = int(lines[better].rsplit(" ", 1)[1])
    told = [line.split() for line in lines[better + 1 : better + 1 + count]]
    assert count > 0
    assert [float(one[0]) for one in told] == sorted((float(one[0]) for one in told), reverse=True)
    assert all(_QUESTIONS[one[1]][0] in " ".join(one) for one in told)


# -- the report


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]


def test_the_report_loads_nothing_and_runs_nothing(
    compared: tuple[subprocess.CompletedProcess[str], str],
) -> None:
    page = _Page()
    page.feed(compared[1])
    assert page.addresses == []
    assert not {"script", "link", "img", "iframe", "object", "image"} & set(page.tags)
    assert not re.search(r"url\(|@import|\son\w+=", compared[1])


def test_the_report_draws_quality_latency_and_reliability(
    compared: tuple[subprocess.CompletedProcess[str], str],
) -> None:
    drawn = [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", compared[1], re.DOTALL)]
    titles = [one.get("aria-label") for one in drawn]
    assert titles == [
        "nDCG@10 by system, with 95 % intervals",
        "Recall@10 by system, with 95 % intervals",
        "MRR@10 by system, with 95 % intervals",
        "nDCG@10 against latency",
        "Reliability of the score, dense",
    ]
    labels = [text.text for text in drawn[0].iter("text")]
    assert {"dense", "words.trec"} <= set(labels)
    for one in drawn:
        wide, high = map(float, str(one.get("viewBox")).split()[2:])
        for dot in one.iter("circle"):
            assert 0 <= float(dot.get("cx", "-1")) <= wide
            assert 0 <= float(dot.get("cy", "-1")) <= high


def test_the_report_draws_quality_by_set_where_there_are_several(
    kb: Run, practice: Path, judged: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(judged, tmp_path / "sets")
    lines = [json.loads(line) for line in (folder / "queries.jsonl").read_text().splitlines()]
    for number, line in enumerate(lines):
        site = ("north.example", "south.example")[number % 2]
        line["metadata"] = {**line.get("metadata", {}), "site": site}
    (folder / "queries.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    kb("eval", folder, "--mode", "lexical", "--html", tmp_path / "r.html", home=practice)
    found = re.findall(r"<svg.*?</svg>", (tmp_path / "r.html").read_text(), re.DOTALL)
    (drawn,) = [one for one in map(ET.fromstring, found) if "by set" in str(one.get("aria-label"))]
    labels = [text.text for text in drawn.iter("text")]
    assert [one for one in labels if one and "example" in one] == [
        "north.example, lexical",
        "south.example, lexical",
    ]


def test_words_of_a_question_are_text_in_the_report(kb: Run, practice: Path, tmp_path: Path) -> None:
    folder = tmp_path / "<b>set"
    folder.mkdir()
    text = "how much <script>alert(1)</script> costs a session & more"
    (folder / "queries.jsonl").write_text(json.dumps({"_id": "q<1>", "text": text}) + "\n")
    (folder / "qrels.tsv").write_text("q<1>\tsite/fees.md\t1\n")
    (tmp_path / "run.trec").write_text("q<1> Q0 site/other.md 1 0.5 run\n")
    arguments = ("--mode", "lexical", "--against", tmp_path / "run.trec", "--html", tmp_path / "r.html")
    done = kb("eval", folder, *arguments, home=practice)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "r.html").read_text()
    assert "<script" not in page
    assert "<b>set" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_an_axis_holds_its_values_between_round_marks() -> None:
    made = axis("nDCG@10", [0.618, 0.948])
    assert (made.low, made.high) == (0.6, 1.0)
    assert list(made.marks) == [0.6, 0.7, 0.8, 0.9, 1.0]
    assert made.at(0.7, 100, 400) == pytest.approx(200)
    alone = axis("nDCG@10", [1.0, 1.0])
    assert alone.low < alone.high


# -- the calibration


def test_calibrating_says_what_it_changed_and_the_searcher_reads_it(
    kb: Run, home: Path, judged: Path
) -> None:
    done = kb("eval", judged, "--mode", "hybrid", "--calibrate", "--json", home=home)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["hybrid"]["calibration"]
    assert told["kept"] is (told["after"]["error"] < told["before"]["error"])
    assert told["kept"]
    assert told["after"]["false_answers"] <= max(told["before"]["false_answers"], 0.05)
    with_own, shipped = asked(home), asked(home, own=False)
    assert [one.document_id for one in with_own.results] == [one.document_id for one in shipped.results]
    assert [one.score for one in with_own.results] != [one.score for one in shipped.results]
    assert "calibrated on your own questions: hybrid" in kb("status", home=home).stdout
    shown = json.loads(kb("search", "is there parking", "--json", home=home).stdout)
    assert shown["results"][0]["score"] == pytest.approx(with_own.results[0].score)


def test_calibrating_twice_is_calibrating_once(evaluation: Evaluation) -> None:
    first, second = calibrating.calibrate(evaluation), calibrating.calibrate(evaluation)
    assert first == second
    assert list(first) == ["hybrid", "lexical"]


def test_with_few_unanswerable_questions_verdicts_are_given_as_often_as_before(
    practice: Path, tmp_path: Path
) -> None:
    folder = write_set(tmp_path / "set", _NO_ANSWERS[:3], openings=("", "please tell me: "))
    fitted = calibrating.calibrate(judge(open_knowledge(settings(practice)), folder, ["lexical"], "default"))
    (one,) = fitted.values()
    assert not one.thresholds
    assert "as often as before" in "\n".join(calibrating.calibration_lines(fitted))
    assert one.calibration.answered != SHIPPED["lexical"].answered
    assert abs(one.after.answers - one.before.answers) <= 0.1


def test_too_few_questions_calibrate_nothing_and_the_measures_are_told(
    kb: Run, home: Path, tmp_path: Path
) -> None:
    few = write_set(tmp_path / "few", _NO_ANSWERS[:3])
    done = kb("eval", few, "--mode", "lexical", "--calibrate", "--json", home=home)
    assert done.returncode == 1
    assert "takes 50 questions" in done.stderr
    assert "ndcg@10" in json.loads(done.stdout)["lexical"]
    assert not (home / ".kb" / calibrations.FILE_NAME).exists()


OWN = replace(SHIPPED["hybrid"], bias=-0.25, answered=0.7, related=0.2)


def test_a_calibration_is_kept_beside_those_of_other_modes(tmp_path: Path) -> None:
    calibrations.write(tmp_path, "model", {"hybrid": OWN})
    calibrations.write(tmp_path, "model", {"lexical": OWN, "dense": None})
    kept = calibrations.read(tmp_path, "model")
    assert kept.own == ("hybrid", "lexical")
    assert kept.calibrations == {"hybrid": OWN, "lexical": OWN, "dense": SHIPPED["dense"]}
    assert kept.ignored is None
    calibrations.write(tmp_path, "model", {"hybrid": None})
    assert calibrations.read(tmp_path, "model").own == ("lexical",)


def test_a_calibration_of_another_model_is_ignored_and_status_says_so(kb: Run, home: Path) -> None:
    calibrations.write(home / ".kb", "another", {"hybrid": OWN})
    assert calibrations.read(home / ".kb", "this").calibrations == SHIPPED
    done = kb("status", home=home)
    assert "calibration.json is not used" in done.stdout
    assert "another model" in done.stdout
    assert asked(home) == asked(home, own=False)


def damaged() -> Iterator[str]:
    whole = {"model": "m", "modes": {"hybrid": {"fitted": {}, "instead_of": {}}}}
    yield "{"
    yield "[]"
    yield "[" * 100_000
    yield "\udcff"
    yield json.dumps(whole)
    for change in ({"bias": None}, {"bias": float("nan")}, {"related": 0.9}, {"answered": 7}):
        shipped = asdict(SHIPPED["hybrid"])
        modes = {"hybrid": {"fitted": {**shipped, **change}, "instead_of": shipped}}
        yield json.dumps({"model": "m", "modes": modes})


@pytest.mark.parametrize("content", list(damaged()), ids=range(9))
def test_a_damaged_calibration_is_never_used(tmp_path: Path, content: str) -> None:
    (tmp_path / calibrations.FILE_NAME).write_bytes(content.encode("utf-8", "surrogateescape"))
    kept = calibrations.read(tmp_path, "m")
    assert kept.calibrations == SHIPPED
    assert kept.ignored
    assert "not as it was written" in kept.ignored


def test_a_calibration_for_another_way_of_scoring_is_ignored(tmp_path: Path) -> None:
    path = calibrations.write(tmp_path, "m", {"hybrid": OWN, "lexical": OWN})
    record = json.loads(path.read_text())
    record["modes"]["hybrid"]["instead_of"]["score"] += 1
    path.write_text(json.dumps(record))
    kept = calibrations.read(tmp_path, "m")
    assert kept.own == ("lexical",)
    assert "another version" in (kept.ignored or "")


def asked(home: Path, own: bool = True) -> Answer:
    """What a question is answered, with the knowledge base's own calibration or without it."""
    if not own:
        aside = home.with_name("shipped")
        shutil.copytree(home, aside)
        (aside / ".kb" / calibrations.FILE_NAME).unlink(missing_ok=True)
        home = aside
    searcher: Searcher = open_knowledge(settings(home)).searcher()
    return searcher.search(Query("is there parking"))
