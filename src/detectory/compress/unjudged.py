"""Rows beside the training rows that a teacher may speak of: nobody is judged by them, or near them.

In: silver and the split. Out: rows that the split uses for nothing (those over the cap of a class, mostly).
What is true of them is not read. A row stays out if its group has rows in another part than training, if it
is of what is held out, or if it is no older than the first row that anything but training reads: it would
tell what judgement must not know.
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
    """At most so many of them, evenly taken from all."""
    kept = parts.part(job, "unused").where(_allowed(job))
    step = max(-(-len(kept.at) // most), 1)
    return kept.where(pl.int_range(pl.len()) % step == 0)


def together(train: Part, more: Part) -> Part:
    """Training rows, and more behind them."""
    return Part(pl.concat([train.rows, more.rows]), np.concatenate([train.at, more.at]), train.gold)


def _allowed(job: Job) -> pl.Expr:
    """Which rows; of those that are judged, their groups are read and when they were, and nothing else."""
    split = job.detector.spec.split
    told = pl.read_parquet(job.inputs["split"].path("parts.parquet"), columns=["part", "group"])
    judged = told["part"].is_in(JUDGED)
    apart = ~pl.col("group").is_in(told["group"].filter(judged).unique().implode())
    allowed = apart & ~parts.matching(split.held_out)
    if not split.order:
        return allowed
    when = pl.read_parquet(job.inputs["silver"].path("rows.parquet"), columns=[split.order]).to_series()
    return allowed & (pl.col(split.order) < when.filter(judged).min())
