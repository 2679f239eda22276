"""The rows of one part of the split: silver's columns, their positions, and their tensors from gold.

The one place where silver, split and gold are joined; they hold the same rows in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectory import tensors
from detectory.artifacts import Artifact
from detectory.job import Reads
from detectory.schema import Array, Features


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a part: ``rows`` are silver's columns with ``group`` and ``seen``, ``at`` their positions."""

    rows: pl.DataFrame
    at: NDArray[np.int64]
    gold: Artifact

    def features(self, wanted: Iterable[str] | None = None) -> Features:
        """The tensors of these rows; all of gold's by default."""
        return tensors.read(self.gold, wanted or tensors.names_in(self.gold), self.at)

    @property
    def target(self) -> Array:
        """What is true of the rows: bool[N], whether they are positive, or float64[N], a number."""
        return self.rows["target"].to_numpy()

    @property
    def groups(self) -> NDArray[np.int64]:
        """int64[N]: rows of one group have one number."""
        _, numbers = np.unique(self.rows["group"].to_numpy(), return_inverse=True)
        return numbers.astype(np.int64)

    def labels(self, classes: Iterable[str]) -> NDArray[np.int64]:
        """int64[N]: each row's label as an index into ``classes``."""
        order = {name: at for at, name in enumerate(classes)}
        return np.array([order[name] for name in self.rows["label"].to_list()], dtype=np.int64)

    def where(self, condition: pl.Expr) -> Part:
        """Those of these rows for which a condition holds."""
        chosen = self.rows.select(condition).to_series().to_numpy()
        return Part(self.rows.filter(pl.Series(chosen)), self.at[chosen], self.gold)


def matching(values: Mapping[str, Sequence[str]]) -> pl.Expr:
    """Rows of which one of the columns holds one of the values listed for it; none where none is listed."""
    return pl.any_horizontal(pl.lit(False), *(pl.col(name).is_in(listed) for name, listed in values.items()))


def part(job: Reads, name: str) -> Part:
    """The rows of the part ``name``: train, validation, calibration or test."""
    silver = pl.read_parquet(job.inputs["silver"].path("rows.parquet"))
    split = pl.read_parquet(job.inputs["split"].path("parts.parquet"))
    at = np.flatnonzero((split["part"] == name).to_numpy())
    whole = pl.concat([silver, split.select("group", "seen")], how="horizontal")
    return Part(whole[at], at, job.inputs["gold"])


def families(job: Reads) -> list[str]:
    """The families that the split found to be known well enough to tell apart."""
    names: list[str] = job.inputs["split"].facts["families"]
    return names
