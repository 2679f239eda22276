"""The target of a head as class indices, checked to be learnable before any fit begins."""

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


def _named(names: Sequence[str], index: int) -> str:
    """The class's name; a family head of one class lacks a second, which has no name."""
    return names[index] if index < len(names) else "of a second class"
