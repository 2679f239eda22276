"""Boosted trees that read a linear model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detectory.errors import UnreadableTensor
from detectory.models.candidate import Candidate, Lesson, Validation
from detectory.models.rounds import Boosted
from detectory.models.stacked import _folds, fit
from detectory.schema import Array, Features
from tests.models.conftest import Ask

WANTED = Candidate("stacked", "score", "stacked", ("dense", "ids"), {"rounds": 20, "max_depth": 3})


def gain_of_ngrams(model: Boosted) -> float:
    """The share of the trees' gain that comes from the linear model's column, the last."""
    gains = model.rounds.booster.get_score(importance_type="total_gain")
    return gains.get("f6", 0.0) / sum(gains.values())


def test_groups_stay_whole_and_every_class_is_met_outside_each_fold() -> None:
    random = np.random.default_rng(1)
    groups = random.integers(0, 60, 5000)
    labels = groups % 4
    fold = _folds(labels, groups, folds=5, seed=1)
    assert all(len(np.unique(fold[groups == each])) == 1 for each in range(60))
    assert all(len(np.unique(labels[fold != each])) == 4 for each in range(5))


def test_what_is_only_remembered_is_not_trusted(features: Features, family: Array) -> None:
    """N-grams that name a row's group say all about training and nothing about a new group."""
    random = np.random.default_rng(7)
    group = random.integers(0, 40, len(family))
    target = group % 2 == 1
    told = {"dense": features["dense"], "ids": np.repeat(group[:, None] + 1, 128, axis=1).astype(np.int32)}
    by_group = fit(WANTED, Lesson(told, target, seed=1, groups=group))
    by_row = fit(WANTED, Lesson(told, target, seed=1))
    assert gain_of_ngrams(by_row) > 0.9
    assert gain_of_ngrams(by_group) < 0.6


def test_python_and_graph_agree_to_the_last_bit_on_the_linear_column(
    features: Features, family: Array, ask: Ask
) -> None:
    """Otherwise a row at a split would fall on one side here and on the other there."""
    model = fit(WANTED, Lesson(features, family > 0, seed=1))
    np.testing.assert_allclose(ask(model.graph(), features), model.answer(features), rtol=0, atol=1e-6)


def test_it_needs_no_columns_beside_the_linear_model(features: Features, family: Array, ask: Ask) -> None:
    alone = replace(WANTED, inputs=("ids",))
    model = fit(alone, Lesson(features, family > 0, seed=1))
    np.testing.assert_allclose(ask(model.graph(), features), model.answer(features), rtol=0, atol=1e-6)


def test_ids_without_a_length_are_no_ngrams(features: Features, family: Array) -> None:
    flat = {**features, "ids": features["ids"][:, 0]}
    with pytest.raises(UnreadableTensor, match="the tensor 'ids' cannot be read"):
        fit(WANTED, Lesson(flat, family > 0, seed=1))


@pytest.mark.parametrize("head", ["score", "family"])
def test_it_stops_early_on_validation(head: str, features: Features, family: Array) -> None:
    wanted = Candidate("stacked", head, "stacked", ("dense", "ids"), {"rounds": 200, "patience": 3})
    target = family > 0 if head == "score" else family
    train = {name: values[:400] for name, values in features.items()}
    held = Validation({name: values[400:] for name, values in features.items()}, target[400:])
    classes = () if head == "score" else tuple("abcd")
    model = fit(wanted, Lesson(train, target[:400], classes=classes, seed=1, validation=held))
    assert model.rounds.booster.num_boosted_rounds() < 200


def test_every_tensor_of_ids_has_a_linear_model_and_a_column_of_its_own(
    features: Features, family: Array, ask: Ask
) -> None:
    two = {**features, "more_ids": features["ids"][:, ::-1].copy()}
    wanted = Candidate("stacked", "score", "stacked", ("dense", "ids", "more_ids"), {"rounds": 20})
    model = fit(wanted, Lesson(two, family > 0, seed=1))
    assert list(model.encoder.bags) == ["ids", "more_ids"]
    assert model.encoder.encode(two).shape[1] == features["dense"].shape[1] + 2
    np.testing.assert_allclose(ask(model.graph(), two), model.answer(two), rtol=0, atol=1e-6)
