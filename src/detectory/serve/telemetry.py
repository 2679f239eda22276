"""What is counted, timed and logged of every request.

Comes in: requests and scores as they pass. Goes out: Prometheus metrics in a registry of this app's
own, one log line for a request that was refused or failed, a request id on every response. Label
values come from the code and the bundles, never from a caller: their number is bounded.
"""

from __future__ import annotations

import logging
import platform
import random
import re
from bisect import bisect_left
from collections import Counter as Tally, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from detectory.serve.predictor import Predictor, Ready
from detectory.serve.problems import REQUEST_ID, STARTED, TICKET
from detectory.serve.tickets import FREE, Ticket

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.runtime import Record

ROUTE = "detectory.route"  # where the scope holds a template that the framework does not know
BEGAN = "detectory.began"
UNKNOWN_ROUTE = "none"
GONE = 499  # the caller went away before there was an answer (nginx's number)
LATENCY_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SANE_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
Headers = tuple[tuple[bytes, bytes], ...]
NOSNIFF = (b"x-content-type-options", b"nosniff")
logger = logging.getLogger(__name__)


class Metrics(Collector):
    """The numbers of one app, in a registry of their own.

    Plain integers, put into Prometheus' form when they are asked for: its own counters would cost a
    request more than its row does.
    """

    def __init__(self, predictor: Predictor, *, version: str) -> None:
        self._requests = Tally[tuple[str, int]]()
        self._rows, self._alerts, self._rejected, self._cut = (Tally[tuple[str, ...]]() for _ in range(4))
        self._times: defaultdict[str, list[int]] = defaultdict(lambda: [0] * (len(LATENCY_S) + 1))
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._lock = Lock()  # rows are counted in more than one thread
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.registry.register(_Detectors(predictor, version))
        ProcessCollector(registry=self.registry)

    def request(self, route: str, status: int, *, seconds: float) -> None:
        """Count one request; called in the thread of the event loop only."""
        self._requests[route, status] += 1
        self._times[route][bisect_left(LATENCY_S, seconds)] += 1
        self._seconds[route] += seconds

    def scored(self, detector: str, records: list[Record]) -> None:
        """Count the rows of one call of a scorer."""
        rejected = [record["error"] for record in records if "error" in record]
        alerts = sum(record.get("alert") is True for record in records)
        self.counted(detector, len(records) - len(rejected), alerts=alerts, rejected=rejected)

    def counted(self, detector: str, rows: int, *, alerts: int, rejected: Sequence[str]) -> None:
        """Count rows; ``rejected`` has the reason of each one that does not parse."""
        with self._lock:
            self._rows[detector,] += rows
            self._alerts[detector,] += alerts
            for reason in rejected:
                self._rejected[detector, reason] += 1

    def cut(self, waiting_for: str) -> None:
        """Count a connection that was closed because its client was too slow."""
        self._cut[waiting_for,] += 1

    def collect(self) -> Iterator[Metric]:
        """Every number as it is now."""
        cut = "connections closed because the client was too slow"
        yield _counter("detectory_connections_cut", cut, ("waiting_for",), self._cut)
        yield _counter("detectory_http_requests", "requests answered", ("route", "status"), self._requests)
        yield self._histogram()
        yield _counter("detectory_rows_scored", "rows scored", ("detector",), self._rows)
        yield _counter("detectory_alerts", "rows that alert", ("detector",), self._alerts)
        reasons = ("detector", "reason")
        yield _counter("detectory_rows_rejected", "rows that do not parse", reasons, self._rejected)

    def _histogram(self) -> Metric:
        text = "time from request to the end of its answer"
        family = HistogramMetricFamily("detectory_http_request_seconds", text, labels=("route",))
        bounds = [*map(floatToGoString, LATENCY_S), "+Inf"]
        for route, counts in self._times.items():
            buckets = list(zip(bounds, accumulate(counts), strict=True))
            family.add_metric((route,), buckets, self._seconds[route])
        return family


