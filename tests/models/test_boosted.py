"""Boosted trees."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detectory.models.boosted import fit
from detectory.models.candidate import Candidate, Lesson, Validation
from detectory.schema import Array, Features

WANTED = Candidate("boosted", "score", "boosted", ("dense", "suffix_id"), {"rounds": 200, "patience": 5})


def test_validation_ends_a_fit_early_and_the_graph_holds_the_best_rounds(
    features: Features, family: Array
) -> None:
    train = {name: values[:400] for name, values in features.items()}
    held = Validation({name: values[400:] for name, values in features.items()}, family[400:] > 0)
    model = fit(WANTED, Lesson(train, family[:400] > 0, seed=1, validation=held))
    (trees,) = (node for node in model.graph().graph.node if node.op_type == "TreeEnsembleRegressor")
    ids = next(each.ints for each in trees.attribute if each.name == "target_treeids")
    assert len(set(ids)) == model.rounds.booster.num_boosted_rounds() < 200


def test_without_validation_every_round_is_run(features: Features, family: Array) -> None:
    model = fit(WANTED, Lesson(features, family > 0, seed=1))
    assert model.rounds.booster.num_boosted_rounds() == 200


def test_the_margin_is_nothing_but_leaves(features: Features, family: Array) -> None:
    """Leaves held at nothing leave log-odds of nothing: no intercept hides in the booster."""
    still = replace(WANTED, params={"rounds": 3, "eta": 1e-12})
    model = fit(still, Lesson(features, family > 3 - 1, seed=1))
    np.testing.assert_allclose(model.answer(features), 0, atol=1e-9)


def test_it_reads_fewer_tensors_when_the_candidate_does(features: Features, family: Array) -> None:
    bare = replace(WANTED, inputs=("dense",), params={"rounds": 3})
    model = fit(bare, Lesson(features, family > 0, seed=1))
    assert [each.name for each in model.graph().graph.input] == ["dense"]
