"""A model made ready to serve: prepared once, found by its name, trusted as far as its checksums."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from kb.durable import sync
from kb.errors import Damaged, ModelError, NotReady, StorageFull

Precision = Literal["int8", "fp32"]
Task = Literal["encoder", "reranker"]

DEFAULT: Final = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # as published

GRAPH: Final = "model.onnx"
TOKENIZER: Final = "tokenizer.json"
DESCRIPTION: Final = "model.json"
FORMAT: Final = 2  # of the prepared folder; another number is another model to prepare
READABLE: Final = (FORMAT, 1)  # what an earlier version prepared serves until all is embedded anew

# What a model's folder may give. Weights in the formats that can run code are never looked at.
READ_SUFFIXES: Final = frozenset({".json", ".txt", ".model", ".safetensors"})

NO_ROOM: Final = 3  # the exit status of an export that found the disk full

_ABANDONED = 24 * 3600.0  # seconds after which a half-made folder is nobody's any more


@dataclass(frozen=True, slots=True)
class PreparedModel:
    """A folder with a graph from tokens to a unit vector, its tokenizer, and what to know about both.

    `window` is in tokens, the prompts and the model's own special tokens included. `source` names
    the weights: a sha256, or a hub's commit. `cosine` is the mean, over sample texts, between the
    original's vectors and these. `files` holds the sha256 of each file. `without` names the runtime's
    own changes to a graph that are left out when it is opened.

    A reranker's graph is from the tokens of a pair to one number: `dimensions` is 1, `pooling` "pair",
    and `cosine` the correlation, over sample pairs, between the original's numbers and these.
    """

    folder: Path
    name: str
    source: str
    dimensions: int
    window: int
    query_prompt: str
    passage_prompt: str
    pooling: str
    precision: Precision
    cosine: float
    files: Mapping[str, str]
    without: Sequence[str] = ()

    @property
    def fingerprint(self) -> str:
        """A sha256 over all that determines a vector."""
        determining = {
            "files": dict(self.files),
            "window": self.window,
            "prompts": [self.query_prompt, self.passage_prompt],
            "precision": self.precision,
        }
        return _digest(determining | ({"without": list(self.without)} if self.without else {}))

    def checked(self, file: str) -> Path:
        """Where a file is whose bytes are those that were written; else `Damaged`."""
        path = self.folder / file
        try:
            whole = sha256(path) == self.files[file]
        except OSError as error:
            raise _damaged(self.folder, f"{file} cannot be read") from error
        if not whole:
            raise _damaged(self.folder, f"{file} is not the file that was written")
        return path


def prepare(name: str, cache: Path, task: Task = "encoder") -> PreparedModel:
    """The model of that name, made ready in `cache`: at once if it is there whole, else in about 10 s.

    `name` is the default's, a folder's path, or a model's on the Hugging Face hub, which is the one
    case that may open a connection. A folder whose files have changed is another model.
    """
    source = _source(name, task)
    folder = cache.absolute() / f"{source.prefix()}{source.state()}"
    with suppress(NotReady):
        model = _verify(folder)
        with suppress(OSError):  # a cache that is read-only
            os.utime(folder / DESCRIPTION)  # `find` takes the one that was prepared last
        return model
    _make(source, folder)
    return _verify(folder)


def find(name: str, cache: Path, fingerprint: str | None = None, task: Task = "encoder") -> PreparedModel:
    """The model of that name as it was last prepared, or the one with that fingerprint; else `NotReady`.

    Neither torch nor the model's own files are needed, only what `prepare` left in `cache`.
    """
    source = _source(name, task)
    described = (path for format in READABLE for path in cache.absolute().glob(source.described(format)))
    folders = [path.parent for path in described]
    for folder in sorted(folders, key=_age, reverse=True):
        model = read_description(folder)
        if fingerprint in (None, model.fingerprint):
            return model
    which = f" as {fingerprint[:12]}" if fingerprint and folders else ""
    called = "model" if task == "encoder" else task
    raise NotReady(f"The {called} {name} is not prepared{which} in {cache}. Run: kb index")


def read_description(folder: Path) -> PreparedModel:
    """What `describe` wrote into a prepared folder."""
    try:
        found = json.loads((folder / DESCRIPTION).read_bytes())
        whole = found["sha256"] == _digest(found["model"]) and found["format"] in READABLE
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(folder, f"{DESCRIPTION} cannot be read") from error
    if not whole:
        raise _damaged(folder, f"{DESCRIPTION} is not the file that was written")
    return PreparedModel(folder=folder, **found["model"])


def describe(model: PreparedModel) -> None:
    """Writes `model.json` into the model's folder."""
    fields = (field for field in PreparedModel.__dataclass_fields__ if field != "folder")
    content = {field: getattr(model, field) for field in fields}
    text = json.dumps({"format": FORMAT, "model": content, "sha256": _digest(content)}, indent=1)
    (model.folder / DESCRIPTION).write_text(text, encoding="utf-8")


