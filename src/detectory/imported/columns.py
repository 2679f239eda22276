"""The columns of a model that was trained elsewhere: feature tensors side by side, an id as its number.

Our own trees read an id as one-hot columns that are learned from training rows; nobody elsewhere has those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from detectory.models.graph import Input, Part, joined
from detectory.schema import Array


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Tensors as float32 columns, in order."""

    inputs: tuple[Input, ...]

    def encode(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N, C]."""
        return np.hstack([features[each.name].reshape(-1, each.width or 1) for each in self.inputs]).astype(
            np.float32
        )

    def widths(self, inputs: Sequence[Input]) -> dict[str, int]:
        """How many columns each tensor is."""
        return {each.name: each.width or 1 for each in inputs}

    def part(self) -> Part:
        """The graph's form."""
        return joined("Concat", "columns", [_part(each) for each in self.inputs], axis=1)


def _part(each: Input) -> Part:
    numbers = Part(each.name)
    if each.dtype != np.float32:
        numbers = numbers.then("Cast", f"{each.name}_numbers", to=TensorProto.FLOAT)
    if each.width is None:
        numbers = numbers.then("Reshape", f"{each.name}_column", np.array([-1, 1], dtype=np.int64))
    return numbers
