"""What a column holds, told from its values."""

import numpy as np
import pytest

from detectory.scaffold.profile import Facts, profile


def of(*values: object, name: str = "x", times: int = 1) -> Facts:
    return profile(name, list(values) * times, position=1)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "-2", "3"], "integer"),
        ([1, 2.0, None], "integer"),
        (["1.5", "2", "?"], "number"),
        (["1e3", "Infinity", "2.5"], "number"),
        (["red", "green"], "category"),
        ([True, False], "category"),
        (["10.0.0.1", "fe80::1"], "address"),
        (["00:1b:44:11:3a:b7"], "address"),
        (["2026-03-01", "2026-03-02T10:00:00Z"], "time"),
        (["25/07/2019 03:25:53 AM"], "time"),
        ([" 09:14:00 ", "23:10:05"], "time"),
        ([None, "", "-"], "empty"),
        ([["a"], "b"], "nested"),
    ],
)
def test_a_column_is_of_the_kind_that_its_values_are(values: list[object], kind: str) -> None:
    assert of(*values, times=40).kind == kind


def test_seconds_since_1970_are_a_time_only_where_the_name_says_so() -> None:
    assert of(1_530_000_000, 1_530_000_001, name="ts").kind == "time"
    assert of(1_530_000_000, 1_530_000_001, name="bytes").kind == "integer"


def test_many_different_words_are_a_text() -> None:
    assert of(*(f"message {number} of many" for number in range(200))).kind == "text"


def test_a_few_mistakes_among_numbers_are_counted_and_change_no_kind() -> None:
    facts = of(*range(995), *["oops"] * 5)
    assert (facts.kind, facts.wrong) == ("integer", 0.005)
    assert facts.numbers is not None
    assert np.isnan(facts.numbers[-5:]).all()


def test_what_is_not_said_is_missing_however_it_is_spelled() -> None:
    facts = of("a", "", None, " - ", "NaN", "b", "a", "b")
    assert (facts.missing, facts.distinct) == (0.5, 2)


def test_equal_values_have_equal_numbers() -> None:
    assert of("tcp", " tcp", "udp", "tcp").codes.tolist() == [0, 0, 1, 0]
