"""What takes a challenger out at once, whatever labels say. Each guard gives its reason, or nothing.

All compare both versions on the very same rows, so a bad hour hits both and takes out neither. Gross faults
have a hard rule; the rest is bet on (`betting`), so that one may look after every row.
"""

from __future__ import annotations

from collections.abc import Iterator

from detectory.monitor.betting import is_above
from detectory.monitor.evidence import FIRST_ROWS, Counts
from detectory.settings import Canary
from detectory.spec import Binary, Spec

FAILED_FIRST = 5  # of the first rows: nobody waits for statistics there
CONSTANT_ROWS = 200  # a detector of rare things may well say the same of the first few


def bearable(spec: Spec) -> float:
    """The share of all rows that may alert more than before: the budget's rate, and every true positive."""
    return spec.budget.rate + spec.budget.prevalence if isinstance(spec, Binary) else 1.0


def objections(counts: Counts, rules: Canary, *, budget: float) -> Iterator[str]:
    """Why a challenger must not go on; nothing where it may.

    ``budget`` is what `bearable` gives. Of ``rules.guard_alpha`` one half watches over failures, the
    other over the rest, so that together they err so often at most.
    """
    checks = (
        _gross(counts),
        _not_finite(counts),
        _constant(counts),
        _failing(counts, rules),
        _slow(counts, rules, alpha=rules.guard_alpha / 6),
        _more_alerts(counts, budget, alpha=rules.guard_alpha / 6),
        _fewer_alerts(counts, alpha=rules.guard_alpha / 6),
    )
    return filter(None, checks)


def _gross(counts: Counts) -> str:
    if counts.failed_first < FAILED_FIRST:
        return ""
    return f"it failed {counts.failed_first} of the first {FIRST_ROWS} rows"


def _not_finite(counts: Counts) -> str:
    return f"{counts.not_finite:,} of its scores are NaN or infinite" if counts.not_finite else ""


def _constant(counts: Counts) -> str:
    answered = counts.rows - counts.failed
    if answered < CONSTANT_ROWS or counts.changed or not counts.champion_changed:
        return ""
    return f"it gave {answered:,} rows the same score, where the champion's differ"


def _failing(counts: Counts, rules: Canary) -> str:
    outcomes = {0: counts.rows - counts.failed, 1: counts.failed}
    if not is_above(outcomes, limit=rules.failed, alpha=rules.guard_alpha / 2):
        return ""
    return (
        f"it failed {counts.failed:,} of {counts.rows:,} rows that the champion answered; "
        f"{rules.failed:.2%} of them may"
    )


def _slow(counts: Counts, rules: Canary, *, alpha: float) -> str:
    outcomes = {0: counts.timed - counts.slow, 1: counts.slow}
    if not is_above(outcomes, limit=0.5, alpha=alpha):
        return ""
    return (
        f"it took more than {rules.slower:g} times the champion's time in {counts.slow:,} of "
        f"{counts.timed:,} batches"
    )


def _more_alerts(counts: Counts, budget: float, *, alpha: float) -> str:
    same = counts.rows - counts.added - counts.lost
    if not is_above({-1: counts.lost, 0: same, 1: counts.added}, limit=budget, alpha=alpha):
        return ""
    return (
        f"of {counts.rows:,} rows {counts.added:,} alert that did not, and {counts.lost:,} no longer; "
        f"the budget bears {budget:.3%} more"
    )


def _fewer_alerts(counts: Counts, *, alpha: float) -> str:
    if not is_above({0: counts.kept, 1: counts.lost}, limit=0.5, alpha=alpha):
        return ""
    return f"it lost {counts.lost:,} of the champion's {counts.kept + counts.lost:,} alerts"
