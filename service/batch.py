"""Many questions from a file: a TREC run of documents, the answers, or both."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from index.search import Searcher
from index.types import Mode, Query
from kb.errors import KnowledgeBaseError, NotFound, QueryError
from service.bodies import answer_body
from service.incoming import whole
from service.knowledge import Knowledge

_RUN_LIMIT, _ANSWER_LIMIT = 100, 10
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of a file of questions; what follows the text is its metadata's. `answerable` is False where
    it says that nothing answers the question."""

    id: str
    text: str
    collection: str | None
    site: str | None
    answerable: bool = True


def ask_all(
    knowledge: Knowledge,
    queries: Path,
    run: Path | None,
    answers: Path | None,
    limit: int | None,
    collection: str,
    mode: Mode,
    excerpt_length: int | None = None,
) -> list[str]:
    """Asks every question of the file; `limit` is of documents. Gives why some have no answer."""
    if run is None and answers is None:
        raise QueryError("Name a file to write with --run or --answers")
    run_limit = _RUN_LIMIT if limit is None else limit
    answer_limit = min(_ANSWER_LIMIT if limit is None else limit, knowledge.config.limits.results)
    flaws: list[str] = []
    lines = list(_lines(queries))
    searcher = knowledge.searcher()
    with ExitStack() as files:
        run_file = files.enter_context(_create(run)) if run else None
        answers_file = files.enter_context(_create(answers)) if answers else None
        for where, line in lines:
            try:
                one = _asked(line)
                query = Query(
                    one.text,
                    answer_limit,
                    one.collection or collection,
                    mode,
                    excerpt_length=excerpt_length,
                )
                if run_file is not None:
                    found = searcher.documents(replace(query, limit=run_limit))
                    run_file.writelines(_run_lines(one.id, found, f"kb-{mode}"))
                if answers_file is not None:
                    body = {"_id": one.id, **_timed_answer(searcher, query)}
                    answers_file.write(json.dumps(body, ensure_ascii=False) + "\n")
            except (QueryError, NotFound) as error:
                flaws.append(f"{where}: {error}")
    return flaws


def read_questions(path: Path) -> Iterator[Asked]:
    """The questions of a JSONL file, one a line: `{"_id", "text", "metadata": {"collection"}}`.

    Raises QueryError at the first line that is none.
    """
    for where, line in _lines(path):
        try:
            yield _asked(line)
        except QueryError as error:
            raise QueryError(f"{where}: {error}") from None


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """Each line that is not blank, and where it stands."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield f"{path}, line {number}", line
    except OSError as error:
        raise QueryError(f"{path} cannot be read: {error.strerror}") from None


def _asked(line: bytes) -> Asked:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise QueryError("not JSON") from None
    if not isinstance(record, dict) or not isinstance(record.get("text"), str) or "_id" not in record:
        raise QueryError('a question is {"_id", "text"}')
    identity = whole(str(record["_id"]))
    if identity.split() != [identity]:
        raise QueryError("_id is one word: it is a column of the run")
    metadata = record.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise QueryError("metadata is not an object")
    return Asked(
        identity,
        whole(record["text"]),
        _named(metadata, "collection"),
        _named(metadata, "site"),
        metadata.get("answerable") is not False,
    )


def _named(metadata: dict[str, object], key: str) -> str | None:
    value = metadata.get(key)
    if value is not None and not isinstance(value, str):
        raise QueryError(f"metadata.{key} is not a text")
    return None if value is None else whole(value)


def _run_lines(identity: str, found: Sequence[tuple[str, float]], tag: str) -> Iterator[str]:
    """TREC's columns are parted by spaces, so those of a document's id are written as %20."""
    for rank, (document_id, score) in enumerate(found, 1):
        yield f"{identity} Q0 {_SPACE.sub('%20', document_id)} {rank} {score:.6f} {tag}\n"


def _timed_answer(searcher: Searcher, query: Query) -> dict[str, object]:
    started = time.perf_counter()
    answer = searcher.search(query)
    return answer_body(answer, (time.perf_counter() - started) * 1000)


def _create(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8", errors="replace")
    except OSError as error:
        raise KnowledgeBaseError(f"{path} cannot be written: {error.strerror}") from None
