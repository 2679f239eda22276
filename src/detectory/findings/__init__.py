"""Alerts as findings that security tools take in: one format is one file with ``event``.

Comes in: the record of a row that alerts. Goes out: one JSON object. Never: a row that does not alert, or one
that was not scored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from detectory.findings import ecs, ocsf
from detectory.findings.finding import Finding, Source

__all__ = ["FORMATS", "Finding", "Source"]

FORMATS: Mapping[str, Callable[[Finding], dict[str, Any]]] = {"ecs": ecs.event, "ocsf": ocsf.event}
"""The formats by name."""
