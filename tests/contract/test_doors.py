"""Every door gives the same answer: ids, order, scores, offsets, marks, attribution, verdict, notices.

The reference is `POST /v1/search`. One service, one MCP process and one batch of the command answer all of
the questions; the doors that only hand on what another one gives are asked all the same.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kb_client import AsyncClient, Client
from mcp import Client as McpClient
from mcp import StdioServerParameters

from index.search import open_searcher
from index.types import Query
from service.bodies import answer_body
from service.incoming import whole
from tests.clients.test_javascript import CLIENT, NODE
from tests.conftest import Run
from tests.contract.questions import NOTICED, OWNER, QUESTIONS, UNANSWERABLE
from tests.service.process import Served

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when it is imported; nothing here calls out
os.environ["LANGSMITH_TRACING"] = "false"

LIMIT = 5
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def home(practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice's knowledge base with an owner who has something to say."""
    import shutil

    home = Path(shutil.copytree(practice, tmp_path_factory.mktemp("contract") / "home"))
    with (home / "kb.toml").open("a") as config:
        config.write(OWNER)
    return home


@pytest.fixture(scope="module")
def served(home: Path) -> Iterator[Served]:
    with Served(home) as served:
        yield served


@pytest.fixture(scope="module")
def expected(served: Served) -> list[Answer]:
    bodies = ({"query": question, "limit": LIMIT} for question in QUESTIONS)
    sent = (json.dumps(body).encode() for body in bodies)
    headers = {"Content-Type": "application/json"}
    return timeless(served.client.post("/v1/search", content=one, headers=headers).json() for one in sent)


def timeless(answers: Iterable[Any]) -> list[Answer]:
    """The answers without the time that each took."""
    return [{key: value for key, value in one.items() if key != "took_ms"} for one in answers]


def test_there_are_fifty_of_every_kind(expected: list[Answer]) -> None:
    assert len(set(QUESTIONS)) == 50
    by_question = dict(zip(QUESTIONS, expected, strict=True))
    assert {one["verdict"] for one in expected} == {"answered", "related", "none"}
    assert all(by_question[question]["verdict"] != "answered" for question in UNANSWERABLE)
    assert all(by_question[question]["notices"] for question in NOTICED)
    assert any(one["suggestion"] for one in expected)
    assert sum(len(one["results"]) for one in expected) > 150


