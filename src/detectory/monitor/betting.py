"""An anytime-valid test of a mean, by betting: look after every outcome, stop when it pays.

Somebody bets, at fair odds, that the mean of bounded outcomes is above a limit. Where it is not, their
wealth is not expected to grow, whatever came before, so by Ville's inequality it ever reaches 1/alpha with
probability alpha at most: over all looks together, not at each of them.

Every stake is a share of the wealth that was fixed before the first outcome, and the wealth is spread over
a few of them (the method of mixtures). So it depends on how often each outcome came and not on their order:
counts are all that has to be kept, and a process that dies between two looks loses nothing.

Sources: Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024);
Ramdas, Grünwald, Vovk & Shafer, "Game-theoretic statistics and safe anytime-valid inference", Statistical
Science 38 (2023); Ville, "Étude critique de la notion de collectif" (1939).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

#: shares of the largest stake that cannot ruin: small ones find small differences, large ones gross ones
STAKES = np.geomspace(0.01, 0.99, 12)


def log_wealth(outcomes: Mapping[int, int], *, limit: float) -> float:
    """The logarithm of what one unit has become that was bet on a mean above ``limit``.

    ``outcomes`` says how often each value came; all values that may come must be named, also where they
    came zero times, since the lowest says how much can be staked.

    It does *not* hold for outcomes that are chosen by what they are: labels that are only looked up where
    the challenger is likely to be right.

    >>> round(log_wealth({0: 0, 1: 10}, limit=0.5), 2)  # ten times heads
    4.6
    >>> log_wealth({0: 5, 1: 5}, limit=0.5) < 0
    True
    """
    stakes = STAKES / (limit - min(outcomes))
    logs = sum(count * np.log1p(stakes * (value - limit)) for value, count in outcomes.items())
    return float(np.logaddexp.reduce(logs) - math.log(len(stakes)))


def is_above(outcomes: Mapping[int, int], *, limit: float, alpha: float) -> bool:
    """Whether it is shown that the mean is above ``limit``; wrongly, at any look, in ``alpha`` at most.

    >>> is_above({0: 2, 1: 18}, limit=0.5, alpha=0.025)
    True
    """
    return log_wealth(outcomes, limit=limit) >= math.log(1 / alpha)
