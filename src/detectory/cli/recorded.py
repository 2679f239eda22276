"""Runs of the journal, in words and as JSON: a list, one run, two runs side by side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from detectory.cli.summary import HEADLINES, interval
from detectory.cli.table import table
from detectory.journal import Gate, Metric, Record, Series, Tried, Unreadable, parameters
from detectory.journal.process import is_here
from detectory.runs.differences import Compared, Fact, Measured

WIDTH = 14


def summary(one: Record | Unreadable) -> dict[str, Any]:
    """A run in a list."""
    if isinstance(one, Unreadable):
        return {"id": one.id, "state": "unreadable", "error": one.why.as_dict()}
    return {
        "id": one.id,
        "verb": one.verb,
        "detector": one.detector,
        "state": one.state,
        "began": one.began,
        "seconds": one.seconds,
        "version": one.version,
        "error": one.error.code if one.error else None,
        "on": None if one.is_over or is_here(one.process) else one.process.host,
        "headline": _headline(one),
        "metrics": {name: msgspec.to_builtins(found) for name, found in _headlines(one).items()},
        "sinks": one.sinks,
    }


def text_of_list(found: Sequence[Record | Unreadable]) -> str:
    """Runs, one a line; of metrics the first headline."""
    if not found:
        return "no run yet"
    rows = [_line(summary(one)) for one in found]
    return table(rows, ("run", "command", "state", "version", "seconds", "headline"))


def _line(one: Mapping[str, Any]) -> dict[str, Any]:
    if one["state"] == "unreadable":
        return {"run": one["id"], "state": "unreadable", "headline": one["error"]["what"]}
    return {
        "run": one["id"],
        "command": f"{one['verb']} {one['detector']}",
        "state": one["state"] + (f" ({why})" if (why := one["error"] or one["on"]) else ""),
        "version": one["version"],
        "seconds": one["seconds"],
        "headline": one["headline"],
    }


def _headline(one: Record) -> str | None:
    """The first of the metrics that matter; before there are any, the best candidate on validation rows."""
    if metrics := _headlines(one):
        name, found = next(iter(metrics.items()))
        return f"{name} {_shown(found)}"
    rivals = [tried for tried in one.tried if tried.head == one.tried[0].head]
    if not rivals:
        return None
    best = max(rivals, key=lambda one: -math.inf if one.quality.value is None else one.quality.value)
    return f"{best.head}.{best.name} {_shown(best.quality)} on validation"


def document_of(one: Record) -> dict[str, Any]:
    """Everything that is known of a run."""
    document: dict[str, Any] = msgspec.to_builtins(one)
    return document


def text_of(one: Record) -> str:
    """A run for people."""
    return "\n".join(f"{name:{WIDTH}}{text}" for name, text in _told(one))


def _told(one: Record) -> Iterator[tuple[str, str]]:
    yield "run", one.id
    yield "command", f"{one.verb} {one.detector}"
    yield "state", f"{one.state}: {one.error.what} ({one.error.code})" if one.error else one.state
    yield "began", one.began
    if one.seconds is not None:
        yield "seconds", f"{one.seconds:g}"
    if one.version is not None:
        yield "version", f"{one.detector}@{one.version} ({'new' if one.is_new else 'there already'})"
    yield "commit", _commit(one)
    yield "machine", f"{one.environment.cpu}, {one.environment.cores} cores, {one.environment.python}"
    yield from _named("parameters", (f"{name} = {value}" for name, value in parameters(one).items()))
    yield from _named("stages", (_stage(name, one) for name in one.stages))
    yield from _named("candidates", (_candidate(tried) for tried in one.tried))
    yield from _named("by step", map(_series, one.series))
    yield from _named("metrics", (f"{name} {_shown(found)}" for name, found in _headlines(one).items()))
    yield from _named("gates", map(_gate, one.gates))
    yield from _named("sent to", (f"{name}: {state}" for name, state in one.sinks.items()))


def _named(name: str, lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Lines under one name, which stands before the first."""
    for place, line in enumerate(lines):
        yield "" if place else name, line


def _commit(one: Record) -> str:
    if one.git.commit is None:
        return f"none: {one.git.why}"
    return one.git.commit + (", and files that differ from it" if one.git.dirty else "")


def _stage(name: str, one: Record) -> str:
    stage = one.stages[name]
    took = f" in {stage.seconds:g} s" if stage.seconds is not None else ""
    return f"{name:10}{stage.state}{took}, {stage.artifact[:12]}"


def _candidate(tried: Tried) -> str:
    chosen = ", chosen" if tried.chosen else ""
    return f"{tried.head}.{tried.name}: {tried.metric} {_shown(tried.quality)}{chosen}"


def _series(one: Series) -> str:
    """The first, the last and how many."""
    ends = [f"{value:.4g}" if value is not None else "none" for value in (one.value[0], one.value[-1])]
    return f"{one.name}: {ends[0]} to {ends[1]} in {one.steps:,} steps"


def _gate(gate: Gate) -> str:
    return f"{'ok' if gate.passed else 'FAILED'}: {gate.sentence}"


def _headlines(one: Record) -> dict[str, Metric]:
    return {name: one.metrics[name] for name in HEADLINES if name in one.metrics}


def _shown(found: Metric) -> str:
    if found.low is None and found.value is not None:
        return f"{found.value:.4g}"
    return interval({"value": found.value, "low": found.low, "high": found.high})


def document_of_difference(found: Compared) -> dict[str, Any]:
    """What differs between two runs."""
    return {
        "runs": [run.id for run in found.runs],
        "differences": {
            name: {fact.name: list(fact.values) for fact in facts}
            for name, facts in found.differing().items()
        },
        "metrics": {one.name: _measured(one) for one in found.metrics},
    }


def _measured(one: Measured) -> dict[str, Any]:
    values = [value and msgspec.to_builtins(value) for value in one.values]
    return {"values": values, "change": one.change(1), "overlap": one.overlaps(1)}


def text_of_difference(found: Compared) -> str:
    """The same for people: sections in which all agree are left out, and so are metrics that are equal."""
    blocks = [f"{name}\n{_facts(facts)}" for name, facts in found.differing().items()]
    if metrics := [one for one in found.metrics if one.differs]:
        blocks.append(f"metrics\n{table([_metric(one) for one in metrics], _COLUMNS)}")
    first, second = (run.id for run in found.runs)
    return "\n\n".join(blocks) or f"{first} and {second} differ in nothing that is kept"


_COLUMNS = ("metric", "first", "second", "change", "intervals")


def _facts(facts: Sequence[Fact]) -> str:
    rows = [{"name": fact.name, "first": fact.values[0], "second": fact.values[1]} for fact in facts]
    return table(rows, ("name", "first", "second"))


def _metric(one: Measured) -> dict[str, Any]:
    shown = [_shown(value) if value else None for value in one.values]
    change, overlap = one.change(1), one.overlaps(1)
    return {
        "metric": one.name,
        "first": shown[0],
        "second": shown[1],
        "change": None if change is None else f"{change:+.3g}",
        "intervals": None if overlap is None else "overlap" if overlap else "apart",
    }
