"""The columns that trees read: dense features as they are, categorical ids as one-hot columns.

Which is which follows from the tensor: float32[N, D] is dense, int64[N] is categorical. N-gram ids
(int32[N, L]) are no table; the kinds that read them say so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectory.errors import UnreadableTensor
from detectory.models.graph import Input, Part, joined
from detectory.models.onehot import OneHot
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto


def shown(tensor: Array) -> str:
    """Type and shape of a tensor, in words.

    >>> shown(np.zeros((3, 2), dtype=np.float32))
    'float32[N, 2]'
    """
    return f"{tensor.dtype.name}[{', '.join(['N', *map(str, tensor.shape[1:])])}]"


@dataclass(frozen=True, slots=True)
class Table:
    """Tensor names in order, each with its encoder, or None for a dense one."""

    encoders: Mapping[str, OneHot | None]

    @classmethod
    def fit(cls, features: Mapping[str, Array]) -> Table:
        """Learn the encoders of the categorical tensors. Raises `UnreadableTensor`."""
        for name, each in features.items():
            wanted = "int64" if each.ndim == 1 else "float32"
            if each.dtype.name != wanted:
                raise UnreadableTensor(name, given=shown(each), wanted="float32[N, D] or int64[N]")
        return cls({name: OneHot.fit(each) if each.ndim == 1 else None for name, each in features.items()})

    @classmethod
    def of(cls, model: ModelProto, *, leaving: Collection[str] = ()) -> Table:
        """The one that `part` wrote into a graph, whose inputs are its tensors but those left out."""
        nodes = {node.name: node for node in model.graph.node}
        names = [each.name for each in model.graph.input if each.name not in leaving]
        return cls(
            {
                name: OneHot.of(nodes[f"{name}_column"]) if f"{name}_column" in nodes else None
                for name in names
            }
        )

    def encode(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N, C]: all columns side by side; without tensors none, of as many rows as there are."""
        columns = [
            features[name] if encoder is None else encoder.encode(features[name])
            for name, encoder in self.encoders.items()
        ]
        if not columns:
            return np.zeros((len(next(iter(features.values()))), 0), dtype=np.float32)
        return np.concatenate(columns, axis=1, dtype=np.float32)

    def widths(self, inputs: Sequence[Input]) -> dict[str, int]:
        """How many columns each tensor becomes, in order."""
        read = {each.name: each.width or 1 for each in inputs}
        return {
            name: read[name] if encoder is None else encoder.width for name, encoder in self.encoders.items()
        }

    def parts(self) -> list[Part]:
        """The graph's form, a part a tensor, in order."""
        return [
            Part(name) if encoder is None else encoder.part(name) for name, encoder in self.encoders.items()
        ]

    def part(self) -> Part:
        """The graph's form: all columns side by side."""
        return joined("Concat", "columns", self.parts(), axis=1)

    def through(self, encode: Callable[[Part], Part]) -> Part:
        """The graph's form of the columns, encoded further.

        Where one category is all there is, every row that it can give is worked out once, when the graph is
        opened, and looked up.
        """
        match list(self.encoders.items()):
            case [(name, OneHot() as only)]:
                return encode(only.every(name)).at(only.column(name), f"{name}_row")
        return encode(self.part())
