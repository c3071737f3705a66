"""An encoder whose vectors can be worked out on paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.types import Vectors


class ToyEncoder:
    """One axis for each word it knows, and a last one for texts in which it knows none.

    With the words ("sleep", "fees"), "sleep, sleep and fees" is (2, 1, 0) / sqrt(5), and "grief" is
    (0, 0, 1). A token is a word. `passages` holds each passage that was ever encoded, in order.
    """

    def __init__(self, words: Sequence[str], window: int = 64) -> None:
        self.words = tuple(words)
        self.passages: list[str] = []
        self._window = window

    @property
    def fingerprint(self) -> str:
        return "toy:" + ",".join(self.words) + f":{self._window}"

    @property
    def dimensions(self) -> int:
        return len(self.words) + 1

    @property
    def window(self) -> int:
        return self._window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_words(text)) for text in texts]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._vector(text) for text in texts], np.float32).reshape(-1, self.dimensions)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.passages.extend(texts)
        return self.encode_queries(texts)

    def _vector(self, text: str) -> Vectors:
        read = _words(text)[: self._window]
        counts = np.array([read.count(word) for word in self.words] + [0], np.float32)
        if not counts.any():
            counts[-1] = 1
        unit: Vectors = counts / np.linalg.norm(counts)
        return unit


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
