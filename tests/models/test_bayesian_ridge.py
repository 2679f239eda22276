"""Bayesian regression: the same as scikit-learn's, and intervals that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import BayesianRidge

from detectory.errors import CannotBeTaught
from detectory.models import bayesian_ridge
from detectory.models.candidate import Candidate, Head, Lesson, Soft
from detectory.schema import Array

Columns = tuple[Array, Array]


@pytest.fixture(scope="module")
def rows() -> Columns:
    """float32[400, 5] and float64[400]: a line with noise of deviation 2."""
    random = np.random.default_rng(5)
    dense = random.normal(3, 2, (400, 5)).astype(np.float32)
    return dense, 40 + dense @ np.array([1.0, -2.0, 0.0, 0.5, 0.0]) + random.normal(0, 2, 400)


def answer(head: Head, rows: Columns, asked: Array, *, weight: Array | None = None, **params: float) -> Array:
    wanted = Candidate("bayes", head, "bayesian_ridge", ("dense",), params)
    return bayesian_ridge.fit(wanted, Lesson({"dense": rows[0]}, rows[1], weight=weight)).answer(
        {"dense": asked}
    )


def test_value_and_deviation_are_those_of_scikit_learn(rows: Columns) -> None:
    dense, target = rows
    scaled = (dense - dense.mean(axis=0)) / dense.std(axis=0)
    peer = BayesianRidge(tol=1e-9).fit(scaled, target)
    value, deviation = peer.predict(scaled, return_std=True)
    np.testing.assert_allclose(answer("value", rows, dense), value, atol=1e-3)
    one = answer("high", rows, dense, quantile=0.841344746) - answer("value", rows, dense)
    np.testing.assert_allclose(one, deviation, rtol=2e-3)


def test_nine_of_ten_new_rows_lie_within_the_interval(rows: Columns) -> None:
    dense, target = rows
    first, later = (dense[:200], target[:200]), (dense[200:], target[200:])
    low, high = (answer(head, first, later[0]) for head in ("low", "high"))
    assert 0.85 < ((low < later[1]) & (later[1] < high)).mean() < 0.95


def test_the_interval_is_wider_far_away_and_where_rows_are_few(rows: Columns) -> None:
    dense, target = rows
    near, far = dense.mean(axis=0, keepdims=True), dense.max(axis=0, keepdims=True)

    def width(count: int, asked: Array) -> float:
        few = dense[:count], target[:count]
        return float(answer("high", few, asked)[0] - answer("low", few, asked)[0])

    assert width(20, dense[:20].max(axis=0, keepdims=True)) > 1.1 * width(20, dense[:20].mean(axis=0)[None])
    assert width(400, far) > width(400, near)
    assert width(20, far) > width(400, far)


def test_a_row_without_weight_is_as_good_as_absent(rows: Columns) -> None:
    dense, target = rows
    wrong = np.concatenate([target, target[:50] + 500])
    weight = np.concatenate([np.ones(400), np.zeros(50)]).astype(np.float32)
    heavy = answer("value", (np.concatenate([dense, dense[:50]]), wrong), dense, weight=weight)
    np.testing.assert_allclose(heavy, answer("value", rows, dense), atol=1e-2)


def test_a_target_without_noise_is_found_and_its_interval_is_narrow(rows: Columns) -> None:
    dense, _ = rows
    exact = dense @ np.arange(5.0) + 7
    low, high = (answer(head, (dense, exact), dense) for head in ("low", "high"))
    assert np.abs((low + high) / 2 - exact).max() < 0.01
    assert (high - low).max() < 0.05


def test_a_value_learns_from_a_teacher_and_an_end_does_not(rows: Columns) -> None:
    dense, target = rows
    soft = Soft((target + 10).astype(np.float32), np.full(400, 0.5, np.float32))
    lesson = Lesson({"dense": dense}, target, soft=soft)
    taught = bayesian_ridge.fit(Candidate("b", "value", "bayesian_ridge", ("dense",)), lesson)
    np.testing.assert_allclose(
        taught.answer({"dense": dense}) - answer("value", rows, dense), 5, atol=1e-3
    )  # fmt: skip
    with pytest.raises(CannotBeTaught, match="cannot learn the head 'low' from a teacher"):
        bayesian_ridge.fit(Candidate("b", "low", "bayesian_ridge", ("dense",)), lesson)
