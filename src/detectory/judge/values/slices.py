"""Slices of predicted numbers: where the error is largest, worst first.

In: predictions and truth of the test rows, and a value of each row for every slice. Out: rows of a table
with intervals from resampled groups. Values with fewer than ``MINIMUM`` rows are counted together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from detectory.judge.slices import MINIMUM
from detectory.metrics import Array, Floats, Interval, intervals


class Judged(Protocol):
    """What is known of the rows besides the prediction."""

    @property
    def target(self) -> Array: ...

    @property
    def low(self) -> Array: ...

    @property
    def high(self) -> Array: ...

    @property
    def group(self) -> Array: ...

    @property
    def population(self) -> Array: ...


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One value of one slice. ``merged`` counts the rare values in it, 0 for a value of its own."""

    slice: str
    value: str
    rows: int
    mae: Interval
    bias: Interval
    coverage: Interval
    width: Interval
    merged: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        words = {"slice": self.slice, "value": self.value, "merged": self.merged, "rows": self.rows}
        return words | {name: getattr(self, name).as_dict() for name in _MEASURED}


_MEASURED = ("mae", "bias", "coverage", "width")


def table(
    slices: Mapping[str, Array], value: Array, judged: Judged, *, seed: int, times: int
) -> list[ErrorRow]:
    """MAE, mean error, coverage and width for each value of each slice, largest MAE first."""
    error = np.asarray(value, dtype=np.float64) - judged.target
    inside = (judged.target >= judged.low) & (judged.target <= judged.high)
    columns = (np.abs(error), error, inside.astype(np.float64), np.asarray(judged.high - judged.low))
    rows = [
        row
        for name, cut in slices.items()
        for row in _rows_of(name, cut, columns, judged, seed=seed, times=times)
    ]
    return sorted(rows, key=lambda row: (-row.mae.value, row.slice, row.value))


def _rows_of(
    name: str, cut: Array, columns: tuple[Array, ...], judged: Judged, *, seed: int, times: int
) -> Iterable[ErrorRow]:
    names, code, merged = _merged(cut)
    counts = np.bincount(code, minlength=len(names))

    def measure(weight: Floats) -> dict[str, float]:
        total = np.bincount(code, weights=weight, minlength=len(names))
        found: dict[str, float] = {}
        for title, column in zip(_MEASURED, columns, strict=True):
            sums = np.bincount(code, weights=weight * column, minlength=len(names))
            means = np.divide(sums, total, out=np.full(len(names), np.nan), where=total > 0)
            found |= {f"{title} {at}": float(mean) for at, mean in enumerate(means)}
        return found

    told = intervals(measure, judged.group, times=times, seed=seed, strata=judged.population)
    for at, text in enumerate(names):
        parts = {title: told[f"{title} {at}"] for title in _MEASURED}
        yield ErrorRow(name, text, int(counts[at]), **parts, merged=merged if at == len(names) - 1 else 0)


def _merged(cut: Array) -> tuple[list[str], Array, int]:
    """The frequent values, the code of every row, and how many rare values share the last code."""
    known, code, counts = np.unique(cut, return_inverse=True, return_counts=True)
    frequent = counts >= MINIMUM
    rare = int((~frequent).sum())
    place = np.where(frequent, np.cumsum(frequent) - 1, frequent.sum())
    names = [str(value) for value in known[frequent]]
    if rare:
        names.append(f"{rare} rarer values" if rare > 1 else "1 rarer value")
    return names, place[code], rare
