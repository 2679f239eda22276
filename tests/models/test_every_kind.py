"""What every kind must hold to that tells classes apart: a new kind is tested by being there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import pytest

from detectory.errors import (
    BadParameter,
    MissingColumn,
    UnknownKind,
    UnknownParameter,
    UnlearnableTarget,
    UnreadableTensor,
)
from detectory.models import fit, kinds, load
from detectory.models.candidate import CLASSIFYING, Candidate, Fitted, Head, Lesson
from detectory.models.graph import to_bytes
from detectory.schema import Array, Features
from tests.models.conftest import CLASSES, NETS, Ask

INPUTS = {
    "charcnn": ("chars", "dense", "suffix_id"),
    "linear": ("ids",),
    "naive_bayes": ("ids",),
    "stacked": ("dense", "suffix_id", "ids"),
}
NET = {"epochs": 10, "batch_size": 64, "batch_growth": 1.0, "learning_rate": 0.01, "dropout": 0.0}
STRANGE = {"linear": "dense", "naive_bayes": "dense", "stacked": "chars"}
SMALL = {
    "boosted": {"rounds": 12},
    "charcnn": NET | {"embedding": 8, "filters": 12, "hidden": 16},
    "mlp": NET | {"hidden": "32-16"},
    "stacked": {"rounds": 12, "folds": 2},
    "trees": {"max_leaf_nodes": 60},
}
PAIRS = [(kind, head) for kind in kinds() for head in sorted(CLASSIFYING & load(kind).HEADS)]
EVERY = pytest.mark.parametrize(("kind", "head"), PAIRS)

# Logits here reach 20, where neighbouring float32 are 2e-6 apart; sums in another order differ by a few.
CLOSE = 1e-5


def candidate(kind: str, head: Head, **params: float) -> Candidate:
    inputs = INPUTS.get(kind, ("dense", "suffix_id"))
    return Candidate(kind, head, kind, inputs, SMALL.get(kind, {}) | params)


def fitted(wanted: Candidate, features: Features, family: Array, seed: int = 3) -> Fitted:
    target = family > 0 if wanted.head == "score" else family
    classes = () if wanted.head == "score" else CLASSES
    learn = load(wanted.kind).fit
    return learn(wanted, Lesson(features, target, classes=classes, seed=seed))


@EVERY
def test_the_graph_answers_what_python_answers(
    kind: str, head: Head, features: Features, family: Array, extremes: Features, ask: Ask
) -> None:
    model = fitted(candidate(kind, head), features, family)
    for rows in (features, extremes):
        answer = ask(model.graph(), rows)
        assert answer.dtype == np.float32
        assert np.isfinite(answer).all()
        np.testing.assert_allclose(answer, model.answer(rows), rtol=0, atol=CLOSE)


@EVERY
def test_one_row_is_answered_as_in_a_batch(
    kind: str, head: Head, features: Features, family: Array, ask: Ask
) -> None:
    graph = fitted(candidate(kind, head), features, family).graph()
    rows = {name: values[:40] for name, values in features.items()}
    single = [ask(graph, {name: values[at : at + 1] for name, values in rows.items()}) for at in range(40)]
    np.testing.assert_allclose(np.concatenate(single), ask(graph, rows), rtol=0, atol=CLOSE)


@EVERY
def test_the_graph_declares_the_feature_tensors_and_one_output(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    wanted = candidate(kind, head)
    graph = fitted(wanted, features, family).graph().graph
    assert tuple(each.name for each in graph.input) == wanted.inputs
    for each in graph.input:
        declared = onnx.helper.tensor_dtype_to_np_dtype(each.type.tensor_type.elem_type)
        assert declared == features[each.name].dtype
    assert [shape(each) for each in graph.output] == [["N"] if head == "score" else ["N", 4]]
    assert [each.name for each in graph.output] == ["log_odds"]


@EVERY
def test_the_same_seed_gives_the_same_bytes(kind: str, head: Head, features: Features, family: Array) -> None:
    first, second = (fitted(candidate(kind, head), features, family).graph() for _ in range(2))
    assert to_bytes(first) == to_bytes(second)


@EVERY
def test_it_learns_32_rows_by_heart(kind: str, head: Head, features: Features, family: Array) -> None:
    """Each row is there 8 times over, so that no guard against small samples stands in the way."""
    few = np.tile(np.flatnonzero(np.arange(len(family)) < 32), 8)
    rows, truth = {name: values[few] for name, values in features.items()}, family[few]
    learner = candidate(kind, head, **({"epochs": 60} if kind in {"linear", *NETS} else {}))
    answer = fitted(learner, rows, truth).answer(rows)
    given = answer > 0 if head == "score" else answer.argmax(axis=1)
    assert (given == (truth > 0 if head == "score" else truth)).all()


@EVERY
def test_a_family_head_gives_usable_chances_and_a_score_head_log_odds(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    odds = fitted(candidate(kind, head), features, family).answer(features).astype(np.float64)
    if head == "score":
        chance = 1 / (1 + np.exp(-odds))
        np.testing.assert_allclose(chance.mean(), (family > 0).mean(), atol=0.06)
    else:
        chances = np.exp(odds) / np.exp(odds).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(chances.mean(axis=0), np.bincount(family) / len(family), atol=0.06)


@EVERY
def test_weights_move_the_answer(kind: str, head: Head, features: Features, family: Array) -> None:
    wanted = candidate(kind, head)
    target = family > 0 if head == "score" else family
    classes = () if head == "score" else CLASSES
    weight = np.where(family > 0, 9, 1).astype(np.float32)
    fit = load(kind).fit
    plain = fit(wanted, Lesson(features, target, classes=classes, seed=3))
    heavy = fit(wanted, Lesson(features, target, classes=classes, seed=3, weight=weight))
    change = heavy.answer(features) - plain.answer(features)
    assert (change if head == "score" else change[:, 1:].max(axis=1) - change[:, 0]).mean() > 0


@EVERY
def test_a_class_without_rows_is_refused_by_name(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    rows = {name: values[family != 3] for name, values in features.items()}
    with pytest.raises(UnlearnableTarget, match=r"no training row is (negative|ant, dog)"):
        fitted(candidate(kind, head), rows, np.maximum(family, 1)[family != 3])


@EVERY
def test_an_unknown_parameter_is_answered_with_the_known_ones(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    with pytest.raises(UnknownParameter, match="has no parameter 'leafs'"):
        fitted(candidate(kind, head, leafs=3), features, family)


@EVERY
def test_a_tensor_that_is_not_there_is_named(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    wanted = candidate(kind, head)
    with pytest.raises(MissingColumn, match=f"no column '{wanted.inputs[0]}'"):
        fitted(wanted, {"other": features["dense"]}, family)


def test_an_unknown_kind_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownKind, match="no kind of model named 'tree'"):
        load("tree")


def shape(value: onnx.ValueInfoProto) -> list[str | int]:
    return [each.dim_param or each.dim_value for each in value.type.tensor_type.shape.dim]


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("boosted", {"subsample": 2.0}),
        ("boosted", {"rounds": 0}),
        ("boosted", {"patience": 0}),
        ("linear", {"eta": -0.5}),
        ("mlp", {"patience": -1}),
        ("mlp", {"weight_decay": -1.0}),
        ("naive_bayes", {"smoothing": 0.0}),
        ("mlp", {"learning_rate": 1e300}),
        ("stacked", {"alpha": -1.0}),
        ("stacked", {"folds": 1}),
        ("trees", {"max_depth": -4}),
    ],
)
def test_a_value_that_no_fit_can_have_is_told_and_no_bug(
    kind: str, params: dict[str, float], features: Features, family: Array
) -> None:
    with pytest.raises(BadParameter, match=f"'{kind}' cannot be set so"):
        fit(candidate(kind, "score", **params), Lesson(features, family > 0))


@EVERY
def test_a_tensor_that_it_cannot_read_is_named(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    wanted, strange = candidate(kind, head), STRANGE.get(kind, "ids")
    with pytest.raises(UnreadableTensor, match=f"the tensor '{strange}' cannot be read"):
        fitted(replace(wanted, inputs=(*wanted.inputs, strange)), features, family)
