"""A trial for people: what is planned, how far it is, and whether a person may end it well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from detectory.cli import spans
from detectory.cli.grammar import Target
from detectory.errors import NotProven
from detectory.monitor.evidence import Truth
from detectory.monitor.guards import bearable
from detectory.monitor.policy import in_words, is_better
from detectory.registry import trials
from detectory.registry.trial import Move, Trial

if TYPE_CHECKING:
    from detectory.library import Workspace


def planned(home: Workspace, target: Target, *, now: datetime, shadow: bool, override: str) -> Trial:
    """The trial that would begin now. Raises what `trials.planned` raises."""
    rules = home.settings.canary
    return trials.planned(
        home.store,
        target.name,
        target.version or "latest",
        rules=msgspec.structs.replace(rules, steps=(0,)) if shadow else rules,
        budget=bearable,
        trusted=home.trusted,
        now=now,
        override=override,
    )


def promoted(home: Workspace, name: str, *, override: str, now: datetime) -> int:
    """Promote the challenger. Raises `NoTrial`, and `NotProven` where a person must say why."""
    found = trials.required(home.store, name)
    truth = Truth(**found.evidence.get("truth", {}))
    if not override and not is_better(truth, found.rules):
        raise NotProven(name, found.challenger, why=in_words(truth))
    move = Move("promote", 100, override or in_words(truth), found.evidence)
    trials.conclude(home.store, name, move, trusted=home.trusted, now=now, override=override)
    return found.challenger


def document(name: str, trial: Trial | None) -> dict[str, Any]:
    """For ``--json``."""
    return {"detector": name, "trial": msgspec.to_builtins(trial)}


def plan_of(name: str, trial: Trial) -> str:
    """What will be done."""
    return "\n".join(f"{subject:12}{text}" for subject, text in _plan(name, trial))


def text_of(name: str, trial: Trial | None, ended: Mapping[str, Any] | None, *, now: datetime) -> str:
    """How far it is, or how the last one ended."""
    if trial is not None:
        return "\n".join(f"{subject:12}{text}" for subject, text in _state(name, trial, now))
    if ended is None:
        return f"no version of '{name}' was tried yet"
    return f"{name}@{ended['version']}: {ended['action']} at {ended['at']}: {ended['reason']}"


def _plan(name: str, trial: Trial) -> Iterator[tuple[str, str]]:
    rules = trial.rules
    yield "challenger", f"{name}@{trial.challenger}, beside the champion {name}@{trial.champion}"
    yield "steps", " · ".join(f"{share} %" for share in rules.steps)
    yield "each step", f"{rules.least_rows:,} rows and {spans.in_words(rules.least_s)} at least"
    yield (
        "labels",
        f"decide; without them not beyond {rules.unproven} %; wrong in {rules.alpha * 100:g} % at most",
    )
    yield (
        "taken out",
        f"failing {rules.failed * 100:g} % of the rows, {rules.slower:g} times the time, NaN, one score",
    )
    yield (
        "",
        f"for all, {trial.budget * 100:g} % more alerts, half of them lost, "
        f"{spans.in_words(rules.silent_s)} without a row",
    )


def _state(name: str, trial: Trial, now: datetime) -> Iterator[tuple[str, str]]:
    age = spans.in_words((now - trial.since).total_seconds())
    yield "challenger", f"{name}@{trial.challenger}, beside the champion {name}@{trial.champion}"
    yield "share", f"{trial.share} % of the entities, for {age}"
    yield "rows", f"{trial.rows:,} in this step, {trial.counts.get('rows', 0):,} in all"
    yield (
        "alerts",
        f"{_counted(trial, 'added')} added, {_counted(trial, 'lost')} lost, {_counted(trial, 'kept')} kept",
    )
    yield "labels", in_words(Truth(**trial.evidence.get("truth", {})))
    yield "held", trial.said or "it has just begun"


def _counted(trial: Trial, name: str) -> str:
    return f"{trial.counts.get(name, 0):,}"
