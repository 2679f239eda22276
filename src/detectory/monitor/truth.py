"""How good a version is on the traffic that it meets, by the labels people gave.

Comes in: predictions with their labels. Goes out: shares with intervals, and None — "no data" — for what
no label can tell, never 0. Whoever labels only what looks wrong to him makes every figure here too bad: the
review queue asks for rows without regard to their score. Misses that somebody happened to notice count like
drawn ones; where most labels of rows that did not alert are such, the recall is too low.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from detectory.ledger.database import Database
from detectory.metrics import LEVEL, Interval, ratio, wilson
from detectory.spec import Binary, Spec

_BOTH = 1 - (1 - LEVEL) / 2  # two shares that both lie in their interval, with 95 % (Bonferroni)
_Z = 1.959963984540054  # of the normal distribution, 97.5 %


@dataclass(frozen=True, slots=True)
class Quality:
    """What labels say of a version; each figure is None where there are no data for it.

    ``precision`` is the share of alerts that are true, ``recall`` an estimate of the share of what is true
    that alerts. Of a detector that predicts numbers: ``mae``, the mean absolute error in the target's unit,
    and ``coverage``, the share of truths inside their interval.
    """

    labels: int
    precision: Interval | None = None
    recall: Interval | None = None
    mae: Interval | None = None
    coverage: Interval | None = None

    def to_dict(self) -> dict[str, Any]:
        """The figures for JSON."""
        told = {name: value and value.as_dict() for name, value in asdict(self).items() if name != "labels"}
        return {"labels": self.labels, **told}


@dataclass(frozen=True, slots=True)
class Stratum:
    """Rows that alerted, or that did not: how many there were, and the truth of those with a label.

    ``rows`` counts those that were not kept too; ``weights`` float[N] beside ``truths`` bool[N].
    """

    rows: float
    truths: Sequence[bool]
    weights: Sequence[float]

    def share(self, *, level: float = LEVEL) -> Interval | None:
        """The share of the rows that are true; unequal weights count as fewer labels (Kish 1965)."""
        total, squared = sum(self.weights), sum(weight**2 for weight in self.weights)
        if not total:
            return None
        hits = sum(weight for weight, truth in zip(self.weights, self.truths, strict=True) if truth)
        effective = total**2 / squared
        return wilson(hits / total * effective, effective, level=level)


def quality(ledger: Database, spec: Spec, *, version: str | None = None, since: float = 0.0) -> Quality:
    """What labels say of the predictions of a detector since then (Unix seconds). Raises `LedgerAway`."""
    from detectory.ledger import truth

    found = truth.labelled(ledger, spec.name, version=version, since=since)
    if not isinstance(spec, Binary):
        return of_numbers(found)
    rows = truth.population(ledger, spec.name, version=version, since=since)
    alerts, quiet = (
        Stratum(
            rows.get(is_alert, 0.0),
            [one.label != spec.label.negative for one in found if one.alert is is_alert],
            [1 / one.share for one in found if one.alert is is_alert],
        )
        for is_alert in (True, False)
    )
    return Quality(len(found), alerts.share(), recall_of(alerts, quiet))


def recall_of(alerts: Stratum, quiet: Stratum) -> Interval | None:
    """True alerts ÷ all that is true; None unless labels of both kinds of row let it be estimated.

    Each stratum's share is known from its labels and counts for all its rows, so it does not matter that
    alerts are labelled far more often. The interval takes both shares at their worse ends.

    >>> alerts = Stratum(100, [True] * 9 + [False], [1.0] * 10)
    >>> quiet = Stratum(9900, [True] + [False] * 98, [1.0] * 99)
    >>> [round(part, 2) for part in recall_of(alerts, quiet)]
    [0.47, 0.08, 0.87]
    >>> recall_of(alerts, Stratum(9900, [], [])) is None
    True
    """
    found, missed = alerts.share(level=_BOTH), quiet.share(level=_BOTH)
    if found is None or missed is None:
        return None
    value = ratio(alerts.rows * found.value, alerts.rows * found.value + quiet.rows * missed.value)
    low = ratio(alerts.rows * found.low, alerts.rows * found.low + quiet.rows * missed.high)
    high = ratio(alerts.rows * found.high, alerts.rows * found.high + quiet.rows * missed.low)
    return None if math.isnan(value) else Interval(value, low, high)


def of_numbers(found: Sequence[Any]) -> Quality:
    """What labels say of predicted numbers."""
    if not found:
        return Quality(0)
    errors = [abs(float(one.label) - one.level) for one in found]
    inside = sum(one.low <= float(one.label) <= one.high for one in found)
    return Quality(len(found), mae=_mean(errors), coverage=wilson(inside, len(found)))


def _mean(values: Sequence[float]) -> Interval:
    """A mean with its normal interval; of one value there is none."""
    mean = sum(values) / len(values)
    if len(values) < 2:
        return Interval(mean, math.nan, math.nan)
    spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    half = _Z * math.sqrt(spread / len(values))
    return Interval(mean, mean - half, mean + half)
