"""A decision tree, or a forest of them (``n_estimators``), by scikit-learn.

The graph sums smoothed leaf shares and takes logarithms. Each class is summed by itself, so a chance
within 1e-7 of one keeps its resolution: log(p) − log(1 − p) with 1 − p added up from its own small
terms, where 1 − P in float32 would tie a thousand rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from detectory.models import graph
from detectory.models.candidate import CLASSIFYING, Candidate, Head, Lesson, settings, tensors
from detectory.models.ensemble import Tree, sum_of
from detectory.models.table import Table
from detectory.models.target import indices
from detectory.models.tree_tables import tables_of
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

Floats = NDArray[np.float64]
HEADS = CLASSIFYING
SOFT = "rows"


@dataclass(frozen=True, slots=True)
class Params:
    """scikit-learn's parameters; ``max_features`` and ``max_samples`` are shares, and of a forest only."""

    n_estimators: int = 25
    criterion: str = "gini"
    max_depth: int = 32
    max_leaf_nodes: int = 1024
    min_samples_leaf: int = 2
    min_samples_split: int = 2
    max_features: float = 0.3
    max_samples: float = 0.6


@dataclass(frozen=True, slots=True)
class Leaves:
    """What each node's rows were: class counts and their sum, float64[nodes, K] and float64[nodes].

    A node's share of class k is (count_k + 1/K) / (count + 1), one row's worth of doubt spread evenly
    (Krichevsky & Trofimov 1981; smoothing is what makes tree probabilities rank: Provost & Domingos
    2003). The second term of the sum is equal for all classes, so a leaf names only classes it has met.
    """

    counts: Floats

    @property
    def doubt(self) -> Floats:
        """float64[nodes]: the share that every class has in a node beside what was met there."""
        classes = self.counts.shape[1]
        return np.asarray(1 / (classes * (self.counts.sum(axis=1) + 1)))

    @property
    def met(self) -> Floats:
        """float64[nodes, K]: the share of each class that was met in a node."""
        return np.asarray(self.counts / (self.counts.sum(axis=1, keepdims=True) + 1))


@dataclass(frozen=True, slots=True)
class Forest:
    """Fitted scikit-learn trees over a table of columns."""

    estimators: Sequence[Any]
    table: Table
    inputs: tuple[graph.Input, ...]
    head: Head

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds, or float32[N, K] log-chances."""
        columns = self.table.encode(features)
        chance = np.mean([_chance(each.tree_, columns) for each in self.estimators], axis=0)
        logs = np.log(chance)
        odds = logs[:, 1] - logs[:, 0] if self.head == "score" else logs
        return np.asarray(odds, dtype=np.float32)

    def graph(self) -> ModelProto:
        """Trees, leaf shares to class shares, logarithm."""
        classes = int(self.estimators[0].tree_.n_classes[0])
        shares = sum_of(
            self._trees(), self.table.part(), branch="BRANCH_LEQ", outputs=classes + 1, name="leaf_sum"
        )
        # Output K is the doubt, which belongs to every class.
        spread = np.vstack([np.eye(classes), np.ones(classes)]).astype(np.float32)
        chance = shares.then("MatMul", "chance", spread)
        last = _odds(chance) if self.head == "score" else chance.then("Log", graph.OUTPUT)
        return graph.build(last, inputs=self.inputs, head=self.head, classes=classes)

    def tables(self) -> ModelProto:
        """The trees' tables of the head ``score``: leaves add up to the probability, as no logarithm does."""
        return tables_of(
            self._trees(),
            self.table.part(),
            inputs=self.inputs,
            widths=self.table.widths(self.inputs),
            branch="BRANCH_LEQ",
            unit="probability",
            outputs=(0, 1, 1),  # of the negative class, of the positive one, and the doubt of both
        )

    def _trees(self) -> list[Tree]:
        return [_tree(each.tree_, of=len(self.estimators)) for each in self.estimators]


def fit(candidate: Candidate, lesson: Lesson) -> Forest:
    """Fit a tree or a forest; see ``Kind.fit``. ``groups`` and ``validation`` are of no use to it."""
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    labels = indices(lesson.target, head=candidate.head, classes=lesson.classes)
    table = Table.fit(read)
    model = _model(params, seed=lesson.seed, threads=lesson.threads)
    model.fit(table.encode(read), labels, sample_weight=lesson.weight)
    return Forest(getattr(model, "estimators_", [model]), table, graph.inputs_of(read), candidate.head)


def _model(params: Params, *, seed: int, threads: int) -> Any:
    """One tree sees every row and column; a forest's trees differ by what they do not see."""
    common = {
        "criterion": params.criterion,
        "max_depth": params.max_depth,
        "max_leaf_nodes": params.max_leaf_nodes,
        "min_samples_leaf": params.min_samples_leaf,
        "min_samples_split": params.min_samples_split,
        "random_state": seed,
    }
    if params.n_estimators == 1:
        return DecisionTreeClassifier(**common)
    return RandomForestClassifier(
        params.n_estimators,
        max_features=params.max_features,
        max_samples=params.max_samples,
        n_jobs=threads,
        **common,
    )


def _leaves(tree: Any) -> Leaves:
    """scikit-learn keeps the share of each class in a node, and how many rows came there."""
    return Leaves(tree.value[:, 0, :] * tree.weighted_n_node_samples[:, None])


def _chance(tree: Any, columns: NDArray[np.float32]) -> Floats:
    """float64[N, K]: one tree's smoothed class shares."""
    leaves, at = _leaves(tree), tree.apply(columns)
    return np.asarray(leaves.met[at] + leaves.doubt[at, None])


def _tree(tree: Any, *, of: int) -> Tree:
    """A scikit-learn tree as arrays, its leaf values divided by the number of trees."""
    leaves = _leaves(tree)
    values = np.column_stack([leaves.met, leaves.doubt]) / of
    values[tree.children_left >= 0] = 0
    at, output = np.nonzero(values)
    return Tree(
        left=tree.children_left,
        right=tree.children_right,
        feature=tree.feature,
        threshold=_down(tree.threshold),
        missing_left=np.zeros(len(values), dtype=bool),
        cover=tree.weighted_n_node_samples.astype(np.float32),
        leaves=at,
        targets=output,
        values=values[at, output].astype(np.float32),
    )


def _down(threshold: Floats) -> NDArray[np.float32]:
    """The largest float32 not above each: x ≤ t then holds for the same float32 x as in float64.

    >>> float(_down(np.array([0.1]))[0]) <= 0.1, float(np.float32(0.1)) <= 0.1
    (True, False)
    """
    near = threshold.astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)


def _odds(chance: graph.Part) -> graph.Part:
    """log(p) − log(1 − p), one number a row."""
    signs = np.array([[-1], [1]], dtype=np.float32)
    odds = chance.then("Log", "logs").then("MatMul", "odds", signs)
    return odds.then("Reshape", graph.OUTPUT, np.array([-1], dtype=np.int64))
