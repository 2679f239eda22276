"""Soft labels for kinds that know only weights: a row is there once for each class that it may be of.

Comes in: a lesson with a teacher's answers. Goes out: a lesson without, whose weighted rows have the same
cross-entropy for every student there is, so that trees, boosted trees and linear models learn from a teacher
as nets do. A number that a teacher tells is mixed with the true one, which is the same under squared error.

A temperature divides the teacher's log-odds, and those of the student while it learns (Hinton, Vinyals and
Dean 2015, arXiv 1503.02531, section 2): what it learned is multiplied by it again, or its chances would all
be drawn towards one half. That undoes it only where nothing but the teacher is heard, so the truth is mixed
in at temperature 1. There a student that can say less than its teacher is calibrated: it gives the mean
chance of the rows that it cannot tell apart. Above it gives rather their mean log-odds, which may rank rare
rows better and is no chance: look at its reliability before you show it to people.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from detectory.errors import NoSoftLabels
from detectory.models import fit, fitting
from detectory.models.candidate import CLASSIFYING, Candidate, Fitted, Lesson, Soft
from detectory.models.cooled import cooled
from detectory.schema import Array

Floats = NDArray[np.float64]
#: of many classes, those that a row is told of: dozens of copies of each row would teach nothing more
MOST = 4
#: a chance below is not told: who counts rows counts those of no weight too
LEAST = 1e-6


def taught(candidate: Candidate, lesson: Lesson, soft: Soft) -> Fitted:
    """A student of a lesson and of a teacher's answers to its rows, whatever its kind.

    A kind says in ``SOFT`` how it learns from them: by ``rows`` that are weighted, or in its ``own`` way.
    Raises `NoSoftLabels` for a kind that says nothing, for one that would take the quantile of quantiles
    (``rows``, at the ends of an interval) and for a temperature that cannot be undone; beside that what
    `Kind.fit` raises.
    """
    kind = fitting(candidate)
    way = getattr(kind, "SOFT", None)
    if way is None or (way == "rows" and candidate.head in ("low", "high")):
        why = f"the kind '{candidate.kind}' cannot learn from them as the head '{candidate.head}'"
        raise NoSoftLabels(candidate.name, why=why)
    if way == "own":
        return fit(candidate, replace(lesson, soft=soft))
    warm = fit(candidate, in_rows(candidate, lesson, soft))
    return warm if soft.temperature == 1 else cooled(warm, soft.temperature, head=candidate.head)


def in_rows(candidate: Candidate, lesson: Lesson, soft: Soft) -> Lesson:
    """The lesson that says by weighted rows what its target and the teacher say.

    The weights of a row's copies add up to its own, and copies are of one group. Raises `NoSoftLabels`.
    """
    if soft.temperature != 1 and (candidate.head not in CLASSIFYING or soft.share.min(initial=1) < 1):
        why = "only what is learned from the teacher alone (share 1), and of classes, can be cooled again"
        raise NoSoftLabels(candidate.name, why=f"at temperature {soft.temperature:g}, {why}")
    if candidate.head not in CLASSIFYING:
        return replace(lesson, target=_mixed(lesson.target, soft))
    told = _soft_targets(lesson.target, soft)
    row, label = np.nonzero(told)
    weight = np.ones(len(told)) if lesson.weight is None else lesson.weight
    return replace(
        lesson,
        features={name: values[row] for name, values in lesson.features.items()},
        target=label > 0 if candidate.head == "score" else label,
        weight=(weight[row] * told[row, label]).astype(np.float32),
        groups=lesson.apart[row],
    )


def chances(answer: NDArray[np.float32], *, temperature: float = 1.0) -> Floats:
    """float64[N, K]: the chance of every class, from logits, or of both classes from log-odds.

    >>> chances(np.array([0.0, np.log(3)], dtype=np.float32)).round(2).tolist()
    [[0.5, 0.5], [0.25, 0.75]]
    """
    logits = np.asarray(answer, dtype=np.float64) / temperature
    both = np.stack([np.zeros_like(logits), logits], axis=1) if logits.ndim == 1 else logits
    return np.asarray(softmax(both, axis=1))


def _soft_targets(target: Array, soft: Soft) -> Floats:
    """float64[N, K]: the share of each class in a row, mixed of truth and teacher; small ones are 0."""
    taught = chances(soft.answer, temperature=soft.temperature)
    share = soft.share.astype(np.float64)[:, None]
    mixed = share * taught + (1 - share) * np.eye(taught.shape[1])[target.astype(np.int64)]
    if mixed.shape[1] > MOST:
        least = -np.partition(-mixed, MOST - 1, axis=1)[:, MOST - 1 : MOST]
        mixed = np.where(mixed >= least, mixed, 0)
    mixed = np.where(mixed >= LEAST, mixed, 0)
    return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))


def _mixed(target: Array, soft: Soft) -> Floats:
    """float64[N]: between the true number and the teacher's."""
    return np.asarray(soft.share * soft.answer.astype(np.float64) + (1 - soft.share) * target)
