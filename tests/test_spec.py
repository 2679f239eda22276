"""The words of a detector are refused where they do not fit its task, and the fault is named."""

from __future__ import annotations

import pytest

from detectory.errors import BadDetector
from detectory.spec import Binary, Regression, read_spec
from tests.toy.make import HERE

BINARY, NUMBER = ((HERE / name / "detector.toml").read_text() for name in ("toy", "late"))
BUDGET = BINARY[BINARY.index("[budget]") : BINARY.index("[[gates]]")]
TARGET = NUMBER[NUMBER.index("[target]") : NUMBER.index("[intervals]")]


def read(text: str) -> Binary | Regression:
    return read_spec(text, where="late/detector.toml")


def test_the_task_decides_which_tables_there_are() -> None:
    assert isinstance(read(BINARY), Binary)
    assert isinstance(read(NUMBER), Regression)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (BINARY.replace(BUDGET, ""), "missing required field `budget`"),
        (NUMBER.replace(TARGET, ""), "missing required field `target`"),
        (NUMBER + BUDGET, "unknown field `budget`"),
        (
            BINARY.replace("fields.text", "fields.source"),
            "the field 'source' is called as a column that silver",
        ),
        (BINARY + "[intervals]\ncoverage = 0.9\n", "unknown field `intervals`"),
        (NUMBER.replace('"regression"', '"multiclass"'), "Invalid value 'multiclass' - at `$.task`"),
        (NUMBER.replace("coverage = 0.9", "coverage = 90"), "a coverage of 90 is no share between 0 and 1"),
        (NUMBER.replace('column = "minutes"', 'column = "km"'), "the target 'km' is a field of the door"),
        (
            NUMBER.replace("{ value = 0.0 }", '{ value = 0.0, column = "last" }'),
            "a forecast has one of column, median_by and value",
        ),
        (NUMBER.replace("{ value = 0.0 }", "{}"), "a forecast has one of column, median_by and value"),
    ],
)
def test_a_table_that_does_not_fit_the_task_is_named(text: str, why: str) -> None:
    with pytest.raises(BadDetector, match="'late' does not hold to the contract") as caught:
        read(text)
    assert why in caught.value.why


def test_a_table_of_the_other_task_is_answered_with_those_of_its_own() -> None:
    with pytest.raises(BadDetector, match="does not hold") as caught:
        read(NUMBER + BUDGET)
    assert caught.value.why == (
        "Object contains unknown field `budget`; "
        "a detector of the task 'regression' has [target], and may have [intervals], [forecasts]"
    )


def test_two_numbers_of_one_entity_are_two_rows_only_where_the_words_say_so() -> None:
    once = read(NUMBER)
    twice = read(NUMBER.replace('"hour"]', '"hour", "label"]', 1))
    assert once.distinct == once.key == twice.key == ["stop", "day", "hour"]
    assert twice.distinct == ["stop", "day", "hour", "label"]
