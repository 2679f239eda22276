"""A share of rows with an interval that needs no resampling: rows count as independent."""

from __future__ import annotations

import numpy as np

from detectory.metrics.interval import LEVEL, UNDEFINED, Interval


def wilson(hits: float, of: float, *, level: float = LEVEL) -> Interval:
    """A share with Wilson's score interval (1927), which stays inside 0 … 1 at both ends.

    >>> [round(part, 3) for part in wilson(0, 20)]
    [0.0, 0.0, 0.161]
    """
    if of <= 0:
        return UNDEFINED
    z, share = _normal_quantile((1 + level) / 2), hits / of
    middle = share + z * z / (2 * of)
    half = z * float(np.sqrt(share * (1 - share) / of + z * z / (4 * of * of)))
    scale = 1 + z * z / of
    # exactly 0 and 1 at the ends, where the arithmetic leaves a last digit behind
    low = 0.0 if hits == 0 else (middle - half) / scale
    return Interval(share, low, 1.0 if hits == of else (middle + half) / scale)


def clopper_pearson(hits: int, of: int, *, level: float = LEVEL) -> Interval:
    """A share with the exact two-sided interval (Clopper and Pearson 1934): never too narrow."""
    if of <= 0:
        return UNDEFINED
    one_sided = (1 + level) / 2
    low = 1 - clopper_pearson_upper(of - hits, of, level=one_sided)
    return Interval(hits / of, low, clopper_pearson_upper(hits, of, level=one_sided))


def clopper_pearson_upper(errors: int, of: int, *, level: float = LEVEL) -> float:
    """One-sided exact upper bound on a share of which ``errors`` in ``of`` were seen.

    >>> round(clopper_pearson_upper(0, 2995), 6)
    0.001
    """
    from scipy.special import betaincinv

    return 1.0 if errors >= of else float(betaincinv(errors + 1, of - errors, level))


def _normal_quantile(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(level)
