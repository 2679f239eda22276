"""Alerts instead of records: what ``score --format ocsf`` and ``ecs`` write, one finding a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from detectory.cli.sinks import Sink
from detectory.errors import NoThreshold
from detectory.findings import FORMATS, Finding, Source
from detectory.runtime import Scorer
from detectory.spec import Binary

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Findings:
    """A sink that passes on a finding for every record that alerts, and nothing for the others."""

    def __init__(
        self, out: Sink, source: Source, event: Callable[[Finding], dict[str, Any]], *, clock: Clock = _now
    ) -> None:
        self._out, self._source, self._event, self._clock = out, source, event, clock

    def begin(self, columns: Sequence[str], *, line: int) -> None:
        """A finding has names of its own."""
        self._out.begin([], line=line)

    def write(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Pass on what alerts."""
        now = self._clock()
        alerts = [record for record in records if record["alert"]]
        self._out.write([self._event(self._source.finding(record, now=now)) for record in alerts])

    def finish(self, facts: Mapping[str, Any]) -> None:
        """Pass on what was counted."""
        self._out.finish(facts)


def as_findings(written: str | None, scorer: Scorer) -> Callable[[Sink], Sink]:
    """What a sink becomes where findings are to be written: itself where they are not.

    Raises `NoThreshold` for a detector that never alerts.
    """
    event = FORMATS.get(written or "")
    if event is None:
        return lambda out: out
    if not isinstance(scorer.spec, Binary):
        raise NoThreshold(scorer.spec.name, asked=f"--format {written}")
    source = Source(scorer.spec, scorer.version, scorer.bundle.digest, scorer.ANSWER)
    return lambda out: Findings(out, source, event)
