"""The verdict on predicted numbers: errors with intervals, baselines paired, the worst slice first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detectory.errors import ScoresNotFinite
from detectory.judge.values.evaluate import Predicted, ValueVerdict, evaluate


def made(rows: int = 600) -> Predicted:
    """Predictions that are good by day and poor by night, of forty groups in two populations."""
    rng = np.random.default_rng(3)
    target = rng.normal(10, 3, rows)
    night = np.arange(rows) % 4 == 0
    value = target + rng.normal(0, np.where(night, 2.0, 0.5))
    return Predicted(
        value=value,
        low=value - 1.5,
        high=value + 1.5,
        target=target,
        seen=np.arange(rows) % 5 > 0,
        population=np.where(np.arange(rows) % 5 > 0, "bus", "ferry"),
        group=np.arange(rows) % 40,
        coverage=0.9,
        slices={"when": np.where(night, "night", "day")},
    )


@pytest.fixture(scope="module")
def verdict() -> ValueVerdict:
    found = made()
    constant, worse = np.full(len(found.target), 10.0), found.target + 1.0
    return evaluate(found, baselines={"constant": constant, "late": worse}, seed=1, times=50)


def test_every_metric_has_an_interval_around_it(verdict: ValueVerdict) -> None:
    for name, metric in verdict.metrics.items():
        assert metric.low <= metric.value <= metric.high, name


def test_the_lift_is_over_the_best_baseline(verdict: ValueVerdict) -> None:
    assert verdict.best_baseline == "late"
    assert verdict.metrics["mae_lift"].value == pytest.approx(1 - verdict.metrics["mae"].value)
    assert verdict.metrics["mae_lift"].low > 0
    assert verdict.baselines["constant"]["mae_lift"].value > verdict.metrics["mae_lift"].value


def test_the_worst_slice_comes_first(verdict: ValueVerdict) -> None:
    assert (verdict.slices[0].slice, verdict.slices[0].value) == ("when", "night")
    assert verdict.slices[0].coverage.value < verdict.slices[-1].coverage.value
    assert {row.slice for row in verdict.slices} == {"when", "population", "seen"}


def test_every_row_is_in_every_slice_once(verdict: ValueVerdict) -> None:
    for name in ("when", "population", "seen"):
        assert sum(row.rows for row in verdict.slices if row.slice == name) == 600


def test_rare_values_of_a_slice_are_counted_together() -> None:
    found = made(100)
    found = replace(found, slices={"stop": np.array([f"stop {n}" if n < 5 else "hub" for n in range(100)])})
    rows = [row for row in evaluate(found, seed=1, times=5).slices if row.slice == "stop"]
    assert {(row.value, row.rows, row.merged) for row in rows} == {("hub", 95, 0), ("5 rarer values", 5, 5)}


def test_a_verdict_without_baselines_claims_no_lift() -> None:
    assert "mae_lift" not in evaluate(made(), seed=1, times=5).metrics


def test_what_is_undefined_is_null_in_json() -> None:
    seen = replace(made(), seen=np.ones(600, bool))
    told = evaluate(seen, seed=1, times=5).to_dict()
    assert told["metrics"]["mae_unseen"] == {"value": None, "low": None, "high": None}
    assert told["counts"] == {"rows": 600, "groups": 40, "seen": 600, "unseen": 0}


def test_a_prediction_that_is_no_number_is_refused() -> None:
    found = made(10)
    with pytest.raises(ScoresNotFinite, match="1 of 10"):
        replace(found, value=np.where(np.arange(10) == 4, np.inf, found.value))
