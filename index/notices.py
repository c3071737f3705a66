"""Which notices a question calls for: by its words, the same on every machine and at every time.

What the words do not tell may be heard by meaning (`index.meaning`), where a model is at hand; and what
they leave open, such as "how many pills", is not believed where it means something plainly harmless.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from index.meaning import Sense
from index.phrases import Phrases
from index.readings import Lattice, Step, Vocabulary, tokens
from index.types import Link, Notice
from kb.errors import ConfigError

_DATA: Final = "crisis.toml"


@dataclass(frozen=True, slots=True, eq=False)
class NoticeRule:
    """A notice, and the phrases (`index.phrases`) that call for it.

    What one of the phrases `unless` says is not heard by the triggers. `sets` are alternatives that
    both may speak of by name. `crisis`: whether a question that means a crisis calls for it, too; and
    what is plainly harmless does not by those triggers that are `doubtful`.
    """

    notice: Notice
    triggers: tuple[str, ...]
    unless: tuple[str, ...] = ()
    sets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    crisis: bool = False
    doubtful: frozenset[str] = frozenset()


class NoticeMatcher:
    """Hears, in a question, the phrases that call for a notice. Safe to share between threads."""

    def __init__(self, rules: Sequence[NoticeRule]) -> None:
        """Takes about 0.4 s for the crisis rule, the first time in a process."""
        self._rules = [(rule, _compiled(rule)) for rule in rules]

    def matches(self, text: str, sense: Sense = "unclear") -> tuple[Notice, ...]:
        """The notices that the question calls for, in the order of the rules, each once. `sense` is what
        it means, as far as a model knows."""
        typed = tokens(text)
        return tuple(
            dict.fromkeys(
                rule.notice
                for rule, compiled in self._rules
                if (sense == "crisis" and rule.crisis) or _believed(rule, compiled.heard(typed), sense)
            )
        )

    def heard(self, text: str) -> list[tuple[NoticeRule, tuple[str, ...]]]:
        """The rules that hear the question, each with the triggers that it says."""
        typed = tokens(text)
        said = [(rule, sorted(compiled.heard(typed))) for rule, compiled in self._rules]
        return [(rule, tuple(rule.triggers[n] for n in numbers)) for rule, numbers in said if numbers]


def _believed(rule: NoticeRule, said: frozenset[int], sense: Sense) -> bool:
    """Whether any of the triggers said calls for the notice, in a question of this sense."""
    if sense == "harmless" and rule.doubtful:
        return any(rule.triggers[number] not in rule.doubtful for number in said)
    return bool(said)


def regions() -> tuple[str, ...]:
    """The regions that there is a crisis notice for."""
    return tuple(_data()["region"])


@cache
def crisis_rule(region: str) -> NoticeRule:
    """The crisis notice of a region, with the phrases that call for it."""
    data = _data()
    if region not in data["region"]:
        raise ConfigError(f"no crisis notice for the region {region!r}: known are {', '.join(regions())}")
    said = data["region"][region]
    links = tuple(Link(link["label"], link["href"]) for link in said["links"])
    return NoticeRule(
        notice=Notice("crisis", said["title"], said["text"], links),
        triggers=tuple(phrase for family in data["family"] for phrase in family["triggers"]),
        unless=tuple(data["unless"]),
        sets=data["sets"],
        crisis=True,
        doubtful=frozenset(
            phrase for family in data["family"] if not family["plain"] for phrase in family["triggers"]
        ),
    )


def explain(rule: NoticeRule, text: str) -> tuple[str, ...]:
    """The triggers of the rule that the question says, for `kb explain` and for whoever tends the list."""
    return tuple(rule.triggers[number] for number in sorted(_compiled(rule).heard(tokens(text))))


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("index").joinpath(_DATA).read_text("utf-8"))


class _Compiled:
    """One rule, ready. Its vocabulary is its own, so that no rule changes what another one hears."""

    def __init__(self, rule: NoticeRule) -> None:
        self._triggers = Phrases(rule.triggers, rule.sets)
        self._unless = Phrases(rule.unless, rule.sets)
        self._vocabulary = Vocabulary(self._triggers.words, self._unless.words)

    def heard(self, typed: Sequence[str]) -> frozenset[int]:
        """The numbers of the triggers that are said."""
        lattice = self._vocabulary.lattice(typed)
        excused = {n for match in self._unless.find(lattice) for n in range(match.start, match.end)}
        return self._triggers.said(_without(lattice, excused) if excused else lattice)


@lru_cache(maxsize=64)
def _compiled(rule: NoticeRule) -> _Compiled:
    return _Compiled(rule)


def _without(lattice: Lattice, places: set[int]) -> Lattice:
    """The lattice with nothing said at these places."""
    silent: frozenset[str] = frozenset()
    return [
        [Step(n + 1, silent)]
        if n in places
        else [step for step in steps if step.end == n + 1 or places.isdisjoint(range(n, step.end))]
        for n, steps in enumerate(lattice)
    ]
