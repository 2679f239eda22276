"""What is counted and timed, of requests and of rows.

Comes in: requests and scores as they pass. Goes out: Prometheus metrics in a registry of this app's own.
Values of labels come from the code and the bundles, never from a caller, and are bounded all the same.
"""

from __future__ import annotations

import platform
from collections import defaultdict
from collections.abc import Iterator, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from detectory.serve.loaded import Loaded
from detectory.serve.predictor import Predictor
from detectory.serve.tally import REST, Histogram, Tally, counter, histogram

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record

ROUTE = "detectory.route"  # where the scope holds a template that the framework does not know
LATENCY_S = (0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
INFERENCE_S = (0.00005, 0.0001, 0.00025, 0.001, 0.005, 0.025, 0.1, 1.0)
LENGTHS = (8, 16, 32, 64, 128, 256, 1024)
SAMPLED_ROWS = 64  # of a call, whose lengths are noted: a large one tells no more in full
#: how many combinations of labels have a series of their own
MOST_REQUESTS, MOST_ROUTES, MOST_ERRORS, MOST_REASONS, MOST_AWAITED = 80, 12, 32, 10, 4


class Rows:
    """What is counted of one detector's rows."""

    __slots__ = ("alerts", "inference", "labels", "lengths", "rejected", "scored", "violations")

    def __init__(self) -> None:
        self.scored, self.alerts, self.violations, self.labels = 0, 0, 0, 0
        self.rejected = Tally(most=MOST_REASONS)
        self.inference, self.lengths = Histogram(INFERENCE_S), Histogram(LENGTHS)


class Metrics(Collector):
    """The numbers of one app, in a registry of their own; others may register there too."""

    def __init__(self, predictor: Predictor, *, version: str) -> None:
        self._requests, self._errors = Tally(most=MOST_REQUESTS), Tally(most=MOST_ERRORS)
        self._latency, self._cut = dict[str, Histogram](), Tally(most=MOST_AWAITED)
        self._rows = defaultdict(Rows, {name: Rows() for name in predictor.slots})
        self._lock = Lock()  # rows are counted in more than one thread
        self._version, self.in_flight = version, 0
        self.registry = CollectorRegistry()
        for collector in (self, Loaded(predictor)):
            self.registry.register(collector)
        ProcessCollector(registry=self.registry)

    def request(self, route: str, status: int, *, seconds: float, timed: bool = True, code: str = "") -> None:
        """Count one request; called in the thread of the event loop only.

        Those that are not ``timed`` by their route (probes, pages) share one histogram.
        """
        self._requests.add(route, str(status))
        if code:
            self._errors.add(code)
        if not timed or (route not in self._latency and len(self._latency) >= MOST_ROUTES):
            route = REST
        if route not in self._latency:
            self._latency[route] = Histogram(LATENCY_S)
        self._latency[route].add(seconds)

    def scored(
        self, detector: str, rows: Sequence[Sequence[Any]], records: list[Record], *, seconds: float
    ) -> None:
        """Count the rows of one call of a scorer, which took so long."""
        rejected = [record["error"] for record in records if "error" in record]
        alerts = len([True for record in records if record.get("alert") is True])
        self.counted(
            detector, len(records) - len(rejected), alerts=alerts, rejected=rejected, seconds=seconds,
            lengths=[len(text) for text in texts(rows)],
        )  # fmt: skip

    def counted(
        self,
        detector: str,
        rows: int,
        *,
        alerts: int,
        rejected: Sequence[str],
        seconds: float,
        lengths: Sequence[int] = (),
    ) -> None:
        """The same of rows that have no records; ``rejected`` has the reason of each that does not parse."""
        with self._lock:
            numbers = self._rows[detector]
            numbers.scored += rows
            numbers.alerts += alerts
            numbers.inference.add(seconds)
            for reason in rejected:
                numbers.rejected.add(reason)
            for length in lengths:
                numbers.lengths.add(length)

    def violated(self, detector: str) -> None:
        """Count a body that has another shape than the detector declares."""
        with self._lock:
            self._rows[detector].violations += 1

    def cut(self, waiting_for: str) -> None:
        """Count a connection that was closed because its client was too slow."""
        self._cut.add(waiting_for)

    def heard(self, detector: str) -> None:
        """Count a new label."""
        with self._lock:
            self._rows[detector].labels += 1

    def collect(self) -> Iterator[Metric]:
        """Every number as it is now."""
        yield from self._of_requests()
        yield from self._of_rows()

    def _of_requests(self) -> Iterator[Metric]:
        build = GaugeMetricFamily("detectory_build_info", "what runs here", labels=("version", "python"))
        build.add_metric((self._version, platform.python_version()), 1)
        yield build
        counts = self._requests.counts.items()
        yield counter("detectory_http_requests", "requests answered", ("route", "status"), counts)
        yield counter("detectory_errors", "problems told", ("code",), self._errors.counts.items())
        text = "time from request to the end of its answer"
        yield histogram("detectory_http_request_seconds", text, "route", self._latency.items())
        text = "connections closed because the client was too slow"
        yield counter("detectory_connections_cut", text, ("waiting_for",), self._cut.counts.items())
        yield GaugeMetricFamily("detectory_http_requests_in_flight", "being answered now", self.in_flight)

    def _of_rows(self) -> Iterator[Metric]:
        rows, label = self._rows.items(), ("detector",)
        scored = [((name,), one.scored) for name, one in rows]
        yield counter("detectory_rows_scored", "rows scored", label, scored)
        alerts = [((name,), one.alerts) for name, one in rows]
        yield counter("detectory_alerts", "rows that alert", label, alerts)
        reasons = [((name, *why), count) for name, one in rows for why, count in one.rejected.counts.items()]
        yield counter("detectory_rows_rejected", "rows that do not parse", ("detector", "reason"), reasons)
        violations = [((name,), one.violations) for name, one in rows]
        yield counter("detectory_schema_violations", "bodies of another shape", label, violations)
        labels = [((name,), one.labels) for name, one in rows]
        yield counter("detectory_feedback_received", "labels that were new", label, labels)
        times = [(name, one.inference) for name, one in rows]
        yield histogram("detectory_inference_seconds", "time of one call of a scorer", "detector", times)
        lengths = [(name, one.lengths) for name, one in rows]
        yield histogram("detectory_input_characters", "length of a row's text", "detector", lengths)


def texts(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The first field of the rows that holds text, where one does, of so many rows.

    >>> texts([(53, "a.com"), (80, None)])
    ['a.com']
    """
    for at, value in enumerate(rows[0] if rows else ()):
        if isinstance(value, str):
            return [row[at] for row in rows[:SAMPLED_ROWS] if row[at]]
    return []
