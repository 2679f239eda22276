"""Split: which rows train, validate, calibrate and test, so that nothing learned leaks into the judgement.

In: silver. Out: ``parts.parquet``, one row for each of silver's: ``part``, ``group`` and ``seen`` (the
row's family is in training). Rows of one group are never in two parts. Held-out families and populations
only test; rows that ``only_trained`` names only train. A leak that is found all the same stops the run.
"""

from __future__ import annotations

import hashlib
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detectory.errors import LeakFound, PartLacks
from detectory.etl.truth import truth_of
from detectory.job import Job
from detectory.parts import matching
from detectory.schema import keys_of
from detectory.spec import Binary, Spec, Split

UNUSED = "unused"
LEARNING = ("train", "validation", "calibration")


def run(job: Job) -> None:
    """Assign parts, cap the training rows, and look for leaks."""
    spec = job.detector.spec
    rows = pl.read_parquet(job.inputs["silver"].path("rows.parquet"))
    groups = job.detector.part("source").groups({name: rows[name].to_list() for name in rows.columns})
    table = rows.with_columns(
        group=pl.Series(groups, dtype=pl.String), learnable=~matching(spec.split.held_out)
    )
    table = table.with_columns(draw=_draws(table["group"], job.seed))
    table = _thinned(table, spec, job.seed)
    table = _repeated(_capped(_assigned(table, spec), spec), spec.split, job.seed)
    trained = _trained(table, spec)
    table = table.with_columns(seen=_seen(table, trained, spec))
    if leaks := find_leaks(table, spec):
        raise LeakFound(job.detector.name, leaks=leaks)
    job.fact("trained_labels", trained)
    parts = table.select("part", "group", "seen")
    job.out.write_by("parts.parquet", partial(parts.write_parquet, compression="zstd"))
    sides = table.select(pl.concat_str("part", truth_of(spec).side())).to_series()
    counts = dict(sides.value_counts().sort("part").iter_rows())
    if lacking := truth_of(spec).needed() - set(counts):
        raise PartLacks(job.detector.name, sorted(lacking))
    job.fact("rows", counts)
    job.fact("held_out", spec.split.held_out)
    job.fact("families", known_families(table, spec))


def find_leaks(table: pl.DataFrame, spec: Spec) -> list[str]:
    """The leaks, in words; empty when there are none.

    ``table`` holds silver's columns and ``part``, ``group``, ``learnable``, ``seen``. Rows that
    test seen groups on purpose (``split.repeats``) are no leak: they are reported apart.
    """
    used = table.filter(pl.col("part") != UNUSED)
    twice = used.height - used.select(spec.distinct).n_unique()
    apart = used.filter(~(pl.col("seen") & (pl.col("part") == "test"))) if spec.split.repeats else used
    torn = apart.group_by("group").agg(pl.col("part").n_unique()).filter(pl.col("part") > 1)
    learned = used.filter(~pl.col("learnable") & pl.col("part").is_in(LEARNING))
    leaks = []
    if twice:
        leaks.append(f"{twice} rows repeat a '{', '.join(spec.distinct)}' that is there already")
    if torn.height:
        examples = ", ".join(torn["group"].sort().head(3).to_list())
        leaks.append(f"{torn.height} groups stand on two sides ({examples} …)")
    if learned.height:
        leaks.append(f"{learned.height} rows of what is held out would be learned from")
    if spec.split.order and (early := _from_the_future(apart.filter("learnable"), spec)):
        leaks.append(f"{early} rows that are learned from are no older than the first that test")
    return leaks


def _from_the_future(used: pl.DataFrame, spec: Spec) -> int:
    """How many rows are learned from that are not older than the first test row of their stratum."""
    when = pl.col(spec.split.order)
    testing = when.filter(pl.col("part") == "test").min().over(truth_of(spec).stratum())
    return used.filter(pl.col("part").is_in(LEARNING) & (when >= testing)).height


def known_families(table: pl.DataFrame, spec: Spec) -> list[str]:
    """The families that the family head tells apart: trained, and tested on enough rows."""
    if not (isinstance(spec, Binary) and spec.label.families):
        return []
    positive = table.filter(pl.col("target") & pl.col("seen"))
    counted = positive.group_by("label").agg(
        trained=(pl.col("part") == "train").sum(), tested=(pl.col("part") == "test").sum()
    )
    least = spec.split.least_test_rows_a_family
    known = counted.filter(pl.min_horizontal("trained", "tested") >= least)
    return known["label"].sort().to_list()


def _trained(table: pl.DataFrame, spec: Spec) -> list[str]:
    """The labels in training; for a detector that predicts numbers, the populations."""
    return table.filter(pl.col("part") == "train")[truth_of(spec).novelty].unique().sort().to_list()


def _draws(groups: pl.Series, seed: int) -> pl.Series:
    """A number in 0 … 1 for every group: the same on every machine and with every version of a library."""
    distinct = groups.unique(maintain_order=True)
    drawn = [_draw(group, seed) for group in distinct.to_list()]
    table = pl.DataFrame({"group": distinct, "draw": drawn})
    return groups.to_frame("group").join(table, on="group", how="left", maintain_order="left")["draw"]


