"""Which documents the owner wants first for a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from index.phrases import Phrases
from index.readings import plain_lattice, plain_tokens
from index.types import Encoder, Vectors

# The cosine from which two questions count as one. With all-MiniLM-L6-v2, none of the 6,982 pairs of the
# example clinic's questions that have different answers is as near (at 0.65 two are), and 7 of 18 pairs of
# paraphrases are (at 0.65 nine): a pin that is not heard shows the usual results, one that is heard wrongly
# a wrong first one. What it misses can be written as a further question, or as a phrase.
SAME_QUESTION: Final = 0.7


@dataclass(frozen=True, slots=True)
class Pin:
    """A document that comes first for questions that mean one of `questions`, and for those that say one
    of `phrases` (`index.phrases`)."""

    document: str
    questions: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    collection: str = "default"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A document that a question calls for: by which question or phrase of its pin, and how near it is."""

    document: str
    by: str
    cosine: float | None = None


class Pins:
    """The pins of all collections, ready to be asked."""

    def __init__(self, pins: Sequence[Pin], encoder: Encoder) -> None:
        self._encoder = encoder
        self._asked = [(pin, question) for pin in pins for question in pin.questions]
        self._worded = [tuple(plain_tokens(question)) for _, question in self._asked]
        self._said = [(pin, phrase) for pin in pins for phrase in pin.phrases]
        self._phrases = Phrases([phrase for _, phrase in self._said])

    def of(self, text: str, vector: Vectors | None, collection: str) -> list[Pinned]:
        """The documents that come first, in the order of the pins; of one document, its surest reason."""
        if not self._asked and not self._said:
            return []
        typed = plain_tokens(text)
        found = [
            (pin, Pinned(pin.document, question))
            for (pin, question), words in zip(self._asked, self._worded, strict=True)
            if words == tuple(typed)
        ]
        lattice = plain_lattice(typed, self._phrases.words)
        said = [self._said[number] for number in sorted(self._phrases.said(lattice))]
        found += [(pin, Pinned(pin.document, phrase)) for pin, phrase in said]
        if vector is not None and self._asked:
            cosines = np.einsum("nd,d->n", self._vectors, vector)
            near = [int(n) for n in np.argsort(-cosines, kind="stable") if cosines[n] >= SAME_QUESTION]
            found += [
                (self._asked[n][0], Pinned(self._asked[n][0].document, self._asked[n][1], float(cosines[n])))
                for n in near
            ]
        best: dict[str, Pinned] = {}
        for pin, pinned in found:
            if pin.collection == collection:
                best.setdefault(pinned.document, pinned)
        return list(best.values())

    @cached_property
    def _vectors(self) -> Vectors:
        return self._encoder.encode_queries([question for _, question in self._asked])
