"""The words that parse, features, runtime and stages share: rows, fields, parsed rows.

Rows are columns (``{"domain": ["a.com", …]}``), never a frame: one row costs as little as its
columns, and a million rows are one list a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Column = Sequence[Any] | Array
Rows = Mapping[str, Column]
Features = dict[str, Array]
FieldType = Literal["string", "float", "integer"]


class Rejected(NamedTuple):
    """One input row that does not parse.

    ``row`` is its position in what was given, ``field`` the column at fault, ``reason`` a short
    stable code (``empty``, ``too_long`` …) that the detector's card explains.
    """

    row: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """Entities, which source rows each was made from, and the rows that do not parse.

    ``rows`` are the entities' columns. ``entity`` and ``source`` are a list of pairs, equally long:
    entity ``entity[i]`` was made from source row ``source[i]``. Where a row is an entity (a domain,
    a URL) ``entity`` is ``0 … n-1``; where many log lines become one block it repeats. ``time`` is when
    the source row of each pair happened, in seconds, NaN where that is not known; None where rows bear
    no time. A door with a window needs it.
    """

    rows: Rows
    entity: NDArray[np.int64]
    source: NDArray[np.int64]
    rejected: list[Rejected] = field(default_factory=list)
    time: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Without:
    """Rows as a caller sends them, each an entity without one of its parts.

    Three equally long lists say which ``entity`` it was, which ``part`` is gone, and its ``text``.
    """

    rows: dict[str, list[Any]]
    entity: list[int] = field(default_factory=list)
    part: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def add(self, entity: int, part: str, text: str, row: Mapping[str, Any]) -> None:
        """One more row."""
        self.entity.append(entity)
        self.part.append(part)
        self.text.append(text)
        for name, value in row.items():
            self.rows[name].append(value)


def keys_of(rows: Rows, columns: Sequence[str]) -> list[str]:
    """What tells the entities apart, as one text each: the values of these columns.

    >>> keys_of({"port": [23, None], "proto": ["tcp", "udp"]}, ["port", "proto"])
    ['23\\x1ftcp', 'None\\x1fudp']
    """
    return ["\x1f".join(map(str, values)) for values in zip(*(rows[name] for name in columns), strict=True)]


def length(rows: Rows) -> int:
    """How many rows the columns hold.

    >>> length({"domain": ["a.com", "b.com"]})
    2
    """
    return len(next(iter(rows.values()))) if rows else 0
