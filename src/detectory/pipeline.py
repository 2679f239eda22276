"""The pipeline: runs stages, each made once from the same inputs.

Read `detectory.stages` for what happens in which order, and `run` for how: a stage whose inputs, code and
settings have the same digest as before is not made again.
"""

from __future__ import annotations

import importlib
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from detectory import unfinished
from detectory.artifacts import Artifact, Store, made_now
from detectory.choice import Choice
from detectory.detector import Detector, Sources
from detectory.errors import NotMade
from detectory.fingerprint import inputs_of, key_of, summary_of
from detectory.job import Job, StepTo, unrecorded
from detectory.stages import (
    NAMES as NAMES,
    PROMOTE as PROMOTE,
    REGISTER as REGISTER,
    STAGES as STAGES,
    Stage as Stage,
    chosen as chosen,
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person may want to see of a stage.

    It ``started``; it ``said`` how far it is (``text``, with the steps ``done`` ``of`` how many, and a
    ``note``); it ``told`` a sentence that is to be shown at once; or its ``artifact`` was ``made``, or
    ``kept`` from an earlier run.
    """

    stage: str
    state: Literal["started", "said", "told", "made", "kept"]
    text: str = ""
    seconds: float = 0.0
    artifact: Artifact | None = None
    made_from: Mapping[str, str] = field(default_factory=dict)
    done: int = 0
    of: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which stages to run, on what. ``run`` is the id in the journal, ``step`` records metrics by step."""

    detector: Detector
    store: Store
    sources: Sources
    stages: tuple[str, ...] = NAMES
    sample: float = 1.0
    seed: int = 0
    threads: int = 2
    choice: Choice = field(default_factory=Choice)
    force: bool = False
    watch: Callable[[Event], None] = field(default=lambda event: None)
    step: StepTo = unrecorded
    run: str = ""


def preview(plan: Plan) -> dict[str, str]:
    """What a run would do with each chosen stage: keep what is made, or make it."""
    made: dict[str, Artifact] = {}
    states = {}
    for stage in STAGES:
        artifact = _found(stage, plan, made)
        if artifact:
            made[stage.name] = artifact
        states[stage.name] = "keep" if artifact and not (plan.force and stage.name in plan.stages) else "make"
    last = "make" if "make" in states.values() else "keep"  # what is signed follows from what was made
    return {name: states.get(name, last) for name in plan.stages}


def run(plan: Plan) -> dict[str, Artifact]:
    """Make the chosen stages, skipping those made before from the same inputs.

    Gives every artifact of the path by stage name. Raises `NotMade` when a stage that was not chosen
    is needed and is not there, `RunBusy` when another run holds the detector, and what a stage raises.
    """
    made: dict[str, Artifact] = {}
    with plan.store.locked(plan.detector.name):
        for stage in STAGES:
            plan.store.sweep(_kind(stage, plan))
            plan.store.sweep(f"{_kind(stage, plan)}/by-key")
        for stage in _up_to_last(plan.stages):
            made[stage.name] = _made(stage, plan, made)
        unfinished.sweep(plan.store, plan.detector.name, now=time.time())
    return made


def _up_to_last(names: Sequence[str]) -> tuple[Stage, ...]:
    """The stages up to the last of these names: what is not among them must be there already."""
    return STAGES[: 1 + max(NAMES.index(name) for name in names)]


def _made(stage: Stage, plan: Plan, made: Mapping[str, Artifact]) -> Artifact:
    wanted, inputs = stage.name in plan.stages, _inputs(stage, plan, made)
    before = plan.store.find(_kind(stage, plan), key=key_of(inputs))
    if before and not (wanted and plan.force):
        plan.watch(Event(stage.name, "kept", artifact=before, made_from=summary_of(inputs)))
        return before
    if not wanted:
        raise NotMade(plan.detector.name, stage.name)
    return _make(stage, plan, made, inputs)


def _found(stage: Stage, plan: Plan, made: Mapping[str, Artifact]) -> Artifact | None:
    if any(name not in made for name in stage.after):
        return None
    return plan.store.find(_kind(stage, plan), key=key_of(_inputs(stage, plan, made)))


def _make(stage: Stage, plan: Plan, made: Mapping[str, Artifact], inputs: Mapping[str, Any]) -> Artifact:
    plan.watch(Event(stage.name, "started"))
    began, kind, key = time.monotonic(), _kind(stage, plan), key_of(inputs)
    work = unfinished.folder_of(plan.store, plan.detector.name, key)
    with plan.store.writing(kind, key=key, parents=inputs["parents"], made=made_now(plan.run)) as out:
        job = Job(
            plan.detector, made, out, plan.sources,
            sample=plan.sample, seed=plan.seed, threads=plan.threads, choice=plan.choice, work=work,
            say=lambda text, **far: plan.watch(Event(stage.name, "said", text, **far)), step=plan.step,
        )  # fmt: skip
        importlib.import_module(f"detectory.{stage.module}").run(job)
        job.measure("seconds", round(time.monotonic() - began, 3))
    shutil.rmtree(work, ignore_errors=True)
    artifact = plan.store.find(kind, key=key)
    if artifact is None:  # pragma: no cover  # it was published a moment ago, under the run's lock
        raise NotMade(plan.detector.name, stage.name)
    seconds = time.monotonic() - began
    plan.watch(Event(stage.name, "made", seconds=seconds, artifact=artifact, made_from=summary_of(inputs)))
    return artifact


def _kind(stage: Stage, plan: Plan) -> str:
    return f"{plan.detector.name}/{stage.name}"


def _inputs(stage: Stage, plan: Plan, made: Mapping[str, Artifact]) -> dict[str, Any]:
    """What the stage's result depends on."""
    # the parameters of recipes are read by compress alone: nothing is fitted again when they change
    recipes = plan.detector.recipes if stage.name == "fit" else ()
    return inputs_of(
        plan.detector, module=stage.module, parents={name: made[name].digest for name in stage.after},
        parts=stage.parts, words=stage.words, code=stage.code, libraries=stage.libraries, seed=plan.seed,
        raw=None if stage.after else {"sample": plan.sample, "sources": plan.sources},
        choice=plan.choice.document(but=recipes) if stage.chooses else None,
        kinds=plan.choice.kinds(plan.detector.candidates, plan.detector.recipes) if stage.chooses else (),
    )  # fmt: skip
