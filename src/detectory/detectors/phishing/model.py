"""What may become the model of phishing URLs.

``stacked`` is expected to win: character n-grams know the words of kits and of hosting, dense features tell
how a URL is built, and boosted trees know which to believe of a host that they never met.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Categorical, Float, Integer, Range, Value
from detectory.models.recipe import Recipe

__all__ = ["candidates", "recipes"]

_COLUMNS = ("dense", "suffix_id")
_NGRAMS = ("host_ids", "rest_ids")
_LETTERS = ("chars", "suffix_id")

_LINEAR: dict[str, Range] = {
    "epochs": Integer(3, 20),
    "alpha": Float(1e-7, 1e-4, log=True),
    "eta": Float(1e-3, 0.1, log=True),
}
_BAYES: dict[str, Range] = {
    "smoothing": Float(0.01, 10.0, log=True),
    "event": Categorical(("poisson", "multinomial")),
}
_BOOSTED: dict[str, Range] = {
    "rounds": Integer(50, 500),
    "eta": Float(0.02, 0.3, log=True),
    "max_depth": Integer(3, 10),
    "min_child_weight": Integer(1, 6),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.2, 1.0),
    "gamma": Float(0.0, 4.0),
}
_STACKED: dict[str, Range] = _BOOSTED | {
    "alpha": Float(1e-7, 1e-4, log=True),
    "step": Float(1e-3, 0.1, log=True),
}
_CHARCNN: dict[str, Range] = {
    "learning_rate": Float(1e-4, 1e-2, log=True),
    "batch_size": Categorical((64, 128, 256, 512)),
    "epochs": Integer(4, 30),
    "dropout": Float(0.0, 0.5),
    "patience": Integer(2, 6),
    "embedding": Categorical((8, 16, 32)),
    "filters": Categorical((32, 64, 128)),
    "kernel_sizes": Categorical(("3-5", "2-3-4", "3-4-5-6")),
    "hidden": Categorical((32, 64, "128-64")),
    "convolutions": Categorical(("parallel", "stacked")),
}


_STATIC: dict[str, Value] = {"method": "static", "per": "channel", "calibration": "percentile"}
_WEIGHTS: dict[str, Value] = {"method": "weights", "per": "channel"}


def candidates() -> list[Candidate]:
    """The candidates of the score head, cheapest to fit first."""
    linear: dict[str, Value] = {"epochs": 6, "alpha": 1e-5, "eta": 0.01}
    trees: dict[str, Value] = {"rounds": 500, "eta": 0.05, "max_depth": 7, "colsample": 0.2, "subsample": 0.8}
    both: dict[str, Value] = trees | {"epochs": 6, "alpha": 1e-5, "step": 0.01, "folds": 5}
    return [
        Candidate("bayes", "score", "naive_bayes", _NGRAMS, {"event": "multinomial"}, _BAYES),
        Candidate("linear", "score", "linear", _NGRAMS, linear, _LINEAR),
        Candidate("boosted", "score", "boosted", _COLUMNS, trees, _BOOSTED),
        Candidate("stacked", "score", "stacked", _COLUMNS + _NGRAMS, both, _STACKED),
        Candidate("charcnn", "score", "charcnn", _LETTERS, {"epochs": 10}, _CHARCNN, by_request=True),
    ]


def recipes() -> list[Recipe]:
    """How candidates become smaller and faster: a net where it is fitted, trees by request."""
    student: dict[str, Value] = {"student": "charcnn", "embedding": 8, "filters": 24, "hidden": 24}
    softened: dict[str, Range] = {"temperature": Float(1.0, 4.0), "share": Float(0.5, 1.0)}
    shares: dict[str, Range] = {"share": Float(0.1, 0.9)}
    leaves: dict[str, Value] = {"by": "leaves", "share": 0.5}
    rounds: dict[str, Value] = {"by": "rounds", "share": 0.5}
    return [
        Recipe("int8_dynamic", "score", "quantize", "charcnn", {"method": "dynamic"}),
        Recipe("int8", "score", "quantize", "charcnn", _STATIC),
        Recipe("half", "score", "prune", "charcnn", {"by": "units", "share": 0.5}, shares),
        Recipe("half_int8", "score", "quantize", "half", _STATIC),
        Recipe("half_weights", "score", "quantize", "half", _WEIGHTS),
        Recipe("small", "score", "distill", "charcnn", student, softened),
        Recipe("small_int8", "score", "quantize", "small", _STATIC),
        Recipe("fewer_leaves", "score", "prune", "stacked", leaves, shares, by_request=True),
        Recipe("fewer_rounds", "score", "prune", "stacked", rounds, shares, by_request=True),
        Recipe("float16", "score", "quantize", "stacked", {"method": "float16"}, by_request=True),
    ]
