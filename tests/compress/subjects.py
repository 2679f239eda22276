"""What recipes start from in these tests, and what is asked of the variants that they make."""

from __future__ import annotations

import re

import numpy as np

from detectory.compress import distill, prune
from detectory.compress.subject import Rows, Subject
from detectory.compress.variant import Variant
from detectory.job import Job
from detectory.models.candidate import Candidate, Head, Value
from detectory.models.recipe import Recipe
from detectory.objectives import objectives
from detectory.runtime import Head as Asked
from detectory.runtime.trees import Trees
from detectory.schema import Array


def subject_of(job: Job, name: str, *, head: Head = "score") -> Subject:
    facts = job.inputs["fit"].facts["candidates"]
    one = next(
        each for each in facts if (each["head"], each["name"], each["role"]) == (head, name, "candidate")
    )
    candidate = Candidate(name, head, one["kind"], tuple(one["inputs"]), one["params"])
    trees = job.inputs["fit"].read(one["trees"]) if one["trees"] else b""
    return Subject(
        job, Rows(job), objectives(job)[head], candidate, job.inputs["fit"].read(one["file"]), trees
    )


def pruned(subject: Subject, **params: Value) -> Variant:
    return only(prune.make(Recipe("pruned", subject.candidate.head, "prune", params=params), subject))


def student(subject: Subject, name: str, **params: Value) -> Variant:
    wanted = {"student": name, **params}
    return only(distill.make(Recipe("student", subject.candidate.head, "distill", params=wanted), subject))


def only(made: object) -> Variant:
    (variant,) = made  # type: ignore[misc]
    assert isinstance(variant, Variant), variant
    return variant


def answer(variant: Variant | Subject, subject: Subject) -> Array:
    head = Asked(variant.graph, name="asked")
    return head.answer(subject.validation.features(head.inputs))


def quality(variant: Variant | Subject, subject: Subject) -> float:
    return subject.objective.quality(answer(variant, subject), subject.validation)


def agreement(variant: Variant) -> float:
    """In percent, as its note says."""
    found = re.search(r"on ([\d.]+)%", variant.note)
    assert found is not None
    return float(found.group(1))


def assert_explained(variant: Variant, subject: Subject) -> None:
    """What the columns add, and what nobody knows a row by, is the answer."""
    trees, head = Trees(variant.trees, name="score.trees.onnx"), Asked(variant.graph, name="asked")
    rows = subject.validation.features(head.inputs)
    total = trees.explain(rows).added.sum(axis=1) + trees.expectation
    told = np.log(total) - np.log1p(-total) if trees.unit == "probability" else total
    np.testing.assert_allclose(told, head.answer(rows), rtol=1e-5, atol=1e-4)
