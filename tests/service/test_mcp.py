"""The knowledge base as an MCP server, asked by the official client: on stdio, and at `/mcp`."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from starlette.testclient import TestClient

from kb.keys import Keys
from tests.conftest import ROOT, Run
from tests.service.process import Served

Work = Callable[[Client], Awaitable[Any]]
Asked = Callable[[Work], Any]


@pytest.fixture(scope="module")
def served(practice: Path) -> Iterator[Served]:
    with Served(practice) as served:
        yield served


@pytest.fixture(params=["stdio", "http"])
def asked(request: pytest.FixtureRequest, practice: Path, served: Served) -> Asked:
    """What a client gets, from a server process of its own or from the service."""
    if request.param == "http":
        return lambda work: answered(f"{served.url}/mcp", work)
    arguments = ["-m", "service.cli", "mcp", "--home", str(practice)]
    return lambda work: answered(StdioServerParameters(command=sys.executable, args=arguments), work)


def answered(server: StdioServerParameters | str, work: Work) -> Any:
    async def run() -> Any:
        async with Client(server) as client:
            return await work(client)

    return asyncio.run(run())


def body(result: Any) -> dict[str, Any]:
    assert not result.is_error, result.content
    content: dict[str, Any] = json.loads(result.content[0].text)
    assert content == result.structured_content
    return content


def test_the_tools_say_that_they_only_read_and_what_they_take(asked: Asked) -> None:
    async def work(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asked(work)}
    assert set(tools) == {"search", "read", "collections"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint is True
        assert tool.description
        for field in tool.input_schema.get("properties", {}).values():
            assert field["description"]
        for field in tool.output_schema["properties"].values():
            assert field["description"]


def test_a_search_gives_what_the_command_gives(asked: Asked, practice: Path, kb: Run) -> None:
    question = "can't sleep before exams"

    async def work(client: Client) -> Any:
        return await client.call_tool("search", {"query": question, "limit": 3})

    answer = body(asked(work))
    printed = json.loads(kb("search", question, "--limit", "3", "--json", home=practice).stdout)
    for one in (answer, printed):
        del one["took_ms"]
    assert answer == printed
    assert answer["results"][0]["attribution"]["title"] == "Sleeping badly"


def test_a_result_is_read_on_in_its_document(asked: Asked) -> None:
    async def work(client: Client) -> Any:
        found = body(await client.call_tool("search", {"query": "how much is a session"}))["results"][0]
        said = found["attribution"]
        part = {"document_id": found["document_id"], "start": said["start"]}
        return found, body(await client.call_tool("read", part))

    found, part = asked(work)
    assert part["text"].startswith(found["excerpt"]["text"])
    assert part["next"] is None


def test_the_collections_are_named(asked: Asked) -> None:
    async def work(client: Client) -> Any:
        return body(await client.call_tool("collections", {}))

    assert "default" in [one["name"] for one in asked(work)["collections"]]


def test_a_mistake_is_told_and_the_server_goes_on(asked: Asked) -> None:
    async def work(client: Client) -> Any:
        empty = await client.call_tool("search", {"query": "  "})
        unknown = await client.call_tool("read", {"document_id": "nowhere"})
        return empty, unknown, body(await client.call_tool("search", {"query": "fees"}))

    empty, unknown, answer = asked(work)
    assert empty.is_error
    assert "the question is empty" in empty.content[0].text
    assert unknown.is_error
    assert "There is no document nowhere" in unknown.content[0].text
    assert answer["results"]


def test_the_part_around_a_passage_is_read(asked: Asked) -> None:
    async def work(client: Client) -> Any:
        found = body(await client.call_tool("search", {"query": "cancel late"}))["results"][0]
        place = {"document_id": found["document_id"], "passage_id": found["passage_id"]}
        gone = await client.call_tool("read", {**place, "passage_id": "0" * 16})
        return found, body(await client.call_tool("read", place)), gone

    found, part, gone = asked(work)
    said = found["attribution"]
    assert part["start"] <= said["start"] < said["end"] <= part["end"]
    within = said["start"] - part["start"]
    assert part["text"][within:].startswith(found["excerpt"]["text"])
    assert gone.is_error
    assert "Search again" in gone.content[0].text


def test_a_crisis_is_noticed(asked: Asked) -> None:
    async def work(client: Client) -> Any:
        return body(await client.call_tool("search", {"query": "I want to kill myself"}))

    assert asked(work)["notices"][0]["kind"] == "crisis"


def test_the_service_takes_no_stream_no_other_page_and_no_large_body(client: TestClient) -> None:
    assert client.get("/mcp").status_code == 405
    assert client.delete("/mcp").status_code == 405
    for origin in ("https://elsewhere.example", "http://[", "null", "http://"):
        assert client.post("/mcp", headers={"Origin": origin}, json={}).status_code == 403, origin
    refused = client.post("/mcp", content=b" " * 20_000)
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"


def test_the_service_imports_the_library_only_when_it_is_asked(practice: Path) -> None:
    code = """
import sys
from tests.conftest import serving
from pathlib import Path
with serving(Path(sys.argv[1])) as client:
    client.post("/v1/search", json={"query": "fees"})
    before = "mcp.server" in sys.modules
    client.post("/mcp", json={})
    after = "mcp.server" in sys.modules
print(before, after)
"""
    ran = subprocess.run([sys.executable, "-c", code, practice], cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout.splitlines()[-1:] == ["False True"], ran.stderr


def test_what_is_asked_is_not_logged(served: Served) -> None:
    async def work(client: Client) -> Any:
        await client.call_tool("search", {"query": "canary zanzibar"})
        await client.call_tool("search", {"query": "canary zanzibar " * 60})
        await client.call_tool("search", {"query": "canary zanzibar", "limit": "canary"})
        await client.call_tool("canary", {"query": "canary zanzibar"})

    answered(f"{served.url}/mcp", work)
    assert "canary" not in json.dumps(served.log)
    assert any(entry.get("route") == "/mcp" for entry in served.log)


def test_a_key_sees_its_own_collection_alone(home: Path) -> None:
    token = Keys(home / ".kb").create("search", "staff")[1]

    async def run(url: str, headers: dict[str, str]) -> Any:
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            found = body(await client.call_tool("search", {"query": "alarm code"}))
            named = body(await client.call_tool("collections", {}))
            others = await client.call_tool("search", {"query": "fees", "collection": "default"})
            read = await client.call_tool("read", {"document_id": "site/fees.md", "collection": "default"})
            return found, named, others, read

    with Served(home) as served:
        assert served.client.post("/mcp", json={}).status_code == 401
        found, named, others, read = asyncio.run(run(served.url, {"Authorization": f"Bearer {token}"}))
        records = {"knowledge_id": "staff", "query": "alarm code", "retrieval_setting": {"top_k": 3}}
        assert served.client.post("/retrieval", json=records).status_code == 401
        bearing = {"Authorization": f"Bearer {token}"}
        assert served.client.post("/retrieval", json=records, headers=bearing).json()["records"]
        records["knowledge_id"] = "default"
        assert served.client.post("/retrieval", json=records, headers=bearing).json()["error_code"] == 2001
    assert [one["document_id"] for one in found["results"]] == ["staff-1"]
    assert [one["name"] for one in named["collections"]] == ["staff"]
    for refused in (others, read):
        assert refused.is_error
        assert refused.content[0].text.endswith("There is no collection named default")
