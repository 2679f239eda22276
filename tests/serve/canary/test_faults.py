"""A challenger with a fault is taken out by itself, soon, and the cause is named (F29)."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest

from detectory.registry import trials, versions
from detectory.runtime import Scores
from detectory.serve.app import create_app
from detectory.serve.canary.control import Control
from detectory.serve.predictor import Ready
from detectory.settings import Canary, Serving
from tests.serve.canary.conftest import NOW, Other, begin, trial_of
from tests.serve.conftest import asking
from tests.serve.shelf import Shelf

LOOK_EVERY = 20  # requests; a server looks every five seconds
DICE = random.Random(5)


def fails_one_in_twenty(scores: Scores) -> Scores:
    if DICE.random() < 0.05:
        raise RuntimeError("a bug")
    return scores


def three_times_as_slow(scores: Scores) -> Scores:
    time.sleep(0.003)  # the champion takes a tenth of it
    return scores


def constant(scores: Scores) -> Scores:
    scores.log_odds[:] = -1.0
    return scores


def shifted(scores: Scores) -> Scores:
    scores.alert[:] = True
    return scores


def no_number(scores: Scores) -> Scores:
    scores.log_odds[:] = np.nan
    return scores


@pytest.mark.parametrize(
    ("fault", "within", "cause"),
    [
        (fails_one_in_twenty, 200, "it failed"),
        (three_times_as_slow, 60, "it took more than 2 times the champion's time"),
        (constant, 220, "it gave .* rows the same score"),
        (shifted, 60, "alert that did not"),
        (no_number, 20, "of its scores are NaN or infinite"),
    ],
)
def test_a_fault_takes_a_challenger_out(
    shelf: Shelf, fault: Callable[[Scores], Scores], within: int, cause: str
) -> None:
    begin(shelf, trial_of(5, rules=Canary(unproven=50)))
    predictor, after_s = shelf.predictor(), [0.0]
    predictor.load()
    predictor.slots["flow"].challenger = Ready(Other(shelf.scorer(2), fault), 0)
    control = Control(predictor, shelf.releases, now=lambda: NOW + timedelta(seconds=after_s[0]))
    ask = asking(create_app(predictor, serving=Serving(), version="0"))
    control.look()

    for number in range(within):
        answer = ask("POST", "/v1/detectors/flow/score", json={"rows": [{"bytes": number}]})
        assert answer.status_code == 200
        assert "error" not in answer.json()["results"][0]
        if number % LOOK_EVERY == LOOK_EVERY - 1:
            idle = predictor.trials["flow"].worker.do(lambda: None)
            assert idle is not None
            idle.result(timeout=10)
            after_s[0] += 5
            control.look()
        if trials.running(shelf.store, "flow") is None:
            break

    ended = trials.ended(shelf.store, "flow")
    assert ended is not None
    assert ended["action"] == "canary rollback"
    assert re.search(cause, ended["reason"])
    assert versions.champion(shelf.store, "flow") == 1
    assert predictor.trials == {}
