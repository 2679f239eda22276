"""The report on a detector that alerts: its headline, its tiles, its sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from detectory.judge import sections
from detectory.judge.cells import Cell, Section, barred, number, span
from detectory.judge.evaluate import Verdict
from detectory.judge.reported import Facts
from detectory.judge.threshold import Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts(Facts):
    """Everything that the report shows: what all show, the verdict and the threshold."""

    verdict: Verdict
    threshold: Threshold

    def summary(self) -> list[str]:
        """Recall at the budget, and the populations over it."""
        return [_recalls(self.verdict), *_over_budget(self)]

    def tiles(self) -> list[tuple[str, Cell]]:
        """The four numbers that say whether analysts can live with it."""
        metrics = self.verdict.metrics
        budget = f"budget {self.threshold.false_alerts_a_day:g}"
        false_alerts = number(self.threshold.expected_false_alerts_a_day)
        return [
            ("Recall, seen kinds", barred(metrics["recall_seen_at_budget"])),
            ("Recall, unseen kinds", barred(metrics["recall_unseen_at_budget"])),
            ("False positive rate", _beside(metrics["fpr_at_budget"].value, span(metrics["fpr_at_budget"]))),
            ("False alerts a day", Cell(false_alerts, remark=budget, numeric=True)),
        ]

    def sections(self) -> list[Section]:
        """Every section that has something to say, in reading order."""
        return sections.sections(self, self.verdict, self.threshold)

    def judged(self) -> dict[str, Any]:
        """Threshold and verdict."""
        return {"threshold": self.threshold.to_dict(), "verdict": self.verdict.to_dict()}


def _over_budget(facts: ReportFacts) -> Iterator[str]:
    """A warning that names each benign population whose whole interval lies over the budget."""
    over = [row for row in facts.verdict.populations if row.fpr.low > facts.threshold.alpha]
    if over:
        yield "over the budget on " + ", ".join(f"{row.population}: {row.fpr.value:.2%}" for row in over)


def _recalls(verdict: Verdict) -> str:
    seen, unseen = (verdict.metrics[f"recall_{kind}_at_budget"].value for kind in ("seen", "unseen"))
    return f"recall {number(seen)} on seen and {number(unseen)} on unseen kinds, at the alert budget"


def _beside(value: float, remark: str) -> Cell:
    return Cell(number(value), remark=remark, numeric=True)
