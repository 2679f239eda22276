"""Rows as a caller sent them: tuples, which become columns only when somebody reads one.

Requests that arrive together are joined while they are tuples still: of eighty fields the columns of one
row cost as much as all of HTTP, those of thirty rows hardly more than those of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any


class Sent(Mapping[str, list[Any]]):
    """Columns by the names of a door's fields, equally long.

    >>> Sent(("domain", "port"), [("a.com", 53), ("b.com", None)])["port"]
    [53, None]
    """

    __slots__ = ("_columns", "fields", "rows")

    def __init__(self, fields: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
        self.fields, self.rows = fields, rows
        self._columns: dict[str, list[Any]] | None = None

    @classmethod
    def of(cls, columns: Mapping[str, Sequence[Any]]) -> Sent:
        """Columns that are there already."""
        return cls(tuple(columns), list(zip(*columns.values(), strict=True)))

    @classmethod
    def joined(cls, pieces: Sequence[Sent]) -> Sent:
        """The rows of several, through the same door, one after the other."""
        return cls(pieces[0].fields, list(chain.from_iterable(piece.rows for piece in pieces)))

    @property
    def columns(self) -> dict[str, list[Any]]:
        """All of them."""
        if self._columns is None:
            self._columns = dict(zip(self.fields, map(list, zip(*self.rows, strict=True)), strict=True))
        return self._columns

    def __getitem__(self, name: str) -> list[Any]:
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)
