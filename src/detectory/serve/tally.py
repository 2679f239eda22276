"""Counters and histograms of plain integers, put into Prometheus' form when they are asked for.

Its own would cost a request more than its row does. Never: more series than were allowed for, whatever
the values of labels turn out to be; what is too much is counted under `REST`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

REST = "other"


class Tally:
    """Counts by the values of labels, for so many combinations and one for all others.

    >>> tally = Tally(most=2)
    >>> for reason in ("empty", "empty", "too long", "odd", "strange"):
    ...     tally.add(reason)
    >>> tally.counts
    {('empty',): 2, ('too long',): 1, ('other',): 2}
    """

    __slots__ = ("_most", "counts")

    def __init__(self, *, most: int) -> None:
        self._most, self.counts = most, dict[tuple[str, ...], int]()

    def add(self, *values: str) -> None:
        """Count one."""
        if values not in self.counts and len(self.counts) >= self._most:
            values = (REST,) * len(values)
        self.counts[values] = self.counts.get(values, 0) + 1


class Histogram:
    """How many values do not exceed each bound.

    >>> histogram = Histogram((1, 10))
    >>> for value in (0.5, 1, 3, 100):
    ...     histogram.add(value)
    >>> histogram.buckets()
    [('1.0', 2), ('10.0', 3), ('+Inf', 4)]
    """

    __slots__ = ("_bounds", "_counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds, self._counts, self.sum = bounds, [0] * (len(bounds) + 1), 0.0

    def add(self, value: float) -> None:
        """Count one value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def buckets(self) -> list[tuple[str, float]]:
        """The bounds as Prometheus writes them, each with the number of values up to it."""
        bounds = [*(str(float(bound)) for bound in self._bounds), "+Inf"]
        return list(zip(bounds, accumulate(self._counts), strict=True))


def counter(
    name: str, text: str, labels: Sequence[str], counts: Iterable[tuple[Sequence[str], int]]
) -> Metric:
    """A counter with these values of labels."""
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in sorted(counts):
        family.add_metric(values, count)
    return family


def histogram(name: str, text: str, label: str, values: Iterable[tuple[str, Histogram]]) -> Metric:
    """A histogram for each value of one label."""
    family = HistogramMetricFamily(name, text, labels=(label,))
    for value, one in sorted(values):
        family.add_metric((value,), one.buckets(), one.sum)
    return family
