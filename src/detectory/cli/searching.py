"""How a search is shown: its plan, each trial as it ends, and what was found."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from detectory.cli.progress import EVERY_S
from detectory.cli.session import Session
from detectory.cli.spans import in_words
from detectory.cli.table import table
from detectory.models.candidate import Categorical, Float, Range, Value

if TYPE_CHECKING:
    from detectory.engine.search import Trial
    from detectory.engine.study import Study
    from detectory.pipeline import Plan
    from detectory.tuning import Budget, OnTrial, Subject, Tuned


def show_plan(
    session: Session, plan: Plan, searched: Sequence[Subject], budget: Budget, *, then: str
) -> None:
    """Print what would be made and searched; ``then`` is the command that does it."""
    from detectory import pipeline

    stages = pipeline.preview(plan)
    spaces = {
        f"{one.head}.{one.name}": {name: _range(at) for name, at in one.space.items()} for one in searched
    }
    lines = [f"{stage:10}{state}" for stage, state in stages.items()]
    for name, space in spaces.items():
        lines += ["", f"{name}: {_in_words(budget)}", *(f"  {key:20}{at}" for key, at in space.items())]
    document = {"detector": plan.detector.name, "stages": stages, "spaces": spaces, "trials": budget.trials}
    session.answer(document, "\n".join(lines))
    session.next(then)


def _in_words(budget: Budget) -> str:
    limits = f"{budget.trials} trials, each at most {in_words(budget.trial_seconds)}"
    at_once = f", {budget.jobs} at once" if budget.jobs > 1 else ""
    in_all = f", {in_words(budget.seconds)} in all" if budget.seconds else ""
    return f"{limits}{at_once}{in_all}, pruned by {budget.pruner}"


def _range(of: Range) -> str:
    """A range for people.

    >>> from detectory.models.candidate import Categorical, Float
    >>> _range(Float(1e-4, 0.3, log=True)), _range(Categorical((5, 10)))
    ('0.0001 … 0.3, by its logarithm', '5, 10')
    """
    if isinstance(of, Categorical):
        return ", ".join(map(str, of.values))
    by_logarithm = isinstance(of, Float) and of.log
    return f"{of.low:g} … {of.high:g}{', by its logarithm' if by_logarithm else ''}"


@contextmanager
def told(session: Session, budget: Budget) -> Iterator[OnTrial]:
    """Says how far a search is: a bar at a terminal, lines anywhere else, nothing under -q."""
    session.say(_in_words(budget))
    if session.quiet or not sys.stderr.isatty():
        yield Spoken(session.say, budget.trials, clock=time.monotonic)
    else:
        with _bar(budget.trials) as advance:
            yield advance


@contextmanager
def _bar(trials: int) -> Iterator[OnTrial]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    tasks: dict[str, Any] = {}
    spoken = Spoken(lambda text: None, trials, clock=time.monotonic)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:

        def advance(study: Study, trial: Trial) -> None:
            spoken(study, trial)
            if study.name not in tasks:
                tasks[study.name] = bar.add_task(study.name, total=trials)
            shown = study.name + spoken.best_of(study.name)
            bar.update(tasks[study.name], completed=trial.number + 1, description=shown)

        yield advance


class Spoken:
    """A line for a trial that is the best so far or gave nothing, and one every ten seconds for the rest."""

    def __init__(self, say: Callable[[str], None], of: int, *, clock: Callable[[], float]) -> None:
        self._say, self._of, self._clock = say, of, clock
        self._best: dict[str, float] = {}
        self._said = clock()

    def __call__(self, study: Study, trial: Trial) -> None:
        is_best = trial.value is not None and trial.value > self._best.get(study.name, -float("inf"))
        if is_best and trial.value is not None:
            self._best[study.name] = trial.value
        if is_best or trial.why or self._clock() - self._said >= EVERY_S:
            self._said = self._clock()
            how = trial.state if trial.value is None else f"{trial.value:.4f}"
            why = f" ({trial.why})" if trial.why else ""
            self._say(
                f"{study.name}: trial {trial.number + 1} of {self._of}: {how}{why}{self.best_of(study.name)}"
            )

    def best_of(self, study: str) -> str:
        """The best quality so far, in words."""
        return f", best so far {self._best[study]:.4f}" if study in self._best else ""


def show_found(session: Session, detector: str, tuned: Tuned) -> None:
    """Print what was found."""
    document = {"detector": detector, "artifact": tuned.artifact.digest, "studies": list(tuned.studies)}
    session.answer(document, text_of(tuned.studies))
    session.next(f"detectory run {detector} --tuned")


def text_of(studies: Sequence[Mapping[str, Any]]) -> str:
    """What was found, for people: a table of studies, then each one's parameters and notes."""
    rows = [
        {
            "study": one["name"],
            "own": one["own"],
            "found": one["best"] and one["best"]["value"],
            "trials": ", ".join(f"{count} {state}" for state, count in one["counts"].items()),
            "chosen by": one["metric"],
        }
        for one in studies
    ]
    return "\n".join([table(rows, ("study", "own", "found", "trials", "chosen by")), *map(_details, studies)])


def _details(study: Mapping[str, Any]) -> str:
    best = study["best"]["params"] if study["best"] else {}
    rows = [
        {"parameter": name, "best": _shown(value), "importance": study["importance"].get(name)}
        for name, value in best.items()
    ]
    found = [table(rows, ("parameter", "best", "importance"))] if rows else []
    return "\n".join([f"\n{study['name']}", *found, *(f"note: {note}" for note in study["notes"])])


def _shown(value: Value) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
