"""How a net is trained: early ends, a teacher, weights of rows and classes, batches of any size."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from detectory.errors import BadParameter, LossNotFinite, MissingExtra
from detectory.models import load
from detectory.models.candidate import Lesson, Soft, Step, Validation
from detectory.models.graph import to_bytes
from detectory.models.nets import batches
from detectory.schema import Array, Features
from tests import needs
from tests.models.conftest import CLASSES
from tests.models.nets.conftest import Fit, candidate

needs.library("torch", extra="deep")


def test_every_epoch_is_told_with_its_loss_on_validation_rows(
    fit: Fit, features: Features, lesson: Lesson
) -> None:
    steps: list[Step] = []
    fit(otherwise={"watch": steps.append, "validation": Validation(features, lesson.target)})
    assert [(step.at, step.of) for step in steps] == [(at, 6) for at in range(1, 7)]
    assert steps[-1].loss < steps[0].loss


def test_it_ends_when_it_gains_no_more_and_keeps_the_best_epoch(fit: Fit, features: Features) -> None:
    steps: list[Step] = []
    noise = Validation(features, np.random.default_rng(77).random(600) > 0.5)
    fitted = fit(epochs=40, patience=2, otherwise={"watch": steps.append, "validation": noise})
    best = 1 + int(np.argmin([step.loss for step in steps]))
    assert len(steps) == best + 3 < 40
    alone = fit(epochs=best, otherwise={"validation": noise})
    assert to_bytes(fitted.graph()) == to_bytes(alone.graph())


def test_whoever_looks_on_may_end_it(fit: Fit) -> None:
    def enough(step: Step) -> None:
        raise TimeoutError("pruned")

    with pytest.raises(TimeoutError, match="pruned"):
        fit(otherwise={"watch": enough})


def test_a_rate_that_is_too_high_is_named(fit: Fit) -> None:
    with pytest.raises(LossNotFinite, match="no number any more in epoch") as caught:
        fit(head="value", objective="squared", learning_rate=1e30, otherwise={"target": np.arange(600.0)})
    assert "a learning rate of 1e+30 is too high" in caught.value.why


@pytest.mark.parametrize("rows", [65, 2, 1])
def test_a_last_batch_of_one_row_is_no_trouble_for_a_batch_norm(
    rows: int, fit: Fit, features: Features
) -> None:
    few = {name: each[:rows] for name, each in features.items()}
    minutes = np.arange(float(rows))
    fitted = fit(
        head="value", batch_size=64, batch_growth=1.0, otherwise={"features": few, "target": minutes}
    )
    assert np.isfinite(fitted.answer(few)).all()


def test_no_batch_of_an_epoch_is_left_with_a_single_row() -> None:
    for count in (65, 129, 1000):
        found = batches.order(np.zeros(count, dtype=np.int64), size=64, random=np.random.default_rng(0))
        assert sorted(np.concatenate(found).tolist()) == list(range(count))
        assert min(map(len, found)) > 30


def test_a_row_is_as_long_as_its_last_letter() -> None:
    letters = np.array([[97, 0, 98, 0], [0, 0, 0, 0], [1, 2, 3, 4]], dtype=np.uint8)
    assert batches.Rows(letters, *[np.zeros(0)] * 5).lengths.tolist() == [3, 0, 4]
    assert batches.Rows(letters[:, :0], *[np.zeros(0)] * 5).lengths.tolist() == [0, 0, 0]


def test_balanced_classes_weigh_alike(fit: Fit, features: Features) -> None:
    rare = np.arange(600) % 20 == 0
    plain, balanced = (
        fit(class_weight=each, otherwise={"target": rare}).answer(features) for each in ("none", "balanced")
    )
    assert (plain > 0).mean() < 0.1
    assert (balanced > plain).mean() > 0.95


def test_a_row_of_no_weight_teaches_nothing(fit: Fit, lesson: Lesson, features: Features) -> None:
    weight = np.where(np.arange(600) < 300, 1, 0).astype(np.float32)
    lies = np.where(weight > 0, lesson.target, ~lesson.target)
    wrong = (fit(otherwise={"target": lies, "weight": weight}).answer(features) > 0) != lesson.target
    assert wrong.mean() < 0.2


@pytest.mark.parametrize("head", ["score", "family", "value"])
def test_a_student_follows_its_teacher_and_not_the_truth(
    head: str, fit: Fit, features: Features, family: Array
) -> None:
    """The truth is noise, or of another unit; only the teacher knows what the rows are."""
    noise = np.random.default_rng(2).permutation(family)
    told = {
        "score": np.where(family > 0, 5, -5),
        "family": np.where(np.arange(4) == family[:, None], 8, 0),
        "value": 10.0 * family,
    }[head].astype(np.float32)
    target = {"score": noise > 0, "family": noise, "value": np.full(600, np.nan)}[head]
    if head == "value":
        target[:2] = 0.0, 30.0
    share = np.where(np.isnan(target.astype(float)), 1, 0.99).astype(np.float32)
    soft = Soft(told, share, temperature=2.0)
    classes = CLASSES if head == "family" else ()
    student = fit(head=head, epochs=20, otherwise={"target": target, "soft": soft, "classes": classes})
    answer = student.answer(features)
    if head == "value":
        assert np.corrcoef(answer, told)[0, 1] > 0.6
    else:
        said = answer > 0 if head == "score" else answer.argmax(axis=1)
        assert (said == (family > 0 if head == "score" else family)).mean() > 0.7


def test_a_class_that_the_teacher_never_says_is_no_class_without_rows(
    fit: Fit, features: Features, family: Array
) -> None:
    told = np.where(np.arange(4) == np.minimum(family, 2)[:, None], 8, 0).astype(np.float32)
    soft = Soft(told, np.ones(600, np.float32))
    student = fit(head="family", otherwise={"target": family, "soft": soft, "classes": CLASSES})
    assert student.answer(features).shape == (600, 4)


def test_the_temperature_softens_and_keeps_the_size_of_gradients(
    fit: Fit, features: Features, family: Array
) -> None:
    told = np.where(family > 0, 4, -4).astype(np.float32)
    soft = Soft(told, np.ones(600, np.float32))
    cold, warm = (
        fit(epochs=20, otherwise={"soft": replace(soft, temperature=each)}).answer(features)
        for each in (1.0, 4.0)
    )
    assert np.corrcoef(cold, told)[0, 1] > 0.5
    assert np.corrcoef(warm, told)[0, 1] > 0.5


@pytest.mark.parametrize(
    ("kind", "params", "why"),
    [
        ("mlp", {"learning_rate": 0.0}, "learning_rate = 0.0 is not above 0"),
        ("mlp", {"dropout": 1.0}, "dropout = 1.0 is not in 0 … 1"),
        ("mlp", {"class_weight": "fair"}, "class_weight = fair is none of none, balanced"),
        ("mlp", {"hidden": "12-x"}, "'12-x' is no list of widths"),
        ("charcnn", {"kernel_sizes": "2-3", "filters": "4-4-4"}, "are not as many as kernel_sizes"),
        ("charcnn", {"convolutions": "deep"}, "convolutions = deep is none of parallel, stacked"),
    ],
)
def test_a_setting_that_cannot_be_is_told(kind: str, params: dict, why: str, fit: Fit) -> None:
    with pytest.raises(BadParameter, match="cannot be set so") as caught:
        fit(kind, **params)
    assert why in caught.value.why


def test_a_net_of_letters_needs_letters(lesson: Lesson) -> None:
    wanted = replace(candidate("charcnn"), inputs=("dense",))
    with pytest.raises(BadParameter, match="cannot be set so") as caught:
        load("charcnn").fit(wanted, lesson)
    assert "a tensor uint8[N, L]" in caught.value.why


def test_without_torch_the_extra_is_named(fit: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("detectory.models.nets.")]:
        if name.rpartition(".")[2] in {"descent", "epochs", "losses"}:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("detectory.models.nets.epochs", raising=False)
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtra, match="'torch' is not installed") as caught:
        fit()
    assert "detectory[deep]" in caught.value.fix
