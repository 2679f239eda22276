"""OCSF: a Detection Finding, class 2004 of version 1.5.0 (https://schema.ocsf.io/1.5.0/classes/detection_finding).

Scores of OCSF are whole numbers; the probability itself stands in ``unmapped``, beside what else has no
attribute there. What was observed stands in the first of ``evidences``, and ``observables`` point to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from detectory.findings.finding import Finding, Observed
from detectory.observables import Kind, Severity
from detectory.version import __version__

VERSION = "1.5.0"
CLASS, CREATE = 2004, 1
#: what every event says of its class and of what it is
CREATED: Mapping[str, Any] = {
    "activity_id": CREATE,
    "activity_name": "Create",
    "category_uid": 2,
    "category_name": "Findings",
    "class_uid": CLASS,
    "class_name": "Detection Finding",
    "type_uid": CLASS * 100 + CREATE,
    "type_name": "Detection Finding: Create",
}
LEARNED = 4  # type of an analytic: Learning (ML/DL)
SEVERITIES: Mapping[Severity, tuple[int, str]] = {
    "info": (1, "Informational"),
    "low": (2, "Low"),
    "medium": (3, "Medium"),
    "high": (4, "High"),
    "critical": (5, "Critical"),
}


class _Place(NamedTuple):
    """Where evidence of a kind stands, and which type of observable it is; 0 where it is none."""

    path: tuple[str, str]
    type_id: int = 0
    type: str = ""


PLACES: Mapping[Kind, _Place] = {
    "hostname": _Place(("query", "hostname"), 1, "Hostname"),
    "url": _Place(("url", "url_string"), 6, "URL String"),
    "source_ip": _Place(("src_endpoint", "ip"), 2, "IP Address"),
    "source_port": _Place(("src_endpoint", "port"), 11, "Port"),
    "destination_ip": _Place(("dst_endpoint", "ip"), 2, "IP Address"),
    "destination_port": _Place(("dst_endpoint", "port"), 11, "Port"),
    "transport": _Place(("connection_info", "protocol_name")),
    "application": _Place(("dst_endpoint", "svc_name")),
}


def event(finding: Finding) -> dict[str, Any]:
    """The finding as an event of OCSF."""
    spec = finding.source.spec
    severity_id, severity = SEVERITIES[spec.findings.severity]
    confidence_id, confidence = _confidence(finding.probability)
    found = {
        **CREATED,
        "time": _milliseconds(finding),
        "severity_id": severity_id,
        "severity": severity,
        "status_id": 1,
        "status": "New",
        "is_alert": True,
        "confidence_id": confidence_id,
        "confidence": confidence,
        "confidence_score": round(100 * finding.probability),
        "message": finding.message,
        "metadata": {"version": VERSION, "product": _product()},
        "finding_info": _finding_info(finding),
        "evidences": [_evidence(finding)],
        "unmapped": _unmapped(finding),
    }
    resources = [{"uid": str(each.value)} for each in finding.observed if each.kind == "resource"]
    return found | _if_any("resources", resources) | _if_any("observables", _observables(finding.observed))


def _product() -> dict[str, str]:
    return {"name": "Detectory", "vendor_name": "Detectory", "version": __version__}


def _finding_info(finding: Finding) -> dict[str, Any]:
    source = finding.source
    analytic = {
        "uid": f"detectory/{source.spec.name}",
        "name": source.spec.title,
        "desc": source.spec.question,
        "version": source.version,
        "type_id": LEARNED,
        "type": "Learning (ML/DL)",
    }
    told = {"uid": finding.uid, "title": source.spec.title, "desc": finding.message, "analytic": analytic}
    attacks = [_attack(uid, name) for uid, name in source.spec.findings.techniques.items()]
    return told | {"types": [finding.label]} | _if_any("attacks", attacks)


def _attack(uid: str, name: str) -> dict[str, Any]:
    """A technique of MITRE ATT&CK; one with a point in its id is part of another.

    >>> _attack("T1568.002", "Domain Generation Algorithms")["technique"]
    {'uid': 'T1568'}
    """
    technique, _, part = uid.partition(".")
    if not part:
        return {"technique": {"uid": uid, "name": name}}
    return {"technique": {"uid": technique}, "sub_technique": {"uid": uid, "name": name}}


def _evidence(finding: Finding) -> dict[str, Any]:
    """The row, and what was observed in the objects that OCSF has for it."""
    found: dict[str, Any] = {"data": dict(finding.row)}
    for each in finding.observed:
        if each.kind in PLACES:
            place, attribute = PLACES[each.kind].path
            found.setdefault(place, {})[attribute] = each.value
    if "connection_info" in found:
        found["connection_info"]["direction_id"] = 0  # unknown; OCSF asks for it
    return found


def _observables(observed: list[Observed]) -> list[dict[str, Any]]:
    found = []
    for each in observed:
        if each.kind == "resource":
            found.append(_observable("resources[0].uid", 10, "Resource UID", each.value))
        elif (place := PLACES[each.kind]).type_id:
            found.append(
                _observable(f"evidences[0].{'.'.join(place.path)}", place.type_id, place.type, each.value)
            )
    return found


def _observable(name: str, type_id: int, type_name: str, value: str | int) -> dict[str, Any]:
    return {"name": name, "type_id": type_id, "type": type_name, "value": str(value)}


def _unmapped(finding: Finding) -> dict[str, Any]:
    told = {"probability": finding.probability, "label": finding.label, "digest": finding.source.digest}
    return told | _if_any("reasons", finding.reasons)


def _confidence(probability: float) -> tuple[int, str]:
    """
    >>> _confidence(0.95), _confidence(0.2)
    ((3, 'High'), (1, 'Low'))
    """
    if probability >= 0.9:
        return 3, "High"
    return (2, "Medium") if probability >= 0.5 else (1, "Low")


def _milliseconds(finding: Finding) -> int:
    return int(finding.at.timestamp() * 1000)


def _if_any(name: str, values: list[Any]) -> dict[str, list[Any]]:
    return {name: values} if values else {}
