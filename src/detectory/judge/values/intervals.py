"""The margin that makes prediction intervals cover what they promise.

In: truth and predictions of *calibration* rows, which nothing else has read, from the bytes that ship.
Out: `Intervals`, one margin in the unit of the target. Split-conformal: the miss of a row is how far its
truth lies outside the predicted quantiles (less than 0 inside), and the margin is the k-th smallest of the
n misses, k = ⌈(n + 1) · coverage⌉. Widened by it, the interval of a new row holds its truth with at
least that chance (conformalised quantile regression: Romano, Patterson & Candès 2019). Without heads for
the quantiles both are the value itself, and the miss is the absolute residual (Vovk et al. 2005).

It holds on average over rows that are exchangeable with the calibration rows, not for every kind of row,
and not when tomorrow is unlike yesterday. So the coverage is measured on the test rows, and reported.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from detectory.errors import CannotCover
from detectory.judge.threshold import require_finite
from detectory.metrics import Array

Method = Literal["quantiles", "residuals"]


@dataclass(frozen=True, slots=True)
class Intervals:
    """How far the interval reaches beyond the predicted quantiles, and what that rests on.

    ``margin`` is the ``k``-th smallest of ``n`` calibration misses; it is negative where the quantiles
    alone promise too much width.
    """

    coverage: float
    margin: float
    method: Method
    k: int
    n: int

    def to_dict(self) -> dict[str, float | int | str]:
        """The intervals as JSON."""
        return asdict(self)


def choose(truth: Array, low: Array, high: Array, *, coverage: float, method: Method) -> Intervals:
    """The smallest margin that keeps the coverage; ``low`` and ``high`` are float[n] predictions.

    Raises `CannotCover` when n is too small, `ScoresNotFinite` for NaN or infinity.

    >>> truth = np.arange(19.0)
    >>> choose(truth, truth * 0, truth * 0, coverage=0.9, method="residuals").margin
    17.0
    """
    missed = np.maximum(low.astype(np.float64) - truth, truth - high.astype(np.float64))
    require_finite(missed)
    k = math.ceil((len(missed) + 1) * coverage)
    if k > len(missed):
        raise CannotCover(coverage, rows=len(missed), needed=rows_needed(coverage))
    return Intervals(coverage, float(np.partition(missed, k - 1)[k - 1]), method, k, len(missed))


def rows_needed(coverage: float) -> int:
    """How many calibration rows can promise a coverage at all.

    >>> rows_needed(0.9), rows_needed(0.99)
    (9, 99)
    """
    # a last digit of the quotient must not ask for one row more
    return math.ceil(round(coverage / (1 - coverage), 9))
