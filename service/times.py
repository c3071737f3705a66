"""How long answers take: counts in fixed buckets, in memory alone."""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

BOUNDS: Final = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)  # milliseconds, each the most of its bucket


@dataclass(frozen=True, slots=True)
class Bucket:
    """Answers that took at most so many milliseconds, and more than the bucket before; the last is open."""

    at_most: int | None
    count: int


class Times:
    """A histogram. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = [0] * (len(BOUNDS) + 1)

    def add(self, seconds: float) -> None:
        """Counts one answer."""
        with self._lock:
            self._counts[bisect_left(BOUNDS, seconds * 1000)] += 1

    def buckets(self) -> list[Bucket]:
        """Every bucket, the quickest first."""
        with self._lock:
            counts = list(self._counts)
        return [Bucket(bound, count) for bound, count in zip((*BOUNDS, None), counts, strict=True)]


def share_within(buckets: list[Bucket], share: float) -> int | None:
    """The bound within which this share of the answers came; None where there is none, or no answer."""
    total = sum(bucket.count for bucket in buckets)
    for bucket, within in zip(buckets, accumulate(bucket.count for bucket in buckets), strict=True):
        if total and within >= share * total:
            return bucket.at_most
    return None
