"""What visitors could not find, counted by the knowledge base's own titles: never by what was asked.

Why nobody can be found in it. A question that is not answered adds one to one count, that of the page which
came nearest (or of `NOTHING_NEAR`). The counts of a day are in memory alone. When the day is over, every
title of the knowledge base, counted or not, gets noise of its own from the two-sided geometric distribution
(Ghosh, Roughgarden and Sundararajan 2009), with which the day's list is differentially private: whether any
one question was asked changes the chance of any list by a factor of at most e^ε, ε = 1. Only the noised
counts are written, once, so that looking twice tells no more. What is shown are topics whose sum over the
days kept is beyond what noise alone makes, and that were found wanting on several days. The unit is the
question, since nobody is told from anybody else: one who asks the same n times is hidden by nε.
"""

from __future__ import annotations

import json
import math
import random
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from index.types import Answer

EPSILON: Final = 1.0
KEPT_DAYS: Final = 90
DAYS_WANTED: Final = 5  # distinct days on which a topic must have been found wanting
NOTHING_NEAR: Final = "(nothing near)"
_NEAR: Final = 0.1  # the least chance of the best result at which its page is what was meant
_SEEN: Final = 2  # the least noised count that makes a day one of those
_DEVIATIONS: Final = 3.0  # of the noise's sum: 0.1 % of topics that nobody missed pass by chance
_TOPICS: Final = 1_000  # titles of a knowledge base that are counted; the rest are not
_FOLDER: Final = "unanswered"
_DAY: Final = len("2026-11-27")  # of a file's name

Topic = tuple[str, str]  # collection, title


@dataclass(frozen=True, slots=True)
class Missed:
    """A topic that was found wanting: about how often, and on about how many days."""

    collection: str
    title: str
    about: int
    days: int


class Unanswered:
    """Counts unanswered questions by topic. Safe to share between threads and processes."""

    def __init__(
        self, data: Path, topics: Callable[[], Iterable[Topic]], today: Callable[[], date] | None = None
    ) -> None:
        """`topics` gives all that can be counted, the knowledge base's own titles."""
        self._folder, self._topics = data / _FOLDER, topics
        self._today = today or (lambda: datetime.now(UTC).date())
        self._lock = threading.Lock()
        self._day = self._today()
        self._counts: Counter[Topic] = Counter()

    def note(self, collection: str, answer: Answer) -> None:
        """Counts an answer that was none. It touches no disk: no visitor waits for a day's end or is failed
        by it."""
        if answer.verdict == "answered" or answer.degraded:
            return
        near = answer.results and (answer.verdict == "related" or answer.results[0].score >= _NEAR)
        title = answer.results[0].attribution.title if near else NOTHING_NEAR
        with self._lock:
            self._counts[collection, title] += 1

    def turn(self) -> None:
        """Closes the day when it is over, whether or not anything was counted in it. For a thread that looks
        again and again."""
        today = self._today()
        with self._lock:
            if today == self._day:
                return
            counts, day = self._counts, self._day
            self._counts, self._day = Counter(), today
        self._close(day, counts)

    def missed(self) -> list[Missed]:
        """What may be shown, the most missed first."""
        kept = self._kept()
        spread = math.sqrt(len(kept)) * _deviation()
        sums: Counter[Topic] = Counter()
        days: dict[Topic, set[str]] = {}
        for day, counts in kept:
            sums.update(counts)
            for topic, count in counts.items():
                if count >= _SEEN:
                    days.setdefault(topic, set()).add(day)
        found = [
            Missed(*topic, count, len(days.get(topic, ())))
            for topic, count in sums.items()
            if count > _DEVIATIONS * spread and len(days.get(topic, ())) >= DAYS_WANTED
        ]
        return sorted(found, key=lambda one: (-one.about, one.collection, one.title))

    @property
    def days(self) -> int:
        """How many days are kept."""
        return len({day for day, _ in self._kept()})

    def _close(self, day: date, counts: Counter[Topic]) -> None:
        noised = [[*topic, counts[topic] + noise()] for topic in sorted(set(self._topics()))[:_TOPICS]]
        self._folder.mkdir(exist_ok=True)
        # A name of its own: several processes may serve one knowledge base, each with counts of its own.
        path = self._folder / f"{day.isoformat()}-{secrets.token_hex(4)}.json"
        path.with_suffix(".new").write_text(json.dumps(noised, ensure_ascii=False), "utf-8")
        path.with_suffix(".new").rename(path)
        oldest = (day - timedelta(KEPT_DAYS)).isoformat()
        for old in self._files():
            if old.name < oldest:
                old.unlink(missing_ok=True)

    def _kept(self) -> list[tuple[str, Counter[Topic]]]:
        """Days with counts; a day has several where several processes counted."""
        kept: list[tuple[str, Counter[Topic]]] = []
        for path in self._files():
            with suppress(OSError, ValueError):  # one that another process lets go of, or half a file
                rows: Sequence[tuple[str, str, int]] = json.loads(path.read_text("utf-8"))
                day, counts = path.name[:_DAY], {(collection, title): n for collection, title, n in rows}
                kept.append((day, Counter(counts)))
        return kept

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.json"))


def noise() -> int:
    """A whole number from the two-sided geometric distribution of `EPSILON`, drawn by single trials with
    the system's randomness."""
    return _trials() - _trials()


def _trials() -> int:
    count = 0
    while _RANDOM.random() < _GOES_ON:
        count += 1
    return count


def _deviation() -> float:
    """The noise's standard deviation."""
    return math.sqrt(2 * _GOES_ON) / (1 - _GOES_ON)


_GOES_ON: Final = math.exp(-EPSILON)
_RANDOM: Final = random.SystemRandom()
