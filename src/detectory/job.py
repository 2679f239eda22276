"""What a stage is handed: a detector, the artifacts before it, and where to write its own.

Stages know nothing of one another and nothing of the store: they read whole artifacts and write
one. The pipeline makes the `Job`, and publishes what was written when the stage returns.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from detectory.artifacts import Artifact, Writing
from detectory.choice import Choice
from detectory.detector import Detector, Sources
from detectory.models.candidate import Step, Watch

StepTo = Callable[[str, int, float], None]


class Say(Protocol):
    """Tells a person what is worked on, of how many steps how many are done, and how well it goes."""

    def __call__(self, text: str, /, *, done: int = 0, of: int = 0, note: str = "") -> None: ...


def unheard(text: str, /, *, done: int = 0, of: int = 0, note: str = "") -> None:
    """Nobody listens."""


def unrecorded(name: str, at: int, value: float) -> None:
    """Records nothing."""


class Reads(Protocol):
    """A detector with artifacts that were made of it: a `Job`, or the inputs of a trial."""

    @property
    def detector(self) -> Detector: ...
    @property
    def inputs(self) -> Mapping[str, Artifact]: ...


@dataclass(frozen=True, slots=True)
class Job:
    """One stage's work.

    ``sample`` is the share of raw rows to keep, 0 to 1. ``choice`` says which candidates to fit, and how.
    ``work`` is a folder for checkpoints: it is the same one when the stage is made again from the same
    inputs, and is removed once the artifact is published. ``say`` tells a person what goes on, ``step``
    records the value of a metric at a step of a fit in the journal; neither changes the result.
    """

    detector: Detector
    inputs: Mapping[str, Artifact]
    out: Writing
    sources: Sources
    sample: float
    seed: int
    threads: int
    choice: Choice
    work: Path
    say: Say = field(default=unheard)
    step: StepTo = field(default=unrecorded)

    def watch(self, name: str) -> Watch:
        """Hears of each step of a fit: says how far it is, and keeps its loss as ``NAME.loss``."""

        def watch(step: Step) -> None:
            self.step(f"{name}.loss", step.at, step.loss)
            note = "" if math.isnan(step.loss) else f"loss {step.loss:.4f}"
            self.say(name, done=step.at, of=step.of, note=note)

        return watch

    def fact(self, name: str, value: Any) -> None:
        """State a fact of the artifact; it is part of its digest."""
        self.out.facts[name] = value

    def measure(self, name: str, value: Any) -> None:
        """Note a time or a size of this machine; it is not part of the digest."""
        self.out.measured[name] = value
