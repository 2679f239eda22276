"""Scoring a file: chunk by chunk from a source to a sink, counting what becomes of every row."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from detectory.cli import progress, sinks
from detectory.cli.answers import Explained, RowByRow, door_of
from detectory.cli.findings import as_findings
from detectory.cli.grammar import Target
from detectory.cli.session import Session
from detectory.cli.streams import ExplainedStream, Stream
from detectory.errors import NothingScored
from detectory.explain import require_reasons
from detectory.findings import FORMATS
from detectory.formats.chunk import Chunk
from detectory.formats.read import opened, read
from detectory.formats.source import Form
from detectory.runtime import Record, Scorer

Answering = Callable[[Scorer, Chunk], RowByRow | Stream]


@dataclass(slots=True)
class Tally:
    """What became of the rows read so far; ``alerts`` and ``late`` are None where there can be none."""

    scored: int = 0
    alerts: int | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    first_line: int = 0
    late: int | None = None
    counted: dict[str, int] = field(default_factory=dict)

    def add(self, found: list[Record]) -> list[Record]:
        """Count some records; gives them back."""
        refused = [record for record in found if "error" in record]
        self.scored += len(found) - len(refused)
        if self.alerts is not None:
            self.alerts += sum(record["alert"] is True for record in found)
        self.rejected.update(record["error"] for record in refused)
        self.first_line = self.first_line or (refused[0]["line"] if refused else 0)
        return found

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        rejected = dict(sorted(self.rejected.items()))
        alerts = {} if self.alerts is None else {"alerts": self.alerts}
        return {"scored": self.scored, **alerts, "rejected": rejected, **self._counts()}

    def text(self) -> str:
        """One line for people.

        >>> Tally(scored=2, alerts=1, rejected=Counter(url=1), first_line=3).text()
        '2 scored, 1 alert, 1 rejected: url 1 (the first in line 3)'
        """
        alerts = "" if self.alerts is None else f"{self.alerts:,} alert{'' if self.alerts == 1 else 's'}, "
        text = f"{self.scored:,} scored, {alerts}{self.rejected.total():,} rejected"
        text += "".join(f", {count:,} {name.replace('_', ' ')}" for name, count in self._counts().items())
        if not self.rejected:
            return text
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in self.rejected.most_common())
        return f"{text}: {reasons} (the first in line {self.first_line:,})"

    def _counts(self) -> dict[str, int]:
        return self.counted if self.late is None else {"late": self.late, **self.counted}

    def require_one(self, path: str) -> None:
        """Raise `NothingScored` when every row was rejected."""
        if self.rejected and not self.scored:
            name = "standard input" if path == "-" else path
            raise NothingScored(name, rows=self.rejected.total(), reasons=self.rejected, line=self.first_line)


def score_file(
    session: Session,
    target: Target,
    file: str,
    answering: Answering,
    *,
    form: str | None,
    written: str | None,
    output: Path | None,
) -> Tally:
    """Score a file into a sink, its rows answered as ``answering`` says; gives the tally."""
    scorer = session.workspace().scorer(*target)
    tally = Tally(alerts=0 if "alert" in scorer.ANSWER else None)
    telling = as_findings(written, scorer)
    with (
        opened(file) as source,
        sinks.sink(session, output, "jsonl" if written in FORMATS else written) as records,
        progress.rows(session, f"score {target.name}", to=None if output else sys.stdout) as advance,
    ):
        out = telling(records)
        answers: RowByRow | Stream | None = None
        for chunk in read(source, scorer.spec.asked, form=cast("Form | None", form)):
            answers = answers or answering(scorer, chunk)
            out.begin(answers.header(chunk), line=chunk.first_line)
            out.write(tally.add(answers.records(chunk)))
            advance(len(chunk))
        if answers:
            out.write(tally.add(answers.end()))
            tally.late, tally.counted = answers.late, answers.counted
        out.finish({"detector": target.name, "version": scorer.version, **tally.as_dict()})
    return tally


def answered_rows(scorer: Scorer, chunk: Chunk) -> RowByRow | Stream:
    """How rows of these fields are answered: each at once, or together when an entity is complete."""
    door = door_of(scorer, chunk)
    return Stream(scorer, door, door.window) if door.window else RowByRow(scorer, door)


def explained_rows(scorer: Scorer, chunk: Chunk) -> RowByRow | Stream:
    """The same, each with its reasons. Raises `NotExplained` where there are none."""
    door = door_of(scorer, chunk)
    require_reasons(scorer)
    return ExplainedStream(scorer, door, door.window) if door.window else Explained(scorer, door)
