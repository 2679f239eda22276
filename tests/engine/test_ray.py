"""The engine on Ray: the same as the local one, on a cluster of two processors that is gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from detectory import library
from detectory.choice import Choice
from detectory.engine import local, storage
from detectory.engine.search import Search, Trial
from detectory.errors import ClusterAway
from detectory.library import Workspace
from detectory.models.candidate import Value
from detectory.tuning import Budget, tuned
from tests import needs
from tests.engine.evaluating import Hill
from tests.engine.test_local import hill, is_alone, wanted

needs.library("ray", extra="ray")
needs.library("optuna", extra="train")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """Our own cluster; it takes longer to start than everything that is tried on it."""
    from detectory.engine import cluster

    with cluster.connected(jobs=2):
        yield


def ran(what: Search, evaluate: Hill) -> list[Trial]:
    from detectory.engine.ray import search

    told: list[Trial] = []
    trials = search(what, evaluate, on_trial=told.append)
    assert {one.number for one in told} <= {one.number for one in trials}
    return trials


def test_a_cluster_that_does_not_answer_is_told() -> None:
    from detectory.engine import cluster

    with (
        pytest.raises(ClusterAway, match=r"no cluster answers at 127\.0\.0\.1:1") as caught,
        cluster.connected(address="127.0.0.1:1"),
    ):
        pytest.fail("there is none")
    assert "ray.address, and RAY_AUTH_TOKEN" in caught.value.fix


@pytest.mark.usefixtures("cluster")
def test_what_fails_hangs_or_dies_is_recorded_and_the_search_goes_on(tmp_path: Path) -> None:
    faults = {1: "raises", 2: "hangs", 3: "nan", 4: "dies"}
    trials = ran(wanted(tmp_path, trials=6, trial_seconds=2.0), hill(tmp_path, faults))
    assert [one.state for one in trials] == [
        "complete",
        "failed",
        "timed out",
        "failed",
        "failed",
        "complete",
    ]
    assert [one.why for one in trials[1:5]] == [
        "ValueError: this one cannot be fitted",
        "it had not ended after 2 s",
        "its quality is no number: nan",
        "its process ended",
    ]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("pruner", ["median", "asha"])
def test_trials_that_are_clearly_worse_are_pruned(tmp_path: Path, pruner: str) -> None:
    trials = ran(wanted(tmp_path, trials=16, pruner=pruner), hill(tmp_path, steps=12))
    pruned = [one for one in trials if one.state == "pruned"]
    assert pruned
    assert all(one.value is None and one.steps[-1][0] < 12 for one in pruned)
    assert [step for step, _ in trials[0].steps][:4] == [2, 3, 4, 6]


@pytest.mark.usefixtures("cluster")
def test_with_fewer_processors_than_jobs_no_trial_is_begun_twice(tmp_path: Path) -> None:
    trials = ran(wanted(tmp_path, jobs=3, trials=4), hill(tmp_path, steps=12))
    assert [[step for step, _ in one.steps] for one in trials] == [[2, 3, 4, 6, 8, 12]] * 4
    assert len((tmp_path / "seen").read_text().splitlines()) == 4


@pytest.mark.usefixtures("cluster")
def test_the_own_parameters_are_first_and_another_engine_goes_on_where_it_left(tmp_path: Path) -> None:
    own: dict[str, Value] = {"x": 40.0, "kind": "b"}
    here = ran(wanted(tmp_path, trials=3, first=own, jobs=2), hill(tmp_path))
    both = local.search(wanted(tmp_path, trials=5), hill(tmp_path), on_trial=lambda trial: None)
    assert here[0].params == own
    assert both[:3] == here
    assert [(one.number, one.state) for one in both] == [(number, "complete") for number in range(5)]
    assert all(-10 <= float(one.params["x"]) <= 10 for one in both[1:])
    assert len((tmp_path / "seen").read_text().splitlines()) == 5
    assert ran(wanted(tmp_path, trials=5), hill(tmp_path)) == both


@pytest.mark.usefixtures("cluster")
def test_what_the_budget_cuts_off_is_kept_to_be_run_again(tmp_path: Path) -> None:
    what = wanted(tmp_path, trials=50, seconds=3.0)
    trials = ran(what, hill(tmp_path, seconds=1.0))
    assert len(trials) < 6
    with storage.opened(what.storage) as file:
        assert set(file.read().begun) <= {len(trials)}


@pytest.mark.usefixtures("cluster")
def test_a_detector_s_own_candidate_is_searched_in_ray_s_processes(toy_home: Workspace) -> None:
    model = toy_home.own / "toy/model.py"
    space = '{"n_estimators": 1}, {"max_depth": Integer(1, 9)})'
    text = model.read_text().replace('{"n_estimators": 1})', space)
    model.write_text(text.replace("import Candidate", "import Candidate, Integer"))
    plan = library.plan("toy", choice=Choice(("score.tree",), only=True), within=toy_home)
    [study] = tuned(plan, Budget(trials=2, engine="ray")).studies
    assert study["counts"] == {"complete": 2}, study["notes"]


PROGRAM = """
import sys
from pathlib import Path
from tests.engine.test_local import hill, wanted
from detectory.engine.ray import search

folder = Path(sys.argv[1])
what, evaluate = wanted(folder, trials=80, jobs=2), hill(folder, seconds=0.2)
search(what, evaluate, on_trial=lambda trial: print(trial.number, flush=True))
"""


def program_in(folder: Path) -> subprocess.Popen[str]:
    """A search on a cluster of its own, in a process that tells the number of each trial that ended."""
    (folder / "program.py").write_text(PROGRAM)
    return subprocess.Popen(
        [sys.executable, str(folder / "program.py"), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )


def test_after_ctrl_c_no_process_of_ray_is_left_and_what_ended_is_kept(tmp_path: Path) -> None:
    with program_in(tmp_path) as running:
        assert running.stdout
        told = {int(running.stdout.readline()) for _ in range(2)}
        running.send_signal(signal.SIGINT)
        left = {int(line) for line in running.stdout}
    assert is_alone(running.pid)
    with storage.opened(wanted(tmp_path).storage) as file:
        assert told | left <= set(file.read().ended)
        assert len(file.read().ended) < 80


@pytest.mark.soak
def test_killed_at_any_moment_it_keeps_what_ended_and_tries_none_of_it_again(tmp_path: Path) -> None:
    if os.environ.get("DETECTORY_SOAK") != "1":
        pytest.skip("starts a cluster twenty times: make soak")
    tried, ended = 0, set[str]()
    for kill in range(20):
        with program_in(tmp_path) as running:
            assert running.stdout
            told = {int(running.stdout.readline()) for _ in range(1 + kill % 3)}
            time.sleep(0.07 * (kill % 4))
            running.kill()
        seen = (tmp_path / "seen").read_text().splitlines()
        assert ended.isdisjoint(seen[tried:])
        with storage.opened(wanted(tmp_path).storage) as file:
            past = file.read()
        assert told <= set(past.ended)
        tried, ended = len(seen), {f"{sorted(one.params.items())}" for one, _ in past.ended.values()}
