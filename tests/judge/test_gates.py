"""A gate holds only for a number that was measured and clears it."""

from __future__ import annotations

import math
from typing import Any

import pytest

from detectory.errors import BadDetector
from detectory.judge import gates
from detectory.judge.gates import Gate
from detectory.metrics import UNDEFINED, Interval

RECALL = Interval(0.81, 0.78, 0.84)


@pytest.mark.parametrize(
    ("gate", "passed"),
    [
        (Gate("recall", at_least=0.8), True),
        (Gate("recall", at_least=0.81), True),
        (Gate("recall", at_least=0.82), False),
        (Gate("recall", at_most=0.8), False),
        (Gate("recall", at_least=0.8, at_most=0.9), True),
        (Gate("recall", at_least=0.1, at_most=0.2), False),
    ],
)
def test_a_value_is_held_against_each_bar(gate: Gate, passed: bool) -> None:
    assert gates.check([gate], {"recall": RECALL})[0].passed is passed


def test_a_metric_that_is_undefined_never_passes() -> None:
    (result,) = gates.check([Gate("recall", at_most=1.0)], {"recall": UNDEFINED})
    assert not result.passed
    assert math.isnan(result.gap)
    assert "undefined" in result.sentence()


def test_a_metric_that_is_missing_never_passes_and_the_known_ones_are_named() -> None:
    (result,) = gates.check([Gate("recal", at_most=1.0)], {"recall": RECALL})
    assert not result.passed
    assert "did you mean 'recall'?" in result.sentence()


def test_a_bar_inside_the_interval_is_said_to_be_close() -> None:
    near, far = gates.check([Gate("recall", at_least=0.8), Gate("recall", at_least=0.5)], {"recall": RECALL})
    assert near.close
    assert not far.close


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"metric": "recall", "atleast": 0.9}, "did you mean 'at_least'"),
        ({"metric": "recall"}, "at_least, at_most or both"),
        ({"at_least": 0.5}, "names its metric"),
        ({"metric": "recall", "at_least": "0.9"}, "no|not a finite number"),
        ({"metric": "recall", "at_least": math.nan}, "not a finite number"),
        ({"metric": "recall", "at_most": True}, "not a finite number"),
    ],
)
def test_a_gate_that_means_nothing_is_refused_with_its_place(table: dict[str, Any], why: str) -> None:
    with pytest.raises(BadDetector, match=why) as caught:
        gates.read([{"metric": "roc_auc", "at_least": 0.9}, table], detector="dga")
    assert "number 2" in caught.value.where


def test_results_become_json() -> None:
    (result,) = gates.check([Gate("fpr", at_most=0.002)], {"fpr": UNDEFINED})
    assert result.to_dict()["value"] == {"value": None, "low": None, "high": None}
