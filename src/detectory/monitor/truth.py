"""How good a version is on the traffic that it meets, by the labels people gave.

Comes in: predictions with their labels. Goes out: shares with intervals, and None — "no data" — for what
no label can tell, never 0. Whoever labels only what looks wrong to him makes every figure here too bad: the
review queue asks for rows without regard to their score. Misses that somebody happened to notice count like
drawn ones; where most labels of rows that did not alert are such, the recall is too low.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from detectory.ledger.database import Database
from detectory.metrics import LEVEL, Interval, ratio, wilson
from detectory.spec import Binary, Spec

if TYPE_CHECKING:  # SQLAlchemy is loaded when the ledger is asked
    from detectory.ledger.truth import Labelled

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
    """The labelled rows that alerted, or that did not: ``truths`` bool[N], and ``weights`` float[N]."""

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
    alerts, quiet = (_stratum(found, spec, alert=alert) for alert in (True, False))
    if not alerts.truths or not quiet.truths:  # then counting all rows, which takes a while, tells nothing
        return Quality(len(found), alerts.share())
    rows = truth.population(ledger, spec.name, version=version, since=since)
    return Quality(len(found), alerts.share(), recall_of(alerts, quiet, rows))


def _stratum(found: Sequence[Labelled], spec: Binary, *, alert: bool) -> Stratum:
    chosen = [one for one in found if one.alert is alert]
    truths = [one.label != spec.label.negative for one in chosen]
    return Stratum(truths, [1 / one.share for one in chosen])


def recall_of(alerts: Stratum, quiet: Stratum, rows: Mapping[bool, float]) -> Interval | None:
    """True alerts ÷ all that is true; None unless labels of both kinds of row let it be estimated.

    ``rows`` says how many rows alerted and how many did not: what is true of the labelled ones of each kind
    counts for all of them, so it does not matter that alerts are labelled far more often. The interval takes
    both shares at their worse ends.

    >>> alerts, quiet = Stratum([True] * 9 + [False], [1.0] * 10), Stratum([True] + [False] * 98, [1.0] * 99)
    >>> [round(part, 2) for part in recall_of(alerts, quiet, {True: 100, False: 9900})]
    [0.47, 0.08, 0.87]
    >>> recall_of(alerts, Stratum([], []), {True: 100}) is None
    True
    """
    found, missed = alerts.share(level=_BOTH), quiet.share(level=_BOTH)
    if found is None or missed is None:
        return None
    alerting, silent = rows.get(True, 0.0), rows.get(False, 0.0)
    value = ratio(alerting * found.value, alerting * found.value + silent * missed.value)
    low = ratio(alerting * found.low, alerting * found.low + silent * missed.high)
    high = ratio(alerting * found.high, alerting * found.high + silent * missed.low)
    return None if math.isnan(value) else Interval(value, low, high)


def of_numbers(found: Sequence[Labelled]) -> Quality:
    """What labels say of predicted numbers."""
    if not found:
        return Quality(0)
    errors = [abs(float(one.label) - one.level) for one in found]
    inside = sum(_is_inside(one) for one in found)
    return Quality(len(found), mae=_mean(errors), coverage=wilson(inside, len(found)))


def _is_inside(one: Labelled) -> bool:
    return one.low is not None and one.high is not None and one.low <= float(one.label) <= one.high


def _mean(values: Sequence[float]) -> Interval:
    """A mean with its normal interval; of one value there is none."""
    mean = sum(values) / len(values)
    if len(values) < 2:
        return Interval(mean, math.nan, math.nan)
    spread = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    half = _Z * math.sqrt(spread / len(values))
    return Interval(mean, mean - half, mean + half)
