"""Two answers to the same rows → counts of how they differ. Arrays in, numbers out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectory.monitor.evidence import Counts
from detectory.schema import Array, Parsed, length

if TYPE_CHECKING:  # runtime loads onnxruntime; nothing here needs it
    from detectory.runtime import Answers


@dataclass(frozen=True, slots=True)
class Predictions:
    """The answers of one version: arrays with an entry for each entity.

    ``row`` int[N] is the first row that an entity was made from, which two versions share; ``level``
    float[N] the score or value, ``alert`` bool[N], ``label`` str[N].
    """

    row: Array
    level: Array
    alert: Array
    label: Array


def predictions_of(answers: Answers) -> Predictions:
    """The predictions in answers; where a number is predicted, nothing alerts and labels are empty."""
    count = len(answers.level)
    alert: Array = getattr(answers, "alert", np.zeros(count, dtype=np.bool_))
    label: Array = getattr(answers, "label", np.zeros(count, dtype="<U1"))
    return Predictions(first_rows(answers.parsed), answers.level, alert, label)


def first_rows(parsed: Parsed) -> NDArray[np.int64]:
    """int64[N]: the first row that each entity was made from."""
    if parsed.entity is parsed.source:
        return parsed.source
    first = np.full(length(parsed.rows), np.iinfo(np.int64).max)
    np.minimum.at(first, parsed.entity, parsed.source)
    return first


def shared(champion: Predictions, challenger: Predictions) -> tuple[Array, Array]:
    """The places of the entities that both answer, in the one and in the other."""
    _, mine, theirs = np.intersect1d(champion.row, challenger.row, assume_unique=True, return_indices=True)
    return mine, theirs


def compared(champion: Predictions, challenger: Predictions | None) -> Counts:
    """How the challenger's answers differ from the champion's; None is a challenger that raised.

    An entity that only the challenger finds is not compared: nobody can say what it was worth.

    >>> one = Predictions(np.array([0]), np.array([2.0]), np.array([True]), np.array(["dga"]))
    >>> other = Predictions(np.array([0]), np.array([np.nan]), np.array([False]), np.array(["benign"]))
    >>> counts = compared(one, other)
    >>> counts.rows, counts.lost, counts.not_finite
    (1, 1, 1)
    """
    asked = len(champion.row)
    if challenger is None:
        return Counts(rows=asked, failed=asked)
    mine, theirs = shared(champion, challenger)
    before, after = champion.alert[mine], challenger.alert[theirs]
    finite = np.isfinite(champion.level[mine]), np.isfinite(challenger.level[theirs])
    other_name = champion.label[mine] != challenger.label[theirs]
    return Counts(
        rows=asked,
        failed=asked - len(mine),
        not_finite=int(np.sum(finite[0] & ~finite[1])),
        added=int(np.sum(after & ~before)),
        lost=int(np.sum(before & ~after)),
        kept=int(np.sum(before & after)),
        moved=int(np.sum(before & after & other_name)),
    )


def changes(levels: Array, before: float) -> int:
    """How often a score differs from the one before it; NaN is before the first.

    >>> changes(np.array([1.0, 1.0, 2.0]), before=float("nan")), changes(np.array([1.0]), before=3.0)
    (1, 1)
    """
    whole = levels if np.isnan(before) else np.concatenate([[before], levels])
    return int(np.count_nonzero(whole[1:] != whole[:-1]))
