"""Reasons from trees: the exact Shapley value of every feature (TreeSHAP, see `detectory.kernels.tree_shap`).

Columns that a graph makes of one tensor and that have no names of their own (the one-hot columns of a
category, what an n-gram model says) are one feature, whose value is the sum of theirs: Shapley values add up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, Protocol

import numpy as np

from detectory.bundle import Opened
from detectory.explain.reason import MOST, Reason, Value
from detectory.explain.words import Words
from detectory.schema import Array, Features, Parsed, Rows
from detectory.spec import Spec


class Explained(Protocol):
    """What `detectory.runtime.trees.Explained` has of this."""

    @property
    def columns(self) -> Array:
        """float32[N, C]: what the trees read."""

    @property
    def added(self) -> Array:
        """float64[N, C]: what each column adds to the answer."""


class Trees(Protocol):
    """What `detectory.runtime.trees.Trees` has of this."""

    widths: dict[str, int]
    unit: str

    def explain(self, features: Features) -> Explained:
        """The columns of the rows, and what each adds."""


class Scoring(Protocol):
    """What `detectory.runtime.Scorer` has of this."""

    bundle: Opened

    @property
    def spec(self) -> Spec:
        """The detector's words."""


class Feature(NamedTuple):
    """A feature and its columns: ``tensor`` is the one that it is of, ``name`` its own."""

    tensor: str
    name: str
    first: int
    width: int


def reasons(parsed: Parsed, features: Features, trees: Trees, scorer: Scoring) -> list[list[Reason]]:
    """The strongest features of every entity, the strongest first; of equals the first."""
    words = Words.of(scorer.bundle, scorer.spec)
    told = list(_features(trees.widths, words.names))
    found = trees.explain(features)
    added = np.add.reduceat(found.added, [feature.first for feature in told], axis=1)
    order = np.argsort(-np.abs(added), axis=1, kind="stable")[:, :MOST]

    def reason(row: int, at: int) -> Reason:
        feature = told[at]
        value = _value(feature, words, parsed.rows, row, found.columns)
        return Reason(feature.name, words.about(feature.name), value, float(added[row, at]))

    return [[reason(row, at) for at in chosen] for row, chosen in enumerate(order.tolist())]


def _value(feature: Feature, words: Words, rows: Rows, row: int, columns: Array) -> Value:
    """What people call the value of a feature of an entity."""
    category = words.categories.get(feature.tensor)
    if category is None:
        return words.plain(feature.name, float(columns[row, feature.first]))
    return _word(rows[category][row])


def _word(value: object) -> Value:
    return value if isinstance(value, (str, int, float)) else ""


def _features(widths: Mapping[str, int], names: Mapping[str, tuple[str, ...]]) -> Iterator[Feature]:
    """The features of the trees' columns: a name each where a tensor names them, otherwise a tensor each.

    >>> [feature.name for feature in _features({"dense": 2, "suffix_id": 9}, {"dense": ("length", "words")})]
    ['length', 'words', 'suffix_id']
    """
    first = 0
    for tensor, width in widths.items():
        own = names.get(tensor, ())
        if len(own) == width:
            yield from (Feature(tensor, name, first + at, 1) for at, name in enumerate(own))
        else:
            yield Feature(tensor, tensor, first, width)
        first += width
