"""Tuning: searches for better parameters, from raw rows to a document that a run can use.

Comes in: a plan as for a run, and a budget. Goes out: the artifact ``NAME/tune`` with every trial, and
``NAME/tuned.json``, which names the latest artifact of every study. Trials are kept under the store as they
end: a search that was interrupted goes on, and one that is over is not run again.
"""

from __future__ import annotations

import importlib
import math
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from detectory import models, pipeline
from detectory.artifacts import Artifact, Store, digest_of, made_now
from detectory.compress import tune as recipe_tune
from detectory.detector import Detector
from detectory.engine import study as studied
from detectory.engine.inputs import Inputs
from detectory.engine.search import Engine, Pruner, Search, Trial, check_budget
from detectory.engine.study import Study
from detectory.errors import HeadAbsent, NothingFound, NotMade, NotTuned, UsageError
from detectory.fingerprint import inputs_of, key_of
from detectory.models.candidate import Candidate
from detectory.models.recipe import Recipe
from detectory.objectives import objectives
from detectory.train import tune

STAGE, DOCUMENT, FILE = "tune", "tuned.json", "studies.json"
#: the stages whose artifacts trials read
READ = ("silver", "gold", "split")
Subject = Candidate | Recipe


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is tried, and by which engine. ``seconds`` is for all studies, the rest for each of them."""

    trials: int = 30
    seconds: float | None = None
    trial_seconds: float = 300.0
    pruner: Pruner = "median"
    jobs: int = 1
    engine: Literal["local", "ray"] = "local"

    def __post_init__(self) -> None:
        check_budget(trials=self.trials, jobs=self.jobs, budget=self.seconds, trial_limit=self.trial_seconds)


@dataclass(frozen=True, slots=True)
class Tuned:
    """The result of a tuning: a document for each study, in order, and the artifact that holds them."""

    artifact: Artifact
    studies: Sequence[Mapping[str, Any]]


def subjects(plan: pipeline.Plan) -> list[Subject]:
    """What is searched: candidates with a space, or those that are named; and the recipes that are named.

    Raises `UsageError` where there is none, `UnknownCandidate`, `SetInVain` and `BadSpace`.
    """
    choice, recipes, heads = plan.choice, plan.detector.recipes, plan.detector.spec.heads
    candidates = [one for one in choice.of(plan.detector.candidates, recipes) if one.head in heads]
    found: list[Subject] = [
        one for one in candidates if (choice.mentions(one) if choice.names else bool(one.space))
    ]
    found += [one for one in choice.recipes(recipes) if choice.mentions(one)]
    for one in found:
        recipe_tune.check(one) if isinstance(one, Recipe) else tune.check(one)
    if not found:
        fix = "give one a `space` in model.py, or name one that is by request: --candidate NAME"
        raise UsageError(f"no candidate of '{plan.detector.name}' has a space to search", fix=fix)
    if not any(isinstance(one, Recipe) for one in found):  # that starts from others, which are fitted, too
        choice.check_used(found)
    return found


def before(searched: Sequence[Subject]) -> tuple[str, ...]:
    """The stages that must be made before: up to fit for a recipe, up to split for a candidate."""
    needs_models = any(isinstance(one, Recipe) for one in searched)
    return pipeline.chosen(last="fit" if needs_models else "split")


def tuned(plan: pipeline.Plan, budget: Budget) -> Tuned:
    """Search for better parameters of every subject; the stages before are made where they are missing.

    With ``plan.force`` earlier trials are forgotten first. Raises `NothingFound` where no trial of
    any study gave a quality, `RunBusy`, and what the stages and the engine raise.
    """
    name, searched = plan.detector.name, subjects(plan)
    with plan.store.locked(f"{name}/{STAGE}"):
        made = pipeline.run(replace(plan, stages=before(searched), force=False))
        began = time.monotonic()
        plan.watch(pipeline.Event(STAGE, "started"))
        documents = list(_searched(_studies(searched, plan, made), plan, budget))
        tried = sum(len(one["trials"]) for one in documents)
        names = ", ".join(one["name"] for one in documents)
        plan.watch(pipeline.Event(STAGE, "said", f"{tried} trials of {names}"))
        if all(one["best"] is None for one in documents):
            raise _nothing(documents[0])
        artifact = _published(documents, plan, {stage: one.digest for stage, one in made.items()})
        plan.watch(pipeline.Event(STAGE, "made", seconds=time.monotonic() - began, artifact=artifact))
        return Tuned(artifact, documents)


def _studies(searched: Sequence[Subject], plan: pipeline.Plan, made: Mapping[str, Artifact]) -> list[Study]:
    """The studies of candidates read the rows, those of recipes the fitted models too.

    Raises `HeadAbsent` where the rows have too few families for the heads of all of them.
    """
    digests = {stage: artifact.digest for stage, artifact in made.items()}
    rows = Inputs(plan.detector, plan.store, {stage: digests[stage] for stage in READ})
    kept: dict[str, Any] = {"seed": plan.seed, "threads": plan.threads}
    candidates = [one for one in searched if isinstance(one, Candidate)]
    recipes = [one for one in searched if isinstance(one, Recipe)]
    studies = [
        *tune.studies(candidates, rows, **kept),
        *recipe_tune.studies(
            recipes, replace(rows, digests=digests), choice=plan.choice, sources=plan.sources, **kept
        ),
    ]
    if not studies:
        first = searched[0]
        raise HeadAbsent(f"{first.head}.{first.name}", head=first.head, heads=objectives(rows))
    return studies


def _searched(studies: Sequence[Study], plan: pipeline.Plan, budget: Budget) -> Iterator[dict[str, Any]]:
    """Each study in turn; the remaining time is shared evenly by the remaining studies."""
    engine = cast("Engine", importlib.import_module(f"detectory.engine.{budget.engine}"))
    until = None if budget.seconds is None else time.monotonic() + budget.seconds
    for at, study in enumerate(studies):
        left = None if until is None else max((until - time.monotonic()) / (len(studies) - at), 0.001)
        what = _search(study, plan, budget, left)
        if plan.force:
            shutil.rmtree(what.storage, ignore_errors=True)
        trials = engine.search(what, study.evaluate, on_trial=_Telling(plan, study, of=budget.trials))
        yield studied.found(study, trials)


class _Telling:
    """Says how far a study is, tells of trials that are the best so far or gave nothing; keeps qualities."""

    def __init__(self, plan: pipeline.Plan, study: Study, *, of: int) -> None:
        self._plan, self._study, self._of = plan, study.name, of
        self._done, self._best = 0, -math.inf
        self._say("")

    def __call__(self, trial: Trial) -> None:
        at = trial.number + 1
        if trial.value is not None:
            self._plan.step(f"{self._study}.quality", trial.number, trial.value)
        if trial.value is not None and trial.value > self._best:
            self._best = trial.value
            self._tell(f"trial {at} of {self._of}: {trial.value:.4f}, the best so far")
        elif trial.why:
            self._tell(f"trial {at} of {self._of}: {trial.state} ({trial.why})")
        self._done = max(self._done, at)  # where several run at once, a later one may end first
        self._say(f"best so far {self._best:.4f}" if self._best > -math.inf else "")

    def _tell(self, text: str) -> None:
        self._plan.watch(pipeline.Event(STAGE, "told", f"{self._study}: {text}"))

    def _say(self, note: str) -> None:
        event = pipeline.Event(STAGE, "said", self._study, done=self._done, of=self._of, note=note)
        self._plan.watch(event)


def _search(study: Study, plan: pipeline.Plan, budget: Budget, seconds: float | None) -> Search:
    """How a study is searched; trials are stored under a key of everything that they depend on."""
    name = "compress" if "fit" in study.rows else "fit"
    stage = next(stage for stage in pipeline.STAGES if stage.name == name)
    inputs = inputs_of(
        plan.detector, module=stage.module, parents=study.rows, parts=(), words=(*stage.words, "limits"),
        code=stage.code, libraries=stage.libraries, seed=plan.seed, raw=None,
        choice=study.document(), kinds=_kinds(study),
    )  # fmt: skip
    key = key_of(inputs)
    return Search(
        study.space, budget.trials, budget.trial_seconds,
        storage=plan.store.root / plan.detector.name / "studies" / f"{study.name}-{key[:16]}",
        seconds=seconds, seed=plan.seed, pruner=budget.pruner, first=study.own, jobs=budget.jobs,
    )  # fmt: skip


def _kinds(study: Study) -> Sequence[str]:
    """The kind that is searched; any, where it is a recipe."""
    return [study.about["kind"]] if "kind" in study.about else models.kinds()


def _published(
    documents: Sequence[dict[str, Any]], plan: pipeline.Plan, parents: Mapping[str, str]
) -> Artifact:
    """Write the documents as an artifact, and note it as the latest one of every study."""
    kind, key = f"{plan.detector.name}/{STAGE}", digest_of(documents)
    with plan.store.writing(kind, key=key, parents=parents, made=made_now()) as out:
        out.write_json(FILE, documents)
        out.facts["studies"] = {one["name"]: len(one["trials"]) for one in documents}
    artifact = plan.store.find(kind, key=key)
    if artifact is None:  # pragma: no cover  # it was published a moment ago, under the lock
        raise NotMade(plan.detector.name, STAGE)
    where = f"{plan.detector.name}/{DOCUMENT}"
    before = plan.store.document(where) or {}
    plan.store.put(where, before | {one["name"]: artifact.digest for one in documents})
    return artifact


def _nothing(document: Mapping[str, Any]) -> NothingFound:
    whys = Counter(one["why"] for one in document["trials"])
    why = "; ".join(f"{count} times: {why}" for why, count in whys.most_common(3))
    return NothingFound(document["name"], trials=len(document["trials"]), why=why)


def found(store: Store, detector: Detector) -> dict[str, dict[str, Any]]:
    """The document of the latest search of each candidate and recipe, with the digests of artifact and split.

    Raises `NotTuned` where none of them was searched yet.
    """
    subjects: list[Subject] = [*detector.candidates, *detector.recipes]
    known = {f"{one.head}.{one.name}" for one in subjects}
    digests = store.document(f"{detector.name}/{DOCUMENT}") or {}
    documents = {name: _document(store, detector, name, digests[name]) for name in known & set(digests)}
    if not documents:
        raise NotTuned(detector.name)
    return dict(sorted(documents.items()))


def _document(store: Store, detector: Detector, name: str, digest: str) -> dict[str, Any]:
    artifact = store.get(f"{detector.name}/{STAGE}", digest)
    documents: list[dict[str, Any]] = artifact.json(FILE)
    known = {"artifact": digest, "split": artifact.manifest["parents"]["split"]}
    return next(one for one in documents if one["name"] == name) | known
