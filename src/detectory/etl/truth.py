"""The truth of a row: a label that decides alerts, or a number that is predicted.

In: the spec of a detector. Out: expressions over the columns of bronze, silver and the split. The only place
of the ETL that depends on the task.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from detectory.spec import Binary, Regression, Spec

LEARNED_AND_TESTED = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Labels:
    """The column ``label`` holds the negative label or a kind; ``target`` is whether a row is positive."""

    spec: Binary

    @property
    def column(self) -> str:
        """The column of bronze."""
        return "label"

    @property
    def beside(self) -> list[str]:
        """Columns of bronze that silver keeps beside the entities'."""
        return []

    @property
    def novelty(self) -> str:
        """The column by whose values a row counts as seen or unseen."""
        return "label"

    @property
    def field(self) -> str:
        """What a row with a fault is quarantined for."""
        return self.spec.key[0]

    def target(self) -> pl.Expr:
        """Boolean; null without a label."""
        return pl.when(pl.col("label") != "").then(pl.col("label") != self.spec.label.negative)

    def fault(self) -> pl.Expr:
        """Why a row is of no use: its entity has no label, or both labels; else null.

        With ``conflicts = "keep"`` an entity with both labels stays, as two rows of one group: the fields of
        some detectors (flows) do not tell everything apart.
        """
        unlabelled = pl.when(pl.col("target").is_null()).then(pl.lit("no_label"))
        if self.spec.conflicts == "keep":
            return unlabelled
        both = pl.col("target").drop_nulls().n_unique().over(self.spec.key) > 1
        return unlabelled.when(both).then(pl.lit("label_conflict"))

    def text(self) -> pl.Expr:
        """What is shown of a row with a fault."""
        return pl.concat_str(pl.col(self.spec.key).cast(pl.String), separator=", ", ignore_nulls=True)

    def stratum(self) -> pl.Expr:
        """The rows among which the shares of the parts are kept: by label, by some columns, or all."""
        by = self.spec.split.stratify
        columns = by if isinstance(by, list) else ["label"] * by
        return pl.concat_str(pl.lit(""), *columns, separator="/", ignore_nulls=True)

    def kind(self) -> pl.Expr:
        """The training rows that share a cap."""
        return pl.col("label")

    def most(self) -> pl.Expr:
        """The cap on training rows of the row's label."""
        split = self.spec.split
        return pl.when("target").then(split.train_rows_a_class).otherwise(split.train_rows_negative)

    def side(self) -> pl.Expr:
        """What follows the part's name where rows are counted."""
        return pl.when("target").then(pl.lit(", positive")).otherwise(pl.lit(", negative"))

    def needed(self) -> set[str]:
        """Parts and sides that must have rows; the threshold reads only negative ones."""
        every = {f"{part}, {side}" for part in LEARNED_AND_TESTED for side in ("positive", "negative")}
        return every | {"calibration, negative"}

    def facts(self, good: pl.DataFrame) -> dict[str, Any]:
        """Facts of silver: rows by label."""
        counted = good.group_by("label").len().sort("label")
        return {"classes": dict(zip(counted["label"], counted["len"], strict=True))}


@dataclass(frozen=True, slots=True)
class Numbers:
    """The declared column holds a number; ``label`` keeps it as found, ``target`` as float64."""

    spec: Regression

    @property
    def beside(self) -> list[str]:
        """Columns of bronze that silver keeps beside the entities': what others forecast."""
        return [words.column for words in self.spec.forecasts.values() if words.column]

    @property
    def novelty(self) -> str:
        """The column by whose values a row counts as seen or unseen."""
        return "population"

    @property
    def column(self) -> str:
        """The column of bronze."""
        return self.spec.target.column

    @property
    def field(self) -> str:
        """What a row with a fault is quarantined for."""
        return self.spec.target.column

    def target(self) -> pl.Expr:
        """Float64; null for what is no number."""
        return pl.col("label").str.strip_chars().cast(pl.Float64, strict=False)

    def fault(self) -> pl.Expr:
        """Why a row is of no use: its number is missing, is not a number, or is out of range; else null."""
        number, words = pl.col("target"), self.spec.target
        least = -math.inf if words.at_least is None else words.at_least
        most = math.inf if words.at_most is None else words.at_most
        return (
            pl.when(pl.col("label").is_null() | (pl.col("label").str.strip_chars() == ""))
            .then(pl.lit("no_target"))
            .when(number.is_null() | ~number.is_finite())
            .then(pl.lit("target_not_a_number"))
            .when((number < least) | (number > most))
            .then(pl.lit("target_out_of_range"))
        )

    def text(self) -> pl.Expr:
        """What is shown of a row with a fault."""
        return pl.col("label").fill_null("")

    def stratum(self) -> pl.Expr:
        """Shares are kept over all rows: there are no labels to keep them by."""
        return pl.lit("")

    def kind(self) -> pl.Expr:
        """All training rows share one cap."""
        return pl.lit("")

    def most(self) -> pl.Expr:
        """The cap on training rows."""
        return pl.lit(self.spec.split.train_rows_negative)

    def side(self) -> pl.Expr:
        """Nothing: there is only one side."""
        return pl.lit("")

    def needed(self) -> set[str]:
        """Parts that must have rows."""
        return {*LEARNED_AND_TESTED, "calibration"}

    def facts(self, good: pl.DataFrame) -> dict[str, Any]:
        """Facts of silver: quantiles of the target."""
        shares = {"least": 0.0, "p10": 0.1, "median": 0.5, "p90": 0.9, "most": 1.0}
        return {"target": {name: good["target"].quantile(share) for name, share in shares.items()}}


Truth = Labels | Numbers


def truth_of(spec: Spec) -> Truth:
    """The truth of a detector's rows, by its task."""
    match spec:
        case Binary():
            return Labels(spec)
        case Regression():
            return Numbers(spec)
