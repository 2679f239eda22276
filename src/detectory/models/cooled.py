"""A model that learned at a temperature, brought back to 1: its log-odds are multiplied by it.

Comes in: a fitted model. Goes out: one whose answer, graph and trees' tables say so many times as much.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from detectory.models.candidate import EXPLAINED, Fitted, Head, OfTrees
from detectory.models.tree_tables import said_of
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto


@dataclass(frozen=True, slots=True)
class Cooled:
    """A model that answers ``temperature`` times what ``warm`` does."""

    warm: Fitted
    temperature: float

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds, or float32[N, K] logits."""
        return self.warm.answer(features) * np.float32(self.temperature)

    def graph(self) -> ModelProto:
        """The graph, and a product."""
        model = self.warm.graph()
        (answer,) = model.graph.output
        last = next(node for node in model.graph.node if answer.name in node.output)
        last.name = last.output[0] = "warm"
        factor = numpy_helper.from_array(np.array(self.temperature, dtype=np.float32), "temperature")
        model.graph.initializer.append(factor)
        product = helper.make_node("Mul", ["warm", factor.name], [answer.name], name=answer.name)
        model.graph.node.append(product)
        onnx.checker.check_model(model, full_check=True)
        return model


@dataclass(frozen=True, slots=True)
class CooledTrees(Cooled):
    """The same of trees whose leaves add up to log-odds: so do leaves that are so many times as high."""

    warm: OfTrees

    def tables(self) -> ModelProto:
        """The trees' tables."""
        model = self.warm.tables()
        arrays = {each.name: each for each in model.graph.initializer}
        leaf = numpy_helper.to_array(arrays["feature"]) < 0
        number = numpy_helper.to_array(arrays["number"]).copy()
        number[leaf] *= np.float32(self.temperature)
        arrays["number"].CopyFrom(numpy_helper.from_array(number, "number"))
        said = said_of(model)
        said["offset"] *= self.temperature
        helper.set_model_props(model, {name: json.dumps(value) for name, value in said.items()})
        return model


def cooled(warm: Fitted, temperature: float, *, head: Head) -> Fitted:
    """A model that learned at a temperature, as it answers at 1.

    Trees whose leaves are chances keep no tables: what adds up to a chance does not add up to its power.
    """
    if isinstance(warm, OfTrees) and head in EXPLAINED and said_of(warm.tables())["unit"] == "log-odds":
        return CooledTrees(warm, temperature)
    return Cooled(warm, temperature)
