"""How many requests one asker may make: a moving window each, in memory.

Our own rather than the `limits` library's: its memory storage starts a thread for every request, keeps
each asker's name for ever, and takes 0.3 s to import.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from kb.keys import Rate

_MOST = 20_000  # askers of a kind that are remembered, at 1 kB each; then the one longest silent goes


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an asker stands with a limit. `reset`: seconds until a place is free, 0 while one is."""

    policy: str
    rate: Rate
    remaining: int
    reset: int
    allowed: bool

    def headers(self) -> list[tuple[bytes, bytes]]:
        """As draft-ietf-httpapi-ratelimit-headers-11 has them."""
        window, left = f"q={self.rate.requests};w={self.rate.seconds}", f"r={self.remaining};t={self.reset}"
        return [
            (b"ratelimit-policy", f'"{self.policy}";{window}'.encode()),
            (b"ratelimit", f'"{self.policy}";{left}'.encode()),
        ]


class Rates:
    """Counts requests; for one thread. An asker is forgotten when the window has passed over them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._askers: dict[tuple[str, int], OrderedDict[str, deque[float]]] = {}

    def take(self, policy: str, asker: str, rate: Rate) -> Standing:
        """Counts a request of this asker, if it is within the rate."""
        now = self._clock()
        askers = self._askers.setdefault((policy, rate.seconds), OrderedDict())
        asked = askers.setdefault(asker, deque())
        askers.move_to_end(asker)
        while asked and asked[0] <= now - rate.seconds:
            asked.popleft()
        allowed = len(asked) < rate.requests
        if allowed:
            asked.append(now)
        _forget(askers, now - rate.seconds)
        remaining = max(rate.requests - len(asked), 0)
        reset = 0 if remaining else math.ceil(asked[-rate.requests] + rate.seconds - now)
        return Standing(policy, rate, remaining, reset, allowed)


def _forget(askers: OrderedDict[str, deque[float]], before: float) -> None:
    """Lets go of two at most of those who have been silent, which is more than come."""
    for _ in range(2):
        name, asked = next(iter(askers.items()))
        if len(askers) > _MOST or asked[-1] <= before:
            del askers[name]
