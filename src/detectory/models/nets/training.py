"""How a net is trained: the settings that all kinds of net share, and the classes' weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.errors import BadParameter
from detectory.models.candidate import Candidate, Head

Masks = Mapping[str, NDArray[np.bool_]]
#: the quantile that a head predicts where its candidate names none
QUANTILES: dict[Head, float] = {"low": 0.05, "high": 0.95}
#: no net learns at a rate that float32 hardly holds
STEEPEST = 1e30
CLASS_WEIGHTS, OBJECTIVES = ("none", "balanced"), ("absolute", "squared")


@dataclass(frozen=True, slots=True)
class Training:
    """The settings of every net, by the names that PyTorch and Keras give them.

    The first epoch goes in batches of ``batch_size`` rows, every further one in ``batch_growth`` times
    larger ones, up to ``batch_most``: that does what a falling rate does, in fewer steps (Smith et al. 2018,
    arXiv 1711.00489). ``patience`` is the epochs without gain on validation rows that end a fit early, and
    the best epoch's net is kept. ``class_weight`` is ``none`` or ``balanced``; ``objective`` is the error
    that the head ``value`` keeps small, ``absolute`` or ``squared``; ``quantile`` is what ``low`` and
    ``high`` predict, 0 for 0.05 and 0.95.
    """

    learning_rate: float = 2e-3
    batch_size: int = 256
    batch_growth: float = 1.25
    batch_most: int = 4096
    epochs: int = 20
    patience: int = 4
    dropout: float = 0.1
    weight_decay: float = 1e-4
    class_weight: str = "none"
    objective: str = "absolute"
    quantile: float = 0.0

    def batch(self, epoch: int) -> int:
        """How many rows a batch has.

        >>> [Training(batch_size=100, batch_growth=2.0, batch_most=300).batch(epoch) for epoch in range(3)]
        [100, 200, 300]
        """
        return max(min(round(self.batch_size * self.batch_growth**epoch), self.batch_most), 1)

    def quantile_of(self, head: Head) -> float:
        """The quantile that the head predicts."""
        return self.quantile or QUANTILES.get(head, 0.5)


@dataclass(frozen=True, slots=True)
class Task:
    """What is learned, and how: ``masks`` are weights that stay (True) and those that stay 0."""

    head: Head
    training: Training
    seed: int
    temperature: float
    masks: Masks


def check(training: Training, candidate: Candidate) -> None:
    """Raises `BadParameter` for a setting with which nothing can be trained."""
    wrong = {
        f"learning_rate = {training.learning_rate} is not above 0": training.learning_rate <= 0,
        f"learning_rate = {training.learning_rate} is above {STEEPEST:g}": training.learning_rate > STEEPEST,
        f"batch_size = {training.batch_size} is not at least 1": training.batch_size < 1,
        f"batch_growth = {training.batch_growth} is not at least 1": training.batch_growth < 1,
        f"epochs = {training.epochs} is not at least 1": training.epochs < 1,
        f"patience = {training.patience} is less than 0": training.patience < 0,
        f"weight_decay = {training.weight_decay} is less than 0": training.weight_decay < 0,
        f"quantile = {training.quantile} is not in 0 … 1": not 0 <= training.quantile < 1,
        f"dropout = {training.dropout} is not in 0 … 1": not 0 <= training.dropout < 1,
        _stranger("class_weight", training.class_weight, CLASS_WEIGHTS): (
            training.class_weight not in CLASS_WEIGHTS
        ),
        _stranger("objective", training.objective, OBJECTIVES): training.objective not in OBJECTIVES,
    }
    for why, holds in wrong.items():
        if holds:
            raise BadParameter(candidate.name, kind=candidate.kind, why=why)


def widths(text: int | str, candidate: Candidate) -> list[int]:
    """The widths of layers as a candidate says them: one number, or several between hyphens.

    Raises `BadParameter`.

    >>> net = Candidate("net", "score", "mlp", ("dense",))
    >>> widths("128-64", net), widths(8, net)
    ([128, 64], [8])
    """
    try:
        found = [int(each) for each in str(text).split("-") if each]
    except ValueError:
        found = [0]
    if any(each < 1 for each in found):
        why = f"'{text}' is no list of widths, as 64 and 128-64 are"
        raise BadParameter(candidate.name, kind=candidate.kind, why=why)
    return found


def balance(labels: NDArray[np.int64], training: Training, *, classes: int) -> NDArray[np.float32]:
    """float32[classes]: 1, or what makes all classes weigh alike and a mean row 1.

    >>> balance(np.array([0, 0, 0, 1]), Training(class_weight="balanced"), classes=2).tolist()
    [0.6666666865348816, 2.0]
    """
    if training.class_weight == "none":
        return np.ones(classes, dtype=np.float32)
    counts = np.bincount(labels, minlength=classes)
    return (len(labels) / (classes * np.maximum(counts, 1))).astype(np.float32)


def _stranger(name: str, value: str, known: tuple[str, ...]) -> str:
    return f"{name} = {value} is none of {', '.join(known)}"
