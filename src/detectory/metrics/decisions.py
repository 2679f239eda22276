"""What decisions are worth: truth and what was given for the same rows, counted."""

from __future__ import annotations

import numpy as np

from detectory.metrics.arithmetic import NAN, Floats, mean, mean_defined, ratio
from detectory.schema import Array


def confusion_matrix(
    truth: Array, given: Array, *, shape: tuple[int, int], weight: Array | None = None
) -> Floats:
    """Weight of the rows for each pair of true code (row) and given code (column).

    >>> confusion_matrix(np.array([0, 0, 1]), np.array([0, 1, 1]), shape=(2, 2)).tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    cell = np.asarray(truth, dtype=np.int64) * shape[1] + np.asarray(given, dtype=np.int64)
    counts = np.bincount(cell, weights=weight, minlength=shape[0] * shape[1])
    return counts.reshape(shape).astype(np.float64)


def accuracy(truth: Array, given: Array, weight: Array | None = None) -> float:
    """Share of rows for which truth and decision agree.

    >>> accuracy(np.array([True, False, True, True]), np.array([True, False, False, True]))
    0.75
    """
    return mean(np.equal(truth, given), weight)


def precision_at(prevalence: float, *, recall: float, fpr: float) -> float:
    """The share of alerts that are true where this share of all rows is positive (Bayes).

    Test rows are rarely as common as life has them; NaN where no row would alert.

    >>> round(precision_at(0.001, recall=0.9, fpr=0.001), 3)
    0.474
    """
    return ratio(recall * prevalence, recall * prevalence + fpr * (1 - prevalence))


def precision(truth: Array, alert: Array, weight: Array | None = None) -> float:
    """Share of the alerting rows that are truly positive; NaN when none alerts."""
    (_, wrong), (_, right) = confusion_matrix(truth, alert, shape=(2, 2), weight=weight)
    return ratio(right, right + wrong)


def recall(truth: Array, alert: Array, weight: Array | None = None) -> float:
    """Share of the positive rows that alert; NaN when there is no positive row."""
    _, (missed, right) = confusion_matrix(truth, alert, shape=(2, 2), weight=weight)
    return ratio(right, right + missed)


def f1(truth: Array, alert: Array, weight: Array | None = None) -> float:
    """Harmonic mean of precision and recall; NaN when nothing is positive and nothing alerts."""
    (_, wrong), (missed, right) = confusion_matrix(truth, alert, shape=(2, 2), weight=weight)
    return ratio(2 * right, 2 * right + wrong + missed)


def f1_by_class(matrix: Floats) -> Floats:
    """F1 of each class of a square confusion matrix; NaN for a class that never occurs.

    >>> f1_by_class(np.array([[2.0, 0.0], [1.0, 1.0]])).round(3).tolist()
    [0.8, 0.667]
    """
    hits, both = np.diagonal(matrix), matrix.sum(axis=0) + matrix.sum(axis=1)
    scores: Floats = np.divide(2 * hits, both, out=np.full(len(hits), NAN), where=both > 0)
    return scores


def macro_f1(truth: Array, given: Array, *, classes: int, weight: Array | None = None) -> float:
    """Mean F1 over classes coded 0 … classes-1, each counting the same however rare it is.

    A class that neither occurs nor is given says nothing and is left out of the mean.

    >>> round(macro_f1(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 0]), classes=2), 3)
    0.733
    """
    return mean_defined(f1_by_class(confusion_matrix(truth, given, shape=(classes, classes), weight=weight)))
