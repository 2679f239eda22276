"""Which rows of a table are one entity: those whose fields are all the same.

Goes in: the facts of the fields and the labels. Comes out: an `Entities`. What is learned and tested are
entities, so that a row that is repeated counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectory.scaffold.labels import Labels
from detectory.scaffold.profile import Codes, Facts

_MULTIPLIER, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


@dataclass(frozen=True, slots=True)
class Entities:
    """int64[N] the entity of every row, and the side of the label that it is on."""

    of_row: Codes
    side: Codes

    @classmethod
    def of(cls, fields: Sequence[Facts], labels: Labels) -> Entities:
        """The entities of N rows, told apart by a hash of 64 bits."""
        mixed = np.zeros(len(fields[0].codes), dtype=np.uint64)
        for one in fields:
            mixed = mixed * _MULTIPLIER + one.codes.astype(np.uint64)
            mixed ^= mixed >> _SHIFT
        _, of_row = np.unique(mixed, return_inverse=True)
        side = np.zeros(len(of_row), dtype=np.int64)
        for number, rows in enumerate(labels.sides.values()):
            side[rows] = number
        return cls(of_row.astype(np.int64), side)

    @property
    def distinct(self) -> int:
        """How many there are."""
        return len(np.unique(self.of_row))

    @property
    def first(self) -> NDArray[np.intp]:
        """The first row of every entity and side, in the order of the table."""
        _, rows = np.unique(self.of_row * 2 + self.side, return_index=True)
        return np.sort(rows)

    @property
    def conflicts(self) -> int:
        """How many rows have fields that stand with both sides of the label."""
        rows = np.bincount(self.of_row)
        others = np.bincount(self.of_row, weights=self.side)
        return int(rows[(others > 0) & (others < rows)].sum())
