"""Text columns for the kernels: whatever a caller holds to one buffer with offsets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectory.kernels import columns
from detectory.schema import Column

__all__ = ["letters", "pack"]


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


def letters(texts: Column, *, width: int) -> NDArray[np.uint8]:
    """uint8[N, width]: the bytes of each text in UTF-8, cut at ``width``, padded with 0.

    What cannot be written in UTF-8 (half a surrogate) is written all the same: no text raises.

    >>> letters(["ab", "ü"], width=3).tolist()
    [[97, 98, 0], [195, 188, 0]]
    """
    try:
        cut = np.array(texts, dtype=f"S{width}")  # numpy writes ASCII by itself, twenty times as fast
    except UnicodeEncodeError:
        cut = np.array([text.encode(errors="surrogatepass") for text in texts], dtype=f"S{width}")
    return cut.view(np.uint8).reshape(len(texts), width)
