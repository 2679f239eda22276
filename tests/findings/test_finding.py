"""What a finding is, before any format."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from detectory import detectors
from detectory.findings import Source
from tests.findings.told import ALERTING, NOW, REASON, finding_of, record_of, spec_of


def test_the_same_row_of_the_same_version_has_the_same_id_whatever_else_is_asked() -> None:
    assert finding_of("dga").uid == finding_of("dga", reasons=[REASON]).uid
    assert finding_of("dga").uid != finding_of("dga", domain="another.com").uid
    assert len(finding_of("dga").uid) == 32


def test_another_version_finds_it_anew() -> None:
    spec = spec_of("dga")
    record = record_of(spec.findings)
    first, second = (Source(spec, "1", digest, ("score",)).finding(record, now=NOW).uid for digest in "ab")
    assert first != second


def test_the_row_goes_on_as_it_came_and_the_answer_does_not() -> None:
    assert finding_of("dga", reasons=[REASON], input_label="mine").row == {
        "domain": "xjwq3kzpt1.com",
        "note": None,
        "input_label": "mine",
    }


def test_the_message_says_what_how_sure_and_why() -> None:
    assert finding_of("dga", label="banjori", reasons=[REASON]).message == (
        "Machine-made domain names: xjwq3kzpt1.com (banjori), probability 0.987654. words: 2; lowers it"
    )
    assert finding_of("phishing", label="phishing").message.startswith(
        "Phishing URLs: http://paypa1-login.top/x.php?id=7, probability"
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (1_577_836_800.5, datetime(2020, 1, 1, 0, 0, 0, 500_000, UTC)),
        ("1577836800.5", datetime(2020, 1, 1, 0, 0, 0, 500_000, UTC)),
        ("2020-01-01T01:00:00+01:00", datetime(2020, 1, 1, tzinfo=UTC)),
        ("2020-01-01 00:00:00", datetime(2020, 1, 1, tzinfo=UTC)),
        ("yesterday", NOW),
        (None, NOW),
        (float("nan"), NOW),
        (1e300, NOW),
        (["1"], NOW),
    ],
)
def test_a_finding_is_of_when_its_row_happened_and_else_of_now(told: Any, expected: datetime) -> None:
    assert finding_of("iot", ts=told).at == expected


@pytest.mark.parametrize(
    "wrong",
    [
        {"id.orig_h": "-"},
        {"id.orig_h": None},
        {"id.orig_h": "10.0.0.256"},
        {"id.orig_h": 7.5},
        {"id.orig_p": "-"},
        {"id.orig_p": 70_000},
        {"id.orig_p": float("nan")},
        {"id.orig_p": float("inf")},
        {"id.orig_p": ""},
        {"service": ""},
    ],
)
def test_a_value_that_is_not_what_its_column_should_hold_is_left_out(wrong: dict[str, Any]) -> None:
    (column,) = wrong
    assert column not in {each.column for each in finding_of("iot", **wrong).observed}


@pytest.mark.parametrize("name", ALERTING)
def test_a_column_that_others_know_is_one_that_a_row_may_have(name: str) -> None:
    spec = spec_of(name)
    for column in spec.findings.observables:
        assert any(door.open or column in [*door.fields, *door.tells] for door in spec.doors.values())


def test_every_detector_that_alerts_says_what_of_a_row_others_know() -> None:
    assert all(spec_of(name).findings.observables for name in ALERTING)
    assert set(detectors.names()) - set(ALERTING) == {"transit"}
