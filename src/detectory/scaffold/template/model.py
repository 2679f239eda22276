"""What may become the model: a tree and a forest, boosted trees, and for free text a model of its words.

A head's best candidate within the limits of ``detector.toml`` is chosen on the validation rows.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Float, Head, Integer, Range, Value

__all__ = ["candidates"]

HEADS: tuple[Head, ...] = ("score", "family")
COLUMNS: tuple[str, ...] = ("dense", "country_id")
TEXTS: tuple[str, ...] = ("ids",)

_TREE: dict[str, Range] = {
    "max_depth": Integer(4, 40),
    "max_leaf_nodes": Integer(64, 1024),
    "min_samples_leaf": Integer(1, 20),
}
_BOOSTED: dict[str, Range] = {
    "rounds": Integer(50, 500),
    "eta": Float(1e-2, 0.3, log=True),
    "max_depth": Integer(2, 12),
    "min_child_weight": Integer(1, 6),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.4, 1.0),
}
# Every round of a family head is a tree a family, and all of them answer for every row.
_ROUNDS: dict[Head, Value] = {"score": 200, "family": 20}


def candidates() -> list[Candidate]:
    """The candidates of every head, cheapest to fit first."""
    return [one for head in HEADS for one in (*_trees(head), *_readers(head))]


def _trees(head: Head) -> list[Candidate]:
    boosted: dict[str, Value] = {"rounds": _ROUNDS[head], "eta": 0.15, "max_depth": 6}
    return [
        Candidate("tree", head, "trees", COLUMNS, {"n_estimators": 1, "min_samples_leaf": 5}, _TREE),
        Candidate("forest", head, "trees", COLUMNS, {"n_estimators": 25, "max_leaf_nodes": 512}, _TREE),
        Candidate("boosted", head, "boosted", COLUMNS, boosted, _BOOSTED),
    ]


def _readers(head: Head) -> list[Candidate]:
    """The models that read words; none where there is no text."""
    if not TEXTS:
        return []
    stacked: dict[str, Value] = {
        "rounds": _ROUNDS[head],
        "eta": 0.15,
        "max_depth": 6,
        "epochs": 4,
        "folds": 3,
    }
    return [
        Candidate("linear", head, "linear", TEXTS, {"epochs": 4}),
        Candidate("stacked", head, "stacked", COLUMNS + TEXTS, stacked, _BOOSTED),
    ]
