"""How many crises are heard, and how much that is harmless: on phrasings that no rule was written for.

`unseen.jsonl` holds phrasings of our own writing, written before a look at what hears them, and not among
the development phrasings (`index/*_phrasings.jsonl`). Once rules are written for what it shows, it moves
there, and a new list is written.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from index.meaning import Sense, fit, learn, phrasings
from index.notices import NoticeMatcher, crisis_rule
from index.types import Encoder

UNSEEN: Final = Path(__file__).parent / "phrasings" / "unseen.jsonl"


@dataclass(frozen=True, slots=True)
class Heard:
    """Of `crises` and `harmless` phrasings, those that are noticed by rules, and by rules and meaning;
    `missed` and `needless` are the phrasings of which that is wrong."""

    crises: int
    harmless: int
    crises_by_rules: int
    harmless_by_rules: int
    missed: tuple[str, ...]
    needless: tuple[str, ...]


def measure(encoder: Encoder, path: Path = UNSEEN) -> Heard:
    """What the shipped rules and what was learnt from the development phrasings hear of a list."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    meaning = learn(encoder)
    vectors = encoder.encode_queries([row["text"] for row in rows])
    senses = [meaning.sense(vector) for vector in vectors]
    return _heard([row["text"] for row in rows], [row["crisis"] for row in rows], senses)


def measure_development(encoder: Encoder) -> Heard:
    """The same of the development phrasings, of which meaning hears each batch by what the others tell."""
    said = phrasings()
    vectors = encoder.encode_queries([one.text for one in said])
    meaning = learn(encoder)
    _, left_out = fit(vectors, said)
    texts, crisis = [one.text for one in said], [one.crisis for one in said]
    return _heard(texts, crisis, [meaning.sense_of(score) for score in left_out])


def lines(name: str, heard: Heard) -> list[str]:
    """A list's figures, to read."""
    crises, harmless = heard.crises - len(heard.missed), len(heard.needless)
    return [
        f"{name}: of {heard.crises} crises {heard.crises_by_rules / heard.crises:.1%} are heard by rules, "
        f"{crises / heard.crises:.1%} by rules and meaning; of {heard.harmless} harmless phrasings "
        f"{heard.harmless_by_rules / heard.harmless:.1%} and {harmless / heard.harmless:.1%}",
        *(f"  missed    {text}" for text in heard.missed),
        *(f"  needless  {text}" for text in heard.needless),
    ]


def _heard(texts: Sequence[str], crisis: Sequence[bool], senses: Sequence[Sense]) -> Heard:
    rules = NoticeMatcher([crisis_rule("us")])
    by_rules = [bool(rules.matches(text)) for text in texts]
    either = [bool(rules.matches(text, sense)) for text, sense in zip(texts, senses, strict=True)]
    rows = list(zip(texts, crisis, by_rules, either, strict=True))
    return Heard(
        crises=sum(crisis),
        harmless=len(texts) - sum(crisis),
        crises_by_rules=sum(heard for _, meant, heard, _ in rows if meant),
        harmless_by_rules=sum(heard for _, meant, heard, _ in rows if not meant),
        missed=tuple(text for text, meant, _, heard in rows if meant and not heard),
        needless=tuple(text for text, meant, _, heard in rows if heard and not meant),
    )
