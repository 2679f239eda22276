"""Rows to flows: numbers however they are spelled, and what is missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectory.blocks.cicflowmeter import FIELDS
from detectory.detectors.iotid20.parse import REASONS, parse

Cells = dict[str, list[Any]]


@pytest.fixture
def rows() -> Cells:
    """Two flows whose columns hold the number of the column and its double."""
    return {name: [at, 2 * at] for at, name in enumerate(FIELDS)}


def test_text_and_numbers_are_the_same_flow(rows: Cells) -> None:
    as_text = {name: [str(value) for value in column] for name, column in rows.items()}
    assert parse(as_text).rows == parse(rows).rows


@pytest.mark.parametrize(
    "spelled", ["Infinity", "-Infinity", "inf", "NaN", "", " ", None, float("inf"), float("-inf"), np.nan]
)
def test_infinity_and_nan_are_missing(rows: Cells, spelled: Any) -> None:
    parsed = parse({**rows, "Flow_Byts/s": [spelled, 5.0]})
    assert parsed.rows["Flow_Byts/s"] == [None, 5.0]
    assert parsed.rejected == []


def test_a_column_that_is_not_there_is_missing(rows: Cells) -> None:
    del rows["Idle_Std"]
    assert parse(rows).rows["Idle_Std"] == [None, None]


def test_columns_that_are_no_statistics_are_not_read(rows: Cells) -> None:
    who = {"Flow_ID": ["a", "b"], "Src_IP": ["192.0.2.1"] * 2, "Src_Port": [80, 81], "Timestamp": ["", ""]}
    labels = {"Label": ["Normal", "Anomaly"], "Cat": ["Normal", "Mirai"], "Sub_Cat": ["Normal", "Mirai-Ack"]}
    assert set(parse({**rows, **who, **labels}).rows) == set(FIELDS)


@pytest.mark.parametrize("value", ["soon", True, [1], b"1", "1_000", 1e301])
def test_what_is_no_number_is_rejected_with_its_column(rows: Cells, value: Any) -> None:
    parsed = parse({**rows, "Idle_Max": [value, 1.0]})
    assert [tuple(item) for item in parsed.rejected] == [(0, "Idle_Max", "not_a_number")]
    assert parsed.source.tolist() == [1]


def test_a_row_that_says_nothing_is_rejected() -> None:
    parsed = parse({"Flow_Duration": ["", 3.0], "Idle_Max": [None, None]})
    assert [(item.row, item.reason) for item in parsed.rejected] == [(0, "no_statistic")]


def test_no_rows_are_no_flows() -> None:
    parsed = parse({name: [] for name in FIELDS})
    assert set(map(len, parsed.rows.values())) == {0}


def test_what_the_tool_writes_when_a_counter_overflows_is_a_number(rows: Cells) -> None:
    assert parse({**rows, "Flow_IAT_Min": ["-9223372036854775808", "-1"]}).rows["Flow_IAT_Min"][1] == -1.0


def test_every_reason_is_told_with_its_meaning() -> None:
    assert all(REASONS.values())
