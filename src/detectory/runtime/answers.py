"""What a bundle says of rows: columns beside the parsed rows, and the records made of them.

Every task has answers of its own (`alerts.Scores`, `values.Values`); in which order records come, and
what becomes of rows that do not parse, is the same for all and stands here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any, ClassVar, Self

import numpy as np

from detectory.schema import Array, Parsed, Rejected, Rows, length

_BEHIND_ALL = np.iinfo(np.int64).max

Record = dict[str, Any]
DIGITS = 6  # more than any float32 sum knows


@dataclass(frozen=True, slots=True)
class Answers(ABC):
    """Columns of one entry an entity; ``NAMES`` are those of a record, less ``version``.

    ``tells`` are columns of the entities that records hold too: which block it was. ``digits`` is how many
    digits behind the point people see: what is decided is decided before.
    """

    NAMES: ClassVar[tuple[str, ...]]

    parsed: Parsed
    version: str
    tells: Sequence[str] = field(default=(), kw_only=True)
    digits: int = field(default=DIGITS, kw_only=True)

    @abstractmethod
    def columns(self) -> tuple[Array, ...]:
        """The columns of ``NAMES``, as people read them."""

    @property
    @abstractmethod
    def level(self) -> Array:
        """float[N]: the number that goes up or down when a row is changed, unrounded."""

    @abstractmethod
    def golden(self) -> Mapping[str, list[Any]]:
        """The columns that a server must reproduce, unrounded."""

    @property
    def rejected(self) -> list[Rejected]:
        """The rows that do not parse, with field and reason."""
        return self.parsed.rejected

    def telling(self, names: Sequence[str]) -> Self:
        """The same answers, whose records hold these columns of the entities too."""
        return replace(self, tells=names) if names else self

    def order(self) -> tuple[list[int], list[int]]:
        """The input row of every record, ascending, and its place: entities first, then rejected rows.

        An entity made of several rows stands where its first row does. Where every row is an entity both are
        one list, 0 … N-1.
        """
        if self.parsed.entity is self.parsed.source and not self.rejected:  # a row each, as nearly always
            rows = self.parsed.source.tolist()
            return rows, rows
        first = np.full(length(self.parsed.rows), _BEHIND_ALL)
        np.minimum.at(first, self.parsed.entity, self.parsed.source)
        rows = np.concatenate([first, np.array([item.row for item in self.rejected], dtype=np.int64)])
        places = np.argsort(rows, kind="stable")
        return rows[places].tolist(), places.tolist()

    def records(self, rows: Rows) -> list[Record]:
        """One record for each entity and each rejected row, in the order of the input rows.

        Every record holds the input fields (of an entity made of several rows, the first one's), the
        columns of ``tells`` and ``NAMES``, and ``version``; of a rejected row those are empty, and
        ``error`` says why.
        """
        order, places = self.order()
        given, said = list(rows.values()), list(self._said())
        if order is not places:  # else columns stand in order: to copy eighty costs as much as HTTP does
            given = [[column[row] for row in order] for column in given]
            said = [[column[place] for place in places] for column in said]
        names, versions = (*rows, *self.tells, *self.NAMES, "version"), repeat(self.version)
        found = [dict(zip(names, row, strict=True)) for row in zip(*given, *said, versions, strict=False)]
        if self.rejected:
            self._say_why(found, places)
        return found

    def _said(self) -> Iterator[list[Any]]:
        """What is told and answered of the entities, then nothing for each rejected row."""
        nothing = [None] * len(self.rejected)
        for name in self.tells:
            yield [*self.parsed.rows[name], *nothing]
        for column in self.columns():
            yield [*column.tolist(), *nothing]

    def _say_why(self, found: list[Record], places: list[int]) -> None:
        entities = len(found) - len(self.rejected)
        for record, place in zip(found, places, strict=True):
            if place >= entities:
                record["error"] = self.rejected[place - entities].reason
