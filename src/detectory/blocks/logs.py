"""Log lines grouped by the keys they name: many lines become one entity, and a line may belong to several.

Goes in: a column of lines, a program's statements, and what its keys begin with. Comes out: the keys in
the order in which they are first named, and which lines belong to each, in the lines' order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.blocks.text import pack
from detectory.kernels import logs, statements as kernel
from detectory.schema import Column

__all__ = ["Grouped", "grouped"]


@dataclass(frozen=True, slots=True)
class Grouped:
    """K keys, and M pairs of an entity with a line that names its key, sorted by entity, then by line.

    ``key`` int64[K]; ``entity`` and ``source`` int64[M]: entity ``entity[i]`` (a position in ``key``) is
    named by line ``source[i]``, which the statement ``event[i]`` int32[M] wrote at ``time[i]``, float64[M]
    seconds from 1970 on, NaN where the line bears none. ``kind`` uint8[N] says of each line whether it is
    text (`columns.TEXT`).
    """

    key: NDArray[np.int64]
    entity: NDArray[np.int64]
    source: NDArray[np.int64]
    event: NDArray[np.int32]
    time: NDArray[np.float64]
    kind: NDArray[np.uint8]

    @property
    def starts(self) -> NDArray[np.int64]:
        """int64[K + 1]: where the pairs of each entity begin, and where the last one's end."""
        return np.searchsorted(self.entity, np.arange(len(self.key) + 1))

    def spans(self) -> NDArray[np.float64]:
        """float64[K]: seconds between the first and the last time of each entity, NaN where none is known."""
        if not len(self.key):
            return np.zeros(0)
        at, known = self.starts[:-1], ~np.isnan(self.time)
        last = np.maximum.reduceat(np.where(known, self.time, -np.inf), at)
        first = np.minimum.reduceat(np.where(known, self.time, np.inf), at)
        return np.where(last >= first, last - first, np.nan)


def grouped(lines: Column, *, statements: kernel.Statements, prefix: bytes) -> Grouped:
    """The keys that lines name, and their lines.

    >>> table = kernel.Statements([(9, "Opened %s")])
    >>> found = grouped(["Opened id7", "Closed id3, id7", "Good morning"], statements=table, prefix=b"id")
    >>> found.key.tolist(), found.entity.tolist(), found.source.tolist(), found.event.tolist()
    ([7, 3], [0, 0, 1], [0, 1, 1], [9, 0, 0])
    """
    packed = pack(lines)
    found = logs.read(packed, statements, prefix)
    key, of_pair = _in_order(found.key)
    order = np.argsort(of_pair, kind="stable")
    entity, source = of_pair[order], found.line[order]
    again = (entity[1:] == entity[:-1]) & (source[1:] == source[:-1])  # a line that names a key twice
    kept = np.concatenate([np.ones(min(len(order), 1), dtype=bool), ~again])
    entity, source = entity[kept], source[kept]
    return Grouped(key, entity, source, found.event[source], _seconds(found.time[source]), packed.kind)


def _in_order(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The distinct keys in the order in which they come, and the place of each among them."""
    distinct, first, place = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return distinct[order], rank[place]


def _seconds(milliseconds: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(milliseconds == logs.NO_TIME, np.nan, milliseconds / 1000)
