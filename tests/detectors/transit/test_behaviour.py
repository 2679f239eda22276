"""The checks of transit: their changes give rows that parse, and mean what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectory.blocks.behaviour import Check
from detectory.detectors.transit.behaviour import directional, evasions, invariances
from detectory.detectors.transit.features import features
from detectory.detectors.transit.parse import parse

ROWS: dict[str, list[Any]] = {
    "network": ["auckland", "mbta", "metro"],
    "time": ["2017-02-06T17:46:19+13:00", "2026-07-04T08:00:00-04:00", "2026-01-01T09:00:00"],
    "route": ["NEX", "RED", "7"],
    "stop": ["4222", "70061", "A1"],
    "event": ["arrival", "", "departure"],
    "last_delay_min": [2.5, None, 55.0],
    "last_delay_age_min": [15.0, None, 30.0],
    "near_delay_min": [1.0, 2.0, None],
    "route_delay_min": [0.5, None, 3.0],
    "network_delay_min": [1.0, 1.0, 1.0],
}
ALL = [*invariances(), *directional(), *evasions()]


def changed(check: Check) -> dict[str, list[Any]]:
    return check.mutate({name: list(column) for name, column in ROWS.items()}, np.random.default_rng(7))


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.name)
def test_a_changed_row_parses(check: Check) -> None:
    assert parse(changed(check)).rejected == []


@pytest.mark.parametrize("check", invariances(), ids=lambda check: check.name)
def test_other_words_have_the_same_features(check: Check) -> None:
    assert changed(check) != ROWS
    before, after = features(parse(ROWS).rows), features(parse(changed(check)).rows)
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)


@pytest.mark.parametrize("check", directional(), ids=lambda check: check.name)
def test_what_is_later_is_later_by_ten_minutes_and_no_feed_error(check: Check) -> None:
    rows = changed(check)
    assert rows["last_delay_min"] == [12.5, None, 60.0]
    assert rows["near_delay_min"] == [11.0, 12.0, None]
    assert rows["last_delay_age_min"] == ROWS["last_delay_age_min"]
