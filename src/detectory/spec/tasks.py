"""A whole ``detector.toml``, by task: a detector alerts (`Binary`) or predicts a number (`Regression`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from detectory.doors import Door
from detectory.observables import Findings
from detectory.schema import Column
from detectory.spec.tables import (
    Budget,
    Compress,
    Forecast,
    Intervals,
    Label,
    Limits,
    Slice,
    Split,
    Target,
    Words,
)

#: baselines that learn without labels, or from the negative rows alone
UNSUPERVISED = ("isolation forest", "k-means", "isolation forest of negatives", "k-means of negatives")


class Common(Words, frozen=True, kw_only=True):
    """What every ``detector.toml`` holds, whatever its task."""

    name: str
    title: str
    question: str
    licence: str
    libraries: list[str]
    unique_by: str | list[str]
    doors: dict[str, Door]
    split: Split
    gates: list[dict[str, str | float]]
    slices: dict[str, Slice] = msgspec.field(default_factory=dict)
    limits: Limits = Limits()
    compress: Compress = Compress()
    ablations: dict[str, list[str]] = msgspec.field(default_factory=dict)
    leave_out: dict[str, dict[str, list[str]]] = msgspec.field(default_factory=dict)

    @property
    def key(self) -> list[str]:
        """The columns that make two entities the same one."""
        # what is true of an entity is no part of it
        return [name for name in self._unique_by if name != "label"]

    @property
    def _unique_by(self) -> list[str]:
        return [self.unique_by] if isinstance(self.unique_by, str) else self.unique_by

    @property
    def asked(self) -> list[dict[str, bool]]:
        """The fields of each door, and whether a row must have each."""
        return [
            {name: not field.optional for name, field in door.fields.items()} for door in self.doors.values()
        ]

    def door_of(self, fields: Sequence[str]) -> str:
        """The door whose required fields are all among the given ones; the first when none fits."""
        fitting = [name for name, door in self.doors.items() if set(door.required) <= set(fields)]
        return fitting[0] if fitting else next(iter(self.doors))

    def is_gathered(self, fields: Sequence[str]) -> bool:
        """Whether many rows of these fields become one entity."""
        return bool(self.doors[self.door_of(fields)].key)

    def tells(self, fields: Sequence[str]) -> list[str]:
        """What answers to rows of these fields tell of their entities."""
        return self.doors[self.door_of(fields)].tells

    def rows_of(self, columns: Mapping[str, Column]) -> dict[str, Column]:
        """What a caller would send for these entities: the columns of the door that takes them."""
        fields = self.doors[self.door_of(list(columns))].fields
        return {name: columns[name] for name in fields if name in columns}


class Binary(Common, frozen=True, kw_only=True, tag_field="task", tag="binary"):
    """A detector that alerts: a label, and a budget of false alerts."""

    label: Label
    budget: Budget
    conflicts: Literal["quarantine", "keep"] = "quarantine"
    baselines: list[str] = msgspec.field(default_factory=list)
    findings: Findings = Findings()

    @property
    def heads(self) -> tuple[str, ...]:
        """What a version may answer, the head that decides first."""
        return ("score", "family") if self.label.families else ("score",)

    @property
    def simpler(self) -> list[str]:
        """The candidates that are judged beside the version as baselines, chosen or not."""
        return [name for name in self.baselines if name not in UNSUPERVISED]

    @property
    def distinct(self) -> list[str]:
        """The columns of which no two rows are alike once duplicates are gone."""
        return [*self.key, "label"] if self.conflicts == "keep" else self.key


class Regression(Common, frozen=True, kw_only=True, tag_field="task", tag="regression"):
    """A detector that predicts a number: a target and intervals, no threshold and so no budget."""

    target: Target
    intervals: Intervals = Intervals()
    forecasts: dict[str, Forecast] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, door in self.doors.items():
            if self.target.column in door.fields:
                raise ValueError(f"the target '{self.target.column}' is a field of the door '{name}'")

    @property
    def heads(self) -> tuple[str, ...]:
        """What a version may answer, the head that decides first."""
        return ("value", "low", "high")

    @property
    def distinct(self) -> list[str]:
        """The columns of which no two rows are alike once duplicates are gone."""
        return self._unique_by


Spec = Binary | Regression
