"""Many questions from a file: a TREC run of documents, the answers, or both."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from index.search import Searcher
from index.types import Mode, Query
from kb.errors import KnowledgeBaseError, QueryError
from service.bodies import answer_body
from service.knowledge import Knowledge

_RUN_LIMIT, _ANSWER_LIMIT = 100, 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of a file of questions; `collection` and `site` are its metadata's."""

    id: str
    text: str
    collection: str | None
    site: str | None


def ask_all(
    knowledge: Knowledge,
    queries: Path,
    run: Path | None,
    answers: Path | None,
    limit: int | None,
    collection: str,
    mode: Mode,
) -> None:
    """Asks every question of the file; `limit` is of documents."""
    if run is None and answers is None:
        raise QueryError("Name a file to write with --run or --answers")
    asked = list(read_questions(queries))
    searcher = knowledge.searcher()
    with ExitStack() as files:
        run_file = files.enter_context(_create(run)) if run else None
        answers_file = files.enter_context(_create(answers)) if answers else None
        for one in asked:
            query = Query(one.text, limit or _ANSWER_LIMIT, one.collection or collection, mode)
            if run_file is not None:
                for rank, (document_id, score) in enumerate(
                    searcher.documents(replace(query, limit=limit or _RUN_LIMIT)), 1
                ):
                    run_file.write(f"{one.id} Q0 {document_id} {rank} {score:.6f} kb-{mode}\n")
            if answers_file is not None:
                body = {"_id": one.id, **_timed_answer(searcher, query)}
                answers_file.write(json.dumps(body, ensure_ascii=False) + "\n")


def read_questions(path: Path) -> Iterator[Asked]:
    """The questions of a JSONL file, one a line: `{"_id", "text", "metadata": {"collection"}}`."""
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _asked(line, f"{path}, line {number}")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path} cannot be read: {error}") from None


def _asked(line: str, where: str) -> Asked:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise QueryError(f"{where}: not JSON: {error}") from None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "_id" not in record:
        raise QueryError(f'{where}: a question is {{"_id", "text"}}')
    metadata = record.get("metadata") or {}
    return Asked(str(record["_id"]), record["text"], metadata.get("collection"), metadata.get("site"))


def _timed_answer(searcher: Searcher, query: Query) -> dict[str, object]:
    started = time.perf_counter()
    answer = searcher.search(query)
    return answer_body(answer, (time.perf_counter() - started) * 1000)


def _create(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise KnowledgeBaseError(f"{path} cannot be written: {error.strerror}") from None
