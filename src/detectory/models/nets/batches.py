"""Rows as a net is shown them, and in which batches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectory.schema import Array

#: how many batches are drawn together before they are sorted by length
_BUCKET = 32


class Rows(NamedTuple):
    """uint8[N, L] letters, float32[N, C] scaled columns, and what is to be answered.

    ``target`` is int64[N] classes or float32[N] scaled numbers, ``weight`` float32[N]. ``told`` is what a
    teacher answers, float32[N] or [N, K] in the unit of the target, and ``share`` float32[N] its part of the
    loss; both have no row where there is no teacher.
    """

    letters: NDArray[np.uint8]
    columns: NDArray[np.float32]
    target: Array
    weight: NDArray[np.float32]
    told: NDArray[np.float32]
    share: NDArray[np.float32]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """int64[N]: how many places each row uses, up to its last letter."""
        if not self.letters.shape[1]:
            return np.zeros(len(self.letters), dtype=np.int64)
        used = self.letters[:, ::-1] != 0
        return np.where(used.any(axis=1), self.letters.shape[1] - used.argmax(axis=1), 0)


def order(lengths: NDArray[np.int64], *, size: int, random: np.random.Generator) -> list[NDArray[np.int64]]:
    """Positions of rows, batch by batch: every row once, texts of like length together.

    Batches are as equal as can be, so none is left over with a single row. Rows are shuffled, some batches
    at a time are sorted by length, and the batches are shuffled again.

    >>> found = order(np.array([9, 1, 9, 1]), size=2, random=np.random.default_rng(0))
    >>> sorted(sorted(batch.tolist()) for batch in found)
    [[0, 2], [1, 3]]
    """
    shuffled = random.permutation(len(lengths))
    buckets = np.array_split(shuffled, -(-len(shuffled) // (size * _BUCKET)))
    alike = np.concatenate([each[np.argsort(lengths[each], kind="stable")] for each in buckets])
    batches = np.array_split(alike, -(-len(alike) // size))
    return [batches[at] for at in random.permutation(len(batches))]
