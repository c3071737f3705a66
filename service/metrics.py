"""What the service counts, as Prometheus reads it.

Labels are of fixed sets: routes as they are declared, statuses, lanes. Nothing tells what was asked, in
which collection, by whom, or what was found; least of all whether a crisis notice was shown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from kb.errors import NotReady
from service.live import Live

CONTENT_TYPE = "text/plain; version=0.0.4"
EXAMPLE = 'kb_requests_total{method="POST",route="/v1/search",status="200"} 12.0\n'
_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_WHY = {401: "key", 403: "scope", 408: "slow", 413: "size", 429: "rate", 503: "busy", 507: "disk"}


class Metrics:
    """The counters of one service."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "kb_requests",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "kb_request_seconds",
            "Seconds from a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._refused = Counter(
            "kb_refused", "Requests that were turned away, by why.", ("why",), registry=self._registry
        )
        for why in _WHY.values():
            self._refused.labels(why)
        self._lanes: dict[str, Callable[[], int]] = {}
        self._registry.register(_Now(live, self._lanes))

    def watch(self, lane: str, inside: Callable[[], int]) -> None:
        """Tells how many requests are inside a lane, working or waiting."""
        self._lanes[lane] = inside

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request; `route` is the one that was declared, with its names in braces."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if status in _WHY:
            self._refused.labels(_WHY[status]).inc()

    def written(self, may_see: Callable[[str], bool]) -> bytes:
        """Everything, as Prometheus's text format 0.0.4. Documents are those of the collections that
        the asker may see, by name; all else is the process's, whoever asks."""
        return generate_latest(self._registry) + generate_latest(_Held(self._live, may_see))


class _Now(Collector):
    """How things stand when it is asked for."""

    def __init__(self, live: Live, lanes: dict[str, Callable[[], int]]) -> None:
        self._live, self._lanes = live, lanes

    def collect(self) -> Iterator[Metric]:
        inside = GaugeMetricFamily("kb_requests_inside", "Requests at work or waiting.", labels=["lane"])
        for lane, count in self._lanes.items():
            inside.add_metric([lane], count())
        yield inside
        writes = CounterMetricFamily("kb_writes", "Documents that came over HTTP.", labels=["change"])
        for change, number in dict(self._live.writes).items():
            writes.add_metric([change], number)
        yield writes
        yield GaugeMetricFamily("kb_disk_full", "1 when no documents are taken.", float(self._live.full))
        yield GaugeMetricFamily("kb_resident_bytes", "The process's memory.", _resident())


class _Held(Collector):
    """What can be found when it is asked for, in the collections that the asker may see."""

    def __init__(self, live: Live, may_see: Callable[[str], bool]) -> None:
        self._live, self._may_see = live, may_see

    def collect(self) -> Iterator[Metric]:
        try:
            manifest = self._live.searcher.generation.manifest
        except NotReady:
            yield GaugeMetricFamily("kb_ready", "1 when questions are answered.", 0)
            return
        yield GaugeMetricFamily("kb_ready", "1 when questions are answered.", 1)
        yield GaugeMetricFamily("kb_generation", "The sequence that is answered from.", manifest.sequence)
        seen = [held for name, held in manifest.collections.items() if self._may_see(name)]
        for name in ("documents", "passages"):
            number = sum(int(held[name]) for held in seen)
            yield GaugeMetricFamily(f"kb_{name}", f"The {name} that can be found.", number)


def _resident() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return float("nan")
    return float(pages * os.sysconf("SC_PAGE_SIZE"))
