"""Slices: where the detector is weak, worst first, and how it does on each family and population.

In: decisions and truth of the test rows, and a value of each row for every declared slice. Out: rows
of a table with Wilson intervals. Values with fewer than ``MINIMUM`` rows say little; they are counted
together, so that every row of the test set appears in every slice exactly once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectory.judge.confusion import Confusion, codes
from detectory.metrics import UNDEFINED, Array, Interval, ratio, wilson

MINIMUM = 20


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One value of one slice. ``merged`` counts the rare values in it, 0 for a value of its own."""

    slice: str
    value: str
    rows: int
    malicious: int
    recall: Interval
    fpr: Interval
    precision: Interval
    merged: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        words = {"slice": self.slice, "value": self.value, "merged": self.merged}
        rates = {name: getattr(self, name).as_dict() for name in ("recall", "fpr", "precision")}
        return words | {"rows": self.rows, "malicious": self.malicious} | rates


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """How one family fares: does it alert, is it named, and what is it taken for otherwise."""

    family: str
    seen: bool
    rows: int
    detected: Interval
    recall: Interval
    precision: Interval
    f1: float
    mistaken_for: str

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        rates = {name: getattr(self, name).as_dict() for name in ("detected", "recall", "precision")}
        words = {"family": self.family, "seen": self.seen, "rows": self.rows}
        return words | rates | {"f1": _or_none(self.f1), "mistaken_for": self.mistaken_for}


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """False alerts on one benign population."""

    population: str
    rows: int
    alerts: int
    fpr: Interval

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        counts = {"population": self.population, "rows": self.rows, "alerts": self.alerts}
        return counts | {"fpr": self.fpr.as_dict()}


def by_length(lengths: Array, edges: Sequence[int]) -> Array:
    """Name the bucket of each length: below the first edge, between two, from the last.

    >>> by_length(np.array([3, 8, 40]), [8, 16]).tolist()
    ['under 8', '8-15', '16 and more']
    """
    between = [f"{low}-{high - 1}" for low, high in itertools.pairwise(edges)]
    names = np.array([f"under {edges[0]}", *between, f"{edges[-1]} and more"])
    return names[np.searchsorted(edges, lengths, side="right")]


def table(slices: Mapping[str, Array], *, alert: Array, target: Array) -> list[SliceRow]:
    """Recall, false positive rate and precision for each value of each slice, worst first.

    The worst has the lowest recall; where nothing is malicious, the highest false positive rate.
    """
    rows = [
        row for name, values in slices.items() for row in _rows_of(name, values, alert=alert, target=target)
    ]
    return sorted(rows, key=_badness)


def families(confusion: Confusion, *, label: Array, alert: Array, seen: Array) -> list[FamilyRow]:
    """Detection, recall and precision of the label for each family, least detected first.

    ``confusion`` counts true against given labels, the first of both being the benign one;
    families without a row are left out. A row's
    ``detected`` asks only whether it alerts; ``recall`` and ``precision`` whether it gets its own
    family's name. An unseen family can be detected but never named.
    """
    code = codes(label, confusion.truth)
    alerts = np.bincount(code, weights=alert, minlength=len(confusion.truth))
    known = np.bincount(code, weights=seen, minlength=len(confusion.truth)) > 0
    rows = [
        _family(name, confusion=confusion, alerts=int(alerts[place]), seen=bool(known[place]))
        for place, name in enumerate(confusion.truth[1:], start=1)
        if confusion.rows(name)
    ]
    return sorted(rows, key=lambda row: (row.detected.value, row.family))


def populations(population: Array, *, alert: Array, target: Array) -> list[PopulationRow]:
    """The false positive rate on each benign population apart, highest first."""
    names, code = np.unique(population[~target], return_inverse=True)
    alerts = np.bincount(code, weights=alert[~target], minlength=len(names)).astype(int)
    rows = np.bincount(code, minlength=len(names))
    found = [
        PopulationRow(str(name), int(n), int(hits), wilson(int(hits), int(n)))
        for name, n, hits in zip(names, rows, alerts, strict=True)
    ]
    return sorted(found, key=lambda row: (-row.fpr.value, row.population))


def _rows_of(name: str, values: Array, *, alert: Array, target: Array) -> Iterable[SliceRow]:
    """Every frequent value of one slice, then the rare ones together."""
    known, code = np.unique(values, return_inverse=True)
    counts = _counts(code, alert=alert, target=target, codes=len(known))
    frequent = counts.sum(axis=1) >= MINIMUM
    for value, count in zip(known[frequent], counts[frequent], strict=True):
        yield _slice_row(name, str(value), count)
    rare = int((~frequent).sum())
    if rare:
        words = f"{rare} rarer values" if rare > 1 else "1 rarer value"
        yield _slice_row(name, words, counts[~frequent].sum(axis=0), merged=rare)


def _counts(code: Array, *, alert: Array, target: Array, codes: int) -> Array:
    """Rows by value: quiet benign, false alert, missed, caught; int[codes, 4]."""
    cell = code * 4 + target.astype(np.int64) * 2 + alert
    return np.bincount(cell, minlength=codes * 4).reshape(codes, 4)


def _slice_row(name: str, value: str, counts: Array, *, merged: int = 0) -> SliceRow:
    quiet, false, missed, caught = (int(count) for count in counts)
    return SliceRow(
        slice=name,
        value=value,
        rows=quiet + false + missed + caught,
        malicious=missed + caught,
        recall=wilson(caught, missed + caught),
        fpr=wilson(false, quiet + false),
        precision=wilson(caught, caught + false),
        merged=merged,
    )


def _badness(row: SliceRow) -> tuple[float, float, str, str]:
    recall = 2.0 if math.isnan(row.recall.value) else row.recall.value
    errors = 0.0 if math.isnan(row.fpr.value) else row.fpr.value
    return recall, -errors, row.slice, row.value


def _family(name: str, *, confusion: Confusion, alerts: int, seen: bool) -> FamilyRow:
    rows, right, given = confusion.rows(name), confusion.right(name), confusion.given_rows(name)
    return FamilyRow(
        family=name,
        seen=seen,
        rows=rows,
        detected=wilson(alerts, rows),
        recall=wilson(right, rows) if seen else UNDEFINED,
        precision=wilson(right, given) if seen else UNDEFINED,
        f1=ratio(2 * right, rows + given) if seen else math.nan,
        mistaken_for=confusion.mistaken_for(name),
    )


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
