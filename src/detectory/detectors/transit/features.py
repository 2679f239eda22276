"""A stop of a route at a time to the numbers that the models read.

Goes in: the columns that ``parse`` gives. Comes out: ``dense`` float32[N, 14] of the time and the place,
``feed`` float32[N, 10] of what was known before, and two paths of nested categories, coarse to fine:
``service_path`` int64[N, 5] (a route, its stop there, that stop's hour …) and ``stop_path`` int64[N, 2].
Pure and stateless: a batch equals its rows one by one, bit for bit; nothing here is fitted to data. Nothing
is read that is known only when the vehicle has come.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectory.blocks.place import offset_km
from detectory.blocks.table import ids
from detectory.blocks.time import cyclic
from detectory.schema import Features, Rows

__all__ = ["DENSE", "FEED", "NAMES", "WORDS", "features"]

#: where distances are measured from: the middle of each network that is known, latitude and longitude
CENTRES = {"auckland": (-36.8443, 174.7681), "mbta": (42.3555, -71.0605), "ttc": (43.6453, -79.3806)}
Whole = NDArray[np.int64]

_DENSE = {
    "minute": "minute of the local day",
    "minute_sin": "time of day, as a sine",
    "minute_cos": "time of day, as a cosine",
    "weekday": "day of the week, Monday is 0",
    "weekday_sin": "day of the week, as a sine",
    "weekday_cos": "day of the week, as a cosine",
    "weekend": "a weekend?",
    "holiday": "a public holiday of the network's region?",
    "arrival": "is it an arrival?",
    "departure": "is it a departure?",
    "place_known": "is the stop's place known?",  # both coordinates, and the network's middle
    "distance_km": "kilometres from the network's middle",
    "north_km": "kilometres north of the network's middle",
    "east_km": "kilometres east of the network's middle",
}
_FEED = {
    "last_known": "is the last delay at this stop of this route known?",
    "last_delay_min": "the last delay at this stop of this route, minutes",
    "age_known": "is it known how old the last delay is?",
    "last_delay_age_min": "how old the last delay is, minutes",
    "near_known": "is the delay of the route's vehicles near the stop known?",
    "near_delay_min": "the delay of the route's vehicles near the stop, minutes",
    "route_known": "is the delay of the route's other vehicles known?",
    "route_delay_min": "the delay of the route's other vehicles, minutes",
    "network_known": "is the delay of the whole network known?",
    "network_delay_min": "the delay of the whole network, minutes",
}
_SERVICE = {
    "route": "how late the route has been, minutes",
    "route_stop": "how late the route has been at this stop, minutes",
    "route_stop_hour": "how late the route has been at this stop in this hour, minutes",
    "route_stop_weekend_hour": "how late it has been here in this hour on such days, minutes",
    "route_stop_weekend_half": "how late it has been here in this half hour on such days, minutes",
}
_STOP = {
    "stop": "how late all routes have been at this stop, minutes",
    "stop_hour": "how late all routes have been at this stop in this hour, minutes",
}
WORDS: dict[str, str] = {**_DENSE, **_FEED, **_SERVICE, **_STOP}
DENSE, FEED, SERVICE, STOP = (tuple(words) for words in (_DENSE, _FEED, _SERVICE, _STOP))
NAMES: dict[str, tuple[str, ...]] = {
    "dense": DENSE,
    "feed": FEED,
    "service_path": SERVICE,
    "stop_path": STOP,
}

# Which words make each level of a path. Rows: network, route, stop, event, hour, weekend, half hour.
_LEVELS = np.array(
    [
        [1, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 0, 0],
        [0, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 1],
        [0, 0, 1, 1, 0, 0, 1],
        [0, 0, 0, 1, 1, 0, 0],
        [0, 0, 0, 0, 1, 0, 0],
    ],
    dtype=np.uint64,
)
_WEIGHTS = _LEVELS * (
    np.arange(1, 8, dtype=np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)
)
_LEVEL = np.arange(1, 8, dtype=np.uint64) * np.uint64(0xD1B54A32D192ED03)  # no id is one of two levels
_BITS_63, _HALF = np.uint64((1 << 63) - 1), np.uint64(31)

_MINUTES, _WEEKDAYS = np.arange(24 * 60.0), np.arange(7.0)
_OF_MINUTE = np.stack([_MINUTES, *cyclic(_MINUTES, 24 * 60)], axis=1)
_OF_WEEKDAY = np.stack([_WEEKDAYS, *cyclic(_WEEKDAYS, 7), _WEEKDAYS >= 5], axis=1)
_OF_EVENT = {"": (0, 0), "arrival": (1, 0), "departure": (0, 1)}
_DELAYS = ("last_delay_min", "last_delay_age_min", "near_delay_min", "route_delay_min", "network_delay_min")


def features(rows: Rows) -> Features:
    """The four tensors of N parsed rows.

    >>> from detectory.detectors.transit.parse import parse
    >>> row = {"network": ["auckland"], "route": ["NEX"], "stop": ["4222"], "time": ["2017-02-08T18:00:00"]}
    >>> made = features(parse(row).rows)
    >>> {name: tensor.shape for name, tensor in made.items()}
    {'dense': (1, 14), 'feed': (1, 10), 'service_path': (1, 5), 'stop_path': (1, 2)}
    """
    minute, weekday = (np.asarray(rows[name], dtype=np.int64) for name in ("minute", "weekday"))
    paths = _paths(rows, minute, weekday)
    return {
        "dense": _dense(rows, minute, weekday),
        "feed": _feed(rows),
        "service_path": np.ascontiguousarray(paths[:, : len(SERVICE)]),
        "stop_path": np.ascontiguousarray(paths[:, len(SERVICE) :]),
    }


def _dense(rows: Rows, minute: Whole, weekday: Whole) -> NDArray[np.float32]:
    table = np.empty((len(minute), len(DENSE)), dtype=np.float32)
    table[:, 0:3], table[:, 3:7], table[:, 7] = _OF_MINUTE[minute], _OF_WEEKDAY[weekday], rows["holiday"]
    table[:, 8:10] = np.array([_OF_EVENT[word] for word in rows["event"]]).reshape(-1, 2)
    table[:, 10:14] = np.array(_places(rows)).reshape(-1, 4)
    return table


def _feed(rows: Rows) -> NDArray[np.float32]:
    before = np.array([rows[name] for name in _DELAYS], dtype=np.float64).T
    known = ~np.isnan(before)
    table = np.empty((len(before), len(FEED)), dtype=np.float32)
    table[:, 0::2], table[:, 1::2] = known, np.where(known, before, 0)
    return table


def _places(rows: Rows) -> list[tuple[float, ...]]:
    """For each row whether its place is known, its distance from the network's middle, north and east."""
    centres = [CENTRES.get(network) for network in rows["network"]]
    return [
        (0.0, 0.0, 0.0, 0.0) if lat is None or centre is None else (1.0, *offset_km((lat, lon), centre))
        for lat, lon, centre in zip(rows["stop_lat"], rows["stop_lon"], centres, strict=True)
    ]


def _paths(rows: Rows, minute: Whole, weekday: Whole) -> Whole:
    """int64[N, 7]: an id for each level of both paths, from 0 to 2^63."""
    words = np.empty((len(minute), 7), dtype=np.uint64)
    named = ids([*rows["network"], *rows["route"], *rows["stop"], *rows["event"]])
    words[:, :4] = named.reshape(4, -1).T
    words[:, 4], words[:, 5], words[:, 6] = minute // 60, weekday >= 5, minute // 30
    mixed = words @ _WEIGHTS + _LEVEL
    folded: Whole = ((mixed ^ (mixed >> _HALF)) & _BITS_63).astype(np.int64)
    return folded
