"""Killed in the middle of a trial's step: whoever comes next finds a trial that he can end (F30)."""

import pytest

from detectory import failpoints
from detectory.library import Workspace
from detectory.registry import trials, versions
from tests.faults.conftest import Forks, scratch

#: what is only jotted down is the journal's, and no trial's
PLACES = [
    name
    for name in failpoints.NAMES
    if name.startswith(("promote.", "document.")) and not name.endswith("jot")
]
STEPS = {
    "start": ("canary", "start", "toy@2"),
    "abort": ("canary", "abort", "toy", "--reason", "a test"),
    "promote": ("canary", "promote", "toy", "--override", "a test"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_leaves_the_trial_before_the_step_or_after_it(
    forks: Forks, pair: Workspace, step: str, place: str
) -> None:
    if step != "start":
        assert forks.run(pair, *STEPS["start"])[0] == 0
    code, said = forks.run(pair, *STEPS[step], failpoint=f"{place}=kill")
    assert code == failpoints.KILLED, said

    running, champion = trials.running(pair.store, "toy"), versions.champion(pair.store, "toy")
    assert champion in ((1, 2) if step == "promote" else (1,))
    assert running is None or (running.champion, running.challenger, running.share) == (1, 2, 0)

    # whatever was left, the next command does what this one began, or says that it is done
    code, said = forks.run(pair, *STEPS[step])
    assert code in (0, 5, 6, 7), said
    over = trials.running(pair.store, "toy") is None
    assert over is (step != "start")
    assert versions.champion(pair.store, "toy") == (2 if step == "promote" else 1)
    assert not scratch(pair)
