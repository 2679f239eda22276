"""Rows to try a model on before anybody trusts it: made by chance, at the very edges that it tells apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detectory.errors import ModelUnfit
from detectory.imported.wanted import Tensor, Wanted
from detectory.models.candidate import PREDICTING
from detectory.runtime import Head
from detectory.schema import Array

ROWS = 256
#: how far apart two answers may lie, beside 1 and beside the answer itself
CLOSE = 1e-5


def columns(width: int, thresholds: Sequence[float] = ()) -> NDArray[np.float32]:
    """float32[256, width]: normal numbers, numbers at thresholds and beside them, some missing."""
    random = np.random.default_rng(0)
    edges = np.array([0.0, *thresholds], dtype=np.float32)
    beside = np.concatenate([edges, np.nextafter(edges, np.float32(-math.inf))])
    made = np.where(
        random.random((ROWS, width)) < 0.5,
        random.normal(size=(ROWS, width)),
        random.choice(beside, (ROWS, width)),
    ).astype(np.float32)
    made[random.random(made.shape) < 0.02] = np.nan
    return made


def features(tensors: Sequence[Tensor], numbers: NDArray[np.float32] | None = None) -> dict[str, Array]:
    """Tensors of 256 rows; ``numbers`` are what the columns of all of them hold, else they are any."""
    width = sum(tensor.columns for tensor in tensors)
    if numbers is None:
        numbers = np.nan_to_num(columns(width))
    ends = np.cumsum([tensor.columns for tensor in tensors])[:-1]
    parts = np.split(numbers, ends, axis=1)
    return {tensor.name: _as(tensor, part) for tensor, part in zip(tensors, parts, strict=True)}


def _as(tensor: Tensor, part: NDArray[np.float32]) -> Array:
    """Columns as the tensor has them; ids are small whole numbers."""
    wide = part if tensor.width else part[:, 0]
    if tensor.dtype == "float32":
        return wide
    return np.abs(np.nan_to_num(wide) * 100).astype(tensor.dtype)


def check(graph: bytes, rows: Mapping[str, Array], wanted: Wanted, *, peer: Array | None = None) -> None:
    """Ask a graph, row by row too, and beside what a ``peer`` answered to the same rows.

    Raises `ModelUnfit` for answers of another shape, that are no numbers, that depend on the other rows,
    that are chances where log-odds are wanted, or that are not the peer's.
    """
    head = Head(graph, name=wanted.name)
    answer = head.answer(dict(rows))
    shape = (ROWS, wanted.outputs) if wanted.head == "family" else (ROWS,)
    single = np.concatenate(
        [head.answer({name: values[at : at + 1] for name, values in rows.items()}) for at in range(8)]
    )
    fix = "export it anew; the raw answer alone: log-odds (score), logits (family), the number (value)"
    for why in _faults(answer, single, shape, wanted, peer):
        raise ModelUnfit(wanted.name, why=why, fix=fix)


def _faults(
    answer: Array, single: Array, shape: tuple[int, ...], wanted: Wanted, peer: Array | None
) -> list[str]:
    if answer.shape != shape:
        return [f"to {ROWS} rows it answers {list(answer.shape)}; {list(shape)} is wanted"]
    if not np.isfinite(answer).all():
        return ["some of its answers are no finite numbers"]
    if not _equal(single, answer[:8]):
        return ["it answers a row otherwise when others stand beside it"]
    if peer is not None and not _equal(answer, peer):
        return [
            f"its graph answers otherwise than it does itself, by up to {np.abs(answer - peer).max():.2g}"
        ]
    chances = wanted.head not in PREDICTING and answer.min() >= 0 and answer.max() <= 1
    return ["all of its answers lie between 0 and 1: chances, where log-odds are wanted"] if chances else []


def _equal(one: Array, other: Array) -> bool:
    return bool(np.allclose(one, other, rtol=CLOSE, atol=CLOSE))
