"""Baselines: what a model must beat."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np
import pytest

from detectory.metrics import roc_auc
from detectory.models.baselines import LookUp, Majority, SingleFeature, fit, restore
from detectory.schema import Array, Features
from detectory.spec import UNSUPERVISED

NAMES = ("noise", "low", "flat")


@pytest.fixture(scope="module")
def target() -> Array:
    return np.random.default_rng(1).random(400) < 0.3


@pytest.fixture(scope="module")
def features(target: Array) -> Features:
    """Positives are low in the second column; the third is the same everywhere."""
    random = np.random.default_rng(2)
    dense = random.normal(size=(400, 3)).astype(np.float32)
    dense[:, 1] -= 2 * target
    dense[:, 2] = 1
    return {"dense": dense}


def test_majority_says_the_same_of_every_row(features: Features, target: Array) -> None:
    score = Majority.fit(target).score(features)
    assert np.unique(score).tolist() == [target.mean()]


def test_the_best_feature_is_found_with_its_direction(features: Features, target: Array) -> None:
    found = SingleFeature.fit(features, target, names=NAMES)
    assert (found.name, found.sign) == ("low", -1)
    assert roc_auc(found.score(features), target) == pytest.approx(found.auc)
    assert found.auc > 0.85


def test_a_row_seen_is_remembered_and_a_new_one_gets_the_prior(features: Features, target: Array) -> None:
    table = LookUp.fit(features, target)
    assert roc_auc(table.score(features), target) == 1
    new = {"dense": features["dense"] + np.float32(0.5)}
    assert np.unique(table.score(new)).tolist() == [target.mean()]


def test_zero_and_minus_zero_are_one_row() -> None:
    table = LookUp.fit({"dense": np.zeros((1, 2), dtype=np.float32)}, np.array([True]))
    assert table.score({"dense": np.full((1, 2), -0.0, dtype=np.float32)}).tolist() == [1]


def test_three_stand_beside_every_model_and_more_where_they_are_asked_for(
    features: Features, target: Array
) -> None:
    assert list(fit(features, target, names=NAMES)) == ["majority", "single feature", "look-up table"]
    assert list(fit(features, target, names=NAMES, more=["k-means"]))[3:] == ["k-means"]


def test_every_baseline_is_plain_json(features: Features, target: Array) -> None:
    found = fit(features, target, names=NAMES, more=UNSUPERVISED)
    for name, baseline in found.items():
        again = restore(name, json.loads(json.dumps(asdict(baseline))))
        np.testing.assert_array_equal(again.score(features), baseline.score(features))
