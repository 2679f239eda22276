"""The words and numbers of a ``detector.toml``: what stages and serving need to know of a detector.

Comes in: the text of the file. Goes out: a frozen `Spec`. Code is never here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from detectory.doors import Door
from detectory.errors import BadDetector
from detectory.observables import Findings
from detectory.schema import Column

#: baselines that learn without labels, or from the negative rows alone
UNSUPERVISED = ("isolation forest", "k-means", "isolation forest of negatives", "k-means of negatives")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of all tables of ``detector.toml``: an unknown key is an error."""


class Label(Words, frozen=True):
    """What counts as nothing to see, what an alert is called, and whether alerts have kinds."""

    negative: str
    positive: str
    families: bool = False


class Split(Words, frozen=True):
    """Who may learn from which rows.

    ``order`` names a column (a day, a time) forward in which the parts are dealt; without it, groups
    are drawn. ``stratify`` keeps the shares label by label, or within each combination of the columns
    listed. ``repeats`` is the share of the rows of a training group that test instead, as seen ones. Of a
    group with more rows than ``most_rows_a_group`` (0: any number) so many are drawn: the pages of one
    site say one thing many times over.
    """

    parts: dict[str, float]
    order: str = ""
    stratify: bool | list[str] = True
    repeats: float = 0.0
    most_rows_a_group: int = 0
    held_out: dict[str, list[str]] = {}
    only_trained: dict[str, list[str]] = {}
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


class Compress(Words, frozen=True):
    """Which of the models that are as good as the best one ships.

    ``lose`` is how much of the best one's quality may be lost, in the unit of what the head is chosen by;
    among those that lose no more, the smallest ships (``size``), or the fastest (``time``), which a clock
    decides and so may be another one in the next run.
    """

    lose: float = 0.0
    prefer: Literal["size", "time"] = "size"

    def __post_init__(self) -> None:
        if not self.lose >= 0:
            raise ValueError(f"nobody can lose {self.lose:g}")


class Target(Words, frozen=True):
    """The number that is predicted: the column that sources give it in, and its unit.

    A row whose number is missing, is none, or lies outside ``at_least`` … ``at_most`` is quarantined.
    """

    column: str
    unit: str
    at_least: float | None = None
    at_most: float | None = None


class Intervals(Words, frozen=True):
    """The share of truths that prediction intervals are to hold."""

    coverage: float = 0.9

    def __post_init__(self) -> None:
        if not 0 < self.coverage < 1:
            raise ValueError(f"a coverage of {self.coverage:g} is no share between 0 and 1")


class Forecast(Words, frozen=True):
    """What somebody would say without a model: judged beside it, on the same rows.

    Either a ``column`` of silver that is a forecast itself (the last value that was seen), or the median
    of the training rows that are alike in ``median_by``, or always the same ``value`` (a schedule).
    """

    column: str = ""
    median_by: list[str] = []
    value: float | None = None

    def __post_init__(self) -> None:
        if sum((bool(self.column), bool(self.median_by), self.value is not None)) != 1:
            raise ValueError("a forecast has one of column, median_by and value")


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
    slices: dict[str, Slice] = {}
    limits: Limits = Limits()
    compress: Compress = Compress()
    ablations: dict[str, list[str]] = {}
    leave_out: dict[str, dict[str, list[str]]] = {}

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
    baselines: list[str] = []
    findings: Findings = Findings()

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
    forecasts: dict[str, Forecast] = {}

    def __post_init__(self) -> None:
        for name, door in self.doors.items():
            if self.target.column in door.fields:
                raise ValueError(f"the target '{self.target.column}' is a field of the door '{name}'")

    @property
    def distinct(self) -> list[str]:
        """The columns of which no two rows are alike once duplicates are gone."""
        return self._unique_by


Spec = Binary | Regression


#: the tables that only detectors of one task have
TABLES = {
    "binary": "a detector of the task 'binary' has [label] and [budget]",
    "regression": "a detector of the task 'regression' has [target], and may have [intervals], [forecasts]",
}


def read_spec(text: str, *, where: str) -> Spec:
    """The words of a ``detector.toml``.

    Raises `BadDetector`, naming the key, when something does not fit.
    """
    name = Path(where).parent.name
    try:
        words = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDetector(name, why=str(error), where=where) from error
    try:
        read: Spec = msgspec.convert(words, Spec)
    except msgspec.ValidationError as error:
        raise BadDetector(name, why=_in_words(error, words), where=where) from error
    return read


def _in_words(error: msgspec.ValidationError, words: Mapping[str, object]) -> str:
    """What does not fit; where a whole table is missing or too much, which ones the task has."""
    task = TABLES.get(str(words.get("task")))
    is_of_a_table = " field `" in str(error) and " - at " not in str(error)
    return f"{error}; {task}" if task and is_of_a_table else str(error)
