"""The retrievers for LangChain, LlamaIndex and Haystack: over a real service, and over a folder."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kb_client import Answer, Client, KbError

from tests.service.process import Served

os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"  # read when it is imported; nothing here calls out
os.environ["LANGSMITH_TRACING"] = "false"

QUESTION = "can't sleep before exams"
CRISIS = "I want to kill myself"


@pytest.fixture(scope="module")
def served(practice: Path) -> Iterator[Served]:
    with Served(practice) as served:
        yield served


@pytest.fixture(params=["service", "folder"])
def place(request: pytest.FixtureRequest, practice: Path, served: Served) -> dict[str, Any]:
    return {"url": served.url} if request.param == "service" else {"home": str(practice)}


def expected(served: Served, question: str, **others: Any) -> Answer:
    with Client(served.url) as kb:
        return kb.search(question, **others)


def check(found: list[tuple[str, str, float, dict[str, Any]]], answer: Answer) -> None:
    """What a framework was given against the client's answer: (id, text, score, metadata) of each."""
    assert [(id, text, score) for id, text, score, _ in found] == [
        (one.passage_id, one.excerpt.text, one.score) for one in answer.results
    ]
    for (_, _, _, known), one in zip(found, answer.results, strict=True):
        assert known["rank"] == one.rank
        assert known["document_id"] == one.document_id
        assert (known["start"], known["end"]) == (one.attribution.start, one.attribution.end)
        assert known["title"] == one.attribution.title
        assert known["verdict"] == answer.verdict
        assert len(known["notices"]) == len(answer.notices)
        assert json.loads(json.dumps(known)) == known


@pytest.mark.parametrize("question", [QUESTION, CRISIS])
def test_langchain(place: dict[str, Any], served: Served, question: str) -> None:
    from kb_client.langchain import KbRetriever

    retriever = KbRetriever(**place, limit=3)
    answer = expected(served, question, limit=3)
    for documents in (retriever.invoke(question), asyncio.run(retriever.ainvoke(question))):
        check([(d.id or "", d.page_content, d.metadata["score"], d.metadata) for d in documents], answer)
    assert retriever.answer(question).verdict == answer.verdict


def test_langchain_in_a_chain_and_in_a_batch(served: Served) -> None:
    from kb_client.langchain import KbRetriever
    from langchain_core.runnables import RunnableLambda

    chain = KbRetriever(url=served.url, limit=1) | RunnableLambda(lambda found: found[0].metadata["title"])
    assert chain.batch([QUESTION, "is there parking"]) == ["Sleeping badly", "The waiting room"]


@pytest.mark.parametrize("question", [QUESTION, CRISIS])
def test_llama_index(place: dict[str, Any], served: Served, question: str) -> None:
    from kb_client.llama_index import KbRetriever
    from llama_index.core.schema import MetadataMode

    retriever = KbRetriever(**place, limit=3)
    answer = expected(served, question, limit=3)
    for nodes in (retriever.retrieve(question), asyncio.run(retriever.aretrieve(question))):
        check([(n.node_id, n.text, n.score or 0.0, n.metadata) for n in nodes], answer)
        read = nodes[0].node.get_content(MetadataMode.LLM)
        assert answer.results[0].attribution.title in read
        assert "generation" not in read


@pytest.mark.parametrize("question", [QUESTION, CRISIS])
def test_haystack(place: dict[str, Any], served: Served, question: str) -> None:
    from haystack import Pipeline
    from kb_client.haystack import KbRetriever

    pipeline = Pipeline()
    pipeline.add_component("kb", KbRetriever(**place, limit=3))
    written = pipeline.to_dict()
    pipeline = Pipeline.from_dict(written, allowed_modules=["kb_client.haystack"])
    answer = expected(served, question, limit=3)
    told = [
        pipeline.run({"kb": {"query": question}})["kb"],
        asyncio.run(KbRetriever(**place, limit=3).run_async(question)),
    ]
    for documents in (one["documents"] for one in told):
        check([(d.id, d.content or "", d.score or 0.0, d.meta) for d in documents], answer)


def test_haystack_writes_down_no_key(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from haystack.utils import Secret
    from kb_client.haystack import KbRetriever

    monkeypatch.setenv("KB_KEY", "k-secret")
    written = KbRetriever(served.url, Secret.from_env_var("KB_KEY")).to_dict()
    assert "k-secret" not in json.dumps(written)
    assert KbRetriever.from_dict(written).answer(QUESTION).results


def test_settings_go_with_every_question(place: dict[str, Any], served: Served) -> None:
    from kb_client.langchain import KbRetriever

    retriever = KbRetriever(**place, mode="lexical", filters={"tags": ["fees"]}, limit=2)
    answer = expected(served, "receipt", mode="lexical", filters={"tags": ["fees"]}, limit=2)
    found = retriever.invoke("receipt")
    check([(d.id or "", d.page_content, d.metadata["score"], d.metadata) for d in found], answer)
    staff = KbRetriever(**place, collection="staff").invoke("alarm code")
    assert [one.metadata["document_id"] for one in staff] == ["staff-1"]


def test_a_refusal_is_the_clients(place: dict[str, Any]) -> None:
    from kb_client.langchain import KbRetriever

    with pytest.raises(KbError) as refused:
        KbRetriever(**place, limit=0).invoke(CRISIS)
    assert (refused.value.status, refused.value.field) == (422, "limit")
    assert refused.value.notices[0].kind == "crisis"


def test_one_place_is_named() -> None:
    from kb_client.langchain import KbRetriever

    with pytest.raises(ValueError, match="url"):
        KbRetriever().invoke(QUESTION)
    assert "k-secret" not in repr(KbRetriever(url="http://127.0.0.1:1", key="k-secret"))
