"""`python -m bench.large`: what the inverted file finds of what a comparison with every vector finds, and how
quick either is, in a collection above the size up to which every vector is compared.

Vectors are those that earlier measurements kept; where they are too few, each comes again with noise, as
passages that say nearly the same. Questions are those of the evaluation sets.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench import ours, sets
from bench.ours import VectorStore
from index import vectors
from index.evaluate import read_queries
from index.types import Question, Ranking, Vectors
from index.vectors import VectorIndex

_ASKED_FROM: Final = ("medquad", "scifact-train", "counsel-chat")
_NOISE: Final = 0.6  # of a vector's length: a copy's cosine to it is .86
_SHARES: Final = (1.0, 0.1, 0.01)  # of the passages, that a filter lets through

Matrix = NDArray[np.float16]


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a figure a line."""
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--passages", type=int, default=250_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--shared", type=Path, default=sets.ROOT.parent / "shared")
    parser.add_argument("--vectors", type=Path, default=sets.ROOT / "build" / "bench" / "vectors.sqlite")
    options = parser.parse_args(arguments)
    questions = _questions(options.shared, options.questions)
    matrix, real = passages(VectorStore(options.vectors).kept(questions.shape[1]), options.passages)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.perf_counter()
        vectors.write(matrix, folder, exact_up_to=0)
        _say("written", {"passages": len(matrix), "kept": real, "seconds": time.perf_counter() - started})
        inverted = VectorIndex(folder, *matrix.shape)
        exact_folder = folder / "exact"
        exact_folder.mkdir()
        os.link(folder / "vectors.faiss", exact_folder / "vectors.faiss")
        exact = VectorIndex(exact_folder, *matrix.shape)
        for share in _SHARES:
            _say(f"{share:.0%} allowed", compare(inverted, exact, questions, share, len(matrix)))
    return 0


def passages(kept: Vectors, count: int) -> tuple[Matrix, int]:
    """`count` unit vectors, and how many of them are kept ones; the rest are these with noise."""
    if not len(kept):
        raise SystemExit("No vectors are kept. Run first: python -m bench quality")
    rng = np.random.default_rng(0)
    matrix = np.empty((count, kept.shape[1]), np.float16)
    for first in range(0, count, 10_000):
        places = np.arange(first, min(count, first + 10_000))
        rows = kept[places % len(kept)]
        noise = rng.standard_normal(rows.shape, np.float32)
        noise *= _NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
        rows = rows + noise * (places >= len(kept))[:, None]
        matrix[places] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return matrix, min(count, len(kept))


def compare(
    inverted: VectorIndex, exact: VectorIndex, questions: Vectors, share: float, count: int
) -> dict[str, float]:
    """Recall of the ten and the hundred nearest, and milliseconds of either index for a hundred."""
    allowed = None if share == 1 else np.random.default_rng(1).random(count) < share
    found: dict[str, list[float]] = {"recall@10": [], "recall@100": [], "inverted": [], "exact": []}
    for vector in questions:
        question = Question("", (), np.ascontiguousarray(vector, np.float32))
        started = time.perf_counter()
        near = inverted.retrieve(question, 100, allowed)
        between = time.perf_counter()
        nearest = exact.retrieve(question, 100, allowed)
        found["exact"].append((time.perf_counter() - between) * 1e3)
        found["inverted"].append((between - started) * 1e3)
        found["recall@10"].append(_recall(near, nearest, 10))
        found["recall@100"].append(_recall(near, nearest, 100))
    return {
        "recall@10": statistics.mean(found["recall@10"]),
        "recall@10, least of a question": min(found["recall@10"]),
        "recall@100": statistics.mean(found["recall@100"]),
        "inverted p50 ms": statistics.median(found["inverted"]),
        "inverted p95 ms": float(np.quantile(found["inverted"], 0.95)),
        "exact p50 ms": statistics.median(found["exact"]),
        "exact p95 ms": float(np.quantile(found["exact"], 0.95)),
    }


def _recall(near: Ranking, nearest: Ranking, k: int) -> float:
    wanted = {hit.position for hit in nearest[:k]}
    return len(wanted & {hit.position for hit in near[:k]}) / len(wanted)


def _questions(shared: Path, count: int) -> Vectors:
    texts = sorted({query.text for name in _ASKED_FROM for query in read_queries(shared / "eval" / name)})
    random.Random(0).shuffle(texts)
    return ours.open_model().encoder.encode_queries(texts[:count])


def _say(what: str, figures: dict[str, float]) -> None:
    print(json.dumps({what: {name: round(figure, 3) for name, figure in figures.items()}}), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
