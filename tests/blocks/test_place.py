"""Distances on the Earth against published ones."""

from __future__ import annotations

import pytest

from detectory.blocks.place import haversine_km, offset_km

AUCKLAND, BOSTON = (-36.8443, 174.7681), (42.3555, -71.0605)


def test_the_other_end_of_the_earth_is_half_its_girth_away() -> None:
    assert haversine_km((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20_015, abs=1)
    assert haversine_km((90.0, 0.0), (-90.0, 0.0)) == pytest.approx(20_015, abs=1)


def test_a_degree_of_latitude_is_a_hundred_and_eleven_kilometres() -> None:
    assert haversine_km((0.0, 10.0), (1.0, 10.0)) == pytest.approx(111.195, abs=0.01)


def test_there_and_back_is_the_same_way() -> None:
    assert haversine_km(AUCKLAND, BOSTON) == pytest.approx(haversine_km(BOSTON, AUCKLAND))
    assert haversine_km(AUCKLAND, AUCKLAND) == 0


def test_neighbours_keep_their_digits() -> None:
    assert haversine_km(AUCKLAND, (AUCKLAND[0] + 1e-6, AUCKLAND[1])) == pytest.approx(0.000111195, rel=1e-4)


def test_north_and_east_are_positive() -> None:
    distance, north, east = offset_km((AUCKLAND[0] + 0.03, AUCKLAND[1] + 0.05), AUCKLAND)
    assert (north, east) == (pytest.approx(3.336, abs=0.01), pytest.approx(4.449, abs=0.01))
    assert distance == pytest.approx((north**2 + east**2) ** 0.5, rel=1e-3)
