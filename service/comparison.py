"""One way of searching against another on the same judged questions: `kb eval`, modes and saved runs.

What is compared is always the first mode that was asked for, with every other mode and every saved run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from index.evaluate import (
    MEASURES,
    Comparison,
    Interval,
    Run,
    compare,
    interval,
    per_question,
    read_run,
    write_run,
)
from index.types import Mode
from kb.errors import KnowledgeBaseError, QueryError
from service.bodies import Json
from service.judge import Evaluation

LABELS = {"ndcg@10": "nDCG@10", "recall@10": "Recall@10", "mrr@10": "MRR@10"}
SORTED_BY = "ndcg@10"  # what gains and losses are of
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Contest:
    """`ours` against `theirs`: what was measured of theirs, a comparison a measure, and where the first
    right document of each question stands in both (None: not among the documents found)."""

    ours: str
    theirs: str
    measured: Mapping[str, Interval]
    measures: Mapping[str, Comparison]
    ranks: Mapping[str, tuple[int | None, int | None]]


def read_runs(paths: Sequence[Path]) -> dict[str, Run]:
    """Saved runs by their files' names; one that is called as a mode is told from it by its folder."""
    return {
        str(path if str(path) not in get_args(Mode) else path.resolve()): read_run(path) for path in paths
    }


def save_run(path: Path, evaluation: Evaluation) -> str:
    """Writes the first mode's run; gives the mode."""
    mode, run = next(iter(evaluation.runs.items()))
    try:
        write_run(path, run, f"kb-{mode}")
    except OSError as error:
        raise KnowledgeBaseError(f"{path} cannot be written: {error.strerror}") from None
    return mode


def contests(evaluation: Evaluation, saved: Mapping[str, Run]) -> list[Contest]:
    """The first mode against every other and every saved run, with paired tests.

    Raises QueryError for a run that answers none of the questions.
    """
    (ours, run), *others = evaluation.runs.items()
    adopted = [(name, _adopted(name, other, evaluation)) for name, other in saved.items()]
    return [_contest(evaluation, ours, run, name, other) for name, other in [*others, *adopted]]


def comparison_lines(met: Sequence[Contest]) -> Iterator[str]:
    """The contests as a table to read."""
    if not met:
        return
    wide = max(len(one.theirs) for one in met)
    yield f"{met[0].ours} against"
    yield f"  {'':{wide}}  {'measure':9}  theirs  {'difference':25}  {'p':>6}  better  worse  same"
    for one in met:
        for measure, found in one.measures.items():
            gap = found.difference
            span = f"{gap.mean:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})"
            better, worse = len(found.gains), len(found.losses)
            yield (
                f"  {one.theirs:{wide}}  {LABELS[measure]:9}  {one.measured[measure].mean:6.3f}  {span:25}  "
                f"{found.p_value:6.4f}  {better:6}  {worse:5}  {found.questions - better - worse:4}"
            )
    yield "  Differences with their 95 % intervals; p by a randomisation test, two-sided."


def question_lines(met: Sequence[Contest], evaluation: Evaluation) -> Iterator[str]:
    """Every question whose nDCG@10 is another, the largest difference first."""
    for one in met:
        found = one.measures[SORTED_BY]
        for what, changes in (("better", found.gains), ("worse", found.losses)):
            yield f"{one.ours} {what} than {one.theirs}: {len(changes)}"
            for question, change in changes:
                yield f"  {change:+.3f}  {question}  {words(evaluation, question)}  ({places(one, question)})"


def words(evaluation: Evaluation, question: str) -> str:
    """What was asked, on one line; nothing where the set's questions do not hold it."""
    asked = evaluation.questions.get(question)
    return " ".join(asked.text.split()) if asked else ""


def places(contest: Contest, question: str) -> str:
    """Where both found the first right document."""
    ours, theirs = contest.ranks[question]
    return f"first right one {_place(ours)}, theirs {_place(theirs)}"


def contests_body(met: Sequence[Contest], evaluation: Evaluation, questions: bool) -> Json:
    """The contests as JSON, by their opponents' names; with `questions`, also every gain and loss."""
    return {
        one.theirs: {
            measure: {
                "theirs": asdict(one.measured[measure]),
                "difference": asdict(found.difference),
                "p": found.p_value,
                "questions": found.questions,
                "better": len(found.gains),
                "worse": len(found.losses),
                **(_changes(found, evaluation) if questions else {}),
            }
            for measure, found in one.measures.items()
        }
        for one in met
    }


def _changes(found: Comparison, evaluation: Evaluation) -> Json:
    return {
        name: [
            {"_id": question, "text": words(evaluation, question), "difference": change}
            for question, change in changes
        ]
        for name, changes in (("gains", found.gains), ("losses", found.losses))
    }


def _contest(evaluation: Evaluation, ours: str, run: Run, theirs: str, other: Run) -> Contest:
    judgements = evaluation.judgements
    mine, his = per_question(judgements, run), per_question(judgements, other)
    return Contest(
        ours,
        theirs,
        {measure: interval(his[measure].values()) for measure in MEASURES},
        {measure: compare(mine[measure], his[measure]) for measure in MEASURES},
        {
            question: (_first_right(evaluation, run, question), _first_right(evaluation, other, question))
            for question in mine[SORTED_BY]
        },
    )


def _first_right(evaluation: Evaluation, run: Run, question: str) -> int | None:
    ranked = enumerate(run.get(question, ()), 1)
    return next((rank for rank, (document, _) in ranked if evaluation.relevant(question, document)), None)


def _place(rank: int | None) -> str:
    return "not found" if rank is None else f"at {rank}"


def _adopted(name: str, run: Run, evaluation: Evaluation) -> Run:
    """`kb search --run` writes a space in an id as %20, which is undone where such an id is judged."""
    judged = {document for grades in evaluation.judgements.values() for document in grades}
    spaced = {_SPACE.sub("%20", one): one for one in judged if _SPACE.search(one)}
    adopted = {
        question: [(spaced.get(document, document), score) for document, score in found]
        for question, found in run.items()
        if question in evaluation.questions
    }
    if not adopted:
        raise QueryError(f"{name} answers none of the questions of {evaluation.folder}")
    return adopted
