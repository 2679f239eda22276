"""Logistic regression on n-gram ids."""

from __future__ import annotations

import numpy as np

from detectory.models.candidate import Candidate, Lesson
from detectory.models.linear import BUCKETS, Bag, Params, counts, descend, fit
from detectory.schema import Array, Features
from tests.models.conftest import CLASSES, Ask


def test_padding_and_buckets_never_met_weigh_nothing(features: Features, family: Array) -> None:
    wanted = Candidate("linear", "score", "linear", ("ids",))
    bag = fit(wanted, Lesson(features, family > 0, seed=1)).bag
    assert bag.weights[[0, 40_000]].tolist() == [[0], [0]]
    empty = np.zeros((1, 128), dtype=np.int32)
    assert bag.logits(empty).tolist() == [bag.bias.tolist()]


def test_sums_are_exact_in_any_order() -> None:
    random = np.random.default_rng(1)
    bag = Bag.of(random.normal(scale=9, size=(2, BUCKETS)), np.zeros(2), length=128)
    ids = random.integers(1, BUCKETS, size=(500, 128), dtype=np.int32)
    np.testing.assert_array_equal(bag.logits(ids), bag.logits(ids[:, ::-1]))
    np.testing.assert_array_equal(bag.logits(ids), bag.weights[ids].astype(np.float64).sum(axis=1))


def test_rounding_moves_a_logit_by_little() -> None:
    random = np.random.default_rng(1)
    weights = random.normal(scale=3, size=(1, BUCKETS))
    ids = random.integers(1, BUCKETS, size=(500, 128), dtype=np.int32)
    moved = Bag.of(weights, np.zeros(1), length=128).logits(ids)[:, 0] - weights[0][ids].sum(axis=1)
    assert np.abs(moved).max() < 1e-2


def test_a_score_is_the_same_to_the_last_bit_in_python_and_in_the_graph(
    features: Features, family: Array, ask: Ask
) -> None:
    wanted = Candidate("linear", "score", "linear", ("ids",))
    model = fit(wanted, Lesson(features, family > 0, seed=1))
    np.testing.assert_array_equal(ask(model.graph(), features), model.answer(features))


def test_of_two_families_each_has_its_own_logit(features: Features, family: Array, ask: Ask) -> None:
    wanted = Candidate("linear", "family", "linear", ("ids",))
    pair = (family > 0).astype(np.int64)
    model = fit(wanted, Lesson(features, pair, classes=CLASSES[:2], seed=1))
    answer = ask(model.graph(), features)
    assert answer.shape == (len(family), 2)
    np.testing.assert_allclose(np.exp(answer).sum(axis=1), 1, atol=1e-6)


def test_a_class_that_a_fold_lacks_has_the_chance_of_one_row(features: Features, family: Array) -> None:
    without = family != 2
    bag = descend(features["ids"][without], family[without], outputs=4, params=Params(), seed=1, threads=1)
    assert not bag.weights[:, 2].any()
    np.testing.assert_allclose(bag.bias[2], -np.log(without.sum() + 1), rtol=1e-6)


def test_nothing_dense_is_built(features: Features) -> None:
    found = counts(features["ids"])
    assert found.nnz <= (features["ids"] != 0).sum()
    np.testing.assert_array_equal(found.sum(axis=1).A1, (features["ids"] != 0).sum(axis=1))
