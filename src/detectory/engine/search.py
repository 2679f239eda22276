"""What searches have in common: the space and the budget, the trials, and the door that engines share.

Comes in: a space, a budget, and something that evaluates parameters. Goes out: every trial, in the order
of its number. `engine.local` and `engine.ray` both define ``search``, which runs the trials; neither knows
what is evaluated, and nothing here knows who runs it. More is better: a trial's value is a quality.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from detectory.errors import BadSpace, UsageError
from detectory.models.candidate import Categorical, Float, Integer, Range, Value, Watch

State = Literal["complete", "pruned", "failed", "timed out"]
Pruner = Literal["median", "asha", "none"]
#: a search ends when this many trials have ended and every one of them failed
HOPELESS = 5
#: trials are not compared in the first eighth of their steps
SPARED = 8


class Pruned(Exception):
    """Ends a trial because others were better at the same step: raised by ``watch``, and not to be caught.

    No user meets this error: a search counts the trial as pruned, and goes on.
    """


class Grade(NamedTuple):
    """The result of an evaluation: the quality (more is better), and small facts of the fit.

    ``noted`` holds, for example, the rounds that early stopping used, or the size in bytes.
    """

    value: float
    noted: Mapping[str, Value] = {}


class Evaluate(Protocol):
    """Fits with some parameters and says how good that is.

    It is sent to other processes: a small frozen dataclass that holds paths and names, and loads what it
    needs once a process. It calls ``watch`` at each step of a fit, which may raise `Pruned`; what else
    it raises ends the trial as failed. Never an answer from rows that judge a model.
    """

    def __call__(self, params: Mapping[str, Value], watch: Watch, /) -> Grade:
        """How good these parameters are."""
        ...


@dataclass(frozen=True, slots=True)
class Trial:
    """One set of parameters that was tried.

    ``number`` counts from 0, which are the candidate's own parameters. ``value`` is there where it is
    complete; ``why`` says why it is not. ``steps`` are (step, loss on validation rows) at the rungs that
    it reached. ``seconds`` are of this machine.
    """

    number: int
    params: Mapping[str, Value]
    state: State
    value: float | None
    seconds: float
    why: str = ""
    steps: tuple[tuple[int, float], ...] = ()
    noted: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    """What is to be tried: a space, within a budget.

    ``trials`` is how many there are to be in all, those of an earlier, interrupted search included;
    ``seconds`` ends the search sooner, ``trial_seconds`` one trial. ``first`` is tried first, also where
    it lies outside the space. ``storage`` is a folder in which the search is kept, and from which it goes
    on. ``jobs`` trials run at once.

    Raises `BadSpace` for a space without points, and `UsageError` for a budget of nothing.
    """

    space: Mapping[str, Range]
    trials: int
    trial_seconds: float
    storage: Path
    seconds: float | None = None
    seed: int = 0
    pruner: Pruner = "median"
    first: Mapping[str, Value] = field(default_factory=dict)
    jobs: int = 1

    def __post_init__(self) -> None:
        check_space(self.space)
        check_budget(trials=self.trials, jobs=self.jobs, budget=self.seconds, trial_limit=self.trial_seconds)


def check_budget(*, trials: int, jobs: int, budget: float | None, trial_limit: float) -> None:
    """Raises `UsageError` for a budget in which no trial can end: no trials, no jobs or no time."""
    for name, count in (("trials", trials), ("jobs", jobs)):
        if count < 1:
            raise UsageError(f"a search of {count} {name} finds nothing", fix=f"--{name} 1, or more")
    for name, limit in (("budget", budget), ("trial-limit", trial_limit)):
        if limit is not None and not 0 < limit < math.inf:
            raise UsageError(f"{limit:g} seconds are no limit of a search", fix=f"--{name} 2m")


class Engine(Protocol):
    """What `engine.local` and `engine.ray` define: they run the trials of a search."""

    def search(
        self, what: Search, evaluate: Evaluate, *, on_trial: Callable[[Trial], None]
    ) -> Sequence[Trial]:
        """Run the trials that are missing, call ``on_trial`` as each ends, and give all of them by number."""
        ...


def is_hopeless(ended: Sequence[State]) -> bool:
    """Whether a search is not worth going on with: several trials ended, and all of them failed."""
    return len(ended) >= HOPELESS and set(ended) == {"failed"}


def check_space(space: Mapping[str, Range], *, of: str = "") -> None:
    """Raises `BadSpace` where a space names no parameter, or a range holds no value; ``of`` says whose it is.

    >>> check_space({"eta": Float(0.0, 0.3, log=True)})
    Traceback (most recent call last):
    detectory.errors.configuration.BadSpace: error[E3115]: the range of 'eta' cannot be searched
      why: a logarithm has no 0: 0.0 … 0.3
      fix: correct `space` of the candidate in the detector's model.py
    """
    if not space:
        raise BadSpace("", why="it names no parameter", of=of)
    for name, range_ in space.items():
        if why := _wrong(range_):
            raise BadSpace(name, why=why, of=of)


def _wrong(range_: object) -> str:
    """Why nothing can be drawn from a range; empty where something can."""
    if isinstance(range_, Categorical):
        return _wrong_values(range_.values)
    if not isinstance(range_, Integer | Float):
        return f"it is no Integer, Float or Categorical: {range_!r}"
    shown = f"{range_.low} … {range_.high}"
    ends: tuple[object, ...] = range_.low, range_.high
    if not all(isinstance(end, int | float) and abs(end) <= sys.float_info.max for end in ends):
        return f"an end is no number: {shown}"
    if isinstance(range_, Integer) and not all(float(end).is_integer() for end in (range_.low, range_.high)):
        return f"an end is no whole number: {shown}"
    if range_.low > range_.high:
        return f"it ends before it begins: {shown}"
    if isinstance(range_, Float) and range_.log and range_.low <= 0:
        return f"a logarithm has no {range_.low:g}: {shown}"
    return ""


def _wrong_values(values: object) -> str:
    if not isinstance(values, list | tuple):  # a text would be tried letter by letter
        return f"it lists its values in no tuple: {values!r}"
    strange = [repr(one) for one in values if not isinstance(one, Value)]
    if strange:
        return f"neither a number nor text: {', '.join(strange)}"
    return "" if values else "it lists no values"


def holds(range_: Range, value: Value) -> bool:
    """Whether a value lies within a range, ends included.

    >>> holds(Integer(1, 6), 6), holds(Float(0.4, 1.0), 0.3), holds(Categorical((5, 10)), 7)
    (True, False, False)
    """
    if isinstance(range_, Categorical):
        return value in range_.values
    if isinstance(value, str) or (isinstance(range_, Integer) and not float(value).is_integer()):
        return False
    return range_.low <= value <= range_.high


def is_rung(step: int, of: int = 0) -> bool:
    """Whether losses are compared after so many steps: at the powers of two, and half-way between them.

    Rungs are the same for trials of any length. The first eighth of the steps is spared: early losses say how
    fast a fit learns, and not how far it will come.

    >>> [step for step in range(1, 50) if is_rung(step)]
    [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]
    >>> [step for step in range(1, 301) if is_rung(step, 300)]
    [48, 64, 96, 128, 192, 256]
    """
    if step * SPARED < of:
        return False
    while step > 3 and step % 2 == 0:
        step //= 2
    return step in (1, 2, 3)