def _counter(name: str, text: str, labels: tuple[str, ...], counts: Mapping[Any, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in sorted(counts.items()):
        family.add_metric([str(value) for value in values], count)
    return family


class _Detectors(Collector):
    """What stands in the slots at the moment of asking."""

    def __init__(self, predictor: Predictor, version: str) -> None:
        self._predictor, self._version = predictor, version

    def collect(self) -> Iterator[Metric]:
        """Build, readiness and model version."""
        build = GaugeMetricFamily("detectory_build_info", "what runs here", labels=("version", "python"))
        build.add_metric((self._version, platform.python_version()), 1)
        ready = GaugeMetricFamily("detectory_ready", "golden rows are reproduced", labels=("detector",))
        degraded = GaugeMetricFamily(
            "detectory_degraded", "another version answers than the store wants", labels=("detector",)
        )
        refused = CounterMetricFamily(
            "detectory_model_reload_failures", "versions that were not let in", labels=("detector",)
        )
        model = GaugeMetricFamily(
            "detectory_model_info", "what answers", labels=("detector", "version", "digest", "role")
        )
        share = GaugeMetricFamily(
            "detectory_canary_share", "share of entities that a challenger answers", labels=("detector",)
        )
        for name, slot in self._predictor.slots.items():
            ready.add_metric((name,), isinstance(slot.state, Ready))
            degraded.add_metric((name,), bool(slot.trouble))
            refused.add_metric((name,), slot.reload_failures)
            if name in self._predictor.trials:
                share.add_metric((name,), self._predictor.trials[name].trial.share / 100)
            for role, state in (("champion", slot.state), ("challenger", slot.challenger)):
                if isinstance(state, Ready):
                    model.add_metric((name, state.scorer.version, state.scorer.bundle.digest, role), 1)
        yield from (build, ready, degraded, refused, model, share)


class Observed:
    """Gives every request an id and tells metrics and log how it went."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.begin(scope)
        status = GONE

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                scope[STARTED] = True
                status = message["status"]
                message["headers"] = (*message["headers"], *self.headers(scope))
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            self.end(scope, status)

    def begin(self, scope: Scope) -> None:
        """Give a request its id."""
        scope[BEGAN] = perf_counter()
        scope[REQUEST_ID] = request_id_of(scope)

    def headers(self, scope: Scope) -> Headers:
        """What belongs on every answer."""
        named: Headers = ((b"x-request-id", scope[REQUEST_ID].encode()), NOSNIFF)
        ticket: Ticket = scope.get(TICKET, FREE)
        return named + ticket.headers()

    def end(self, scope: Scope, status: int) -> None:
        """Count a request that was answered, or whose caller is gone."""
        seconds = perf_counter() - scope[BEGAN]
        self._metrics.request(_route_of(scope), status, seconds=seconds)
        if status >= 400:
            _log(scope, status, seconds)


def request_id_of(scope: Scope) -> str:
    """The caller's own id where it is harmless, otherwise a new one of 64 random bits.

    >>> request_id_of({"headers": [(b"x-request-id", b"job-7")]})
    'job-7'
    """
    for name, value in scope["headers"]:
        if name == b"x-request-id" and SANE_ID.fullmatch(value):
            return str(value, "ascii")
    return f"{random.getrandbits(64):016x}"  # a name, no secret


def _route_of(scope: Scope) -> str:
    """The template of the address that answered: what the caller typed would be unbounded."""
    template: str = scope[ROUTE] if ROUTE in scope else getattr(scope.get("route"), "path", UNKNOWN_ROUTE)
    return template


def _log(scope: Scope, status: int, seconds: float) -> None:
    facts = {
        "request_id": scope[REQUEST_ID],
        "method": scope["method"],
        "path": scope["path"],
        "route": _route_of(scope),
        "status": status,
        "milliseconds": round(seconds * 1e3, 3),
    }
    level, words = (
        (logging.ERROR, "request failed") if status == 500 else (logging.WARNING, "request refused")
    )
    logger.log(level, words, extra={"facts": facts})
