"""Parsed flows to the numbers that the models read.

Goes in: the columns of ``blocks.cicflowmeter.FIELDS``, floats or None. Comes out: ``dense`` float32[N, 77].
Pure and stateless: a batch equals its rows one by one, bit for bit; nothing here is fitted to data.

A statistic x is sign(x) · log(1 + |x|): they span ten orders of magnitude, trees do not mind, and what
measures distances needs it. What is missing is −1, which no whole number becomes.
"""

from __future__ import annotations

import numpy as np

from detectory.blocks.cicflowmeter import FIELDS
from detectory.schema import Features, Rows

__all__ = ["DENSE", "LOGARITHMS", "MISSING", "NAMES", "features"]

DENSE = FIELDS
NAMES: dict[str, tuple[str, ...]] = {"dense": DENSE}
MISSING = -1.0
LOGARITHMS = frozenset(DENSE)
"""What the columns are, in words, is what the fields of ``detector.toml`` are."""


def features(rows: Rows) -> Features:
    """The tensor of N parsed flows.

    >>> made = features({name: [0.0] for name in FIELDS} | {"Flow_Duration": [99.0], "Idle_Min": [None]})
    >>> made["dense"].shape, made["dense"].dtype
    ((1, 77), dtype('float32'))
    >>> made["dense"][0, [DENSE.index("Flow_Duration"), DENSE.index("Idle_Min")]].round(2).tolist()
    [4.610000133514404, -1.0]
    """
    values = np.array([rows[name] for name in FIELDS], dtype=np.float64).T  # None becomes NaN
    small = np.copysign(np.log1p(np.abs(values)), values)
    dense = np.where(np.isnan(values), MISSING, small).astype(np.float32)
    return {"dense": np.ascontiguousarray(dense)}
