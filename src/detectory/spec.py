"""The words and numbers of a ``detector.toml``: what stages and serving need to know of a detector.

Comes in: the text of the file. Goes out: a frozen `Spec`. Code is never here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from detectory.errors import BadDetector


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all tables of ``detector.toml``: an unknown key is an error."""


class Field(Words, frozen=True):
    """One named input that a caller sends."""

    type: Literal["string", "float", "integer"]
    description: str
    example: str | float | int


class Door(Words, frozen=True):
    """A set of fields that goes together."""

    description: str
    fields: dict[str, Field]


class Label(Words, frozen=True):
    """What counts as nothing to see, what an alert is called, and whether alerts have kinds."""

    negative: str
    positive: str
    families: bool = False


class Split(Words, frozen=True):
    """Who may learn from which rows."""

    parts: dict[str, float]
    held_out: dict[str, list[str]] = {}
    train_rows_a_class: int = 10_000
    train_rows_negative: int = 200_000
    least_test_rows_a_family: int = 50


class Budget(Words, frozen=True):
    """How many false alerts a day the user can bear, at how many benign events a day."""

    false_alerts_a_day: float
    benign_events_a_day: float
    prevalence: float

    @property
    def rate(self) -> float:
        """The false positive rate that the budget asks for, at most 1."""
        return min(1.0, self.false_alerts_a_day / self.benign_events_a_day)


class Slice(Words, frozen=True):
    """How to cut the test rows: by a column's values, or by the length of its text."""

    column: str
    lengths: list[int] = []
    top: int = 20


class Limits(Words, frozen=True):
    """What a head may cost."""

    size_mib: float = 20.0
    row_us: float = 30.0


class Spec(Words, frozen=True):
    """The words and numbers of ``detector.toml``."""

    name: str
    title: str
    question: str
    task: Literal["binary"]
    licence: str
    libraries: list[str]
    unique_by: str
    doors: dict[str, Door]
    label: Label
    split: Split
    budget: Budget
    gates: list[dict[str, str | float]]
    slices: dict[str, Slice] = {}
    limits: Limits = Limits()
    ablations: dict[str, list[str]] = {}

    def door_of(self, fields: Sequence[str]) -> str:
        """The door whose fields are all among the given ones; the only door when there is one."""
        fitting = [name for name, door in self.doors.items() if set(door.fields) <= set(fields)]
        return fitting[0] if fitting else next(iter(self.doors))


def read_spec(text: str, *, where: str) -> Spec:
    """The words of a ``detector.toml``.

    Raises `BadDetector`, naming the key, when something does not fit.
    """
    try:
        return msgspec.convert(tomllib.loads(text), Spec)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadDetector(Path(where).parent.name, why=str(error), where=where) from error
