"""Intervals at the ends: where every resample says 0 or 1, the bootstrap says nothing of what it has not met.

In: shares with their bootstrap intervals, and the rows that they are shares of. Out: the same, but that a
share of exactly 0 or 1 has Wilson's interval over as many trials as there are groups: rows of one group
count as one, for they come and go together.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from detectory.metrics import Array, Interval, wilson

#: how the name of a share begins, longest first, and of which rows it is one
SHARES = {
    "recall_negative": "negative",
    "recall_unseen": "unseen",
    "recall_seen": "seen",
    "recall_": "positive",
    "fpr_": "negative",
    "precision_at_budget": "alerting",
}


def widened(
    found: Mapping[str, Interval], *, target: Array, seen: Array, alert: Array, group: Array
) -> dict[str, Interval]:
    """The intervals, none of them a point where the share is 0 or 1.

    ``target``, ``seen`` and ``alert`` are bool[N], ``group`` is anything[N], of the rows that were judged.

    >>> rows = {"target": np.ones(20, bool), "seen": np.ones(20, bool), "alert": np.ones(20, bool)}
    >>> point = {"recall_at_budget": Interval(1.0, 1.0, 1.0)}
    >>> round(widened(point, **rows, group=np.arange(20))["recall_at_budget"].low, 2)
    0.84
    """
    kinds = {
        "positive": target,
        "negative": ~target,
        "alerting": alert,
        "seen": target & seen,
        "unseen": target & ~seen,
    }
    trials = {kind: len(np.unique(group[rows])) for kind, rows in kinds.items()}
    return {name: _widened(name, interval, trials) for name, interval in found.items()}


def _widened(name: str, interval: Interval, trials: Mapping[str, int]) -> Interval:
    kind = next((kind for start, kind in SHARES.items() if name.startswith(start)), None)
    if kind is None or interval.value not in (0.0, 1.0) or interval.low < interval.high:
        return interval
    return wilson(interval.value * trials[kind], trials[kind])
