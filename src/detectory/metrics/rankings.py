"""How well a score orders rows, whatever the threshold.

A score says *which rows alert first*: a row alerts when its score is strictly greater than a
threshold, so rows with equal scores alert together or not at all, and no curve passes between them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.metrics.arithmetic import NAN, Floats, ratio
from detectory.schema import Array


@dataclass(frozen=True, slots=True)
class Ranking:
    """Rows sorted once by falling score; every resample is then a few cumulative sums.

    ``order`` intp[N] holds the rows from the highest score to the lowest, ``ends`` intp[T] the place
    of the last row of each run of equal scores, so ``T`` is the number of thresholds that differ.
    """

    order: NDArray[np.intp]
    ends: NDArray[np.intp]

    @classmethod
    def of(cls, score: Array) -> Ranking:
        """Sort the rows; equal scores keep their order, so the same input gives the same sums."""
        falling = np.argsort(-np.asarray(score, dtype=np.float64), kind="stable")
        ordered = np.asarray(score)[falling]
        last = np.append(ordered[1:] != ordered[:-1], True)[: len(ordered)]
        return cls(order=falling, ends=np.flatnonzero(last))

    def reached(self, amount: Array) -> Floats:
        """How much of ``amount`` [N] lies above each threshold, from none (0) to all: float64[T+1].

        >>> Ranking.of(np.array([0.9, 0.1, 0.9])).reached(np.array([1.0, 1.0, 1.0])).tolist()
        [0.0, 2.0, 3.0]
        """
        sums = np.cumsum(amount[self.order], dtype=np.float64)
        return np.concatenate(([0.0], sums[self.ends]))


def area_under_roc(hits: Floats, errors: Floats) -> float:
    """Area under the curve of cumulative hits over cumulative errors (trapezoids: ties count half)."""
    wide, high = np.diff(errors), (hits[1:] + hits[:-1]) / 2
    return ratio(float(wide @ high), float(hits[-1] * errors[-1]))


def area_under_precision(hits: Floats, errors: Floats) -> float:
    """Mean of the precision at each threshold, weighted by the recall won there (no interpolation)."""
    if hits[-1] <= 0:
        return NAN
    alerts = (hits + errors)[1:]
    at = np.divide(hits[1:], alerts, out=np.zeros(len(alerts)), where=alerts > 0)
    return float(np.diff(hits) @ at / hits[-1])


def share_within(hits: Floats, errors: Floats, rate: float) -> float:
    """Largest share of hits that a threshold reaches while its errors stay within ``rate``."""
    if errors[-1] <= 0:
        return NAN
    # one part in 10^12 more, or 0.07 * 100 would forbid the 7th of 100 errors
    last = np.searchsorted(errors, rate * errors[-1] * (1 + 1e-12), side="right") - 1
    return ratio(float(hits[last]), float(hits[-1]))


def roc_auc(score: Array, target: Array, weight: Array | None = None) -> float:
    """Chance that a positive row scores above a negative one, ties counting half.

    >>> roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    0.75
    """
    return area_under_roc(*_curve(score, target, weight))


def average_precision(score: Array, target: Array, weight: Array | None = None) -> float:
    """Area under the precision-recall curve as a sum of steps, as scikit-learn defines it.

    >>> round(average_precision(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True])), 3)
    0.833
    """
    return area_under_precision(*_curve(score, target, weight))


def recall_at_fpr(score: Array, target: Array, *, rate: float, weight: Array | None = None) -> float:
    """Highest recall of any threshold that alerts on at most ``rate`` of the negative rows.

    Tied scores alert together, so a score that puts everything on one value has recall 0.

    >>> target = np.array([True, True, False, False])
    >>> recall_at_fpr(np.array([0.9, 0.5, 0.5, 0.1]), target, rate=0.1)
    0.5
    """
    return share_within(*_curve(score, target, weight), rate)


def recall_around(score: Array, target: Array, *, rate: float) -> Callable[[Floats], float]:
    """Recall at a false positive rate and at ten times it, averaged: what candidates are chosen by.

    At one rate alone the choice would rest on a handful of negative rows. It is given by row weights
    float64[N], for resamples: the rows are sorted once.

    >>> by_weight = recall_around(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]), rate=0.1)
    >>> by_weight(np.ones(3)), by_weight(np.array([3.0, 1.0, 1.0]))
    (0.75, 0.875)
    """
    ranking, truth = Ranking.of(score), np.asarray(target, dtype=bool)
    rates = (rate, min(1.0, 10 * rate))

    def graded(weight: Floats) -> float:
        hits, errors = ranking.reached(weight * truth), ranking.reached(weight * ~truth)
        return float(np.mean([share_within(hits, errors, at) for at in rates]))

    return graded


def _curve(score: Array, target: Array, weight: Array | None) -> tuple[Floats, Floats]:
    ranking = Ranking.of(score)
    weights = np.ones(len(target)) if weight is None else np.asarray(weight, dtype=np.float64)
    return ranking.reached(weights * target), ranking.reached(weights * ~np.asarray(target, dtype=bool))
