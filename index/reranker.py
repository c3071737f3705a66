"""A cross-encoder, served by ONNX Runtime: it reads question and passage together.

A pair is always run by itself, for the reason that a text is (`index.encoder`): the int8 graph scales
its activations by what it is given, so in a padded batch a pair's score would depend on the others.
A batch is as many pairs as there are threads, each on its own: no padding, and every core at work.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index import models
from index.encoder import encodable, open_session
from index.models import PreparedModel

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer


def open_reranker(folder: Path, threads: int = 1) -> OnnxReranker:
    """The reranker of a prepared folder, its files checked; `threads` are shared by all who ask."""
    return OnnxReranker(models.read_description(folder), threads)


class OnnxReranker:
    """An `index.types.Reranker`, to be shared between threads."""

    def __init__(self, model: PreparedModel, threads: int = 1) -> None:
        from tokenizers import Tokenizer

        self.model = model
        self.batch = threads
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(model.checked(models.TOKENIZER)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(model.window, strategy="longest_first")
        self._session = open_session(model)
        self._inputs = tuple(tensor.name for tensor in self._session.get_inputs())
        # One pool for all questions, so that many at once take no more cores than there are.
        self._pool = ThreadPoolExecutor(threads, "reranker") if threads > 1 else None

    @property
    def fingerprint(self) -> str:
        """What tells this model, at this precision, from every other."""
        return self.model.fingerprint

    def score(self, query: str, passages: Sequence[str]) -> list[float]:
        """One number a passage, in order, on no scale of ours; higher is better."""
        tokens = self._tokenizer.encode_batch_fast([(encodable(query), encodable(one)) for one in passages])
        if self._pool is None:
            return [self._score(one) for one in tokens]
        return list(self._pool.map(self._score, tokens))

    def _score(self, tokens: Encoding) -> float:
        of = {
            "input_ids": tokens.ids,
            "attention_mask": tokens.attention_mask,
            "token_type_ids": tokens.type_ids,
        }
        return float(self._session.run(None, {name: np.array([of[name]]) for name in self._inputs})[0][0])
