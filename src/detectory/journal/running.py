"""A run that goes on: what is told of it is written at once, or soon.

In: stages as they end, points of a metric as they come. Out: the record, written at the beginning, at the
end of each stage that was made, and at the end; points at most every few seconds between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from detectory.errors import DetectoryError
from detectory.journal.record import Record, State
from detectory.journal.series import Curve

Clock = Callable[[], datetime]
Tell = Callable[[str], None]
EVERY_S = 10.0


def silent(text: str) -> None:
    """Nobody listens."""


class Running:
    """The record of a run that is not over. ``write`` takes it, and whether its series changed since."""

    def __init__(
        self, record: Record, write: Callable[[Record, bool], None], *, clock: Clock, tell: Tell = silent
    ) -> None:
        self._record, self._write, self._clock, self._tell = record, write, clock, tell
        self._curves: dict[str, Curve] = {}
        self._written, self._grew = clock(), False

    @property
    def id(self) -> str:
        """The id of the run."""
        return self._record.id

    @property
    def record(self) -> Record:
        """The run as it is known now."""
        series = [curve.series(name) for name, curve in self._curves.items()]
        return msgspec.structs.replace(self._record, series=series)

    def note(self, **known: Any) -> None:
        """Fields of the record that are known now; they are written with what comes next."""
        self._record = msgspec.structs.replace(self._record, **known)

    def save(self, **known: Any) -> None:
        """Write the record now, with these fields."""
        self.note(**known)
        self._save()

    def step(self, name: str, at: int, value: float) -> None:
        """A metric has a value at a step; names are such as ``score.boosted.loss``."""
        self._curves.setdefault(name, Curve()).add(at, value)
        self._grew = True
        if (self._clock() - self._written).total_seconds() >= EVERY_S:
            self._save()

    def end(self, state: State, **known: Any) -> Record:
        """The run is over."""
        now = self._clock()
        seconds = (now - datetime.fromisoformat(self._record.began)).total_seconds()
        self.note(state=state, ended=stamp(now), seconds=round(seconds, 3), **known)
        self._save()
        return self.record

    def _save(self) -> None:
        grew, self._grew, self._written = self._grew, False, self._clock()
        try:
            self._write(self.record, grew)
        except DetectoryError as error:
            self._grew = grew
            self._tell(f"the journal is not written: {error.what}: {error.why} ({error.where})")
            self._tell = silent


def stamp(moment: datetime) -> str:
    """A moment as records have it."""
    return moment.isoformat(timespec="milliseconds")
