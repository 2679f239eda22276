"""A trial in the store: one a detector, every step on the trail, and never promoted twice."""

from datetime import UTC, datetime, timedelta

import pytest

from detectory.errors import NoChampion, NoTrial, PromotionRefused, TrialRunning, UnknownVersion
from detectory.library import Workspace
from detectory.registry import promote, trials, versions
from detectory.registry.trial import Move, Trial
from detectory.settings import Canary

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HOLD = Move("hold", 0, "too early")


def started(home: Workspace, wanted: str = "2") -> Trial:
    trial = trials.planned(
        home.store, "toy", wanted, rules=Canary(), budget=lambda spec: 0.02, trusted=home.trusted, now=NOW
    )
    trials.start(home.store, "toy", trial, now=NOW)
    return trial


def advanced(home: Workspace, trial: Trial, move: Move, *, rows: int = 0, after_s: int = 5) -> Trial | None:
    now = NOW + timedelta(seconds=after_s)
    found, made = trials.advance(
        home.store, "toy", trial.id, seen={"rows": rows}, decide=lambda trial: move, now=now
    )
    if made and made.action == "promote":
        trials.conclude(home.store, "toy", made, trusted=home.trusted, now=now)
    return found


def actions(home: Workspace) -> list[str]:
    return [entry["action"] for entry in promote.trail(home.store, "toy")]


def test_a_trial_begins_in_the_shadow(pair: Workspace) -> None:
    trial = started(pair)
    assert (trial.champion, trial.challenger, trial.share) == (1, 2, 0)
    assert trials.running(pair.store, "toy") == trial
    entry = promote.trail(pair.store, "toy")[-1]
    assert (entry["action"], entry["version"], entry["beside"]) == ("canary start", 2, 1)
    assert versions.champion(pair.store, "toy") == 1


def test_the_champion_is_not_tried_beside_itself(pair: Workspace) -> None:
    with pytest.raises(PromotionRefused, match="version 1") as caught:
        started(pair, "1")
    assert caught.value.why == "it is the champion already"


def test_an_unknown_version_is_answered_with_the_known_ones(pair: Workspace) -> None:
    with pytest.raises(UnknownVersion, match="no version '3'"):
        started(pair, "3")


def test_without_a_champion_there_is_nothing_to_compare_with(pair: Workspace) -> None:
    (pair.store.root / "toy" / "champion.json").unlink()
    with pytest.raises(NoChampion, match="no promoted version"):
        started(pair)


def test_one_challenger_is_tried_at_a_time(pair: Workspace) -> None:
    started(pair)
    with pytest.raises(TrialRunning, match="version 2 of 'toy' is tried already"):
        started(pair)


def test_what_servers_saw_adds_up(pair: Workspace) -> None:
    trial = started(pair)
    advanced(pair, trial, HOLD, rows=30)
    found = advanced(pair, trial, HOLD, rows=12, after_s=10)
    assert found is not None
    assert (found.rows, found.said, found.heard) == (42, "too early", NOW + timedelta(seconds=10))
    assert actions(pair) == ["promote", "canary start"]


def test_a_step_up_counts_its_rows_from_zero_and_is_on_the_trail_with_its_evidence(pair: Workspace) -> None:
    found = advanced(pair, started(pair), Move("step", 5, "1,000 rows", {"counts": {"rows": 9}}), rows=9)
    assert found is not None
    assert (found.share, found.rows, found.counts["rows"]) == (5, 0, 9)
    entry = promote.trail(pair.store, "toy")[-1]
    assert (entry["action"], entry["before"], entry["share"]) == ("canary step", 0, 5)
    assert entry["evidence"] == {"counts": {"rows": 9}}


def test_a_challenger_that_is_taken_out_leaves_the_champion_where_it_was(pair: Workspace) -> None:
    assert advanced(pair, started(pair), Move("rollback", 0, "it failed")) is None
    ended = trials.ended(pair.store, "toy")
    assert ended is not None
    assert (ended["action"], ended["reason"]) == ("canary rollback", "it failed")
    assert versions.champion(pair.store, "toy") == 1
    assert started(pair).challenger == 2


def test_a_promotion_makes_it_the_champion_and_says_why(pair: Workspace) -> None:
    trial = started(pair)
    advanced(pair, trial, Move("promote", 100, "right in 40 of 45", {"truth": {"challenger": 40}}))
    assert versions.champion(pair.store, "toy") == 2
    assert actions(pair)[-2:] == ["promote", "canary promoted"]
    entry = promote.trail(pair.store, "toy")[-2]
    assert (entry["trial"], entry["reason"]) == (trial.id, "right in 40 of 45")


def test_a_promotion_that_happened_ends_the_trial_that_did_not_hear_of_it(pair: Workspace) -> None:
    trial = started(pair)
    promote.promote(pair.store, "toy", "2", trusted=pair.trusted, now=NOW)
    assert advanced(pair, trial, HOLD) is None
    assert actions(pair)[-2:] == ["promote", "canary promoted"]


def test_a_champion_that_changed_meanwhile_ends_the_trial(pair: Workspace) -> None:
    trial = started(pair)
    promote.promote(pair.store, "toy", "2", trusted=pair.trusted, now=NOW)
    promote.rollback(pair.store, "toy", trusted=pair.trusted, now=NOW, reason="too many alerts")
    assert advanced(pair, trial, HOLD) is not None
    (pair.store.root / "toy" / "champion.json").unlink()
    assert advanced(pair, trial, HOLD) is None
    ended = trials.ended(pair.store, "toy")
    assert ended is not None
    assert ended["reason"] == "version None became the champion meanwhile"


def test_a_trial_that_is_over_is_not_advanced(pair: Workspace) -> None:
    trial = started(pair)
    trials.abort(pair.store, "toy", reason="wrong version", now=NOW)
    again = started(pair)
    assert advanced(pair, trial, Move("step", 5, "late")) is None
    assert trials.running(pair.store, "toy") == again


def test_nothing_is_aborted_where_nothing_runs(pair: Workspace) -> None:
    with pytest.raises(NoTrial, match="no challenger of 'toy' is tried"):
        trials.abort(pair.store, "toy", reason="try", now=NOW)
