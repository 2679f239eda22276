"""How often a trial decides wrongly between equals, and how soon it decides between unequals.

Simulates what the server counts and what people label, and asks the product's own policy after every label
or row. Prints tables; asserts nothing.

    .venv/bin/python benchmarks/canary.py --runs 1000
"""

from __future__ import annotations

import argparse
import math
from functools import cache

import numpy as np

from detectory.metrics import clopper_pearson
from detectory.monitor.evidence import FIRST_ROWS, Counts, Truth
from detectory.monitor.guards import objections
from detectory.monitor.policy import is_better, is_worse
from detectory.settings import Canary

RULES = Canary()
BUDGET = 0.002  # false alerts a benign event, and positives a row, of a detector of rare things
LABELS, ROWS = 2_000, 2_000


@cache
def verdict(right: int, labels: int) -> str:
    """What the labels of disagreements say so far."""
    truth = Truth(challenger=right, champion=labels - right)
    if is_better(truth, RULES):
        return "promote"
    return "rollback" if is_worse(truth, RULES) else ""


def labelled(chance: float, dice: np.random.Generator) -> tuple[str, float]:
    """The first verdict of a run that looks after every label, and the labels it took."""
    for labels, right in enumerate(np.cumsum(dice.random(LABELS) < chance).tolist(), start=1):
        if found := verdict(right, labels):
            return found, labels
    return "", math.inf


def all_alerts(chance: float, agreeing: float, dice: np.random.Generator) -> float:
    """The labels it takes when every alert of either version is labelled, not only disagreements."""
    _, needed = labelled(chance, dice)
    # each labelled alert is a disagreement with this chance; the wasted ones are negative binomial
    return needed if math.isinf(needed) else needed + int(dice.negative_binomial(int(needed), 1 - agreeing))


def failing(challenger: float, champion: float, dice: np.random.Generator) -> float:
    """The rows until a challenger that fails so often is taken out."""
    only = (dice.random(ROWS) < challenger) & (dice.random(ROWS) >= champion)
    for rows, failed in enumerate(np.cumsum(only).tolist(), start=1):
        first = int(only[:FIRST_ROWS].sum()) if rows >= FIRST_ROWS else failed
        if objected(rows, failed, first):
            return rows
    return math.inf


@cache
def objected(rows: int, failed: int, first: int) -> bool:
    """Whether a guard objects."""
    counts = Counts(rows=rows, failed=failed, failed_first=first, changed=rows)
    return any(objections(counts, RULES, budget=BUDGET))


def equals(dice: np.random.Generator) -> bool:
    """Whether one as good is taken out: it fails, is slow and alerts as often as the champion.

    The worst case: both fail as often as is allowed, and it is too slow in every other batch.
    """
    failed, fails = dice.random((2, ROWS)) < RULES.failed
    alert, alerts = dice.random((2, ROWS)) < BUDGET
    slow = dice.random(ROWS) < 0.5
    seen = (failed & ~fails, alert & ~alerts, alerts & ~alert, alert & alerts, slow)
    for rows, sums in enumerate(zip(*(np.cumsum(column).tolist() for column in seen), strict=True), start=1):
        failures, added, lost, kept, late = sums
        first = int(seen[0][: min(rows, FIRST_ROWS)].sum())
        known = {"failed": failures, "failed_first": first, "timed": rows, "slow": late, "changed": rows}
        counts = Counts(rows=rows, added=added, lost=lost, kept=kept, **known)
        if any(objections(counts, RULES, budget=BUDGET)):
            return True
    return False


def show(title: str, needed: list[float], *, within: int) -> None:
    """The median and how many decided in time."""
    median, late = np.quantile(needed, [0.5, 0.9], method="lower")
    share = float(np.mean(np.asarray(needed) <= within))
    print(f"{title:<58}{median:>8,.0f}{late:>8,.0f}   {share:.1%} within {within:,}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--runs", type=int, default=1_000)
    asked.add_argument("--seed", type=int, default=0)
    given = asked.parse_args()
    dice, runs = np.random.default_rng(given.seed), range(given.runs)

    wrong = sum(bool(labelled(0.5, dice)[0]) for _ in runs)
    _, low, high = clopper_pearson(wrong, given.runs)
    print(f"equals, a look after each of {LABELS:,} labels: {wrong} of {given.runs:,} runs decided, ", end="")
    print(f"{wrong / given.runs:.1%} (95 %: {low:.1%} to {high:.1%}); at most {RULES.alpha:.0%} may")
    out = sum(equals(dice) for _ in runs[:200])
    print(f"equals, a look after each of {ROWS:,} rows: {out} of 200 runs taken out; at most 2 % may")

    print(f"\n{'labels until it is decided':<58}{'median':>8}{'9 of 10':>8}")
    for chance in (0.6, 0.7, 0.8, 0.9):
        needed = [labelled(chance, dice)[1] for _ in runs]
        show(f"right in {chance:.0%} of disagreements: only these labelled", needed, within=200)
        every = [all_alerts(chance, 0.9, dice) for _ in runs]
        show("    every alert labelled, nine in ten are both's", every, within=200)

    print(f"\n{'rows until it is taken out':<58}{'median':>8}{'9 of 10':>8}")
    for challenger, champion, within in ((0.05, 0.0, 200), (0.05, 0.005, 200), (0.02, 0.005, 1_500)):
        needed = [failing(challenger, champion, dice) for _ in runs]
        show(f"fails {challenger:.1%} of the rows, the champion {champion:.1%}", needed, within=within)


if __name__ == "__main__":
    main()
