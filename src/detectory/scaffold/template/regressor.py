"""What may become the model: a ridge or boosted trees for the value, boosted trees for its interval's ends.

A head's best candidate within the limits of ``detector.toml`` is chosen on the validation rows.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Float, Integer, Range, Value

__all__ = ["candidates"]

COLUMNS: tuple[str, ...] = ("dense", "country_id")

_BOOSTED: dict[str, Value] = {"rounds": 200, "eta": 0.1, "max_depth": 5}
_SPACE: dict[str, Range] = {
    "rounds": Integer(50, 500),
    "eta": Float(1e-2, 0.3, log=True),
    "max_depth": Integer(2, 12),
    "min_child_weight": Integer(1, 6),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.4, 1.0),
}


def candidates() -> list[Candidate]:
    """The candidates of every head, cheapest to fit first."""
    absolute: dict[str, Value] = {**_BOOSTED, "objective": "absolute"}
    return [
        Candidate("ridge", "value", "ridge", COLUMNS),
        Candidate("boosted", "value", "boosted", COLUMNS, _BOOSTED, _SPACE),
        Candidate("boosted-absolute", "value", "boosted", COLUMNS, absolute, _SPACE),
        Candidate("boosted", "low", "boosted", COLUMNS, _BOOSTED, _SPACE),
        Candidate("boosted", "high", "boosted", COLUMNS, _BOOSTED, _SPACE),
    ]
