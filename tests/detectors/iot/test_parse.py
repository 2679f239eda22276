"""iot's parse: every row is a flow in canonical form, or rejected with a documented reason."""

from __future__ import annotations

from typing import Any

import pytest

from detectory import detectors
from detectory.detectors.iot.parse import REASONS, parse
from detectory.schema import Rejected

FIELDS = tuple(detectors.load("iot").spec.doors["flow"].fields)
FLOW = {"id.resp_p": 23, "proto": "tcp"}

CANONICAL: list[tuple[str, Any, Any]] = [
    ("id.resp_p", "23", 23),
    ("id.resp_p", 23.0, 23),
    ("id.resp_p", "0", 0),
    ("proto", " TCP", "tcp"),
    ("service", "-", None),
    ("service", "(empty)", None),
    ("service", "", None),
    ("service", "SSL,http", "http,ssl"),
    ("conn_state", "s0", "S0"),
    ("history", "ShAdDaFf", "ShAdDaFf"),
    ("history", "-", None),
    ("duration", "3.1", 3.1),
    ("duration", 1e-9, 0.0),
    ("duration", "-", None),
    ("orig_bytes", "1e3", 1000),
    ("resp_pkts", None, None),
    ("ts", "1577836800.5", 1577836800.5),
    ("ts", "2020-01-01T00:00:00.500000Z", 1577836800.5),
    ("ts", "2020-01-01T01:00:00.500000+01:00", 1577836800.5),
    ("ts", None, None),
]
WRONG: list[tuple[str, Any, str]] = [
    ("id.resp_p", None, "missing"),
    ("id.resp_p", "-", "missing"),
    ("id.resp_p", 65536, "bad_port"),
    ("id.resp_p", -1, "bad_port"),
    ("id.resp_p", 1.5, "bad_port"),
    ("id.resp_p", "http", "not_a_number"),
    ("proto", "-", "missing"),
    ("proto", ["tcp"], "not_text"),
    ("service", True, "not_text"),
    ("history", "S" * 257, "too_long"),
    ("duration", "soon", "not_a_number"),
    ("duration", float("inf"), "not_a_number"),
    ("duration", -0.1, "negative"),
    ("orig_bytes", -5, "negative"),
    ("orig_pkts", 1.5, "not_whole"),
    ("resp_bytes", 2**60, "too_large"),
    ("ts", "yesterday", "bad_time"),
    ("ts", -1, "bad_time"),
    ("ts", 1e15, "bad_time"),
    ("ts", "0001-01-01T00:00:00+23:00", "bad_time"),
]


def flows(*rows: dict[str, Any]) -> dict[str, list[Any]]:
    return {name: [(FLOW | row).get(name) for row in rows] for name in FIELDS}


@pytest.mark.parametrize(("field", "value", "expected"), CANONICAL)
def test_a_value_has_one_form_however_it_is_spelled(field: str, value: Any, expected: Any) -> None:
    parsed = parse(flows({field: value}))
    assert parsed.rejected == []
    assert parsed.rows[field] == [expected]
    assert type(parsed.rows[field][0]) is type(expected)


@pytest.mark.parametrize(("field", "value", "reason"), WRONG)
def test_a_flow_that_cannot_be_is_rejected_with_a_reason(field: str, value: Any, reason: str) -> None:
    parsed = parse(flows({}, {field: value}, {}))
    assert parsed.rejected == [Rejected(1, field, reason)]
    assert parsed.source.tolist() == [0, 2]
    assert parsed.rows["id.resp_p"] == [23, 23]
    assert reason in REASONS


def test_of_several_faults_of_a_row_one_is_told() -> None:
    parsed = parse(flows({"id.resp_p": "x", "proto": None, "orig_pkts": -1}))
    assert [one.row for one in parsed.rejected] == [0]


def test_the_day_and_the_hour_are_those_of_utc() -> None:
    parsed = parse(flows({"ts": 1577840400}, {}))
    assert parsed.rows["hour"] == ["2020-01-01 01", ""]
    assert parsed.rows["day"] == ["2020-01-01", ""]


def test_no_rows_are_no_flows() -> None:
    assert parse(flows()).source.tolist() == []


def test_addresses_are_no_fields() -> None:
    assert not {"uid", "id.orig_h", "id.resp_h", "id.orig_p"} & set(FIELDS)
