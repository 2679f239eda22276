"""Schema drift: columns that were renamed from one month to the next are read, and counted."""

from __future__ import annotations

import pytest

from detectory.detectors.transit.forms import FORMS, reading_of
from detectory.errors import UnreadableFile
from tests.detectors.transit.made import AUCKLAND, BUS, NEW, OLD, PRESENT, SUBWAY


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (AUCKLAND, "auckland"),
        ([*SUBWAY, "delay"], "mbta_subway"),
        (OLD, "ttc_bus"),
        (NEW, "ttc_bus"),
        (PRESENT, "ttc_bus"),
        (["time", "line", "pair", "minutes"], "mbta_segments"),
        (BUS, "mbta_bus"),
        (["network", "time", "route", "stop", "delay_min"], "given"),
    ],
)
def test_a_header_is_of_one_form(header: list[str], form: str) -> None:
    assert reading_of(header, where="x").form.name == form
    assert sum(each.reading(header) is not None for each in FORMS) == 1


def test_both_spellings_are_read_as_the_same_columns() -> None:
    old, present = reading_of(OLD, where="x"), reading_of(PRESENT, where="x")
    assert old.columns.keys() == present.columns.keys()
    assert (old.columns["delay_min"], present.columns["delay_min"]) == ("Delay", "Min Delay")


def test_what_was_renamed_is_told_with_its_present_name() -> None:
    assert reading_of(NEW, where="x").renamed == {"Line": "Route", "Bound": "Direction"}
    assert reading_of(PRESENT, where="x").renamed == {}
    assert reading_of(
        [" min delay" if name == "Min Delay" else name for name in PRESENT], where="x"
    ).renamed == {" min delay": "Min Delay"}


def test_a_column_that_nobody_declared_is_told_and_not_read() -> None:
    reading = reading_of([*PRESENT, "Mood"], where="x")
    assert reading.unknown == ["Mood"]
    assert "Mood" not in reading.columns.values()


def test_what_is_known_only_afterwards_is_declared_and_not_read() -> None:
    reading = reading_of([*SUBWAY, "delay", "actual_arrival_time"], where="x")
    assert reading.unknown == []
    assert "actual_arrival_time" not in reading.columns.values()


def test_a_table_of_no_known_form_is_refused_with_what_it_needs() -> None:
    with pytest.raises(UnreadableFile, match="of no form that is known: a, b") as caught:
        reading_of(["a", "b"], where="x.csv")
    assert "delay_min, network, route, stop, time" in caught.value.fix
