"""The tables that explain a head say what its graph says: at thresholds, for what is missing, in float32."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.models import load
from detectory.models.candidate import EXPLAINED, Candidate, Head, Lesson, OfTrees
from detectory.models.graph import to_bytes
from detectory.runtime.trees import Trees
from detectory.schema import Array, Features
from tests.models.conftest import Ask

INPUTS = {"stacked": ("dense", "suffix_id", "ids")}
SMALL = {"trees": {"max_leaf_nodes": 60}, "boosted": {"rounds": 12}, "stacked": {"rounds": 12, "folds": 2}}
OF_TREES = ("boosted", "nested", "stacked", "trees")
PAIRS = [(kind, head) for kind in OF_TREES for head in sorted(EXPLAINED & load(kind).HEADS)]
EVERY = pytest.mark.parametrize(("kind", "head"), PAIRS)


def fitted(kind: str, head: Head, features: Features, family: Array) -> OfTrees:
    wanted = Candidate(kind, head, kind, INPUTS.get(kind, ("dense", "suffix_id")), SMALL.get(kind, {}))
    target = family > 0 if head == "score" else 500.0 + family
    model = load(kind).fit(wanted, Lesson(features, target, seed=3))
    assert isinstance(model, OfTrees)
    return model


def opened(model: OfTrees) -> Trees:
    return Trees(to_bytes(model.tables()), name="score.trees.onnx")


def answer_of(trees: Trees, features: Features) -> Array:
    """What the reasons and the expectation add up to, as the head says it."""
    total = trees.explain(features).added.sum(axis=1) + trees.expectation
    return np.log(total) - np.log1p(-total) if trees.unit == "probability" else total


@EVERY
def test_what_the_columns_add_is_the_answer(
    kind: str, head: Head, features: Features, family: Array, extremes: Features, ask: Ask
) -> None:
    model = fitted(kind, head, features, family)
    trees = opened(model)
    for rows in (features, extremes):
        np.testing.assert_allclose(answer_of(trees, rows), ask(model.graph(), rows), rtol=1e-6, atol=1e-4)


@EVERY
def test_what_is_missing_and_what_is_at_a_threshold_goes_the_same_way(
    kind: str, head: Head, features: Features, family: Array, ask: Ask
) -> None:
    """Every threshold of the tables is put into its column, and its neighbours in float32; and NaN."""
    model = fitted(kind, head, features, family)
    trees = opened(model)
    met = np.unique(features["dense"][:, 0])[:150]
    at = np.concatenate([met, np.nextafter(met, np.float32(-9)), (met[1:] + met[:-1]) / 2, [np.nan]])
    rows = {name: np.resize(values, (len(at), *values.shape[1:])) for name, values in features.items()}
    rows["dense"][:, 0] = at
    np.testing.assert_allclose(answer_of(trees, rows), ask(model.graph(), rows), rtol=1e-6, atol=1e-4)


@EVERY
def test_the_same_fit_gives_the_same_bytes(kind: str, head: Head, features: Features, family: Array) -> None:
    first, second = (to_bytes(fitted(kind, head, features, family).tables()) for _ in range(2))
    assert first == second


@EVERY
def test_every_column_is_of_a_tensor(kind: str, head: Head, features: Features, family: Array) -> None:
    trees = opened(fitted(kind, head, features, family))
    assert list(trees.widths) == list(INPUTS.get(kind, ("dense", "suffix_id")))
    assert sum(trees.widths.values()) == trees.explain(features).columns.shape[1]


def test_the_means_of_a_path_are_columns_of_their_own(features: Features, family: Array) -> None:
    path = np.stack([family, 10 + family, 100 + np.arange(len(family)) % 50], axis=1).astype(np.int64)
    rows = {"dense": features["dense"], "stop_path": path}
    wanted = Candidate("nested", "value", "nested", ("dense", "stop_path"), {"rounds": 10})
    model = load("nested").fit(wanted, Lesson(rows, 5.0 * family, seed=3))
    trees = opened(model)
    assert trees.widths == {"dense": 6, "stop_path": 3}
    assert trees.unit == "value"
    np.testing.assert_allclose(answer_of(trees, rows), model.answer(rows), rtol=1e-6, atol=1e-4)
