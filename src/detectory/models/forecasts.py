"""Numbers that need no learning to speak of: what a model that predicts must beat to be worth its trouble.

Training rows (silver's columns), their dense features and target go in, small frozen objects of plain
numbers come out (``asdict`` of one is JSON), whose ``predict`` gives float64[N]. None is ever served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectory.errors import MissingColumn
from detectory.schema import Array, Features, Rows, keys_of, length
from detectory.spec import Forecast

Floats = NDArray[np.float64]
_DENSE = "dense"
_BINS = 64


@dataclass(frozen=True, slots=True)
class Constant:
    """The same number for every row."""

    value: float

    def predict(self, rows: Rows, features: Features) -> Floats:
        """float64[N].

        >>> Constant(2.5).predict({"stop": ["a", "b"]}, {}).tolist()
        [2.5, 2.5]
        """
        return np.full(length(rows), self.value)


@dataclass(frozen=True, slots=True)
class Stated:
    """A column that is a forecast itself; ``fallback`` where it holds none."""

    column: str
    fallback: float

    def predict(self, rows: Rows, features: Features) -> Floats:
        """float64[N].

        >>> Stated("last", fallback=1.0).predict({"last": [4, None, float("nan")]}, {}).tolist()
        [4.0, 1.0, 1.0]
        """
        said = np.array(rows[self.column], dtype=np.float64)
        return np.where(np.isfinite(said), said, self.fallback)


@dataclass(frozen=True, slots=True)
class MedianBy:
    """The median of the training rows that are alike in some columns; that of all where none is."""

    columns: Sequence[str]
    medians: Mapping[str, float]
    fallback: float

    @classmethod
    def fit(cls, rows: Rows, target: Array, *, columns: Sequence[str]) -> MedianBy:
        """From silver's columns and float64[N].

        >>> rows = {"stop": ["a", "a", "a", "b"]}
        >>> found = MedianBy.fit(rows, np.array([1.0, 2.0, 9.0, 5.0]), columns=["stop"])
        >>> found.predict({"stop": ["a", "b", "c"]}, {}).tolist()
        [2.0, 5.0, 3.5]
        """
        return cls(list(columns), _medians(keys_of(rows, columns), target), float(np.median(target)))

    def predict(self, rows: Rows, features: Features) -> Floats:
        """float64[N]."""
        keys = keys_of(rows, self.columns)
        return np.array([self.medians.get(key, self.fallback) for key in keys], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class LookUp:
    """The median of the training rows with the very same dense features; that of all where none is.

    What it gets right, a model need not have understood: a small error says that the test repeats the
    training.
    """

    seen: Mapping[str, float]
    fallback: float

    @classmethod
    def fit(cls, features: Features, target: Array) -> LookUp:
        """From float32[N, D] ``dense`` and float64[N]."""
        return cls(_medians(_hashes(features[_DENSE]), target), float(np.median(target)))

    def predict(self, rows: Rows, features: Features) -> Floats:
        """float64[N]."""
        hashes = _hashes(features[_DENSE])
        return np.array([self.seen.get(each, self.fallback) for each in hashes], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class SingleFeature:
    """The median of the training rows in the same of up to 64 bins of the best dense feature."""

    name: str
    column: int
    edges: Sequence[float]
    medians: Sequence[float]

    @classmethod
    def fit(cls, features: Features, target: Array, *, names: Sequence[str]) -> SingleFeature:
        """From float32[N, D] ``dense``, whose columns ``names`` names; the best has the smallest MAE.

        >>> dense = np.array([[3, 0], [1, 0], [4, 1], [1, 1]], dtype=np.float32)
        >>> found = SingleFeature.fit({"dense": dense}, np.array([5.0, 5.0, 8.0, 8.0]), names=["n", "m"])
        >>> found.name, found.edges, found.medians
        ('m', [1.0], [5.0, 8.0])
        """
        dense = features[_DENSE]
        tried = [_binned(column, target) for column in dense.T]
        errors = [
            np.abs(np.asarray(medians)[_bins(column, edges)] - target).mean()
            for column, (edges, medians) in zip(dense.T, tried, strict=True)
        ]
        best = int(np.argmin(errors))
        return cls(names[best], best, *tried[best])

    def predict(self, rows: Rows, features: Features) -> Floats:
        """float64[N]."""
        return np.asarray(self.medians)[_bins(features[_DENSE][:, self.column], self.edges)]


Baseline = Constant | Stated | MedianBy | LookUp | SingleFeature


def fit(
    rows: Rows,
    features: Features,
    target: Array,
    *,
    names: Sequence[str],
    forecasts: Mapping[str, Forecast],
) -> dict[str, Baseline]:
    """All baselines by the names that reports give them: four of ours, and those that are declared."""
    ours: dict[str, Baseline] = {
        "mean": Constant(float(np.mean(target))),
        "median": Constant(float(np.median(target))),
        "single feature": SingleFeature.fit(features, target, names=names),
        "look-up table": LookUp.fit(features, target),
    }
    return ours | {name: _declared(words, rows, target) for name, words in forecasts.items()}


def saved(baseline: Baseline) -> dict[str, Any]:
    """The baseline as JSON."""
    return {"kind": type(baseline).__name__, **asdict(baseline)}


def restore(facts: Mapping[str, Any]) -> Baseline:
    """The baseline that `saved` gave.

    >>> restore({"kind": "Constant", "value": 0.25})
    Constant(value=0.25)
    """
    kinds = {kind.__name__: kind for kind in (Constant, Stated, MedianBy, LookUp, SingleFeature)}
    return kinds[facts["kind"]](**{name: value for name, value in facts.items() if name != "kind"})


def _declared(words: Forecast, rows: Rows, target: Array) -> Baseline:
    for column in filter(None, (words.column, *words.median_by)):
        if column not in rows:
            raise MissingColumn(column, where="[forecasts] of detector.toml", known=rows)
    if words.column:
        return Stated(words.column, float(np.median(target)))
    if words.median_by:
        return MedianBy.fit(rows, target, columns=words.median_by)
    return Constant(words.value or 0.0)


def _medians(keys: Sequence[str], target: Array) -> dict[str, float]:
    """The median target of each key."""
    names, group = np.unique(np.asarray(keys, dtype=object), return_inverse=True)
    rising = np.lexsort((target, group))
    start = np.searchsorted(group[rising], np.arange(len(names)))
    size = np.bincount(group, minlength=len(names))
    middle = (target[rising[start + (size - 1) // 2]] + target[rising[start + size // 2]]) / 2
    return dict(zip(names.tolist(), middle.tolist(), strict=True))


def _binned(column: Array, target: Array) -> tuple[list[float], list[float]]:
    """Edges between bins of about equally many rows, and the median target of each bin."""
    shares = np.linspace(0, 1, _BINS + 1)[1:-1]
    edges = np.unique(np.quantile(column, shares, method="higher"))
    edges = edges[edges > column.min()]
    place = _bins(column, edges)
    found = _medians([str(each) for each in place], target)
    return edges.tolist(), [found[str(each)] for each in range(len(edges) + 1)]


def _bins(column: Array, edges: Sequence[float] | Array) -> NDArray[np.intp]:
    return np.searchsorted(np.asarray(edges, dtype=np.float64), column, side="right")


def _hashes(dense: Array) -> list[str]:
    """A hash a row. Adding 0.0 turns −0.0, which has other bytes, into 0.0."""
    rows = np.ascontiguousarray(dense + np.float32(0))
    return [hashlib.blake2b(row, digest_size=8).hexdigest() for row in rows]