def sha256(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_and_settings(folder: Path) -> Iterator[Path]:
    """The files of a model's folder that a model is read from, as relative paths in order."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        exported = inner.parts[0] in ("onnx", "openvino")  # other people's exports
        if path.suffix in READ_SUFFIXES and path.is_file() and not exported:
            yield inner


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a model comes from. `reference` is what tells its name from every other's."""

    reference: str
    kind: Literal["default", "folder", "hub"]
    task: Task

    def prefix(self, format: int = FORMAT) -> str:
        slug = re.sub(r"[^A-Za-z0-9.]+", "-", self.reference).strip("-.")[-40:]
        told_apart = [format, self.kind, self.reference, *([] if self.task == "encoder" else [self.task])]
        return f"{slug}-{_digest(told_apart)[:8]}-"

    def described(self, format: int) -> str:
        """What the description of every model that was prepared from it is called, as a pattern."""
        return f"{self.prefix(format)}*/{DESCRIPTION}"

    def state(self) -> str:
        if self.kind == "default":
            return DEFAULT_WEIGHTS[:12]
        if self.kind == "hub":
            return "hub"
        folder = Path(self.reference)
        return _digest([[str(path), sha256(folder / path)] for path in weights_and_settings(folder)])[:12]


def _source(name: str, task: Task) -> _Source:
    if task == "encoder" and name in (DEFAULT, f"sentence-transformers/{DEFAULT}"):
        return _Source(DEFAULT, "default", task)
    path = Path(name).expanduser()
    if path.is_dir() or path.is_absolute() or name.startswith((".", "~")):
        return _Source(str(path.resolve()), "folder", task)
    return _Source(name, "hub", task)


def _make(source: _Source, folder: Path) -> None:
    """Prepares beside, then renames, so that a prepared folder is whole or not there."""
    if source.kind == "folder" and not Path(source.reference).is_dir():
        raise ModelError(f"There is no model folder {source.reference}.")
    cache = folder.parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _sweep(cache)
        with tempfile.TemporaryDirectory(prefix=".preparing-", dir=cache) as beside:
            made = Path(beside) / "model"
            made.mkdir()
            _export(source, made)
            _flush(made)
            _put(made, folder, aside=Path(beside) / "replaced")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(f"The disk has no room to prepare {source.reference} in {cache}.") from error
        raise ModelError(f"{source.reference} cannot be prepared in {cache}: {error.strerror}.") from error


def _export(source: _Source, made: Path) -> None:
    """Runs the export in a process of its own, which takes torch and its memory with it when it ends."""
    command = [sys.executable, "-m", "index.export", source.kind, source.reference, str(made), source.task]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode < 0:
        raise ModelError(
            f"Preparing {source.reference} was ended by signal {-done.returncode}; "
            "the usual reason is too little memory."
        )
    if done.returncode == NO_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if done.returncode:
        reason = done.stdout.strip() or (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ModelError(f"{source.reference} cannot be prepared: {reason}")


def _put(made: Path, folder: Path, aside: Path) -> None:
    try:
        made.rename(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        with suppress(NotReady):
            _verify(folder)  # another process was faster, and what it made is as good
            return
        folder.rename(aside)
        made.rename(folder)
    sync(folder.parent)


def _verify(folder: Path) -> PreparedModel:
    model = read_description(folder)
    for file in model.files:
        model.checked(file)
    return model


def _sweep(cache: Path) -> None:
    """Removes what a killed process left half made."""
    for path in cache.glob(".preparing-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED:
                shutil.rmtree(path)


def _flush(folder: Path) -> None:
    for path in folder.iterdir():
        sync(path)
    sync(folder)


def _age(folder: Path) -> tuple[int, str]:
    return (folder / DESCRIPTION).stat().st_mtime_ns, folder.name


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _damaged(folder: Path, what: str) -> Damaged:
    return Damaged(f"The prepared model in {folder} is damaged: {what}. Run: kb index")
