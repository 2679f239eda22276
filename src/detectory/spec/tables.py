"""The tables of a ``detector.toml``: each a frozen struct whose unknown keys are errors.

A table checks what concerns itself alone; what has to fit together is checked by the task, in `spec.tasks`.
"""

from __future__ import annotations

from typing import Literal

import msgspec


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
