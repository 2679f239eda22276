"""The policy: what becomes of a challenger, by numbers alone."""

import pytest

from detectory.monitor.evidence import Counts, Evidence, Truth
from detectory.monitor.policy import Decision, Step, decide
from detectory.settings import Canary

RULES = Canary()
SOUND = Counts(rows=5_000, kept=20, changed=4_000, champion_changed=4_000)
BETTER, WORSE = Truth(challenger=40, champion=5), Truth(challenger=5, champion=40)
UNDECIDED = Truth(challenger=8, champion=7, waiting=30)


def decided(
    share: int,
    *,
    rows: int = 1_000,
    age_s: float = 600,
    counts: Counts = SOUND,
    truth: Truth = UNDECIDED,
    silent_s: float = 0,
    rules: Canary = RULES,
) -> Decision:
    evidence = Evidence(counts, truth, silent_s)
    return decide(Step(share, rows, age_s), evidence, rules=rules, budget=0.002)


def test_a_shadow_steps_up_after_rows_and_time_enough() -> None:
    assert (decided(0).action, decided(0).share) == ("step", 5)


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"rows": 999}, "999 of 1,000 rows of this step"), ({"age_s": 30}, "30 of 600 s of this step")],
)
def test_a_step_lasts_as_long_as_it_must(given: dict[str, int], reason: str) -> None:
    found = decided(0, **given)
    assert (found.action, found.reason) == ("hold", reason)


def test_beyond_ten_percent_nobody_goes_without_labels() -> None:
    assert decided(5).action == "step"
    found = decided(10)
    assert (found.action, found.share) == ("hold", 10)
    assert found.reason.startswith("inconclusive: of 15 labelled disagreements the challenger was right in 8")


def test_labels_open_the_way_up_to_the_promotion() -> None:
    assert [decided(share, truth=BETTER).share for share in (10, 25, 50)] == [25, 50, 100]
    assert decided(100, truth=BETTER).action == "promote"


def test_labels_against_it_end_a_trial_at_any_step() -> None:
    found = decided(0, rows=1, truth=WORSE)
    assert (found.action, found.share) == ("rollback", 0)


def test_a_guard_goes_before_the_best_of_labels() -> None:
    found = decided(100, truth=BETTER, counts=Counts(rows=40, failed=6, failed_first=6))
    assert found.action == "rollback"
    assert found.reason.startswith("it failed 6 of the first 50 rows; ")


def test_no_data_fails_after_the_declared_time() -> None:
    assert decided(5, rows=0, silent_s=43_200).action == "hold"
    assert decided(5, rows=0, silent_s=43_201).reason.startswith("no data: for 43,201 s")


def test_a_challenger_that_cannot_be_tried_is_taken_out_with_the_reason() -> None:
    evidence = Evidence(trouble="version 2 is refused: it is damaged")
    found = decide(Step(0, 0, 0.0), evidence, rules=RULES, budget=0.002)
    assert (found.action, found.reason) == ("rollback", "version 2 is refused: it is damaged")


def test_labels_by_which_both_are_wrong_decide_nothing() -> None:
    assert decided(10, truth=Truth(neither=500)).action == "hold"


def test_a_trial_that_ends_below_the_whole_is_left_to_a_person() -> None:
    found = decided(0, truth=BETTER, rules=Canary(steps=(0,)))
    assert (found.action, found.reason[:17]) == ("hold", "a person decides:")


def test_the_decision_carries_its_evidence() -> None:
    assert decided(5).to_dict()["evidence"]["truth"] == {
        "challenger": 8, "champion": 7, "neither": 0, "waiting": 30,
    }  # fmt: skip
