"""Entities of bronze's rows, as ``parse`` makes them, and which row went into which.

In: bronze. Out: `Found`. Rows of a door that groups them (many log lines become one block) are parsed a
whole source at a time, so that no entity is cut where a part of bronze ends; all others part by part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from detectory.artifacts import Artifact
from detectory.doors import Door
from detectory.errors import BadDetector
from detectory.etl.truth import Truth, truth_of
from detectory.job import Job
from detectory.schema import Parsed

PROVENANCE = ("label", "population", "batch", "origin", "source", "line")
QUARANTINE = ("source", "line", "label", "field", "reason", "text")


@dataclass(frozen=True, slots=True)
class Found:
    """What parse made of all rows.

    ``entities`` holds parse's columns, the provenance of the first row of each, ``rows`` (how many it was
    made of) and ``entity``, its number. ``pairs`` holds ``entity``, ``row`` and the row's ``line``: a row
    may belong to several. ``refused`` has a row for each that parse rejected.
    """

    entities: pl.DataFrame
    pairs: pl.DataFrame
    refused: pl.DataFrame


def of(job: Job) -> Found:
    """Parse every row of bronze. Raises `BadDetector` when a row is lost."""
    parts: list[Found] = []
    entities = rows = 0
    for door, part in _units(job):
        parsed = job.detector.parse(_asked(part, job.detector.spec.doors[door]), door=door)
        _check_whole(job.detector.name, parsed, part.height)
        parts.append(_found(parsed, part, truth_of(job.detector.spec), entity=entities, row=rows))
        entities, rows = entities + parts[-1].entities.height, rows + part.height
        job.say("rows", done=rows, of=job.inputs["bronze"].facts["rows"], note=f"{entities:,} entities")
    return Found(
        pl.concat([part.entities for part in parts], how="diagonal_relaxed"),
        pl.concat([part.pairs for part in parts]),
        pl.concat([part.refused for part in parts]),
    )


def labels(bronze: Artifact) -> list[pl.DataFrame]:
    """The labels that sources give apart from rows, a table for each file."""
    return [pl.read_parquet(bronze.path(name)) for name in bronze.names() if name.startswith("labels-")]


def _units(job: Job) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows that are parsed together, with their door."""
    bronze, spec = job.inputs["bronze"], job.detector.spec
    waiting: dict[str, list[pl.DataFrame]] = {}
    for name in bronze.names():
        if not name.startswith("rows-"):
            continue
        rows = _with_truth(pl.read_parquet(bronze.path(name)), truth_of(spec))
        door = spec.door_of(rows.columns)
        if spec.doors[door].key:
            waiting.setdefault(door, []).append(rows)
        else:
            yield door, rows
    for door, parts in waiting.items():
        for source in pl.concat(parts).partition_by("source", maintain_order=True):
            yield door, source


def _with_truth(rows: pl.DataFrame, truth: Truth) -> pl.DataFrame:
    """The rows with their truth as found, as text in ``label``."""
    return rows.with_columns(label=pl.col(truth.column).cast(pl.String))


def _asked(rows: pl.DataFrame, door: Door) -> dict[str, list[Any]]:
    """The door's columns; an optional one that the source does not have holds None."""
    nothing = [None] * rows.height
    return {name: rows[name].to_list() if name in rows.columns else nothing for name in door.fields}


def _check_whole(detector: str, parsed: Parsed, rows: int) -> None:
    """A parse that loses a row is a bug of the detector: the run stops."""
    seen = np.union1d(parsed.source, np.array([item.row for item in parsed.rejected], dtype=np.int64))
    if len(seen) != rows:
        raise BadDetector(detector, why=f"parse lost {rows - len(seen)} of {rows} rows", where="parse.py")


def _found(parsed: Parsed, rows: pl.DataFrame, truth: Truth, *, entity: int, row: int) -> Found:
    """What parse made of some rows; ``entity`` and ``row`` are the numbers of the first ones."""
    entities = pl.DataFrame({name: pl.Series(column, strict=False) for name, column in parsed.rows.items()})
    _, first = np.unique(parsed.entity, return_index=True)
    counted = pl.Series("rows", np.bincount(parsed.entity, minlength=entities.height))
    numbered = pl.Series("entity", np.arange(entity, entity + entities.height))
    beside = [name for name in truth.beside if name in rows.columns and name not in parsed.rows]
    provenance = rows.select(*PROVENANCE, *beside)[parsed.source[first]]
    if len(parsed.entity) > entities.height:
        provenance = _agreed(provenance, parsed, rows["label"])
    pairs = pl.DataFrame({"entity": parsed.entity + entity, "row": parsed.source + row})
    return Found(
        pl.concat([entities, provenance, counted.to_frame(), numbered.to_frame()], how="horizontal"),
        pairs.with_columns(rows["line"][parsed.source]),
        _rejected(parsed, rows),
    )


def _agreed(provenance: pl.DataFrame, parsed: Parsed, label: pl.Series) -> pl.DataFrame:
    """The provenance of entities of many rows; one whose rows disagree about the label has none."""
    labels = pl.DataFrame({"entity": parsed.entity, "label": label[parsed.source]})
    agree = labels.group_by("entity").agg(pl.col("label").n_unique() == 1).sort("entity")["label"]
    return provenance.with_columns(label=pl.when(agree).then("label").otherwise(pl.lit("")))


def _rejected(parsed: Parsed, rows: pl.DataFrame) -> pl.DataFrame:
    where = rows.select("source", "line", "label")[[item.row for item in parsed.rejected]]
    texts = [str(rows[item.field][item.row])[:200] for item in parsed.rejected]
    return where.with_columns(
        field=pl.Series([item.field for item in parsed.rejected], dtype=pl.String),
        reason=pl.Series([item.reason for item in parsed.rejected], dtype=pl.String),
        text=pl.Series(texts, dtype=pl.String),
    )
