"""What kinds that know only weights learn of a teacher is what the cross-entropy with its chances says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xgboost
from hypothesis import given, strategies as st
from scipy.special import log_softmax

from detectory.errors import NoSoftLabels
from detectory.models import fitting, kinds, load
from detectory.models.candidate import Candidate, Head, Lesson, Soft
from detectory.models.graph import to_bytes
from detectory.models.soft import MOST, chances, in_rows, taught
from detectory.runtime.trees import Trees
from detectory.schema import Array, Features
from tests.models.conftest import CLASSES, ROWS, Ask

INPUTS = {"linear": ("ids",), "stacked": ("dense", "suffix_id", "ids")}
SMALL = {"trees": {"max_leaf_nodes": 60, "n_estimators": 1}, "boosted": {"rounds": 12, "subsample": 1.0}}
SMALL |= {
    "stacked": {"rounds": 8, "folds": 2, "epochs": 3},
    "linear": {"epochs": 3},
    "nested": {"rounds": 12},
}
HEADS: tuple[Head, ...] = ("score", "family", "value")
OF_ROWS = [kind for kind in kinds() if getattr(load(kind), "SOFT", "") == "rows"]
LEARN = [(kind, head) for kind in OF_ROWS for head in HEADS if head in load(kind).HEADS]
EVERY = pytest.mark.parametrize(("kind", "head"), LEARN)


def student(kind: str, head: Head, **params: float) -> Candidate:
    inputs = INPUTS.get(kind, ("dense", "suffix_id"))
    return Candidate(kind, head, kind, inputs, SMALL.get(kind, {}) | params)


def lesson_of(head: Head, features: Features, family: Array) -> Lesson:
    targets = {"score": family > 0, "family": family, "value": 100.0 + family}
    return Lesson(features, targets[head], classes=CLASSES if head == "family" else (), seed=3)


def soft(answer: Array, *, share: float = 1.0, temperature: float = 1.0) -> Soft:
    shares = np.full(len(answer), share, dtype=np.float32)
    return Soft(answer.astype(np.float32), shares, temperature)


def all_knowing(lesson: Lesson) -> Array:
    """What a teacher answers that knows every row for certain."""
    if lesson.target.dtype == np.float64:
        return lesson.target.astype(np.float32)
    sides = np.eye(4)[lesson.target.astype(int)] if lesson.classes else 2 * lesson.target - 1.0
    return (60 * sides).astype(np.float32)


@given(st.integers(0, 2**32 - 1), st.integers(2, MOST), st.floats(0, 1))
def test_the_rows_have_the_cross_entropy_of_the_blended_chances(seed: int, many: int, share: float) -> None:
    random = np.random.default_rng(seed)
    said, answer = random.normal(size=(2, 40, many)) * 2
    target, weight = random.integers(0, many, 40), random.uniform(0.1, 3, 40)
    names = tuple("abcd"[:many])
    whole = Lesson({"at": np.arange(40)}, target, classes=names, weight=weight.astype(np.float32))
    rows = in_rows(student("trees", "family"), whole, soft(said, share=share))
    blended = share * chances(said.astype(np.float32)) + (1 - share) * np.eye(many)[target]
    direct = -(weight[:, None] * blended * log_softmax(answer, axis=1)).sum()
    assert rows.weight is not None
    told = -(rows.weight * log_softmax(answer, axis=1)[rows.features["at"], rows.target]).sum()
    np.testing.assert_allclose(told, direct, rtol=1e-4)
    np.testing.assert_allclose(np.bincount(rows.apart, rows.weight), weight, rtol=1e-5)


def test_boosted_trees_of_the_rows_are_those_that_xgboost_fits_to_chances(
    features: Features, family: Array
) -> None:
    """XGBoost takes chances as labels of two classes: then no row needs to be there twice.

    The columns have few values: where they are many, it bins those of twice as many rows otherwise.
    """
    columns = np.round(features["dense"])
    said = np.random.default_rng(5).normal(size=ROWS).astype(np.float32) + family
    params = {"rounds": 8, "eta": 0.3, "max_depth": 3, "subsample": 1.0, "colsample": 1.0}
    wanted = Candidate("student", "score", "boosted", ("dense",), params)
    model = taught(wanted, Lesson({"dense": columns}, family > 0), soft(said, share=0.7))
    chance = 0.7 * chances(said)[:, 1] + 0.3 * (family > 0)
    options = {"objective": "binary:logistic", "base_score": 0.5, "eta": 0.3, "max_depth": 3}
    direct = xgboost.train(options, xgboost.QuantileDMatrix(columns, chance), 8)
    margin = direct.inplace_predict(columns, predict_type="margin")
    np.testing.assert_allclose(model.answer({"dense": columns}), margin, atol=1e-5)


@EVERY
def test_a_teacher_that_knows_all_teaches_what_the_truth_does(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    lesson = lesson_of(head, features, family)
    plain = fitting(student(kind, head)).fit(student(kind, head), lesson)
    learned = taught(student(kind, head), lesson, soft(all_knowing(lesson)))
    weighted = replace(lesson, weight=np.ones(ROWS, dtype=np.float32), groups=lesson.apart)
    same = fitting(student(kind, head)).fit(student(kind, head), weighted)
    assert to_bytes(learned.graph()) == to_bytes(same.graph())
    np.testing.assert_allclose(learned.answer(features), plain.answer(features), atol=1e-4)


@EVERY
def test_a_teacher_without_a_share_is_not_heard(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    lesson = lesson_of(head, features, family)
    wrong = -all_knowing(lesson)
    unheard = taught(student(kind, head), lesson, soft(wrong, share=0.0))
    heard = taught(student(kind, head), lesson, soft(all_knowing(lesson)))
    assert to_bytes(unheard.graph()) == to_bytes(heard.graph())


@EVERY
def test_a_student_says_what_its_teacher_says_and_not_what_is_true(
    kind: str, head: Head, features: Features, family: Array
) -> None:
    lesson = lesson_of(head, features, family)
    turned = lesson_of(head, features, 3 - family if head != "score" else (family == 0).astype(int))
    learned = taught(student(kind, head), lesson, soft(all_knowing(turned)))
    answer = learned.answer(features)
    assert np.isfinite(answer).all()
    if head == "value":
        assert np.abs(answer - turned.target).mean() < np.abs(answer - lesson.target).mean()
    else:
        given = answer > 0 if head == "score" else answer.argmax(axis=1)
        assert (given == turned.target).mean() > 0.8


@pytest.mark.parametrize(("kind", "head"), [pair for pair in LEARN if pair[1] != "value"])
def test_what_was_learned_at_a_temperature_is_said_at_one(
    kind: str, head: Head, features: Features, family: Array, ask: Ask
) -> None:
    """A student that fits its teacher perfectly at a temperature says its log-odds, not a part of them."""
    lesson = lesson_of(head, features, family)
    said = np.where(all_knowing(lesson) > 0, 4.0, -4.0).astype(np.float32)
    learned = taught(student(kind, head), lesson, soft(said, temperature=4.0))
    answer = learned.answer(features)
    np.testing.assert_allclose(ask(learned.graph(), features), answer, rtol=1e-5, atol=1e-4)
    warm = fitting(student(kind, head)).fit(
        student(kind, head), in_rows(student(kind, head), lesson, soft(said, temperature=4.0))
    )
    np.testing.assert_allclose(answer, 4 * warm.answer(features), rtol=1e-6)


def test_cooled_boosted_trees_are_explained_and_cooled_forests_are_not(
    features: Features, family: Array
) -> None:
    lesson = lesson_of("score", features, family)
    said = soft(all_knowing(lesson) / 20, temperature=3.0)
    model = taught(student("boosted", "score"), lesson, said)
    trees = Trees(to_bytes(model.tables()), name="score.trees.onnx")  # type: ignore[attr-defined]
    added = trees.explain(features).added.sum(axis=1) + trees.expectation
    np.testing.assert_allclose(added, model.answer(features), rtol=1e-5, atol=1e-4)
    assert not hasattr(taught(student("trees", "score"), lesson, said), "tables")


def test_of_many_classes_a_row_is_told_of_the_likeliest() -> None:
    answer = np.log(np.array([[0.4, 0.3, 0.2, 0.06, 0.03, 0.01]], dtype=np.float32))
    lesson = Lesson({"at": np.zeros(1)}, np.array([5]), classes=tuple("abcdef"))
    rows = in_rows(student("trees", "family"), lesson, soft(answer))
    assert rows.target.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(rows.weight, np.array([0.4, 0.3, 0.2, 0.06]) / 0.96, rtol=1e-5)


@pytest.mark.parametrize(
    ("kind", "head", "said", "why"),
    [
        ("nearest", "score", {}, "the kind 'nearest' cannot learn from them as the head 'score'"),
        ("boosted", "low", {}, "the kind 'boosted' cannot learn from them as the head 'low'"),
        ("boosted", "score", {"share": 0.5, "temperature": 2.0}, "at temperature 2, only what is learned"),
        ("boosted", "value", {"temperature": 2.0}, "at temperature 2, only what is learned"),
    ],
)
def test_what_a_student_cannot_learn_is_said(
    kind: str, head: Head, said: dict[str, float], why: str, features: Features, family: Array
) -> None:
    lesson = lesson_of("value" if head == "low" else head, features, family)
    with pytest.raises(NoSoftLabels, match=why):
        taught(student(kind, head), lesson, soft(all_knowing(lesson), **said))


def test_copies_of_a_row_are_one_group(features: Features, family: Array) -> None:
    """Or what is made out of fold would be made from the row itself."""
    lesson = lesson_of("score", features, family)
    rows = in_rows(student("stacked", "score"), lesson, soft(np.zeros(ROWS)))
    assert len(rows.target) == 2 * ROWS
    assert (np.bincount(rows.apart) == 2).all()
