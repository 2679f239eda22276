"""Scoring a file: chunk by chunk from a source to a sink, counting what becomes of every row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, cast

from detectory.cli import progress, sinks
from detectory.cli.answers import header, records
from detectory.cli.grammar import Target
from detectory.cli.session import Session
from detectory.errors import NothingScored
from detectory.formats.read import opened, read
from detectory.formats.source import Form
from detectory.runtime import Record


@dataclass(slots=True)
class Tally:
    """What became of the rows read so far; ``alerts`` is None where there can be none."""

    scored: int = 0
    alerts: int | None = None
    rejected: Counter[str] = field(default_factory=Counter)
    first_line: int = 0

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
        return {"scored": self.scored, **alerts, "rejected": rejected}

    def text(self) -> str:
        """One line for people.

        >>> Tally(scored=2, alerts=1, rejected=Counter(url=1), first_line=3).text()
        '2 scored, 1 alert, 1 rejected: url 1 (the first in line 3)'
        """
        alerts = "" if self.alerts is None else f"{self.alerts:,} alert{'' if self.alerts == 1 else 's'}, "
        text = f"{self.scored:,} scored, {alerts}{self.rejected.total():,} rejected"
        if not self.rejected:
            return text
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in self.rejected.most_common())
        return f"{text}: {reasons} (the first in line {self.first_line:,})"

    def require_one(self, path: str) -> None:
        """Raise `NothingScored` when every row was rejected."""
        if self.rejected and not self.scored:
            name = "standard input" if path == "-" else path
            raise NothingScored(name, rows=self.rejected.total(), reasons=self.rejected, line=self.first_line)


def score_file(
    session: Session, target: Target, file: str, *, form: str | None, written: str | None, output: str | None
) -> Tally:
    """Score a file into a sink; gives the tally."""
    scorer = session.workspace().scorer(*target)
    tally = Tally(alerts=0 if "alert" in scorer.ANSWER else None)
    with (
        opened(file) as source,
        sinks.sink(session, output, written) as out,
        progress.rows(session, f"score {target.name}") as advance,
    ):
        for chunk in read(source, scorer.spec.asked, form=cast("Form | None", form)):
            out.begin(header(scorer, chunk), line=chunk.first_line)
            out.write(tally.add(records(scorer, chunk)))
            advance(len(chunk))
        out.finish({"detector": target.name, "version": scorer.version, **tally.as_dict()})
    return tally
