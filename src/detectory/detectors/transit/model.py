"""What may become the model of delays, and of the two ends of its interval.

``nested`` is expected to win: thousands of stops are told by the means of what happened there, and trees know
how far to trust those beside what the feed says now. It keeps the absolute error small, not the squared one:
delays have a long tail, and the typical passenger is not in it. ``ridge`` is what a straight line would say,
``bayes`` what it would say with an interval of its own, and ``mlp``, by request, what a net would.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Categorical, Float, Head, Integer, Range, Value
from detectory.models.recipe import Recipe

__all__ = ["candidates", "recipes"]

_PATHS = ("service_path", "stop_path")
_COLUMNS = ("dense", "feed")
_ALL = (*_COLUMNS, *_PATHS)

_NESTED: dict[str, Range] = {
    "rounds": Integer(50, 500),
    "eta": Float(0.01, 0.3, log=True),
    "max_depth": Integer(3, 9),
    "min_child_weight": Float(1.0, 50.0, log=True),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.4, 1.0),
    "prior_rows": Float(0.5, 20.0, log=True),
}
_VALUE: dict[str, Value] = {
    "rounds": 200,
    "eta": 0.12,
    "max_depth": 7,
    "min_child_weight": 10.0,
    "colsample": 0.7,
}
_END: dict[str, Value] = {
    "rounds": 100,
    "eta": 0.12,
    "max_depth": 6,
    "min_child_weight": 10.0,
    "colsample": 0.7,
}
_HEADS: tuple[Head, ...] = ("value", "low", "high")
_MLP: dict[str, Range] = {
    "learning_rate": Float(1e-4, 1e-2, log=True),
    "batch_size": Categorical((128, 256, 512)),
    "epochs": Integer(5, 40),
    "dropout": Float(0.0, 0.5),
    "patience": Integer(2, 6),
    "hidden": Categorical(("32-16", "64-32", "128-64-32-16")),
}


def candidates() -> list[Candidate]:
    """The candidates of the value, cheapest to fit first, then those of the interval's ends."""
    absolute: dict[str, Value] = _VALUE | {"objective": "absolute"}
    return [
        Candidate("ridge", "value", "ridge", _COLUMNS),
        _bayes("value"),
        Candidate("nested", "value", "nested", _ALL, absolute, _NESTED),
        *_ends("low"),
        *_ends("high"),
        *(_mlp(head) for head in _HEADS),
    ]


def _ends(head: Head) -> list[Candidate]:
    return [_bayes(head), Candidate("nested", head, "nested", _ALL, _END, _NESTED)]


def _bayes(head: Head) -> Candidate:
    return Candidate("bayes", head, "bayesian_ridge", _COLUMNS)


def _mlp(head: Head) -> Candidate:
    """It needs the extra ``deep``: only where somebody names it."""
    return Candidate("mlp", head, "mlp", _COLUMNS, {"epochs": 15}, _MLP, by_request=True)


def recipes() -> list[Recipe]:
    """How candidates become smaller and faster: a net where it is fitted, trees by request."""
    student: dict[str, Value] = {"student": "mlp", "hidden": "32-16"}
    small = Recipe("small", "value", "distill", "mlp", student, {"share": Float(0.5, 1.0)})
    return [*(one for head in _HEADS for one in _cheaper(head)), small]  # no teacher says what a quantile is


def _cheaper(head: Head) -> list[Recipe]:
    static: dict[str, Value] = {"method": "static", "per": "channel"}
    weights: dict[str, Value] = {"method": "weights", "per": "channel"}
    shares: dict[str, Range] = {"share": Float(0.1, 0.9)}
    leaves: dict[str, Value] = {"by": "leaves", "share": 0.5}
    rounds: dict[str, Value] = {"by": "rounds", "share": 0.5}
    return [
        Recipe("int8_dynamic", head, "quantize", "mlp", {"method": "dynamic"}),
        Recipe("int8", head, "quantize", "mlp", static),
        Recipe("half", head, "prune", "mlp", {"by": "units", "share": 0.5}, shares),
        Recipe("half_weights", head, "quantize", "half", weights),
        Recipe("fewer_leaves", head, "prune", "nested", leaves, shares, by_request=True),
        Recipe("fewer_rounds", head, "prune", "nested", rounds, shares, by_request=True),
    ]
