"""What a study says: the best, whether it is any better, what mattered, and what to doubt."""

from typing import Any

import pytest

from detectory.engine.search import Trial
from detectory.engine.study import Study, found
from detectory.engine.suggest import importance
from detectory.models.candidate import Categorical, Float, Integer, Range
from tests import needs

needs.library("optuna", extra="train")

SPACE: dict[str, Range] = {"depth": Integer(1, 21), "eta": Float(0.001, 0.1, log=True)}


def study(**changes: Any) -> Study:
    own = {"depth": 7, "eta": 0.01}
    given = {"name": "score.b", "space": SPACE, "own": own, "metric": "recall", "rows": {}, "about": {}}
    return Study(**{**given, "evaluate": lambda params, watch: None, **changes})


def trial(number: int, value: float | None, *, state: str = "complete", **changes: Any) -> Trial:
    params = {"depth": 7 + number, "eta": 0.01}
    return Trial(
        **{"number": number, "params": params, "state": state, "value": value, "seconds": 1.0, **changes}
    )


def test_the_best_trial_is_taken_with_what_the_own_parameters_gave() -> None:
    said = found(study(), [trial(0, 0.5), trial(1, 0.7), trial(2, 0.6), trial(3, None, state="pruned")])
    assert (said["own"], said["best"]["number"], said["params"]) == (0.5, 1, {"depth": 8, "eta": 0.01})
    assert said["counts"] == {"complete": 3, "pruned": 1}
    assert said["notes"] == []


def test_where_nothing_is_better_nothing_is_to_be_set() -> None:
    said = found(study(), [trial(0, 0.7), trial(1, 0.7), trial(2, 0.1)])
    assert (said["best"]["number"], said["params"]) == (0, {})
    assert said["notes"] == ["no trial was better than the own parameters"]


def test_what_the_rows_cannot_tell_apart_is_said() -> None:
    said = found(study(), [trial(0, 0.5), trial(1, 1.0), trial(2, 1.0)])
    assert said["notes"] == ["2 trials are equally good: these rows cannot tell them apart"]


def test_without_any_quality_there_is_no_best() -> None:
    failed = [trial(number, None, state="failed", why="no memory") for number in range(3)]
    said = found(study(), failed)
    assert said["best"] is None
    assert said["notes"] == ["3 of 3 trials failed: no memory"]


def test_a_best_value_at_the_end_of_its_range_is_noted() -> None:
    at_ends = trial(1, 0.9, params={"depth": 21, "eta": 0.00105})
    assert found(study(), [trial(0, 0.5), at_ends])["notes"] == [
        "depth = 21 lies at the upper end of 1 … 21: a wider range may hold better",
        "eta = 0.00105 lies at the lower end of 0.001 … 0.1: a wider range may hold better",
    ]
    inside = trial(1, 0.9, params={"depth": 3, "eta": 0.0013})
    assert found(study(), [trial(0, 0.5), inside])["notes"] == []


def test_a_ceiling_that_early_stopping_did_not_reach_is_noted() -> None:
    stopped = trial(1, 0.9, noted={"used_steps": 137, "steps": 412})
    [note] = found(study(), [trial(0, 0.5), stopped])["notes"]
    assert note == "early stopping used 137 of 412 steps: the ceiling had no say"


def test_what_makes_the_difference_is_important() -> None:
    space: dict[str, Range] = {"x": Float(0, 1), "y": Float(0, 1), "kind": Categorical(("a", "b"))}
    trials = [
        trial(at, float(at % 7), params={"x": (at % 7) / 7, "y": (at % 3) / 3, "kind": "ab"[at % 2]})
        for at in range(21)
    ]
    shares = importance(trials, space)
    assert max(shares, key=lambda name: shares[name]) == "x"
    assert sum(shares.values()) == pytest.approx(1, abs=0.01)


def test_of_few_or_equal_trials_no_importance_is_told() -> None:
    few = [trial(at, float(at)) for at in range(3)]
    equal = [trial(at, 1.0) for at in range(9)]
    assert importance(few, SPACE) == importance(equal, SPACE) == {}
