"""Bayesian linear regression on a table: a straight line, and how unsure it is of every row.

Bishop 2006, §3.3, with the precisions of the noise and of the weights that have the largest evidence (MacKay
1992, "Bayesian interpolation"): no penalty to choose. The ends of an interval are quantiles of the predictive
distribution: wider the farther a row lies from those it learned from. The noise is taken to be normal and the
same everywhere, and of many rows little doubt is left beside it: where the truth strays more at some hours
than at others, quantile regression says so and this does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectory.errors import CannotBeTaught
from detectory.models import graph
from detectory.models.candidate import PREDICTING, BelowOne, Candidate, Head, Lesson, Soft, settings, tensors
from detectory.models.graph import Part, joined
from detectory.models.ridge import Floats, Line, Ridge
from detectory.models.scaling import Columns, Scaling
from detectory.models.table import Table
from detectory.models.target import numbers
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

HEADS = PREDICTING
SOFT = "own"
#: the quantile that a head predicts where its candidate names none
QUANTILES: Mapping[Head, float] = {"low": 0.05, "high": 0.95}
# Shape and rate of both precisions' priors: they say next to nothing, and keep a perfect fit finite.
_VAGUE = 1e-6


@dataclass(frozen=True, slots=True)
class Params:
    """``quantile`` is what ``low`` and ``high`` predict, 0 for 0.05 and 0.95; ``steps`` are at most taken
    towards the largest evidence, which a few dozen reach."""

    quantile: BelowOne = 0.0
    steps: int = 300


@dataclass(frozen=True, slots=True)
class Spread:
    """``sqrt(noise + |x · root|²)``: the standard deviation of what may come, in the unit of the target.

    ``root`` is float32[C, C], a root of the covariance of the weights; ``x`` are scaled columns.
    """

    root: Columns
    noise: np.float32

    def answer(self, scaled: Columns) -> Columns:
        """float32[N]."""
        return np.asarray(np.sqrt(np.square(scaled @ self.root).sum(axis=1) + self.noise))

    def part(self, scaled: Part) -> Part:
        """The graph's form."""
        axis = np.array([1], dtype=np.int64)
        unsure = scaled.then("MatMul", "unsure", self.root).then("ReduceSumSquare", "doubt", axis, keepdims=0)
        return unsure.then("Add", "variance", np.array(self.noise)).then("Sqrt", "deviation")


@dataclass(frozen=True, slots=True)
class Quantile:
    """So many standard deviations beside the line."""

    line: Line
    spread: Spread
    deviations: np.float32
    table: Table
    inputs: tuple[graph.Input, ...]
    head: Head

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] numbers."""
        columns = self.table.encode(features)
        return self.line.answer(columns) + self.deviations * self.spread.answer(
            self.line.scaling.encode(columns)
        )

    def graph(self) -> ModelProto:
        """The line, and its deviation beside it."""
        columns = self.table.part()
        deviation = self.spread.part(self.line.scaling.part(columns))
        aside = deviation.then("Mul", "aside", np.array(self.deviations))
        last = joined("Add", graph.VALUE, [self.line.part(columns, name="middle"), aside])
        return graph.build(last, inputs=self.inputs, head=self.head, classes=1)


def fit(candidate: Candidate, lesson: Lesson) -> Ridge | Quantile:
    """Fit the line and its doubt; see ``Kind.fit``. ``groups`` and ``validation`` are of no use to it.

    The value believes a teacher by its share. Raises `CannotBeTaught` for an end of the interval: how far the
    truth strays cannot be learned from somebody who does not stray.
    """
    if lesson.soft is not None and candidate.head != "value":
        raise CannotBeTaught(candidate.kind, head=candidate.head)
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    table, target = Table.fit(read), numbers(lesson.target).astype(np.float64)
    target = target if lesson.soft is None else _taught(target, lesson.soft)
    weight = np.ones(len(target)) if lesson.weight is None else lesson.weight.astype(np.float64)
    line, spread = _fitted(table.encode(read), target, weight / weight.mean(), steps=params.steps)
    if candidate.head == "value":
        return Ridge(line, table, graph.inputs_of(read))
    deviations = NormalDist().inv_cdf(params.quantile or QUANTILES[candidate.head])
    return Quantile(line, spread, np.float32(deviations), table, graph.inputs_of(read), candidate.head)


def _taught(target: Floats, soft: Soft) -> Floats:
    """Between truth and teacher: to square the distance to it is to square both, by their share.

    >>> _taught(np.array([1.0, np.nan]), Soft(np.array([3, 3], np.float32), np.array([0.5, 1], np.float32)))
    array([2., 3.])
    """
    own = np.where(soft.share < 1, target, 0.0)
    return np.asarray((1 - soft.share) * own + soft.share * soft.answer, dtype=np.float64)


def _fitted(columns: Columns, target: Floats, weight: Floats, *, steps: int) -> tuple[Line, Spread]:
    """The line, and its spread; weights are 1 in the mean."""
    scaling = Scaling.fit(columns, weight)
    scaled = scaling.encode(columns).astype(np.float64)
    middle = float(np.average(target, weights=weight))
    unit = float(np.sqrt(np.average((target - middle) ** 2, weights=weight))) or 1.0
    weights, root, noise = _evidence(scaled, (target - middle) / unit, weight, steps)
    line = Line(scaling, (weights * unit).astype(np.float32), np.float32(middle))
    doubt = noise * (1 + 1 / len(target))  # the second: of the mean itself
    return line, Spread((root * unit).astype(np.float32), np.float32(doubt * unit**2))


def _evidence(x: Floats, y: Floats, weight: Floats, steps: int) -> tuple[Floats, Floats, float]:
    """Mean of the weights, a root of their covariance, and the variance of the noise.

    MacKay's fixed point (Bishop, eq. 3.90 to 3.95) in the eigenbasis of the columns' products, where a step
    costs no more than a sum.
    """
    values, basis = np.linalg.eigh((x.T * weight) @ x)
    values, aim, size = values.clip(min=0), basis.T @ ((x.T * weight) @ y), float(weight @ y**2)
    noise, prior = 1.0, 1.0  # precisions
    for _ in range(steps):
        before = noise, prior
        found = noise * aim / (prior + noise * values)
        known = float((noise * values / (prior + noise * values)).sum())  # weights that the rows determine
        missed = max(size - float((2 * aim - values * found) @ found), 0.0)
        prior = (known + 2 * _VAGUE) / (float(found @ found) + 2 * _VAGUE)
        noise = (len(y) - known + 2 * _VAGUE) / (missed + 2 * _VAGUE)
        if np.allclose(before, (noise, prior), rtol=1e-9, atol=0):
            break
    precision = prior + noise * values
    return basis @ (noise * aim / precision), basis / np.sqrt(precision), 1 / noise
