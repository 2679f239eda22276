"""Parquet, some row groups at a time, through polars where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from detectory.errors import MissingExtra
from detectory.formats.chunk import CHUNK_ROWS, Chunk, Doors, door_of
from detectory.formats.source import Source

if TYPE_CHECKING:
    import polars as pl

PARQUET_ROWS = 131_072  # one row group of most writers is decoded once, not once a chunk


def read(source: Source, doors: Doors) -> Iterator[Chunk]:
    """The rows of a Parquet file. Raises `MissingExtra` where polars is not installed."""
    try:
        import polars as pl
    except ImportError as error:
        raise MissingExtra("polars", extra="train", because="to read Parquet") from error
    if not Path(source.name).is_file():
        raise source.unreadable("Parquet cannot be read from a pipe", fix="name the file")
    try:
        yield from _chunks(pl.scan_parquet(source.name), doors, where=source.name)
    except pl.exceptions.PolarsError as error:
        why = f"it is no whole Parquet file: {str(error).splitlines()[0][:200]}"
        raise source.unreadable(why, fix="write the file again") from error


def _chunks(frame: pl.LazyFrame, doors: Doors, *, where: str) -> Iterator[Chunk]:
    import polars as pl

    fields = tuple(door_of(frame.collect_schema().names(), doors, where=where))
    for start in range(0, frame.select(pl.len()).collect().item(), PARQUET_ROWS):
        part = frame.slice(start, PARQUET_ROWS).collect()
        for at in range(0, part.height, CHUNK_ROWS):
            columns = part[at : at + CHUNK_ROWS].to_dict(as_series=False)
            first = start + at + 1
            yield Chunk(columns, fields, range(first, first + min(CHUNK_ROWS, part.height - at)))
