"""The gate's numbers for Prometheus: who was refused and why, what is at work, what waits."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from detectory.serve.gate import Gate


class GateMetrics(Collector):
    """Reads the gate at the moment of asking."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def collect(self) -> Iterator[Metric]:
        """Every number as it is now."""
        refused = CounterMetricFamily(
            "detectory_refused", "requests that were not let in", labels=("reason",)
        )
        for reason, count in sorted(self._gate.refused.items()):
            refused.add_metric((reason,), count)
        yield refused
        yield from self._bulkheads()
        away = CounterMetricFamily("detectory_limits_away", "times that the shared limits could not be had")
        away.add_metric((), self._gate.limiter.away)
        yield away
        age = GaugeMetricFamily("detectory_keys_age_seconds", "since the API keys were read")
        if self._gate.keys is not None:
            age.add_metric((), self._gate.keys.age_s)
        yield age

    def _bulkheads(self) -> Iterator[Metric]:
        at_work = GaugeMetricFamily("detectory_in_flight", "what is at work", labels=("bulkhead",))
        waiting = GaugeMetricFamily(
            "detectory_queue", "requests that wait for their turn", labels=("bulkhead",)
        )
        turned = CounterMetricFamily("detectory_overload", "requests refused for lack of time or room",
                                     labels=("bulkhead", "reason"))  # fmt: skip
        for name, bulkhead in self._gate.bulkheads.named().items():
            at_work.add_metric((name,), bulkhead.taken)
            waiting.add_metric((name,), bulkhead.waiting)
            for reason, count in sorted(bulkhead.refused.items()):
                turned.add_metric((name, reason), count)
        yield from (at_work, waiting, turned)
