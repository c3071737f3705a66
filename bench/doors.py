"""`python -m bench.doors`: what keys and limits cost a request, how quick a stream of documents is against
`kb ingest`, what a collection holds in memory, what `kb search` imports, here and in another checkout, and
whether the time of a key's comparison tells how much of it was right.

Figures of time are for a quiet machine; `gate` and `imports` tell processor time too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import operator
import os
import random
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import httpx2
import numpy as np
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench import processes
from bench.sets import ROOT
from index import generation
from index.generation import ModelStamp
from index.types import Vectors
from kb.config import Config
from kb.ingest import put
from kb.keys import KeyRing, Keys, Rate
from kb.types import Attribution, Document, Section
from service.gate import Doorkeeper, Gate
from service.knowledge import open_knowledge
from service.logs import request_id
from service.settings import settings

_REQUESTS: Final = 20_000
_DOCUMENTS: Final = 1_000
_COLLECTIONS: Final = 100
_PASSAGES: Final = 1_000
_WORDS: Final = 5_000  # of the made-up language of the collections
_QUESTIONS: Final = ("w17 w170 w1700", "w3 w30 w300", "what is w1 to w2500")
_STARTS: Final = 20
_COMPARES: Final = 100_000  # of each kind
_LETTERS: Final = string.ascii_letters + string.digits + "-_"
_SEARCH: Final = (
    "index.types",
    "service.bodies",
    "service.incoming",
    "service.knowledge",
    "service.terminal",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a figure a line."""
    parser = argparse.ArgumentParser(prog="python -m bench.doors")
    parser.add_argument("--only", choices=("gate", "bulk", "memory", "imports", "compare"))
    parser.add_argument("--against", type=Path, help="another checkout, for the imports")
    options = parser.parse_args(arguments)
    measures: dict[str, Callable[[Path], object]] = {
        "gate": _gate,
        "bulk": _bulk,
        "memory": _memory,
        "imports": lambda folder: _imports(options.against, folder),
        "compare": _compare,
    }
    for name, measure in measures.items():
        if options.only in (None, name):
            with tempfile.TemporaryDirectory() as folder:
                print(json.dumps({name: measure(Path(folder))}), flush=True)
    return 0


