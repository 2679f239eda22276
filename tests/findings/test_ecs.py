"""Findings as ECS: fields that there are, each of its type."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from detectory.findings import ecs
from tests.findings.told import ALERTING, REASON, finding_of

#: field → type and whether it holds a list, of the field reference of ECS 9.4.0 (the package `@elastic/ecs`
#: 9.4.0 of Elastic); `ml_is_dga` is of Elastic's integration "DGA", fields-ecs of its package
FIELDS: dict[str, str] = {
    "@timestamp": "date",
    "ecs.version": "keyword",
    "message": "match_only_text",
    "tags": "keyword[]",
    "labels": "object",
    "event.kind": "keyword",
    "event.category": "keyword[]",
    "event.type": "keyword[]",
    "event.module": "keyword",
    "event.dataset": "keyword",
    "event.id": "keyword",
    "event.reason": "keyword",
    "event.risk_score": "float",
    "event.severity": "long",
    "rule.id": "keyword",
    "rule.name": "keyword",
    "rule.description": "keyword",
    "rule.version": "keyword",
    "observer.vendor": "keyword",
    "observer.product": "keyword",
    "observer.version": "keyword",
    "threat.framework": "keyword",
    "threat.technique.id": "keyword[]",
    "threat.technique.name": "keyword[]",
    "threat.technique.subtechnique.id": "keyword[]",
    "threat.technique.subtechnique.name": "keyword[]",
    "dns.question.name": "keyword",
    "url.original": "wildcard",
    "source.ip": "ip",
    "source.port": "long",
    "destination.ip": "ip",
    "destination.port": "long",
    "network.transport": "keyword",
    "network.protocol": "keyword",
    "related.hosts": "keyword[]",
    "related.ip": "ip[]",
    "ml_is_dga.malicious_prediction": "long",
    "ml_is_dga.malicious_probability": "float",
}
#: the allowed values of `event.category` with those of `event.type` that are expected of each
EXPECTED = {"host": "info", "intrusion_detection": "info", "network": "info", "web": "info"}
WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def flat(document: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict) and path + name != "labels":
            yield from flat(value, f"{path}{name}.")
        else:
            yield path + name, value


def is_of(kind: str, value: Any) -> bool:
    """Whether a value may stand in a field of a type."""
    if kind.endswith("[]"):
        return isinstance(value, list) and bool(value) and all(is_of(kind[:-2], each) for each in value)
    if kind == "date":
        return bool(WHEN.fullmatch(value))
    if kind == "ip":
        return str(ip_address(value)) == value
    if kind == "object":
        return all("." not in name and isinstance(text, str) for name, text in value.items())
    if kind == "long":
        return type(value) is int
    return isinstance(value, float if kind == "float" else str)


@pytest.mark.parametrize("name", ALERTING)
@pytest.mark.parametrize("reasons", [None, [REASON]])
def test_every_detectors_alert_has_fields_that_there_are_and_each_of_its_type(
    name: str, reasons: Any
) -> None:
    document = json.loads(json.dumps(ecs.event(finding_of(name, reasons=reasons))))
    for field, value in flat(document):
        assert is_of(FIELDS[field], value), field
    assert document["event"]["kind"] == "alert"
    assert [EXPECTED[each] for each in document["event"]["category"]] == document["event"]["type"]


def test_a_type_that_is_not_the_fields_own_would_be_found() -> None:
    assert not is_of("long", 1.0)
    assert not is_of("keyword[]", "one")
    assert not is_of("date", "2024-05-01")
    with pytest.raises(ValueError, match="localhost"):
        is_of("ip", "localhost")


def test_a_domain_is_where_elastics_own_rules_look_for_it() -> None:
    document = ecs.event(finding_of("dga"))
    assert document["dns"]["question"]["name"] == "xjwq3kzpt1.com"
    assert document["ml_is_dga"] == {"malicious_prediction": 1, "malicious_probability": 0.987654}
    assert document["threat"]["technique"]["subtechnique"]["id"] == ["T1568.002"]
    assert document["related"] == {"hosts": ["xjwq3kzpt1.com"]}


def test_a_flow_has_both_ends_and_is_told_when_it_was() -> None:
    document = ecs.event(finding_of("iot"))
    assert document["@timestamp"] == "2020-01-01T00:00:00.500Z"
    assert document["source"] == {"ip": "192.0.2.7", "port": 50_123}
    assert document["destination"] == {"ip": "2001:db8::1", "port": 23}
    assert document["related"]["ip"] == ["192.0.2.7", "2001:db8::1"]
    assert document["network"] == {"transport": "tcp", "protocol": "irc"}


def test_what_ecs_has_no_field_for_is_a_label() -> None:
    assert ecs.event(finding_of("hdfs"))["labels"]["block"] == "blk_-1608999687919862906"
