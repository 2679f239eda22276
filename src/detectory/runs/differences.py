"""What differs between runs: asked, read, made from, run on; and how each did.

In: records of the journal. Out: facts by section, each with its value in every run. Nothing is measured anew:
intervals that overlap do not show that two runs are equal, only that this measurement cannot tell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detectory.journal import Metric, Record, parameters
from detectory.journal.record import Value

SHORT = 12
#: of what a stage was made from, the names that are code; libraries are told with the environment
CODE = ("code ", "file ", "word ")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of several runs, in their order; None where a run does not know it."""

    name: str
    values: tuple[Value, ...]

    @property
    def differs(self) -> bool:
        """Whether not all runs agree.

        >>> Fact("seed", (0, 1)).differs, Fact("seed", (0, 0)).differs
        (True, False)
        """
        return any(value != self.values[0] for value in self.values)


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of several runs, in their order; None where a run has not measured it."""

    name: str
    values: tuple[Metric | None, ...]

    @property
    def differs(self) -> bool:
        """Whether not all runs have the same value and interval."""
        return any(value != self.values[0] for value in self.values)

    def overlaps(self, run: int, *, first: int = 0) -> bool | None:
        """Whether a run's interval and that of the ``first`` have a point in common; None without both.

        >>> Measured("recall", (Metric(0.5, 0.4, 0.6), Metric(0.7, 0.6, 0.8))).overlaps(1)
        True
        """
        ends = [_ends(self.values[place]) for place in (first, run)]
        if None in ends:
            return None
        return max(end[0] for end in ends if end) <= min(end[1] for end in ends if end)

    def change(self, run: int, *, first: int = 0) -> float | None:
        """How much more a run has than the ``first``."""
        before, after = self.values[first], self.values[run]
        if before is None or after is None or before.value is None or after.value is None:
            return None
        return after.value - before.value


def _ends(metric: Metric | None) -> tuple[float, float] | None:
    """Both ends of an interval; None where there is none."""
    if metric is None or metric.low is None or metric.high is None:
        return None
    return metric.low, metric.high


@dataclass(frozen=True, slots=True)
class Compared:
    """Runs side by side: facts by section, and metrics."""

    runs: tuple[Record, ...]
    facts: Mapping[str, tuple[Fact, ...]]
    metrics: tuple[Measured, ...]

    def differing(self) -> dict[str, tuple[Fact, ...]]:
        """The facts that differ; sections in which all agree are left out."""
        found = {name: tuple(fact for fact in facts if fact.differs) for name, facts in self.facts.items()}
        return {name: facts for name, facts in found.items() if facts}


def compared(runs: Sequence[Record]) -> Compared:
    """Put runs side by side."""
    tables = [_sections(run) for run in runs]
    facts = {name: _aligned([table[name] for table in tables]) for name in tables[0]}
    metrics = dict.fromkeys(name for run in runs for name in run.metrics)
    measured = (Measured(name, tuple(run.metrics.get(name) for run in runs)) for name in metrics)
    return Compared(tuple(runs), facts, tuple(measured))


def _aligned(tables: Sequence[Mapping[str, Value]]) -> tuple[Fact, ...]:
    names = dict.fromkeys(name for table in tables for name in table)
    return tuple(Fact(name, tuple(table.get(name) for table in tables)) for name in names)


def _sections(run: Record) -> dict[str, dict[str, Value]]:
    return {
        "parameters": parameters(run),
        "candidates": _candidates(run),
        "data": _flat({"sources": run.sources, "rows": run.data}),
        "stages": {name: stage.artifact[:SHORT] for name, stage in run.stages.items()},
        "code": _code(run),
        "settings": _flat(run.settings),
        "environment": _environment(run),
        "git": {"commit": run.git.commit, "dirty": run.git.dirty} if run.git.commit else {"why": run.git.why},
    }


def _candidates(run: Record) -> dict[str, Value]:
    """Which model each head got, and how it did on validation rows."""
    chosen = {one.head: one for one in run.tried if one.chosen}
    told: dict[str, Value] = {f"{head} chosen": one.name for head, one in chosen.items()}
    return told | {f"{one.head}.{one.name} {one.metric}": one.quality.value for one in run.tried}


def _code(run: Record) -> dict[str, Value]:
    """Digests of files, code and words; what several stages stand on is told once."""
    return {
        name: digest
        for stage in run.stages.values()
        for name, digest in stage.made_from.items()
        if name.startswith(CODE)
    }


def _environment(run: Record) -> dict[str, Value]:
    found = run.environment
    plain: dict[str, Value] = {
        "detectory": found.detectory,
        "python": found.python,
        "platform": found.platform,
        "cpu": found.cpu,
        "cores": found.cores,
    }
    return plain | found.libraries


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, Value]:
    """A tree of values as one table, names joined by dots."""
    found: dict[str, Value] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)):
            found[prefix + name] = ",".join(map(str, value))
        else:
            found[prefix + name] = value if isinstance(value, (int, float, str)) else None
    return found
