"""The seam of a search: what cannot be searched is told before anything runs."""

from pathlib import Path
from typing import Any

import pytest

from detectory.engine.search import Search, check_space, holds
from detectory.errors import BadSpace, UsageError
from detectory.models.candidate import Categorical, Float, Integer, Range

SPACE: dict[str, Range] = {"max_depth": Integer(1, 15)}


@pytest.mark.parametrize(
    ("space", "why"),
    [
        ({}, "names no parameter"),
        ({"max_depth": Integer(9, 3)}, "'max_depth'.*\n.*ends before it begins: 9 … 3"),
        ({"eta": Float(0.0, 0.3, log=True)}, "'eta'.*\n.*logarithm has no 0"),
        ({"gamma": Float(0.0, float("inf"))}, "'gamma'.*\n.*an end is no number"),
        ({"gamma": Float(float("nan"), 1.0)}, "'gamma'.*\n.*an end is no number"),
        ({"n_estimators": Categorical(())}, "'n_estimators'.*\n.*lists no values"),
    ],
)
def test_a_space_without_a_point_is_refused(space: dict[str, Range], why: str) -> None:
    with pytest.raises(BadSpace, match=why):
        check_space(space)


@pytest.mark.parametrize(
    ("range_", "why"),
    [
        ((1, 9), r"no Integer, Float or Categorical: \(1, 9\)"),
        (Integer(1.5, 3), "an end is no whole number: 1.5 … 3"),
        (Float("0.1", 1.0), "an end is no number: 0.1 … 1.0"),
        (Integer(1, 10**400), "an end is no number: 1 … 1000"),
        (Categorical("sqrt"), "lists its values in no tuple: 'sqrt'"),
        (Categorical(5), "lists its values in no tuple: 5"),
        (Categorical(((64, 32), 64)), r"neither a number nor text: \(64, 32\)"),
    ],
)
def test_what_no_checker_of_types_has_seen_is_told_too(range_: Any, why: str) -> None:
    with pytest.raises(BadSpace, match=why):
        check_space({"max_depth": range_})


def test_a_range_of_one_value_is_a_range() -> None:
    check_space({"max_depth": Integer(3, 3), "eta": Float(0.1, 0.1, log=True)})


def test_a_search_refuses_its_space_before_it_begins(tmp_path: Path) -> None:
    with pytest.raises(BadSpace, match="no parameter"):
        Search({}, trials=1, trial_seconds=1, storage=tmp_path)


@pytest.mark.parametrize(
    "budget",
    [{"trials": 0}, {"jobs": 0}, {"seconds": 0.0}, {"trial_seconds": -1.0}, {"seconds": float("nan")}],
)
def test_a_budget_of_nothing_is_refused(budget: dict[str, float], tmp_path: Path) -> None:
    given = {"trials": 1, "trial_seconds": 1.0, "storage": tmp_path, **budget}
    with pytest.raises(UsageError, match="search"):
        Search(SPACE, **given)


def test_own_parameters_may_lie_outside_the_space() -> None:
    assert holds(Float(0.1, 1.0), 1)
    assert not holds(Float(0.1, 1.0), "sqrt")
    assert not holds(Integer(1, 6), 2.5)
    assert not holds(Integer(1, 6), float("nan"))
