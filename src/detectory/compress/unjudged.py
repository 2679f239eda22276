"""Rows without labels, for a teacher to answer and a student to learn from.

In: silver and the split. Out: rows that the split uses for nothing, mostly those over the cap of a class.
Their labels are not read. To keep the judgement honest, a row is left out if its group has rows in another
part than training, if it belongs to what is held out, or if it is not older than every row of the other
parts.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from detectory import parts
from detectory.job import Job
from detectory.parts import Part

#: the parts whose rows no student may see, nor rows of their groups
JUDGED = ("validation", "calibration", "test")


def unjudged(job: Job, *, most: int) -> Part:
    """At most ``most`` of these rows, taken evenly from all of them."""
    kept = parts.part(job, "unused").where(_allowed(job))
    step = max(-(-len(kept.at) // most), 1)
    return kept.where(pl.int_range(pl.len()) % step == 0)


def together(train: Part, more: Part) -> Part:
    """The training rows, followed by more rows."""
    return Part(pl.concat([train.rows, more.rows]), np.concatenate([train.at, more.at]), train.gold)


def _allowed(job: Job) -> pl.Expr:
    """Which of the unused rows; of the rows that judge, only groups and times are read."""
    split = job.detector.spec.split
    told = pl.read_parquet(job.inputs["split"].path("parts.parquet"), columns=["part", "group"])
    judged = told["part"].is_in(JUDGED)
    apart = ~pl.col("group").is_in(told["group"].filter(judged).unique().implode())
    allowed = apart & ~parts.matching(split.held_out)
    if not split.order:
        return allowed
    when = pl.read_parquet(job.inputs["silver"].path("rows.parquet"), columns=[split.order]).to_series()
    return allowed & (pl.col(split.order) < when.filter(judged).min())
