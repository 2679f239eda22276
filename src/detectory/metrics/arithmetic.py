"""Arithmetic that knows what is undefined: NaN, without a warning."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectory.schema import Array

Floats = NDArray[np.float64]

NAN = float("nan")
#: digits behind the point of a number that an artifact states
DIGITS = 6


def ratio(part: float, of: float) -> float:
    """``part / of``, and NaN instead of a division by zero.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, nan)
    """
    return float(part) / float(of) if of > 0 else NAN


def rounded(value: float) -> float | None:
    """The number to six digits, as artifacts state it; None where it is not defined.

    >>> rounded(1 / 3), rounded(NAN)
    (0.333333, None)
    """
    return None if np.isnan(value) else round(value, DIGITS)


def mean_defined(values: Floats) -> float:
    """Mean of the values that are defined; NaN when none is, without a warning."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else NAN


def mean(values: Array, weight: Array | None) -> float:
    """Mean of the values, by weight where there is one; NaN of none."""
    if weight is None:
        return ratio(float(np.sum(values, dtype=np.float64)), len(values))
    return ratio(float(np.asarray(weight, dtype=np.float64) @ values), float(np.sum(weight)))
