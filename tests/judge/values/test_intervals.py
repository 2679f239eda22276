"""The margin covers what it promises, on average over calibrations, and refuses too few rows."""

from __future__ import annotations

import numpy as np
import pytest

from detectory.errors import CannotCover, ScoresNotFinite
from detectory.judge.values.intervals import choose, rows_needed


def covered(rng: np.random.Generator, *, spread: float) -> float:
    """The coverage on new rows of a margin chosen on 200 others, whose noise grows with x."""
    x = rng.uniform(1, 3, 2_200)
    truth, half = x + rng.normal(0, x), spread * x
    seen, new = slice(0, 200), slice(200, None)
    found = choose(truth[seen], (x - half)[seen], (x + half)[seen], coverage=0.8, method="quantiles")
    low, high = x - half - found.margin, x + half + found.margin
    return float(((truth >= low) & (truth <= high))[new].mean())


@pytest.mark.parametrize("spread", [0.0, 1.0, 3.0])
def test_whatever_the_quantiles_say_the_coverage_is_the_promised_one(spread: float) -> None:
    rng = np.random.default_rng(1)
    assert np.mean([covered(rng, spread=spread) for _ in range(100)]) == pytest.approx(0.8, abs=0.015)


def test_quantiles_that_are_too_wide_get_a_negative_margin() -> None:
    truth = np.zeros(100)
    found = choose(truth, truth - 5, truth + 5, coverage=0.9, method="quantiles")
    assert (found.margin, found.k, found.n) == (-5.0, 91, 100)


def test_too_few_rows_are_refused_with_how_many_it_takes() -> None:
    truth = np.arange(8.0)
    with pytest.raises(CannotCover, match="cannot be promised with 8 calibration rows") as caught:
        choose(truth, truth, truth, coverage=0.9, method="residuals")
    assert "needs 9" in caught.value.why
    assert choose(np.arange(9.0), np.zeros(9), np.zeros(9), coverage=0.9, method="residuals").k == 9


def test_the_rows_needed_are_not_moved_by_a_last_digit() -> None:
    assert [rows_needed(coverage) for coverage in (0.5, 0.8, 0.9, 0.95, 0.99)] == [1, 4, 9, 19, 99]


def test_an_answer_that_is_no_number_is_refused() -> None:
    truth = np.zeros(20)
    with pytest.raises(ScoresNotFinite, match="1 of 20"):
        choose(truth, np.where(np.arange(20) == 3, np.nan, 0.0), truth, coverage=0.9, method="residuals")
