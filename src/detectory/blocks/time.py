"""Instants and wall clocks: which moment a text names, and what the clocks of a place show then.

Goes in: ISO 8601 text, with or without an offset. Comes out: local time with its offset, and cyclic
columns of it. Zones are rules of their own, not the machine's: a container without a database of zones
and another machine give the same features. The rules are those in force since 2007.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["ZONES", "Change", "Zone", "cyclic", "local", "nth_weekday"]

_YEARS = range(1970, 2100)
_LONGEST = 40  # characters; an ISO 8601 date and time has at most 32
_SUNDAY = 6


@dataclass(frozen=True, slots=True)
class Change:
    """A night in which clocks are moved: the nth Sunday of a month (−1: the last), in standard time."""

    month: int
    sunday: int
    hour: int

    def in_year(self, year: int) -> datetime:
        """The moment, in standard time without an offset.

        >>> Change(month=9, sunday=-1, hour=2).in_year(2017).isoformat()
        '2017-09-24T02:00:00'
        """
        day = nth_weekday(year, self.month, _SUNDAY, self.sunday)
        return datetime(day.year, day.month, day.day, self.hour)


@dataclass(frozen=True, slots=True)
class Zone:
    """Standard time as hours ahead of UTC, and when an hour is added (``forward``) and taken (``back``)."""

    standard_h: int
    forward: Change
    back: Change

    def at(self, moment: datetime) -> datetime:
        """The wall clock at a moment that has an offset.

        >>> ZONES["Pacific/Auckland"].at(datetime(2017, 2, 6, 4, 46, tzinfo=UTC)).isoformat()
        '2017-02-06T17:46:00+13:00'
        """
        standard = moment.astimezone(_fixed(self.standard_h))
        return standard.astimezone(_fixed(self.standard_h + self._summer(standard.replace(tzinfo=None))))

    def showing(self, wall: datetime) -> datetime:
        """The wall clock's time with its offset; the first of two in the night that an hour comes twice.

        >>> ZONES["America/New_York"].showing(datetime(2026, 7, 4, 12)).isoformat()
        '2026-07-04T12:00:00-04:00'
        """
        summer = self._summer(wall - timedelta(hours=1))
        return wall.replace(tzinfo=_fixed(self.standard_h + summer))

    def _summer(self, standard: datetime) -> int:
        """1 while clocks are forward. South of the equator summer begins late in a year."""
        forward, back = _changes(self, standard.year)
        north = forward < back
        between = min(forward, back) <= standard < max(forward, back)
        return int(between == north)


_AMERICA = {"forward": Change(3, 2, 2), "back": Change(11, 1, 1)}
ZONES = {
    "Pacific/Auckland": Zone(12, forward=Change(9, -1, 2), back=Change(4, 1, 2)),
    "America/New_York": Zone(-5, **_AMERICA),
    "America/Toronto": Zone(-5, **_AMERICA),
}
"""The zones that detectors ask for, under their names in the tz database."""


def nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    """The nth of a weekday (Monday is 0) of a month, counted from its end where ``nth`` is negative.

    >>> nth_weekday(2026, 11, weekday=3, nth=4), nth_weekday(2026, 5, weekday=0, nth=-1)
    (datetime.date(2026, 11, 26), datetime.date(2026, 5, 25))
    """
    if nth > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 - 7 * (nth + 1))


def local(text: object, zone: Zone | None) -> datetime | None:
    """The wall clock that ISO 8601 text means where ``zone`` is; None for what is no such text.

    Text without an offset is what the clock there shows. Without a zone, what is written is what counts.

    >>> auckland = ZONES["Pacific/Auckland"]
    >>> local("2017-02-06T04:46:19Z", auckland) == local("2017-02-06 17:46:19", auckland)
    True
    >>> local("yesterday", auckland)
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        return None
    try:
        found = datetime.fromisoformat(text.strip()).replace(microsecond=0)
        if found.year not in _YEARS:
            return None
        if zone is None:
            return found
        return zone.showing(found) if found.tzinfo is None else zone.at(found)
    except (ValueError, OverflowError):
        return None


def cyclic(values: NDArray[np.float64], period: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sine and cosine of a place on a circle: the last hour of a day is beside the first.

    >>> sine, cosine = cyclic(np.array([0.0, 6.0]), period=24)
    >>> sine.round(3).tolist(), cosine.round(3).tolist()
    ([0.0, 1.0], [1.0, 0.0])
    """
    angle = values * (2 * np.pi / period)
    return np.sin(angle), np.cos(angle)


@lru_cache(maxsize=1024)
def _changes(zone: Zone, year: int) -> tuple[datetime, datetime]:
    return zone.forward.in_year(year), zone.back.in_year(year)


@lru_cache(maxsize=64)
def _fixed(hours: int) -> timezone:
    return UTC if hours == 0 else timezone(timedelta(hours=hours))
