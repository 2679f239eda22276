"""The 80 numbers of each row as one tensor."""

from __future__ import annotations

import numpy as np

from detectory.schema import Features, Rows

FIELDS = [f"f{at}" for at in range(80)]


def features(rows: Rows) -> Features:
    """``dense`` float32[N, 80], in the order of the fields."""
    return {"dense": np.array([rows[name] for name in FIELDS], dtype=np.float32).T.copy()}
