"""`kb mcp`, asked by the official client."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

from tests.conftest import Run


def asked(home: Path, work: Callable[[Client], Awaitable[Any]]) -> Any:
    """What a client gets from a server process of its own."""
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "service.cli", "mcp", "--home", str(home)]
    )

    async def run() -> Any:
        async with Client(command) as client:
            return await work(client)

    return asyncio.run(run())


def body(result: Any) -> dict[str, Any]:
    assert not result.is_error, result.content
    content: dict[str, Any] = json.loads(result.content[0].text)
    return content


def test_the_tools_say_that_they_only_read_and_what_they_take(practice: Path) -> None:
    async def work(client: Client) -> Any:
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asked(practice, work)}
    assert set(tools) == {"search", "read", "collections"}
    for tool in tools.values():
        assert tool.annotations.read_only_hint is True
        assert tool.description
        for field in tool.input_schema.get("properties", {}).values():
            assert field["description"]


def test_a_search_gives_what_the_command_gives(practice: Path, kb: Run) -> None:
    question = "can't sleep before exams"

    async def work(client: Client) -> Any:
        return await client.call_tool("search", {"query": question, "limit": 3})

    answer = body(asked(practice, work))
    printed = json.loads(kb("search", question, "--limit", "3", "--json", home=practice).stdout)
    for one in (answer, printed):
        del one["took_ms"]
    assert answer == printed
    assert answer["results"][0]["attribution"]["title"] == "Sleeping badly"


def test_a_result_is_read_on_in_its_document(practice: Path) -> None:
    async def work(client: Client) -> Any:
        found = body(await client.call_tool("search", {"query": "how much is a session"}))["results"][0]
        said = found["attribution"]
        part = {"document_id": found["document_id"], "start": said["start"]}
        return found, body(await client.call_tool("read", part))

    found, part = asked(practice, work)
    assert part["text"].startswith(found["excerpt"]["text"])
    assert part["next"] is None


def test_the_collections_are_named(practice: Path) -> None:
    async def work(client: Client) -> Any:
        return body(await client.call_tool("collections", {}))

    assert "default" in [one["name"] for one in asked(practice, work)["collections"]]


def test_a_mistake_is_told_and_the_server_goes_on(practice: Path) -> None:
    async def work(client: Client) -> Any:
        empty = await client.call_tool("search", {"query": "  "})
        unknown = await client.call_tool("read", {"document_id": "nowhere"})
        return empty, unknown, body(await client.call_tool("search", {"query": "fees"}))

    empty, unknown, answer = asked(practice, work)
    assert empty.is_error
    assert "the question is empty" in empty.content[0].text
    assert unknown.is_error
    assert "There is no document nowhere" in unknown.content[0].text
    assert answer["results"]
