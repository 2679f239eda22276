"""What the feed said before: never of the same moment, never of an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from detectory.detectors.transit.feed import with_history

START = datetime(2017, 2, 8, 5, tzinfo=UTC)


def history(*rows: tuple[int, str, str, float]) -> pl.DataFrame:
    """Minutes since the start, route, stop and delay of each row."""
    columns = list(zip(*rows, strict=True))
    frame = pl.DataFrame(
        {
            "network": ["auckland"] * len(rows),
            "moment": [START + timedelta(minutes=minute) for minute in columns[0]],
            "route": columns[1],
            "stop": columns[2],
            "stop_lat": [-36.0 - int(stop) / 100 for stop in columns[2]],
            "stop_lon": [174.0] * len(rows),
            "delay_min": columns[3],
        }
    )
    return with_history(frame, longest_min=60)


def test_nothing_is_known_before_the_first_look() -> None:
    told = history((0, "A", "1", 5.0))
    assert told["last_delay_min"].to_list() == [None]
    assert told["network_delay_min"].to_list() == [None]


def test_rows_of_one_look_tell_nothing_of_one_another() -> None:
    told = history((0, "A", "1", 5.0), (0, "A", "1", 7.0), (15, "A", "1", 1.0))
    assert told["last_delay_min"].to_list() == [None, None, 6.0]
    assert told["last_delay_age_min"].to_list() == [None, None, 15.0]


def test_stop_route_and_network_each_have_their_own_last_delay() -> None:
    told = history((0, "A", "1", 5.0), (15, "A", "2", 3.0), (30, "B", "1", 9.0), (45, "A", "1", 0.0))
    assert told.row(3, named=True)["last_delay_min"] == 5.0
    assert told.row(3, named=True)["last_delay_age_min"] == 45.0
    assert told.row(3, named=True)["route_delay_min"] == 3.0
    assert told.row(3, named=True)["network_delay_min"] == 9.0


def test_an_error_of_the_feed_is_no_past() -> None:
    told = history((0, "A", "1", 5.0), (15, "A", "1", -1440.0), (30, "A", "1", 1.0))
    assert told["last_delay_min"].to_list() == [None, 5.0, 5.0]


def test_rows_keep_their_order_whatever_their_time() -> None:
    told = history((30, "A", "1", 1.0), (0, "A", "1", 5.0))
    assert told["delay_min"].to_list() == [1.0, 5.0]
    assert told["last_delay_min"].to_list() == [5.0, None]


def test_near_a_stop_the_nearer_vehicles_count_more() -> None:
    told = history(
        (0, "A", "1", 10.0), (0, "A", "9", 0.0), (15, "A", "2", 1.0), (15, "A", "8", 1.0), (15, "B", "1", 1.0)
    )
    near = told["near_delay_min"].to_list()
    assert near[:2] == [None, None]
    assert near[2] > 9
    assert near[3] < 1
    assert near[4] is None


def test_a_look_of_half_an_hour_ago_tells_nothing_of_what_is_near() -> None:
    told = history((0, "A", "1", 10.0), (30, "A", "1", 1.0))
    assert told["near_delay_min"].to_list() == [None, None]
    assert told["route_delay_min"].to_list() == [None, 10.0]
