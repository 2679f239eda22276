"""Baselines that learn without labels."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from detectory.metrics import roc_auc
from detectory.models.baselines import fit
from detectory.models.unsupervised import Clusters, Isolation
from detectory.schema import Array, Features


@pytest.fixture(scope="module")
def dense() -> Array:
    """Two dense heaps; the last ten rows lie far from both."""
    random = np.random.default_rng(1)
    rows = random.normal(size=(600, 4)).astype(np.float32)
    rows[:300] += 8
    rows[590:] -= 9
    return rows


@pytest.fixture(scope="module")
def strange() -> Array:
    return np.arange(600) >= 590


@pytest.mark.parametrize("kind", [Isolation, Clusters])
def test_what_is_rare_and_far_off_ranks_highest(
    kind: type[Isolation] | type[Clusters], dense: Array, strange: Array
) -> None:
    few = np.flatnonzero(~strange)
    assert roc_auc(kind.fit(dense[few], seed=0).score({"dense": dense}), strange) > 0.98


def test_the_paths_are_those_of_scikit_learn(dense: Array) -> None:
    forest = IsolationForest(n_estimators=100, max_samples=256, random_state=3).fit(dense)
    score = Isolation.fit(dense, seed=3).score({"dense": dense})
    longest = 2 * (np.log(255) + np.euler_gamma) - 2 * 255 / 256
    np.testing.assert_allclose(2 ** (score / longest), -forest.score_samples(dense), rtol=1e-5)


@pytest.mark.parametrize("kind", [Isolation, Clusters])
def test_fewer_rows_than_trees_or_clusters_want_are_enough(kind: type[Isolation] | type[Clusters]) -> None:
    rows = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 3.0]], dtype=np.float32)
    assert np.isfinite(kind.fit(rows, seed=0).score({"dense": rows})).all()


@pytest.mark.parametrize("name", ["isolation forest", "k-means"])
def test_where_the_positives_are_common_only_one_that_knows_the_negatives_finds_them(
    name: str, dense: Array, strange: Array
) -> None:
    """Nine in ten rows are positive: without labels the ten negative ones are what is strange."""
    features: Features = {"dense": dense}
    both = fit(features, ~strange, names="abcd", more=[name, f"{name} of negatives"])
    with_labels = roc_auc(both[f"{name} of negatives"].score(features), ~strange)
    assert roc_auc(both[name].score(features), ~strange) < 0.7 < 0.9 < with_labels


def test_the_same_seed_gives_the_same_baseline(dense: Array) -> None:
    assert Isolation.fit(dense, seed=4) == Isolation.fit(dense, seed=4)
    assert Isolation.fit(dense, seed=4) != Isolation.fit(dense, seed=5)
