"""The split that is proposed: forward in time, by group, or row by row."""

from typing import Any

import numpy as np
import pytest

from detectory.errors import UsageError
from detectory.scaffold import labels
from detectory.scaffold.leaks import Reason
from detectory.scaffold.profile import profile
from detectory.scaffold.split import Protocol, propose

ROWS = 1_200
RNG = np.random.default_rng(12)
LABELS = np.where(RNG.random(ROWS) < 0.3, "attack", "normal").tolist()
DAYS = [f"2026-03-{1 + 30 * row // ROWS:02}" for row in range(ROWS)]
HOSTS = [f"10.0.0.{host}" for host in RNG.integers(1, 100, ROWS)]
USERS = RNG.integers(1, 400, ROWS).tolist()


def of(columns: dict[str, list[Any]], label: list[str] = LABELS, **chosen: str) -> Protocol:
    facts = {name: profile(name, column, position=at) for at, (name, column) in enumerate(columns.items(), 1)}
    codes = {"address": "address", "time": "time", "integer": "identifier"}
    dropped = {one.name: Reason(codes[one.kind], "") for one in facts.values() if one.kind in codes}
    return propose(facts, dropped, labels.read(label, name="label", where="made.csv"), **chosen)


def test_a_time_comes_before_a_group() -> None:
    found = of({"host": HOSTS, "day": DAYS})
    assert (found.kind, found.column, found.format) == ("forward", "day", "iso")


def test_an_identifier_that_repeats_comes_before_an_address() -> None:
    found = of({"host": HOSTS, "user": USERS})
    assert (found.kind, found.column) == ("grouped", "user")


def test_a_person_may_choose_the_group() -> None:
    assert of({"day": DAYS, "host": HOSTS}, group="host").column == "host"


def test_rows_that_belong_to_nothing_are_split_one_by_one() -> None:
    assert of({"amount": RNG.normal(size=ROWS).tolist()}).kind == "rows"


def test_a_time_after_which_one_side_is_missing_is_passed_over_with_the_reason() -> None:
    attacks_first = ["attack"] * 300 + ["normal"] * 900
    found = of({"day": DAYS, "host": HOSTS}, attacks_first)
    assert found.kind == "grouped"
    assert found.notes == (
        "not forward in time by 'day': validation would have 0 distinct rows that are not normal",
    )


def test_a_group_with_most_of_the_rows_is_passed_over_with_the_reason() -> None:
    lopsided = ["10.0.0.1"] * 900 + HOSTS[:300]
    found = of({"host": lopsided})
    assert found.kind == "rows"
    assert "% of the rows that are normal" in found.notes[0]


def test_groups_of_one_row_are_no_groups() -> None:
    assert "no value has two rows" in of({"number": list(range(ROWS))}).notes[0]


def test_numbers_that_grow_with_time_are_one_where_a_person_says_so() -> None:
    found = of({"sequence": list(range(ROWS))}, time="sequence")
    assert (found.kind, found.column, found.format) == ("forward", "sequence", "number")


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"time": "host"}, "'host' holds no times"),
        ({"time": "day"}, "cannot be split by 'day'"),
        ({"group": "day"}, "cannot be split by 'day'"),
    ],
)
def test_a_column_that_was_chosen_and_does_not_serve_is_refused(chosen: dict[str, str], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        of({"day": ["2026-03-01"] * ROWS, "host": HOSTS}, **chosen)
