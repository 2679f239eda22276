"""Raw rows to stops of a route at a time: local time, canonical words, delays known before in range.

Goes in: columns of the door ``stop``, as text or as numbers. Comes out: the same fields in canonical form,
and what the calendar says of them: ``day``, ``hour``, ``minute``, ``weekday``, ``holiday``, and
``last_known_min``, the nearest delay known before. A row is an entity; every other row is rejected with a
reason. Stateless; never raises on a value.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from detectory.blocks.holidays import is_holiday
from detectory.blocks.table import numbers, texts
from detectory.blocks.time import ZONES, Zone, local
from detectory.schema import Parsed, Rejected, Rows

__all__ = ["REASONS", "parse"]

REASONS = {
    "not_text": "a field that holds a word holds none",
    "too_long": "a word of more than 100 characters",
    "imputed": "the figure was filled in (the mean of the others), not measured",
    "one_day": "its network was observed on a single day, which no split by day can judge",
    "other_measure": "the figure is no delay at a stop: a travel time, an incident, or a flag",
    "empty": "the network, the route or the stop is missing",
    "bad_event": "neither `arrival` nor `departure`, nor empty",
    "bad_time": "the time is missing, or no ISO 8601 date and time of the years 1970 to 2099",
    "bad_number": "a field that holds a number holds none",
    "out_of_range": "a place not on Earth, a delay known before of over an hour, or one older than a month",
    "half_a_place": "a latitude without a longitude, or the other way round",
}
"""Every reason a row is rejected for, and what it means."""

#: the clocks and the public holidays of the networks that are known
PLACES: dict[str, tuple[Zone, str]] = {
    "auckland": (ZONES["Pacific/Auckland"], "NZ-AUK"),
    "mbta": (ZONES["America/New_York"], "US-MA"),
    "ttc": (ZONES["America/Toronto"], "CA-ON"),
}
EVENTS = {"": "", "arrival": "arrival", "arr": "arrival", "departure": "departure", "dep": "departure"}
MEASURES = {"": "", "delay": "", "imputed": "imputed", "one_day": "one_day"}

NEEDED = ("network", "route", "stop")
WORDS = (*NEEDED, "event", "measure")
LONGEST_WORD = 100
LONGEST_DELAY_MIN = 60.0  # beyond it the feed errs: 0.7 % of Auckland's figures, down to a day early
RANGES = {
    "stop_lat": (-90.0, 90.0),
    "stop_lon": (-180.0, 180.0),
    "last_delay_min": (-LONGEST_DELAY_MIN, LONGEST_DELAY_MIN),
    "near_delay_min": (-LONGEST_DELAY_MIN, LONGEST_DELAY_MIN),
    "route_delay_min": (-LONGEST_DELAY_MIN, LONGEST_DELAY_MIN),
    "network_delay_min": (-LONGEST_DELAY_MIN, LONGEST_DELAY_MIN),
    "last_delay_age_min": (0.0, 31 * 24 * 60.0),
}
NUMBERS = tuple(RANGES)
PLACE = NUMBERS[:2]
_LEAST, _MOST = np.array(list(RANGES.values())).T[:, :, None]

Fault = tuple[str, str]
Faults = Iterable[tuple[int, Fault]]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]


def parse(rows: Rows, *, door: Literal["stop"] = "stop") -> Parsed:
    """Stops of a route at a time. Optional columns may be absent.

    >>> row = {"network": ["auckland"], "route": ["nex"], "stop": [4222], "time": ["2017-02-08T05:00Z"]}
    >>> parsed = parse(row)
    >>> parsed.rows["time"], parsed.rows["route"], parsed.rows["stop"], parsed.rows["weekday"]
    (['2017-02-08T18:00:00+13:00'], ['NEX'], ['4222'], [2])
    """
    count = len(rows["time"])
    words, no_text = _words(rows, count)
    figures, no_number = _figures(rows, count)
    clocks = _clocks(rows["time"], words["network"])
    faults = _first_of_each_row(
        _where(no_text, WORDS, "not_text"),
        _of_words(words),
        _missing(clocks, "time", "bad_time"),
        _where(no_number, NUMBERS, "bad_number"),
        _where((figures < _LEAST) | (figures > _MOST), NUMBERS, "out_of_range"),
        _where(np.isnan(figures[:1]) != np.isnan(figures[1:2]), PLACE, "half_a_place"),
    )
    if not faults:
        source = np.arange(count)
        return Parsed(_columns(words, clocks, figures), entity=source, source=source)
    kept = [row for row in range(count) if row not in faults]
    words = {name: [column[row] for row in kept] for name, column in words.items()}
    told = _columns(words, [clocks[row] for row in kept], figures[:, kept])
    rejected = [Rejected(row, *faults[row]) for row in sorted(faults)]
    return Parsed(told, entity=np.arange(len(kept)), source=np.array(kept, dtype=np.int64), rejected=rejected)


def _words(rows: Rows, count: int) -> tuple[dict[str, list[str]], Mask]:
    """The fields that are text by name, and bool[5, N]: where there is none."""
    found, wrong = texts([value for name in WORDS for value in rows.get(name, [None] * count)])
    words = {name: found[at * count : (at + 1) * count] for at, name in enumerate(WORDS)}
    return words, wrong.reshape(len(WORDS), count)


def _figures(rows: Rows, count: int) -> tuple[Floats, Mask]:
    """float64[F, N]: the fields that are numbers, NaN where nothing is said, and where there is no number."""
    found, wrong = numbers([value for name in NUMBERS for value in rows.get(name, [None] * count)])
    return found.reshape(len(NUMBERS), count), wrong.reshape(len(NUMBERS), count)


def _clocks(column: Any, networks: list[str]) -> list[datetime | None]:
    """The local time of every row."""
    nowhere = (None, "")
    return [
        local(text, PLACES.get(network.lower(), nowhere)[0])
        for text, network in zip(column, networks, strict=True)
    ]


def _first_of_each_row(*faults: Faults) -> dict[int, Fault]:
    first: dict[int, Fault] = {}
    for row, fault in chain.from_iterable(faults):
        first.setdefault(row, fault)
    return first


def _where(masks: Mask, fields: tuple[str, ...], reason: str) -> Faults:
    """The rows where a bool[F, N] is true, with the field of each."""
    if masks.any():
        for at, row in np.argwhere(masks).tolist():
            yield row, (fields[at], reason)


def _of_words(words: dict[str, list[str]]) -> Faults:
    """What is wrong with words that are text."""
    for name, column in words.items():
        if len(max(column, key=len, default="")) > LONGEST_WORD:
            yield from (
                (row, (name, "too_long")) for row, word in enumerate(column) if len(word) > LONGEST_WORD
            )
    for row, measure in enumerate(words["measure"]):
        if measure and (reason := MEASURES.get(measure.lower(), "other_measure")):
            yield row, ("measure", reason)
    for name in NEEDED:
        if "" in words[name]:
            yield from ((row, (name, "empty")) for row, word in enumerate(words[name]) if not word)
    yield from _missing([EVENTS.get(word.lower()) for word in words["event"]], "event", "bad_event")


def _missing(column: list[Any], field: str, reason: str) -> Faults:
    if None in column:
        yield from ((row, (field, reason)) for row, value in enumerate(column) if value is None)


def _columns(words: dict[str, list[str]], clocks: list[Any], figures: NDArray[np.float64]) -> dict[str, Any]:
    """The columns of rows without a fault."""
    networks = [word.lower() for word in words["network"]]
    values = [[None if v != v else v for v in column] for column in figures.tolist()]
    return {
        "network": networks,
        "time": [clock.isoformat() for clock in clocks],
        "route": [word.upper() for word in words["route"]],
        "stop": [word.upper() for word in words["stop"]],
        "event": [EVENTS[word.lower()] for word in words["event"]],
        "measure": ["delay"] * len(networks),
        **dict(zip(NUMBERS, values, strict=True)),
        **_calendar(clocks, networks),
        "last_known_min": [_nearest(*known) for known in zip(*values[2:6], strict=True)],
    }


def _calendar(clocks: list[datetime], networks: list[str]) -> dict[str, Any]:
    """What the calendar says of local times."""
    days = [clock.date() for clock in clocks]
    regions = [PLACES[network][1] if network in PLACES else "" for network in networks]
    return {
        "day": [day.isoformat() for day in days],
        "hour": [clock.hour for clock in clocks],
        "minute": [clock.hour * 60 + clock.minute for clock in clocks],
        "weekday": [day.weekday() for day in days],
        "holiday": [is_holiday(day, region) for day, region in zip(days, regions, strict=True)],
    }


def _nearest(*known: float | None) -> float:
    """The first delay that is known: at the stop, near it, on the route, in the network; else none.

    >>> _nearest(None, 2.5, 1.0), _nearest(None, None, None)
    (2.5, 0.0)
    """
    return next((delay for delay in known if delay is not None), 0.0)
