"""Wall clocks by rule: what the machine's database of zones says, without it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from detectory.blocks.time import ZONES, cyclic, local

YEARS = st.datetimes(datetime(2008, 1, 1), datetime(2037, 12, 31))


def database(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        pytest.skip("this machine has no database of zones")


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=300, deadline=None)
@given(moment=YEARS)
def test_a_moment_is_shown_as_the_database_of_zones_shows_it(name: str, moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert ZONES[name].at(aware).isoformat() == aware.astimezone(database(name)).isoformat()


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=300, deadline=None)
@given(moment=YEARS)
def test_what_a_clock_shows_is_the_first_moment_that_it_can_be(name: str, moment: datetime) -> None:
    shown = moment.replace(tzinfo=UTC).astimezone(database(name)).replace(fold=0)
    assert ZONES[name].showing(shown.replace(tzinfo=None)).utcoffset() == shown.utcoffset()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2017-09-23T13:59:59Z", "2017-09-24T03:00:00+13:00"),  # forward in Auckland
        ("2017-04-01T13:59:59Z", "2017-04-02T02:00:00+12:00"),  # and back
    ],
)
def test_clocks_are_moved_in_the_night_that_the_law_names(before: str, after: str) -> None:
    zone = ZONES["Pacific/Auckland"]
    last = local(before, zone)
    assert last is not None
    assert zone.at(last + timedelta(seconds=1)).isoformat() == after


def test_a_leap_day_is_a_day() -> None:
    assert local("2024-02-29T08:00", ZONES["America/Toronto"]) == datetime.fromisoformat(
        "2024-02-29T08:00:00-05:00"
    )


@pytest.mark.parametrize(
    "text", [None, 3, "", "2017", "2017-13-01", "2017-02-30T08:00", "x" * 41, b"2017-02-01"]
)
def test_what_is_no_time_is_none(text: object) -> None:
    assert local(text, ZONES["Pacific/Auckland"]) is None


@pytest.mark.parametrize("year", [1, 1969, 2100, 9999])
def test_a_year_far_away_is_none(year: int) -> None:
    assert local(f"{year:04}-06-01T08:00", ZONES["Pacific/Auckland"]) is None


def test_without_a_zone_what_is_written_is_what_counts() -> None:
    assert local("2017-02-06T17:46:19.5+02:00", None) == datetime.fromisoformat("2017-02-06T17:46:19+02:00")


def test_the_ends_of_a_circle_meet() -> None:
    sine, cosine = cyclic(np.array([0.0, 24.0]), period=24)
    assert np.allclose([sine[0], cosine[0]], [sine[1], cosine[1]])
