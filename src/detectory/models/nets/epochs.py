"""Epochs of a descent: told, kept, ended early, and taken up again where a killed process left them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from detectory.errors import LossNotFinite
from detectory.models.candidate import Lesson, Step
from detectory.models.nets.batches import Rows
from detectory.models.nets.checkpoint import Checkpoint, digest
from detectory.models.nets.descent import Descent, numerics
from detectory.models.nets.net import Net
from detectory.models.nets.training import Task

Arrays = dict[str, NDArray[Any]]


@dataclass(slots=True)
class Progress:
    """The losses of the epochs so far, and the net of the best of them."""

    stacked: bool
    losses: list[float] = field(default_factory=list)
    best: Arrays = field(default_factory=dict)

    @property
    def waited(self) -> int:
        """How many epochs have passed since the best one."""
        return len(self.losses) - 1 - int(np.argmin(self.losses)) if self.losses else 0

    def add(self, loss: float, net: Net) -> None:
        """One more epoch."""
        self.losses.append(loss)
        if not self.waited:
            self.best = dict(net.weights)

    def net(self) -> Net:
        """The best net."""
        return Net(self.best, self.stacked)

    def state(self) -> Arrays:
        """The same as arrays."""
        return {"losses": np.array(self.losses), **{f"best/{name}": each for name, each in self.best.items()}}

    def resume(self, state: Arrays) -> None:
        """Go on from what `state` gave."""
        self.losses = state["losses"].tolist()
        self.best = {name.removeprefix("best/"): state[name] for name in state if name.startswith("best/")}


def train(net: Net, rows: Rows, held_out: Rows | None, *, task: Task, lesson: Lesson) -> Net:
    """The net after its best epoch; without held-out rows, after its last one.

    Raises `LossNotFinite`, and whatever the lesson's watch raises.
    """
    with numerics(lesson.threads):
        descent, progress = Descent(net, task), Progress(net.stacked)
        kept = Checkpoint(lesson.work, _digest(net, rows, held_out, task, lesson) if lesson.work else "")
        if (state := kept.read()) is not None:
            descent.resume(state)
            progress.resume(state)
        _tell_again(lesson, progress.losses, task.training.epochs)
        while not _is_over(progress, task):
            _go_on(descent, progress, rows, held_out, task=task, lesson=lesson)
            kept.write({**descent.state(), **progress.state()})
            _tell(lesson, progress.losses, task.training.epochs)
        return progress.net() if held_out else descent.net()


def _is_over(progress: Progress, task: Task) -> bool:
    return len(progress.losses) >= task.training.epochs or progress.waited > task.training.patience


def _go_on(
    descent: Descent, progress: Progress, rows: Rows, held_out: Rows | None, *, task: Task, lesson: Lesson
) -> None:
    """One epoch. Without held-out rows an epoch counts as better than those before it."""
    at = len(progress.losses)
    loss = descent.epoch(rows, at)
    if held_out:
        loss = descent.loss(held_out) if np.isfinite(loss) else loss
    if not np.isfinite(loss):
        raise LossNotFinite(epoch=at + 1, learning_rate=task.training.learning_rate)
    progress.add(loss if held_out else -float(at), descent.net())


def _tell(lesson: Lesson, losses: Sequence[float], of: int) -> None:
    loss = losses[-1] if lesson.validation else float("nan")
    lesson.watch(Step(len(losses), of, loss))


def _tell_again(lesson: Lesson, losses: Sequence[float], of: int) -> None:
    """The epochs that were made before the kill: who looks on may have died with it."""
    for at in range(len(losses)):
        _tell(lesson, losses[: at + 1], of)


def _digest(net: Net, rows: Rows, held_out: Rows | None, task: Task, lesson: Lesson) -> str:
    """All that the epochs depend on."""
    arrays: Arrays = {f"net/{name}": each for name, each in net.weights.items()}
    arrays |= {f"mask/{name}": each for name, each in task.masks.items()}
    for part, shown in (("rows", rows), ("held_out", held_out)):
        arrays |= {f"{part}/{name}": each for name, each in (shown._asdict() if shown else {}).items()}
    setting = repr((task.head, task.training, task.seed, task.temperature, net.stacked))
    return digest([setting, str(lesson.threads), torch.__version__], arrays)
