"""The evaluation sets: which documents, in which collections, and which judged questions about them."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.evaluate import JudgedQuery, Judgements, read_judgements, read_queries
from kb.errors import KnowledgeBaseError

ROOT: Final = Path(__file__).parents[1]
BEIR: Final = (
    "medquad",
    "counsel-chat",
    "scifact-train",
    "vagov-anchors",
    "no-answer",
    "xquad-en",
    "xquad-de",
    "xquad-es",
)
EXAMPLE: Final = "example-clinic"
LAY: Final = "lay-questions"  # of the example clinic, as people speak who know no clinical word
NAMES: Final = (EXAMPLE, LAY, "psychotherapy", "clinic-pages", *BEIR)


@dataclass(frozen=True, slots=True)
class Sample:
    """A part of a large set: so many questions, their relevant documents, and others beside them."""

    documents: int
    queries: int


@dataclass(frozen=True, slots=True)
class EvalSet:
    """`sources` are (collection, file or folder); a question is asked of the collection it names."""

    name: str
    sources: tuple[tuple[str, Path], ...]
    queries: tuple[JudgedQuery, ...]
    judgements: Judgements

    def collection_of(self, query: JudgedQuery) -> str:
        """A question's site is its collection, where the sites are collections."""
        site = str(query.metadata.get("site"))
        return site if site in {name for name, _ in self.sources} else "default"


def load(name: str, shared: Path, build: Path, sample: Sample | None = None) -> EvalSet:
    """A set by its name. Raises KnowledgeBaseError where its files are not there."""
    if name in (EXAMPLE, LAY):
        clinic = ROOT / "examples" / "clinic"
        site = (("default", clinic / "site"),)
        folder = clinic if name == EXAMPLE else ROOT / "bench" / "lay"
        return EvalSet(name, site, tuple(read_queries(folder)), read_judgements(folder))
    if name not in NAMES:
        raise KnowledgeBaseError(f"There is no set {name}. There are: {', '.join(NAMES)}.")
    folder = shared / "eval" / name
    queries = read_queries(folder)
    if name == "psychotherapy":
        article = shared / "source" / "what-is-psychotherapy.txt"
        return EvalSet(name, (("default", article),), tuple(queries), {})
    judgements = read_judgements(folder)
    if name == "clinic-pages":
        sites = sorted({str(query.metadata["site"]) for query in queries})
        sources = tuple((site, shared / "pages" / site) for site in sites)
        return EvalSet(name, sources, tuple(queries), judgements)
    whole = EvalSet(name, (("default", folder / "corpus.jsonl"),), tuple(queries), judgements)
    return whole if sample is None else _part(whole, sample, build)


def span_of(query: JudgedQuery) -> re.Pattern[str] | None:
    """What the text that answers a question holds; a span with a heading is words, not a pattern."""
    span = query.metadata.get("span")
    if not isinstance(span, str):
        return None
    if "heading" in query.metadata:
        return re.compile(r"\s+".join(map(re.escape, span.split())))
    return re.compile(span)


def _part(whole: EvalSet, sample: Sample, build: Path) -> EvalSet:
    """A set of its own; the same part every time."""
    rng = random.Random(0)
    queries = whole.queries
    if len(queries) > sample.queries:
        chosen = set(rng.sample(range(len(queries)), sample.queries))
        queries = tuple(query for number, query in enumerate(queries) if number in chosen)
    judgements = {query.id: whole.judgements[query.id] for query in queries if query.id in whole.judgements}
    wanted = {document for grades in judgements.values() for document in grades}
    lines = whole.sources[0][1].read_text("utf-8").splitlines()
    relevant = [line for line in lines if json.loads(line)["_id"] in wanted]
    others = [line for line in lines if json.loads(line)["_id"] not in wanted]
    beside = rng.sample(others, min(len(others), max(0, sample.documents - len(relevant))))
    name = f"{whole.name}-{sample.documents}-{sample.queries}"
    corpus = _write(build / "samples" / name / "corpus.jsonl", [*relevant, *beside])
    return EvalSet(name, (("default", corpus),), queries, judgements)


def _write(path: Path, lines: Iterable[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path
