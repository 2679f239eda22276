"""The local engine: what ends well is kept, what does not is ended and said, and a kill costs nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from detectory.engine import storage
from detectory.engine.local import search
from detectory.engine.search import Search, Trial
from detectory.errors import StudyDamaged
from detectory.models.candidate import Categorical, Float, Range
from tests import needs
from tests.engine.evaluating import Hill

needs.library("optuna", extra="train")

SPACE: dict[str, Range] = {"x": Float(-10.0, 10.0), "kind": Categorical(("a", "b"))}


def wanted(folder: Path, **changes: Any) -> Search:
    return Search(
        **{"space": SPACE, "trials": 8, "trial_seconds": 60.0, "storage": folder / "study", **changes}
    )


def hill(folder: Path, faults: dict[int, str] | None = None, **changes: Any) -> Hill:
    return Hill(folder / "seen", faults or {}, **changes)


def ran(what: Search, evaluate: Hill) -> list[Trial]:
    told: list[Trial] = []
    trials = search(what, evaluate, on_trial=told.append)
    assert {one.number for one in told} <= {one.number for one in trials}
    return trials


def test_the_own_parameters_are_tried_first_even_outside_the_space(tmp_path: Path) -> None:
    trials = ran(wanted(tmp_path, first={"x": 40.0, "kind": "b"}), hill(tmp_path))
    assert trials[0].params == {"x": 40.0, "kind": "b"}
    assert [one.number for one in trials] == list(range(8))
    assert max(one.value for one in trials if one.value is not None) > -9
    assert trials[0].noted == {"steps": 0}


def test_what_fails_hangs_or_dies_is_recorded_and_the_search_goes_on(tmp_path: Path) -> None:
    faults = {1: "raises", 2: "hangs", 3: "refuses", 4: "dies", 5: "nan"}
    trials = ran(wanted(tmp_path, trial_seconds=2.0), hill(tmp_path, faults))
    states = ["complete", "failed", "timed out", "failed", "failed", "failed", "complete", "complete"]
    assert [one.state for one in trials] == states
    whys = [one.why for one in trials]
    assert whys[1] == "ValueError: this one cannot be fitted"
    assert whys[2] == "it had not ended after 2 s"
    assert whys[3].startswith("E4003: no training row is positive (")
    assert whys[4] == "its process ended by SIGKILL"
    assert whys[5] == "its quality is no number: nan"
    assert all(one.value is None for one in trials if one.state != "complete")


def test_a_loss_that_is_no_number_ends_its_trial_and_not_the_search(tmp_path: Path) -> None:
    trials = ran(wanted(tmp_path, trials=3), hill(tmp_path, {1: "diverges"}, steps=4))
    assert [one.state for one in trials] == ["complete", "failed", "complete"]
    assert trials[1].steps == ()


def test_processes_that_die_before_they_hear_of_a_trial_fail_it_and_no_more(tmp_path: Path) -> None:
    trials = ran(wanted(tmp_path, trials=50), hill(tmp_path, is_stillborn=True))
    assert [(one.state, one.why) for one in trials] == [("failed", "its process ended with 3")] * 5


def test_a_search_whose_trials_all_fail_gives_up(tmp_path: Path) -> None:
    trials = ran(wanted(tmp_path, trials=50), hill(tmp_path, dict.fromkeys(range(50), "raises")))
    assert len(trials) == 5


def test_a_budget_ends_the_search_and_what_it_cut_off_runs_again(tmp_path: Path) -> None:
    what, slow = wanted(tmp_path, seconds=4.0, trials=500), hill(tmp_path, seconds=0.5)
    began = time.monotonic()
    first = ran(what, slow)
    assert time.monotonic() - began < 30
    assert len(first) < 500
    with storage.opened(what.storage) as file:
        cut_off = file.read().begun
    assert list(cut_off) == [len(first)]
    again = ran(wanted(tmp_path, trials=len(first) + 1), hill(tmp_path))
    assert again[:-1] == first
    assert again[-1].params == cut_off[len(first)]


def test_trials_that_are_clearly_worse_are_pruned(tmp_path: Path) -> None:
    trials = ran(wanted(tmp_path, trials=25), hill(tmp_path, steps=12))
    pruned = [one for one in trials if one.state == "pruned"]
    assert pruned
    assert all(one.value is None and 4 <= one.steps[-1][0] < 12 for one in pruned)
    assert [step for step, _ in trials[0].steps] == [2, 3, 4, 6, 8, 12]


@pytest.mark.parametrize("pruner", ["median", "asha"])
def test_an_interrupted_search_ends_as_one_that_was_not(tmp_path: Path, pruner: str) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    once = ran(wanted(whole, trials=18, pruner=pruner), hill(whole, steps=12))
    for trials in (3, 11, 18):
        twice = ran(wanted(parts, trials=trials, pruner=pruner), hill(parts, steps=12))
    assert [(one.params, one.state, one.steps) for one in twice] == [
        (one.params, one.state, one.steps) for one in once
    ]
    assert (parts / "seen").read_text() == (whole / "seen").read_text()


def test_another_seed_tries_something_else(tmp_path: Path) -> None:
    tried = []
    for seed in (0, 1):
        (tmp_path / str(seed)).mkdir()
        trials = ran(wanted(tmp_path / str(seed), trials=2, seed=seed), hill(tmp_path / str(seed)))
        tried.append([one.params for one in trials])
    assert tried[0] != tried[1]


def test_two_jobs_run_at_once(tmp_path: Path) -> None:
    trials = ran(wanted(tmp_path, jobs=2, trials=6), hill(tmp_path))
    assert [one.number for one in trials] == list(range(6))
    assert len((tmp_path / "seen").read_text().splitlines()) == 6


@pytest.mark.parametrize("damage", [b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_file_of_trials_is_refused_and_left_as_it_is(tmp_path: Path, damage: bytes) -> None:
    what = wanted(tmp_path)
    what.storage.mkdir()
    (what.storage / storage.FILE).write_bytes(damage)
    with pytest.raises(StudyDamaged, match=r"tune NAME --force") as refused:
        ran(what, hill(tmp_path))
    assert refused.value.where == str(what.storage / storage.FILE)
    assert (what.storage / storage.FILE).read_bytes() == damage
    assert not (tmp_path / "seen").exists()


def test_a_flipped_digit_of_a_trial_is_noticed(tmp_path: Path) -> None:
    what = wanted(tmp_path, trials=2, first={"x": 1.25, "kind": "b"})
    ran(what, hill(tmp_path))
    file = what.storage / storage.FILE
    data = file.read_bytes()
    assert b"1.25" in data
    file.write_bytes(data.replace(b"1.25", b"1.26"))
    with pytest.raises(StudyDamaged, match="cannot be read"):
        ran(what, hill(tmp_path))


PROGRAM = """
import sys
from pathlib import Path
from tests.engine.test_local import hill, wanted
from detectory.engine.local import search

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    what = wanted(folder, trials=int(sys.argv[2]), jobs=int(sys.argv[3]))
    evaluate = hill(folder, seconds=float(sys.argv[4]))
    search(what, evaluate, on_trial=lambda trial: print(trial.number, flush=True))
