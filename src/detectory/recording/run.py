"""A run with its record: begun before it, closed after it, whatever ends it.

In: a plan and its workspace. Out: the plan that tells the journal what it does, and the record that goes on
meanwhile. Never: a change of what is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

from detectory import outbox
from detectory.artifacts import Artifact
from detectory.errors import DetectoryError
from detectory.journal import Choice, Failure, Journal, Running, StageRun, environment, git
from detectory.pipeline import Event, Plan
from detectory.recording.stages import told_by
from detectory.settings import masked
from detectory.workspace import Workspace

BUG = "E1000"
ENDED: Mapping[str, Literal["made", "kept"]] = {"made": "made", "kept": "kept"}
INTERRUPTED = Failure("interrupted", "somebody ended it")


@contextmanager
def recorded(plan: Plan, home: Workspace, *, verb: str) -> Iterator[tuple[Plan, Running]]:
    """Record a run while the ``with`` block lasts.

    One whose block notes an ``error`` and ends well was ``refused``: what it made was not promoted.
    """
    with outbox.sending(home, _told(plan, "tracking")), _kept(plan, home, verb) as found:
        yield found


def _told(plan: Plan, who: str) -> Callable[[str], None]:
    """What a person hears at once."""
    return lambda text: plan.watch(Event(who, "told", text))


@contextmanager
def _kept(plan: Plan, home: Workspace, verb: str) -> Iterator[tuple[Plan, Running]]:
    known, tell = _asked_for(plan, home), _told(plan, "journal")
    running = Journal(plan.store).begin(verb, plan.detector.name, tell=tell, **known)
    asked = git.asked(home.root, home.environment)
    try:
        yield replace(plan, run=running.id, step=running.step, watch=_watching(plan, running, asked)), running
    except KeyboardInterrupt:
        running.end("interrupted", error=INTERRUPTED, git=asked.answer())
        raise
    except BaseException as error:
        running.end("failed", error=failure(error), git=asked.answer())
        raise
    running.end("refused" if running.record.error else "done", git=asked.answer())


def failure(error: BaseException) -> Failure:
    """An error as records have it; what is not in our tree is a bug."""
    if isinstance(error, DetectoryError):
        return Failure(error.code, error.what)
    return Failure(BUG, f"{type(error).__name__}: {error}")


def _asked_for(plan: Plan, home: Workspace) -> dict[str, Any]:
    """What is known before anything is done."""
    said: Mapping[str, Any] = plan.choice.document()
    return {
        "seed": plan.seed,
        "sample": plan.sample,
        "threads": plan.threads,
        "asked": list(plan.stages),
        "force": plan.force,
        "choice": Choice(**said),
        "settings": masked(home.settings),
        "sinks": outbox.waiting(home),
        "environment": environment.found(plan.detector.spec.libraries),
    }


def _watching(plan: Plan, running: Running, asked: git.Asked) -> Callable[[Event], None]:
    """Keep what became of each stage, then let others hear of it."""

    def watch(event: Event) -> None:
        if event.artifact and event.state in ENDED:
            _keep(event, event.artifact, running)
        if event.state == "made":
            running.save(git=asked.answer())
        plan.watch(event)

    return watch


def _keep(event: Event, artifact: Artifact, running: Running) -> None:
    seconds = round(event.seconds, 3) if event.state == "made" else None
    stage = StageRun(ENDED[event.state], artifact.digest, seconds, dict(event.made_from))
    running.note(stages={**running.record.stages, event.stage: stage})
    running.note(**told_by(event.stage, artifact, running.record))
