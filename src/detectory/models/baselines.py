"""Answers that need no learning to speak of: what a model must beat to be worth its trouble.

Training features and target go in, a small frozen object of plain numbers comes out (``asdict`` of it
is JSON), whose ``score`` ranks rows: higher is likelier positive. None is ever served.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detectory.metrics import roc_auc
from detectory.models.unsupervised import Clusters, Isolation
from detectory.schema import Array, Features

Scores = NDArray[np.float64]
_DENSE = "dense"


@dataclass(frozen=True, slots=True)
class Majority:
    """The same chance for every row: the share of positives in training."""

    chance: float

    @classmethod
    def fit(cls, target: Array) -> Majority:
        """From bool[N].

        >>> Majority.fit(np.array([True, False, False, False])).chance
        0.25
        """
        return cls(float(target.mean()))

    def score(self, features: Features) -> Scores:
        """float64[N]: the chance, over and over."""
        return np.full(len(features[_DENSE]), self.chance)


@dataclass(frozen=True, slots=True)
class SingleFeature:
    """The dense feature that alone ranks training rows best; ``sign`` −1 where low values are positive.

    The score is the feature itself, so only its order means something.
    """

    name: str
    column: int
    sign: int
    auc: float

    @classmethod
    def fit(cls, features: Features, target: Array, *, names: Sequence[str]) -> SingleFeature:
        """From float32[N, D] ``dense``, whose columns ``names`` names, and bool[N].

        >>> dense = np.array([[0, 9], [0, 7], [1, 3], [0, 1]], dtype=np.float32)
        >>> SingleFeature.fit({"dense": dense}, np.array([False, False, True, True]), names=["n", "m"])
        SingleFeature(name='m', column=1, sign=-1, auc=1.0)
        """
        areas = np.array([roc_auc(column, target) for column in features[_DENSE].T])
        best = int(np.abs(areas - 0.5).argmax())
        sign = 1 if areas[best] >= 0.5 else -1
        return cls(names[best], best, sign, float(0.5 + abs(areas[best] - 0.5)))

    def score(self, features: Features) -> Scores:
        """float64[N]: the feature, turned so that higher is positive."""
        return self.sign * features[_DENSE][:, self.column].astype(np.float64)


@dataclass(frozen=True, slots=True)
class LookUp:
    """The mean target of the training rows with the very same dense features, else the prior.

    ``seen`` maps a hash of the features (16 hexadecimal digits) to that mean. What it gets right, a
    model need not have understood: a high figure says that the test repeats the training.
    """

    seen: Mapping[str, float]
    prior: float

    @classmethod
    def fit(cls, features: Features, target: Array) -> LookUp:
        """From float32[N, D] ``dense`` and bool[N].

        >>> table = LookUp.fit({"dense": np.array([[1.0], [1.0], [2.0]])}, np.array([True, False, False]))
        >>> table.score({"dense": np.array([[1.0], [2.0], [3.0]])}).round(2).tolist()
        [0.5, 0.0, 0.33]
        """
        keys, group = np.unique(_keys(features[_DENSE]), return_inverse=True)
        means = np.bincount(group, weights=target) / np.bincount(group)
        return cls(dict(zip(keys.tolist(), means.tolist(), strict=True)), float(target.mean()))

    def score(self, features: Features) -> Scores:
        """float64[N]: the chance that the table holds."""
        return np.array([self.seen.get(key, self.prior) for key in _keys(features[_DENSE])], dtype=np.float64)


Baseline = Majority | SingleFeature | LookUp | Isolation | Clusters


def fit(
    features: Features, target: Array, *, names: Sequence[str], more: Sequence[str] = (), seed: int = 0
) -> dict[str, Baseline]:
    """The first three, and ``more`` that learn without labels, by the names that reports give them.

    ``names`` are those of the dense columns.
    """
    found: dict[str, Baseline] = {
        "majority": Majority.fit(target),
        "single feature": SingleFeature.fit(features, target, names=names),
        "look-up table": LookUp.fit(features, target),
    }
    return found | {name: _unsupervised(name, features[_DENSE], target, seed=seed) for name in more}


def _unsupervised(name: str, dense: Array, target: Array, *, seed: int) -> Isolation | Clusters:
    """One that learns from all rows, or, where its name says so, from the negative ones."""
    kind = Isolation if name.startswith("isolation forest") else Clusters
    return kind.fit(dense[~target] if name.endswith("of negatives") else dense, seed=seed)


_KINDS: Mapping[str, Callable[..., Baseline]] = {
    "majority": Majority,
    "single feature": SingleFeature,
    "look-up table": LookUp,
    "isolation forest": Isolation,
    "isolation forest of negatives": Isolation,
    "k-means": Clusters,
    "k-means of negatives": Clusters,
}


def restore(name: str, facts: Mapping[str, Any]) -> Baseline:
    """The baseline that ``asdict`` was taken of.

    >>> restore("majority", {"chance": 0.25})
    Majority(chance=0.25)
    """
    return _KINDS[name](**facts)


def _keys(dense: Array) -> list[str]:
    """A hash a row. Adding 0.0 turns −0.0, which has other bytes, into 0.0."""
    rows = np.ascontiguousarray(dense + np.float32(0))
    return [hashlib.blake2b(row, digest_size=8).hexdigest() for row in rows]
