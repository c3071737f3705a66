"""The plain way to do it, to compare with: what a careful afternoon with the usual libraries gives.

sentence-transformers on torch (fp32), FAISS IndexFlatIP, bm25s with a stemmer, and reciprocal rank
fusion of equal weights, over the same passages as ours.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

import bm25s
import faiss
import numpy as np
import Stemmer

from index import models
from index.export import PACKAGE, PACKAGED
from index.types import Vectors
from kb.catalogue import Catalogue
from kb.errors import ModelError
from kb.passages import embedded_text

BaselineMode = Literal["dense", "lexical", "hybrid"]
Scored = list[tuple[int, float]]  # (row, score), best first

CANDIDATES: Final = 100
_RRF: Final = 60  # Cormack, Clarke & Büttcher 2009
_K1, _B = 1.2, 0.75  # Lucene's defaults


class TorchEncoder:
    """all-MiniLM-L6-v2 as sentence-transformers runs it, as published."""

    dimensions: Final = 384
    fingerprint: Final = f"torch-fp32-{models.DEFAULT_WEIGHTS}"

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        folder = Path(str(importlib.metadata.distribution(PACKAGE).locate_file(PACKAGED)))
        if models.sha256(folder / "model.safetensors") != models.DEFAULT_WEIGHTS:
            raise ModelError(f"model.safetensors in {PACKAGE} is not the file that was published.")
        self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    @property
    def window(self) -> int:
        """Tokens."""
        return 256

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As the model's own tokenizer counts them."""
        return [len(ids) for ids in self._model.tokenizer(list(texts))["input_ids"]]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The model has no prompts: questions are as passages are."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), 384), in the library's own batches of 32."""
        vectors: Vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return vectors


class Baseline:
    """Two indexes over some passages, and how their rankings become one."""

    def __init__(self, texts: Sequence[str], document_ids: Sequence[str], vectors: Vectors) -> None:
        self.texts, self.document_ids = texts, document_ids
        self._dense = faiss.IndexFlatIP(vectors.shape[1])
        self._dense.add(np.ascontiguousarray(vectors, np.float32))
        self._stemmer = Stemmer.Stemmer("english")
        self._lexical = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        self._lexical.index(self._tokens(texts), show_progress=False)

    def search(self, text: str, vector: Vectors, mode: BaselineMode, k: int = CANDIDATES) -> Scored:
        """At most `k` rows; `vector` is the question's, (dimensions,)."""
        if mode == "dense":
            return self._nearest(vector, k)
        if mode == "lexical":
            return self._worded(text, k)
        return fused([self._nearest(vector, CANDIDATES), self._worded(text, CANDIDATES)])[:k]

    def documents(self, text: str, vector: Vectors, mode: BaselineMode) -> list[tuple[str, float]]:
        """Documents, each at its best passage's place."""
        best: dict[str, float] = {}
        for row, score in self.search(text, vector, mode):
            best.setdefault(self.document_ids[row], score)
        return list(best.items())

    def _nearest(self, vector: Vectors, k: int) -> Scored:
        scores, rows = self._dense.search(vector.reshape(1, -1), min(k, len(self.texts)))
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True)]

    def _worded(self, text: str, k: int) -> Scored:
        tokens = self._tokens([text])
        rows, scores = self._lexical.retrieve(tokens, k=min(k, len(self.texts)), show_progress=False)
        pairs = zip(rows[0], scores[0], strict=True)
        return [(int(row), float(score)) for row, score in pairs if score > 0]

    def _tokens(self, texts: Sequence[str]) -> bm25s.tokenization.Tokenized:
        return bm25s.tokenize(list(texts), stopwords="en", stemmer=self._stemmer, show_progress=False)


def fused(rankings: Sequence[Scored]) -> Scored:
    """Reciprocal rank fusion, every ranking weighing the same."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, (row, _) in enumerate(ranking, 1):
            scores[row] = scores.get(row, 0.0) + 1 / (_RRF + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def passages_of(catalogue: Catalogue, collection: str) -> tuple[list[str], list[str]]:
    """The texts of a collection's passages as they are embedded, and the documents they are from."""
    with catalogue.snapshot() as (_, rows):
        found = [
            (embedded_text(row.context, row.text), row.document_id)
            for row in rows
            if row.collection == collection
        ]
    return [text for text, _ in found], [document_id for _, document_id in found]
