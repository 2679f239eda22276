"""Text columns for the kernels: whatever a caller holds to one buffer with offsets."""

from __future__ import annotations

import numpy as np

from detectory.kernels import columns
from detectory.schema import Column

__all__ = ["pack"]


def pack(column: Column) -> columns.Packed:
    """A column as one UTF-8 buffer (uint8[bytes]), offsets (int64[rows + 1]) and the kind of each row.

    A value that is not text, or holds half a surrogate, becomes an empty row whose kind says so. For
    buffers that are there already (Arrow's large strings) make a ``columns.Packed`` of them instead.

    >>> packed = pack(["ab", 7])
    >>> packed.offsets.tolist(), packed.kind.tolist()
    ([0, 2, 2], [0, 1])
    """
    if type(column) is list:
        return columns.pack(column)
    return columns.pack(column.tolist() if isinstance(column, np.ndarray) else list(column))
