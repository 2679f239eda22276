"""What a variant is made from: a fitted candidate (or an earlier variant), and rows to learn from.

Comes in: the job, and what fit wrote. Goes out: a `Subject`. Rows are read once, when a way asks for them.
There is no way to ask for the calibration or test rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from detectory import parts
from detectory.job import Job
from detectory.models.candidate import Candidate, Lesson, Validation
from detectory.objectives import Objective
from detectory.parts import Part


@dataclass(frozen=True)
class Rows:
    """The rows that a stage before the judgement may read, each part read once."""

    job: Job

    @cached_property
    def train(self) -> Part:
        """What candidates are fitted on."""
        return parts.part(self.job, "train")

    @cached_property
    def validation(self) -> Part:
        """What early stopping reads, and what everything is measured on."""
        return parts.part(self.job, "validation")


@dataclass(frozen=True)
class Subject:
    """One fitted candidate, or a variant of one, for the recipes that start from it.

    ``graph`` is what ships, and ``trees`` the tables that explain it, empty where it is not made of trees.
    """

    job: Job
    rows: Rows
    objective: Objective
    candidate: Candidate
    graph: bytes
    trees: bytes = b""

    @cached_property
    def train(self) -> Part:
        """The training rows that its head learns from."""
        return self.objective.rows(self.rows.train)

    @cached_property
    def validation(self) -> Part:
        """The validation rows of its head."""
        return self.objective.rows(self.rows.validation)

    @property
    def classes(self) -> Sequence[str]:
        """The classes in the order of its answer's columns; none for a head of one number."""
        return self.objective.classes

    def lesson(self, inputs: Sequence[str], *, name: str) -> Lesson:
        """The lesson that the candidate was fitted on, for a model that reads these tensors.

        ``name`` is that of the variant, whose checkpoints outlive a killed process.
        """
        return Lesson(
            self.train.features(inputs),
            self.objective.target(self.train),
            classes=self.classes,
            seed=self.job.seed,
            threads=self.job.threads,
            groups=self.train.groups,
            validation=Validation(self.validation.features(inputs), self.objective.target(self.validation)),
            watch=self.job.watch(f"{self.candidate.head}.{name}"),
            work=self.work(name),
        )

    def work(self, name: str) -> Path:
        """A folder for the variant's checkpoints; it may not exist yet."""
        return self.job.work / f"variant-{self.candidate.head}-{name}"
