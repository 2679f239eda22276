"""The tensors of transit: what they say of a time, a place and the feed, and that nothing else is in them."""

from __future__ import annotations

from typing import Any

import numpy as np

from detectory.detectors.transit.features import DENSE, FEED, NAMES, features
from detectory.detectors.transit.parse import parse
from detectory.schema import Features

ROW: dict[str, Any] = {"network": "auckland", "time": "2017-02-08T18:00:00", "route": "NEX", "stop": "4222"}


def made(*rows: dict[str, Any]) -> Features:
    names = {name for row in rows for name in row} | set(ROW)
    return features(parse({name: [(ROW | row).get(name) for row in rows] for name in names}).rows)


def column(name: str, *rows: dict[str, Any]) -> list[float]:
    group, names = ("dense", DENSE) if name in DENSE else ("feed", FEED)
    return [round(value, 3) for value in made(*rows)[group][:, names.index(name)].tolist()]


def test_the_time_of_day_is_a_circle() -> None:
    rows = [{"time": f"2017-02-08T{time}"} for time in ("00:00", "06:00", "23:59")]
    assert column("minute", *rows) == [0, 360, 1439]
    assert column("minute_sin", *rows) == [0, 1, -0.004]
    assert column("minute_cos", *rows) == [1, 0, 1]


def test_the_weekend_and_a_holiday_are_told() -> None:
    rows = [{"time": f"2017-02-{day:02}T08:00"} for day in (6, 8, 11)]
    assert column("holiday", *rows) == [1, 0, 0]
    assert column("weekend", *rows) == [0, 0, 1]


def test_the_place_is_told_from_the_middle_of_the_network_where_both_are_known() -> None:
    rows = [
        {},
        {"stop_lat": -36.7246, "stop_lon": 174.713},
        {"stop_lat": 1, "stop_lon": 1, "network": "metro"},
    ]
    assert column("place_known", *rows) == [0, 1, 0]
    assert np.round(column("distance_km", *rows), 1).tolist() == [0, 14.2, 0]
    assert np.round(column("north_km", *rows), 1).tolist() == [0, 13.3, 0]


def test_what_the_feed_did_not_say_is_told_apart_from_on_time() -> None:
    rows = [{"last_delay_min": 0}, {}, {"last_delay_min": -2.5, "last_delay_age_min": 15}]
    assert column("last_known", *rows) == [1, 0, 1]
    assert column("last_delay_min", *rows) == [0, 0, -2.5]
    assert column("age_known", *rows) == [0, 0, 1]


def test_a_path_tells_as_much_as_its_level_says() -> None:
    known = made(
        {}, {"time": "2017-02-08T18:40"}, {"time": "2017-02-08T09:00"}, {"stop": "1"}, {"event": "arrival"}
    )
    half, hour, stop, event = (known["service_path"][0] == known["service_path"][at] for at in range(1, 5))
    assert half.tolist() == [True, True, True, True, False]
    assert hour.tolist() == [True, True, False, False, False]
    assert stop.tolist() == [True, False, False, False, False]
    assert event.tolist() == [False] * 5
    assert (known["stop_path"][0] == known["stop_path"][2]).tolist() == [True, False]


def test_the_same_stop_of_another_network_is_another_stop() -> None:
    known = made({}, {"network": "mbta"})
    assert not np.any(known["service_path"][0] == known["service_path"][1])


def test_no_id_is_one_of_two_levels() -> None:
    known = made(
        *({"time": f"2017-02-08T{hour:02}:00", "stop": str(stop)} for hour in range(24) for stop in range(50))
    )
    levels = [
        set(known[name][:, at]) for name in ("service_path", "stop_path") for at in range(len(NAMES[name]))
    ]
    assert len(set.union(*levels)) == sum(map(len, levels))
    assert min(map(min, levels)) >= 0
