"""Public holidays by rule: the days on which few go to work, and buses run as on a Sunday.

Goes in: a region and a day. Comes out: whether the region's law makes it a public holiday, moved days
included. Nothing is looked up but Matariki, whose days a law lists. Rules are those in force in 2026,
with the year from which a recent one holds; proclaimed single days (a state funeral) are not known.

References: Holidays Act 2003 and Te Kāhui o Matariki Public Holiday Act 2022 (New Zealand), 5 U.S.C. 6103
and M.G.L. c. 4 § 7 (Massachusetts), Employment Standards Act, 2000 (Ontario).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from detectory.blocks.time import nth_weekday

__all__ = ["REGIONS", "is_holiday"]

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_MATARIKI = {2022: (6, 24), 2023: (7, 14), 2024: (6, 28), 2025: (6, 20), 2026: (7, 10)} | {
    2027: (6, 25), 2028: (7, 14), 2029: (7, 6), 2030: (6, 21),
}  # fmt: skip


def is_holiday(day: date, region: str) -> bool:
    """Whether a day is a public holiday; never in a region that is not known.

    >>> is_holiday(date(2017, 2, 6), "NZ-AUK"), is_holiday(date(2017, 2, 6), "US-MA")
    (True, False)
    """
    return region in REGIONS and day in _of_year(region, day.year)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Anonymous, *Nature* 1876; Meeus 1991).

    >>> easter(2026)
    datetime.date(2026, 4, 5)
    """
    golden, (century, rest) = year % 19, divmod(year, 100)
    leaps, years = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leaps - correction + 15) % 30
    weekday = (32 + 2 * years + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _auckland(year: int) -> Iterator[date]:
    yield from _both(date(year, 1, 1), date(year, 1, 2))
    yield _nearest_monday(date(year, 1, 29))  # Auckland's anniversary
    yield from _mondayised(date(year, 2, 6), since=2014)
    yield from (easter(year) - timedelta(days=2), easter(year) + timedelta(days=1))
    yield from _mondayised(date(year, 4, 25), since=2014)
    yield nth_weekday(year, 6, _MONDAY, 1)
    if year in _MATARIKI:
        yield date(year, *_MATARIKI[year])
    yield nth_weekday(year, 10, _MONDAY, 4)
    yield from _both(date(year, 12, 25), date(year, 12, 26))


def _massachusetts(year: int) -> Iterator[date]:
    fixed = [(1, 1), (7, 4), (11, 11), (12, 25), *([(6, 19)] if year >= 2021 else [])]
    for month, day in fixed:
        yield from _observed(date(year, month, day))
    yield from (nth_weekday(year, month, _MONDAY, 3) for month in (1, 2, 4))
    yield nth_weekday(year, 5, _MONDAY, -1)
    yield nth_weekday(year, 9, _MONDAY, 1)
    yield nth_weekday(year, 10, _MONDAY, 2)
    yield nth_weekday(year, 11, _THURSDAY, 4)


def _ontario(year: int) -> Iterator[date]:
    yield from _mondayised(date(year, 1, 1), since=1970)
    yield date(year, 7, 1)
    yield nth_weekday(year, 2, _MONDAY, 3)
    yield easter(year) - timedelta(days=2)
    yield date(year, 5, 24) - timedelta(days=date(year, 5, 24).weekday())  # the Monday before 25 May
    yield nth_weekday(year, 9, _MONDAY, 1)
    yield nth_weekday(year, 10, _MONDAY, 2)
    yield from _both(date(year, 12, 25), date(year, 12, 26))


REGIONS: dict[str, Callable[[int], Iterator[date]]] = {
    "NZ-AUK": _auckland,
    "US-MA": _massachusetts,
    "CA-ON": _ontario,
}
"""The regions that detectors ask for, under their names in ISO 3166-2 (Auckland, Massachusetts, Ontario)."""


@lru_cache(maxsize=256)
def _of_year(region: str, year: int) -> frozenset[date]:
    return frozenset(REGIONS[region](year))


def _mondayised(day: date, *, since: int) -> Iterator[date]:
    """The day, and the Monday after it where it falls on a weekend."""
    yield day
    if day.weekday() >= _SATURDAY and day.year >= since:
        yield day + timedelta(days=7 - day.weekday())


def _both(first: date, second: date) -> Iterator[date]:
    """Two holidays in a row: those of them on a weekend move to the next days that are free."""
    yield from (first, second)
    if first.weekday() == _SATURDAY:
        yield from (first + timedelta(days=2), second + timedelta(days=2))
    elif first.weekday() == _SUNDAY:
        yield first + timedelta(days=2)
    elif second.weekday() == _SATURDAY:
        yield second + timedelta(days=2)


def _observed(day: date) -> Iterator[date]:
    """The day, and the Monday after a Sunday."""
    yield day
    if day.weekday() == _SUNDAY:
        yield day + timedelta(days=1)


def _nearest_monday(day: date) -> date:
    """The Monday within three days.

    >>> _nearest_monday(date(2017, 1, 29)), _nearest_monday(date(2026, 1, 29))
    (datetime.date(2017, 1, 30), datetime.date(2026, 1, 26))
    """
    after = (7 - day.weekday()) % 7
    return day + timedelta(days=after if after <= 3 else after - 7)
