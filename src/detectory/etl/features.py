"""What ``features`` of a detector gives, held to the contract before anything is learned from it.

In: rows. Out: their tensors, or what is wrong with them. A row that is missing would shift every label behind
it, an infinite number fits nothing, and a kind looks hashed n-grams up by their number.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from detectory.detector import Detector
from detectory.errors import BadDetector
from detectory.schema import Array, Features

DTYPES = ("float32", "int64", "int32", "uint8")
#: hashed n-grams are so many numbers, 0 being padding
BUCKETS = 1 << 16


def made(detector: Detector, rows: pl.DataFrame, *, before: int = 0) -> Features:
    """The tensors of some rows, at least one, that come after so many others.

    Raises `BadDetector` where they break the contract.
    """
    names = detector.part("features").NAMES
    given, alone = (_given(detector, each) for each in (rows, rows.head(1)))
    for name, columns in names.items():
        why = _wrong(given.get(name), columns, rows=rows.height, before=before)
        why = why or _otherwise(given[name], alone.get(name))
        if why:
            raise BadDetector(detector.name, why=f"features(): '{name}' {why}", where="features.py")
    return {name: given[name] for name in names}


def _given(detector: Detector, rows: pl.DataFrame) -> Features:
    return detector.features({name: rows[name].to_list() for name in rows.columns})


def _wrong(tensor: object, columns: Sequence[str], *, rows: int, before: int) -> str:
    """What is wrong with a tensor of so many rows; empty if nothing is."""
    if not isinstance(tensor, np.ndarray):
        return (
            "is not there, and NAMES has it" if tensor is None else f"is no array but {type(tensor).__name__}"
        )
    if tensor.dtype.name not in DTYPES:
        return f"is of {tensor.dtype.name}, and tensors are of {', '.join(DTYPES)}"
    if tensor.ndim not in (1, 2) or len(tensor) != rows:
        return f"is of the shape {tensor.shape}, for {rows} rows"
    if columns and tensor.size != rows * len(columns):
        return f"has {tensor.size // rows} columns, and NAMES calls {len(columns)}"
    return _out_of_range(tensor, before=before)


def _out_of_range(tensor: Array, *, before: int) -> str:
    if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
        odd = np.flatnonzero(~np.isfinite(tensor.reshape(len(tensor), -1)).all(axis=1))
        return f"is no finite number in {len(odd)} of {len(tensor)} rows, first in row {before + odd[0] + 1}"
    if tensor.dtype == np.int32 and tensor.ndim == 2 and tensor.size:
        low, high = int(tensor.min()), int(tensor.max())
        if low < 0 or high >= BUCKETS:
            return f"goes from {low} to {high}, and hashed n-grams from 0 to {BUCKETS - 1}"
    return ""


def _otherwise(tensor: Array, alone: object) -> str:
    """Whether the first row is another one where it comes by itself, as a caller sends it."""
    first = tensor[:1]
    if not isinstance(alone, np.ndarray) or alone.shape != first.shape:
        shape = getattr(alone, "shape", None)
        return f"is of the shape {first.shape} a row among others, and of {shape} for the same row alone"
    if not np.allclose(first, alone, rtol=1e-5, atol=1e-6):
        return "of a row depends on the rows beside it"
    return ""
