"""A lesson as a net is taught it: targets in a unit of their own, weights of rows, what a teacher says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from detectory.models.candidate import PREDICTING, Head, Lesson
from detectory.models.nets.batches import Rows
from detectory.models.nets.net import Floats, Letters, Net
from detectory.models.nets.training import Training, balance
from detectory.models.target import indices, numbers
from detectory.schema import Array


class Reader(Protocol):
    """What reads features: `detectory.models.nets.deep.View`."""

    def read(self, features: Mapping[str, Array]) -> tuple[Letters, Floats]:
        """uint8[N, L] letters and float32[N, C] columns."""
        ...


class Unit(NamedTuple):
    """Numbers are learned as ``(number - offset) / scale``; classes are what they are.

    >>> Unit.of(Lesson({}, np.array([10.0, 30.0])), "value")
    Unit(offset=20.0, scale=10.0)
    """

    offset: float = 0.0
    scale: float = 1.0

    @classmethod
    def of(cls, lesson: Lesson, head: Head) -> Unit:
        """Mean and deviation of the numbers to learn. Raises `UnlearnableTarget` where there is none."""
        if head not in PREDICTING:
            return cls()
        found = _target(lesson, head)
        numbers(found)
        return cls(float(found.mean()), float(found.std()) or 1.0)

    def inside(self, net: Net) -> Net:
        """A net that answers in the target's unit, as one that answers in this one."""
        return net.moved(offset=-self.offset / self.scale, scale=1 / self.scale)

    def outside(self, net: Net) -> Net:
        """A net that answers in this unit, as one that answers in the target's."""
        return net.moved(offset=self.offset, scale=self.scale)

    def of_numbers(self, values: Array) -> NDArray[np.float32]:
        """float32[N]: numbers in this unit."""
        scaled = (np.asarray(values, dtype=np.float64) - self.offset) / self.scale
        return scaled.astype(np.float32)


class Taught(NamedTuple):
    """Rows to learn from, and those that end it early."""

    rows: Rows
    held_out: Rows | None


def taught(lesson: Lesson, training: Training, *, head: Head, reader: Reader, unit: Unit) -> Taught:
    """The lesson's rows. Raises `UnlearnableTarget` naming the classes that no row has."""
    truth = _truth(_target(lesson, head), head=head, unit=unit)
    weight = np.ones(len(truth), np.float32) if lesson.weight is None else lesson.weight.astype(np.float32)
    classes = _class_weights(lesson, training, head)
    letters, columns = reader.read(lesson.features)
    told, share = _told(lesson, head, unit)
    rows = Rows(letters, columns, truth, weight * _of_class(classes, truth), told, share)
    return Taught(rows, _held_out(lesson, classes, head=head, reader=reader, unit=unit))


def prior(lesson: Lesson, head: Head) -> Floats:
    """float32[O]: what is true of a mean row, as log-odds or as logarithms of shares; 0 for a number.

    Raises `UnlearnableTarget` naming the classes that no row has.
    """
    if head in PREDICTING:
        return np.zeros(1, dtype=np.float32)
    counts = np.bincount(_labels(lesson, head))
    logs = np.log(counts / counts.sum()).astype(np.float32)
    return np.asarray(logs[1:] - logs[:1] if head == "score" else logs)


def _labels(lesson: Lesson, head: Head) -> NDArray[np.int64]:
    return indices(_target(lesson, head), head=head, classes=lesson.classes)


def _target(lesson: Lesson, head: Head) -> Array:
    """The truth; where nobody may know it (a share of 1), what the teacher would say instead.

    The family of a row is always known: no row without a label is told to be of one.
    """
    if lesson.soft is None or head == "family":
        return np.asarray(lesson.target)
    told: Array = lesson.soft.answer > 0 if head == "score" else lesson.soft.answer
    return np.where(lesson.soft.share < 1, lesson.target, told)


def _truth(target: Array, *, head: Head, unit: Unit) -> Array:
    """int64[N] or float32[N]."""
    return unit.of_numbers(target) if head in PREDICTING else np.asarray(target).astype(np.int64)


def _class_weights(lesson: Lesson, training: Training, head: Head) -> Floats:
    if head in PREDICTING:
        return np.ones(1, dtype=np.float32)
    labels = _labels(lesson, head)
    return balance(labels, training, classes=int(labels.max()) + 1)


def _of_class(classes: Floats, truth: Array) -> Floats:
    return classes[truth] if len(classes) > 1 else np.ones(len(truth), dtype=np.float32)


def _told(lesson: Lesson, head: Head, unit: Unit) -> Sequence[Floats]:
    """A teacher's answers and their shares; without one, no row of either."""
    if lesson.soft is None:
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    answer = lesson.soft.answer
    told = unit.of_numbers(answer) if head in PREDICTING else answer.astype(np.float32)
    return told, lesson.soft.share.astype(np.float32)


def _held_out(lesson: Lesson, classes: Floats, *, head: Head, reader: Reader, unit: Unit) -> Rows | None:
    if lesson.validation is None:
        return None
    truth = _truth(lesson.validation.target, head=head, unit=unit)
    nobody = np.zeros(0, dtype=np.float32)
    return Rows(*reader.read(lesson.validation.features), truth, _of_class(classes, truth), nobody, nobody)
