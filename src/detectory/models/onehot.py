"""One-hot columns for a categorical feature of 64-bit ids, with a bucket for rare and one for unseen.

Fitted on training ids and exported with the model: the same columns come out of ``encode`` and of the
graph. It never hashes and never grows: what it has not met goes to ``unseen``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray

from detectory.models.graph import ML, Part, constant


@dataclass(frozen=True, slots=True)
class OneHot:
    """Ids with columns of their own (``frequent``), and ids that share one (``rare``); both sorted.

    Columns: the frequent ids in order, then rare, then unseen. An id met once in training counts as
    unseen there too: otherwise no training row would be unseen and no model could learn what unseen
    means. (Good 1953: what is met once is the estimate of what has not been met yet.)

    >>> suffix = OneHot.fit(np.array([7, 7, 7, 8, 8, 9]), at_least=3)
    >>> suffix.encode(np.array([7, 8, 9, 10])).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]
    """

    frequent: NDArray[np.int64]
    rare: NDArray[np.int64]

    @classmethod
    def fit(cls, ids: NDArray[np.int64], *, at_least: int = 50, at_most: int = 64) -> OneHot:
        """Learn which of int64[N] ids are met ``at_least`` times; the ``at_most`` commonest get columns."""
        known, counts = np.unique(ids, return_counts=True)
        commonest = np.lexsort((known, -counts))[:at_most]
        own = np.zeros(len(known), dtype=bool)
        own[commonest] = counts[commonest] >= at_least
        return cls(known[own], known[~own & (counts > 1)])

    @classmethod
    def of(cls, node: onnx.NodeProto) -> OneHot:
        """The one whose `part` begins with this node."""
        said = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
        keys, columns = (np.array(said[f"{name}_int64s"], dtype=np.int64) for name in ("keys", "values"))
        rare = int(said["default_int64"]) - 1
        return cls(keys[columns < rare], keys[columns == rare])

    @property
    def width(self) -> int:
        """How many columns come out."""
        return len(self.frequent) + 2

    def columns(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """int64[N]: the column of each id."""
        column = np.full(len(ids), self.width - 1, dtype=np.int64)
        column[np.isin(ids, self.rare)] = self.width - 2
        own = np.isin(ids, self.frequent)
        column[own] = np.searchsorted(self.frequent, ids[own])
        return column

    def encode(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """float32[N, width]: a one in the column of each id."""
        encoded = np.zeros((len(ids), self.width), dtype=np.float32)
        encoded[np.arange(len(ids)), self.columns(ids)] = 1
        return encoded

    def part(self, name: str) -> Part:
        """The graph's form: the tensor ``name`` to one-hot columns."""
        return self._spread(self.column(name), name)

    def column(self, name: str) -> Part:
        """The graph's form of `columns`, of the tensor ``name``."""
        keys, values = self._pairs()
        return Part(name).then(
            "LabelEncoder", f"{name}_column",
            domain=ML, keys_int64s=keys, values_int64s=values, default_int64=self.width - 1,
        )  # fmt: skip

    def every(self, name: str) -> Part:
        """float32[width, width] in a graph: what each column's ids are encoded as, whatever is asked."""
        return self._spread(constant(f"{name}_every", np.arange(self.width, dtype=np.int64)), name)

    def _spread(self, column: Part, name: str) -> Part:
        off_on = np.array([0, 1], dtype=np.float32)
        return column.then("OneHot", f"{name}_onehot", np.array(self.width, dtype=np.int64), off_on, axis=-1)

    def _pairs(self) -> tuple[list[int], list[int]]:
        """Known ids and their columns. A LabelEncoder needs one at least: −1 is no id (they are ≥ 0)."""
        keys = np.concatenate([self.frequent, self.rare])
        if not len(keys):
            return [-1], [self.width - 1]
        return keys.tolist(), self.columns(keys).tolist()
