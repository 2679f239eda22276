"""The threshold that keeps an alert budget, with its certificate.

In: log-odds of benign *calibration* rows, which nothing else has read, from the bytes that ship, and
how many false alerts a day are bearable at how many benign events. Out: a `Threshold`. It never sees
a malicious row and never looks at recall.

False alerts ÷ benign events is the false positive rate α that is asked for. The threshold is the
k-th largest of the n benign scores, k being the largest number, fixed from n and α alone, for which
the Clopper-Pearson 95 % upper bound on k-1 errors among n is at most α. The false positive rate above
the k-th largest score of a sample follows Beta(k, n-k+1) and that bound is its 95 % quantile, so in
19 of 20 calibrations the true rate is at most α (Wilks 1941, tolerance limits). Ties only lower it.

It holds for the benign population it was measured on, and for no other.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from detectory.errors import BadSetting, CannotCertify, ScoresNotFinite
from detectory.metrics import LEVEL, Array, clopper_pearson_upper, sigmoid


@dataclass(frozen=True, slots=True)
class Budget:
    """How many false alerts a day are bearable at how many benign events, and how common malice is.

    ``prevalence`` is the share of malicious events among all. Raises `BadSetting` for numbers that
    cannot be a budget.
    """

    false_alerts_a_day: float
    benign_events_a_day: float
    prevalence: float = 0.0

    def __post_init__(self) -> None:
        _require_positive("budget.false_alerts_a_day", self.false_alerts_a_day)
        _require_positive("budget.benign_events_a_day", self.benign_events_a_day)
        if not 0 <= self.prevalence < 1:
            raise BadSetting("budget.prevalence", why=f"{self.prevalence} is not a share below 1")

    @property
    def alpha(self) -> float:
        """The false positive rate that is asked for, at most 1.

        >>> Budget(false_alerts_a_day=10, benign_events_a_day=10_000).alpha
        0.001
        """
        return min(1.0, self.false_alerts_a_day / self.benign_events_a_day)

    @property
    def malicious_events_a_day(self) -> float:
        """Malicious events that the prevalence puts beside the benign ones."""
        return self.benign_events_a_day * self.prevalence / (1 - self.prevalence)


@dataclass(frozen=True, slots=True)
class Threshold:
    """Where alerts begin: strictly above ``log_odds``; and what was certified about it.

    ``alpha`` was asked for, ``certified_alpha`` is the 95 % upper bound that holds, from the ``k``-th
    largest of ``n`` benign calibration scores.
    """

    log_odds: float
    alpha: float
    certified_alpha: float
    k: int
    n: int
    false_alerts_a_day: float
    benign_events_a_day: float
    prevalence: float

    @property
    def chance(self) -> float:
        """The threshold as a probability, for people."""
        return float(sigmoid(self.log_odds))

    @property
    def expected_false_alerts_a_day(self) -> float:
        """Mean over calibrations: a new benign score tops the k-th of n with chance k / (n + 1)."""
        return self.benign_events_a_day * self.k / (self.n + 1)

    def expected_alerts_a_day(self, *, recall: float) -> float:
        """False and true alerts together, at the declared prevalence and the recall that was measured."""
        budget = Budget(self.false_alerts_a_day, self.benign_events_a_day, self.prevalence)
        return self.expected_false_alerts_a_day + recall * budget.malicious_events_a_day

    def alerts(self, log_odds: Array) -> Array:
        """Which rows alert: bool[N], true where the log-odds are strictly greater."""
        return np.asarray(log_odds) > self.log_odds

    def to_dict(self) -> dict[str, float | int]:
        """The threshold as JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> Threshold:
        """The threshold that ``to_dict`` gave."""
        return cls(**facts)


def choose(benign_log_odds: Array, *, budget: Budget) -> Threshold:
    """The lowest threshold that certainly keeps the budget.

    ``benign_log_odds`` float[n] are scores of benign calibration rows. At most k-1 of them alert.

    Raises `CannotCertify` when n is too small for the budget, `ScoresNotFinite` for NaN or infinity.

    >>> scores = np.arange(3_000, dtype=np.float32)
    >>> found = choose(scores, budget=Budget(false_alerts_a_day=1, benign_events_a_day=1_000))
    >>> found.k, found.log_odds, int(found.alerts(scores).sum())
    (1, 2999.0, 0)
    """
    scores, alpha = np.asarray(benign_log_odds), budget.alpha
    require_finite(scores)
    k = largest_rank(len(scores), alpha)
    if k == 0:
        raise CannotCertify(
            alpha, rows=len(scores), needed=rows_needed(alpha), smallest=smallest_alpha(len(scores))
        )
    return Threshold(
        log_odds=float(np.partition(scores, len(scores) - k)[len(scores) - k]),
        alpha=alpha,
        certified_alpha=clopper_pearson_upper(k - 1, len(scores)),
        k=k,
        n=len(scores),
        **asdict(budget),
    )


def largest_rank(n: int, alpha: float) -> int:
    """The largest k whose bound on k-1 errors of n is at most alpha; 0 when not even k = 1 is.

    >>> largest_rank(2_994, 1e-3), largest_rank(2_995, 1e-3), largest_rank(10_000, 1e-3)
    (0, 1, 5)
    """
    # the bound grows with k, so the ranks that hold come first
    return bisect_left(range(1, n + 1), True, key=lambda k: clopper_pearson_upper(k - 1, n) > alpha)


def smallest_alpha(n: int) -> float:
    """The smallest false positive rate that n benign rows can certify.

    >>> f"{smallest_alpha(3_000):.2g}"
    '0.001'
    """
    return clopper_pearson_upper(0, n)


def rows_needed(alpha: float) -> int:
    """How many benign rows certify alpha at all: none of them may then alert.

    >>> rows_needed(1e-3), rows_needed(1e-4)
    (2995, 29956)
    """
    return 1 if alpha >= LEVEL else math.ceil(math.log(1 - LEVEL) / math.log1p(-alpha))


def require_finite(scores: Array) -> None:
    """Raise `ScoresNotFinite` unless every score is a finite number."""
    wrong = np.flatnonzero(~np.isfinite(scores))
    if len(wrong):
        raise ScoresNotFinite(count=len(wrong), rows=len(scores), first=int(wrong[0]))


def _require_positive(key: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise BadSetting(key, why=f"{value} is not a number above 0")
