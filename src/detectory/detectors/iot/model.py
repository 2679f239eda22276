"""What may become the model of attack flows: trees, for both heads.

Flows are a table of sizes and categories with few distinct rows, so that trees say all there is to say.
The shallow ones cannot learn a device by heart, and are there for days that look like no other.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Categorical, Float, Head, Integer, Range, Value

__all__ = ["candidates"]

_INPUTS = ("dense", "port", "port_id", "proto_id", "service_id", "state_id", "history_id")

_TREE: dict[str, Range] = {
    "max_depth": Integer(3, 40),
    "max_leaf_nodes": Integer(16, 512),
    "min_samples_leaf": Integer(1, 20),
}
_FOREST: dict[str, Range] = _TREE | {
    "n_estimators": Categorical((10, 25, 50)),
    "max_features": Float(0.1, 1.0),
    "max_samples": Float(0.3, 1.0),
}
_BOOSTED: dict[str, Range] = {
    "rounds": Integer(20, 300),
    "eta": Float(0.01, 0.3, log=True),
    "max_depth": Integer(1, 10),
    "min_child_weight": Integer(1, 10),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.2, 1.0),
}
_SHALLOW: dict[str, Value] = {
    "rounds": 200,
    "eta": 0.1,
    "max_depth": 3,
    "min_child_weight": 5,
    "colsample": 0.5,
}


def candidates() -> list[Candidate]:
    """The candidates of both heads, cheapest to fit first."""
    return [
        *_head("score", boosted={"rounds": 200, "eta": 0.1, "max_depth": 6}),
        Candidate("shallow", "score", "boosted", _INPUTS, _SHALLOW, _BOOSTED),
        *_head("family", boosted={"rounds": 30, "eta": 0.2, "max_depth": 5}),
    ]


def _head(head: Head, *, boosted: dict[str, Value]) -> list[Candidate]:
    """A tree, a forest and boosted trees: the same for both heads."""
    return [
        Candidate(
            "tree", head, "trees", _INPUTS, {"n_estimators": 1, "max_depth": 12, "max_leaf_nodes": 256}, _TREE
        ),
        Candidate("forest", head, "trees", _INPUTS, {"n_estimators": 25, "max_leaf_nodes": 512}, _FOREST),
        Candidate("boosted", head, "boosted", _INPUTS, boosted, _BOOSTED),
    ]
