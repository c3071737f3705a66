"""Texts to unit vectors, by ONNX Runtime: the only place that runs a model.

A text is always run by itself, never in a batch. The int8 graph scales its activations by what it
is given, so in a batch a vector would depend on the texts beside it; alone it is a function of its
text, whoever encodes it and when. It is also the fastest way: one thread a text, no padding
(183 passages a second on two cores; the best batch size, 4, reached 145, and 32 reached 82).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from index import models
from index.models import PreparedModel
from kb.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

    from index.types import Vectors

CHUNK: Final = 256  # texts whose tokens are held at a time; also how late an interrupt is noticed
_FEW: Final = 8  # texts, up to which handing them to other threads takes longer than counting them


def open_encoder(folder: Path, threads: int = 1) -> OnnxEncoder:
    """The encoder of a prepared folder, its files checked; `threads` is for passages, a query has one."""
    return OnnxEncoder(models.read_description(folder), threads)


class OnnxEncoder:
    """An `index.types.Encoder`, to be shared between threads."""

    def __init__(self, model: PreparedModel, threads: int = 1) -> None:
        # Imported here so that the command that needs no vector does not wait for it.
        from tokenizers import Tokenizer

        self.model = model
        self._threads = threads
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(model.checked(models.TOKENIZER)))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(model.window)
        self._session = open_session(model)
        self._inputs = tuple(tensor.name for tensor in self._session.get_inputs())

    def on(self, threads: int) -> OnnxEncoder:
        """The same model, encoding passages on so many threads."""
        other = copy.copy(self)
        other._threads = threads
        return other

    @property
    def fingerprint(self) -> str:
        return self.model.fingerprint

    @property
    def dimensions(self) -> int:
        return self.model.dimensions

    @property
    def window(self) -> int:
        return self.model.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The tokens of each text as a passage, its prompt and the special tokens too, however many.

        A word that the model has no token for counts as its characters: it says nothing, however long.
        """
        chunks = self._as_passages(texts)
        return [
            len(tokens) + self._unread(text, tokens)
            for chunk in chunks
            for text, tokens in zip(chunk, self._counted(chunk), strict=True)
        ]

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions), on the calling thread alone."""
        prompt = self.model.query_prompt
        vectors = self._empty(len(texts))
        for row, text in enumerate(texts):
            vectors[row] = self._vector(self._tokenizer.encode(encodable(prompt + text)))
        return vectors

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimensions), on as many threads as were asked for."""
        vectors = self._empty(len(texts))
        row = 0
        with ThreadPoolExecutor(self._threads, "encoder") as pool:
            for chunk in self._as_passages(texts):
                for vector in pool.map(self._vector, self._tokenizer.encode_batch_fast(chunk)):
                    vectors[row] = vector
                    row += 1
        return vectors

    def _counted(self, texts: list[str]) -> list[Encoding]:
        if len(texts) <= _FEW:
            return [self._counter.encode(text) for text in texts]
        return self._counter.encode_batch_fast(texts)

    def _unread(self, text: str, tokens: Encoding) -> int:
        """How many characters more than tokens are in words that have no token."""
        if self._unknown is None or self._unknown not in tokens.ids:
            return 0
        placed = self._counter.encode(text)  # of many texts at once it does not tell the places
        places = zip(placed.ids, placed.offsets, strict=True)
        return sum(end - start - 1 for token, (start, end) in places if token == self._unknown)

    @cached_property
    def _unknown(self) -> int | None:
        token: str | None = getattr(self._counter.model, "unk_token", None)
        return None if token is None else self._counter.token_to_id(token)

    @cached_property
    def _counter(self) -> Tokenizer:
        """A second tokenizer, since cutting off is a state of the first that others are using."""
        from tokenizers import Tokenizer

        counter: Tokenizer = Tokenizer.from_file(str(self.model.checked(models.TOKENIZER)))
        counter.no_padding()
        counter.no_truncation()
        return counter

    def _as_passages(self, texts: Sequence[str]) -> Iterator[list[str]]:
        prompt = self.model.passage_prompt
        for start in range(0, len(texts), CHUNK):
            yield [encodable(prompt + text) for text in texts[start : start + CHUNK]]

    def _vector(self, tokens: Encoding) -> Vectors:
        of = {
            "input_ids": tokens.ids,
            "attention_mask": tokens.attention_mask,
            "token_type_ids": tokens.type_ids,
        }
        vector: Vectors = self._session.run(None, {name: np.array([of[name]]) for name in self._inputs})[0][0]
        return vector

    def _empty(self, rows: int) -> Vectors:
        return np.empty((rows, self.dimensions), dtype=np.float32)


def open_session(model: PreparedModel) -> Any:
    """An ONNX Runtime session that runs each call on the thread that makes it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    graph = str(model.checked(models.GRAPH))  # a path: of bytes the runtime would keep a copy
    try:
        return onnxruntime.InferenceSession(
            graph, options, ["CPUExecutionProvider"], disabled_optimizers=list(model.without)
        )
    except RuntimeError as error:
        raise ModelError(f"ONNX Runtime cannot run the model in {model.folder}: {error}") from error


def encodable(text: str) -> str:
    """The text without lone surrogates, which no tokenizer takes; pairs become the character they mean."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
