"""What stands in the slots of a predictor, and which trials run, as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from detectory.serve.predictor import Predictor, Ready, Slot


class Loaded(Collector):
    """Readiness, the versions that are loaded, and how far a challenger is."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    def collect(self) -> Iterator[Metric]:
        """Every number as it is now."""
        slots, label = self._predictor.slots.values(), ("detector",)
        ready = GaugeMetricFamily("detectory_ready", "golden rows are reproduced", labels=label)
        degraded = GaugeMetricFamily(
            "detectory_degraded", "another version answers than the store wants", labels=label
        )
        refused = CounterMetricFamily(
            "detectory_model_reload_failures", "versions that were not let in", labels=label
        )
        for slot in slots:
            ready.add_metric((slot.name,), isinstance(slot.state, Ready))
            degraded.add_metric((slot.name,), bool(slot.trouble))
            refused.add_metric((slot.name,), slot.reload_failures)
        yield from (ready, degraded, refused, _models(slots), self._trials())

    def _trials(self) -> Metric:
        share = GaugeMetricFamily(
            "detectory_canary_share", "share of entities that a challenger answers", labels=("detector",)
        )
        for name, beside in list(self._predictor.trials.items()):
            share.add_metric((name,), beside.trial.share / 100)
        return share


def _models(slots: Iterable[Slot]) -> Metric:
    labels = ("detector", "version", "digest", "role")
    models = GaugeMetricFamily("detectory_model_info", "what answers", labels=labels)
    for slot in slots:
        for role, state in (("champion", slot.state), ("challenger", slot.challenger)):
            if isinstance(state, Ready):
                scorer = state.scorer
                models.add_metric((slot.name, scorer.version, scorer.bundle.digest, role), 1)
    return models
