"""Makes a cross-encoder into ONNX: from the tokens of a question and a passage to one number.

Runs where `index.export` does, in a process of its own that takes torch with it.
"""

from __future__ import annotations

import dataclasses
import json
import tempfile
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from index import export, models
from index.export import SAMPLES, first_line
from index.models import Precision, PreparedModel
from index.reranker import open_reranker
from kb.errors import ModelError

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

# Questions with every passage: enough pairs that a correlation tells something.
PAIRS: Final = tuple(product(SAMPLES[:4], SAMPLES[5:]))


def main(kind: str, reference: str, folder: Path) -> None:
    """Prepares a cross-encoder into `folder`; `kind` says what `reference` is: a folder, or the hub's."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        staged = Path(scratch) / "model"
        source = export.stage(kind, reference, staged)
        _refuse_others(staged)
        model, tokenizer = _load(staged)
        export.write_tokenizer(tokenizer, folder)
        prepared = PreparedModel(
            folder=folder,
            name=reference,
            source=source,
            dimensions=1,
            window=export.window(model.config, tokenizer.model_max_length),
            query_prompt="",
            passage_prompt="",
            pooling="pair",
            precision="fp32",
            cosine=1.0,
            files={},
        )
        expected = _logits(model, tokenizer, prepared.window)
        whole = Path(scratch) / models.GRAPH
        _export(model, tokenizer, whole)
        config = model.config
        del model
        export.keep(whole, config, partial(_installed, prepared=prepared, expected=expected))


def _refuse_others(staged: Path) -> None:
    """A model that gives a vector, or several numbers, would be read as one that judges a pair."""
    config = staged / "config.json"
    settings = json.loads(config.read_text("utf-8")) if config.is_file() else {}
    kinds = settings.get("architectures") or []
    if not any(kind.endswith("ForSequenceClassification") for kind in kinds):
        raise ModelError(
            f"it is not a cross-encoder: its config.json names {', '.join(kinds) or 'no architecture'}, and "
            "one that ends in ForSequenceClassification is needed."
        )
    if settings.get("auto_map"):
        raise ModelError("it needs code of its own (auto_map in config.json), which is never run.")


def _load(staged: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    try:
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
    except ImportError as error:
        raise ModelError(export.missing(error.name or "transformers")) from error
    try:
        model = AutoModelForSequenceClassification.from_pretrained(
            str(staged),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            attn_implementation="eager",
            dtype="float32",
        )
        tokenizer = AutoTokenizer.from_pretrained(str(staged), local_files_only=True, trust_remote_code=False)
    except Exception as error:  # whatever a stranger's folder makes the libraries raise
        raise ModelError(f"transformers cannot load it: {first_line(error)}") from error
    if model.config.num_labels != 1:
        raise ModelError(f"it gives {model.config.num_labels} numbers for a pair; a reranker gives one.")
    return model.train(False), tokenizer


def _logits(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, window: int) -> Any:
    """(len(PAIRS),): the original's numbers, before any activation."""
    import torch

    with torch.no_grad():
        found = [
            model(**tokenizer(*pair, truncation="longest_first", max_length=window, return_tensors="pt"))
            for pair in PAIRS
        ]
    return np.array([float(one.logits[0, 0]) for one in found])


def _export(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, path: Path) -> None:
    import torch

    features = dict(
        tokenizer(["one", "another"], ["sample", "that is longer"], padding=True, return_tensors="pt")
    )

    class Pair(torch.nn.Module):  # type: ignore[misc, unused-ignore]  # torch may be absent
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            values = dict(zip(features, tensors, strict=True))
            return self.model(**values).logits[:, 0]

    axes = {name: {0: "batch", 1: "tokens"} for name in features} | {"score": {0: "batch"}}
    try:
        with torch.no_grad():
            torch.onnx.export(
                Pair(),
                tuple(features.values()),
                str(path),
                input_names=list(features),
                output_names=["score"],
                dynamic_axes=axes,
                opset_version=export.OPSET,
                dynamo=False,
            )
    except Exception as error:  # the exporter raises what the model's own code raises
        raise ModelError(f"it cannot be exported to ONNX: {first_line(error)}") from error


def _installed(graph: Path, precision: Precision, prepared: PreparedModel, expected: Any) -> float:
    """Writes the model with this graph to its folder; how its numbers go with the original's."""
    model = export.installed(graph, precision, prepared)
    reranker = open_reranker(model.folder)
    found = [reranker.score(question, [passage])[0] for question, passage in PAIRS]
    near = round(float(np.corrcoef(found, expected)[0, 1]), 5)
    models.describe(dataclasses.replace(model, cosine=near))
    return near
