"""A bundle that predicts numbers answers with values in intervals, and proves that it is the judged one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from detectory.errors import GoldenMismatch
from detectory.library import Workspace
from detectory.runtime import Scorer, ValueScorer, interval, open_scorer

ROWS = {
    "stop": ["north", " ", "South"],
    "day": [70, 70, 71],
    "hour": [17.0, 9.0, 8.5],
    "km": [4.5, 1.0, None],
}


@pytest.fixture(scope="module")
def scorer(late_made: Workspace) -> Scorer:
    return late_made.scorer("late")


def with_golden(scorer: Scorer, **changed: Any) -> Scorer:
    """The same bundle with other golden rows."""
    golden = {**scorer.bundle.json("golden.json"), **changed}
    files = {**scorer.bundle.files, "golden.json": json.dumps(golden).encode()}
    return open_scorer(replace(scorer.bundle, files=files), version="1")


def test_the_task_of_the_bundle_decides_what_answers(scorer: Scorer) -> None:
    assert isinstance(scorer, ValueScorer)
    assert scorer.ANSWER == ("value", "low", "high", "version")


def test_records_come_in_the_order_of_the_rows_and_say_why_one_has_no_value(scorer: Scorer) -> None:
    found = scorer.score(ROWS).records(ROWS)
    assert [row["stop"] for row in found] == ROWS["stop"]
    assert (found[1]["value"], found[1]["error"]) == (None, "not_understood")
    assert all(found[at]["low"] < found[at]["value"] < found[at]["high"] for at in (0, 2))


def test_rows_of_which_none_parses_have_no_values(scorer: Scorer) -> None:
    nothing = scorer.score({name: column[1:2] for name, column in ROWS.items()})
    assert len(nothing.value) == len(nothing.low) == 0
    assert [item.field for item in nothing.rejected] == ["stop"]


def test_a_value_that_is_not_the_judged_one_is_a_mismatch(scorer: Scorer) -> None:
    moved = [value + 0.01 for value in scorer.bundle.json("golden.json")["value"]]
    with pytest.raises(GoldenMismatch, match="golden") as caught:
        with_golden(scorer, value=moved).check_golden()
    assert caught.value.why == "a value differs by 0.01"


def test_another_number_of_values_is_a_mismatch(scorer: Scorer) -> None:
    with pytest.raises(GoldenMismatch, match="golden") as caught:
        with_golden(scorer, low=[1.0]).check_golden()
    assert caught.value.why == "another number of rows parses"


def test_the_ends_never_cross_whatever_the_heads_say() -> None:
    rng = np.random.default_rng(1)
    value, low, high = rng.normal(0, 3, (3, 500))
    ends = interval(value, low, high, margin=-0.5)
    assert (ends[0] <= value).all()
    assert (value <= ends[1]).all()
