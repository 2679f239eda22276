"""How many digits people see; what is decided is decided on the whole number."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from detectory import bundle
from detectory.library import Workspace
from detectory.runtime import Scorer, open_scorer
from tests.serve.bundles import flow_files, flow_heads, linear


def scorer_of(digits: int) -> Scorer:
    """The probability of a row is the logistic function of its bytes; it alerts above nothing."""
    files = {**flow_files(), "score.onnx": linear(np.array([1.0])), "threshold.json": b'{"log_odds": 9.0}'}
    manifest = bundle.assemble(files, detector="flow", heads=flow_heads(), lineage={})
    opened = bundle.Opened("here", hashlib.sha256(b"digits").hexdigest(), manifest, files)
    return open_scorer(opened, version="1", digits=digits)


@pytest.mark.parametrize(("digits", "told"), [(6, 0.952574), (4, 0.9526), (1, 1.0)])
def test_a_score_is_rounded_as_the_scorer_was_told(digits: int, told: float) -> None:
    rows = {"bytes": [3]}
    assert scorer_of(digits).score(rows).records(rows)[0]["score"] == told


def test_two_scores_that_round_to_the_same_may_be_decided_otherwise() -> None:
    rows = {"bytes": [9, 10]}
    below, above = scorer_of(2).score(rows).records(rows)
    assert (below["score"], below["alert"], above["score"], above["alert"]) == (1.0, False, 1.0, True)


def test_no_row_at_all_is_rounded_too() -> None:
    assert scorer_of(2).score({"bytes": [-1]}).records({"bytes": [-1]})[0]["score"] is None


def test_a_server_rounds_as_the_settings_say(toy_made: Workspace) -> None:
    rows = {"text": ["a1b2c3", "hello"]}
    exact = toy_made.scorer("toy").score(rows)
    served = toy_made.served("toy").score(rows)
    assert [record["score"] for record in served.records(rows)] == exact.score.round(4).tolist()


def test_a_number_that_is_predicted_is_rounded_with_its_interval(late_made: Workspace) -> None:
    rows = {"stop": ["north"], "day": [12], "hour": [7.5], "km": [None]}
    (record,) = late_made.scorer("late", digits=1).score(rows).records(rows)
    assert all(record[name] == round(record[name], 1) for name in ("value", "low", "high"))
