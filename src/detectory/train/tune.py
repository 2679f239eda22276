"""Tune: which candidates are searched for better parameters, and how good some parameters are.

In: the candidates of ``model.py`` with their spaces, and the artifacts silver, gold and split. Out: studies,
whose trials fit on the training rows and are graded on the validation rows, both as `train.fit` does. The
calibration and test rows are never asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

from detectory import models, parts
from detectory.engine.inputs import Inputs
from detectory.engine.search import Grade, check_space
from detectory.engine.study import Study
from detectory.errors import BadSpace, TooLarge, did_you_mean
from detectory.models import graph
from detectory.models.candidate import Candidate, Fitted, Lesson, Step, Value, Watch, settings
from detectory.objectives import Objective, objectives
from detectory.parts import Part
from detectory.train.lesson import lesson_of


@dataclass(frozen=True)
class Fits:
    """Evaluates parameters by fitting the candidate; see `detectory.engine.search.Evaluate`."""

    rows: Inputs
    candidate: Candidate
    seed: int
    threads: int

    def __call__(self, params: Mapping[str, Value], watch: Watch) -> Grade:
        """The quality on validation rows. Raises `TooLarge` for a graph that could not ship."""
        lesson, validation, objective = self._taught
        candidate = replace(self.candidate, params={**self.candidate.params, **params})
        counted = _Counted(watch)
        fitted = models.fit(candidate, replace(lesson, watch=counted))
        quality = objective.quality(fitted.answer(validation.features(candidate.inputs)), validation)
        return Grade(float(quality), counted.noted() | {"size_bytes": self._size(fitted)})

    @cached_property
    def _taught(self) -> tuple[Lesson, Part, Objective]:
        """Read once a process."""
        objective = objectives(self.rows)[self.candidate.head]
        learning = {name: parts.part(self.rows, name) for name in ("train", "validation")}
        kept = {"seed": self.seed, "threads": self.threads}
        return *lesson_of(self.candidate, learning, objective, **kept), objective

    def _size(self, fitted: Fitted) -> int:
        size, limits = len(graph.to_bytes(fitted.graph())), self.rows.detector.spec.limits
        if size > limits.size_mib * 2**20:
            raise TooLarge(self.candidate.name, size_bytes=size, size_mib=limits.size_mib)
        return size


class _Counted:
    """Passes steps on, and remembers the best one, to which early stopping returns."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._best: Step | None = None

    def __call__(self, step: Step) -> None:
        if self._best is None or step.loss < self._best.loss:
            self._best = step
        self._watch(step)

    def noted(self) -> dict[str, Value]:
        """The number of steps used, and of all; empty for a kind without steps."""
        return {"used_steps": self._best.at, "steps": self._best.of} if self._best else {}


def studies(searched: Sequence[Candidate], rows: Inputs, *, seed: int, threads: int) -> list[Study]:
    """A study for each candidate whose head the detector has on these rows."""
    grades = objectives(rows)
    return [
        Study(
            name=f"{one.head}.{one.name}",
            space=one.space,
            own=own(one),
            evaluate=Fits(rows, one, seed, threads),
            metric=grades[one.head].metric,
            rows=rows.digests,
            about=_about(one),
        )
        for one in searched
        if one.head in grades
    ]


def check(candidate: Candidate) -> None:
    """Raises `BadSpace` for a space without points, or with a parameter that the kind does not have."""
    check_space(candidate.space, of=f"{candidate.head}.{candidate.name}")
    own(candidate)


def own(candidate: Candidate) -> dict[str, Value]:
    """The candidate's own values for the parameters of its space, or the kind's defaults."""
    kind = models.fitting(candidate)
    has = settings(kind.Params, candidate)
    known = [one.name for one in fields(has)]
    for name in candidate.space:
        if name not in known:
            why = f"'{candidate.kind}' has no such parameter: {did_you_mean(name, known)}"
            raise BadSpace(name, why=why, of=f"{candidate.head}.{candidate.name}")
    return {name: getattr(has, name) for name in candidate.space}


def _about(candidate: Candidate) -> dict[str, Any]:
    """What a trial depends on besides the searched parameters."""
    fixed = {name: value for name, value in candidate.params.items() if name not in candidate.space}
    return {"kind": candidate.kind, "inputs": list(candidate.inputs), "params": fixed}