def test_the_command(expected: list[Answer], home: Path, kb: Run, tmp_path: Path) -> None:
    lines = ({"_id": str(number), "text": text} for number, text in enumerate(QUESTIONS))
    (tmp_path / "questions.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    arguments = ("--queries", tmp_path / "questions.jsonl", "--answers", tmp_path / "answers.jsonl")
    ran = kb("search", *arguments, "--limit", str(LIMIT), home=home)
    assert ran.returncode == 0, ran.stderr
    answers = map(json.loads, (tmp_path / "answers.jsonl").read_text().splitlines())
    assert timeless({k: v for k, v in one.items() if k != "_id"} for one in answers) == expected


def test_the_command_asked_once(expected: list[Answer], home: Path, kb: Run) -> None:
    number = QUESTIONS.index("is there parking, we close in August")
    printed = kb("search", QUESTIONS[number], "--limit", str(LIMIT), "--json", home=home).stdout
    assert timeless([json.loads(printed)]) == expected[number : number + 1]


def test_the_batch(expected: list[Answer], served: Served) -> None:
    body = {"queries": [{"query": question, "limit": LIMIT} for question in QUESTIONS]}
    headers = {"Content-Type": "application/json"}
    sent = served.client.post("/v1/search/batch", content=json.dumps(body).encode(), headers=headers)
    assert timeless(sent.json()["answers"]) == expected


def test_the_python_client(expected: list[Answer], served: Served) -> None:
    async def awaited() -> list[Any]:
        async with AsyncClient(served.url) as kb:
            return [(await kb.search(text, limit=LIMIT)).body for text in map(whole, QUESTIONS)]

    with Client(served.url) as kb:
        several = [one.body for one in kb.search_many(map(whole, QUESTIONS), limit=LIMIT)]
        alone = [kb.search(text, limit=LIMIT) for text in map(whole, QUESTIONS)]
    assert timeless(several) == timeless(one.body for one in alone) == expected
    assert timeless(asyncio.run(awaited())) == expected
    for answer in alone:
        as_typed = [(r.passage_id, r.score, r.attribution.start, r.excerpt.marks) for r in answer.results]
        assert as_typed == [
            (
                r["passage_id"],
                r["score"],
                r["attribution"]["start"],
                tuple((start, end) for start, end in r["excerpt"]["marks"]),
            )
            for r in answer.body["results"]
        ]


@pytest.mark.skipif(NODE is None, reason="there is no node here")
def test_the_javascript_client(expected: list[Answer], served: Served) -> None:
    code = f"""
    import {{ createClient }} from {json.dumps((CLIENT / "index.js").as_uri())};
    const kb = createClient({json.dumps(served.url)});
    const questions = {json.dumps(QUESTIONS)};
    const answers = await kb.searchMany(questions, {{ limit: {LIMIT} }});
    for (const question of questions) answers.push(await kb.search(question, {{ limit: {LIMIT} }}));
    console.log(JSON.stringify(answers));
    """
    command = [NODE or "", "--input-type=module", "--eval", code]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert timeless(json.loads(ran.stdout)) == expected + expected


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_mcp(expected: list[Answer], served: Served, home: Path, transport: str) -> None:
    arguments = ["-m", "service.cli", "mcp", "--home", str(home)]
    stdio = StdioServerParameters(command=sys.executable, args=arguments)

    async def work(client: McpClient) -> list[Any]:
        asked = [{"query": whole(question), "limit": LIMIT} for question in QUESTIONS]
        found = [await client.call_tool("search", one) for one in asked]
        assert [json.loads(one.content[0].text) for one in found] == [one.structured_content for one in found]  # type: ignore[union-attr]
        return [one.structured_content for one in found]

    server = stdio if transport == "stdio" else f"{served.url}/mcp"
    assert timeless(asyncio.run(_with(server, work))) == expected


async def _with(server: StdioServerParameters | str, work: Callable[[McpClient], Awaitable[Any]]) -> Any:
    async with McpClient(server) as client:
        return await work(client)


def test_in_process(expected: list[Answer], home: Path) -> None:
    searcher = open_searcher(home)
    answers = [searcher.search(Query(whole(question), LIMIT)) for question in QUESTIONS]
    assert timeless(json.loads(json.dumps(answer_body(one, 0.0))) for one in answers) == expected


def restored(text: str, known: dict[str, Any]) -> Answer:
    """One result of an answer, from what a framework holds of it."""
    attribution = (
        "title", "source", "url", "link", "headings", "page", "author", "published", "modified", "licence",
        "language", "start", "end",
    )  # fmt: skip
    return {
        **{key: known[key] for key in ("rank", "score", "document_id", "passage_id", "more")},
        "excerpt": {"text": text, "marks": known["marks"]},
        "attribution": {key: known[key] for key in attribution},
    }


def check(found: list[tuple[str, dict[str, Any]]], answer: Answer, noticed: bool = True) -> None:
    """Texts with their metadata against the answer, which stands whole in each one's metadata, but for its
    notices where they are not `noticed` there."""
    assert [restored(text, known) for text, known in found] == answer["results"]
    for _, known in found:
        for key in ("verdict", "suggestion", "generation", "degraded"):
            assert known[key] == answer[key]
        if noticed:
            assert known["notices"] == answer["notices"]


@pytest.mark.parametrize("place", ["service", "folder"])
def test_langchain(expected: list[Answer], served: Served, home: Path, place: str) -> None:
    from kb_client.langchain import KbRetriever

    where = {"url": served.url} if place == "service" else {"home": str(home)}
    retriever = KbRetriever(**where, limit=LIMIT)
    for question, answer in zip(map(whole, QUESTIONS), expected, strict=True):
        check([(one.page_content, one.metadata) for one in retriever.invoke(question)], answer)


@pytest.mark.parametrize("place", ["service", "folder"])
def test_llama_index(expected: list[Answer], served: Served, home: Path, place: str) -> None:
    from kb_client.llama_index import KbRetriever

    where = {"url": served.url} if place == "service" else {"home": str(home)}
    retriever = KbRetriever(**where, limit=LIMIT)
    for question, answer in zip(map(whole, QUESTIONS), expected, strict=True):
        check([(one.text, one.metadata) for one in retriever.retrieve(question)], answer)


@pytest.mark.parametrize("place", ["service", "folder"])
def test_haystack(expected: list[Answer], served: Served, home: Path, place: str) -> None:
    from kb_client.haystack import KbRetriever

    where = {"url": served.url} if place == "service" else {"home": str(home)}
    retriever = KbRetriever(**where, limit=LIMIT)
    for question, answer in zip(map(whole, QUESTIONS), expected, strict=True):
        check([(one.content, one.meta) for one in retriever.run(question)["documents"]], answer)


def test_dify(expected: list[Answer], served: Served) -> None:
    setting = {"top_k": LIMIT, "score_threshold": 0.0}
    for question, answer in zip(map(whole, QUESTIONS), expected, strict=True):
        body = {"knowledge_id": "default", "query": question, "retrieval_setting": setting}
        records = served.client.post("/retrieval", json=body).json()["records"]
        notices = [one["metadata"]["notice"] for one in records if "notice" in one["metadata"]]
        found = records[len(notices) :]
        assert notices == answer["notices"]
        check([(one["content"], one["metadata"]) for one in found], answer, noticed=False)
        assert [one["title"] for one in found] == [r["attribution"]["title"] for r in answer["results"]]


def test_the_control_another_limit_is_noticed(expected: list[Answer], home: Path) -> None:
    searcher = open_searcher(home)
    answers = [searcher.search(Query(whole(question), LIMIT - 1)) for question in QUESTIONS[:3]]
    assert timeless(json.loads(json.dumps(answer_body(one, 0.0))) for one in answers) != expected[:3]