"""


def process_of(folder: Path, *, trials: int, jobs: int = 1, seconds: float = 0.3) -> subprocess.Popen[str]:
    program = folder / "program.py"
    program.write_text(PROGRAM)
    arguments = [str(program), str(folder), str(trials), str(jobs), str(seconds)]
    where = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, env=where, start_new_session=True
    )


def alive_of(session: int) -> list[int]:
    """Processes of a session that are not zombies."""
    alive = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            alive.append(int(stat.parent.name))
    return alive


def is_alone(session: int) -> bool:
    """Whether nobody of the session is left, after a while."""
    until = time.monotonic() + 20
    while (left := alive_of(session)) and time.monotonic() < until:
        time.sleep(0.05)
    return not left


def killed(folder: Path, *, after: int, then_s: float, jobs: int) -> list[int]:
    """Kill a search some time after so many of its trials ended; gives those that it told of."""
    with process_of(folder, trials=50, jobs=jobs) as running:
        assert running.stdout
        told = [int(running.stdout.readline()) for _ in range(after)]
        time.sleep(then_s)
        running.kill()
    assert is_alone(running.pid)
    return told


@pytest.mark.soak
def test_killed_at_any_moment_it_repeats_no_finished_trial_and_leaves_no_process(
    tmp_path: Path, tenth: Any
) -> None:
    for kill in range(tenth(20)):
        folder = tmp_path / str(kill)
        folder.mkdir()
        told = killed(folder, after=1 + kill % 3, then_s=0.1 * (kill % 4), jobs=1 + kill % 2)
        with storage.opened(folder / "study") as file:
            past = file.read()
        assert set(told) <= set(past.ended)
        before = len((folder / "seen").read_text().splitlines())
        trials = {one.number: one for one in ran(wanted(folder, trials=len(past.ended) + 2), hill(folder))}
        assert {number: trials[number] for number in past.ended} == {
            number: one for number, (one, _) in past.ended.items()
        }
        assert all(trials[number].params == params for number, params in past.begun.items())
        assert len((folder / "seen").read_text().splitlines()) == before + 2


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_a_long_trial_ends_it_at_once_with_the_trial_kept(
    tmp_path: Path, sent: signal.Signals
) -> None:
    with process_of(tmp_path, trials=50, jobs=2, seconds=300) as running:
        while not (tmp_path / "seen").exists():
            time.sleep(0.05)
        os.killpg(running.pid, sent)
        assert running.wait(timeout=20) == -sent
    assert is_alone(running.pid)
    with storage.opened(tmp_path / "study") as file:
        assert file.read().begun
