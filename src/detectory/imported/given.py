"""A model that was trained elsewhere, as a candidate: nothing is fitted, it only has to fit.

In: the artifact that an import left. Out: something `Fitted`, whose graph is the imported one, its outputs in
the order of our classes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from detectory.artifacts import Artifact
from detectory.errors import ModelUnfit, UnknownParameter
from detectory.models import graph
from detectory.models.candidate import Candidate, Fitted, Lesson, tensors
from detectory.runtime import Head
from detectory.schema import Array

AGAIN = "import a model of these features and classes; `detectory models forget` leaves this one out"


@dataclass(frozen=True, slots=True)
class Given:
    """A candidate by request whose graph is there already, in an artifact."""

    candidate: Candidate
    artifact: Artifact

    @property
    def label(self) -> str:
        """Head and name: what tells it from every other candidate."""
        return f"{self.candidate.head}.{self.candidate.name}"

    @property
    def digest(self) -> str:
        """The artifact's: another model has another."""
        return self.artifact.digest

    @property
    def said(self) -> dict[str, Any]:
        """Where it is from: the name of the file, and its digest."""
        return {name: self.artifact.facts[name] for name in ("file", "sha256")}

    def fit(self, candidate: Candidate, lesson: Lesson) -> Fitted:
        """The model as it is, for the candidate as somebody may have set it.

        Raises `ModelUnfit` where features or classes are others than it was for, and `UnknownParameter`.
        """
        for name in candidate.params:
            raise UnknownParameter(name, kind=candidate.kind, known=())
        read = tensors(lesson.features, self.candidate)
        found = {name: [str(values.dtype), *values.shape[1:]] for name, values in read.items()}
        if found != self.artifact.facts["tensors"]:
            why = f"it was imported for {self.artifact.facts['tensors']}, and the features are {found}"
            raise ModelUnfit(self.candidate.name, why=why, fix=AGAIN)
        model = onnx.load_model_from_string(self.artifact.read("model.onnx"))
        if self.candidate.head == "family":
            model = _reordered(model, self._places(lesson.classes))
        if "trees.onnx" in self.artifact.names():
            return Explained(model, self.artifact.read("trees.onnx"))
        return Opened(model)

    def _places(self, classes: Sequence[str]) -> list[int]:
        """Which output of the model each of our classes is."""
        theirs: list[str] = self.artifact.facts["classes"]
        if sorted(theirs) != sorted(classes):
            other = sorted(set(theirs) ^ set(classes))
            why = f"it knows other classes than those of the training rows: {', '.join(other[:20])}"
            raise ModelUnfit(self.candidate.name, why=why, fix=AGAIN)
        return [theirs.index(name) for name in classes]


@dataclass(frozen=True)
class Opened:
    """A graph that answers."""

    model: onnx.ModelProto

    @cached_property
    def _head(self) -> Head:
        return Head(graph.to_bytes(self.model), name="imported")

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """What the graph answers."""
        return self._head.answer(dict(features))

    def graph(self) -> onnx.ModelProto:
        """The graph itself."""
        return self.model


@dataclass(frozen=True)
class Explained(Opened):
    """A graph of trees, and their tables."""

    trees: bytes

    def tables(self) -> onnx.ModelProto:
        """The tables."""
        return onnx.load_model_from_string(self.trees)


def _reordered(model: onnx.ModelProto, places: Sequence[int]) -> onnx.ModelProto:
    """The graph with its outputs in another order."""
    if list(places) == sorted(places):
        return model
    last = model.graph.output[0]
    for node in model.graph.node:
        node.output[:] = ["as_imported" if name == last.name else name for name in node.output]
    order = numpy_helper.from_array(np.array(places, dtype=np.int64), "order_of_classes")
    model.graph.initializer.append(order)
    model.graph.node.append(helper.make_node("Gather", ["as_imported", order.name], [last.name], axis=1))
    onnx.checker.check_model(model, full_check=True)
    return model
