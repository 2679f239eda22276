"""Silver: typed, canonical, deduplicated entities. Every row of bronze is good, rejected or a duplicate.

In: bronze. Out: ``rows.parquet`` (the entities with label, target, population, batch, origin and
where each came from) and ``quarantine.parquet`` (what did not get in, with the reason). The same
``parse`` runs here and in serving; deduplication is here alone.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import polars as pl

from detectory.artifacts import Artifact
from detectory.errors import BadDetector
from detectory.etl.truth import Truth, truth_of
from detectory.job import Job
from detectory.schema import Parsed
from detectory.spec import Door

PROVENANCE = ("label", "population", "batch", "origin", "source", "line")


def run(job: Job) -> None:
    """Parse, reject, deduplicate, and check that no row was lost."""
    parts, refused = _parsed(job)
    spec = job.detector.spec
    truth = truth_of(spec)
    entities = pl.concat(parts, how="diagonal_relaxed").with_columns(target=truth.target())
    entities = entities.with_columns(fault=truth.fault())
    clean = entities.filter(pl.col("fault").is_null()).drop("fault")
    good = clean.unique(spec.distinct, keep="first", maintain_order=True)
    faulty = entities.filter(pl.col("fault").is_not_null())
    quarantine = pl.concat([*refused, _quarantined(faulty, truth)])
    _account(job, good, quarantine, duplicates=_rows(clean) - _rows(good))
    for name, rows in (("rows", good), ("quarantine", quarantine)):
        job.out.write_by(f"{name}.parquet", partial(rows.write_parquet, compression="zstd"))


def _parsed(job: Job) -> tuple[list[pl.DataFrame], list[pl.DataFrame]]:
    entities, refused = [], []
    for path in _files(job.inputs["bronze"]):
        rows = _told(pl.read_parquet(job.inputs["bronze"].path(path)), truth_of(job.detector.spec))
        door = job.detector.spec.door_of(rows.columns)
        parsed = job.detector.parse(_asked(rows, job.detector.spec.doors[door]), door=door)
        _check_whole(job.detector.name, parsed, rows.height)
        entities.append(_with_provenance(parsed, rows, truth_of(job.detector.spec)))
        refused.append(_rejected(parsed, rows))
        job.say(f"{sum(part.height for part in entities):,} entities")
    return entities, refused


def _told(rows: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """The rows with what is true of them, as found, as text in ``label``."""
    return rows.with_columns(label=pl.col(truth.column).cast(pl.String))


def _asked(rows: pl.DataFrame, door: Door) -> dict[str, list[Any]]:
    """The door's columns; an optional one that the source does not have holds None."""
    nothing = [None] * rows.height
    return {name: rows[name].to_list() if name in rows.columns else nothing for name in door.fields}


def _files(bronze: Artifact) -> list[str]:
    return [name for name in bronze.names() if name.startswith("rows-")]


def _check_whole(detector: str, parsed: Parsed, rows: int) -> None:
    """A parse that loses a row is a bug of the detector: the run stops."""
    seen = np.union1d(parsed.source, np.array([item.row for item in parsed.rejected], dtype=np.int64))
    if len(seen) != rows:
        raise BadDetector(detector, why=f"parse lost {rows - len(seen)} of {rows} rows", where="parse.py")


def _with_provenance(parsed: Parsed, rows: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """The entities, each with the provenance of the first source row it was made from, and how many."""
    entities = pl.DataFrame({name: pl.Series(column, strict=False) for name, column in parsed.rows.items()})
    _, first = np.unique(parsed.entity, return_index=True)
    beside = [name for name in truth.beside if name in rows.columns and name not in parsed.rows]
    provenance = rows.select(*PROVENANCE, *beside)[parsed.source[first]]
    counted = pl.Series("rows", np.bincount(parsed.entity, minlength=entities.height))
    return pl.concat([entities, provenance, counted.to_frame()], how="horizontal")


def _rejected(parsed: Parsed, rows: pl.DataFrame) -> pl.DataFrame:
    where = rows.select("source", "line", "label")[[item.row for item in parsed.rejected]]
    texts = [str(rows[item.field][item.row])[:200] for item in parsed.rejected]
    return where.with_columns(
        field=pl.Series([item.field for item in parsed.rejected], dtype=pl.String),
        reason=pl.Series([item.reason for item in parsed.rejected], dtype=pl.String),
        text=pl.Series(texts, dtype=pl.String),
    )


def _quarantined(faulty: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """Entities that nobody can learn from, as quarantined rows."""
    return faulty.select(
        "source", "line", "label", field=pl.lit(truth.field), reason="fault", text=truth.text()
    )


def _account(job: Job, good: pl.DataFrame, quarantine: pl.DataFrame, *, duplicates: int) -> None:
    """State what became of bronze's rows. Raises `BadDetector` when the sum is not what was read."""
    read, kept = job.inputs["bronze"].facts["rows"], _rows(good)
    counts = f"{kept:,} good + {duplicates:,} duplicates + {quarantine.height:,} rejected"
    if kept + duplicates + quarantine.height != read:
        raise BadDetector(job.detector.name, why=f"{counts} are not the {read:,} rows that were read")
    job.say(f"{read:,} read = {counts}")
    reasons = quarantine.group_by("reason").len().sort("reason")
    job.fact("read", read)
    job.fact("good", kept)
    job.fact("duplicates", duplicates)
    job.fact("rejected", dict(zip(reasons["reason"], reasons["len"], strict=True)))
    job.fact("origins", _counts(good, "origin"))
    for name, fact in truth_of(job.detector.spec).facts(good).items():
        job.fact(name, fact)
    job.fact("populations", _counts(good, "population"))


def _rows(entities: pl.DataFrame) -> int:
    """How many source rows the entities were made from."""
    return int(entities["rows"].sum())


def _counts(rows: pl.DataFrame, column: str) -> dict[str, int]:
    counted = rows.group_by(column).len().sort(column)
    return dict(zip(counted[column], counted["len"], strict=True))
