"""What the judgements of all tasks share: metrics by name, results of checks, and what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


def dicts(metrics: Metrics) -> dict[str, Any]:
    """Metrics as JSON."""
    return {name: value.as_dict() for name, value in metrics.items()}
