"""Everything that may ship for one head: the fitted candidates, and the variants that recipes make of them.

In: the artifact of fit, and the detector's recipes. Out: entries in order, and what could not be made.
Nothing is measured here. A recipe whose candidate was not fitted makes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

import numpy as np

from detectory import compress
from detectory.artifacts import Artifact
from detectory.compress.subject import Rows, Subject
from detectory.compress.variant import Impossible, Variant
from detectory.errors import BadDetector, did_you_mean
from detectory.job import Job
from detectory.models.candidate import Candidate, Value
from detectory.models.recipe import Recipe
from detectory.objectives import Objective


@dataclass(frozen=True, slots=True)
class Entry:
    """What may ship: a candidate as it was fitted, or a variant, made by a ``way`` ``of`` another entry."""

    candidate: Candidate
    graph: bytes
    trees: bytes
    params: Mapping[str, Value]
    way: str = ""
    of: str = ""
    note: str = ""

    @property
    def name(self) -> str:
        """Its name, which no other entry of the head has."""
        return self.candidate.name

    @property
    def role(self) -> str:
        """``candidate`` or ``variant``."""
        return "variant" if self.way else "candidate"

    @property
    def size_bytes(self) -> int:
        """Its size on disk, with the tables that explain it."""
        return len(self.graph) + len(self.trees)


@dataclass(frozen=True, slots=True)
class NotMade:
    """What a recipe could not make, and why."""

    recipe: Recipe
    of: str
    name: str
    why: str


def entries_of(job: Job, head: str, *, objective: Objective, rows: Rows) -> tuple[list[Entry], list[NotMade]]:
    """The fitted candidates of a head, then what its recipes make, in the order of ``model.py``.

    A later recipe may start from what an earlier one made. Raises `BadDetector` for a recipe that starts from
    an unknown name, and for a name given twice.
    """
    fitted = fitted_for(job.inputs["fit"], head)
    made, not_made = {one["name"]: _fitted(job.inputs["fit"], one) for one in fitted}, []
    best = _best(fitted)
    for recipe in job.choice.recipes(one for one in job.detector.recipes if one.head == head):
        of = made.get(recipe.of or best)
        if of is None:
            _check_known(job, recipe)
            continue
        job.say(f"{head}.{recipe.name}", note="being made")
        subject = Subject(job, rows, objective, of.candidate, of.graph, of.trees)
        for one in _made(recipe, subject):
            if isinstance(one, NotMade):
                not_made.append(one)
            else:
                _check_new(job, one, made)
                made[one.name] = one
    return list(made.values()), not_made


def source_of(job: Job, recipe: Recipe, *, objective: Objective, rows: Rows) -> Subject:
    """What a recipe starts from: a fitted candidate, or what an earlier recipe makes for it."""
    fitted = fitted_for(job.inputs["fit"], recipe.head)
    name = recipe.of or _best(fitted)
    if candidates := [_fitted(job.inputs["fit"], one) for one in fitted if one["name"] == name]:
        of = candidates[0]
        return Subject(job, rows, objective, of.candidate, of.graph, of.trees)
    recipes = job.choice.recipes(job.detector.recipes)
    before = takewhile(lambda one: (one.head, one.name) != (recipe.head, recipe.name), recipes)
    for earlier in [one for one in before if (one.head, one.name) == (recipe.head, name)]:
        subject = source_of(job, earlier, objective=objective, rows=rows)
        for made in _made(earlier, subject):
            if isinstance(made, Entry):
                return Subject(job, rows, objective, made.candidate, made.graph, made.trees)
    _check_known(job, recipe)
    raise BadDetector(
        job.detector.name, why=f"'{recipe.name}' is of '{name}', which does not come before", where="model.py"
    )


def _best(fitted: Sequence[Mapping[str, Any]]) -> str:
    found: str = max(fitted, key=lambda one: -np.inf if one["quality"] is None else one["quality"])["name"]
    return found


def fitted_for(fit: Artifact, head: str) -> list[Mapping[str, Any]]:
    """The facts of fit on the candidates of a head."""
    return [one for one in fit.facts["candidates"] if (one["role"], one["head"]) == ("candidate", head)]


def _fitted(fit: Artifact, one: Mapping[str, Any]) -> Entry:
    trees = fit.read(one["trees"]) if one["trees"] else b""
    return Entry(_candidate(one), fit.read(one["file"]), trees, one["params"])


def _candidate(one: Mapping[str, Any]) -> Candidate:
    return Candidate(one["name"], one["head"], one["kind"], tuple(one["inputs"]), one["params"])


def _made(recipe: Recipe, subject: Subject) -> Iterator[Entry | NotMade]:
    for one in compress.load(recipe.way).make(recipe, subject):
        yield _entry(one, recipe, of=subject.candidate.name)


def _entry(one: Variant | Impossible, recipe: Recipe, *, of: str) -> Entry | NotMade:
    if isinstance(one, Impossible):
        return NotMade(recipe, of, one.name, one.why)
    params = recipe.params if one.params is None else one.params
    candidate = replace(one.candidate, name=one.name, head=recipe.head)
    return Entry(candidate, one.graph, one.trees, params, recipe.way, of, one.note)


def _check_known(job: Job, recipe: Recipe) -> None:
    """Raises `BadDetector` for a recipe of a candidate that the detector does not have."""
    named: list[Candidate | Recipe] = [*job.detector.candidates, *job.detector.recipes]
    known = [one.name for one in named if one.head == recipe.head]
    if recipe.of and recipe.of not in known:
        why = f"the recipe '{recipe.name}' is of '{recipe.of}': {did_you_mean(recipe.of, known)}"
        raise BadDetector(job.detector.name, why=why, where="model.py")


def _check_new(job: Job, one: Entry, made: Mapping[str, Entry]) -> None:
    if one.name in made:
        why = f"two models of the head '{one.candidate.head}' are called '{one.name}'"
        raise BadDetector(job.detector.name, why=why, where="model.py")
