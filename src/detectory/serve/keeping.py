"""How what a server answers comes into the ledger, and what Prometheus is told of that."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from detectory.ledger.keeper import Keeper
from detectory.serve.contract import Scored, Witness
from detectory.spec import Regression


def witness_of(keeper: Keeper) -> Witness:
    """A witness that has every record kept, and named by its ``prediction_id``."""

    def witness(scored: Scored) -> None:
        ask, spec = scored.ask, scored.scorer.spec
        keeper.keep(
            scored.records,
            detector=spec.name,
            values=isinstance(spec, Regression),
            request_id=ask.caller.request_id,
            key=ask.caller.key,
        )

    return witness


class Keeping(Collector):
    """What became of predictions and labels, as the keeper counts it."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def collect(self) -> Iterator[Metric]:
        """Every number as it is now."""
        counts, rows = self._keeper.counts, "rows of predictions"
        yield _counter("detectory_predictions_kept", f"{rows} written to the ledger", counts.kept)
        yield _counter("detectory_predictions_dropped", f"{rows} that found no room", counts.dropped)
        yield _counter("detectory_ledger_failures", "attempts to write them that failed", counts.failed)
        aside = self._keeper.database.set_aside
        yield _counter("detectory_ledger_set_aside", "damaged files that were put out of the way", aside)


def _counter(name: str, text: str, value: int) -> Metric:
    return CounterMetricFamily(name, text, value=value)
