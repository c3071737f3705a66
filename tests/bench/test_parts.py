from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from bench import sets
from bench.baseline import Baseline, fused
from bench.client import ask
from bench.processes import free_port, serving
from bench.speed import Figure
from index.evaluate import JudgedQuery


def test_rank_fusion_gives_one_over_sixty_and_the_rank_from_each_ranking() -> None:
    dense, lexical = [(7, 0.9), (3, 0.8)], [(3, 11.0), (5, 2.0)]
    assert fused([dense, lexical]) == [(3, 1 / 62 + 1 / 61), (7, 1 / 61), (5, 1 / 62)]


def test_the_baseline_ranks_documents_by_their_best_passage() -> None:
    texts = ["fees and insurance", "how to find us", "a fee is due at the visit"]
    baseline = Baseline(texts, ["fees", "map", "fees"], np.eye(3, 4, dtype=np.float32))
    vector = np.array([0.25, 0.5, 0.75, 0], np.float32)
    assert baseline.documents("fees", vector, "dense") == [("fees", 0.75), ("map", 0.5)]
    assert [document for document, _ in baseline.documents("fees", vector, "lexical")] == ["fees"]
    assert baseline.documents("?", vector, "lexical") == []


def test_a_span_with_a_heading_is_words_and_another_is_a_pattern() -> None:
    words = sets.span_of(JudgedQuery("q", "research", {"span": "(Wampold 2015)", "heading": "Why"}))
    pattern = sets.span_of(JudgedQuery("q", "age", {"span": r"1\d\+"}))
    assert words == re.compile(r"\(Wampold\s+2015\)")
    assert pattern is not None
    assert pattern.search("from 12+ years")
    assert sets.span_of(JudgedQuery("q", "parking", {"span": None})) is None


def test_a_part_of_a_set_holds_every_relevant_document_and_is_the_same_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "shared" / "eval" / "medquad"
    folder.mkdir(parents=True)
    lines = [json.dumps({"_id": f"d{n}", "text": f"about {n}"}) for n in range(50)]
    (folder / "corpus.jsonl").write_text("\n".join(lines))
    queries = [json.dumps({"_id": f"q{n}", "text": f"what is {n}"}) for n in range(20)]
    (folder / "queries.jsonl").write_text("\n".join(queries))
    (folder / "qrels.tsv").write_text("".join(f"q{n}\td{2 * n}\t1\n" for n in range(20)))

    def part() -> tuple[list[str], set[str]]:
        found = sets.load("medquad", tmp_path / "shared", tmp_path, sets.Sample(documents=12, queries=5))
        corpus = found.sources[0][1].read_text().splitlines()
        return [query.id for query in found.queries], {json.loads(line)["_id"] for line in corpus}

    queries_kept, documents = part()
    assert (len(queries_kept), len(documents)) == (5, 12)
    assert {f"d{2 * int(query[1:])}" for query in queries_kept} <= documents
    assert part() == (queries_kept, documents)


def test_a_time_is_better_when_it_is_less_and_a_rate_when_it_is_more() -> None:
    time = Figure("a request", "ms", (4, 5, 9), (20, 15), at_most=6, times_better=3)
    assert (time.median, time.ratio, time.holds) == (5, 3.5, True)
    rate = Figure("answers", "/s", (60,), (30,), higher_is_better=True, times_better=3)
    assert (rate.ratio, rate.holds) == (2, False)
    assert Figure("start", "s", (1,)).holds is None


@pytest.mark.parametrize("clients", [1, 4])
def test_the_client_asks_every_question_once_and_counts_refusals(clients: int) -> None:
    port, asked = free_port(), list[str]()
    ready, done = threading.Event(), threading.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await reader.readline():
            while (line := await reader.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length"):
                    length = int(line.split(b":")[1])
            asked.append(json.loads(await reader.readexactly(length))["query"])
            status = b"503 Busy" if asked[-1] == "refused" else b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\n\r\n{}")
            assert head.startswith(b"POST /v1/search ")

    async def serve() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", port):
            ready.set()
            while not done.is_set():
                await asyncio.sleep(0.01)

    serving = threading.Thread(target=lambda: asyncio.run(serve()))
    serving.start()
    assert ready.wait(5)
    questions = [f"question {n}" for n in range(9)] + ["refused"]
    load = ask(port, questions, clients)
    done.set()
    serving.join(5)
    assert sorted(asked) == sorted(questions)
    assert (len(load.milliseconds), load.failed) == (10, 1)


def test_a_service_that_was_measured_is_gone_afterwards() -> None:
    page = (
        "import http.server, sys\n"
        "class Ready(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(200)\n"
        "        self.end_headers()\n"
        "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), Ready).serve_forever()\n"
    )
    port = free_port()
    with serving([sys.executable, "-c", page, str(port)], port) as served:
        assert served.memory() > 1
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
        pass
