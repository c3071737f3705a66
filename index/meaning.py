"""Whether a question means a crisis, where the rules (`index.notices`) have no word for it, or only one
that may mean something else.

The question's vector is compared with those of the shipped phrasings, of people in a crisis and of
people who only sound like it. What is learnt from them is of one model; it is learnt in seconds, and
kept beside the prepared models.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.types import Encoder, Vectors

# Kernel ridge regression. Swept with each batch of the phrasings left out in turn: at 5 % needless notices
# a linear map hears 70 % of the left-out crises, the mean of the five nearest of 150 phrasings 46 %, this
# 88 %; with three times the ridge or a wider kernel 85 %.
_SHARPNESS: Final = 2.0
_RIDGE: Final = 0.3
_NEEDLESS: Final = 0.04  # of the left-out harmless phrasings
_MISTAKEN: Final = 0.005  # of the left-out crises, which are no more like one than what is plainly harmless
_FORMAT: Final = 2

Sense = Literal["crisis", "harmless", "unclear"]


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """What a model makes of the phrasings: (n, dimensions) unit vectors, what each is worth for or against
    a crisis, the sum above which one is heard, and the sum below which a question is plainly harmless."""

    phrasings: Vectors
    worths: Vectors
    crisis: float
    harmless: float

    def sense(self, vector: Vectors) -> Sense:
        """What a question with this unit vector means."""
        return self.sense_of(self.score(vector))

    def sense_of(self, score: float) -> Sense:
        """What a question with this score means."""
        if score > self.crisis:
            return "crisis"
        return "harmless" if score < self.harmless else "unclear"

    def score(self, vector: Vectors) -> float:
        """How much it is like a crisis and unlike what is harmless: about 1 to about -1.

        By vecdot, since a matrix product would be shared among threads, which on a busy machine wait for
        one another.
        """
        likeness = _likeness(np.vecdot(self.phrasings, vector))
        return float(np.vecdot(likeness, self.worths))


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What someone may type. `batch` names those that were written together."""

    text: str
    batch: str
    crisis: bool


@cache
def phrasings() -> tuple[Phrasing, ...]:
    """The shipped phrasings, which are our own writing."""
    return (*_read("crisis_phrasings.jsonl", True), *_read("harmless_phrasings.jsonl", False))


def meaning_of(encoder: Encoder, folder: Path) -> Meaning:
    """What this encoder makes of the phrasings: from `folder`, if it was kept there, else learnt and kept."""
    path = folder / f"{_digest(encoder)}.crisis"
    kept = _kept(path, encoder.dimensions)
    if kept is not None:
        return kept
    learnt = learn(encoder)
    with suppress(OSError):  # a folder that is read-only: it is learnt again next time
        folder.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_bytes(_sealed(learnt))
        new.rename(path)
    return learnt


def learn(encoder: Encoder) -> Meaning:
    """Encodes every phrasing and fits to them; the thresholds are set where of batches that are left out
    _NEEDLESS of the harmless are noticed, and _MISTAKEN of the crises are taken for harmless."""
    said = phrasings()
    vectors = encoder.encode_queries([one.text for one in said]).astype(np.float16).astype(np.float32)
    worths, left_out = fit(vectors, said)
    crisis = np.array([one.crisis for one in said])
    return Meaning(
        vectors,
        worths.astype(np.float32),
        crisis=float(np.quantile(left_out[~crisis], 1 - _NEEDLESS)),
        harmless=float(np.quantile(left_out[crisis], _MISTAKEN)),
    )


def fit(vectors: Vectors, said: Sequence[Phrasing]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What each phrasing is worth, and the score that each would have had, had its batch not been there.

    Crises and the harmless count the same, however many there are of each.
    """
    crisis = np.array([one.crisis for one in said])
    wanted = np.where(crisis, 1.0, -1.0)
    shares = np.where(crisis, 0.5 / crisis.mean(), 0.5 / (1 - crisis.mean()))
    whole: NDArray[np.float64] = vectors.astype(np.float64)
    kernel: NDArray[np.float64] = _likeness(whole @ whole.T)
    inverse = np.asarray(np.linalg.inv(kernel + np.diag(_RIDGE / shares)), np.float64)
    worths: NDArray[np.float64] = inverse @ wanted
    left_out = np.empty(len(said))
    batches = np.array([one.batch for one in said])
    for batch in np.unique(batches):  # block-wise leave-one-out, in closed form
        held = np.flatnonzero(batches == batch)
        left_out[held] = wanted[held] - np.linalg.solve(inverse[np.ix_(held, held)], worths[held])
    return worths, left_out


_Numbers = TypeVar("_Numbers", Vectors, NDArray[np.float64])


def _likeness(cosines: _Numbers) -> _Numbers:
    likeness: _Numbers = np.exp(_SHARPNESS * (2 * cosines - 2))
    return likeness


def _read(name: str, crisis: bool) -> list[Phrasing]:
    lines = resources.files("index").joinpath(name).read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Phrasing(row["text"], row["batch"], crisis) for row in rows]


def _digest(encoder: Encoder) -> str:
    """Of all that is learnt from."""
    said = [[one.text, one.batch, one.crisis] for one in phrasings()]
    whole = [_FORMAT, _SHARPNESS, _RIDGE, _NEEDLESS, _MISTAKEN, encoder.fingerprint, said]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:32]


def _sealed(meaning: Meaning) -> bytes:
    parts = (
        np.array([meaning.crisis, meaning.harmless], "<f4").tobytes(),
        meaning.worths.astype("<f4").tobytes(),
        meaning.phrasings.astype("<f2").tobytes(),
    )
    content = b"".join(parts)
    return hashlib.sha256(content).digest() + content


def _kept(path: Path, dimensions: int) -> Meaning | None:
    """What `_sealed` wrote; None where it is not there or not whole."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    count = len(phrasings())
    content = data[32:]
    if len(content) != 8 + count * (4 + 2 * dimensions) or hashlib.sha256(content).digest() != data[:32]:
        return None
    numbers = np.frombuffer(content, "<f4", 2 + count)
    vectors = np.frombuffer(content, "<f2", count * dimensions, 4 * (2 + count))
    return Meaning(
        vectors.reshape(count, dimensions).astype(np.float32),
        numbers[2:].astype(np.float32),
        crisis=float(numbers[0]),
        harmless=float(numbers[1]),
    )
