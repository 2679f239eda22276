"""Columns brought to the range that training rows had, then to mean 0 and deviation 1.

What adds up weighted columns (a straight line, a net) says nothing beyond that range, and float32 would
overflow there. A column that never varied has nothing to say and becomes 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.models.graph import Part

Columns = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Scaling:
    """``(clip(x, least, most) - mean) / scale``, all float32[C].

    >>> scaling = Scaling.fit(np.array([[1, 7], [3, 7]], dtype=np.float32))
    >>> scaling.encode(np.array([[1, 7], [99, 0]], dtype=np.float32)).tolist()
    [[-1.0, 0.0], [1.0, 0.0]]
    """

    least: Columns
    most: Columns
    mean: Columns
    scale: Columns

    @classmethod
    def fit(cls, columns: Columns, weight: NDArray[np.float64] | None = None) -> Scaling:
        """From float32[N, C] columns, N at least 1, and float64[N] weights."""
        mean = np.average(columns, axis=0, weights=weight)
        deviation = np.sqrt(np.average((columns - mean) ** 2, axis=0, weights=weight))
        return cls(
            least=columns.min(axis=0),
            most=columns.max(axis=0),
            mean=mean.astype(np.float32),
            scale=np.where(deviation > 0, deviation, 1).astype(np.float32),
        )

    @classmethod
    def of(cls, constants: Mapping[str, NDArray[np.float32]]) -> Scaling:
        """The one that `part` wrote, from the constants of its graph."""
        return cls(*(constants[f"{node}_0"] for node in ("above", "inside", "centred", "scaled")))

    def encode(self, columns: Columns) -> Columns:
        """float32[N, C]."""
        inside = np.minimum(np.maximum(columns, self.least), self.most)
        return np.asarray((inside - self.mean) / self.scale)

    def part(self, columns: Part) -> Part:
        """The graph's form."""
        inside = columns.then("Max", "above", self.least).then("Min", "inside", self.most)
        return inside.then("Sub", "centred", self.mean).then("Div", "scaled", self.scale)
