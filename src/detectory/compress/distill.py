"""Distillation: a smaller student learns what a teacher answers.

The teacher is the model that a recipe starts from, or the mean of it and others. It answers the training rows
and, if asked to, rows without labels. The student is a candidate of the same head. Its agreement with the
teacher is reported beside its quality: a student can agree with a teacher that is wrong. (Hinton, Vinyals and
Dean 2015, arXiv 1503.02531.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace

import numpy as np

from detectory.compress.subject import Subject
from detectory.compress.teacher import Teacher, teacher_of
from detectory.compress.unjudged import together, unjudged
from detectory.compress.variant import Impossible, Variant
from detectory.errors import BadParameter, UnlearnableTarget, did_you_mean
from detectory.models.candidate import EXPLAINED, Candidate, Fitted, OfTrees, Soft, settings
from detectory.models.graph import to_bytes
from detectory.models.recipe import Recipe
from detectory.models.soft import taught
from detectory.parts import Part


@dataclass(frozen=True, slots=True)
class Params:
    """How a student is taught. All other parameters of the recipe are those of the student's kind.

    ``student`` is a candidate of the same head, which need not be fitted itself. ``share`` is the teacher's
    share of the loss; the rest is the truth's. ``temperature`` softens the teacher's answers (see
    `detectory.models.soft`). ``beside`` names more teachers, separated by commas. ``unlabelled`` is the
    number of rows without labels that the teacher answers too.
    """

    student: str = ""
    share: float = 1.0
    temperature: float = 1.0
    beside: str = ""
    unlabelled: int = 0


def make(recipe: Recipe, subject: Subject) -> Iterator[Variant | Impossible]:
    """One variant, the student; see ``Way.make``.

    Raises `OtherClasses` for a teacher of other classes than the head's, `NoSoftLabels`, and what the
    student's kind raises.
    """
    params, student = _read(recipe, subject)
    teacher = teacher_of(subject, beside=[each.strip() for each in params.beside.split(",") if each.strip()])
    if isinstance(teacher, str):
        yield Impossible(recipe.name, teacher)
    elif params.unlabelled and recipe.head == "family":
        yield Impossible(
            recipe.name, "which rows are of a family at all, nobody knows of rows without a label"
        )
    else:
        yield _variant_or_why(recipe, params, subject, teacher, student)


def _variant_or_why(
    recipe: Recipe, params: Params, subject: Subject, teacher: Teacher, student: Candidate
) -> Variant | Impossible:
    try:
        return _variant(recipe, params, subject, teacher, student)
    except UnlearnableTarget as error:
        return Impossible(recipe.name, f"{teacher.name} never says all that there is: {error.what}")


def _variant(
    recipe: Recipe, params: Params, subject: Subject, teacher: Teacher, student: Candidate
) -> Variant:
    more = unjudged(subject.job, most=params.unlabelled) if params.unlabelled else None
    fitted = _learned(student, teacher, params, subject, more, name=recipe.name)
    answer = fitted.answer(subject.validation.features(student.inputs))
    return Variant(
        recipe.name,
        student,
        to_bytes(fitted.graph()),
        to_bytes(fitted.tables()) if isinstance(fitted, OfTrees) and student.head in EXPLAINED else b"",
        {**asdict(params), **student.params},
        f"a student of {teacher.name}, {teacher.agreement(answer, subject.validation)}{_beyond(more)}",
    )


def _beyond(more: Part | None) -> str:
    return f", taught on {len(more.at):,} rows without labels, too" if more else ""


def _read(recipe: Recipe, subject: Subject) -> tuple[Params, Candidate]:
    """The recipe's parameters: those of the way, and the student with its own. Raises `BadParameter`."""
    mine = {field.name for field in fields(Params)}
    ways = {name: value for name, value in recipe.params.items() if name in mine}
    own = {name: value for name, value in recipe.params.items() if name not in mine}
    params = settings(Params, replace(recipe, params=ways))
    model = subject.job.detector.candidates
    known = {one.name: one for one in model if one.head == recipe.head}
    if why := _wrong(params, known):
        raise BadParameter(recipe.name, kind=recipe.kind, why=why)
    student = known[params.student]
    return params, replace(student, params={**student.params, **own})


def _wrong(params: Params, known: dict[str, Candidate]) -> str:
    """What is wrong with a setting; empty if nothing is."""
    if params.student not in known:
        return f"there is no student '{params.student}': {did_you_mean(params.student, known)}"
    if not 0 <= params.share <= 1:
        return f"share = {params.share:g} is no share from 0 to 1"
    if not 0 < params.temperature < np.inf:
        return f"temperature = {params.temperature:g} is not above 0"
    return "unlabelled is less than 0" if params.unlabelled < 0 else ""


def _learned(
    student: Candidate, teacher: Teacher, params: Params, subject: Subject, more: Part | None, *, name: str
) -> Fitted:
    """The student, fitted on the training rows and on ``more``, the rows that only the teacher answers."""
    lesson, rows = subject.lesson(student.inputs, name=name), subject.train
    share = np.full(len(rows.at), params.share, dtype=np.float32)
    if more:
        rows, share = together(rows, more), np.append(share, np.ones(len(more.at), dtype=np.float32))
        target = np.append(lesson.target, np.zeros(len(more.at), dtype=lesson.target.dtype))
        features = rows.features(student.inputs)
        lesson = replace(lesson, features=features, target=target, groups=rows.groups)
    return taught(student, lesson, Soft(teacher.answer(rows), share, params.temperature))
