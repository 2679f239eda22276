"""A finding: a row that alerts, who says so, and what of it other tools know by name. No format yet."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, NamedTuple

from detectory.observables import Kind
from detectory.spec import Binary

_REASONS = "reasons"


class Observed(NamedTuple):
    """A value that other tools know: the column it stands in, what it is, and itself."""

    column: str
    kind: Kind
    value: str | int


@dataclass(frozen=True, slots=True)
class Source:
    """Who says it: the detector's words, and the version with its digest."""

    spec: Binary
    version: str
    digest: str
    answer: tuple[str, ...]

    def finding(self, record: Mapping[str, Any], *, now: datetime) -> Finding:
        """What the record of an alerting row says; ``now`` is when, where the row does not tell."""
        told = {*self.answer, _REASONS, "revision"}
        row = {name: value for name, value in record.items() if name not in told}
        observed = list(self._observed(record))
        return Finding(
            source=self,
            row=row,
            label=str(record["label"]),
            probability=float(record["score"]),
            at=_time(record, self.spec) or now,
            observed=observed,
            reasons=[reason["says"] for reason in record.get(_REASONS) or []],
        )

    def _observed(self, record: Mapping[str, Any]) -> Iterator[Observed]:
        for column, kind in self.spec.findings.observables.items():
            value = _value(kind, record.get(column))
            if value is not None:
                yield Observed(column, kind, value)


@dataclass(frozen=True, slots=True)
class Finding:
    """An alert: the row as it was given, its label and probability, when it happened, and the reasons."""

    source: Source
    row: Mapping[str, Any]
    label: str
    probability: float
    at: datetime
    observed: list[Observed]
    reasons: list[str]

    @property
    def uid(self) -> str:
        """The same for the same row and version, so that whoever takes it in twice has it once."""
        told = [self.source.spec.name, self.source.digest, dict(self.row)]
        text = json.dumps(told, sort_keys=True, ensure_ascii=True, default=str)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    @property
    def message(self) -> str:
        """The alert in a sentence: what, of which kind, how sure, and why."""
        spec = self.source.spec
        what = ", ".join(str(each.value) for each in self.observed[:2])
        kind = "" if self.label == spec.label.positive else f" ({self.label})"
        head = f"{spec.title}: {what or 'a row'}{kind}, probability {self.probability:g}"
        return ". ".join([head, *self.reasons])


def _value(kind: Kind, value: Any) -> str | int | None:
    """A value that is what its column should hold; None for what is not, which no tool would take."""
    if value is None or value == "" or kind == "time":
        return None
    if kind in ("source_ip", "destination_ip"):
        return _address(str(value))
    if kind in ("source_port", "destination_port"):
        return _port(value)
    return str(value)


def _address(text: str) -> str | None:
    """
    >>> _address("2001:DB8::1"), _address("localhost")
    ('2001:db8::1', None)
    """
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _port(value: Any) -> int | None:
    """
    >>> _port("443"), _port(23.0), _port(70_000), _port("-")
    (443, 23, None, None)
    """
    try:
        port = int(float(value))
    except (ValueError, OverflowError):
        return None
    return port if 0 <= port <= 65_535 else None


def _time(record: Mapping[str, Any], spec: Binary) -> datetime | None:
    """When the row happened, where one of its columns says it."""
    for column, kind in spec.findings.observables.items():
        if kind == "time" and (told := _moment(record.get(column))):
            return told
    return None


def _moment(value: Any) -> datetime | None:
    """
    >>> _moment(0.25).isoformat(), _moment("2024-05-01T10:00:00+02:00").isoformat(), _moment("soon")
    ('1970-01-01T00:00:00.250000+00:00', '2024-05-01T08:00:00+00:00', None)
    """
    try:
        if isinstance(value, str) and not _is_number(value):
            told = datetime.fromisoformat(value)
            return told.replace(tzinfo=told.tzinfo or UTC).astimezone(UTC)
        seconds = float(value)
        return datetime.fromtimestamp(seconds, UTC) if math.isfinite(seconds) else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
