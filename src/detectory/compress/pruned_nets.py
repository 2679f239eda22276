"""Nets with less in them: weights are taken in steps, and after each the net is trained on.

In: a net as it was exported, and the lesson that it was fitted on. Out: the net with zeros, or a narrower
one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

import onnx

from detectory import models
from detectory.compress.subject import Subject
from detectory.models import graph
from detectory.models.candidate import Candidate, Lesson, settings
from detectory.models.nets import pruning
from detectory.models.nets.deep import Deep, train
from detectory.models.nets.net import WEIGHT
from detectory.models.nets.training import Training


def why_not(candidate: Candidate, model: onnx.ModelProto) -> str:
    """Why a graph cannot be trained on; empty when it can."""
    if candidate.kind not in models.kinds() or not issubclass(models.load(candidate.kind).Params, Training):
        return f"a model of the kind '{candidate.kind}' is no net"
    return (
        ""
        if WEIGHT in graph.constants_of(model)
        else "its weights are stored otherwise than they were trained"
    )


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a net is trained on between the steps, and the lesson of each."""

    steps: int
    power: float
    training: Training
    lesson: Callable[[int], Lesson]


def tuning(
    subject: Subject, *, steps: int, power: float, epochs: int, learning_rate: float, name: str
) -> Tuning:
    """The candidate's own training, but shorter and in smaller strides."""
    params = cast("type[Training]", models.load(subject.candidate.kind).Params)
    own = settings(params, subject.candidate)
    training = replace(own, epochs=epochs, patience=epochs, learning_rate=learning_rate)

    def lesson(step: int) -> Lesson:
        return subject.lesson(subject.candidate.inputs, name=f"{name}-{step}")

    return Tuning(steps, power, training, lesson)


def by_weights(deep: Deep, share: float, tuning: Tuning) -> Deep:
    """The net with a share of each layer's weights 0, the smallest ones."""
    whole = deep.net
    for step in range(1, tuning.steps + 1):
        part = pruning.gone(step, tuning.steps, share=share, power=tuning.power)
        masks = pruning.strongest(deep.net, whole, share=part)
        deep = train(deep, tuning.lesson(step), tuning.training, masks=masks)
    return deep


def by_units(deep: Deep, share: float, tuning: Tuning) -> Deep:
    """The net with a share of each layer's units cut out; one at least stays."""
    whole = pruning.widths_of(deep.net)
    for step in range(1, tuning.steps + 1):
        part = pruning.gone(step, tuning.steps, share=share, power=tuning.power)
        widths = {name: max(width - int(part * width), 1) for name, width in whole.items()}
        deep = replace(deep, net=pruning.narrower(deep.net, widths))
        deep = train(deep, tuning.lesson(step), tuning.training)
    return deep


def zeros(deep: Deep) -> str:
    """How much of a net is 0, in words."""
    weights = [deep.net.weights[f"{name}.weight"] for name in pruning.layers(deep.net)]
    found = sum(int((each == 0).sum()) for each in weights) / sum(each.size for each in weights)
    return f"{found:.0%} of its weights are 0, which are stored like any other: it gains nothing in size"
