"""Silver: typed, canonical, deduplicated entities. Every row of bronze is good, rejected or a duplicate.

In: bronze. Out: ``rows.parquet`` (the entities with label, target, population, batch, origin and
where each came from) and ``quarantine.parquet`` (what did not get in, with the reason). The same
``parse`` runs here and in serving; deduplication is here alone. A row that went into several entities
counts once: as good when one of them is.
"""

from __future__ import annotations

from functools import partial

import polars as pl

from detectory.errors import BadDetector, NothingGood
from detectory.etl import entities
from detectory.etl.truth import Truth, truth_of
from detectory.job import Job

GOOD, DUPLICATE, REFUSED = range(3)  # a row of several entities counts as the least of its fates


def run(job: Job) -> None:
    """Parse, label, reject, deduplicate, and check that no row was lost."""
    spec, found = job.detector.spec, entities.of(job)
    truth = truth_of(spec)
    known = _labelled(found.entities, entities.labels(job.inputs["bronze"])).with_columns(
        target=truth.target()
    )
    known = known.with_columns(fault=truth.fault())
    good = known.filter(pl.col("fault").is_null()).unique(spec.distinct, keep="first", maintain_order=True)
    rows = _fates(found.pairs, known, good, truth)
    quarantine = pl.concat([found.refused, _quarantined(rows)])
    good = good.drop("entity", "fault")
    _account(job, good, quarantine, rows["fate"])
    for name, table in (("rows", good), ("quarantine", quarantine)):
        job.out.write_by(f"{name}.parquet", partial(table.write_parquet, compression="zstd"))


def _labelled(known: pl.DataFrame, tables: list[pl.DataFrame]) -> pl.DataFrame:
    """The entities with the labels that sources give apart from rows; one with two labels gets none."""
    by_key: dict[str, list[pl.DataFrame]] = {}
    for table in tables:
        [key] = [name for name in table.columns if name not in ("label", "source")]
        by_key.setdefault(key, []).append(table.select(key, "label"))
    for key, parts in by_key.items():
        labels = pl.concat(parts, how="vertical_relaxed").group_by(key).agg(pl.col("label").unique())
        only = labels.filter(pl.col("label").list.len() == 1).select(key, told=pl.col("label").list.first())
        joined = known.join(only, on=key, how="left", maintain_order="left")
        own = pl.when(pl.col("label") != "").then("label")
        known = joined.with_columns(label=pl.coalesce(own, "told", pl.lit(""))).drop("told")
    return known


def _fates(pairs: pl.DataFrame, known: pl.DataFrame, good: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """The fate of each row that parsed, with the columns of the quarantine."""
    kept = pl.when(pl.col("entity").is_in(good["entity"].implode())).then(GOOD)
    fate = kept.when(pl.col("fault").is_null()).then(DUPLICATE).otherwise(REFUSED)
    fates = known.select("entity", "source", "label", reason="fault", fate=fate, text=truth.text())
    fates = fates.with_columns(field=pl.lit(truth.field))
    rows = pairs.join(fates, on="entity", how="left", maintain_order="left")
    return rows.sort("row", "fate", maintain_order=True).unique("row", keep="first", maintain_order=True)


def _quarantined(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.col("fate") == REFUSED).select(entities.QUARANTINE)


def _account(job: Job, good: pl.DataFrame, quarantine: pl.DataFrame, fates: pl.Series) -> None:
    """State the fate of all of bronze's rows.

    Raises `BadDetector` when the sum is not what was read, and `NothingGood` when no row is left.
    """
    read, kept = job.inputs["bronze"].facts["rows"], int((fates == GOOD).sum())
    duplicates = int((fates == DUPLICATE).sum())
    counts = f"{kept:,} good + {duplicates:,} duplicates + {quarantine.height:,} rejected"
    if kept + duplicates + quarantine.height != read:
        raise BadDetector(job.detector.name, why=f"{counts} are not the {read:,} rows that were read")
    job.say(f"{read:,} read = {counts}")
    reasons = _counts(quarantine, "reason")
    if not kept:
        raise NothingGood(job.detector.name, rows=read, reasons=reasons)
    job.fact("read", read)
    job.fact("good", kept)
    job.fact("duplicates", duplicates)
    job.fact("rejected", reasons)
    job.fact("origins", _counts(good, "origin"))
    for name, fact in truth_of(job.detector.spec).facts(good).items():
        job.fact(name, fact)
    job.fact("populations", _counts(good, "population"))


def _counts(rows: pl.DataFrame, column: str) -> dict[str, int]:
    counted = rows.group_by(column).len().sort(column)
    return dict(zip(counted[column], counted["len"], strict=True))
