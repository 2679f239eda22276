"""Decision trees and forests."""

from __future__ import annotations

import numpy as np

from detectory.models.candidate import Candidate, Lesson
from detectory.models.graph import to_bytes
from detectory.models.trees import Forest, Leaves, fit
from detectory.schema import Array, Features
from tests.models.conftest import Ask


def forest(features: Features, target: Array, classes: int = 0, **params: float) -> Forest:
    wanted = Candidate("forest", "family" if classes else "score", "trees", ("dense",), params)
    return fit(wanted, Lesson(features, target, classes=["?"] * classes, seed=1))


def test_a_leaf_of_one_class_is_surer_the_more_rows_it_has() -> None:
    leaves = Leaves(np.array([[0.0, 3.0], [0.0, 300.0]]))
    chance = leaves.met + leaves.doubt[:, None]
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    np.testing.assert_allclose(chance[:, 1], [3.5 / 4, 300.5 / 301])


def test_a_leaf_surer_than_a_float32_chance_can_say_keeps_its_log_odds(ask: Ask) -> None:
    """Thirty million rows without one against: 1 − chance is 2e-8, and float32 has nothing below 6e-8."""
    rows = {"dense": np.repeat([[0.0], [1.0]], [100, 50_000], axis=0).astype(np.float32)}
    weight = np.full(50_100, 600, dtype=np.float32)
    wanted = Candidate("tree", "score", "trees", ("dense",), {"n_estimators": 1})
    target = rows["dense"][:, 0] > 0
    model = fit(wanted, Lesson(rows, target, seed=1, weight=weight))
    odds = ask(model.graph(), {"dense": np.array([[1.0], [0.0]], dtype=np.float32)})
    np.testing.assert_allclose(odds, [np.log(60_000_001), -np.log(120_001)], rtol=1e-6)


def test_one_estimator_is_a_tree_that_sees_every_row(features: Features, family: Array) -> None:
    tree = forest(features, family > 0, n_estimators=1)
    assert len(tree.estimators) == 1
    assert tree.estimators[0].tree_.n_node_samples[0] == len(family)


def test_a_forest_of_25_trees_of_1024_leaves_on_50_classes_stays_under_the_limit() -> None:
    random = np.random.default_rng(5)
    rows = {"dense": random.normal(size=(30_000, 8)).astype(np.float32)}
    model = forest(rows, random.integers(0, 50, 30_000), classes=50, min_samples_leaf=1, max_samples=1.0)
    assert max(each.tree_.n_leaves for each in model.estimators) == 1024
    assert len(to_bytes(model.graph())) < 20 * 2**20
