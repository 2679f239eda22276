"""What each head learns, and how its answers are graded on validation rows: the choice among candidates.

In: a job whose split is made. Out: an `Objective` for every head that this detector has. The one place of
training that asks for the task; fitting, ablating and choosing ask the objective.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import polars as pl

from detectory import metrics, parts, regression
from detectory.job import Reads
from detectory.metrics import Floats
from detectory.parts import Part
from detectory.schema import Array
from detectory.spec import Binary, Regression

#: a quality by row weights float64[N], for resamples; whatever depends on no weight is done once
Graded = Callable[[Floats], float]


class Objective(ABC):
    """What one head learns, and how its answers are graded."""

    #: the measure, as reports name it; more is better
    metric: ClassVar[str]
    #: the column by whose values rows are resampled apart
    strata_column: ClassVar[str]

    @property
    def classes(self) -> list[str]:
        """The names that the head tells apart; none where it gives one number a row."""
        return []

    def rows(self, part: Part) -> Part:
        """The rows of a part that the head learns from; all, unless it says otherwise."""
        return part

    @abstractmethod
    def target(self, part: Part) -> Array:
        """What is true of the rows, as `Lesson.target` has it."""

    @abstractmethod
    def graded(self, answer: Array, part: Part) -> Graded:
        """The quality of an answer, shaped as `Fitted.answer` gives it, by row weights."""

    def quality(self, answer: Array, part: Part) -> float:
        """The quality of an answer, all rows counting alike."""
        return self.graded(answer, part)(np.ones(len(part.at)))

    def strata(self, part: Part) -> Array:
        """str[N]: resampled groups are replaced by those of the same stratum."""
        return part.rows[self.strata_column].to_numpy().astype(str)


@dataclass(frozen=True)
class Score(Objective):
    """Whether a row is positive; graded by recall around the false positive rate of the budget."""

    rate: float
    metric: ClassVar[str] = "recall at the budget, and at ten times it"
    strata_column: ClassVar[str] = "label"

    def target(self, part: Part) -> Array:
        """bool[N]."""
        return part.target

    def graded(self, answer: Array, part: Part) -> Graded:
        """From log-odds float[N]."""
        return metrics.recall_around(answer, part.target, rate=self.rate)


@dataclass(frozen=True)
class Family(Objective):
    """Which of the known families a row is of; graded by macro-F1."""

    families: list[str]
    metric: ClassVar[str] = "macro-F1"
    strata_column: ClassVar[str] = "label"

    @property
    def classes(self) -> list[str]:
        """The known families."""
        return self.families

    def rows(self, part: Part) -> Part:
        """The rows of known families."""
        return part.where(pl.col("label").is_in(self.families))

    def target(self, part: Part) -> Array:
        """int64[N], an index into the classes."""
        return part.labels(self.families)

    def graded(self, answer: Array, part: Part) -> Graded:
        """From logits float[N, K]."""
        truth, given, classes = part.labels(self.families), answer.argmax(axis=1), len(self.families)
        return lambda weight: metrics.macro_f1(truth, given, classes=classes, weight=weight)


@dataclass(frozen=True)
class Value(Objective):
    """The number itself; graded by the mean absolute error, as a negative number so that more is better."""

    metric: ClassVar[str] = "MAE, negative"
    strata_column: ClassVar[str] = "population"

    def target(self, part: Part) -> Array:
        """float64[N]."""
        return part.target

    def quality(self, answer: Array, part: Part) -> float:
        """From predictions float[N]."""
        return -regression.mae(part.target, answer)

    def graded(self, answer: Array, part: Part) -> Graded:
        """The same by row weights."""
        return _mean(-np.abs(np.asarray(answer, dtype=np.float64) - part.target))


@dataclass(frozen=True)
class Quantile(Value):
    """An end of the interval; graded by the pinball loss of its quantile, as a negative number."""

    quantile: float
    metric: ClassVar[str] = "pinball loss, negative"

    def quality(self, answer: Array, part: Part) -> float:
        """From predictions float[N]."""
        return -regression.pinball(part.target, answer, quantile=self.quantile)

    def graded(self, answer: Array, part: Part) -> Graded:
        """The same by row weights."""
        above = part.target - np.asarray(answer, dtype=np.float64)
        return _mean(-np.maximum(self.quantile * above, (self.quantile - 1) * above))


def objectives(job: Reads) -> Mapping[str, Objective]:
    """The heads of the job's detector, the one that decides first."""
    match job.detector.spec:
        case Binary() as spec:
            families = parts.families(job)
            named = {"family": Family(families)} if len(families) > 1 else {}
            return {"score": Score(spec.budget.rate), **named}
        case Regression() as spec:
            tail = (1 - spec.intervals.coverage) / 2
            return {"value": Value(), "low": Quantile(tail), "high": Quantile(1 - tail)}


def _mean(of: Floats) -> Graded:
    """The weighted mean of a number a row."""
    return lambda weight: metrics.ratio(float(weight @ of), float(weight.sum()))
