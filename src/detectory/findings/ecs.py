"""ECS: an alert in the fields of the Elastic Common Schema 9.4.0 (https://www.elastic.co/docs/reference/ecs).

A detector may name the object of Elastic's own model of its kind (``ml_is_dga``), whose two fields are then
filled too, so that rules written for that model find our alerts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detectory.findings.finding import Finding
from detectory.observables import Kind, Severity
from detectory.version import __version__

VERSION = "9.4.0"
#: https://www.elastic.co/docs/solutions/security/detect-and-alert/create-detection-rule: default risk scores
SEVERITIES: Mapping[Severity, int] = {"info": 0, "low": 21, "medium": 47, "high": 73, "critical": 99}
FIELDS: Mapping[Kind, str] = {
    "hostname": "dns.question.name",
    "url": "url.original",
    "source_ip": "source.ip",
    "source_port": "source.port",
    "destination_ip": "destination.ip",
    "destination_port": "destination.port",
    "transport": "network.transport",
    "application": "network.protocol",
}
RELATED: Mapping[Kind, str] = {
    "hostname": "related.hosts",
    "source_ip": "related.ip",
    "destination_ip": "related.ip",
}


def event(finding: Finding) -> dict[str, Any]:
    """The finding as a document of ECS."""
    found: dict[str, Any] = {}
    for name, value in _flat(finding).items():
        *path, last = name.split(".")
        place = found
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return found


def _flat(finding: Finding) -> dict[str, Any]:
    """The fields by their dotted names."""
    spec = finding.source.spec
    when = finding.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "@timestamp": when,
        "ecs.version": VERSION,
        "message": finding.message,
        "tags": [finding.label],
        "event.kind": "alert",
        "event.category": [spec.findings.category],
        "event.type": ["info"],
        "event.module": "detectory",
        "event.dataset": f"detectory.{spec.name}",
        "event.id": finding.uid,
        "event.risk_score": 100 * finding.probability,
        "event.severity": SEVERITIES[spec.findings.severity],
        "rule.id": f"detectory/{spec.name}",
        "rule.name": spec.title,
        "rule.description": spec.question,
        "rule.version": finding.source.version,
        "observer.vendor": "Detectory",
        "observer.product": "Detectory",
        "observer.version": __version__,
        **_threat(spec.findings.techniques),
        **_observed(finding),
        **_like_elastic(finding),
    }


def _observed(finding: Finding) -> dict[str, Any]:
    """What was observed; what ECS has no field for is a label."""
    found: dict[str, Any] = {"labels": {"label": finding.label, "digest": finding.source.digest}}
    for each in finding.observed:
        if each.kind not in FIELDS:
            found["labels"][each.column.replace(".", "_")] = str(each.value)
            continue
        value = str(each.value).lower() if each.kind in ("transport", "application") else each.value
        found[FIELDS[each.kind]] = value
        if each.kind in RELATED:
            found.setdefault(RELATED[each.kind], []).append(each.value)
    if finding.reasons:
        found["event.reason"] = "; ".join(finding.reasons)
    return found


def _threat(techniques: Mapping[str, str]) -> dict[str, Any]:
    """Techniques of MITRE ATT&CK; those with a point in their id are parts of others."""
    if not techniques:
        return {}
    parts = {uid: name for uid, name in techniques.items() if "." in uid}
    whole = {uid: name for uid, name in techniques.items() if "." not in uid}
    found: dict[str, Any] = {"threat.framework": "MITRE ATT&CK"}
    found["threat.technique.id"] = [*whole, *dict.fromkeys(uid.partition(".")[0] for uid in parts)]
    if whole:
        found["threat.technique.name"] = list(whole.values())
    if parts:
        found["threat.technique.subtechnique.id"] = list(parts)
        found["threat.technique.subtechnique.name"] = list(parts.values())
    return found


def _like_elastic(finding: Finding) -> dict[str, Any]:
    """What Elastic's own model of this kind would say."""
    name = finding.source.spec.findings.ml_fields
    if not name:
        return {}
    said = {"malicious_prediction": 1, "malicious_probability": finding.probability}
    return {f"{name}.{field}": value for field, value in said.items()}
