"""What may become the model of machine-made names: the same six kinds for both heads, and a net by request.

``stacked`` is expected to win: character n-grams tell word-like generators from real words, dense
features tell how a name is built, and boosted trees know which to believe. Parameters keep every head
under the detector's limits of 20 MiB and 30 µs a row.
"""

from __future__ import annotations

from detectory.models.candidate import Candidate, Categorical, Float, Head, Integer, Range, Value
from detectory.models.recipe import Recipe

__all__ = ["candidates", "recipes"]

_COLUMNS = ("dense", "suffix_id")
_NGRAMS = ("ids",)
_WORDS = ("word_ids",)
_LETTERS = ("chars", "suffix_id")

_TREE: dict[str, Range] = {
    "max_depth": Integer(4, 40),
    "max_leaf_nodes": Integer(64, 1024),
    "min_samples_leaf": Integer(1, 20),
}
_FOREST: dict[str, Range] = _TREE | {
    "n_estimators": Categorical((5, 10, 25, 100)),
    "max_features": Float(0.1, 1.0),
    "max_samples": Float(0.3, 1.0),
}
_LINEAR: dict[str, Range] = {
    "epochs": Integer(3, 20),
    "alpha": Float(1e-7, 1e-4, log=True),
    "eta": Float(3e-3, 0.3, log=True),
}
_BAYES: dict[str, Range] = {
    "smoothing": Float(0.01, 10.0, log=True),
    "event": Categorical(("poisson", "multinomial")),
}
_BOOSTED: dict[str, Range] = {
    "rounds": Integer(50, 500),
    "eta": Float(1e-4, 0.3, log=True),
    "max_depth": Integer(1, 15),
    "min_child_weight": Integer(1, 6),
    "subsample": Float(0.4, 1.0),
    "colsample": Float(0.4, 1.0),
    "gamma": Float(0.0, 4.0),
}
_STACKED: dict[str, Range] = _BOOSTED | {
    "alpha": Float(1e-7, 1e-4, log=True),
    "step": Float(3e-3, 0.3, log=True),
}
_CHARCNN: dict[str, Range] = {
    "learning_rate": Float(1e-4, 1e-2, log=True),
    "batch_size": Categorical((64, 128, 256, 512)),
    "epochs": Integer(4, 30),
    "dropout": Float(0.0, 0.5),
    "patience": Integer(2, 6),
    "embedding": Categorical((8, 16, 32)),
    "filters": Categorical((32, 64, 128)),
    "kernel_sizes": Categorical(("3", "2-3-4", "3-5", "2-3-4-5")),
    "hidden": Categorical((32, 64, "128-64")),
    "convolutions": Categorical(("parallel", "stacked")),
}

_HEADS: tuple[Head, ...] = ("score", "family")
_STATIC: dict[str, Value] = {"method": "static", "per": "channel", "calibration": "percentile"}
_WEIGHTS: dict[str, Value] = {"method": "weights", "per": "channel"}

# Every round of the family head is a tree a family: 48 families × 20 rounds are 960 trees.
_FAMILY: dict[str, Value] = {"rounds": 20, "eta": 0.25, "max_depth": 5}
_FAMILY_ROUNDS: dict[str, Range] = {"rounds": Integer(5, 40)}


def candidates() -> list[Candidate]:
    """The candidates of both heads, cheapest to fit first."""
    return [*_score(), *_family()]


def recipes() -> list[Recipe]:
    """How candidates of both heads become smaller and faster; what is of a net, where that is fitted."""
    return [one for head in _HEADS for one in (*_of_net(head), *_of_trees(head))]


def _of_net(head: Head) -> list[Recipe]:
    """The net's graph as int8, with half its filters and units, and a student with a quarter of them."""
    student: dict[str, Value] = {"student": "charcnn", "embedding": 8, "filters": 24, "hidden": 24}
    softened: dict[str, Range] = {"temperature": Float(1.0, 4.0), "share": Float(0.5, 1.0)}
    sizes: dict[str, Range] = {"filters": Categorical((16, 24, 32)), "hidden": Categorical((16, 24, 32))}
    return [
        Recipe("int8_dynamic", head, "quantize", "charcnn", {"method": "dynamic"}),
        Recipe("int8", head, "quantize", "charcnn", _STATIC),
        Recipe("half", head, "prune", "charcnn", {"by": "units", "share": 0.5}, {"share": Float(0.3, 0.8)}),
        Recipe("half_int8", head, "quantize", "half", _STATIC),
        Recipe("half_weights", head, "quantize", "half", _WEIGHTS),
        Recipe("small", head, "distill", "charcnn", student, softened | sizes),
        Recipe("small_int8", head, "quantize", "small", _STATIC),
    ]


def _of_trees(head: Head) -> list[Recipe]:
    """By request: the winner with half the leaves, half the rounds, or its table of n-grams as float16."""
    shares: dict[str, Range] = {"share": Float(0.1, 0.9)}
    return [
        Recipe(
            "fewer_leaves", head, "prune", "stacked", {"by": "leaves", "share": 0.5}, shares, by_request=True
        ),
        Recipe(
            "fewer_rounds", head, "prune", "stacked", {"by": "rounds", "share": 0.5}, shares, by_request=True
        ),
        Recipe("float16", head, "quantize", "stacked", {"method": "float16"}, by_request=True),
    ]


def _score() -> list[Candidate]:
    boosted: dict[str, Value] = {"rounds": 300, "eta": 0.2, "max_depth": 7}
    stacked: dict[str, Value] = {"rounds": 300, "eta": 0.1, "max_depth": 6, "colsample": 0.5, "alpha": 1e-5}
    return [
        *_plain("score"),
        Candidate("boosted", "score", "boosted", _COLUMNS, boosted, _BOOSTED),
        Candidate("stacked", "score", "stacked", _COLUMNS + _NGRAMS + _WORDS, stacked, _STACKED),
        _charcnn("score"),
    ]


def _family() -> list[Candidate]:
    stacked: dict[str, Value] = _FAMILY | {"epochs": 4, "folds": 3, "alpha": 1e-6, "step": 0.1}
    return [
        *_plain("family"),
        Candidate("boosted", "family", "boosted", _COLUMNS, _FAMILY, _BOOSTED | _FAMILY_ROUNDS),
        Candidate("stacked", "family", "stacked", _COLUMNS + _NGRAMS, stacked, _STACKED | _FAMILY_ROUNDS),
        _charcnn("family"),
    ]


def _charcnn(head: Head) -> Candidate:
    """Minutes to fit, and it needs the extra ``deep``: only where somebody names it."""
    return Candidate("charcnn", head, "charcnn", _LETTERS, {"epochs": 12}, _CHARCNN, by_request=True)


def _plain(head: Head) -> list[Candidate]:
    """What is cheap to fit: the same for both heads."""
    return [
        Candidate("bayes", head, "naive_bayes", _NGRAMS, {}, _BAYES),
        Candidate("tree", head, "trees", _COLUMNS, {"n_estimators": 1}, _TREE),
        Candidate("forest", head, "trees", _COLUMNS, {"n_estimators": 25, "max_leaf_nodes": 1024}, _FOREST),
        Candidate("linear", head, "linear", _NGRAMS, {"epochs": 8}, _LINEAR),
    ]
