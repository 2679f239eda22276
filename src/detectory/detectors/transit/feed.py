"""What a feed of delays says of the past: the last delay at a stop, near it, on its route, in the network.

Delays with their times go in; for every row comes out what was known *before* its own moment: rows of the
same moment are of the same look at the feed, and tell of one another what nobody can know beforehand. Figures
that are errors of the feed are no past either.
"""

from __future__ import annotations

import polars as pl

HISTORY = ("last_delay_min", "last_delay_age_min", "near_delay_min", "route_delay_min", "network_delay_min")
NEAR_KM = 2.0  # a vehicle so far away counts 1/e of one at the stop
RECENT_MIN = 20.0  # one look at a feed of every 15 minutes; the look before it made predictions worse
KM_A_DEGREE = 111.2
_KEYS = {
    "last_delay_min": ["network", "route", "stop"],
    "route_delay_min": ["network", "route"],
    "network_delay_min": ["network"],
}
_LOOK = ("network", "route")


def with_history(rows: pl.DataFrame, *, longest_min: float) -> pl.DataFrame:
    """Rows with the columns of `HISTORY`, empty where nothing was known.

    ``rows`` hold ``network``, ``route``, ``stop``, ``stop_lat``, ``stop_lon``, ``moment`` (UTC) and
    ``delay_min`` (float). A moment's figure is the median of its delays; near a stop it is the mean of the
    route's delays in the last look, nearer ones counting more. Those beyond ``longest_min`` minutes are
    passed over.
    """
    told = rows.filter(pl.col("delay_min").abs() <= longest_min, pl.col("moment").is_not_null())
    for name, keys in _KEYS.items():
        rows = _joined(rows, told, keys=keys, name=name)
    age = (pl.col("moment") - pl.col("last_delay_min_at")).dt.total_seconds() / 60
    rows = rows.with_columns(last_delay_age_min=age, near_delay_min=_near(rows, told))
    return rows.drop(f"{name}_at" for name in _KEYS)


def _near(rows: pl.DataFrame, told: pl.DataFrame) -> pl.Series:
    """The delay of the route's vehicles near each stop in the last look; null where there is none."""
    lat, lon = (pl.col(name).cast(pl.Float64, strict=False) for name in ("stop_lat", "stop_lon"))
    place = {"lat": lat, "lon": lon * lat.radians().cos()}
    recent = pl.duration(minutes=RECENT_MIN) > pl.col("moment") - pl.col("route_delay_min_at")
    numbered = rows.with_row_index("_row")
    asked = numbered.filter(recent).select("_row", *_LOOK, at="route_delay_min_at", **place)
    seen = told.select(*_LOOK, at="moment", delay="delay_min", **place)
    pairs = asked.join(seen, on=[*_LOOK, "at"])
    km = ((pl.col("lat") - pl.col("lat_right")) ** 2 + (pl.col("lon") - pl.col("lon_right")) ** 2).sqrt()
    weight = (-km * (KM_A_DEGREE / NEAR_KM)).exp().clip(1e-9)
    found = pairs.group_by("_row").agg(near=(weight * pl.col("delay")).sum() / weight.sum())
    joined = numbered.select("_row").join(found, on="_row", how="left", maintain_order="left")
    return joined["near"].fill_nan(None)


def _joined(rows: pl.DataFrame, told: pl.DataFrame, *, keys: list[str], name: str) -> pl.DataFrame:
    """Rows beside the latest median of their keys before their own moment, and when that was."""
    moments = told.group_by(*keys, "moment").agg(pl.col("delay_min").median().alias(name))
    moments = moments.with_columns(pl.col("moment").alias(f"{name}_at")).sort("moment")
    numbered = rows.with_row_index("_row").sort("moment", nulls_last=True)
    joined = numbered.join_asof(
        moments, on="moment", by=keys, allow_exact_matches=False, check_sortedness=False
    )
    return joined.sort("_row").drop("_row")
