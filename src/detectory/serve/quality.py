"""How good the versions that answer are, by the labels that people gave, as numbers for Prometheus.

Comes in: what the labels say of a version, which takes a while to find out. Goes out: the same, asked for now
and then by a thread of its own and kept until the next time. Never: a figure without data (0 is one).
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from detectory.errors import DetectoryError
from detectory.ledger.database import Database
from detectory.serve.periodic import Periodic
from detectory.serve.predictor import Predictor

if TYPE_CHECKING:  # runtime loads onnxruntime; a server listens before that
    from detectory.metrics import Interval
    from detectory.runtime import Scorer

EVERY_S = 60.0
METRICS = ("precision", "recall", "mae", "coverage")
LABELS = ("detector", "version", "metric")
logger = logging.getLogger(__name__)


class Told(Protocol):
    """What labels say of a version, in attributes named like `METRICS`: intervals, None without data."""

    @property
    def labels(self) -> int:
        """How many labels there are."""


def told_by(ledger: Database) -> Callable[[Scorer], Told]:
    """What the labels of a ledger say of a version. Raises `LedgerAway`."""

    def told(scorer: Scorer) -> Told:
        from detectory.monitor.truth import quality

        return quality(ledger, scorer.spec, version=scorer.version)

    return told


class Quality(Periodic, Collector):
    """The quality of every champion and challenger, as it was a moment ago."""

    def __init__(
        self, predictor: Predictor, told: Callable[[Scorer], Told], *, every_s: float = EVERY_S
    ) -> None:
        super().__init__(every_s=every_s)
        self._predictor, self._ask = predictor, told
        self._found: Mapping[tuple[str, str], Told] = {}

    def look(self) -> None:
        """Ask of every version that is loaded; never raises, and keeps what it had where that fails."""
        found = {}
        for scorer in (one for slot in self._predictor.slots.values() for one in slot.loaded()):
            try:
                found[scorer.spec.name, scorer.version] = self._ask(scorer)
            except DetectoryError as error:
                logger.warning("quality not known", extra={"facts": {"reason": str(error)}})
                return
            except Exception:  # the numbers of a server must not end with a bug in one of them
                logger.exception("quality not known")
                return
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """What was found the last time."""
        labels = GaugeMetricFamily("detectory_labels", "labels that tell of it", labels=LABELS[:2])
        value = GaugeMetricFamily("detectory_model_quality", "by the labels that came in", labels=LABELS)
        low = GaugeMetricFamily("detectory_model_quality_low", "the lower end, with 95 %", labels=LABELS)
        high = GaugeMetricFamily("detectory_model_quality_high", "the upper end, with 95 %", labels=LABELS)
        for names, told in self._found.items():
            labels.add_metric(names, told.labels)
            for metric, interval in _figures(told):
                for family, figure in ((value, interval.value), (low, interval.low), (high, interval.high)):
                    if not math.isnan(figure):
                        family.add_metric((*names, metric), figure)
        yield from (labels, value, low, high)


def _figures(told: Told) -> Iterator[tuple[str, Interval]]:
    for metric in METRICS:
        interval: Interval | None = getattr(told, metric, None)
        if interval is not None:
            yield metric, interval
