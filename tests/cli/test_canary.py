"""``canary``: start, status, abort, promote."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectory import pipeline
from detectory.library import Workspace, run, workspace
from detectory.registry import promote, trials, versions
from detectory.registry.trial import Move
from tests.cli.conftest import Ask, Said

BETTER = {"truth": {"challenger": 40, "champion": 5, "neither": 0, "waiting": 3}}


@pytest.fixture(scope="module")
def made(toy_made: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which version 1 is the champion, and version 2 waits."""
    home = workspace(Path(shutil.copytree(toy_made.root, tmp_path_factory.mktemp("pair") / "home")))
    other = Workspace(home.root, type(home.settings)(seed=1))
    assert run("toy", stages=list(pipeline.chosen(last="register")), within=other).version == 2
    return home


@pytest.fixture
def home(made: Workspace, tmp_path: Path) -> Workspace:
    """A copy of it."""
    return workspace(Path(shutil.copytree(made.root, tmp_path / "home")))


@pytest.fixture
def canary(ask: Ask, home: Workspace) -> Callable[..., Said]:
    """``detectory canary …`` there."""
    return lambda *words: ask("canary", *words, at=home.root)


def saw(home: Workspace, evidence: dict[str, dict[str, int]]) -> None:
    """What a server writes after it has compared both."""
    trials.advance(
        home.store,
        "toy",
        trials.required(home.store, "toy").id,
        seen={"rows": 1_200, "added": 4},
        decide=lambda trial: Move("hold", trial.share, "600 s of this step are not over", evidence),
        now=datetime.now(UTC),
    )


def test_a_trial_begins_with_a_plan(canary: Callable[..., Said], home: Workspace) -> None:
    said = canary("start", "toy@2")
    assert said.code == 0
    assert "toy@2, beside the champion toy@1" in said.out
    assert "0 % · 5 % · 10 % · 25 % · 50 % · 100 %" in said.out
    assert trials.required(home.store, "toy").challenger == 2


def test_a_dry_run_begins_nothing(canary: Callable[..., Said], home: Workspace) -> None:
    document = canary("start", "toy", "--dry-run", "--json").json
    assert (document["trial"]["challenger"], document["trial"]["rules"]["least_rows"]) == (2, 1_000)
    assert trials.running(home.store, "toy") is None


def test_the_rules_are_settings_when_it_begins(canary: Callable[..., Said], home: Workspace) -> None:
    canary("start", "toy", "--shadow", "--set", "canary.least_rows=50")
    rules = trials.required(home.store, "toy").rules
    assert (rules.steps, rules.least_rows) == ((0,), 50)


def test_steps_that_do_not_rise_are_no_steps(canary: Callable[..., Said]) -> None:
    said = canary("start", "toy", "--set", "canary.steps=10,5")
    assert said.code == 3
    assert "the steps are percentages that rise" in said.err


def test_the_status_says_what_was_seen_and_what_it_waits_for(
    canary: Callable[..., Said], home: Workspace
) -> None:
    assert canary("status", "toy").out == "no version of 'toy' was tried yet\n"
    canary("start", "toy")
    saw(home, BETTER)
    said = canary("status", "toy").out
    assert "1,200 in this step" in said
    assert "4 added, 0 lost, 0 kept" in said
    assert "of 45 labelled disagreements the challenger was right in 40" in said
    assert "600 s of this step are not over" in said


def test_an_aborted_trial_is_on_the_trail_with_its_reason(
    canary: Callable[..., Said], home: Workspace
) -> None:
    canary("start", "toy")
    assert canary("abort", "toy", "--reason", "the wrong one").code == 0
    assert promote.trail(home.store, "toy")[-1]["reason"] == "the wrong one"
    assert canary("status", "toy", "--json").json["ended"]["action"] == "canary abort"
    assert canary("abort", "toy", "--reason", "again").code == 6


def test_a_challenger_that_labels_do_not_show_to_be_better_needs_a_reason(
    canary: Callable[..., Said], home: Workspace
) -> None:
    canary("start", "toy")
    said = canary("promote", "toy")
    assert (said.code, "E5020" in said.err) == (5, True)
    assert canary("promote", "toy", "--override", "the old one leaks").code == 0
    entry = promote.trail(home.store, "toy")[-2]
    assert (entry["action"], entry["override"]) == ("promote", "the old one leaks")


def test_a_challenger_that_labels_show_to_be_better_is_promoted(
    canary: Callable[..., Said], home: Workspace
) -> None:
    canary("start", "toy")
    saw(home, BETTER)
    assert canary("promote", "toy", "--json").json["champion"] == 2
    assert versions.champion(home.store, "toy") == 2
    assert trials.running(home.store, "toy") is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("strat", "toy"), 2, "did you mean 'start'"),
        (("start", "tyo"), 6, "did you mean 'toy'"),
        (("start", "toy@7"), 6, "no version '7'"),
        (("start", "toy@1"), 5, "it is the champion already"),
        (("promote", "toy"), 6, "no challenger of 'toy' is tried now"),
    ],
)
def test_a_mistake_is_answered_with_what_there_is(
    canary: Callable[..., Said], words: tuple[str, ...], code: int, said: str
) -> None:
    answered = canary(*words)
    assert answered.code == code
    assert said in answered.err
