"""Where delays come from: Auckland's buses, and tables whose figure is another one; or the user's files.

Rows go out as found, beside what the feed had said before each of them. What no delay was measured for (a
filled-in mean, a travel time, an incident, a flag) goes out too, and says so in ``measure``: parse rejects
it, and it is counted. The tables are the mirror's, or the public originals that ``originals.toml`` pins.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from detectory.detector import Into, Origin, Sources
from detectory.detectors.transit.forms import Reading, reading_of
from detectory.detectors.transit.rows import completed, rows_of
from detectory.detectors.transit.tables import tables
from detectory.downloads import Pin, read_pins

#: the tables of the mirror that hold delays; the others tell of stations, weather and fields
READ = (
    "transit/auckland/auckland_bus_delays",
    "transit/mbta_bus_cs506/features",
    "transit/mbta_mbtaviz/delay",
    "transit/mbta_mobility_ai/raw_transit_data",
    "transit/ttc_bus/ttc-bus-delay-data-20",
)


def extract(into: Into, *, sources: Sources) -> dict[str, Any]:
    """Add every row: the fields, ``delay_min``, ``population``, ``batch`` (the sheet) and ``line``.

    Gives what is to be stated of the sources: how many rows had a column renamed, and columns that nobody
    declared. Raises `UnreadableFile` for a file that is of no known form.
    """
    drift = Drift()
    read = [
        (source, origin, rows)
        for source, path, origin in _files(sources)
        for rows in _read(path, drift, source=source)
    ]
    told = completed([rows for _, _, rows in read]) if read else []
    for (source, origin, _), rows in zip(read, told, strict=True):
        into.add({name: rows[name].to_list() for name in rows.columns}, source=source, origin=origin)
    return {"renamed": drift.renamed(), "unknown_columns": drift.unknown}


def _read(path: Path, drift: Drift, *, source: str) -> Iterator[pl.DataFrame]:
    """The rows of every table of a file; what was renamed in it is noted."""
    for sheet, table in tables(path, name=source):
        if not table.width:  # an empty sheet
            continue
        reading = reading_of(table.columns, where=source)
        drift.count(reading, table.height, source=f"{source} {sheet}".strip())
        if table.height:
            yield rows_of(table, reading, sheet=sheet)


def groups(rows: dict[str, list[Any]]) -> list[str]:
    """What must stay on one side of a split: the same route on the same day.

    >>> groups({"network": ["auckland"], "day": ["2017-02-08"], "route": ["NEX"]})
    ['auckland/2017-02-08/NEX']
    """
    columns = zip(rows["network"], rows["day"], rows["route"], strict=True)
    return ["/".join(words) for words in columns]


class Drift:
    """How many rows came under another name of a column than the present one, and strange columns."""

    def __init__(self) -> None:
        self._renamed: Counter[str] = Counter()
        self.unknown: dict[str, list[str]] = {}

    def count(self, reading: Reading, rows: int, *, source: str) -> None:
        """Note one table."""
        for found, present in reading.renamed.items():
            self._renamed[f"{reading.form.name}: {found} is {present}"] += rows
        if reading.unknown:
            self.unknown[source] = reading.unknown

    def renamed(self) -> dict[str, int]:
        """Rows by what was renamed to what."""
        return dict(sorted(self._renamed.items()))


def originals() -> tuple[Pin, ...]:
    """The public originals, whole, under the names that the mirror gives them without ``.gz``.

    >>> originals()[0].file
    'transit/mbta_bus_cs506/features.csv'
    """
    return read_pins(Path(__file__).with_name("originals.toml").read_text(encoding="utf-8"))


def _files(sources: Sources) -> Iterator[tuple[str, Path, Origin]]:
    """Every file with its name in the lineage and its origin."""
    if sources.lists == "mirror":
        for name in sorted(name for name in sources.index() if name.startswith(READ)):
            if path := sources.mirrored(name):
                yield name, path, "real"
    elif sources.lists == "network":
        for pin in originals():
            if path := sources.fetched(pin):
                yield pin.file, path, "real"
    for path in sources.given:
        yield f"given/{path.name}", path, sources.origin
