"""What takes a challenger out at once (F29): failures, time, scores and alerts; and one as good stays."""

import numpy as np
import pytest

from detectory.monitor.evidence import FIRST_ROWS, Counts
from detectory.monitor.guards import objections
from detectory.settings import Canary

RULES, BUDGET = Canary(), 0.002
SOUND = Counts(
    rows=2_000, timed=500, slow=40, kept=20, added=2, lost=2, changed=1_900, champion_changed=1_900
)


def said(counts: Counts) -> list[str]:
    return list(objections(counts, RULES, budget=BUDGET))


def rows_until_out(*, fails: float, seed: int, rows: int) -> int:
    """After how many rows a challenger that fails so often is out, where the champion fails 0.5 %."""
    dice = np.random.default_rng(seed)
    only = (dice.random(rows) < fails) & (dice.random(rows) >= 0.005)
    for seen, failed in enumerate(np.cumsum(only).tolist(), start=1):
        first = int(only[: min(seen, FIRST_ROWS)].sum())
        if said(Counts(rows=seen, failed=failed, failed_first=first, changed=seen)):
            return seen
    return rows + 1


def test_a_sound_challenger_meets_no_objection() -> None:
    assert said(SOUND) == []


def test_nobody_has_been_judged_before_the_first_row() -> None:
    assert said(Counts()) == []


def test_five_failures_in_the_first_fifty_rows_are_enough() -> None:
    assert said(Counts(rows=20, failed=5, failed_first=5))[0] == "it failed 5 of the first 50 rows"


def test_five_percent_failures_are_seen_within_two_hundred_rows() -> None:
    needed = [rows_until_out(fails=0.05, seed=seed, rows=400) for seed in range(40)]
    assert np.mean(np.asarray(needed) <= 200) >= 0.85


def test_two_percent_failures_are_seen_within_fifteen_hundred_rows() -> None:
    needed = [rows_until_out(fails=0.02, seed=seed, rows=1_500) for seed in range(20)]
    assert np.mean(np.asarray(needed) <= 1_500) >= 0.85


def test_one_that_fails_as_often_as_is_allowed_stays() -> None:
    needed = [rows_until_out(fails=0.005, seed=seed, rows=1_000) for seed in range(40)]
    assert sum(seen <= 1_000 for seen in needed) <= 1


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (Counts(rows=10, not_finite=1), "1 of its scores are NaN or infinite"),
        (Counts(rows=200, champion_changed=9), "it gave 200 rows the same score"),
        (Counts(rows=90, timed=20, slow=20), "it took more than 2 times the champion's time"),
        (Counts(rows=300, added=30, changed=9), "of 300 rows 30 alert that did not, and 0 no longer"),
        (Counts(rows=300, lost=20, kept=1, changed=9), "it lost 20 of the champion's 21 alerts"),
    ],
)
def test_a_gross_fault_is_named(counts: Counts, reason: str) -> None:
    assert said(counts)[0].startswith(reason)


def test_two_constant_versions_are_no_objection_to_either() -> None:
    assert said(Counts(rows=500)) == []


def test_as_many_alerts_lost_as_added_are_for_labels_to_judge() -> None:
    assert said(Counts(rows=2_000, added=60, lost=55, kept=200, changed=9)) == []
