"""The calibration fitted on the owner's own questions, as it is kept: `.kb/calibration.json`.

It holds while what it was fitted to holds: the model, and this program's way of scoring, of which the
shipped numbers are the mark, being fitted anew with every other. Without it the shipped one is used.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Final, get_args

from index.reranking import UNFITTED
from index.types import Mode
from index.verdict import SHIPPED, Calibration
from kb.errors import KnowledgeBaseError

FILE_NAME: Final = "calibration.json"
RERANKER_FILE: Final = "reranker.json"
_MENDED_BY: Final = "Run: kb eval DIR --calibrate"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is used: `own` are the modes whose calibration is the file's, `ignored` why others' is not."""

    calibrations: Mapping[Mode, Calibration] = field(default_factory=lambda: SHIPPED)
    own: tuple[Mode, ...] = ()
    ignored: str | None = None


def read(data: Path, fingerprint: str | None) -> Kept:
    """What the `.kb` folder `data` keeps for the model with this fingerprint."""
    try:
        content = (data / FILE_NAME).read_bytes()
    except FileNotFoundError:
        return Kept()
    except OSError as error:
        return _ignored(f"it cannot be read ({error.strerror})")
    try:
        record = json.loads(content)
        modes = {mode: record["modes"][mode] for mode in get_args(Mode) if mode in record["modes"]}
        fitted = {mode: _calibration(numbers["fitted"]) for mode, numbers in modes.items()}
        instead_of = {mode: _calibration(numbers["instead_of"]) for mode, numbers in modes.items()}
        made_for = record["model"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return _ignored("it is not as it was written")
    if made_for != fingerprint:
        return _ignored("it was fitted with another model")
    own = tuple(mode for mode in fitted if instead_of[mode] == SHIPPED[mode])
    kept = {**SHIPPED, **{mode: fitted[mode] for mode in own}}
    if len(own) < len(fitted):
        return Kept(kept, own, _message("it was fitted with another version of kb"))
    return Kept(kept, own)


def write(data: Path, fingerprint: str, fitted: Mapping[Mode, Calibration | None]) -> Path:
    """Keeps these, None being the shipped one; other modes' stay as they are, where they still hold. The
    file is replaced whole."""
    held = read(data, fingerprint)
    together = {**{mode: held.calibrations[mode] for mode in held.own}, **fitted}
    modes = {
        mode: {"fitted": asdict(calibration), "instead_of": asdict(SHIPPED[mode])}
        for mode, calibration in sorted(together.items())
        if calibration is not None
    }
    return _replace(data / FILE_NAME, {"model": fingerprint, "modes": modes})


def read_reranker(data: Path, fingerprint: str) -> Calibration:
    """What makes a reranker's numbers chances: fitted for the one with this fingerprint, or unfitted."""
    try:
        record = json.loads((data / RERANKER_FILE).read_bytes())
        return _calibration(record["fitted"]) if record["model"] == fingerprint else UNFITTED
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return UNFITTED


def write_reranker(data: Path, fingerprint: str, fitted: Calibration) -> Path:
    """Keeps it; the file is replaced whole."""
    return _replace(data / RERANKER_FILE, {"model": fingerprint, "fitted": asdict(fitted)})


def _replace(path: Path, content: object) -> Path:
    aside = path.with_name(f".{path.name}.new")
    try:
        with aside.open("w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise KnowledgeBaseError(f"{path} cannot be written: {error.strerror}") from None
    return path


def _calibration(numbers: Mapping[str, float]) -> Calibration:
    """Raises KeyError, TypeError or ValueError where these are not a calibration's numbers."""
    calibration = Calibration(**{one.name: float(numbers[one.name]) for one in fields(Calibration)})
    if not all(math.isfinite(value) for value in asdict(calibration).values()):
        raise ValueError("a number is not finite")
    if not 0 <= calibration.related <= calibration.answered <= 1:
        raise ValueError("the thresholds are not in order")
    return calibration


def _ignored(why: str) -> Kept:
    return Kept(ignored=_message(why))


def _message(why: str) -> str:
    return f"{FILE_NAME} is not used, the shipped calibration is: {why}. {_MENDED_BY}"
