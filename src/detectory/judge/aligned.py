"""Answers beside the truth: columns of one length, of which some rows can be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Self

import numpy as np

from detectory.metrics import Array


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Aligned:
    """Columns of one length N: every array of a subclass, and ``slices``, a value a row for each by name.

    Raises `ValueError` for columns of different lengths.
    """

    slices: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = {name: len(column) for name, column in (self._columns() | dict(self.slices)).items()}
        if len(set(rows.values())) > 1:
            raise ValueError(f"columns of different lengths: {rows}")

    def only(self, at: Array) -> Self:
        """Some of the rows, by their positions int[M], or by a mask bool[N]."""
        columns = {name: column[at] for name, column in self._columns().items()}
        return replace(self, **columns, slices={name: column[at] for name, column in self.slices.items()})

    def _columns(self) -> dict[str, Array]:
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return {name: part for name, part in parts.items() if isinstance(part, np.ndarray)}
