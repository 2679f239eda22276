"""Tune recipes: which of them are searched for better parameters, and how good some parameters are.

In: the recipes of ``model.py`` with their spaces, and the artifacts up to fit. Out: studies. A trial makes
the variant. Its value is the share of the size that it saves, if it loses no more than ``[compress] lose`` of
the quality of what it was made from; otherwise the excess loss as a negative number. The calibration and test
rows are never opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from detectory import compress
from detectory.artifacts import Writing
from detectory.choice import Choice
from detectory.compress.choose import ROUNDING, UNSTEADY
from detectory.compress.entries import source_of
from detectory.compress.measure import is_steady
from detectory.compress.subject import Rows, Subject
from detectory.compress.variant import Impossible, Variant
from detectory.detector import Sources
from detectory.engine.inputs import Inputs
from detectory.engine.search import Grade, check_space
from detectory.engine.study import Study
from detectory.errors import BadParameter
from detectory.job import Job
from detectory.models.candidate import Lesson, Value, Watch, unwatched
from detectory.models.recipe import Recipe
from detectory.objectives import objectives
from detectory.runtime import Head


@dataclass(frozen=True)
class Watched(Subject):
    """A subject whose lessons have a ``watch``, so that the fit of a bad student is ended early."""

    watch: Watch = unwatched

    def lesson(self, inputs: Sequence[str], *, name: str) -> Lesson:
        """The same lesson, with the watch."""
        return replace(super().lesson(inputs, name=name), watch=self.watch)


@dataclass(frozen=True)
class Makes:
    """Evaluates parameters by making the variant; see `detectory.engine.search.Evaluate`."""

    inputs: Inputs
    recipe: Recipe
    choice: Choice
    sources: Sources
    seed: int
    threads: int

    def __call__(self, params: Mapping[str, Value], watch: Watch) -> Grade:
        """See `grade`."""
        recipe = replace(self.recipe, params={**self.recipe.params, **params})
        of = self._source
        with TemporaryDirectory() as work:
            job = replace(of.job, work=Path(work))
            subject = Watched(job, of.rows, of.objective, of.candidate, of.graph, of.trees, watch)
            return grade(recipe, subject, quality=self._quality)

    @cached_property
    def _source(self) -> Subject:
        """What the variant is made of; read, or made, once in each process."""
        detector = self.inputs.detector.reopened()
        job = Job(
            detector, self.inputs.inputs, Writing(Path("nothing-is-written")), self.sources,
            sample=1.0, seed=self.seed, threads=self.threads, choice=self.choice,
            work=Path("nothing-is-written"),
        )  # fmt: skip
        with TemporaryDirectory() as work:
            own = replace(job, work=Path(work))
            return source_of(own, self.recipe, objective=objectives(job)[self.recipe.head], rows=Rows(job))

    @cached_property
    def _quality(self) -> float:
        of = self._source
        head, part = Head(of.graph, name=of.candidate.name), of.validation
        return float(of.objective.quality(head.answer(part.features(of.candidate.inputs)), part))


def grade(recipe: Recipe, subject: Subject, *, quality: float) -> Grade:
    """The share of the size that the variant saves, or the excess loss as a negative number.

    ``quality`` is that of the model which it is made from. Raises `BadParameter` where no variant can be
    made, or none that may ship, and what the way raises.
    """
    variant = _one(recipe, subject)
    worth, size = _worth(variant, recipe, subject), len(variant.graph) + len(variant.trees)
    saved, lost = 1 - size / (len(subject.graph) + len(subject.trees)), quality - worth
    more = lost - subject.job.detector.spec.compress.lose
    value = -more if more > ROUNDING or np.isnan(more) else max(saved, 0.0)
    return Grade(value, {"quality": round(worth, 6), "lost": round(lost, 6), "size_bytes": size})


def _one(recipe: Recipe, subject: Subject) -> Variant:
    made = next(iter(compress.load(recipe.way).make(recipe, subject)))
    if isinstance(made, Impossible):
        raise BadParameter(recipe.name, kind=recipe.kind, why=made.why)
    return made


def _worth(variant: Variant, recipe: Recipe, subject: Subject) -> float:
    head, part = Head(variant.graph, name=variant.name), subject.validation
    features = part.features(variant.candidate.inputs)
    if not is_steady(head, features):
        raise BadParameter(recipe.name, kind=recipe.kind, why=UNSTEADY)
    return float(subject.objective.quality(head.answer(features), part))


def studies(
    searched: Sequence[Recipe],
    inputs: Inputs,
    *,
    choice: Choice,
    sources: Sources,
    seed: int,
    threads: int,
) -> list[Study]:
    """A study for each recipe whose head the detector has."""
    lose = inputs.detector.spec.compress.lose
    metric = (
        f"share of the size saved at a loss of at most {lose:g}, else what is lost more, as a negative number"
    )
    return [
        Study(
            name=f"{one.head}.{one.name}",
            space=one.space,
            own=own(one),
            evaluate=Makes(inputs, one, choice, sources, seed, threads),
            metric=metric,
            rows=inputs.digests,
            about={"way": one.way, "of": one.of, "lose": lose, "params": dict(one.params)},
        )
        for one in searched
        if one.head in objectives(inputs)
    ]


def check(recipe: Recipe) -> None:
    """Raises `BadSpace` for a space without points, and `UnknownWay`."""
    check_space(recipe.space, of=f"{recipe.head}.{recipe.name}")
    compress.load(recipe.way)


def own(recipe: Recipe) -> dict[str, Value]:
    """The recipe's own values for the parameters of its space, or the way's defaults."""
    defaults = compress.load(recipe.way).Params()
    has = {one.name: getattr(defaults, one.name) for one in fields(defaults)} | dict(recipe.params)
    return {name: has[name] for name in recipe.space if name in has}
