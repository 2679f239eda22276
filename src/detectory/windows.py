"""Rows of a stream gathered into entities, and when each of these is complete. In bounded memory.

Goes in: one row after another, with the key of an entity that it belongs to and its event time. Comes out:
`Complete` entities. Nothing is scored here.

An entity is complete when the stream's clock has moved ``idle_s`` on since its last row, when it is the
least recently active of too many, or at the end. A row that comes later opens it again, with the rows it
had: it is complete a second time, as its next revision. Of those that are complete as many are remembered
as may be open; one that was forgotten begins anew.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isnan, nan
from typing import Any, NamedTuple

from detectory.doors import Window

__all__ = ["Complete", "Row", "Windows"]


class Row(NamedTuple):
    """A row of a stream: its number, its values, and the keys of all entities that it belongs to."""

    number: int
    values: tuple[Any, ...]
    keys: tuple[str, ...]


class Complete(NamedTuple):
    """An entity with all its rows, in their order; ``revision`` counts from 0."""

    key: str
    rows: list[Row]
    revision: int


@dataclass(slots=True)
class _Entity:
    rows: list[Row] = field(default_factory=list)
    revision: int = 0
    last: float = 0.0  # the stream's clock at its last row


class Windows:
    """The entities of one stream.

    >>> windows = Windows(Window(idle_s=60))
    >>> row = Row(1, ("Opened id7",), ("id7",))
    >>> list(windows.add("id7", row, time=0.0)), list(windows.add("id3", row, time=61.0))
    ([], [Complete(key='id7', rows=[Row(number=1, values=('Opened id7',), keys=('id7',))], revision=0)])
    """

    def __init__(self, window: Window) -> None:
        self._window = window
        self._now, self._ahead = 0.0, nan  # seconds; and how far that is ahead of the rows' own time
        self._open: OrderedDict[str, _Entity] = OrderedDict()  # the least recently active first
        self._complete: OrderedDict[str, _Entity] = OrderedDict()  # what may be opened again
        self.held = 0  # rows, those of remembered entities too
        self.late = 0

    def add(self, key: str, row: Row, *, time: float) -> Iterator[Complete]:
        """Take a row, of which ``time`` is NaN where it bears none; gives what is complete now."""
        self._set_clock(time)
        yield from self._idle()
        entity = self._entity(key)
        entity.rows.append(row)
        entity.last = self._now
        self.held += 1
        yield from self._beyond()

    def end(self) -> Iterator[Complete]:
        """All that is still open, the least recently active first."""
        while self._open:
            yield self._closed()

    def _set_clock(self, time: float) -> None:
        """The clock follows the rows and never goes back. A row far behind it shows that what was ahead
        was no time: from there the clock goes on as the rows do.
        """
        moment = time + self._ahead
        if isnan(self._ahead) or moment < self._now - self._window.idle_s:
            self._ahead = self._now - time
        elif moment > self._now:
            self._now = moment

    def _entity(self, key: str) -> _Entity:
        if key in self._complete:
            self.late += 1
            self._open[key] = self._complete.pop(key)
            self._open[key].revision += 1
        entity = self._open.setdefault(key, _Entity())
        self._open.move_to_end(key)
        return entity

    def _idle(self) -> Iterator[Complete]:
        while self._open and self._now - next(iter(self._open.values())).last > self._window.idle_s:
            yield self._closed()

    def _beyond(self) -> Iterator[Complete]:
        """Forget what is complete, then complete what is open, until no more is held than may be."""
        while self.held > self._window.max_rows and self._complete:
            self._forget()
        while len(self._open) > self._window.max_open or self.held > self._window.max_rows:
            yield self._closed()
            if self.held > self._window.max_rows:
                self._forget()

    def _closed(self) -> Complete:
        key, entity = self._open.popitem(last=False)
        self._complete[key] = entity
        if len(self._complete) > self._window.max_open:
            self._forget()
        return Complete(key, list(entity.rows), entity.revision)

    def _forget(self) -> None:
        _, entity = self._complete.popitem(last=False)
        self.held -= len(entity.rows)
