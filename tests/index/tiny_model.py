"""Makes small models, prepares them, and says what the originals answer: all that a test needs torch for.

Run as `python -m tests.index.tiny_model FOLDER`, in a process of its own, once a test session. For
each model it leaves `FOLDER/NAME` (the original), `FOLDER/prepared/NAME`, and `FOLDER/NAME.npz` with
the original's vectors for `TEXTS` as `queries` and `passages`; for each that must be refused, the
reason in `FOLDER/refused.json`. For the cross-encoder `rereading` the `.npz` has the original's `scores`
of each of `TEXTS` with each. With `--cache` it leaves `plain` and `rereading` and, in `FOLDER/cache`, both as
`index.models.prepare` would: to be used by knowledge bases.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import string
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.base.modules import Dense, Module, Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    BertTokenizer,
    MPNetConfig,
    MPNetModel,
    MPNetTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from index import export, export_reranker, models
from kb.errors import ModelError
from tests.index.texts import TEXTS

WORDS = ("query", "passage", "sleep", "grief", "fees", "therapy", "a", "the", "how", "much", "is")
WINDOW = 24
Preparation = Callable[[str, str, Path], None]


def main(folder: Path) -> None:
    torch.manual_seed(1)
    for name, build in MODELS.items():
        build(folder / name)
        _prepare(folder, name)
        _answer(folder / name, folder / f"{name}.npz", PROMPTS.get(name, ("", "")))
    with contextlib.suppress(ModelError):  # where the package is not installed
        _answer(export.packaged(), folder / "default.npz", ("", ""))
    _cross_encoder(folder / "rereading", 1)
    _cross_encoder(folder / "three-numbers", 3)
    _prepare(folder, "rereading", export_reranker.main)
    reader = CrossEncoder(str(folder / "rereading"), device="cpu", local_files_only=True)
    pairs = [(one, other) for one in TEXTS for other in TEXTS]
    np.savez(folder / "rereading.npz", scores=reader.predict(pairs, activation_fn=torch.nn.Identity()))
    refused = {}
    for name, spoil in SPOILT.items():
        shutil.copytree(folder / "plain", folder / name)
        spoil(folder / name)
        refused[name] = _refusal(folder, name, export.main)
    for name in ("plain", "three-numbers"):
        refused[f"{name} as a reranker"] = _refusal(folder, name, export_reranker.main)
    (folder / "refused.json").write_text(json.dumps(refused))


def cache(folder: Path) -> None:
    torch.manual_seed(1)
    _plain(folder / "plain")
    _cross_encoder(folder / "rereading", 1)

    def exported_here(source: models._Source, made: Path) -> None:
        """Without a process of its own, which would import torch once more."""
        main = export.main if source.task == "encoder" else export_reranker.main
        main(source.kind, source.reference, made)

    models._export = exported_here
    models.prepare(str(folder / "plain"), folder / "cache")
    models.prepare(str(folder / "rereading"), folder / "cache", "reranker")


def _prepare(folder: Path, name: str, main: Preparation = export.main) -> None:
    prepared = folder / "prepared" / name
    prepared.mkdir(parents=True, exist_ok=True)
    main("folder", str(folder / name), prepared)


def _refusal(folder: Path, name: str, main: Preparation) -> str:
    try:
        _prepare(folder, name, main)
    except ModelError as error:
        return str(error)
    return ""


def _answer(model: Path, path: Path, prompts: tuple[str, str]) -> None:
    """The vectors in the library's own way, the prompts written out as a model's card would say it."""
    original = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    queries, passages = (
        original.encode([prompt + text for text in TEXTS], prompt="", normalize_embeddings=True)
        for prompt in prompts
    )
    np.savez(path, queries=queries, passages=passages)


def _cross_encoder(folder: Path, numbers: int) -> None:
    """Random weights, but for large ones: what it says of pairs is far apart."""
    vocabulary = _vocabulary("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    BertForSequenceClassification(BertConfig(**_SIZE, num_labels=numbers)).save_pretrained(folder)
    BertTokenizer(vocabulary, model_max_length=WINDOW * 2).save_pretrained(folder)


def _bert(folder: Path) -> Transformer:
    vocabulary = _vocabulary("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    return _transformer(folder, BertModel(BertConfig(**_SIZE)), BertTokenizer(vocabulary))


def _mpnet(folder: Path) -> Transformer:
    vocabulary = _vocabulary("<s>", "<pad>", "</s>", "[UNK]", "<mask>")
    return _transformer(folder, MPNetModel(MPNetConfig(**_SIZE)), MPNetTokenizer(vocabulary))


_SIZE = {
    "vocab_size": 512,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 64,
    "initializer_range": 0.4,  # with the usual 0.02 a random model says nearly the same of every text
}


def _vocabulary(*special: str) -> dict[str, int]:
    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    tokens = [*special, *letters, *(f"##{letter}" for letter in letters), *WORDS]
    return {token: number for number, token in enumerate(tokens)}


def _transformer(folder: Path, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> Transformer:
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        model.save_pretrained(scratch)
        tokenizer.save_pretrained(scratch)
        return Transformer(scratch, max_seq_length=WINDOW)


def _plain(folder: Path) -> None:
    """As E5 has it: mean pooling, and a prompt for either side."""
    prompts = dict(zip(("query", "passage"), PROMPTS["plain"], strict=True))
    _save(folder, _bert(folder), Pooling(32, "mean"), prompts=prompts)


def _first_token(folder: Path) -> None:
    _save(folder, _bert(folder), Pooling(32, "cls"), Dense(32, 16), Normalize())


def _relative(folder: Path) -> None:
    """Positions that are told apart by their distance, as MPNet has it."""
    _save(folder, _mpnet(folder), Pooling(32, "max"))


def _outlier(folder: Path) -> None:
    """One weight is so large that eight bits have no room for the others."""
    transformer = _bert(folder)
    transformer.model.embeddings.word_embeddings.weight.data[0, 0] = 1000.0
    _save(folder, transformer, Pooling(32, "mean"))


def _save(folder: Path, *parts: Module, prompts: dict[str, str] | None = None) -> None:
    SentenceTransformer(modules=list(parts), prompts=prompts, device="cpu").save_pretrained(str(folder))


def _pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _name_code(folder: Path) -> None:
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "own_code.Model"
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "own_code.py").write_text("raise SystemExit('this ran')")


def _empty(folder: Path) -> None:
    for path in folder.rglob("*.json"):
        path.unlink()


PROMPTS = {"plain": ("query: ", "passage: ")}
MODELS = {"plain": _plain, "first-token": _first_token, "relative": _relative, "outlier": _outlier}
SPOILT = {"pickled": _pickle, "coded": _name_code, "empty": _empty}

if __name__ == "__main__":
    (cache if "--cache" in sys.argv else main)(Path(sys.argv[1]))
