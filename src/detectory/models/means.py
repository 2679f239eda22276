"""The mean target of nested categories, coarse to fine: what a route, its stop, that stop's hour are like.

One-hot columns end where a category has thousands of values. Here each level of a path of ids adds what
it differs by from the level above, shrunk towards it where rows are few, so an id that training has not
met answers as its parent does. Fitted on training rows and exported with the model; columns for the
training rows themselves come from other rows (out of fold), or trees would trust the means of what they
know by heart. It knows nothing of order between ids, and of a path only the mean.

References: Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes" (2001);
Prokhorenkova et al., "CatBoost" (2018), on why a row's own target must stay out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.models.graph import ML, Part

STEP = 2.0**-10  # sums of multiples of it are exact in float32 in any order, up to ±8,192
Ids = NDArray[np.int64]
Columns = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Means:
    """What each id adds to the mean of the level above it; an id that was not met adds nothing.

    >>> paths = np.array([[1, 11], [1, 11], [1, 12], [2, 21]])
    >>> means = Means.fit(paths, np.array([4.0, 4.0, 1.0, -1.0]), prior_rows=0)
    >>> means.encode(np.array([[1, 11], [1, 99], [9, 99]])).tolist()
    [[3.0, 4.0], [3.0, 3.0], [2.0, 2.0]]
    """

    overall: float
    added: Mapping[int, float]

    @classmethod
    def fit(cls, paths: Ids, target: NDArray[np.float64], *, prior_rows: float) -> Means:
        """Learn from int64[N, L] paths of ids, all ids of all levels distinct, and float[N].

        ``prior_rows`` is how many rows of doubt pull an id towards its parent.
        """
        overall = _rounded(float(target.mean()))
        told = np.full(len(target), overall)
        added: dict[int, float] = {}
        for level in paths.T:
            ids, place = np.unique(level, return_inverse=True)
            missed = np.bincount(place, weights=target - told)
            differs = np.round(missed / (np.bincount(place) + prior_rows) / STEP) * STEP
            added |= dict(zip(ids.tolist(), differs.tolist(), strict=True))
            told = told + differs[place]
        return cls(overall, added)

    def encode(self, paths: Ids) -> Columns:
        """float32[N, L]: the mean as each level tells it."""
        ids, place = np.unique(paths, return_inverse=True)
        differs = np.array([self.added.get(each, 0.0) for each in ids.tolist()])
        return (self.overall + np.cumsum(differs[place].reshape(paths.shape), axis=1)).astype(np.float32)

    def part(self, name: str) -> Part:
        """The graph's form: the tensor ``name`` of paths to the columns."""
        differs = Part(name).then(
            "LabelEncoder", f"{name}_differs", domain=ML,
            keys_int64s=list(self.added), values_floats=list(self.added.values()), default_float=0.0,
        )  # fmt: skip
        along = differs.then("CumSum", f"{name}_sums", np.array(1, dtype=np.int64))
        return along.then("Add", f"{name}_means", np.array([self.overall], dtype=np.float32))


def unmet(paths: Ids, target: NDArray[np.float64], fold: NDArray[np.int64], *, prior_rows: float) -> Columns:
    """float32[N, L]: what means fitted on the other folds say of each row.

    >>> paths, target, fold = np.array([[1], [1]]), np.array([0.0, 2.0]), np.array([0, 1])
    >>> unmet(paths, target, fold, prior_rows=0).tolist()
    [[2.0], [0.0]]
    """
    columns = np.empty(paths.shape, dtype=np.float32)
    for each in np.unique(fold):
        rows = fold == each
        columns[rows] = Means.fit(paths[~rows], target[~rows], prior_rows=prior_rows).encode(paths[rows])
    return columns


def _rounded(value: float) -> float:
    return round(value / STEP) * STEP
