"""How fast and how large: ours and the baseline's, by turns in one run on the same machine."""

from __future__ import annotations

import html
import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from bench import baseline_service, ours
from bench.baseline import Baseline, TorchEncoder, passages_of
from bench.client import Load, ask, write
from bench.ours import Model, RememberingEncoder, VectorStore
from bench.plain import added
from bench.processes import KB, Served, free_port, run, serving
from index import generation
from index.evaluate import read_queries
from index.generation import ModelStamp
from index.types import Encoder, Vectors
from kb.catalogue import Catalogue
from kb.errors import KnowledgeBaseError
from kb.ingest import ingest, put
from kb.limits import Limits
from kb.lock import writing
from kb.passages import cut
from kb.readers.jsonl import document_from
from kb.storage import FILE_NAME
from kb.types import Document

Log = Callable[[str], None]
_WRITES: Final = 30


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured. `passages` in the knowledge base that is asked, `many` in the large one."""

    passages: int = 10_000
    many: int = 100_000
    repeats: int = 5
    requests: int = 400  # of one client, a repeat; the baseline is asked a quarter of them
    ingested: int = 300  # documents
    pages: int = 400


QUICK: Final = Scale(passages=1_000, many=10_000, repeats=3, requests=100, ingested=60, pages=100)


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, each repeat a value. What it is held to is a bound, a ratio, or both:
    `at_most` for the median, `times_better` than the baseline's."""

    name: str
    unit: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...] = ()
    higher_is_better: bool = False
    at_most: float | None = None
    times_better: float | None = None

    @property
    def median(self) -> float:
        """Of ours."""
        return statistics.median(self.ours)

    @property
    def ratio(self) -> float | None:
        """How many times better ours is, by medians; None without a baseline."""
        if not self.baseline:
            return None
        theirs = statistics.median(self.baseline)
        return self.median / theirs if self.higher_is_better else theirs / self.median

    @property
    def holds(self) -> bool | None:
        """Whether it is as good as it is held to be; None where it is held to nothing."""
        bounds = [] if self.at_most is None else [self.median <= self.at_most]
        if self.times_better is not None and self.ratio is not None:
            bounds.append(self.ratio >= self.times_better)
        return all(bounds) if bounds else None


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every measurement needs."""

    shared: Path
    build: Path
    model: Model
    scale: Scale
    log: Log


def measure(only: Sequence[str], shared: Path, build: Path, scale: Scale, log: Log = print) -> list[Figure]:
    """Runs the measurements named in `only`, or all of them."""
    bench = _Bench(shared, build, ours.open_model(), scale, log)
    figures: list[Figure] = []
    for name, measurement in MEASUREMENTS.items():
        if not only or name in only:
            started = time.perf_counter()
            found = measurement(bench)
            log(f"{name}: {time.perf_counter() - started:.0f} s")
            for figure in found:
                log(f"  {figure.name}: {figure.median:.4g} {figure.unit} (baseline {figure.baseline})")
            figures += found
    return figures


# -- the measurements


def _cold(bench: _Bench) -> list[Figure]:
    home, folder = _knowledge_base(bench)
    asked = "What are the treatments for panic disorder?"
    mine = [run([*KB, "search", asked, "--json", "--home", str(home)]) for _ in range(bench.scale.repeats)]
    plain = [sys.executable, "-m", "bench.baseline_service", str(folder), asked]
    theirs = [run(plain) for _ in range(max(2, bench.scale.repeats // 2))]
    size = f"{bench.scale.passages:,} passages"
    return [
        Figure(
            f"a question on the command line, {size}",
            "s",
            tuple(one.seconds for one in mine),
            tuple(one.seconds for one in theirs),
            at_most=1.2,
        ),
        Figure(
            f"its memory, {size}",
            "MB",
            tuple(one.peak for one in mine),
            tuple(one.peak for one in theirs),
            at_most=300,
        ),
    ]


def _service(bench: _Bench) -> list[Figure]:
    home, folder = _knowledge_base(bench)
    pool = _questions(bench)
    port, other = free_port(), free_port()
    plain = [sys.executable, "-m", "bench.baseline_service", str(folder), str(other)]
    alone: list[tuple[Load, Load]] = []
    crowded: list[tuple[Load, Load]] = []
    with ExitStack() as services:
        mine = services.enter_context(serving([*KB, "serve", "--home", str(home), "--port", str(port)], port))
        theirs = services.enter_context(serving(plain, other))
        both = (mine, theirs)
        _ask_both(both, pool, 40, 1)  # to warm up
        for _ in range(bench.scale.repeats):
            alone.append(_ask_both(both, pool, bench.scale.requests, 1))
            crowded.append(_ask_both(both, pool, bench.scale.requests, 16))
        memory = (mine.memory(), theirs.memory())
    failed = sum(load.failed for pair in [*alone, *crowded] for load in pair)
    if failed:
        raise KnowledgeBaseError(f"{failed} requests were not answered with 200; the figures say nothing.")
    size = f"{bench.scale.passages:,} passages"
    return [
        _of_loads(f"request, one client, {size}, p50", alone, 0.50, at_most=10, times_better=3),
        _of_loads(f"request, one client, {size}, p95", alone, 0.95, at_most=25),
        _of_loads(f"request, 16 clients, {size}, p50", crowded, 0.50),
        _of_loads(f"request, 16 clients, {size}, p95", crowded, 0.95),
        Figure(
            f"answers a second, 16 clients, {size}",
            "/s",
            tuple(one.rate for one, _ in crowded),
            tuple(other.rate for _, other in crowded),
            higher_is_better=True,
            times_better=3,
        ),
        Figure(f"service memory after the load, {size}", "MB", memory[:1], memory[1:], at_most=400),
        Figure("service start until ready", "s", (mine.ready_seconds,), (theirs.ready_seconds,)),
    ]


def _written(bench: _Bench) -> list[Figure]:
    """What a service that is written to holds: each write makes an index anew."""
    home, _ = _knowledge_base(bench)
    with tempfile.TemporaryDirectory(dir=bench.build) as folder:
        copy, port = Path(folder) / "home", free_port()
        shutil.copytree(home, copy)
        with serving([*KB, "serve", "--home", str(copy), "--port", str(port)], port) as service:
            before = ask(port, list(islice(_questions(bench), bench.scale.requests)), 4)
            for number in range(_WRITES):
                write(port, f"written-{number}", "A page about sleep, of no more than these words.")
            after = ask(port, list(islice(_questions(bench), bench.scale.requests)), 4)
            memory = service.memory()
    if before.failed + after.failed:
        raise KnowledgeBaseError("Some requests were not answered with 200; the figure says nothing.")
    name = f"service memory after {_WRITES} writes, {bench.scale.passages:,} passages"
    return [Figure(name, "MB", (memory,), at_most=400)]


def _added(bench: _Bench) -> list[Figure]:
    """What is ours beyond two retrievers and their reciprocal rank fusion, in this process."""
    home, _ = _knowledge_base(bench)
    pool = _questions(bench)
    added(home, bench.model, list(islice(pool, 40)))  # to warm up
    asked = [list(islice(pool, bench.scale.requests)) for _ in range(bench.scale.repeats)]
    times = tuple(added(home, bench.model, questions) for questions in asked)
    name = f"time added to a hybrid question, {bench.scale.passages:,} passages, p50"
    return [Figure(name, "ms", times, at_most=5)]


def _ingest(bench: _Bench) -> list[Figure]:
    lines = (bench.shared / "eval" / "scifact-train" / "corpus.jsonl").read_text("utf-8").splitlines()
    torch = TorchEncoder()
    torch.encode_passages(["The first text of a process is slow."])
    mine: list[float] = []
    theirs: list[float] = []
    for repeat in range(min(3, bench.scale.repeats)):
        part = random.Random(repeat).sample(lines, bench.scale.ingested)
        with tempfile.TemporaryDirectory(dir=bench.build) as folder:
            corpus = Path(folder) / "corpus.jsonl"
            corpus.write_text("\n".join(part), "utf-8")
            started = time.perf_counter()
            data = Path(folder) / ".kb"
            with writing(data), Catalogue(data / FILE_NAME, write=True) as catalogue:
                report = ingest(catalogue, bench.model.encoder, [corpus])
                generation.make(catalogue, bench.model.stamp, data)
                mine.append(report.passages / (time.perf_counter() - started))
                texts, document_ids = passages_of(catalogue, "default")
        started = time.perf_counter()
        Baseline(texts, document_ids, torch.encode_passages(texts))
        theirs.append(len(texts) / (time.perf_counter() - started))
    return [
        Figure(
            f"ingest, {bench.scale.ingested} abstracts of scifact",
            "passages/s",
            tuple(mine),
            tuple(theirs),
            higher_is_better=True,
            times_better=3,
        )
    ]


def _generation(bench: _Bench) -> list[Figure]:
    """Reading the catalogue, writing and syncing all files; nothing is linked from an earlier one."""
    home, _ = _knowledge_base(bench)
    large = _large_catalogue(bench)
    scale = bench.scale
    small = _make_times(home / ".kb", bench.model.stamp, scale.repeats)
    many = _make_times(large, _STAND_IN, min(3, scale.repeats))
    return [
        Figure(f"generation of {scale.passages:,} passages", "s", small, at_most=1.5),
        Figure(f"generation of {scale.many:,} passages", "s", many, at_most=15),
    ]


def _unchanged(bench: _Bench) -> list[Figure]:
    """The whole command, the second time."""
    home = bench.build / "speed" / f"pages-{bench.scale.pages}"
    shutil.rmtree(home, ignore_errors=True)
    _write_pages(bench, home / "site")
    (home / "kb.toml").touch()
    command = [*KB, "ingest", str(home / "site"), "--json", "--home", str(home)]
    first = json.loads(run(command).output)
    if first["added"] != bench.scale.pages:
        raise KnowledgeBaseError(f"{first['added']} of {bench.scale.pages} pages were taken in.")
    again = [run(command) for _ in range(bench.scale.repeats)]
    embedded = tuple(float(json.loads(one.output)["embedded"]) for one in again)
    name = f"second ingest of {bench.scale.pages} unchanged pages"
    return [
        Figure(name, "s", tuple(one.seconds for one in again), at_most=3),
        Figure(f"{name}, passages embedded", "", embedded, at_most=0),
    ]


MEASUREMENTS: Final[dict[str, Callable[[_Bench], list[Figure]]]] = {
    "cold": _cold,
    "service": _service,
    "written": _written,
    "added": _added,
    "ingest": _ingest,
    "generation": _generation,
    "unchanged": _unchanged,
}


# -- what is measured


def _knowledge_base(bench: _Bench) -> tuple[Path, Path]:
    """A knowledge base of `scale.passages` passages, and the folder of the baseline's service.

    The baseline answers from the vectors of ours: how near they are does not change how long they take.
    """
    top = ours.folder_for(bench.build / "speed" / str(bench.scale.passages), bench.model)
    data, plain = top / ".kb", top / "baseline"
    if not (plain / "passages.json").exists():
        encoder = RememberingEncoder(bench.model.encoder, VectorStore(bench.build / "vectors.sqlite"))
        (top / "kb.toml").touch()
        with writing(data), Catalogue(data / FILE_NAME, write=True) as catalogue:
            _fill(catalogue, encoder, _documents(bench), bench.scale.passages, bench.log)
            generation.make(catalogue, bench.model.stamp, data)
            texts, document_ids = passages_of(catalogue, "default")
        baseline_service.save(plain, texts, document_ids, encoder.encode_passages(texts))
    return top, plain


class _StandInEncoder:
    """Vectors of no meaning, at once: for what only stores and copies them."""

    fingerprint = "stand-in"
    dimensions = 384
    window = 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [2 + int(1.3 * len(text.split())) for text in texts]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        rows = np.random.default_rng(len(texts)).standard_normal((len(texts), self.dimensions), np.float32)
        unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


_STAND_IN: Final = ModelStamp("stand-in", _StandInEncoder.fingerprint, _StandInEncoder.dimensions)


def _large_catalogue(bench: _Bench) -> Path:
    """A catalogue of `scale.many` passages with vectors, the same documents again under other titles."""
    data = ours.folder_for(bench.build / "speed" / f"many-{bench.scale.many}", bench.model) / ".kb"
    if not (data / "whole").exists():
        shutil.rmtree(data, ignore_errors=True)

        def editions() -> Iterator[Document]:
            for edition in range(1, 1000):
                for document in _documents(bench):
                    said = replace(document.attribution, title=f"{document.attribution.title} {edition}")
                    yield replace(document, id=f"{document.id}-{edition}", attribution=said)

        with writing(data), Catalogue(data / FILE_NAME, write=True) as catalogue:
            _fill(catalogue, _StandInEncoder(), editions(), bench.scale.many, bench.log)
        (data / "whole").touch()
    return data


def _fill(
    catalogue: Catalogue, encoder: Encoder, documents: Iterator[Document], passages: int, log: Log
) -> None:
    """Puts in documents until there are as many passages, to within one document's."""
    held = 0
    while held < passages:
        batch: list[Document] = []
        waiting = 0
        while held + waiting < passages and waiting < 2_000:
            document = next(documents)
            waiting += len(cut(document, encoder.count_tokens, encoder.window))
            batch.append(document)
        held += put(catalogue, encoder, batch).passages
        log(f"  {held:,} of {passages:,} passages")


