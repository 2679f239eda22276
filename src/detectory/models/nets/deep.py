"""Nets over feature tensors: how rows are read, how a net goes on learning, how it comes back from a graph.

A tensor uint8[N, L] holds letters (bytes, padded with 0); the others are columns as `table` encodes them,
scaled. Torch is imported when something is trained, and at no other time: what was trained answers without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectory.errors import MissingExtra
from detectory.models import graph
from detectory.models.candidate import Candidate, Head, Lesson
from detectory.models.graph import Part
from detectory.models.nets import layers
from detectory.models.nets.layers import Layer
from detectory.models.nets.lessons import Unit, taught
from detectory.models.nets.net import Floats, Letters, Net
from detectory.models.nets.training import Masks, Task, Training
from detectory.models.scaling import Scaling
from detectory.models.table import Table
from detectory.schema import Array

if TYPE_CHECKING:
    from onnx import ModelProto

NO_MASKS: Masks = {}


@dataclass(frozen=True, slots=True)
class View:
    """How rows are read: the tensor of letters (empty: none), and columns with their scaling (None: none)."""

    letters: str
    table: Table
    scaling: Scaling | None

    @classmethod
    def fit(cls, features: Mapping[str, Array]) -> View:
        """Learn the encoders and the scaling of training rows."""
        letters = [name for name, each in features.items() if each.ndim == 2 and each.dtype == np.uint8]
        table = Table.fit({name: each for name, each in features.items() if name not in letters})
        scaling = Scaling.fit(table.encode(features)) if table.encoders else None
        return cls(letters[0] if letters else "", table, scaling)

    @classmethod
    def of(cls, model: ModelProto) -> View:
        """The view that stands in a graph."""
        letters = [each.name for each in graph.declared(model) if each.dtype == np.uint8]
        table = Table.of(model, leaving=letters)
        scaling = Scaling.of(graph.constants_of(model)) if table.encoders else None
        return cls(letters[0] if letters else "", table, scaling)

    def read(self, features: Mapping[str, Array]) -> tuple[Letters, Floats]:
        """uint8[N, L] letters and float32[N, C] columns; what there is none of is 0 wide."""
        rows = len(next(iter(features.values())))
        letters = features[self.letters] if self.letters else np.zeros((rows, 0), dtype=np.uint8)
        if self.scaling is None:
            return letters, np.zeros((rows, 0), dtype=np.float32)
        return letters, self.scaling.encode(self.table.encode(features))

    def part(self, net: Net) -> Part:
        """The graph's form of what a net makes of the letters and the columns, if there are any."""
        beside = None if self.scaling is None else partial(self._through, self.scaling)
        return layers.part(net, Part(self.letters), beside)

    def _through(self, scaling: Scaling, layer: Layer) -> Part:
        return self.table.through(lambda columns: layer(scaling.part(columns)))


@dataclass(frozen=True, slots=True)
class Deep:
    """A net over what it reads of features; its answers are in the unit of the target."""

    net: Net
    view: View
    inputs: tuple[graph.Input, ...]
    head: Head

    def answer(self, features: Mapping[str, Array]) -> NDArray[np.float32]:
        """float32[N] log-odds or numbers, or float32[N, K] logits."""
        found = self.net.answer(*self.view.read(features))
        return found if self.head == "family" else found[:, 0]

    def graph(self) -> ModelProto:
        """Letters and columns, then the layers."""
        last, name = self.view.part(self.net), graph.output_of(self.head)
        if self.head == "family":
            last = last.then("Identity", name)
        else:
            last = last.then("Reshape", name, np.array([-1], dtype=np.int64))
        return graph.build(last, inputs=self.inputs, head=self.head, classes=self.net.outputs)


def restore(candidate: Candidate, model: ModelProto) -> Deep:
    """The fitted net whose `Deep.graph` this is: it answers the same, and can be trained on, or cut."""
    return Deep(Net.of(model), View.of(model), graph.declared(model), candidate.head)


def train(deep: Deep, lesson: Lesson, training: Training, *, masks: Masks = NO_MASKS) -> Deep:
    """The net after more training; batch norms are folded into the layers before them.

    ``masks`` are bool arrays by the names of weights, of their shapes: where one is False, the weight is 0
    and stays so. Raises `LossNotFinite`, `MissingExtra` without torch, and `UnlearnableTarget`.
    """
    unit = Unit.of(lesson, deep.head)
    rows, held_out = taught(lesson, training, head=deep.head, reader=deep.view, unit=unit)
    try:
        from detectory.models.nets import epochs
    except ImportError as error:
        if error.name != "torch":
            raise
        raise MissingExtra("torch", extra="deep", because="to train a net") from error
    temperature = lesson.soft.temperature if lesson.soft else 1.0
    task = Task(deep.head, training, lesson.seed, temperature, masks)
    learned = epochs.train(unit.inside(deep.net), rows, held_out, task=task, lesson=lesson)
    return replace(deep, net=unit.outside(learned.folded()))
