"""Clock and distance as numbers, the stop as a category."""

import numpy as np

from detectory.blocks.table import ids

DENSE = ("hour", "km", "km_missing")
NAMES = {"dense": DENSE, "stop_id": ("stop_id",)}


def features(rows):
    known = [0.0 if km is None else km for km in rows["km"]]
    missing = [km is None for km in rows["km"]]
    dense = np.array([rows["hour"], known, missing], dtype=np.float32).T
    return {"dense": np.ascontiguousarray(dense), "stop_id": ids(rows["stop"])}
