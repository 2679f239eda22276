"""The words of ``[findings]``: what of an alerting row other tools know, and by which name.

Comes in: a table of ``detector.toml``, decoded. Goes out: a frozen `Findings`. Code is never here.
"""

from __future__ import annotations

from typing import Literal

import msgspec

#: what a column of a row, or of its entity, is to whoever reads findings; ``time`` is when it happened, in
#: seconds since 1970 or in ISO 8601
Kind = Literal[
    "hostname", "url", "source_ip", "source_port", "destination_ip", "destination_port",
    "transport", "application", "resource", "time",
]  # fmt: skip
Severity = Literal["info", "low", "medium", "high", "critical"]
#: of https://www.elastic.co/docs/reference/ecs/ecs-allowed-values-event-category, what detectors may be about
Category = Literal["host", "intrusion_detection", "network", "web"]


class Findings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How alerts are told to other tools.

    ``observables`` says of columns what they are; they need not be fields: an open door lets others pass.
    ``techniques`` are those of MITRE ATT&CK that an alert speaks of, with their names. ``ml_fields`` is the
    name of the object in which Elastic's own models of the same kind put their answer.
    """

    observables: dict[str, Kind] = {}
    techniques: dict[str, str] = {}
    severity: Severity = "medium"
    category: Category = "intrusion_detection"
    ml_fields: str = ""
