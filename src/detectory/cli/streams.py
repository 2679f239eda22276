"""Scoring rows that come one by one and become entities together: a block of log lines is judged whole.

Comes in: chunks of a file or a pipe. Goes out: a record for every entity when it is complete, as `windows`
says, and one for every row that belongs to none, at once. An entity that speaks up again is judged again:
its record says which ``revision`` it is. Where the chunks were cut changes no verdict, and not their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import nan

import numpy as np

from detectory.cli.answers import REVISION, WHY, not_scored, renamed, taken, told
from detectory.doors import Door, Window
from detectory.explain import REASONS, add_reasons
from detectory.formats.chunk import Chunk
from detectory.runtime import Answers, Record, Scorer
from detectory.schema import Parsed
from detectory.windows import Complete, Row, Windows

TOGETHER = 256  # entities that are scored in one call


class Stream:
    """The records of one stream through one door with a window."""

    def __init__(self, scorer: Scorer, door: Door, window: Window) -> None:
        self._scorer, self._door = scorer, door
        self._windows = Windows(window)
        self.counted = dict.fromkeys(door.counts, 0)

    @property
    def late(self) -> int:
        """Rows that came when their entity was complete already."""
        return self._windows.late

    def header(self, chunk: Chunk) -> list[str]:
        """The columns of the records: of a row, the door's fields alone are kept."""
        return [*self._fields(), *told(self._scorer, chunk), *self._scorer.ANSWER, REVISION, *WHY]

    def records(self, chunk: Chunk) -> list[Record]:
        """What can be said once these rows are read."""
        if not chunk.lines:
            return not_scored(self._scorer, chunk, [])
        parsed = self._scorer.parse(chunk.asked())
        for name in self.counted:
            self.counted[name] += int(sum(parsed.rows[name]))
        return [
            *not_scored(self._scorer, chunk, parsed.rejected),
            *self._judged(self._gathered(chunk, parsed)),
        ]

    def end(self) -> list[Record]:
        """What is left when there are no more rows."""
        return self._judged(self._windows.end())

    def _fields(self) -> list[str]:
        return [renamed(name, taken(self._scorer, self._door)) for name in self._door.fields]

    def _gathered(self, chunk: Chunk, parsed: Parsed) -> Iterator[Complete]:
        """Put every row where it belongs, in the order of the rows."""
        columns = [chunk.columns[name] for name in self._door.fields]
        for source, belongs in _belonging(parsed, self._door.key).items():
            values = tuple(column[source] for column in columns)
            row = Row(chunk.lines[source], values, tuple(key for key, _ in belongs))
            for key, time in belongs:
                yield from self._windows.add(key, row, time=time)

    def _judged(self, complete: Iterable[Complete]) -> list[Record]:
        """Records of complete entities, in their order; those that share no row are scored together."""
        found: list[Record] = []
        waiting: dict[str, Complete] = {}
        for one in complete:
            alone = any(len(row.keys) > 1 for row in one.rows)
            if alone or one.key in waiting or len(waiting) == TOGETHER:
                found += self._scored(waiting)
                waiting = {}
            if alone:
                found += self._scored({one.key: one})
            else:
                waiting[one.key] = one
        return found + self._scored(waiting)

    def _scored(self, complete: Mapping[str, Complete]) -> list[Record]:
        """The records of these entities; what their rows say of others is left out."""
        rows = [row.values for one in complete.values() for row in one.rows]
        if not rows:
            return []
        columns = dict(zip(self._door.fields, map(list, zip(*rows, strict=True)), strict=True))
        found = self._scorer.score(columns)
        records = found.records(dict(zip(self._fields(), columns.values(), strict=True)))
        self._beside(records, found)
        judged = [record for record in records if record[self._door.key] in complete]
        return [{**record, REVISION: complete[record[self._door.key]].revision} for record in judged]

    def _beside(self, found: list[Record], answers: Answers) -> None:
        """What the records of these answers hold besides."""


class ExplainedStream(Stream):
    """The same, and each with its reasons."""

    def header(self, chunk: Chunk) -> list[str]:
        """One column more."""
        return [*super().header(chunk), REASONS]

    def _beside(self, found: list[Record], answers: Answers) -> None:
        add_reasons(found, answers, self._scorer)


def _belonging(parsed: Parsed, key: str) -> dict[int, list[tuple[str, float]]]:
    """Each row, in order, with the keys of its entities and its event time."""
    keys = parsed.rows[key]
    times = [nan] * len(parsed.source) if parsed.time is None else parsed.time.tolist()
    found: dict[int, list[tuple[str, float]]] = {}
    for at in np.argsort(parsed.source, kind="stable").tolist():
        found.setdefault(int(parsed.source[at]), []).append((keys[parsed.entity[at]], times[at]))
    return found
