"""Errors of predicted numbers are those that scikit-learn measures, weighted or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st
from sklearn import metrics as theirs

from detectory.regression import deviations, interval_quality, mae, pinball

NUMBERS = st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=2, max_size=40)


@given(pairs=NUMBERS, seed=st.integers(0, 100))
def test_deviations_agree_with_scikit_learn(pairs: list[tuple[float, float]], seed: int) -> None:
    truth, value = np.array(pairs).T
    weight = np.random.default_rng(seed).integers(1, 4, len(truth)).astype(np.float64)
    found = deviations(truth, value)(weight)
    assert found["mae"] == pytest.approx(theirs.mean_absolute_error(truth, value, sample_weight=weight))
    squared = theirs.mean_squared_error(truth, value, sample_weight=weight)
    assert found["rmse"] == pytest.approx(squared**0.5)
    if truth.std() > 1e-3:
        assert found["r2"] == pytest.approx(theirs.r2_score(truth, value, sample_weight=weight), abs=1e-6)


@given(pairs=NUMBERS, quantile=st.floats(0.01, 0.99))
def test_the_pinball_loss_agrees_with_scikit_learn(pairs: list[tuple[float, float]], quantile: float) -> None:
    truth, value = np.array(pairs).T
    expected = theirs.mean_pinball_loss(truth, value, alpha=quantile)
    assert pinball(truth, value, quantile=quantile) == pytest.approx(expected, abs=1e-9)


def test_a_weight_counts_a_row_as_often() -> None:
    truth, value = np.array([1.0, 5.0, 2.0]), np.array([2.0, 2.0, 2.0])
    often = [0, 0, 1, 2, 2, 2]
    weighted = deviations(truth, value)(np.array([2.0, 1.0, 3.0]))
    assert weighted == pytest.approx(deviations(truth[often], value[often])(np.ones(6)))


def test_without_rows_nothing_is_defined() -> None:
    nothing = np.zeros(0)
    assert np.isnan(mae(nothing, nothing))
    assert all(np.isnan(value) for value in deviations(nothing, nothing)(nothing).values())


def test_a_truth_on_the_end_of_its_interval_is_inside() -> None:
    truth = np.array([1.0, 2.0])
    assert interval_quality(truth, truth, truth, coverage=0.9)(np.ones(2))["coverage"] == 1.0
