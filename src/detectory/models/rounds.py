"""What boosting leaves behind: rounds of trees that answer in Python and as a graph, and tell their tables.

Answers are raw margins, the sum of the leaves and one ``offset``: no sigmoid and no softmax.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import xgboost
from numpy.typing import NDArray

from detectory.models import graph
from detectory.models.candidate import Head
from detectory.models.ensemble import Tree, sum_of
from detectory.models.graph import Part
from detectory.models.tree_tables import tables_of
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

Columns = NDArray[np.float32]


class Encoder(Protocol):
    """What makes columns of features: a table, or a table with more beside it."""

    def encode(self, features: Mapping[str, Array]) -> Columns:
        """float32[N, C]."""
        ...

    def part(self) -> Part:
        """The graph's form."""
        ...

    def widths(self, inputs: Sequence[graph.Input]) -> dict[str, int]:
        """How many columns each tensor becomes, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Rounds:
    """A fitted booster over columns of its own making; its leaves add up to the answer less ``offset``."""

    booster: xgboost.Booster
    head: Head
    classes: int
    offset: float = 0.0

    def margin(self, columns: Columns) -> NDArray[np.float32]:
        """float32[N], or float32[N, K]: the sum of leaves and offset."""
        leaves = self.booster.inplace_predict(columns, predict_type="margin")
        return np.asarray(leaves, dtype=np.float32) + np.float32(self.offset)

    def part(self, columns: Part) -> Part:
        """The graph's form: columns to the answer."""
        trees = self._trees()
        if self.head == "family":
            return sum_of(trees, columns, branch="BRANCH_LT", outputs=self.classes, name=graph.OUTPUT)
        margin = sum_of(trees, columns, branch="BRANCH_LT", outputs=1, name="margin")
        if self.head == "score":
            return margin.then("Reshape", graph.OUTPUT, np.array([-1], dtype=np.int64))
        flat = margin.then("Reshape", "leaves", np.array([-1], dtype=np.int64))
        return flat.then("Add", graph.VALUE, np.array(self.offset, dtype=np.float32))

    def tables(self, encoder: Encoder, inputs: Sequence[graph.Input]) -> ModelProto:
        """The tables of trees with one output, over the encoder's columns."""
        return tables_of(
            self._trees(),
            encoder.part(),
            inputs=inputs,
            widths=encoder.widths(inputs),
            branch="BRANCH_LT",
            unit="log-odds" if self.head == "score" else "value",
            offset=self.offset,
        )

    def _trees(self) -> list[Tree]:
        found = json.loads(bytes(self.booster.save_raw("json")))["learner"]["gradient_booster"]["model"]
        return [tree_of(*pair) for pair in zip(found["trees"], found["tree_info"], strict=True)]


@dataclass(frozen=True, slots=True)
class Boosted:
    """A booster over the columns of an encoder."""

    rounds: Rounds
    encoder: Encoder
    inputs: tuple[graph.Input, ...]

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds or numbers, or float32[N, K] logits."""
        return self.rounds.margin(self.encoder.encode(features))

    def graph(self) -> ModelProto:
        """Columns, trees, sum."""
        last = self.rounds.part(self.encoder.part())
        return graph.build(last, inputs=self.inputs, head=self.rounds.head, classes=self.rounds.classes)

    def tables(self) -> ModelProto:
        """The trees' tables."""
        return self.rounds.tables(self.encoder, self.inputs)


def tree_of(found: Mapping[str, Any], output: int) -> Tree:
    """A tree of XGBoost's JSON as arrays. A leaf keeps its value where a node keeps its threshold."""
    left = np.array(found["left_children"], dtype=np.int64)
    values = np.array(found["split_conditions"], dtype=np.float32)
    leaves = np.flatnonzero(left < 0)
    return Tree(
        left=left,
        right=np.array(found["right_children"], dtype=np.int64),
        feature=np.array(found["split_indices"], dtype=np.int64),
        threshold=values,
        missing_left=np.array(found["default_left"], dtype=bool),
        cover=np.array(found["sum_hessian"], dtype=np.float32),
        leaves=leaves,
        targets=np.full(len(leaves), output, dtype=np.int64),
        values=values[leaves],
    )
