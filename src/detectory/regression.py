"""How far predicted numbers lie from the truth: arrays in, numbers out, in the unit of the target.

In: truth and predictions of the same rows. Out: floats, ``NaN`` where a number is not defined, and
`Measure`s that ``metrics.intervals`` resamples: whatever does not depend on a row's weight is done once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from detectory.metrics import Array, Floats, Measure, ratio


def mae(truth: Array, value: Array) -> float:
    """Mean absolute error.

    >>> mae(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    1.5
    """
    return ratio(float(np.abs(_error(truth, value)).sum()), len(truth))


def pinball(truth: Array, value: Array, *, quantile: float) -> float:
    """Mean pinball loss of a predicted quantile: smallest, in expectation, for the true one.

    A truth above the prediction costs ``quantile`` for each unit, one below ``1 - quantile``
    (Koenker & Bassett 1978).

    >>> pinball(np.array([3.0, 1.0]), np.array([2.0, 2.0]), quantile=0.75)
    0.5
    """
    below = -_error(truth, value)
    return ratio(float(np.maximum(quantile * below, (quantile - 1) * below).sum()), len(truth))


def deviations(truth: Array, value: Array) -> Measure:
    """MAE, RMSE, median and 90th percentile of the absolute error, SMAPE, R² and mean error.

    SMAPE is the mean of ``2 |v - y| / (|v| + |y|)``, from 0 to 2, and 0 where both are 0: near zero it
    says more of small truths than of large errors. R² is 1 minus the squared error over that of the
    mean of these very rows, so a constant has at most 0. The mean error is positive where predictions
    are too high.

    >>> found = deviations(np.array([0.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0]))(np.ones(3))
    >>> {name: round(number, 3) for name, number in found.items()}
    {'mae': 0.667, 'rmse': 0.816, 'median_ae': 1.0, 'p90_ae': 1.0, 'smape': 0.762, 'r2': 0.75, 'bias': 0.0}
    """
    truth = np.asarray(truth, dtype=np.float64)
    error = _error(truth, value)
    size = np.abs(error)
    order = np.argsort(size, kind="stable")
    rising = size[order]
    # about the median: equal truths are then exactly 0, and R² is not defined for them
    centred = truth - np.median(truth) if len(truth) else truth
    columns = (size, error, error**2, _relative(error, truth, value), centred, centred**2)
    summed = sums_of(*columns)

    def measure(weight: Floats) -> dict[str, float]:
        total, reached = float(weight.sum()), np.cumsum(weight[order])
        absolute, signed, squared, relative, shift, spread = summed(weight)
        return {
            "mae": ratio(absolute, total),
            "rmse": ratio(squared, total) ** 0.5,
            "median_ae": _quantile(rising, reached, 0.5),
            "p90_ae": _quantile(rising, reached, 0.9),
            "smape": ratio(relative, total),
            "r2": 1 - ratio(squared, spread - shift * ratio(shift, total)),
            "bias": ratio(signed, total),
        }

    return measure


def interval_quality(truth: Array, low: Array, high: Array, *, coverage: float) -> Measure:
    """Share of rows inside their interval, its mean width, and its interval score.

    The score (Gneiting & Raftery 2007, eq. 43) is the width plus ``2 / (1 - coverage)`` for each unit
    that the truth lies outside: a wide interval and a wrong one both cost, so smaller is better.

    >>> truth, low, high = np.array([1.0, 5.0]), np.array([0.0, 0.0]), np.array([2.0, 4.0])
    >>> interval_quality(truth, low, high, coverage=0.9)(np.ones(2))
    {'coverage': 0.5, 'width': 3.0, 'interval_score': 13.0}
    """
    inside = ((truth >= low) & (truth <= high)).astype(np.float64)
    width = np.asarray(high, dtype=np.float64) - low
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    score = width + outside * round(2 / (1 - coverage), 9)
    summed = sums_of(inside, width, score)

    def measure(weight: Floats) -> dict[str, float]:
        total = float(weight.sum())
        parts = zip(("coverage", "width", "interval_score"), summed(weight), strict=True)
        return {name: ratio(part, total) for name, part in parts}

    return measure


def sums_of(*columns: Array) -> Callable[[Floats], list[float]]:
    """A function that gives the weighted sum of each column float64[N].

    In one pass and on one thread: a product by BLAS would wait for threads at every resample, which on a
    busy machine takes ten times as long as the sum.

    >>> sums_of(np.array([1.0, 2.0]), np.array([0.0, 1.0]))(np.array([1.0, 3.0]))
    [7.0, 3.0]
    """
    stacked = np.stack(columns)

    def summed(weight: Floats) -> list[float]:
        found: list[float] = np.einsum("ij,j->i", stacked, weight).tolist()
        return found

    return summed


def _error(truth: Array, value: Array) -> Floats:
    return np.asarray(value, dtype=np.float64) - np.asarray(truth, dtype=np.float64)


def _relative(error: Floats, truth: Floats, value: Array) -> Floats:
    """Twice the error over the sum of both sizes; 0 where both are 0."""
    both = np.abs(truth) + np.abs(np.asarray(value, dtype=np.float64))
    found: Floats = np.divide(2 * np.abs(error), both, out=np.zeros(len(error)), where=both > 0)
    return found


def _quantile(rising: Floats, sums: Floats, share: float) -> float:
    """The smallest value that at least this share of the weight, summed up to each, does not exceed."""
    if not len(sums) or sums[-1] <= 0:
        return float("nan")
    return float(rising[np.searchsorted(sums, share * sums[-1])])