def _documents(bench: _Bench) -> Iterator[Document]:
    path = bench.shared / "eval" / "medquad" / "corpus.jsonl"
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            document = document_from(json.loads(line), f"corpus.jsonl:{number}", Limits())
            yield replace(document, collection="default")


def _make_times(data: Path, stamp: ModelStamp, repeats: int) -> tuple[float, ...]:
    times: list[float] = []
    with writing(data), Catalogue(data / FILE_NAME, write=True) as catalogue:
        for _ in range(repeats):
            shutil.rmtree(data / "generations", ignore_errors=True)
            (data / "CURRENT").unlink(missing_ok=True)
            started = time.perf_counter()
            generation.make(catalogue, stamp, data)
            times.append(time.perf_counter() - started)
    return tuple(times)


def _questions(bench: _Bench) -> Iterator[str]:
    """Questions in a fixed order, none of them twice until all were asked."""
    folders = (bench.shared / "eval" / name for name in ("medquad", "scifact-train", "counsel-chat"))
    texts = sorted({query.text for folder in folders for query in read_queries(folder)})
    random.Random(0).shuffle(texts)
    while True:
        yield from texts


def _ask_both(
    services: tuple[Served, Served], pool: Iterator[str], requests: int, clients: int
) -> tuple[Load, Load]:
    mine, theirs = services
    return (
        ask(mine.port, list(islice(pool, requests)), clients),
        ask(theirs.port, list(islice(pool, max(requests // 4, 2 * clients))), clients),
    )


def _of_loads(
    name: str,
    loads: Sequence[tuple[Load, Load]],
    quantile: float,
    at_most: float | None = None,
    times_better: float | None = None,
) -> Figure:
    mine, theirs = (
        tuple(float(np.quantile(pair[side].milliseconds, quantile)) for pair in loads) for side in (0, 1)
    )
    return Figure(name, "ms", mine, theirs, at_most=at_most, times_better=times_better)


def _write_pages(bench: _Bench, folder: Path) -> None:
    """HTML pages with a page's usual furniture, the text of a document in each."""
    folder.mkdir(parents=True)
    for number, document in enumerate(islice(_documents(bench), bench.scale.pages)):
        title = html.escape(f"{document.attribution.title} {number}")
        paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in document.text.split("\n"))
        (folder / f"page-{number:04}.html").write_text(
            f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head><body>"
            "<nav><a href='/'>Home</a> <a href='/fees'>Fees</a> <a href='/contact'>Contact</a></nav>"
            f"<main><h1>{title}</h1>{paragraphs}</main><footer>Example Clinic. All rights reserved.</footer>"
            "</body></html>",
            "utf-8",
        )
