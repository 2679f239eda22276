"""How times are written, and that their texts sort as they do."""

import pytest

from detectory.formats.times import FORMATS, ISO, of_words, sortable


@pytest.mark.parametrize(
    ("earlier", "later", "how"),
    [
        ("1500000000", "1600000000.5", "number"),
        ("2026-03-01T23:30:00+02:00", "2026-03-01T22:00:00Z", "iso"),
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00.250", "iso"),
        ("31/12/2018 11:59:00 PM", "01/01/2019 12:00:00 AM", "%d/%m/%Y %I:%M:%S %p"),
    ],
)
def test_times_sort_as_text(earlier: str, later: str, how: str) -> None:
    assert "" < sortable(earlier, how) < sortable(later, how)


def test_a_day_above_twelve_tells_which_number_is_the_month() -> None:
    assert of_words(["02/03/2026", "02/13/2026"]) == "%m/%d/%Y"
    assert of_words(["02/03/2026", "13/02/2026"]) == "%d/%m/%Y"


@pytest.mark.parametrize("how", FORMATS)
def test_every_format_reads_what_it_writes(how: str) -> None:
    from datetime import datetime

    written = datetime(2026, 11, 21, 9, 30, 15).strftime(how)
    assert of_words([written]) in FORMATS
    assert sortable(written, how).startswith("2026-11-21")


@pytest.mark.parametrize("word", ["20260301", "1.5", "tcp", "25:30"])
def test_what_is_no_day_is_no_time(word: str) -> None:
    assert of_words([word]) == ""


@pytest.mark.parametrize("word", ["09:14:00", "9:14", "23:59:59.5", "03:25:53 AM"])
def test_a_time_of_day_is_one_that_gives_no_order(word: str) -> None:
    assert of_words([word]) == "clock"


def test_a_time_that_utc_cannot_hold_is_none() -> None:
    assert sortable("0001-01-01T00:00:00+23:59", ISO) == ""
    assert of_words(["9999-12-31T23:59:59-23:59"]) == ""
