"""The errors of predicted numbers as points to draw: how large they are, and where.

In: predictions and truth of the test rows. Out: `Errors`, a few dozen points each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from detectory.metrics import Array

#: bins of the predicted value, of about equally many rows
BINS = 12
#: bars of the residuals between the 0.5th and the 99.5th percentile; what lies outside is in the last ones
BARS = 40


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows with about the same prediction: what was said, and what came of it."""

    rows: int
    value: float
    low: float
    high: float
    truth_p10: float
    truth_median: float
    truth_p90: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The share of rows whose residual (prediction less truth) lies in ``start`` … ``end``."""

    start: float
    end: float
    share: float


@dataclass(frozen=True, slots=True)
class Errors:
    """Both drawings' points."""

    by_value: Sequence[Bin]
    residuals: Sequence[Bar]

    def to_dict(self) -> dict[str, Any]:
        """The points as JSON."""
        return {
            "by_value": [asdict(found) for found in self.by_value],
            "residuals": [asdict(found) for found in self.residuals],
        }


def draw(value: Array, low: Array, high: Array, *, target: Array) -> Errors:
    """The points of float[N] predictions and truth; none where there is no row.

    >>> value = np.arange(10.0)
    >>> found = draw(value, value - 1, value + 1, target=value + 0.5)
    >>> len(found.by_value), found.by_value[0].coverage, found.residuals[0].share
    (10, 1.0, 1.0)
    """
    if not len(value):
        return Errors((), ())
    rows = np.argsort(value, kind="stable")
    bins = [
        _bin(value[at], low[at], high[at], target[at]) for at in np.array_split(rows, min(BINS, len(rows)))
    ]
    return Errors(bins, _bars(np.asarray(value, dtype=np.float64) - target))


def _bin(value: Array, low: Array, high: Array, target: Array) -> Bin:
    p10, median, p90 = (float(found) for found in np.quantile(target, [0.1, 0.5, 0.9]))
    return Bin(
        rows=len(value),
        value=float(np.median(value)),
        low=float(np.median(low)),
        high=float(np.median(high)),
        truth_p10=p10,
        truth_median=median,
        truth_p90=p90,
        coverage=float(((target >= low) & (target <= high)).mean()),
    )


def _bars(residual: Array) -> list[Bar]:
    ends = np.quantile(residual, [0.005, 0.995])
    if ends[0] == ends[1]:
        return [Bar(float(ends[0]), float(ends[1]), 1.0)]
    counts, edges = np.histogram(residual.clip(*ends), bins=BARS, range=(ends[0], ends[1]))
    return [
        Bar(float(start), float(end), float(count) / len(residual))
        for start, end, count in zip(edges, edges[1:], counts, strict=False)
    ]
