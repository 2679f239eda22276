"""The bet: wealth grows on what is above the limit, and rarely on what is not, however often one looks."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from detectory.metrics import clopper_pearson
from detectory.monitor.betting import is_above, log_wealth

ALPHA = 0.05


def first_look(chance: float, dice: np.random.Generator, *, looks: int) -> float:
    """After how many outcomes it is shown that more than half are ones."""
    for count, ones in enumerate(np.cumsum(dice.random(looks) < chance).tolist(), start=1):
        if is_above({0: count - ones, 1: ones}, limit=0.5, alpha=ALPHA):
            return count
    return math.inf


def test_a_look_after_every_outcome_errs_in_alpha_of_the_runs_at_most() -> None:
    dice = np.random.default_rng(0)
    wrong = sum(first_look(0.5, dice, looks=300) < math.inf for _ in range(200))
    assert clopper_pearson(wrong, 200).low <= ALPHA


def test_it_is_soon_shown_that_nine_in_ten_are_more_than_half() -> None:
    dice = np.random.default_rng(0)
    assert np.median([first_look(0.9, dice, looks=300) for _ in range(50)]) <= 20


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_a_fair_outcome_more_is_not_expected_to_make_anybody_richer(low: int, middle: int, high: int) -> None:
    now = {-1: low, 0: middle, 1: high}
    later = [{**now, value: now[value] + 1} for value in now]
    expected = sum(math.exp(log_wealth(outcomes, limit=0.0)) for outcomes in later) / len(later)
    assert expected == pytest.approx(math.exp(log_wealth(now, limit=0.0)))


def test_without_outcomes_one_unit_is_one_unit() -> None:
    assert log_wealth({0: 0, 1: 0}, limit=0.5) == pytest.approx(0.0)
