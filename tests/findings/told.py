"""Findings of made-up alerts: every detector's own words, with a value of each kind that it names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from detectory import detectors
from detectory.findings import Finding, Source
from detectory.observables import Findings, Kind
from detectory.runtime import AlertScorer
from detectory.spec import Binary

NOW = datetime(2024, 5, 1, 10, 0, 0, 123_000, UTC)
VALUES: dict[Kind, Any] = {
    "hostname": "xjwq3kzpt1.com",
    "url": "http://paypa1-login.top/x.php?id=7",
    "source_ip": "192.0.2.7",
    "source_port": 50_123,
    "destination_ip": "2001:db8::1",
    "destination_port": "23",
    "transport": "TCP",
    "application": "irc",
    "resource": "blk_-1608999687919862906",
    "time": 1_577_836_800.5,
}
ALERTING = [name for name in detectors.names() if isinstance(detectors.load(name).spec, Binary)]
REASON = {"name": "words", "value": 2.0, "change": -0.5, "unit": "log-odds", "says": "words: 2; lowers it"}


def spec_of(name: str) -> Binary:
    spec = detectors.load(name).spec
    assert isinstance(spec, Binary)
    return spec


def record_of(findings: Findings, **more: Any) -> dict[str, Any]:
    """The record of an alert that has a value in every column that others know."""
    row = {column: VALUES[kind] for column, kind in findings.observables.items()}
    said = {"score": 0.987654, "alert": True, "label": "odd", "version": "7"}
    return {**row, "note": None, **said, **more}


def finding_of(name: str, **more: Any) -> Finding:
    spec = spec_of(name)
    source = Source(spec, "7", "0" * 64, AlertScorer.ANSWER)
    return source.finding(record_of(spec.findings, **more), now=NOW)
