"""A character CNN: letters are embedded, filters look for groups of them anywhere, dense layers decide.

It reads one tensor of letters, uint8[N, L], and beside what its filters saw any columns that it is given.
Convolutions of several widths stand side by side (Kim 2014, arXiv 1408.5882; for URLs: Saxe and Berlin 2017,
arXiv 1702.08568), or one upon another. What a filter saw counts once, wherever it was and however often. It
knows no order of things further apart than its widest filter, and nothing of letters that it never met.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detectory.errors import BadParameter
from detectory.models import graph
from detectory.models.candidate import CLASSIFYING, Candidate, Lesson, settings, tensors
from detectory.models.nets import initial
from detectory.models.nets.deep import Deep, View, train
from detectory.models.nets.lessons import prior
from detectory.models.nets.net import Net
from detectory.models.nets.training import Training, check, widths

HEADS = CLASSIFYING
SOFT = "own"
LIBRARIES = ("torch",)
PARALLEL, STACKED = "parallel", "stacked"


@dataclass(frozen=True, slots=True)
class Params(Training):
    """The training's settings, and the layers'.

    ``kernel_sizes`` are the letters that a filter of each convolution reads, ``filters`` how many there are
    of each width (one number for all), ``hidden`` the widths of the dense layers: between hyphens, from the
    first to the last. ``convolutions`` are ``parallel`` or ``stacked``.
    """

    embedding: int = 16
    filters: int | str = 64
    kernel_sizes: int | str = "2-3-4"
    hidden: int | str = 64
    convolutions: str = PARALLEL


def fit(candidate: Candidate, lesson: Lesson) -> Deep:
    """Fit the net; see ``Kind.fit``. Stops early if ``validation`` is given; ``groups`` are unused.

    Raises `LossNotFinite` where the learning rate is too high, and `MissingExtra` without torch.
    """
    read, params = tensors(lesson.features, candidate), settings(Params, candidate)
    check(params, candidate)
    bias, view = prior(lesson, candidate.head), View.fit(read)
    kernel_sizes, filters, stacked = _convolutions(params, candidate, view)
    letters, columns = view.read(read)
    random = np.random.default_rng(lesson.seed)
    weights = initial.convolutions(
        random, letters,
        embedding=params.embedding, filters=filters, kernel_sizes=kernel_sizes, stacked=stacked,
    )  # fmt: skip
    width = columns.shape[1] + (filters[-1] if stacked else sum(filters))
    weights |= initial.layers(random, width, widths(params.hidden, candidate), bias)
    return train(Deep(Net(weights, stacked), view, graph.inputs_of(read), candidate.head), lesson, params)


def _convolutions(params: Params, candidate: Candidate, view: View) -> tuple[list[int], list[int], bool]:
    """Kernel sizes, filters of each, and whether they are stacked. Raises `BadParameter`."""
    kernel_sizes, filters = widths(params.kernel_sizes, candidate), widths(params.filters, candidate)
    filters = filters * len(kernel_sizes) if len(filters) == 1 else filters
    wrong = {
        "it reads letters, a tensor uint8[N, L], and none of its inputs is one": not view.letters,
        f"convolutions = {params.convolutions} is none of {PARALLEL}, {STACKED}": (
            params.convolutions not in (PARALLEL, STACKED)
        ),
        "it has no convolution": not kernel_sizes,
        f"embedding = {params.embedding} is not at least 1": params.embedding < 1,
        f"filters = {params.filters} are not as many as kernel_sizes = {params.kernel_sizes}": (
            len(filters) != len(kernel_sizes)
        ),
    }
    for why, holds in wrong.items():
        if holds:
            raise BadParameter(candidate.name, kind=candidate.kind, why=why)
    return kernel_sizes, filters, params.convolutions == STACKED
