"""Metrics against scikit-learn, against what is known in closed form, and at their undefined ends."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from sklearn import metrics as reference

from detectory import metrics
from detectory.metrics import Array, Interval

Rows = tuple[Array, Array, Array]


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    """Scores with many ties, a target with both classes, whole weights that leave both classes there."""
    size = draw(st.integers(2, 40))
    score = draw(st.lists(st.integers(0, 6), min_size=size, max_size=size))
    target = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    target[:2] = True, False
    weight = np.array(draw(st.lists(st.integers(0, 3), min_size=size, max_size=size)))
    weight[:2] = 1
    return np.array(score, dtype=np.float32), target, weight


@given(rows())
@settings(max_examples=100, deadline=None)
def test_rankings_equal_scikit_learn_with_ties_and_weights(made: Rows) -> None:
    score, target, weight = made
    expected = reference.roc_auc_score(target, score, sample_weight=weight)
    assert metrics.roc_auc(score, target, weight) == pytest.approx(expected)
    expected = reference.average_precision_score(target, score, sample_weight=weight)
    assert metrics.average_precision(score, target, weight) == pytest.approx(expected)


@given(rows())
@settings(max_examples=60, deadline=None)
def test_decisions_equal_scikit_learn(made: Rows) -> None:
    score, target, weight = made
    alert = score > 3
    options = {"sample_weight": weight, "zero_division": np.nan}
    assert metrics.accuracy(target, alert, weight) == pytest.approx(
        reference.accuracy_score(target, alert, sample_weight=weight)
    )
    assert _same(
        metrics.precision(target, alert, weight), reference.precision_score(target, alert, **options)
    )
    assert _same(metrics.recall(target, alert, weight), reference.recall_score(target, alert, **options))
    assert _same(metrics.f1(target, alert, weight), reference.f1_score(target, alert, **options))


@given(rows())
@settings(max_examples=60, deadline=None)
def test_recall_at_a_rate_is_the_best_of_all_thresholds_that_keep_it(made: Rows) -> None:
    score, target, _ = made
    thresholds = [*np.unique(score), -np.inf]
    for rate in (0.0, 0.1, 0.5, 1.0):
        kept = [edge for edge in thresholds if np.mean(score[~target] > edge) <= rate]
        best = max(np.mean(score[target] > edge) for edge in kept)
        assert metrics.recall_at_fpr(score, target, rate=rate) == pytest.approx(best)


def test_macro_f1_equals_scikit_learn_and_ignores_classes_that_never_occur() -> None:
    random = np.random.default_rng(1)
    truth, given_labels = random.integers(0, 5, 300), random.integers(0, 5, 300)
    expected = reference.f1_score(truth, given_labels, average="macro")
    assert metrics.macro_f1(truth, given_labels, classes=5) == pytest.approx(expected)
    assert metrics.macro_f1(truth, given_labels, classes=9) == pytest.approx(expected)


def test_probabilities_equal_scikit_learn() -> None:
    random = np.random.default_rng(2)
    chance, target, weight = random.random(200), random.random(200) < 0.4, random.integers(0, 3, 200)
    assert metrics.brier(chance, target, weight) == pytest.approx(
        reference.brier_score_loss(target, chance, sample_weight=weight)
    )
    assert metrics.log_loss(chance, target, weight) == pytest.approx(
        reference.log_loss(target, chance, sample_weight=weight)
    )


def test_a_sure_and_wrong_probability_costs_a_finite_log_loss() -> None:
    assert metrics.log_loss(np.array([1.0]), np.array([False])) == pytest.approx(-math.log(1e-15), rel=1e-2)


def test_calibration_error_is_nothing_when_probabilities_come_true() -> None:
    chance, target = np.full(1_000, 0.3), np.arange(1_000) < 300
    assert metrics.expected_calibration_error(chance, target) == pytest.approx(0, abs=1e-12)
    assert metrics.expected_calibration_error(chance, ~target) == pytest.approx(0.4)


@pytest.mark.parametrize("target", [[], [True, True], [False, False]], ids=["empty", "positive", "negative"])
def test_what_one_class_cannot_define_is_nan_and_never_an_error(target: list[bool]) -> None:
    truth = np.array(target, dtype=bool)
    score = np.zeros(len(truth), dtype=np.float32)
    assert math.isnan(metrics.roc_auc(score, truth))
    assert math.isnan(metrics.recall_at_fpr(score, truth, rate=0.01))
    assert math.isnan(metrics.average_precision(score, truth)) or truth.any()


def test_a_constant_score_recalls_nothing_at_a_low_rate() -> None:
    target = np.arange(100) < 50
    assert metrics.recall_at_fpr(np.zeros(100), target, rate=0.01) == 0
    assert metrics.roc_auc(np.zeros(100), target) == 0.5


def test_bounds_of_a_share_equal_published_ones() -> None:
    # Newcombe 1998, Statistics in Medicine 17:857, table I: 81 of 263 and 15 of 148, to four digits
    assert _rounded(metrics.wilson(81, 263)) == (0.3080, 0.2553, 0.3662)
    assert _rounded(metrics.clopper_pearson(81, 263)) == (0.3080, 0.2527, 0.3676)
    assert _rounded(metrics.wilson(15, 148)) == (0.1014, 0.0624, 0.1605)
    assert _rounded(metrics.clopper_pearson(15, 148)) == (0.1014, 0.0578, 0.1617)


@pytest.mark.parametrize("bounds", [metrics.wilson, metrics.clopper_pearson])
def test_bounds_stay_within_0_and_1_and_are_undefined_of_nothing(bounds: Callable[..., Interval]) -> None:
    assert bounds(0, 5).low == 0
    assert bounds(5, 5).high == 1
    assert math.isnan(bounds(0, 0).value)


def test_a_resample_takes_whole_groups_and_as_many_as_there_are() -> None:
    groups = np.array(["a", "a", "a", "b", "b", "c"])
    for weight in metrics.bootstrap(groups, times=50, seed=3):
        assert weight[0] == weight[1] == weight[2]
        assert weight[3] == weight[4]
        assert weight[[0, 3, 5]].sum() == 3


def test_strata_keep_how_many_groups_each_label_has() -> None:
    groups, label = np.arange(10), np.array(["x"] * 8 + ["y"] * 2)
    draws = list(metrics.bootstrap(groups, times=50, seed=3, strata=label))
    assert {int(weight[8:].sum()) for weight in draws} == {2}
    assert len({tuple(weight) for weight in draws}) > 40


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    groups = np.arange(50)
    first, again, other = (np.stack(list(metrics.bootstrap(groups, times=5, seed=s))) for s in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_rows_that_come_in_groups_have_a_wider_interval_than_single_rows() -> None:
    hit = np.repeat(np.random.default_rng(4).random(30) < 0.5, 20).astype(float)
    alone = metrics.intervals(_mean_of(hit), np.arange(600), seed=1)["mean"]
    grouped = metrics.intervals(_mean_of(hit), np.repeat(np.arange(30), 20), seed=1)["mean"]
    assert grouped.high - grouped.low > 3 * (alone.high - alone.low)


def test_an_interval_holds_the_truth_about_19_times_in_20() -> None:
    random = np.random.default_rng(5)
    held = 0
    for seed in range(200):
        hit = (random.random(200) < 0.3).astype(float)
        found = metrics.intervals(_mean_of(hit), np.arange(200), seed=seed, times=100)["mean"]
        held += found.low <= 0.3 <= found.high
    assert 178 <= held <= 200


def test_one_group_has_a_value_but_no_interval() -> None:
    found = metrics.intervals(_mean_of(np.array([1.0, 0.0])), np.array(["only", "only"]), seed=1)["mean"]
    assert found.value == 0.5
    assert found.as_dict() == {"value": 0.5, "low": None, "high": None}


def test_a_small_steady_advantage_shows_only_in_the_paired_difference() -> None:
    random = np.random.default_rng(6)
    hard = random.random(400)
    one, other = (hard < 0.54).astype(float), (hard < 0.50).astype(float)
    apart = [metrics.intervals(_mean_of(side), np.arange(400), seed=1)["mean"] for side in (one, other)]
    gap = metrics.difference(_mean_of(one), _mean_of(other), np.arange(400), seed=1)["mean"]
    assert apart[0].low < apart[1].high
    assert gap.low > 0


def _mean_of(hit: Array) -> metrics.Measure:
    return lambda weight: {"mean": float(weight @ hit / weight.sum())}


def _rounded(found: Interval) -> tuple[float, ...]:
    return tuple(round(part, 4) for part in found)


def _same(one: float, other: float) -> bool:
    return one == pytest.approx(other, nan_ok=True)