def _gate(home: Path) -> dict[str, float]:
    """Milliseconds of a request through the gate beyond one that goes past it, with a hundred keys."""
    keys = Keys(home / ".kb")
    token = [keys.create("search", f"c{n}", rate=Rate(1_000_000, 60))[1] for n in range(100)][50]

    async def app(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    gate = Gate(app, Doorkeeper(Config(home), KeyRing(home / ".kb"), near_only=False), request_id)
    headers = [(b"host", b"kb.example"), (b"authorization", f"Bearer {token}".encode())]

    async def times(door: ASGIApp) -> tuple[list[float], float]:
        took: list[float] = []
        began = time.process_time()
        for _ in range(_REQUESTS):
            scope = {
                "type": "http",
                "method": "POST",
                "path": "/v1/search",
                "headers": headers,
                "client": ("203.0.113.9", 5),
                "state": {},
            }
            started = time.perf_counter()
            await door(scope, _nothing, _ignore)
            took.append((time.perf_counter() - started) * 1000)
        return took, (time.process_time() - began) * 1000 / _REQUESTS

    (past, past_cpu), (through, through_cpu) = asyncio.run(times(app)), asyncio.run(times(gate))
    return {
        "p50_ms": round(statistics.median(through) - statistics.median(past), 4),
        "processor_ms": round(through_cpu - past_cpu, 4),
    }


async def _nothing() -> Message:
    """A body that is empty."""
    return {"type": "http.request"}


async def _ignore(message: Message) -> None:
    """Takes an answer, and does nothing with it."""


def _bulk(folder: Path) -> dict[str, float]:
    """Seconds until all documents of a file can be found, by `kb ingest` and sent to a running service."""
    lines = folder / "documents.jsonl"
    texts = _language(np.random.default_rng(7), _DOCUMENTS, 100)
    records = [{"_id": f"d{n}", "title": f"Note {n}", "text": text} for n, text in enumerate(texts)]
    lines.write_text("".join(json.dumps(one) + "\n" for one in records))
    seconds: dict[str, float] = {}
    (folder / "first.txt").write_text("A document, so that there is an index.")
    for name in ("ingest", "service"):
        home = folder / name
        home.mkdir()
        (home / "kb.toml").write_text("")
        processes.run([*processes.KB, "ingest", str(folder / "first.txt"), "--home", str(home)])
    seconds["ingest_s"] = processes.run(
        [*processes.KB, "ingest", str(lines), "--home", str(folder / "ingest")]
    ).seconds
    port = processes.free_port()
    command = [*processes.KB, "serve", "--home", str(folder / "service"), "--port", str(port)]
    with processes.serving(command, port) as served:
        started = time.perf_counter()
        url = f"http://127.0.0.1:{served.port}/v1/documents?wait=true"
        answer = httpx2.post(url, content=lines.read_bytes(), timeout=600)
        seconds["service_s"] = time.perf_counter() - started
    assert answer.text.count('"added"') == _DOCUMENTS, answer.text[:300]
    return {**seconds, "speed": round(seconds["ingest_s"] / seconds["service_s"], 2)}


class _MadeUp:
    """An encoder that takes no time: vectors of a model's size and name, by chance."""

    window = 256

    def __init__(self, model: ModelStamp) -> None:
        self.fingerprint, self.dimensions = model.fingerprint, model.dimensions
        self._chance = np.random.default_rng(7)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + 2 for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = self._chance.standard_normal((len(texts), self.dimensions)).astype(np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _memory(home: Path) -> dict[str, float]:
    """Megabytes that a service holds, and for each collection of a thousand passages that is searched, with
    a hundred of them and a key for each. A process of its own: one that made them has memory left over."""
    tokens = _tenants(home)
    port = processes.free_port()
    command = [*processes.KB, "serve", "--home", str(home), "--port", str(port)]
    with processes.serving(command, port) as served:
        held = [served.memory()]
        for name, token in tokens.items():
            for question in _QUESTIONS:
                answer = httpx2.post(
                    f"http://127.0.0.1:{port}/v1/search",
                    json={"query": question},
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=60,
                )
                assert answer.json()["results"], (name, answer.text[:300])
            held.append(served.memory())
    return {
        "collections": len(tokens),
        "passages": _PASSAGES,
        "before_mb": round(held[0], 1),
        "first_mb": round(held[1] - held[0], 1),
        "each_mb": round((held[-1] - held[1]) / (len(tokens) - 1), 2),
        "all_mb": round(held[-1], 1),
    }


def _tenants(home: Path) -> dict[str, str]:
    """A knowledge base of a hundred collections; gives each one's key."""
    (home / "kb.toml").write_text("")
    with open_knowledge(settings(home)).writer() as writer:
        model = ModelStamp(writer.model.name, writer.model.fingerprint, writer.model.dimensions)
        encoder = _MadeUp(model)
        for number in range(_COLLECTIONS):
            texts = _language(np.random.default_rng(number), _PASSAGES, 100)
            put(writer.catalogue, encoder, [_document(f"c{number}", n, text) for n, text in enumerate(texts)])
        generation.make(writer.catalogue, model, home / ".kb")
    keys = Keys(home / ".kb")
    return {f"c{number}": keys.create("search", f"c{number}")[1] for number in range(_COLLECTIONS)}


def _imports(against: Path | None, compiled: Path) -> dict[str, dict[str, float]]:
    """Milliseconds of importing `service.cli`, and all that `kb search` imports, in processes of their own:
    the medians of runs by turns in this checkout and the other, compiled before as an installed one is."""
    ways = {"cli": "import service.cli", "search": f"import service.cli, {', '.join(_SEARCH)}"}
    roots = {"here": ROOT} | ({} if against is None else {"against": against.resolve()})
    took: dict[str, list[list[float]]] = {f"{way} {root}": [] for way in ways for root in roots}
    for _ in range(_STARTS):
        for way, code in ways.items():
            for name, root in roots.items():
                took[f"{way} {name}"].append(_imported(code, root, compiled))
    names = ("wall_ms", "processor_ms", "modules")
    return {
        which: {name: round(statistics.median(run[n] for run in runs[1:]), 1) for n, name in enumerate(names)}
        for which, runs in took.items()
    }


def _imported(code: str, root: Path, compiled: Path) -> list[float]:
    """Milliseconds by the clock, milliseconds of the processor, modules."""
    code = (
        "import sys, time; wall, processor = time.perf_counter(), time.process_time()\n"
        f"{code}\n"
        "wall, processor = time.perf_counter() - wall, time.process_time() - processor\n"
        "print(wall * 1000, processor * 1000, len(sys.modules))"
    )
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONPYCACHEPREFIX": str(compiled)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True, check=True
    )
    return [float(one) for one in ran.stdout.split()]


def _compare(home: Path) -> dict[str, float]:
    """Welch's t between the times of keys that are wrong in their first place and in their last, of a key
    that exists; beyond 4.5 they are told apart (Reparaz et al. 2017, dudect). The slowest fifth, in which
    the machine did something else, is left out. The control compares place by place and stops."""
    _, token = Keys(home / ".kb").create("search", "default")
    ring = KeyRing(home / ".kb")
    return {
        "compares": _COMPARES,
        "t": round(_told_apart(ring.find, token), 2),
        "control_t": round(_told_apart(lambda key: all(map(operator.eq, key, token)), token), 2),
    }


def _told_apart(compare: Callable[[str], object], token: str) -> float:
    places = len(token) - 43, len(token) - 1  # what comes before is the id, which is no secret
    times: tuple[list[int], list[int]] = ([], [])
    chance = random.Random(7)
    for _ in range(2 * _COMPARES):
        late = chance.random() < 0.5
        place = places[late]
        # A string of its own each time, made alike: where one lies in memory counts for more than its words.
        letters = bytearray(token, "ascii")
        letters[place] = ord(chance.choice(_LETTERS.replace(token[place], "")))
        key = letters.decode()
        started = time.perf_counter_ns()
        compare(key)
        times[late].append(time.perf_counter_ns() - started)
    kept = [sorted(one)[: len(one) * 4 // 5] for one in times]
    means = [statistics.fmean(one) for one in kept]
    errors = [statistics.variance(one, mean) / len(one) for one, mean in zip(kept, means, strict=True)]
    return (means[1] - means[0]) / math.sqrt(sum(errors))


def _document(collection: str, number: int, text: str) -> Document:
    section = Section((), None, 0, len(text))
    return Document(f"d{number}", collection, text, (section,), Attribution(f"Note {number}", "bench"))


def _language(chance: np.random.Generator, texts: int, words: int) -> list[str]:
    """Texts of made-up words, few of them often and most of them seldom, as in a language."""
    drawn = np.minimum(chance.zipf(1.3, (texts, words)), _WORDS)
    return [" ".join(f"w{word}" for word in row) + "." for row in drawn]


if __name__ == "__main__":
    raise SystemExit(main())
