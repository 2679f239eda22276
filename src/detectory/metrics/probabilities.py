"""Whether probabilities come true."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectory.metrics.arithmetic import Floats, mean, ratio
from detectory.schema import Array


def sigmoid(log_odds: ArrayLike) -> Floats:
    """The probability that log-odds stand for, without overflow at either end.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    odds = np.asarray(log_odds, dtype=np.float64)
    small = np.exp(-np.abs(odds))
    return np.where(odds >= 0, 1.0, small) / (1.0 + small)


def brier(chance: Array, target: Array, weight: Array | None = None) -> float:
    """Mean squared distance of the probability from the truth (Brier 1950): 0 is perfect.

    >>> brier(np.array([1.0, 0.5]), np.array([True, False]))
    0.125
    """
    return mean((np.asarray(chance, dtype=np.float64) - target) ** 2, weight)


def log_loss(chance: Array, target: Array, weight: Array | None = None) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept 1e-15 off 0 and 1."""
    sure = np.clip(np.asarray(chance, dtype=np.float64), 1e-15, 1 - 1e-15)
    return mean(-np.log(np.where(target, sure, 1 - sure)), weight)


def calibration_bin(chance: Array, bins: int = 15) -> NDArray[np.intp]:
    """Which of ``bins`` equally wide bins each probability falls into."""
    return np.minimum((np.asarray(chance, dtype=np.float64) * bins).astype(np.intp), bins - 1)


def expected_calibration_error(
    chance: Array, target: Array, weight: Array | None = None, *, bins: int = 15
) -> float:
    """Mean distance between probability and observed share over equally wide bins.

    Guo et al., "On Calibration of Modern Neural Networks", ICML 2017.

    >>> expected_calibration_error(np.array([0.75, 0.75]), np.array([True, False]))
    0.25
    """
    weights = np.ones(len(target)) if weight is None else weight
    gap = (np.asarray(chance, dtype=np.float64) - target) * weights
    by_bin = np.bincount(calibration_bin(chance, bins), weights=gap, minlength=bins)
    return ratio(float(np.abs(by_bin).sum()), float(np.sum(weights)))
