"""What a candidate is fitted on: the training rows of its head, and validation rows to stop early on.

In: the two parts. Out: a `Lesson`. Runs and searches both make it here, so they fit alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectory.models.candidate import Candidate, Lesson, Validation
from detectory.objectives import Objective
from detectory.parts import Part


def lesson_of(
    candidate: Candidate, learning: Mapping[str, Part], objective: Objective, **kept: Any
) -> tuple[Lesson, Part]:
    """The lesson, and the validation rows that grade its fit; ``kept`` are more fields of `Lesson`."""
    train, validation = (objective.rows(learning[name]) for name in ("train", "validation"))
    held_out = Validation(validation.features(candidate.inputs), objective.target(validation))
    lesson = Lesson(
        train.features(candidate.inputs),
        objective.target(train),
        classes=objective.classes,
        groups=train.groups,
        validation=held_out,
        **kept,
    )
    return lesson, validation
