"""The nearest row of each class that was seen in training: what is closer to one class is likelier of it.

For tables of few different rows, such as counts of events, where trees cut between two kinds that differ
by little and say something of all that lies beyond. A row that was seen is at distance 0 of its class.
Distances are sums of absolute differences, each in units of how much its column varies within the negative
class (score) or within classes (family), so that what negative rows never have weighs most. It is no use
for many columns that mean little, and it keeps ``most`` different rows of each class, the commonest.

T. Cover, P. Hart, "Nearest Neighbor Pattern Classification" (1967).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectory.models import graph
from detectory.models.candidate import CLASSIFYING, Candidate, Head, Lesson, settings, tensors
from detectory.models.graph import Part, joined
from detectory.models.table import Table
from detectory.models.target import indices
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

HEADS = CLASSIFYING
_CHUNK = 256  # rows compared at once
_FLOOR = 0.1  # of a column's whole spread: the least that counts as its spread within a class
#: what one unit of distance may be worth in log-odds
_SLOPES = 2.0 ** np.arange(-6, 5)
Columns = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Params:
    """``most`` is how many different rows of each class are kept."""

    most: int = 512


@dataclass(frozen=True, slots=True)
class Known:
    """The different rows of one class, float32[K, C], and what each weighs, float64[K]; heaviest first."""

    rows: Columns
    weight: NDArray[np.float64]
    repeats: NDArray[np.bool_]  # there are several such rows

    @classmethod
    def of(cls, columns: Columns, weight: NDArray[np.float64], *, most: int) -> Known:
        """From float32[N, C] rows and float64[N]."""
        rows, place, count = np.unique(columns, axis=0, return_inverse=True, return_counts=True)
        sums = np.bincount(place.ravel(), weights=weight).astype(np.float64)
        heaviest = np.argsort(-sums, kind="stable")[:most]
        return cls(rows[heaviest], sums[heaviest], count[heaviest] > 1)


@dataclass(frozen=True, slots=True)
class Nearest:
    """Known rows in units of ``scale``; a column beyond what was known (``low``, ``high``) is at its end."""

    table: Table
    known: tuple[Columns, ...]
    scale: Columns
    low: Columns
    high: Columns
    slope: np.float32
    bias: Columns
    inputs: tuple[graph.Input, ...]
    head: Head

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds, or float32[N, K] logarithms of chances, not normalised."""
        rows = np.minimum(np.maximum(self.table.encode(features), self.low), self.high) * self.scale
        logits = self.bias - self.slope * np.column_stack([distances(rows, each) for each in self.known])
        return logits[:, 1] - logits[:, 0] if self.head == "score" else logits

    def graph(self) -> ModelProto:
        """Columns within their limits, differences to all known rows, the least of each class."""
        within = self.table.part().then("Max", "above", self.low).then("Min", "within", self.high)
        rows = within.then("Mul", "scaled", self.scale).then("Unsqueeze", "rows", np.array([1]))
        least = [_least(rows, known, name=f"class_{at}") for at, known in enumerate(self.known)]
        logits = joined("Concat", "distances", least, axis=1).then("Mul", "against", np.asarray(-self.slope))
        logits = logits.then("Add", "logits" if self.head == "score" else graph.OUTPUT, self.bias)
        if self.head == "score":
            margin = logits.then("MatMul", "margin", np.array([[-1], [1]], dtype=np.float32))
            logits = margin.then("Reshape", graph.OUTPUT, np.array([-1]))
        return graph.build(logits, inputs=self.inputs, head=self.head, classes=len(self.known))


def fit(candidate: Candidate, lesson: Lesson) -> Nearest:
    """Remember the rows of each class; see ``Kind.fit``. Nothing is random; ``groups`` are unused."""
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    labels = indices(lesson.target, head=candidate.head, classes=lesson.classes)
    table = Table.fit(read)
    columns = table.encode(read)
    weights = np.ones(len(labels)) if lesson.weight is None else lesson.weight.astype(np.float64)
    known = [
        Known.of(columns[labels == at], weights[labels == at], most=params.most)
        for at in range(int(labels.max()) + 1)
    ]
    scale = scale_of(known, head=candidate.head)
    share = np.bincount(labels, weights=weights) / weights.sum()
    return Nearest(
        table,
        tuple(each.rows * scale for each in known),
        scale,
        columns.min(axis=0),
        columns.max(axis=0),
        np.float32(slope_of(known, scale, np.log(share))),
        np.log(share).astype(np.float32),
        graph.inputs_of(read),
        candidate.head,
    )


def scale_of(known: Sequence[Known], *, head: Head) -> Columns:
    """float32[C]: one over each column's spread within the negative class, or within classes."""
    whole = np.concatenate([each.rows for each in known]).std(axis=0)
    spreads = [each.rows.std(axis=0) for each in known]
    within = spreads[0] if head == "score" else np.mean(spreads, axis=0)
    unit = within + _FLOOR * whole
    scale: Columns = np.divide(1, unit, out=np.zeros_like(unit), where=unit > 0).astype(np.float32)
    return scale


def slope_of(known: Sequence[Known], scale: Columns, bias: NDArray[np.float64]) -> float:
    """What a unit of distance is worth: likeliest for the known rows, each told by the others."""
    apart = [[_distances(each, other, scale) for other in known] for each in known]

    def likelihood(slope: float) -> float:
        found = 0.0
        for at, each in enumerate(known):
            logits = bias - slope * np.column_stack(apart[at])
            found += float((each.weight * (logits[:, at] - np.logaddexp.reduce(logits, axis=1))).sum())
        return found

    return max((float(slope) for slope in _SLOPES), key=likelihood)


def _distances(each: Known, other: Known, scale: Columns) -> NDArray[np.float32]:
    """Distances of the known rows of one class to another; to their own, to the nearest other row of it."""
    if each is not other:
        return distances(each.rows * scale, other.rows * scale)
    alone = distances(each.rows * scale, each.rows * scale, apart=True)
    return np.where(each.repeats, np.float32(0), alone)


def distances(rows: Columns, known: Columns, *, apart: bool = False) -> NDArray[np.float32]:
    """float32[N]: the distance of each row to the nearest known one; ``apart``: that is not the row itself.

    >>> distances(np.array([[0.0, 3.0]], np.float32), np.array([[0, 0], [1, 5]], np.float32)).tolist()
    [3.0]
    """
    found = np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), _CHUNK):
        part = np.abs(rows[start : start + _CHUNK, None] - known[None]).sum(axis=2)
        if apart and len(known) > 1:
            part[np.arange(len(part)), start + np.arange(len(part))] = np.inf
        found[start : start + _CHUNK] = part.min(axis=1)
    return found


def _least(rows: Part, known: Columns, *, name: str) -> Part:
    """float32[N, 1]: the distance to the nearest row of a class."""
    apart = rows.then("Sub", f"{name}_apart", known).then("Abs", f"{name}_differences")
    sums = apart.then("ReduceSum", f"{name}_sums", np.array([2]), keepdims=0)
    return sums.then("ReduceMin", f"{name}_least", np.array([1]), keepdims=1)
