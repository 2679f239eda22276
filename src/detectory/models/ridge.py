"""Ridge regression on a table: a straight line through every column, in closed form.

The penalty keeps the weights of scaled columns small (Hoerl & Kennard 1970). It predicts the head ``value``
and knows nothing of bends and of columns that matter only together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectory.models import graph
from detectory.models.candidate import Candidate, Head, Lesson, NotNegative, settings, tensors
from detectory.models.graph import Part
from detectory.models.scaling import Columns, Scaling
from detectory.models.table import Table
from detectory.models.target import numbers
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

Floats = NDArray[np.float64]
HEADS: frozenset[Head] = frozenset({"value"})
SOFT = "rows"


@dataclass(frozen=True, slots=True)
class Params:
    """``penalty`` weighs a squared weight like so many rows."""

    penalty: NotNegative = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """``scaled columns · weights + intercept``, all in float32."""

    scaling: Scaling
    weights: Columns
    intercept: np.float32

    def answer(self, columns: Columns) -> Columns:
        """float32[N]."""
        return np.asarray(self.scaling.encode(columns) @ self.weights + self.intercept)

    def part(self, columns: Part, *, name: str = graph.VALUE) -> Part:
        """The graph's form; ``name`` is what its output is called."""
        sums = self.scaling.part(columns).then("MatMul", "sums", self.weights[:, None])
        flat = sums.then("Reshape", "flat", np.array([-1], dtype=np.int64))
        return flat.then("Add", name, np.array(self.intercept))


@dataclass(frozen=True, slots=True)
class Ridge:
    """A line over a table of columns."""

    line: Line
    table: Table
    inputs: tuple[graph.Input, ...]

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] numbers."""
        return self.line.answer(self.table.encode(features))

    def graph(self) -> ModelProto:
        """Columns, clip, scale, weights."""
        return graph.build(self.line.part(self.table.part()), inputs=self.inputs, head="value", classes=1)


def fit(candidate: Candidate, lesson: Lesson) -> Ridge:
    """Fit the line; see ``Kind.fit``. ``groups`` and ``validation`` are of no use to it."""
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    table, rows = Table.fit(read), numbers(lesson.target).astype(np.float64)
    weights = np.ones(len(rows)) if lesson.weight is None else lesson.weight.astype(np.float64)
    return Ridge(_line(table.encode(read), rows, weights, params.penalty), table, graph.inputs_of(read))


def _line(columns: Columns, target: Floats, weight: Floats, penalty: float) -> Line:
    scaling = Scaling.fit(columns, weight)
    scaled, intercept = scaling.encode(columns).astype(np.float64), float(np.average(target, weights=weight))
    square = (scaled.T * weight) @ scaled + penalty * np.eye(scaled.shape[1])
    weights = np.linalg.solve(square, (scaled.T * weight) @ (target - intercept))
    return Line(scaling, weights.astype(np.float32), np.float32(intercept))