def _draw(group: str, seed: int) -> float:
    digest = hashlib.blake2b(group.encode(), digest_size=8, salt=str(seed).encode()[:16]).digest()
    return int.from_bytes(digest, "big") / 2**64


def _thinned(table: pl.DataFrame, spec: Spec, seed: int) -> pl.DataFrame:
    """Draws ``most_rows_a_group`` rows of each larger group; the others are not used."""
    if not spec.split.most_rows_a_group:
        return table.with_columns(drawn=pl.lit(True))
    keys = keys_of({name: table[name].to_list() for name in spec.distinct}, spec.distinct)
    drawn = table.with_columns(own=pl.Series([_draw(key, seed) for key in keys], dtype=pl.Float64))
    within = pl.col("own").rank("ordinal").over("group") <= spec.split.most_rows_a_group
    drawn = drawn.with_columns(drawn=within, learnable=pl.col("learnable") & within)
    return drawn.drop("own")


def _assigned(table: pl.DataFrame, spec: Spec) -> pl.DataFrame:
    """A part for every row, the same for all rows of a group.

    A group belongs to the part of its first row; its rows in the time of another part are not used. Held-out
    rows test, unless they share a group with rows that are learned from: then they are not used. Rows that
    are only trained on go to no other part, and take no share of it.
    """
    table = table.with_columns(when=pl.col(spec.split.order or "draw"))
    stratum = truth_of(spec).stratum().first().over("group")
    only_trained = matching(spec.split.only_trained)
    learnable = table.filter(pl.col("learnable") & ~only_trained).with_columns(stratum=stratum)
    dealt = learnable.join(_dealt(learnable, spec.split), on=["stratum", "when"], maintain_order="left")
    first = dealt.group_by("group").agg(whole=pl.col("part").sort_by("when").first())
    own = dealt.select("group", "when", "part").unique()
    joined = table.join(first, on="group", how="left", maintain_order="left")
    joined = joined.join(own, on=["group", "when"], how="left", maintain_order="left")
    held_out = pl.when(pl.col("whole").is_null()).then(pl.lit("test")).otherwise(pl.lit(UNUSED))
    kept = pl.when(pl.col("part") == pl.col("whole")).then("part").otherwise(pl.lit(UNUSED))
    kept = pl.when(only_trained).then(pl.lit("train")).otherwise(kept)
    dealt_to = pl.when("learnable").then(kept).otherwise(held_out)
    return joined.with_columns(part=pl.when("drawn").then(dealt_to).otherwise(pl.lit(UNUSED)))


def _dealt(learnable: pl.DataFrame, split: Split) -> pl.DataFrame:
    """The part of every draw or time: dealt in order within a stratum, until each share is full."""
    placed = learnable.group_by("stratum", "when").agg(rows=pl.len()).sort("stratum", "when")
    placed = placed.with_columns(
        before=pl.col("rows").cum_sum().over("stratum") - pl.col("rows") / 2,
        total=pl.col("rows").sum().over("stratum"),
    )
    return placed.select("stratum", "when", part=_part_of(placed["before"] / placed["total"], split))


def _part_of(position: pl.Series, split: Split) -> pl.Series:
    names = np.array(list(split.parts))
    edges: NDArray[np.float64] = np.cumsum(list(split.parts.values()))[:-1]
    return pl.Series(names[np.searchsorted(edges, position.to_numpy(), side="right")])


def _capped(table: pl.DataFrame, spec: Spec) -> pl.DataFrame:
    """Leaves out training rows over the cap of their class, as the draw decides."""
    truth = truth_of(spec)
    rank = pl.struct("draw", *spec.distinct).rank("ordinal").over("part", truth.kind())
    over = (pl.col("part") == "train") & (rank > truth.most())
    return table.with_columns(part=pl.when(over).then(pl.lit(UNUSED)).otherwise("part"))


def _repeated(table: pl.DataFrame, split: Split, seed: int) -> pl.DataFrame:
    """Some of the rows of each training group test instead; the first always trains."""
    if not split.repeats:
        return table
    number = table.select(pl.int_range(pl.len()).over("group")).to_series()
    draws = [
        _draw(f"{group}/{at}", seed) if at else 1.0 for group, at in zip(table["group"], number, strict=True)
    ]
    tests = (pl.col("part") == "train") & (pl.Series(draws, dtype=pl.Float64) < split.repeats)
    tests &= ~matching(split.only_trained)
    return table.with_columns(part=pl.when(tests).then(pl.lit("test")).otherwise("part"))


def _seen(table: pl.DataFrame, trained: list[str], spec: Spec) -> pl.Series:
    """Whether a row's kind was learned from: its label or population, or its group where ``repeats`` test."""
    if not spec.split.repeats:
        return table[truth_of(spec).novelty].is_in(trained)
    groups = table.filter(pl.col("part") == "train")["group"].unique()
    return table["group"].is_in(groups.implode())
