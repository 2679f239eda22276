"""What may become the model of anomalous flows: trees, because statistics have thresholds and no shape.

The rows are few and one connection makes up most of the normal ones, so boosted trees are shallow and see
half of the columns at a time; a tree alone ranks too coarsely. Parameters keep the head under its limits.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Categorical, Float, Integer, Range, Value

__all__ = ["candidates"]

_FOREST: dict[str, Range] = {
    "n_estimators": Categorical((10, 25, 50)),
    "max_depth": Integer(2, 40),
    "max_leaf_nodes": Integer(8, 1024),
    "min_samples_leaf": Integer(1, 50),
    "max_features": Float(0.1, 1.0),
    "max_samples": Float(0.3, 1.0),
}
_BOOSTED: dict[str, Range] = {
    "rounds": Integer(20, 400),
    "eta": Float(1e-2, 0.3, log=True),
    "max_depth": Integer(1, 8),
    "min_child_weight": Integer(1, 20),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.2, 1.0),
    "gamma": Float(0.0, 4.0),
}


def candidates() -> list[Candidate]:
    """The candidates of the score head, cheapest to fit first."""
    boosted: dict[str, Value] = {"rounds": 100, "eta": 0.1, "max_depth": 4, "min_child_weight": 3}
    boosted |= {"subsample": 0.7, "colsample": 0.5}
    return [
        Candidate("forest", "score", "trees", ("dense",), {"n_estimators": 25}, _FOREST),
        Candidate("boosted", "score", "boosted", ("dense",), boosted, _BOOSTED),
    ]
