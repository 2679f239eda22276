"""Rows of the door of transit: local time, canonical words, and a reason for each that is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from detectory.detectors.transit.parse import REASONS, parse
from detectory.schema import Parsed

ROW: dict[str, Any] = {
    "network": "auckland",
    "time": "2017-02-08T18:00:00+13:00",
    "route": "NEX",
    "stop": "4222",
}


def parsed(**fields: Any) -> Parsed:
    return parse({name: [value] for name, value in (ROW | fields).items()})


def reason(**fields: Any) -> tuple[str, str]:
    (rejected,) = parsed(**fields).rejected
    assert rejected.reason in REASONS
    return rejected.field, rejected.reason


@pytest.mark.parametrize(
    "time",
    [
        "2017-02-08T05:00:00Z",
        "2017-02-08 18:00",
        "2017-02-08T00:00:00-05:00",
        "20170208T050000Z",
        " 2017-02-08T18:00:00+1300 ",
    ],
)
def test_one_moment_is_one_row_however_it_is_written(time: str) -> None:
    assert parsed(time=time).rows == parsed().rows


def test_the_calendar_is_that_of_the_network() -> None:
    rows = parsed(time="2017-02-05T11:30:00Z").rows
    assert (rows["day"], rows["hour"], rows["weekday"], rows["holiday"]) == (["2017-02-06"], [0], [0], [True])
    boston = parsed(network="MBTA", time="2017-02-05T11:30:00Z").rows
    assert (boston["network"], boston["time"], boston["holiday"]) == (
        ["mbta"],
        ["2017-02-05T06:30:00-05:00"],
        [False],
    )


def test_a_network_of_ones_own_is_read_as_it_is_written() -> None:
    rows = parsed(network="Metro", time="2026-12-25T08:00:00").rows
    assert (rows["network"], rows["time"], rows["holiday"]) == (["metro"], ["2026-12-25T08:00:00"], [False])


def test_numbers_are_read_from_text_and_missing_ones_stay_missing() -> None:
    rows = parsed(stop=4222, last_delay_min="2.5", route_delay_min="", network_delay_min=None).rows
    assert (rows["stop"], rows["last_delay_min"], rows["route_delay_min"]) == (["4222"], [2.5], [None])


def test_the_last_known_delay_is_the_nearest() -> None:
    assert parsed(last_delay_min=1, route_delay_min=2).rows["last_known_min"] == [1.0]
    assert parsed(route_delay_min=2, network_delay_min=3).rows["last_known_min"] == [2.0]
    assert parsed().rows["last_known_min"] == [0.0]


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"network": None}, ("network", "empty")),
        ({"route": " "}, ("route", "empty")),
        ({"stop": ["4222"]}, ("stop", "not_text")),
        ({"stop": "x" * 101}, ("stop", "too_long")),
        ({"time": "yesterday"}, ("time", "bad_time")),
        ({"time": 1486530000}, ("time", "bad_time")),
        ({"time": "9999-12-31T23:59:59-12:00"}, ("time", "bad_time")),
        ({"event": "boarding"}, ("event", "bad_event")),
        ({"measure": "travel_time"}, ("measure", "other_measure")),
        ({"measure": "imputed"}, ("measure", "imputed")),
        ({"measure": "one_day"}, ("measure", "one_day")),
        ({"last_delay_min": "late"}, ("last_delay_min", "bad_number")),
        ({"last_delay_min": -1440}, ("last_delay_min", "out_of_range")),
        ({"last_delay_age_min": -1}, ("last_delay_age_min", "out_of_range")),
        ({"stop_lat": 91, "stop_lon": 0}, ("stop_lat", "out_of_range")),
        ({"stop_lat": -36.8}, ("stop_lat", "half_a_place")),
    ],
)
def test_a_row_that_does_not_parse_says_why(fields: dict[str, Any], found: tuple[str, str]) -> None:
    assert reason(**fields) == found


def test_rows_that_are_refused_leave_the_others_in_their_order() -> None:
    rows = {name: [value] * 3 for name, value in ROW.items()} | {
        "stop": ["1", "", "3"],
        "last_delay_min": [1, 2, 3],
    }
    found = parse(rows)
    assert (found.rows["stop"], found.rows["last_delay_min"]) == (["1", "3"], [1.0, 3.0])
    assert (found.source.tolist(), found.entity.tolist()) == ([0, 2], [0, 1])
    assert [row.row for row in found.rejected] == [1]


WORDS = st.one_of(st.text(max_size=8), st.integers(), st.none(), st.sampled_from(["NEX", "ß", "İ", "n/a"]))
TIMES = st.one_of(st.datetimes().map(lambda moment: moment.isoformat()), st.text(max_size=12))
FIGURES = st.one_of(st.none(), st.floats(-70, 70), st.floats(-70, 70).map(str))


@settings(max_examples=200, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "network": st.sampled_from(["auckland", "mbta", "ttc", "Metro"]),
            "time": TIMES,
            "route": WORDS,
            "stop": WORDS,
        },
        optional={"event": st.sampled_from(["", "ARR", "departure", None]), "last_delay_min": FIGURES},
    )
)
def test_what_parsed_once_parses_to_itself(row: dict[str, Any]) -> None:
    once = parse({name: [value] for name, value in row.items()}).rows
    assert parse(once).rows == once
