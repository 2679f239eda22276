"""What becomes of a challenger: hold, step up, promote or roll back. A function, of numbers alone.

Guards come first: they need no label. Then the labels of rows on which the versions disagree, as they are
the only ones that can tell them apart. More traffic comes last, a step at a time, and beyond
``unproven`` percent only for a challenger that labels have shown to be better. Who knows nothing holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from detectory.monitor.betting import is_above
from detectory.monitor.evidence import Evidence, Truth
from detectory.monitor.guards import objections
from detectory.settings import Canary

Action = Literal["hold", "step", "promote", "rollback"]
WHOLE = 100  # percent


@dataclass(frozen=True, slots=True)
class Step:
    """Where a trial stands: the percentage of entities answered by the challenger, for how long and many.

    ``rows`` and ``age_s`` count from the beginning of the step.
    """

    share: int
    rows: int
    age_s: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do now, to which share, and why."""

    action: Action
    share: int
    reason: str
    evidence: Evidence

    def to_dict(self) -> dict[str, Any]:
        """For the audit trail and ``--json``."""
        facts = {"action": self.action, "share": self.share, "reason": self.reason}
        return facts | {"evidence": self.evidence.to_dict()}


def decide(step: Step, evidence: Evidence, *, rules: Canary, budget: float) -> Decision:
    """The decision that the evidence asks for; ``budget`` as in `guards.objections`.

    >>> from detectory.monitor.evidence import Counts
    >>> step, seen = Step(share=0, rows=1_000, age_s=3_600), Evidence(Counts(rows=1_000))
    >>> decide(step, seen, rules=Canary(), budget=0.001).reason
    '1,000 rows in 3,600 s without an objection'
    """
    against = "; ".join(_against(evidence, rules, budget))
    if against:
        return Decision("rollback", 0, against, evidence)
    if waiting := _too_early(step, rules):
        return Decision("hold", step.share, waiting, evidence)
    return _onward(step, evidence, rules)


def is_better(truth: Truth, rules: Canary) -> bool:
    """Whether labels show that the challenger is right in most disagreements."""
    return is_above({0: truth.champion, 1: truth.challenger}, limit=0.5, alpha=rules.alpha / 2)


def is_worse(truth: Truth, rules: Canary) -> bool:
    """Whether labels show that the champion is right in most disagreements."""
    return is_better(Truth(challenger=truth.champion, champion=truth.challenger), rules)


def in_words(truth: Truth) -> str:
    """What labels say so far.

    >>> in_words(Truth(challenger=8, champion=3, waiting=40))
    'of 11 labelled disagreements the challenger was right in 8; 40 wait for a label'
    """
    labelled = truth.challenger + truth.champion
    return (
        f"of {labelled:,} labelled disagreements the challenger was right in {truth.challenger:,}; "
        f"{truth.waiting:,} wait for a label"
    )


def _against(evidence: Evidence, rules: Canary, budget: float) -> Iterator[str]:
    if evidence.trouble:
        yield evidence.trouble
    yield from objections(evidence.counts, rules, budget=budget)
    if evidence.silent_s > rules.silent_s:
        yield f"no data: for {evidence.silent_s:,.0f} s both versions answered no row"
    if is_worse(evidence.truth, rules):
        yield in_words(evidence.truth)


def _too_early(step: Step, rules: Canary) -> str:
    if step.rows < rules.least_rows:
        return f"{step.rows:,} of {rules.least_rows:,} rows of this step"
    return f"{step.age_s:,.0f} of {rules.least_s:,} s of this step" if step.age_s < rules.least_s else ""


def _onward(step: Step, evidence: Evidence, rules: Canary) -> Decision:
    higher = [share for share in rules.steps if share > step.share]
    is_proven = is_better(evidence.truth, rules)
    if not is_proven and (not higher or higher[0] > rules.unproven):
        return Decision("hold", step.share, f"inconclusive: {in_words(evidence.truth)}", evidence)
    if higher:
        passed = f"{step.rows:,} rows in {step.age_s:,.0f} s without an objection"
        return Decision("step", higher[0], passed, evidence)
    if step.share < WHOLE:
        return Decision("hold", step.share, f"a person decides: {in_words(evidence.truth)}", evidence)
    return Decision("promote", WHOLE, in_words(evidence.truth), evidence)
