"""Killed at any moment: the old state or the new one, and the next run ends as an undisturbed one would."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from detectory import failpoints
from detectory.library import Workspace
from tests.faults.conftest import STEPS, Forks, Stop, scratch, state


def ends_as_if_undisturbed(forks: Forks, stop: Stop, home: Workspace) -> None:
    code, said = forks.run(home, *stop.words)
    assert code == 0, said
    assert state(home) == stop.after
    assert not scratch(home)


@pytest.mark.parametrize("name", failpoints.NAMES)
def test_a_kill_between_any_two_writes_leaves_the_old_state_or_the_new(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path, name: str
) -> None:
    # from judge on, a run passes every place: it makes an artifact, signs a version and promotes it
    stop = Stop("promote", stops["judge"].root, stops["promote"].after, 0.0)
    home = stop.copied(tmp_path / "home")
    code, said = forks.run(home, *stop.words, failpoint=f"{name}=kill")
    assert code == failpoints.KILLED, said
    found = state(home)
    assert found["champion"] in (1, 2)
    assert found["versions"][1] == stop.after["versions"][1]
    ends_as_if_undisturbed(forks, stop, home)


@pytest.mark.soak
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_random_in_any_step_leaves_the_old_state_or_the_new(
    forks: Forks, stops: dict[str, Stop], tmp_path: Path, tenth: Callable[[int], int], step: str
) -> None:
    stop, rng = stops[step], random.Random(step)
    for _ in range(tenth(30)):
        home = stop.copied(tmp_path / "home")
        forks.start(home, *stop.words).kill(after_s=rng.random() * stop.seconds)
        assert state(home)["champion"] in (1, 2)
        ends_as_if_undisturbed(forks, stop, home)
