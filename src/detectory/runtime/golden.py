"""Golden rows: raw rows with tensors and answers, by which a server proves that it is the judged one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from detectory.errors import GoldenMismatch
from detectory.runtime.answers import Answers
from detectory.schema import Features, Rows

TOLERANCE = (
    1e-5  # of the number, or of 1 where it is smaller; another CPU's float32 sums differ in the last bits
)


def golden_of(rows: Rows, answers: Answers, features: Features) -> dict[str, Any]:
    """What a server must reproduce before it is ready: raw rows, their tensors and answers."""
    return {
        "rows": {name: list(column) for name, column in rows.items()},
        "features": {name: tensor.tolist() for name, tensor in features.items()},
        **answers.golden(),
    }


def reproduce(
    golden: Mapping[str, Any],
    score: Callable[[Rows], Answers],
    features: Callable[[Rows], Features],
    *,
    where: str,
) -> int:
    """Compare what is computed here with what was written when the bundle was judged.

    Gives how many answers there are. Raises `GoldenMismatch`.
    """
    rows, tensors = golden["rows"], features(golden["rows"])
    for name, expected in golden["features"].items():
        if not np.allclose(tensors[name], np.asarray(expected), rtol=1e-6, atol=1e-6):
            raise GoldenMismatch(where, why=f"the tensor '{name}' differs")
    found = score(rows).golden()
    for name, column in found.items():
        _compare(name, np.asarray(column), np.asarray(golden[name]), where=where)
    return max(map(len, found.values()))


def _compare(name: str, found: Any, expected: Any, *, where: str) -> None:
    if len(found) != len(expected):
        raise GoldenMismatch(where, why="another number of rows parses")
    if found.dtype.kind != "f":
        if not np.array_equal(found, expected):
            raise GoldenMismatch(where, why=f"a {name} differs")
        return
    distance = np.abs(found - expected.astype(np.float64))
    if not np.all(distance <= TOLERANCE * np.maximum(1.0, np.abs(found))):
        words = name.replace("_", " ")
        raise GoldenMismatch(where, why=f"a {words} differs by {float(np.nanmax(distance)):.3g}")
