"""Files to tables of text: CSV plain or gzip, the sheets of a workbook, and MBTA's 15-minute records.

A path goes in; tables come out, a sheet each, every cell as text as found. Nothing is typed, dropped or
mended here. A file that is no table is refused with where and how to mend.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from detectory.errors import MissingExtra, UnreadableFile

ACCEPTED = (".csv", ".xlsx", ".json")
GZIP = b"\x1f\x8b"
FIX = "give .csv (.csv.gz), .xlsx or MBTA's delay.json"


def tables(path: Path, *, name: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every table of a file: the name of its sheet (empty in a CSV file), and text columns.

    ``name`` is what the file is called where it is from; a fetched one is kept under its digest.
    Raises `UnreadableFile`, and `MissingExtra` where a workbook cannot be read.
    """
    kind = Path(name.lower().removesuffix(".gz")).suffix
    if kind == ".csv":
        yield "", _csv(path)
    elif kind == ".xlsx":
        yield from _sheets(path)
    elif kind == ".json":
        yield "", _segments(path)
    else:
        raise UnreadableFile(str(path), why=f"its ending is '{kind}'", fix=FIX)


def _csv(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema=False, encoding="utf8-lossy")
    except (pl.exceptions.PolarsError, OSError) as error:
        why = str(error).splitlines()[0]
        raise UnreadableFile(str(path), why=why, fix="check that it is a whole CSV file") from error


def _sheets(path: Path) -> Iterator[tuple[str, pl.DataFrame]]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError as error:
        raise MissingExtra("python-calamine", extra="train", because="to read a workbook") from error
    try:
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            yield name, _sheet(book.get_sheet_by_name(name).to_python())
    except (CalamineError, OSError) as error:
        fix = "check that it is a whole Excel workbook (.xlsx)"
        raise UnreadableFile(str(path), why=str(error), fix=fix) from error


def _sheet(rows: list[list[Any]]) -> pl.DataFrame:
    """The first row names the columns; a column without a name is called after its place."""
    header = rows[0] if rows else []
    names = [str(name).strip() or f"column {at}" for at, name in enumerate(header, start=1)]
    cells = zip(*rows[1:], strict=True) if len(rows) > 1 else ([] for _ in names)
    return pl.DataFrame(
        {name: pl.Series([_text(cell) for cell in column], dtype=pl.String)
         for name, column in zip(names, cells, strict=True)}
    )  # fmt: skip


def _text(cell: Any) -> str | None:
    """A cell as a CSV file would spell it.

    >>> from datetime import date
    >>> _text(29.0), _text(date(2020, 1, 1)), _text("")
    ('29', '2020-01-01', None)
    """
    if cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _segments(path: Path) -> pl.DataFrame:
    """A row for each pair of stations and quarter of an hour in which trains ran between them."""
    try:
        data = path.read_bytes()
        records = json.loads(gzip.decompress(data) if data.startswith(GZIP) else data)
        rows = [row for record in records for row in _pairs(record)]
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"it is no list of MBTA's 15-minute records: {error}"
        raise UnreadableFile(str(path), why=why, fix=FIX) from error
    return pl.DataFrame(rows, schema=["time", "line", "pair", "minutes"], orient="row").cast(pl.String)


def _pairs(record: dict[str, Any]) -> Iterator[tuple[str, str, str, float]]:
    """A record's pairs of stations; a pair without a figure saw no train."""
    time = datetime.fromtimestamp(record["time"] / 1000, UTC).isoformat()
    for line in record["lines"]:
        for pair, seconds in line["delay_actual"].items():
            if seconds is not None:
                yield time, line["line"], pair, seconds / 60
