"""A multilayer perceptron on a table: dense layers with batch norm (Ioffe, Szegedy 2015, arXiv 1502.03167).

Columns are clipped to the range of the training rows and scaled; rare categories share a column. It tells
classes apart, or predicts a number or a quantile of it. On tables trees usually need less care and less time
(Grinsztajn, Oyallon and Varoquaux 2022, arXiv 2207.08815): it must earn its place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detectory.models import graph
from detectory.models.candidate import CLASSIFYING, PREDICTING, Candidate, Lesson, settings, tensors
from detectory.models.nets import initial
from detectory.models.nets.deep import Deep, View, train
from detectory.models.nets.lessons import Unit, prior
from detectory.models.nets.net import Net
from detectory.models.nets.training import Training, check, widths

HEADS = CLASSIFYING | PREDICTING
SOFT = "own"
LIBRARIES = ("torch",)


@dataclass(frozen=True, slots=True)
class Params(Training):
    """The training's settings; ``hidden`` are the widths of the dense layers, between hyphens."""

    hidden: int | str = "128-64-32-16"


def fit(candidate: Candidate, lesson: Lesson) -> Deep:
    """Fit the net; see ``Kind.fit``. Stops early if ``validation`` is given; ``groups`` are unused.

    Raises `LossNotFinite` where the learning rate is too high, and `MissingExtra` without torch.
    """
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    check(params, candidate)
    unit, bias = Unit.of(lesson, candidate.head), prior(lesson, candidate.head)
    view, random = View.fit(read), np.random.default_rng(lesson.seed)
    width = view.read(read)[1].shape[1]
    hidden = widths(params.hidden, candidate)
    net = unit.outside(Net(initial.layers(random, width, hidden, bias, normed=True)))
    return train(Deep(net, view, graph.inputs_of(read), candidate.head), lesson, params)
