"""Two baselines that learn without labels: what is rare, or far from everything, is called positive.

Training rows go in, a frozen object of plain numbers comes out, whose ``score`` ranks rows: the stranger a
row, the higher. Where the positives are the common ones such a baseline fails, and that is worth seeing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest

from detectory.schema import Array, Features

Scores = NDArray[np.float64]
_DENSE = "dense"
_TREES, _ROWS_A_TREE = 100, 256  # the paper's own, which it found to be enough whatever the data
_CLUSTERS = 8


@dataclass(frozen=True, slots=True)
class Isolation:
    """An isolation forest: few random cuts set a strange row apart (Liu, Ting and Zhou, ICDM 2008).

    All trees lie in one list of nodes; ``roots`` says where each begins. At a node a row goes ``left`` if
    its ``feature`` is at most the ``threshold``, else ``right``; a leaf leads to itself, and ``depth`` is
    the length of the path to it, with what the rows left there would have taken.
    """

    roots: Sequence[int]
    feature: Sequence[int]
    threshold: Sequence[float]
    left: Sequence[int]
    right: Sequence[int]
    depth: Sequence[float]
    steps: int

    @classmethod
    def fit(cls, dense: Array, *, seed: int) -> Isolation:
        """From float32[N, D]."""
        rows = min(_ROWS_A_TREE, len(dense))
        forest = IsolationForest(n_estimators=_TREES, max_samples=rows, random_state=seed).fit(dense)
        trees = [each.tree_ for each in forest.estimators_]
        starts = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]

        pairs = list(zip(trees, starts.tolist(), strict=True))
        return cls(
            roots=starts.tolist(),
            feature=_flat(np.maximum(tree.feature, 0) for tree in trees),
            threshold=_flat(tree.threshold for tree in trees),
            left=_flat(_next(tree.children_left, start) for tree, start in pairs),
            right=_flat(_next(tree.children_right, start) for tree, start in pairs),
            depth=_flat(_depths(tree) for tree in trees),
            steps=max(tree.max_depth for tree in trees),
        )

    def score(self, features: Features) -> Scores:
        """float64[N]: the mean path length, turned so that higher is stranger."""
        dense, feature, threshold = features[_DENSE], np.array(self.feature), np.array(self.threshold)
        left, right, depth = np.array(self.left), np.array(self.right), np.array(self.depth)
        total = np.zeros(len(dense))
        for root in self.roots:
            at = np.full(len(dense), root)
            for _ in range(self.steps):
                goes_left = dense[np.arange(len(dense)), feature[at]] <= threshold[at]
                at = np.where(goes_left, left[at], right[at])
            total += depth[at]
        return np.asarray(-total / len(self.roots))


@dataclass(frozen=True, slots=True)
class Clusters:
    """The distance to the nearest of the centres that k-means finds, in standard deviations."""

    mean: Sequence[float]
    scale: Sequence[float]
    centres: Sequence[Sequence[float]]

    @classmethod
    def fit(cls, dense: Array, *, seed: int) -> Clusters:
        """From float32[N, D]."""
        rows = dense.astype(np.float64)
        mean, spread = rows.mean(axis=0), rows.std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
        distinct = len(np.unique(rows, axis=0))
        found = KMeans(min(_CLUSTERS, distinct), n_init=4, random_state=seed).fit((rows - mean) / scale)
        return cls(mean.tolist(), scale.tolist(), found.cluster_centers_.tolist())

    def score(self, features: Features) -> Scores:
        """float64[N]: the distance.

        >>> Clusters([0.0], [2.0], [[0.0], [1.0]]).score({"dense": np.array([[2.0], [6.0]])}).tolist()
        [0.0, 2.0]
        """
        rows = (features[_DENSE].astype(np.float64) - self.mean) / np.array(self.scale)
        squares = [((rows - np.array(centre)) ** 2).sum(axis=1) for centre in self.centres]
        return np.asarray(np.sqrt(np.min(squares, axis=0)))


def _flat(parts: Iterable[Array]) -> list[Any]:
    found: list[Any] = np.concatenate(list(parts)).tolist()
    return found


def _next(children: Array, start: int) -> Array:
    """Where each node leads, in the list of all nodes; a leaf leads to itself."""
    return np.where(children < 0, np.arange(len(children)), children) + start


def _depths(tree: Any) -> Scores:
    """float64[nodes]: edges from the root, and the mean that so many rows would need to be set apart."""
    edges = np.zeros(tree.node_count)
    for node in np.flatnonzero(tree.children_left >= 0):  # a parent stands before its children
        edges[[tree.children_left[node], tree.children_right[node]]] = edges[node] + 1
    return edges + _path_length(tree.n_node_samples)


def _path_length(rows: Array) -> Scores:
    """Equation 1 of the paper: the mean path of an unsuccessful search in a tree of so many rows.

    >>> _path_length(np.array([1, 2, 256])).round(3).tolist()
    [0.0, 1.0, 10.245]
    """
    many = np.maximum(rows, 3).astype(np.float64)
    mean = 2 * (np.log(many - 1) + np.euler_gamma) - 2 * (many - 1) / many
    return np.select([rows <= 1, rows == 2], [0.0, 1.0], mean)
