"""Dense retrieval: FAISS, and nothing else imports faiss.

Up to EXACT_UP_TO passages every vector is compared (fp16 scalar quantizer, inner product of unit
vectors = cosine). Above, an inverted file finds candidates, and the fp16 vectors score them.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from index.types import Question, Ranking, Vectors
from kb.errors import Damaged

EXACT_UP_TO = 200_000
_EXACT, _COARSE = "vectors.faiss", "coarse.faiss"
# Candidates that the inverted file gives for every one that is wanted: its 8-bit codes misplace
# neighbours, the fp16 vectors put them right.
_OVERFETCH = 4
_NARROW = 0.05  # of the passages: to compare what a filter lets through is as quick then, and misses nothing
_SAMPLE = 2000

_local = threading.local()


def _with_one_thread() -> None:
    """One thread a query: under load, threads of one query fight the next one's, and each waits for the
    others in a loop. OpenMP keeps the number by calling thread."""
    if not hasattr(_local, "threads"):
        faiss.omp_set_num_threads(1)
        _local.threads = 1


def write(vectors: NDArray[np.float16], folder: Path, exact_up_to: int = EXACT_UP_TO) -> None:
    """Writes the files of a collection's (n, dimensions) unit vectors; row n is position n."""
    _with_one_thread()  # the same bytes, however many processors there are
    count, dimensions = vectors.shape
    exact = faiss.IndexScalarQuantizer(dimensions, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
    for first in range(0, count, 10_000):  # in parts, so that fp32 copies stay small
        exact.add(vectors[first : first + 10_000].astype(np.float32))
    _write(exact, folder / _EXACT)
    if count > exact_up_to:
        _write(_inverted_file(vectors), folder / _COARSE)


def _write(index: faiss.Index, path: Path) -> None:
    """Not by FAISS: where the disk fills up at a file's very end, it says nothing."""
    with path.open("wb") as file:
        file.write(memoryview(faiss.serialize_index(index)))


def _inverted_file(vectors: NDArray[np.float16]) -> faiss.Index:
    count, dimensions = vectors.shape
    lists = min(count, int(4 * np.sqrt(count)))  # FAISS's own guideline for up to a million vectors
    quantizer = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFScalarQuantizer(
        quantizer, dimensions, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    rng = np.random.default_rng(0)
    sample = rng.choice(count, min(count, 64 * lists), replace=False)
    sample.sort()
    index.train(vectors[sample].astype(np.float32))
    for first in range(0, count, 10_000):
        index.add(vectors[first : first + 10_000].astype(np.float32))
    index.nprobe = max(1, lists // 32)
    return index


class VectorIndex:
    """A collection's vectors, open for questions."""

    def __init__(self, folder: Path, count: int, dimensions: int) -> None:
        """Opens what `write` wrote. The caller has checked the files' checksums: FAISS cannot."""
        self._exact = _read(folder / _EXACT, count, dimensions)
        self._stored = _stored(self._exact)
        coarse = folder / _COARSE
        self._coarse = _read(coarse, count, dimensions) if coarse.exists() else None

    def retrieve(self, question: Question, k: int, allowed: NDArray[np.bool_] | None) -> Ranking:
        """At most `k` hits by cosine, best first; `allowed` has a flag a position."""
        if question.vector is None or (allowed is not None and not allowed.any()):
            return Ranking.of([])
        _with_one_thread()
        vector = question.vector.reshape(1, -1)
        k = min(k, self._exact.ntotal)
        share = 1.0 if allowed is None else float(allowed.mean())
        if self._coarse is None or share < _NARROW:
            scores, positions = self._exact.search(vector, k, params=_among(allowed))
        else:
            params = _probing(self._coarse, allowed, share)
            nearest = self._coarse.search(vector, k * _OVERFETCH, params=params)[1][0]
            nearest = np.sort(nearest[nearest >= 0])
            scores, positions = self._cosines(question.vector, nearest)[None], nearest[None]
        found = positions[0] >= 0
        return Ranking(positions[0][found], scores[0][found].astype(np.float64)).sorted()[:k]

    def score(self, question: Question, positions: Sequence[int]) -> list[float]:
        """The cosine of each of these passages; 0 for a question without a vector."""
        if question.vector is None or not positions:
            return [0.0] * len(positions)
        cosines: list[float] = self._cosines(question.vector, np.asarray(positions, np.int64)).tolist()
        return cosines

    def background(self, question: Question) -> float:
        """The question's mean cosine to all that is here; 0 for a question without a vector."""
        if question.vector is None:
            return 0.0
        return float(np.einsum("d,d->", self._centre, question.vector))

    @cached_property
    def _centre(self) -> Vectors:
        """The mean of the vectors, or of _SAMPLE of them evenly taken: 2 ms, with the first question."""
        count = self._exact.ntotal
        positions = np.linspace(0, count - 1, min(count, _SAMPLE)).astype(np.int64)
        centre: Vectors = self._stored[positions].astype(np.float32).mean(axis=0)
        return centre

    def _cosines(self, vector: Vectors, positions: NDArray[np.int64]) -> Vectors:
        """By einsum: a BLAS would share so little among threads that wait for one another."""
        found: Vectors = np.einsum("nd,d->n", self._stored[positions].astype(np.float32), vector)
        return found


def _probing(index: faiss.Index, allowed: NDArray[np.bool_] | None, share: float) -> faiss.SearchParameters:
    """A filter that lets little through needs more of the lists to find its k."""
    probes = min(index.nlist, int(index.nprobe / share))
    return faiss.SearchParametersIVF(sel=_selector(allowed), nprobe=probes)


def _read(path: Path, count: int, dimensions: int) -> faiss.Index:
    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise Damaged(f"{path.name} cannot be opened ({error}). Run: kb index") from None
    if (index.ntotal, index.d) != (count, dimensions):
        raise Damaged(f"{path.name} holds other vectors than its manifest says. Run: kb index")
    return index


def _stored(index: faiss.Index) -> NDArray[np.float16]:
    """The (n, dimensions) vectors where they lie in the index, not copied: to be used while it is held."""
    codes = faiss.rev_swig_ptr(index.codes.data(), index.codes.size())
    vectors: NDArray[np.float16] = codes.view(np.float16).reshape(index.ntotal, index.d)
    return vectors


def _among(allowed: NDArray[np.bool_] | None) -> faiss.SearchParameters | None:
    return None if allowed is None else faiss.SearchParameters(sel=_selector(allowed))


def _selector(allowed: NDArray[np.bool_] | None) -> faiss.IDSelector | None:
    return None if allowed is None else faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
