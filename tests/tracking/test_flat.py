"""A record as flat names: nothing is lost, and nothing is there that is not known."""

from __future__ import annotations

from detectory.journal import Git
from detectory.tracking import flat
from tests.tracking.records import FAILED, RUN, record


def test_params_are_what_was_asked_and_what_candidates_were_fitted_with() -> None:
    found = flat.params(record())
    assert (found["seed"], found["sample"]) == (7, 1.0)
    assert (found["score/tree/max_depth"], found["score/tree/class_weight"]) == (3, None)
    assert (found["score/tree/kind"], found["score/tree/chosen"]) == ("trees", True)


def test_figures_come_with_the_ends_of_their_intervals_as_far_as_there_are_any() -> None:
    found = flat.figures(record())
    assert found == {
        "roc_auc": 0.99,
        "roc_auc/low": 0.97,
        "roc_auc/high": 1.0,
        "score/tree/quality": 0.9,
        "score/tree/quality/low": 0.8,
        "score/tree/size_bytes": 2048,
    }


def test_points_come_by_step_and_one_that_is_no_number_is_left_out() -> None:
    assert list(flat.points(record())) == [("score/tree/loss", 0, 0.7), ("score/tree/loss", 8, 0.3)]


def test_tags_say_which_run_it_was_and_leave_out_what_is_not_known() -> None:
    found = flat.tags(record(version=3))
    assert (found["run"], found["version"], found["dirty"]) == (RUN, "3", "false")
    assert found.keys() >= {"verb", "detector", "state", "seed", "commit"}
    bare = flat.tags(record(git=Git(why="no repository"), error=FAILED, state="failed"))
    assert bare["error"] == "E5001"
    assert not bare.keys() & {"version", "commit", "dirty"}
