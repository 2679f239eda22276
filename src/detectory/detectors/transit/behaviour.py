"""How a predicted delay must behave when the question is put in other words, or the feed says worse.

Goes in: rows that parse, as a caller sends them. Comes out: checks, each a change with what it may do to the
prediction. Nobody evades a timetable, so there are no evasions.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import numpy as np

from detectory.blocks.behaviour import Check, Mutate, of_field

__all__ = ["directional", "evasions", "invariances"]

LATER_MIN = 10.0
LATEST_MIN = 60.0  # parse takes no more
_OF_ROUTE = ("last_delay_min", "near_delay_min", "route_delay_min")


def invariances() -> list[Check]:
    """The same question in other words: the prediction must not move at all.

    >>> [check.name for check in invariances()][:3]
    ['time in UTC', 'blank between date and time', 'route in lower case']
    """
    return [
        Check("time in UTC", "invariance", _each("time", _in_utc), "same"),
        Check("blank between date and time", "invariance", _each("time", _blank_for_t), "same"),
        Check("route in lower case", "invariance", _each("route", str.lower), "same"),
        Check("blanks around the stop", "invariance", _each("stop", " {} ".format), "same"),
        Check("numbers as text", "invariance", _as_text, "same"),
    ]


def directional() -> list[Check]:
    """The feed tells of later vehicles all around: the prediction must not become earlier.

    One late figure alone promises nothing: behind a late vehicle the next one is often early.
    """
    return [
        Check("the whole route later", "directional", _later(*_OF_ROUTE), "not_lower"),
        Check("the whole network later", "directional", _later(*_OF_ROUTE, "network_delay_min"), "not_lower"),
    ]


def evasions() -> list[Check]:
    """None."""
    return []


def _each(field: str, change: Callable[[Any], Any]) -> Mutate:
    """Change every value of one field that is there."""

    def mutate(values: list[Any], rng: np.random.Generator) -> list[Any]:
        return [None if value is None else change(value) for value in values]

    return of_field(field, mutate)


def _in_utc(time: str) -> str:
    """A moment in UTC, as the letter Z says it; a time without an offset stays.

    >>> _in_utc("2017-02-06T17:46:19+13:00")
    '2017-02-06T04:46:19Z'
    """
    clock = datetime.fromisoformat(time)
    return time if clock.tzinfo is None else f"{clock.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _blank_for_t(time: str) -> str:
    return time.replace("T", " ")


def _later(*fields: str) -> Mutate:
    """Ten minutes more in every one of the fields that is known."""

    def mutate(rows: dict[str, list[Any]], rng: np.random.Generator) -> dict[str, list[Any]]:
        return rows | {name: [_more(delay) for delay in rows[name]] for name in fields}

    return mutate


def _more(delay: float | None) -> float | None:
    return None if delay is None else min(delay + LATER_MIN, LATEST_MIN)


def _as_text(rows: dict[str, list[Any]], rng: np.random.Generator) -> dict[str, list[Any]]:
    return {
        name: [str(value) if isinstance(value, float) else value for value in column]
        for name, column in rows.items()
    }
