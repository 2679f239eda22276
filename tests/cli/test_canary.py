"""``canary``: start, status, abort, promote."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from detectory.library import Workspace
from detectory.registry import promote, trials, versions
from detectory.registry.trial import Move
from tests.cli.conftest import Ask, Said

BETTER = {"truth": {"challenger": 40, "champion": 5, "neither": 0, "waiting": 3}}


@pytest.fixture
def canary(ask: Ask, pair: Workspace) -> Callable[..., Said]:
    """``detectory canary …`` where version 1 is the champion, and version 2 waits."""
    return lambda *words: ask("canary", *words, at=pair.root)


def saw(pair: Workspace, evidence: dict[str, dict[str, int]]) -> None:
    """What a server writes after it has compared both."""
    trials.advance(
        pair.store,
        "toy",
        trials.required(pair.store, "toy").id,
        seen={"rows": 1_200, "added": 4},
        decide=lambda trial: Move("hold", trial.share, "600 s of this step are not over", evidence),
        now=datetime.now(UTC),
    )


def test_a_trial_begins_with_a_plan(canary: Callable[..., Said], pair: Workspace) -> None:
    said = canary("start", "toy@2")
    assert said.code == 0
    assert "toy@2, beside the champion toy@1" in said.out
    assert "0 % · 5 % · 10 % · 25 % · 50 % · 100 %" in said.out
    assert trials.required(pair.store, "toy").challenger == 2


def test_a_dry_run_begins_nothing(canary: Callable[..., Said], pair: Workspace) -> None:
    document = canary("start", "toy", "--dry-run", "--json").json
    assert (document["trial"]["challenger"], document["trial"]["rules"]["least_rows"]) == (2, 1_000)
    assert trials.running(pair.store, "toy") is None


def test_the_rules_are_settings_when_it_begins(canary: Callable[..., Said], pair: Workspace) -> None:
    canary("start", "toy", "--shadow", "--set", "canary.least_rows=50")
    rules = trials.required(pair.store, "toy").rules
    assert (rules.steps, rules.least_rows) == ((0,), 50)


def test_steps_that_do_not_rise_are_no_steps(canary: Callable[..., Said]) -> None:
    said = canary("start", "toy", "--set", "canary.steps=10,5")
    assert said.code == 3
    assert "the steps are percentages that rise" in said.err


def test_the_status_says_what_was_seen_and_what_it_waits_for(
    canary: Callable[..., Said], pair: Workspace
) -> None:
    assert canary("status", "toy").out == "no version of 'toy' was tried yet\n"
    canary("start", "toy")
    saw(pair, BETTER)
    said = canary("status", "toy").out
    assert "1,200 in this step" in said
    assert "4 added, 0 lost, 0 kept" in said
    assert "of 45 labelled disagreements the challenger was right in 40" in said
    assert "600 s of this step are not over" in said


def test_an_aborted_trial_is_on_the_trail_with_its_reason(
    canary: Callable[..., Said], pair: Workspace
) -> None:
    canary("start", "toy")
    assert canary("abort", "toy", "--reason", "the wrong one").code == 0
    assert promote.trail(pair.store, "toy")[-1]["reason"] == "the wrong one"
    assert canary("status", "toy", "--json").json["ended"]["action"] == "canary abort"
    assert canary("abort", "toy", "--reason", "again").code == 6


def test_a_challenger_that_labels_do_not_show_to_be_better_needs_a_reason(
    canary: Callable[..., Said], pair: Workspace
) -> None:
    canary("start", "toy")
    said = canary("promote", "toy")
    assert (said.code, "E5020" in said.err) == (5, True)
    assert canary("promote", "toy", "--override", "the old one leaks").code == 0
    entry = promote.trail(pair.store, "toy")[-2]
    assert (entry["action"], entry["override"]) == ("promote", "the old one leaks")


def test_a_challenger_that_labels_show_to_be_better_is_promoted(
    canary: Callable[..., Said], pair: Workspace
) -> None:
    canary("start", "toy")
    saw(pair, BETTER)
    assert canary("promote", "toy", "--json").json["champion"] == 2
    assert versions.champion(pair.store, "toy") == 2
    assert trials.running(pair.store, "toy") is None


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
