"""The texts of a plan, by its task: alerts on a label, or a number that is predicted.

Goes in: a `Plan`. Comes out: a `Wording`, whose texts are used in ``detector.toml``, on the card and at the
terminal.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detectory.scaffold.budget import EVENTS_A_DAY, PREVALENCE, Proposal
from detectory.scaffold.plan import Plan

COVERAGE = 0.9
_COVERAGE_MARGIN = 0.05  # the share of test rows within the intervals varies by chance


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts. ``truth`` are tables of ``detector.toml``; the others are for people."""

    title: str
    question: str
    rows: str
    truth: str
    judged: str
    gates: str


def wording_of(plan: Plan) -> Wording:
    """The texts for the plan's task."""
    return _number(plan) if plan.budget is None else _alerts(plan, plan.budget)


def _alerts(plan: Plan, budget: Proposal) -> Wording:
    labels, (best, area) = plan.labels, plan.best_alone
    negative = labels.counts[labels.negative]
    others, kinds = sum(labels.counts.values()) - negative, len(labels.counts) - 1
    of_kinds = f" of {kinds} kinds" if labels.families else f" ({labels.positive})"
    which = ", and of which kind" if labels.families else ""
    return Wording(
        title=f"Rows of {plan.table.path.name} that are not {labels.negative}",
        question=f"Is this row something else than {labels.negative}{which}?",
        rows=f"'{plan.label}' calls {negative:,} {labels.negative} and {others:,} something else{of_kinds}",
        truth=_alert_tables(plan, budget),
        judged=(
            f"The budget, {budget.false_alerts_a_day:,} false alerts a day among {EVENTS_A_DAY:,} negative "
            f"rows, is what about {budget.rows:,} rows of calibration certify with room to spare."
        ),
        gates=f"better than '{best}' alone, which reaches an AUC of {area:.3f}; within twice the budget",
    )


def _alert_tables(plan: Plan, budget: Proposal) -> str:
    best, area = plan.best_alone
    bar = _bar(area, spread=math.sqrt(area * (1 - area)), rows=plan.tested)
    return f"""\
[label]
negative = {quoted(plan.labels.negative)}
positive = {quoted(plan.labels.positive)}
families = {"true" if plan.labels.families else "false"}

# About {budget.rows:,} negative rows calibrate, and certify {budget.rate:g} with room to spare.
# Set both to what you can bear, and to what you see in a day.
[budget]
false_alerts_a_day = {budget.false_alerts_a_day}
benign_events_a_day = {EVENTS_A_DAY:_}
prevalence = {PREVALENCE} # assumed: it decides no threshold, only what is expected of a day

# What the best field reaches alone ({best}, {area:.3f}), less what chance may take.
# Raise it to what your first run reaches, with a margin.
[[gates]]
metric = "roc_auc"
at_least = {bar:g}

# Twice what is certified: the test is small, and by chance a little over the budget.
[[gates]]
metric = "fpr_at_budget"
at_most = {2 * budget.rate:g}
"""


def _number(plan: Plan) -> Wording:
    low, middle, high = np.quantile(plan.labels.target, [0.05, 0.5, 0.95])
    return Wording(
        title=f"{plan.label} of rows of {plan.table.path.name}",
        question=f"How large is {plan.label} of this row?",
        rows=f"'{plan.label}' is {middle:.4g} in the middle, and mostly {low:.4g} to {high:.4g}",
        truth=_number_tables(plan),
        judged=f"Intervals are to hold {COVERAGE:.0%} of the truths; calibration rows set how wide they are.",
        gates=f"a smaller error than the best baseline; intervals that hold {COVERAGE:.0%} of the truths",
    )


def _number_tables(plan: Plan) -> str:
    alike = [field.name for field in plan.used("category")][:1]
    forecasts = [
        f"[forecasts]\n{quoted(f'by {name}')} = {{ median_by = {listed([name])} }}\n\n" for name in alike
    ]
    return f"""\
[target]
column = {quoted(plan.truth)}
unit = "not stated"

[intervals]
coverage = {COVERAGE}

{"".join(forecasts)}# A smaller error than the best baseline has.
# Raise it to what your first run reaches, with a margin.
[[gates]]
metric = "mae_lift"
at_least = 0.0

[[gates]]
metric = "coverage"
at_least = {COVERAGE - _COVERAGE_MARGIN:g}
"""


def _bar(share: float, *, spread: float, rows: int) -> float:
    """What is surely reached (one-sided, 95 %) on so many test rows by what reaches ``share``: a hundredth.

    >>> _bar(0.97, spread=0.17, rows=40), _bar(1.0, spread=0.0, rows=40)
    (0.92, 0.99)
    """
    return min(math.floor(100 * max(share - 1.645 * spread / math.sqrt(max(rows, 1)), 0)) / 100, 0.99)


def listed(names: Sequence[str]) -> str:
    """Names as a list of TOML, an item a line where they are many."""
    inside = ", ".join(map(quoted, names))
    return (
        f"[{inside}]" if len(inside) < 90 else "[\n" + "".join(f"  {quoted(name)},\n" for name in names) + "]"
    )


def quoted(text: str) -> str:
    """A text as a basic string of TOML.

    >>> print(quoted("say 'x'"))
    "say 'x'"
    """
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
