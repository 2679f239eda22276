"""Split: which rows train, validate, calibrate and test, so that nothing known leaks into what is judged.

In: silver. Out: ``parts.parquet``, one row for each of silver's: ``part``, ``group`` and ``seen`` (the
row's family is in training). Rows of one group never stand on two sides; held-out families and
populations are only ever tested; a leak that is found all the same stops the run.
"""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectory.errors import LeakFound
from detectory.job import Job
from detectory.spec import Spec, Split

UNUSED = "unused"
LEARNING = ("train", "validation", "calibration")


def run(job: Job) -> None:
    """Assign parts, cap the training rows, and look for leaks."""
    spec = job.detector.spec
    rows = pl.read_parquet(job.inputs["silver"].path("rows.parquet"))
    groups = job.detector.part("source").groups({name: rows[name].to_list() for name in rows.columns})
    table = rows.with_columns(
        group=pl.Series(groups, dtype=pl.String), learnable=~_held_out(rows, spec.split)
    )
    table = table.with_columns(draw=_draws(table["group"], job.seed))
    table = _capped(_assigned(table, spec.split), spec)
    if leaks := find_leaks(table, spec):
        raise LeakFound(job.detector.name, leaks=leaks)
    trained = _trained(table)
    table = table.with_columns(seen=pl.col("label").is_in(trained))
    job.fact("trained_labels", trained)
    parts = table.select("part", "group", "seen")
    job.out.write_by("parts.parquet", partial(parts.write_parquet, compression="zstd"))
    counted = table.group_by("part", "target").len().sort("part", "target")
    sides = {True: "positive", False: "negative"}
    job.fact("rows", {f"{part}, {sides[target]}": count for part, target, count in counted.iter_rows()})
    job.fact("held_out", spec.split.held_out)
    job.fact("families", known_families(table, spec))


def find_leaks(table: pl.DataFrame, spec: Spec) -> list[str]:
    """What stands on two sides, in words; empty when nothing does.

    ``table`` holds silver's columns and ``part``, ``group``, ``learnable``.
    """
    used = table.filter(pl.col("part") != UNUSED)
    twice = used.height - used[spec.unique_by].n_unique()
    torn = used.group_by("group").agg(pl.col("part").n_unique()).filter(pl.col("part") > 1)
    learned = used.filter(~pl.col("learnable") & pl.col("part").is_in(LEARNING))
    leaks = []
    if twice:
        leaks.append(f"{twice} rows repeat a '{spec.unique_by}' that is there already")
    if torn.height:
        examples = ", ".join(torn["group"].sort().head(3).to_list())
        leaks.append(f"{torn.height} groups stand on two sides ({examples} …)")
    if learned.height:
        leaks.append(f"{learned.height} rows of what is held out would be learned from")
    return leaks


def known_families(table: pl.DataFrame, spec: Spec) -> list[str]:
    """The families that the family head tells apart: trained, and tested on enough rows."""
    if not spec.label.families:
        return []
    positive = table.filter(pl.col("target") & pl.col("seen"))
    counted = positive.group_by("label").agg(
        trained=(pl.col("part") == "train").sum(), tested=(pl.col("part") == "test").sum()
    )
    least = spec.split.least_test_rows_a_family
    known = counted.filter(pl.min_horizontal("trained", "tested") >= least)
    return known["label"].sort().to_list()


def _trained(table: pl.DataFrame) -> list[str]:
    """The labels that are learned from."""
    return table.filter(pl.col("part") == "train")["label"].unique().sort().to_list()


def _held_out(rows: pl.DataFrame, split: Split) -> pl.Series:
    masks = [rows[column].is_in(values) for column, values in split.held_out.items()]
    nothing = pl.Series(np.zeros(rows.height, dtype=bool))
    for mask in masks:
        nothing = nothing | mask
    return nothing


def _draws(groups: pl.Series, seed: int) -> pl.Series:
    """A number in 0 … 1 for every group, the same on every machine and for every library version."""
    distinct = groups.unique(maintain_order=True)
    drawn = [_draw(group, seed) for group in distinct.to_list()]
    table = pl.DataFrame({"group": distinct, "draw": drawn})
    return groups.to_frame("group").join(table, on="group", how="left", maintain_order="left")["draw"]


def _draw(group: str, seed: int) -> float:
    digest = hashlib.blake2b(group.encode(), digest_size=8, salt=str(seed).encode()[:16]).digest()
    return int.from_bytes(digest, "big") / 2**64


def _assigned(table: pl.DataFrame, split: Split) -> pl.DataFrame:
    """A part for every row, the same for all rows of a group.

    Groups are dealt out label by label, so that each label keeps the declared shares. Held-out rows
    test; those that share a group with rows that are learned from are not used.
    """
    groups = _dealt(table.filter("learnable"), split)
    joined = table.join(groups, on="group", how="left", maintain_order="left")
    held_out = pl.when(pl.col("part").is_null()).then(pl.lit("test")).otherwise(pl.lit(UNUSED))
    return joined.with_columns(part=pl.when("learnable").then("part").otherwise(held_out))


def _dealt(learnable: pl.DataFrame, split: Split) -> pl.DataFrame:
    """Every group with its part: within a label, in the order of the draw, until each share is full."""
    whole = learnable.group_by("group", maintain_order=True).agg(
        pl.col("label").first(), pl.col("draw").first(), rows=pl.len()
    )
    placed = whole.sort("label", "draw").with_columns(
        before=pl.col("rows").cum_sum().over("label") - pl.col("rows") / 2,
        total=pl.col("rows").sum().over("label"),
    )
    return placed.select("group", part=_part_of(placed["before"] / placed["total"], split))


def _part_of(position: pl.Series, split: Split) -> pl.Series:
    names = np.array(list(split.parts))
    edges: NDArray[np.float64] = np.cumsum(list(split.parts.values()))[:-1]
    return pl.Series(names[np.searchsorted(edges, position.to_numpy(), side="right")])


def _capped(table: pl.DataFrame, spec: Spec) -> pl.DataFrame:
    """Training rows beyond what a class may have are not used; which, the draw decides."""
    rank = pl.struct("draw", spec.unique_by).rank("ordinal").over("part", "label")
    most = pl.when("target").then(spec.split.train_rows_a_class).otherwise(spec.split.train_rows_negative)
    over = (pl.col("part") == "train") & (rank > most)
    return table.with_columns(part=pl.when(over).then(pl.lit(UNUSED)).otherwise("part"))
