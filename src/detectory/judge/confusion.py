"""Which label was given to which truth: counts of every pair.

In: true and given labels as text. Out: a `Confusion`. The true side may hold families that no model
knows; the given side holds only what a model can say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from detectory.metrics import Array, confusion_matrix


@dataclass(frozen=True, slots=True)
class Confusion:
    """Counts int64[len(truth), len(given)] of true labels (rows) and given ones (columns)."""

    truth: tuple[str, ...]
    given: tuple[str, ...]
    counts: Array

    @classmethod
    def of(cls, truth: Array, given: Array, *, classes: Sequence[str]) -> Confusion:
        """Count the pairs. ``classes`` come first and in their order, what else occurs behind them.

        >>> pairs = Confusion.of(np.array(["a", "b", "b"]), np.array(["a", "a", "b"]), classes=("a", "b"))
        >>> pairs.counts.tolist()
        [[1, 0], [1, 1]]
        """
        rows, columns = _names(truth, classes), _names(given, classes)
        shape = len(rows), len(columns)
        counts = confusion_matrix(codes(truth, rows), codes(given, columns), shape=shape)
        return cls(rows, columns, counts.astype(np.int64))

    def rows(self, name: str) -> int:
        """How many rows truly are ``name``."""
        return int(self.counts[self.truth.index(name)].sum())

    def given_rows(self, name: str) -> int:
        """How many rows were called ``name``."""
        return int(self.counts[:, self.given.index(name)].sum()) if name in self.given else 0

    def right(self, name: str) -> int:
        """How many rows are ``name`` and were called so."""
        if name not in self.given:
            return 0
        return int(self.counts[self.truth.index(name), self.given.index(name)])

    def mistaken_for(self, name: str) -> str:
        """The wrong label that rows of ``name`` were given most often; empty when all were right."""
        wrong = {given: int(n) for given, n in zip(self.given, self._row(name), strict=True) if given != name}
        most = max(wrong, key=wrong.__getitem__, default="")
        return most if wrong.get(most) else ""

    def commonest_errors(self, most: int = 10) -> list[tuple[str, str, int]]:
        """Truth, wrong label and count of the pairs that occur most, the most common first."""
        pairs = [
            (truth, given, int(n))
            for truth, row in zip(self.truth, self.counts, strict=True)
            for given, n in zip(self.given, row, strict=True)
            if n and truth != given
        ]
        return sorted(pairs, key=lambda pair: (-pair[2], pair))[:most]

    def shares(self) -> Array:
        """Counts as a share of their true label: float64, each row sums to 1 (or is all 0)."""
        total = self.counts.sum(axis=1, keepdims=True)
        shares: Array = np.divide(self.counts, total, out=np.zeros(self.counts.shape), where=total > 0)
        return shares

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON."""
        return {"truth": list(self.truth), "given": list(self.given), "counts": self.counts.tolist()}

    def _row(self, name: str) -> Array:
        row: Array = self.counts[self.truth.index(name)]
        return row


def codes(labels: Array, names: Sequence[str]) -> Array:
    """The place of each label among ``names``: int64[N].

    >>> codes(np.array(["b", "a"]), ("a", "b")).tolist()
    [1, 0]
    """
    place = {name: index for index, name in enumerate(names)}
    return np.fromiter((place[label] for label in labels.tolist()), dtype=np.int64, count=len(labels))


def _names(labels: Array, classes: Iterable[str]) -> tuple[str, ...]:
    listed = tuple(classes)
    return listed + tuple(sorted(set(labels.tolist()) - set(listed)))
