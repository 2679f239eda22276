"""Public holidays as the governments have published them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from detectory.blocks.holidays import REGIONS, easter, is_holiday

# of each year all public holidays, month and day
PUBLISHED = {
    ("NZ-AUK", 2017): "0101 0102 0103 0130 0206 0414 0417 0425 0605 1023 1225 1226",
    ("NZ-AUK", 2021): "0101 0102 0104 0201 0206 0208 0402 0405 0425 0426 0607 1025 1225 1226 1227 1228",
    ("NZ-AUK", 2023): "0101 0102 0103 0130 0206 0407 0410 0425 0605 0714 1023 1225 1226",
    ("US-MA", 2026): "0101 0119 0216 0420 0525 0619 0704 0907 1012 1111 1126 1225",
    ("US-MA", 2020): "0101 0120 0217 0420 0525 0704 0907 1012 1111 1126 1225",
    ("CA-ON", 2022): "0101 0103 0221 0415 0523 0701 0905 1010 1225 1226 1227",
}


@pytest.mark.parametrize(("region", "year"), PUBLISHED)
def test_the_holidays_of_a_year_are_those_published(region: str, year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=day) for day in range(365)]
    assert " ".join(f"{day:%m%d}" for day in days if is_holiday(day, region)) == PUBLISHED[region, year]


@pytest.mark.parametrize("day", ["2000-04-23", "2008-03-23", "2011-04-24", "2017-04-16", "2038-04-25"])
def test_easter_is_the_sunday_of_the_tables(day: str) -> None:
    assert easter(int(day[:4])) == date.fromisoformat(day)


def test_a_region_that_is_not_known_has_no_holidays() -> None:
    assert not is_holiday(date(2026, 12, 25), "XX")
    assert all(is_holiday(date(2026, 12, 25), region) for region in REGIONS)
