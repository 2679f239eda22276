"""A run with its record: opened before the run begins, closed when it ends, however it ends.

In: a plan and its workspace. Out: the same plan, whose events go to the journal too, and the record that is
being written. Never: a change of what is made.
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
from detectory.recording.stages import fields_of
from detectory.settings import masked
from detectory.workspace import Workspace

BUG = "E1000"
ENDED: Mapping[str, Literal["made", "kept"]] = {"made": "made", "kept": "kept"}
INTERRUPTED = Failure("interrupted", "somebody ended it")


@contextmanager
def recorded(plan: Plan, home: Workspace, *, verb: str) -> Iterator[tuple[Plan, Running]]:
    """Record a run while the ``with`` block lasts.

    A block that notes an ``error`` and ends without raising was ``refused``: its version was not promoted.
    """
    with outbox.sending(home, _notify(plan, "tracking")), _kept(plan, home, verb) as found:
        yield found


def _notify(plan: Plan, who: str) -> Callable[[str], None]:
    """Tells a person at once."""
    return lambda text: plan.watch(Event(who, "told", text))


@contextmanager
def _kept(plan: Plan, home: Workspace, verb: str) -> Iterator[tuple[Plan, Running]]:
    known, tell = _asked_for(plan, home), _notify(plan, "journal")
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
    """The fields that are known before anything is done."""
    choice: Mapping[str, Any] = plan.choice.document()
    return {
        "seed": plan.seed,
        "sample": plan.sample,
        "threads": plan.threads,
        "asked": list(plan.stages),
        "force": plan.force,
        "choice": Choice(**choice),
        "settings": masked(home.settings),
        "sinks": outbox.waiting(home),
        "environment": environment.found(plan.detector.spec.libraries),
    }


def _watching(plan: Plan, running: Running, asked: git.Asked) -> Callable[[Event], None]:
    """Record the outcome of each stage, then pass the event on."""

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
    running.note(**fields_of(event.stage, artifact, running.record))
