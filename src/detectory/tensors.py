"""Feature tensors as Parquet files, one a tensor, so that a reader loads only what it needs.

A tensor of one number a row is a column, one of many named numbers is so many columns, and one
without names (n-gram ids) is one column of fixed-length lists: any tool can read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import polars as pl

from detectory.artifacts import Artifact, Writing
from detectory.schema import Array, Features


def write(out: Writing, features: Features, names: Mapping[str, Sequence[str]]) -> None:
    """Write each tensor to ``NAME.parquet``; ``names`` gives the columns of the named ones."""
    for name, tensor in features.items():
        columns = names.get(name, ())
        frame = _named(tensor, columns) if columns else pl.DataFrame({name: tensor})
        out.write_by(f"{name}.parquet", partial(frame.write_parquet, compression="zstd", statistics=False))


def read(gold: Artifact, wanted: Iterable[str], rows: Array) -> Features:
    """The named tensors for some rows, in their order; the first axis is the row."""
    return {name: _tensor(gold, name, rows) for name in wanted}


def names_in(gold: Artifact) -> list[str]:
    """The tensors an artifact holds."""
    return [name.removesuffix(".parquet") for name in gold.names() if name.endswith(".parquet")]


def _named(tensor: Array, columns: Sequence[str]) -> pl.DataFrame:
    table = tensor.reshape(len(tensor), -1)
    return pl.DataFrame({column: table[:, at] for at, column in enumerate(columns)})


def _tensor(gold: Artifact, name: str, rows: Array) -> Array:
    frame = pl.read_parquet(gold.path(f"{name}.parquet"))[rows]
    if frame.width == 1:
        column: Array = frame.to_series().to_numpy()
        return column
    # row-major, as the kernels write it and the graphs take it
    return np.ascontiguousarray(frame.to_numpy())
