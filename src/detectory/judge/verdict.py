"""What the verdicts of all tasks share: metrics by name, and what a version is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from detectory.metrics import Interval

Metrics = Mapping[str, Interval]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of one behavioural check: the share of rows for which it held."""

    name: str
    kind: str
    held: Interval
    passed: bool
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON."""
        words = {"name": self.name, "kind": self.kind, "passed": self.passed, "note": self.note}
        return words | {"held": self.held.as_dict()}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """On ``rows`` test rows of one kind: a model that never learned from such rows, and this version."""

    rows: int
    without: Metrics
    version: Metrics

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON."""
        return {"rows": self.rows, "without": dicts(self.without), "version": dicts(self.version)}

    @classmethod
    def from_dict(cls, facts: Mapping[str, Any]) -> LeftOut:
        """The comparison that ``to_dict`` gave."""
        sides = (
            {name: Interval.from_dict(at) for name, at in facts[s].items()} for s in ("without", "version")
        )
        return cls(facts["rows"], *sides)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons:
    """What a version is held against: metrics of baselines and ablations by name, and behavioural checks."""

    baselines: Mapping[str, Metrics] = field(default_factory=dict)
    ablations: Mapping[str, Metrics] = field(default_factory=dict)
    left_out: Mapping[str, LeftOut] = field(default_factory=dict)
    behaviour: Sequence[CheckResult] = ()

    def comparisons(self) -> dict[str, Any]:
        """The comparisons as JSON."""
        return {
            "baselines": {name: dicts(metrics) for name, metrics in self.baselines.items()},
            "ablations": {name: dicts(metrics) for name, metrics in self.ablations.items()},
            "left_out": {name: one.to_dict() for name, one in self.left_out.items()},
            "behaviour": [check.to_dict() for check in self.behaviour],
        }


def dicts(metrics: Metrics) -> dict[str, Any]:
    """Metrics as JSON."""
    return {name: value.as_dict() for name, value in metrics.items()}
