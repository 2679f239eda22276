"""Tables of any form to rows of one: every field a column, and what the feed had said before each row.

A table and how it is read go in; rows come out, as found but for the target, which is a number. What was
filled in says so in ``measure``. What needs the rows of all files (was a network seen on more days than one,
what was known before) is added to all at once: a feed is often kept in a file a day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

from detectory.blocks.time import local
from detectory.detectors.transit.feed import HISTORY, with_history
from detectory.detectors.transit.forms import Form, Reading
from detectory.detectors.transit.parse import LONGEST_DELAY_MIN, PLACES

FIELDS = ("network", "time", "route", "stop", "event", "measure", "stop_lat", "stop_lon", *HISTORY)
COLUMNS = (*FIELDS, "delay_min", "population", "batch", "line")
MEASURED = pl.col("measure").is_in(["", "delay"])
MOST_REPEATED = 0.01  # a figure that more rows than this share repeat to the last digit was filled in


def rows_of(table: pl.DataFrame, reading: Reading, *, sheet: str) -> pl.DataFrame:
    """A table's rows: `COLUMNS`, local ``day`` and ``moment``, and whether their history is their ``own``."""
    form = reading.form
    named = table.select(pl.col(found).alias(ours) for ours, found in reading.columns.items())
    if form.name == "ttc_bus":
        named = named.with_columns(time=pl.col("date").str.slice(0, 10) + "T" + pl.col("clock"))
    rows = _told(named, form).with_columns(
        population=pl.lit(form.name),
        batch=pl.lit(sheet),
        line=pl.int_range(2, pl.len() + 2),
        own=pl.lit("last_delay_min" in reading.columns),
    )
    return _dated(rows).select(*COLUMNS, "day", "moment", "own")


def completed(tables: Sequence[pl.DataFrame]) -> list[pl.DataFrame]:
    """The tables with what only all of them tell; only `COLUMNS` are left."""
    whole = pl.concat(
        [table.with_columns(_table=at) for at, table in enumerate(tables)], how="vertical_relaxed"
    )
    whole = _with_history(_lone_days_marked(whole))
    return [whole.filter(_table=at).select(COLUMNS) for at in range(len(tables))]


def _told(named: pl.DataFrame, form: Form) -> pl.DataFrame:
    """Every field a column, empty where the form does not have it; figures typed, filled-in ones marked."""
    wanted = [*FIELDS, "delay_min"]
    rows = named.with_columns(
        pl.lit(None, pl.String).alias(name) for name in wanted if name not in named.columns
    )
    rows = rows.with_columns(pl.col("delay_min").cast(pl.Float64, strict=False))
    filled = pl.when(_imputed(rows["delay_min"])).then(pl.lit("imputed"))
    return rows.with_columns(
        network=pl.col("network").fill_null(form.network).str.to_lowercase(),
        route=pl.col("route").fill_null(pl.lit(form.route, pl.String)),
        measure=filled.otherwise(pl.col("measure").fill_null(form.measure)),
    )


def _imputed(figures: pl.Series) -> pl.Series:
    """Which figures are a filled-in mean: one value, repeated by many rows, that is the mean of all others.

    >>> _imputed(pl.Series([1.0, 2.0, 3.0, 2.0, 2.0])).to_list(), _imputed(pl.Series([1.0, 5.0])).to_list()
    ([False, True, False, True, True], [False, False])
    """
    told = figures.fill_nan(None).drop_nulls()
    if not len(told):
        return figures.is_not_null()
    value, times = told.value_counts(sort=True).row(0)
    others = told.filter(told != value)
    filled = times > max(1, MOST_REPEATED * len(figures)) and _equal(value, others.mean())
    return pl.select((pl.lit(figures) == value).fill_null(False) & filled).to_series()


def _equal(value: float, mean: object) -> bool:
    """To the digits that a sum in another order keeps."""
    return isinstance(mean, float) and math.isclose(value, mean, rel_tol=1e-9, abs_tol=1e-9)


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """When each row was: the local ``day`` as text, and the ``moment`` in UTC."""
    found = [_clock(time, network) for time, network in rows.select("time", "network").iter_rows()]
    days = [None if clock is None else clock.date().isoformat() for clock in found]
    moments = [None if clock is None else _in_utc(clock) for clock in found]
    return rows.with_columns(
        day=pl.Series(days, dtype=pl.String), moment=pl.Series(moments, dtype=pl.Datetime("us", "UTC"))
    )


def _clock(time: str | None, network: str) -> datetime | None:
    return local(time, PLACES[network][0] if network in PLACES else None)


def _in_utc(clock: datetime) -> datetime:
    return clock.astimezone(UTC) if clock.tzinfo else clock.replace(tzinfo=UTC)


def _lone_days_marked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows; the delays of a network that was seen on one day only say so."""
    lone = MEASURED & (pl.col("day").filter(MEASURED).n_unique().over("network") < 2)
    return rows.with_columns(measure=pl.when(lone).then(pl.lit("one_day")).otherwise("measure"))


def _with_history(rows: pl.DataFrame) -> pl.DataFrame:
    """What was known before each delay, unless its file says so. Only measured delays are a past."""
    given = [pl.col(name).cast(pl.String).alias(f"given_{name}") for name in HISTORY]
    measured = pl.when(MEASURED).then("delay_min")
    told = rows.with_columns(*given, figure=pl.col("delay_min"), delay_min=measured).drop(HISTORY)
    told = with_history(told, longest_min=LONGEST_DELAY_MIN)
    taken = {
        name: pl.when("own").then(f"given_{name}").otherwise(pl.col(name).cast(pl.String)) for name in HISTORY
    }
    return told.with_columns(delay_min=pl.col("figure"), **taken)
