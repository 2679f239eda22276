"""What each head learns, and how its answers are graded on validation rows: the choice among candidates.

In: a job whose split is made. Out: an `Objective` for every head that this detector has. The one place of
training that asks for the task; fitting, ablating and choosing ask the objective.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import polars as pl

from detectory import metrics, parts, regression
from detectory.job import Job
from detectory.parts import Part
from detectory.schema import Array
from detectory.spec import Binary, Regression


@dataclass(frozen=True, slots=True)
class Score:
    """Whether a row is positive; graded by recall around the false positive rate of the budget."""

    rate: float
    metric: ClassVar[str] = "recall at the budget, and at ten times it"

    @property
    def classes(self) -> list[str]:
        """None: the two sides need no names."""
        return []

    def rows(self, part: Part) -> Part:
        """All rows."""
        return part

    def target(self, part: Part) -> Array:
        """bool[N]."""
        return part.target

    def quality(self, answer: Array, part: Part) -> float:
        """From log-odds float[N]; more is better."""
        return metrics.recall_around(answer, part.target, rate=self.rate)


@dataclass(frozen=True, slots=True)
class Family:
    """Which of the known families a row is of; graded by macro-F1."""

    classes: list[str]
    metric: ClassVar[str] = "macro-F1"

    def rows(self, part: Part) -> Part:
        """The rows of known families."""
        return part.where(pl.col("label").is_in(self.classes))

    def target(self, part: Part) -> Array:
        """int64[N], an index into the classes."""
        return part.labels(self.classes)

    def quality(self, answer: Array, part: Part) -> float:
        """From logits float[N, K]; more is better."""
        return metrics.macro_f1(
            part.labels(self.classes), answer.argmax(axis=1), classes=len(self.classes)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Value:
    """The number itself; graded by the mean absolute error, as a negative number so that more is better."""

    metric: ClassVar[str] = "MAE, negative"

    @property
    def classes(self) -> list[str]:
        """None: a number has no classes."""
        return []

    def rows(self, part: Part) -> Part:
        """All rows."""
        return part

    def target(self, part: Part) -> Array:
        """float64[N]."""
        return part.target

    def quality(self, answer: Array, part: Part) -> float:
        """From predictions float[N]."""
        return -regression.mae(part.target, answer)


@dataclass(frozen=True, slots=True)
class Quantile(Value):
    """An end of the interval; graded by the pinball loss of its quantile, as a negative number."""

    quantile: float
    metric: ClassVar[str] = "pinball loss, negative"

    def quality(self, answer: Array, part: Part) -> float:
        """From predictions float[N]."""
        return -regression.pinball(part.target, answer, quantile=self.quantile)


Objective = Score | Family | Value | Quantile


def objectives(job: Job) -> Mapping[str, Objective]:
    """The heads of the job's detector, the one that decides first."""
    match job.detector.spec:
        case Binary() as spec:
            families = parts.families(job)
            named = {"family": Family(families)} if len(families) > 1 else {}
            return {"score": Score(spec.budget.rate), **named}
        case Regression() as spec:
            tail = (1 - spec.intervals.coverage) / 2
            return {"value": Value(), "low": Quantile(tail), "high": Quantile(1 - tail)}
