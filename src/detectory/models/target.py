"""The target of a head as class indices or numbers, checked to be learnable before any fit begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from detectory.errors import UnlearnableTarget
from detectory.models.candidate import Head
from detectory.schema import Array

_BINARY = ("negative", "positive")


def indices(target: Array, *, head: Head, classes: Sequence[str]) -> NDArray[np.int64]:
    """int64[N] class indices: 0 and 1 for ``score``, into ``classes`` for ``family``.

    Raises ``UnlearnableTarget`` naming the classes that have no row.

    >>> indices(np.array([True, False]), head="score", classes=()).tolist()
    [1, 0]
    """
    found = np.asarray(target).astype(np.int64)
    names = _BINARY if head == "score" else tuple(classes)
    missing = set(range(max(len(names), 2))) - set(np.unique(found).tolist())
    if missing:
        raise UnlearnableTarget([_named(names, index) for index in missing], rows=len(found))
    return found


def numbers(target: Array, *, less: float = 0.0) -> NDArray[np.float32]:
    """float32[N]: what is left of the numbers beside a constant, computed in float64.

    Raises ``UnlearnableTarget`` when there is no number at all.

    >>> numbers(np.array([100.5, 101.0]), less=100.0).tolist()
    [0.5, 1.0]
    """
    if not len(target):
        raise UnlearnableTarget(["a number"], rows=0)
    return (np.asarray(target, dtype=np.float64) - less).astype(np.float32)


def _named(names: Sequence[str], index: int) -> str:
    """The class's name; a family head of one class lacks a second, which has no name."""
    return names[index] if index < len(names) else "of a second class"
