"""What may become the model of failing blocks, from the counts of their events.

There are few different counts, and many blocks of each: a block that is like one seen before is best told
by that one (``nearest``). Trees on counts are what public figures on this set are made with; they say
something of all counts that they cut off together, and of rare kinds of normal blocks the wrong thing.
``timed`` also sees the latency; where no row tells it, it is ``boosted`` once more. The first of equals is
taken.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Float, Integer, Range, Value

__all__ = ["candidates"]

_TREE: dict[str, Range] = {
    "max_depth": Integer(4, 40),
    "max_leaf_nodes": Integer(16, 1024),
    "min_samples_leaf": Integer(1, 20),
}
_BOOSTED: dict[str, Range] = {
    "rounds": Integer(50, 400),
    "eta": Float(0.01, 0.3, log=True),
    "max_depth": Integer(2, 10),
    "min_child_weight": Integer(1, 10),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.2, 1.0),
    "gamma": Float(0.0, 4.0),
}
# Half of the columns a tree: a sequence that training never had is told by more than one event.
_SETTINGS: dict[str, Value] = {"rounds": 200, "eta": 0.1, "max_depth": 6, "colsample": 0.5, "patience": 50}


def candidates() -> list[Candidate]:
    """The candidates, the one expected to win first."""
    return [
        Candidate("nearest", "score", "nearest", ("dense",)),
        Candidate("boosted", "score", "boosted", ("dense",), _SETTINGS, _BOOSTED),
        Candidate("forest", "score", "trees", ("dense",), {"n_estimators": 25}, _TREE),
        Candidate("tree", "score", "trees", ("dense",), {"n_estimators": 1}, _TREE),
        Candidate("timed", "score", "boosted", ("dense", "time"), _SETTINGS, _BOOSTED),
    ]
